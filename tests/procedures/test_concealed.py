"""Claims concealed in an entry of a home: kept sealed with it, shown one by one by the person."""

from __future__ import annotations

import habeas_world as world

from habeas.cli.door import run
from habeas.law.book import load_book
from habeas.ledger.disclosure import KEY, read_claims
from habeas.procedures.bundle_for_person import bundle_for_person
from habeas.procedures.outbox import Happening, add_entries
from habeas.procedures.sequence import claims_of, payload_of, sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import RECORDS

WHO = "330106199001011234"


def concealed(home):
    happening = Happening(
        kind="choice",
        payload={"act": "x"},
        subject=home.digest_of(WHO),
        concealed={"income": 8000, "employer": "Marked Value Ltd"},
    )
    with committing(home, RECORDS["choice"]):
        [entry] = add_entries(home, [happening], now=world.T0)
    sequence(home, now=world.T0)
    entry.refresh_from_db(using=home.alias)
    return entry


def test_a_person_shows_one_claim_and_keeps_the_other(home, tmp_path, capfd):
    """Bundle and all claims to the person; one claim to a reader, who checks it offline."""
    entry = concealed(home)
    assert (2, "x") == (len(payload_of(home, entry)[KEY]), payload_of(home, entry)["act"])
    bundle, mine, shown = tmp_path / "b", tmp_path / "all", tmp_path / "one"
    bundle_for_person(home, WHO, bundle, book=load_book("cn"), now=world.T0, claims=mine)
    assert {"income", "employer"} == {c.name for c in claims_of(home, entry)}
    assert 0 == run(["person", "disclose", str(mine), "--only", "income", "-o", str(shown)])
    assert 2 == run(["person", "disclose", str(mine), "--only", "nothing", "-o", str(shown)])
    assert [("income", 8000, entry.index)] == [
        (c.name, c.value, c.index) for c in read_claims(shown.read_bytes())
    ]
    assert b"Marked Value" not in bundle.read_bytes() + shown.read_bytes()
    key = str(home.folder / "log" / "vkey")
    capfd.readouterr()
    assert 0 == run(["verify", str(bundle), "--key", key, "--claims", str(shown)])
    said = capfd.readouterr()
    assert "income" in said.out
    assert "8000" not in said.out + said.err
    raw = shown.read_bytes().replace(b"\x19\x1f\x40", b"\x19\x1f\x41")
    shown.write_bytes(raw)
    assert 3 == run(["verify", str(bundle), "--key", key, "--claims", str(shown)])
