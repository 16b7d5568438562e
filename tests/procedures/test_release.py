"""Releases: refused by rule, rows by choice at the instant of release, in the log before they leave."""

from __future__ import annotations

import json
from dataclasses import replace

import habeas_world as world
import pyarrow as pa
import pytest

from habeas.errors import BadInput, NotVerified, Refused
from habeas.ledger.commitment import open_sealed
from habeas.ledger.keys import VerifierKey
from habeas.ledger.receipt import Receipt
from habeas.procedures import release_data as release_module
from habeas.procedures.countersign import read_manifest, record_countersignature, sign_for
from habeas.procedures.init_home import init_home
from habeas.procedures.kept import keep, kept
from habeas.procedures.propose_release import propose_release
from habeas.procedures.record_choice import Said, record_choice
from habeas.procedures.release_data import release_data
from habeas.procedures.sequence import payload_of
from habeas.procedures.trace_leak import trace_leak
from habeas.procedures.writes import BASE
from habeas.protection.base import Base
from habeas.records import models
from habeas.rights.choice import ChoiceState
from habeas.tables.source import open_source

GIVEN, REFUSED, WITHDRAWN = ChoiceState.GIVEN, ChoiceState.REFUSED, ChoiceState.WITHDRAWN


def say(home, state, *numbers, minute=30):
    said = [Said(subject=world.borrower(n), state=state) for n in numbers]
    return record_choice(home, said, activity="loan-servicing", now=world.later(minute))


def release(home, out, *, table=None, to="vendor", purpose="credit_assessment", minute=60, **more):
    source = open_source(world.table() if table is None else table, name="loans")
    return release_data(
        home,
        source,
        out,
        activity="loan-servicing",
        recipient=to,
        purpose=purpose,
        book=world.book(),
        now=world.later(minute),
        **more,
    )


def collect(home, out, **more):
    return release(home, out, to="collector", purpose="debt_collection", **more)


def portfolio(table):
    return [row["borrower_id"] for row in table.to_pylist() if row["portfolio"] == "P1"]


def test_the_collector_gets_its_portfolio_and_the_needed_columns_alone(platform, tmp_path):
    """Minimised: the rows assigned to it, the columns of the use, no cell altered."""
    out = tmp_path / "collector.parquet"
    released = collect(platform, out)

    got = open_source(out).read().to_pylist()
    wanted = set(portfolio(world.table()))
    true = {row["borrower_id"]: row for row in world.table().to_pylist()}
    assert ["borrower_id", "name", "mobile", "loan_amount", "overdue_days"] == list(got[0])
    real = [row for row in got if row["borrower_id"] in wanted]
    assert wanted == {row["borrower_id"] for row in real}
    assert all(true[row["borrower_id"]][key] == row[key] for row in real for key in row)
    assert 3 == len(got) - len(real)
    assert released.chosen.objected == 0


def test_the_vendor_gets_those_who_consented_and_no_identifier(platform, tmp_path):
    """Where consent is the ground, silence is not enough."""
    say(platform, GIVEN, *range(400))
    released = release(platform, tmp_path / "vendor.csv")

    assert 400 == released.prepared.table.num_rows
    assert 200 == released.chosen.silent
    assert not {"borrower_id", "name", "mobile"} & set(released.prepared.table.column_names)


def test_no_consent_at_all_is_no_release(platform, tmp_path):
    """An empty file would be a release of nothing; a refusal says why."""
    with pytest.raises(Refused, match=r"no row is left.*cn\.pipl\.art13"):
        release(platform, tmp_path / "vendor.csv")
    assert [] == list(tmp_path.glob("vendor*"))


def test_a_refusal_and_a_withdrawal_leave_every_release(platform, tmp_path):
    """Also where the ground is contract: who objects is not handed on."""
    first, second, *_ = portfolio(world.table())
    say(platform, REFUSED, int(first[1:]))
    say(platform, GIVEN, int(second[1:]), minute=31)
    say(platform, WITHDRAWN, int(second[1:]), minute=32)

    collect(platform, tmp_path / "c.parquet")

    got = open_source(tmp_path / "c.parquet").read().column("borrower_id").to_pylist()
    assert not {first, second} & set(got)


def test_a_withdrawal_between_plan_and_hand_out_removes_the_row(platform, tmp_path, monkeypatch):
    """The choice that counts is the one in force when the release is committed to."""
    say(platform, GIVEN, *range(300))
    real, withdrawn = release_module.prepare, []

    def prepare(table, plan, **more):
        """The person withdraws while the copy is being made, by another clock, ahead of ours."""
        made = real(table, plan, **more)
        if not withdrawn:
            withdrawn.append(7)
            say(platform, WITHDRAWN, 7, minute=90)
        return made

    monkeypatch.setattr(release_module, "prepare", prepare)
    released = release(platform, tmp_path / "vendor.csv")

    assert 299 == released.prepared.table.num_rows
    assert platform.digest_of(world.borrower(7)) not in released.chosen.subjects
    # What was made from the choices before was kept nowhere.
    assert 2 == len(list(platform.bases.iterdir()))
    assert 1 == models.Release.objects.using(platform.alias).count()


def test_choices_that_never_stop_end_in_a_sentence(platform, tmp_path, monkeypatch):
    """A release can't run after choices for ever."""
    say(platform, GIVEN, *range(300))
    real = release_module.prepare

    def prepare(table, plan, **more):
        say(platform, GIVEN, 1)
        return real(table, plan, **more)

    monkeypatch.setattr(release_module, "prepare", prepare)
    with pytest.raises(BadInput, match="choices kept coming in"):
        release(platform, tmp_path / "vendor.csv")
    assert not (tmp_path / "vendor.csv").exists()
    assert [] == list(platform.bases.iterdir())


def test_the_advertiser_is_refused_with_provisions(platform, tmp_path):
    """The law says no, by name, and nothing is written."""
    with pytest.raises(Refused, match=r"use advertising is unlawful under .*cn\."):
        release(platform, tmp_path / "ads.csv", to="ads", purpose="advertising")
    assert [] == list(tmp_path.glob("ads*"))


def test_without_an_assessment_in_force_there_is_no_release(declared, tmp_path):
    """PIPL 55: before, not after."""
    with pytest.raises(Refused, match=r"cn\.pipl\.art55") as caught:
        collect(declared, tmp_path / "c.csv")
    assert "habeas report assessment" in caught.value.remedy


def test_a_new_version_of_the_activity_ends_the_assessment(platform, tmp_path):
    """What was assessed is not what would be done now."""
    world.declare(platform, minute=50, edit=lambda d: d["title"].update(en="Loans"))
    world.publish(platform, minute=51)

    with pytest.raises(Refused, match=r"cn\.pipl\.art55"):
        collect(platform, tmp_path / "c.csv")


def test_the_manifest_is_in_the_log_before_the_table_appears(platform, tmp_path, monkeypatch):
    """Commit first, hand out after: at the moment of writing, the receipt already verifies."""
    out, seen = tmp_path / "c.csv", []
    real = release_module.write_table

    def write_table(table, path):
        manifest = json.loads((tmp_path / "c.csv.manifest.json").read_text())
        leaf = __import__("base64").b64decode(manifest["entry"]["leaf"])
        key = VerifierKey.parse(manifest["vkey"])
        seen.append(Receipt.from_json(manifest["receipt"]).verify(leaf, key).size)
        assert not out.exists()
        real(table, path)

    monkeypatch.setattr(release_module, "write_table", write_table)
    collect(platform, out)

    assert [platform.log().size] == seen


def test_the_manifest_file_opens_the_logs_entry(platform, tmp_path):
    """The recipient can check what it signs for without asking anybody."""
    released = collect(platform, tmp_path / "c.csv")

    manifest = read_manifest(released.manifest_file)

    assert (released.release.release_id, "collector", released.release.manifest_digest) == (
        manifest.release,
        manifest.recipient,
        manifest.digest,
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["manifest"].update(recipient="vendor"),
        lambda d: d["manifest"]["copy"].update(risk={}),
        lambda d: d.update(sha256="0" * 64),
        lambda d: d["entry"].update(salt="A" * 43 + "="),
        lambda d: d["receipt"].update(index=0),
    ],
)
def test_an_altered_manifest_is_not_signed_for(platform, tmp_path, change):
    """A controller that shows another manifest than it logged gets no signature under it."""
    released = collect(platform, tmp_path / "c.csv")
    document = json.loads(released.manifest_file.read_text())
    change(document)
    released.manifest_file.write_text(json.dumps(document))

    with pytest.raises((NotVerified, BadInput)):
        read_manifest(released.manifest_file)


def test_a_countersignature_goes_both_ways(platform, tmp_path):
    """Signed in the recipient's home, recorded in the owner's, in both logs."""
    released = collect(platform, tmp_path / "c.csv")
    recipient = init_home(
        tmp_path / "r", party="controller", name="Example Collection", now=world.T0
    )
    before = recipient.log().size

    document = sign_for(recipient, released.manifest_file, now=world.later(70))
    (tmp_path / "signed.json").write_text(json.dumps(document))
    row = record_countersignature(platform, tmp_path / "signed.json", now=world.later(71))

    assert before + 1 == recipient.log().size
    assert (released.release.pk, recipient.keys.signing.vkey) == (row.release_id, row.vkey)
    again = record_countersignature(platform, tmp_path / "signed.json", now=world.later(72))
    assert row.pk == again.pk
    recipient.close()


@pytest.mark.parametrize("key", ["manifest", "release", "signature", "vkey"])
def test_a_countersignature_that_does_not_match_is_not_recorded(platform, tmp_path, key):
    """A signature under another manifest, of another release, by another key: none is taken."""
    released = collect(platform, tmp_path / "c.csv")
    recipient = init_home(tmp_path / "r", party="controller", name="R", now=world.T0)
    other = init_home(tmp_path / "o", party="controller", name="O", now=world.T0)
    document = sign_for(recipient, released.manifest_file, now=world.later(70))
    forged = sign_for(other, released.manifest_file, now=world.later(70))
    document[key] = (
        {"manifest": "0" * 64, "release": "x", **forged}.get(key)
        if key
        in (
            "signature",
            "vkey",
        )
        else "0" * 64
    )
    (tmp_path / "signed.json").write_text(json.dumps(document))
    size = platform.log().size

    with pytest.raises(NotVerified):
        record_countersignature(platform, tmp_path / "signed.json", now=world.later(71))
    assert size == platform.log().size
    recipient.close()
    other.close()


def test_a_countersignature_by_an_unexpected_key_is_refused(platform, tmp_path):
    """Who was told the recipient's key elsewhere need not take the file's word."""
    released = collect(platform, tmp_path / "c.csv")
    other = init_home(tmp_path / "o", party="controller", name="O", now=world.T0)
    (tmp_path / "s.json").write_text(
        json.dumps(sign_for(other, released.manifest_file, now=world.later(70)))
    )

    with pytest.raises(NotVerified, match="another key"):
        record_countersignature(
            platform, tmp_path / "s.json", now=world.later(71), key=platform.keys.signing.vkey
        )
    other.close()


def test_an_edited_plan_can_narrow_and_never_widen(platform, tmp_path):
    """What a person edits is checked against the declaration again."""
    source = open_source(world.table(), name="loans")
    proposal = propose_release(
        platform,
        source,
        activity="loan-servicing",
        recipient="collector",
        purpose="debt_collection",
        book=world.book(),
        now=world.later(60),
    )

    with pytest.raises(BadInput, match="the plan is for vendor"):
        collect(platform, tmp_path / "c.csv", plan=replace(proposal.plan, recipient="vendor"))
    columns = tuple(
        replace(c, transform="keep", params={}, category="not_personal", role="attribute")
        if c.column == "monthly_income"
        else c
        for c in proposal.plan.columns
    )
    wide = replace(proposal.plan, columns=columns, needed=(*proposal.plan.needed, "monthly_income"))
    with pytest.raises(Refused, match=r"monthly_income.*cn\.pipl\.art6"):
        collect(platform, tmp_path / "c.csv", plan=wide)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda t: t.drop_columns(["mobile"]), "lacks columns of the use: mobile"),
        (lambda t: t.drop_columns(["borrower_id"]), "borrower_id"),
        (lambda t: t.drop_columns(["portfolio"]), "portfolio"),
    ],
)
def test_a_table_without_what_is_declared_is_bad_input(platform, tmp_path, edit, says):
    """The column is named; nothing is written."""
    with pytest.raises(BadInput, match=says):
        collect(platform, tmp_path / "c.csv", table=edit(world.table()))
    assert [] == list(tmp_path.glob("c.csv*"))


def test_nothing_is_overwritten(platform, tmp_path):
    """A copy that was handed out is evidence."""
    (tmp_path / "c.csv").write_text("mine")

    with pytest.raises(BadInput, match="already"):
        collect(platform, tmp_path / "c.csv")
    assert "mine" == (tmp_path / "c.csv").read_text()


def test_a_row_that_names_nobody_stays_home(platform, tmp_path):
    """It can't be matched with a choice, so it can't be known that the person did not object."""
    table = world.table()
    ids = [None if n == 0 else i for n, i in enumerate(table.column("borrower_id").to_pylist())]
    table = table.set_column(0, "borrower_id", pa.array(ids, pa.string()))
    table = table.set_column(9, "portfolio", pa.array(["P1"] * 600))

    released = collect(platform, tmp_path / "c.csv", table=table)

    assert (1, 599) == (released.chosen.nameless, len(released.chosen.subjects))


def test_persons_with_a_record_learn_that_their_data_left(platform, tmp_path):
    """Who ever made a choice finds the release in their own chain, with recipient and columns."""
    number = int(portfolio(world.table())[0][1:])
    say(platform, GIVEN, number)

    released = collect(platform, tmp_path / "c.csv")

    digest = platform.digest_of(world.borrower(number))
    entries = models.Entry.objects.using(platform.alias).filter(subject=digest, kind="released")
    (entry,) = entries
    said = payload_of(platform, entry)
    assert ("collector", released.release.manifest_digest) == (said["recipient"], said["manifest"])
    assert 1 == models.Entry.objects.using(platform.alias).filter(kind="released").count()


def test_the_manifest_tells_nobody_how_many_objected(platform, tmp_path):
    """Small counts about persons stay inside the home."""
    say(platform, REFUSED, int(portfolio(world.table())[0][1:]))
    released = collect(platform, tmp_path / "c.csv")

    text = released.manifest_file.read_text()

    assert "objected" not in text
    assert "refused" not in text
    entry = json.loads(text)["entry"]
    parts = [__import__("base64").b64decode(entry[k]) for k in ("leaf", "salt", "payload")]
    assert released.release.manifest == open_sealed(*parts)["manifest"]


def test_a_consent_to_another_scope_does_not_carry_over(platform, tmp_path):
    """A controller that widens a use after asking must ask again (PIPL 14(2))."""
    say(platform, GIVEN, *range(300))
    world.declare(
        platform,
        minute=40,
        edit=lambda d: d["uses"]["scoring"]["columns"].remove("product"),
    )
    world.publish(platform, minute=41)
    world.assess(platform, minute=42)
    with pytest.raises(Refused, match="no row is left"):
        release(platform, tmp_path / "vendor.csv")

    say(platform, GIVEN, *range(200), minute=50)

    assert 200 == release(platform, tmp_path / "vendor.csv").prepared.table.num_rows


def test_a_declaration_that_hides_what_the_columns_hold_is_refused(platform, tmp_path):
    """A dishonest controller calls arrears 'transactions': the data itself says otherwise."""
    world.declare(
        platform,
        minute=40,
        edit=lambda d: d["uses"]["collection"]["facts"].update(data=["name", "contact"]),
    )
    world.publish(platform, minute=41)
    world.assess(platform, minute=42)

    with pytest.raises(Refused, match=r"overdue_days.*cn\.pipl\.art28"):
        collect(platform, tmp_path / "c.csv")


@pytest.mark.parametrize("name", ["copy.xlsx", "copy", "nowhere/copy.csv"])
def test_a_place_that_cannot_be_written_is_found_before_anything_is_logged(
    platform, tmp_path, name
):
    """A release that is in the log and was never handed out would frighten its recipient."""
    size = platform.log().size

    with pytest.raises(BadInput):
        collect(platform, tmp_path / name)

    assert size == platform.log().size
    assert [] == list(platform.bases.iterdir())


def test_who_waits_for_the_log_reads_that_nothing_is_lost(platform, monkeypatch):
    """Another sequencer holds the log: the choice is recorded, and the sentence says so."""
    monkeypatch.setattr("habeas.ledger.lock._WAITS", 1)
    with platform.sequencer(), pytest.raises(BadInput, match="recorded and not yet in the log"):
        say(platform, WITHDRAWN, 1)

    say(platform, GIVEN, 2, minute=31)
    rows = models.Choice.objects.using(platform.alias).order_by("pk")
    assert [True, True] == [row.entry.index is not None for row in rows]


def test_a_base_that_was_altered_traces_nothing(platform, tmp_path):
    """A controller that rewrites what it keeps can't frame a recipient with it."""
    collect(platform, tmp_path / "c.csv")
    row = models.Base.objects.using(platform.alias).get()
    base = Base.from_bytes(kept(platform, row.file))
    names = base.table.column("name").to_pylist()
    forged = replace(
        base,
        table=base.table.set_column(
            base.table.column_names.index("name"), "name", pa.array(["x", *names[1:]])
        ),
    )
    keep(platform, row.file, forged.to_bytes(), step=BASE)

    with pytest.raises(NotVerified, match="not what was committed to"):
        trace_leak(platform, open_source(tmp_path / "c.csv"), now=world.later(70))


def test_a_base_past_its_term_is_not_used_and_is_counted(platform, tmp_path):
    """A base has a term; a trace that skips it says so."""
    collect(platform, tmp_path / "old.csv")
    models.Base.objects.using(platform.alias).update(keep_until=world.later(65))
    collect(platform, tmp_path / "new.csv", minute=66)

    traced = trace_leak(platform, open_source(tmp_path / "new.csv"), now=world.later(70))

    assert 1 == traced.past_term
    assert 1 == len(traced.attribution.lines)
