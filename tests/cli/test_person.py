"""habeas person: what is held about me, and my evidence without the platform."""

from __future__ import annotations

import shutil
import sqlite3

from habeas.ledger.bundle import read_bundle, verify_bundle
from habeas.ledger.cbor import decode


def choose(habeas, world, *words):
    for word in words:
        habeas("choice", word, world.borrower(5), "--activity", "loan-servicing")


def test_a_person_sees_their_choices_in_order(habeas, platform, world):
    """Counted from 1 without a gap, the newest in force."""
    choose(habeas, world, "give", "withdraw")
    said = habeas("person", "show", world.borrower(5), "--json")

    assert 0 == said.code
    assert [(1, "given"), (2, "withdrawn")] == [
        (entry["counter"], entry["says"]["choice"]) for entry in said.json["entries"]
    ]
    assert {"loan-servicing/*": "withdrawn"} == said.json["choices_in_force"]
    assert "撤回同意" in habeas("person", "show", world.borrower(5), "--lang", "zh").out


def test_the_id_is_never_repeated(habeas, platform, world):
    """Only the start of a keyed digest is shown."""
    choose(habeas, world, "give")
    said = habeas("person", "show", world.borrower(5))

    assert world.borrower(5) not in said.out + said.err


def test_the_bundle_verifies_with_the_home_deleted(habeas, platform, world, tmp_path):
    """The borrower's evidence never depends on the lender's server."""
    choose(habeas, world, "give", "withdraw")
    out = tmp_path / "mine.bundle"
    assert 2 == habeas("person", "bundle", world.borrower(5), "-o", out, "--json").json["entries"]
    vkey = (platform / "log" / "vkey").read_text().strip()
    shutil.rmtree(platform)

    found = verify_bundle(out, trusted=[vkey])

    assert ("verified", 2) == (found.outcome, len(found.bundle.items))


def test_a_backdated_choice_shows_and_the_bundle_tells_the_truth(habeas, platform, world, tmp_path):
    """A dishonest controller makes a refusal a consent in its database: the sealed entry stands."""
    choose(habeas, world, "refuse")
    with sqlite3.connect(platform / "habeas.sqlite3") as connection:
        connection.execute("UPDATE records_choice SET state='given', at='2026-01-01 00:00:00'")

    said = habeas("person", "show", world.borrower(5), "--json")
    assert 3 == said.code
    assert not said.json["records_agree_with_log"]
    assert "changed after it was logged" in said.json["entries"][0]["wrong"]

    habeas("person", "bundle", world.borrower(5), "-o", tmp_path / "b")
    (item,) = read_bundle(tmp_path / "b").items
    assert "refused" == decode(item.payload)["choice"]


def test_a_controller_that_reseals_an_entry_is_caught(habeas, platform, world, tmp_path):
    """With all its keys it can encrypt another payload; the leaf in the log commits to the first."""
    from habeas.records.home import open_home
    from habeas.records.models import Entry

    choose(habeas, world, "refuse", "give")
    home = open_home(platform)
    entries = Entry.objects.using(home.alias).filter(kind="choice").order_by("pk")
    first, second = entries
    vault = home.vault()
    subject = bytes(first.subject)
    forged = vault.decrypt(bytes(second.sealed), subject, record=bytes(second.record_id))
    first.sealed = vault.encrypt(forged, subject, record=bytes(first.record_id))
    first.save(using=home.alias)
    home.close()

    assert 3 == habeas("person", "show", world.borrower(5)).code
    said = habeas("person", "bundle", world.borrower(5), "-o", tmp_path / "b")
    assert (3, False) == (said.code, (tmp_path / "b").exists())


def test_an_entry_that_is_withheld_leaves_a_gap(habeas, platform, world, tmp_path):
    """Deleting a refusal from the records leaves the next entry pointing at nothing."""
    choose(habeas, world, "refuse", "give")
    with sqlite3.connect(platform / "habeas.sqlite3") as connection:
        (first,) = connection.execute(
            "SELECT min(id) FROM records_entry WHERE kind='choice'"
        ).fetchone()
        connection.execute("DELETE FROM records_choice WHERE entry_id=?", [first])
        connection.execute("DELETE FROM records_entry WHERE id=?", [first])

    said = habeas("person", "show", world.borrower(5), "--json")

    assert 3 == said.code
    assert "an entry before this one is gone" in said.json["entries"][0]["wrong"]


def test_an_unknown_person_has_no_bundle(habeas, platform, world, tmp_path):
    """And is not named in the sentence."""
    said = habeas("person", "bundle", "B999999", "-o", tmp_path / "b")

    assert (2, False) == (said.code, (tmp_path / "b").exists())
    assert "B999999" not in said.err
