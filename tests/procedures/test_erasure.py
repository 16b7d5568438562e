"""Erasing a person: nothing opens what was theirs, and everybody else's proofs hold."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import habeas_world as world
import pytest

from habeas.errors import BadInput, HabeasError, NotVerified, Refused, Undetermined
from habeas.ledger.vault import MemoryKeys, Vault, epoch_of
from habeas.procedures.back_up import back_up, write_backup_keys
from habeas.procedures.backup_format import open_backup
from habeas.procedures.bundle_for_person import bundle_for_person
from habeas.procedures.check_home import check_home
from habeas.procedures.erase_person import erase_person
from habeas.procedures.init_home import init_home
from habeas.procedures.kept import file_subject, kept_base, unreferenced
from habeas.procedures.record_choice import Said, record_choice
from habeas.procedures.release_data import release_data
from habeas.procedures.restore_home import opened_archive, read_backup_keys, restore_home
from habeas.procedures.rotate_epoch import masters_kept
from habeas.procedures.sequence import payload_of
from habeas.procedures.show_person import show_person
from habeas.procedures.tick import tick
from habeas.procedures.trace_leak import trace_leak
from habeas.records import models
from habeas.records.custody import Epoch, Erasure
from habeas.records.home import open_home
from habeas.rights.choice import ChoiceState
from habeas.tables.source import open_source

ROWS = 600
NONE_APPLIES = dict.fromkeys(
    ("aml_identity", "aml_transactions", "platform_transactions", "payment_records")
)
WHO, OTHER = world.borrower(7), world.borrower(8)
DAY = timedelta(days=1)


def release(home, out, *, recipient="collector", purpose="debt_collection", minute=60):
    return release_data(
        home,
        open_source(world.table(ROWS), name="loans"),
        out,
        activity="loan-servicing",
        recipient=recipient,
        purpose=purpose,
        book=world.book(),
        now=world.later(minute),
    )


def erase(home, subject=WHO, *, now=None, answers=NONE_APPLIES, ground="withdrawn"):
    return erase_person(home, subject, ground=ground, answers=answers, now=now or world.later(120))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A platform that took choices and handed two copies out; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("handed_out")
    home = init_home(folder / "platform", party="controller", name="Example Loans", now=world.T0)
    for step in (world.declare, world.publish, world.assess):
        step(home)
    said = [Said(subject=world.borrower(n), state=ChoiceState.GIVEN) for n in range(ROWS)]
    record_choice(home, said, activity="loan-servicing", now=world.later(10))
    release(home, folder / "collector.csv")
    release(
        home,
        folder / "vendor.csv",
        recipient="vendor",
        purpose="credit_assessment",
        minute=70,
    )
    home.close()
    return folder


@pytest.fixture
def handed_out(made, tmp_path):
    """A home of this test's own, with the two copies beside it; the person is in both."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    home = open_home(tmp_path / "platform")
    yield home
    home.close()


def bundle(home, subject, out):
    bundle_for_person(home, subject, out, book=world.book(), now=world.later(110))
    return out


def verified(home, path):
    from habeas.ledger.bundle import verify_bundle

    return verify_bundle(path, trusted=[home.keys.signing.vkey]).outcome


def theirs(home):
    """What only the person's records and rows hold: payload bytes, salts, cells."""
    entries = models.Entry.objects.using(home.alias).filter(subject=home.digest_of(WHO))
    vault = home.vault()
    found = []
    for entry in entries:
        secret = vault.decrypt(
            bytes(entry.sealed), bytes(entry.subject), record=bytes(entry.record_id)
        )
        found += [secret[:32], secret[32:]]
    cells = world.table(ROWS).slice(7, 1).to_pylist()[0]
    return [*found, cells["name"].encode(), cells["mobile"].encode(), WHO.encode()]


def every_file(*places):
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in files}


def test_after_an_erasure_the_home_holds_nothing_of_the_person(handed_out, tmp_path):
    """Records, keys, choices, rows of bases: gone; everybody else's are there and still prove."""
    home = handed_out
    hers = bundle(home, WHO, tmp_path / "hers.bundle")
    others = bundle(home, OTHER, tmp_path / "other.bundle")
    before = {row.base_id: kept_base(home, row) for row in models.Base.objects.using(home.alias)}

    erased = erase(home)

    digest = home.digest_of(WHO)
    assert (2, 2) == (erased.bases, erased.rows)
    assert erased.scrubbed
    assert not home.vault().holds(digest)
    for rows in (models.Entry, models.Choice, models.PersonCounter):
        assert not rows.objects.using(home.alias).filter(subject=digest).exists()
    for row in models.Base.objects.using(home.alias):
        base = kept_base(home, row)
        assert [] == base.rows_of(digest)
        assert 1 == len(before[base.id].rows_of(digest))
        assert 1 == len(base.rows_of(home.digest_of(OTHER)))
    assert [] == unreferenced(home)
    assert [] == [check.says.en for check in check_home(home.folder) if check.ok is False]
    assert ["verified"] * 2 == [verified(home, path) for path in (hers, others)]
    assert show_person(home, OTHER).sound
    assert "verified" == verified(home, bundle(home, OTHER, tmp_path / "again.bundle"))


def test_pages_and_write_ahead_log_are_rewritten(handed_out):
    """While the home is still open: not even the ciphertext of what was erased is in a file."""
    home = handed_out
    record_choice(
        home,
        [Said(subject=WHO, state=ChoiceState.WITHDRAWN)],
        activity="loan-servicing",
        now=world.later(100),
    )
    rows = models.Entry.objects.using(home.alias).filter(subject=home.digest_of(WHO))
    sealed = [bytes(row.sealed) for row in rows]
    there = [any(one in data for data in every_file(home.folder).values()) for one in sealed]
    erase(home)

    assert [True] * 4 == there
    for path, data in every_file(home.folder).items():
        assert not any(one in data for one in sealed), path.name


def test_keys_of_an_ended_epoch_are_gone_and_no_backup_holds_a_master(handed_out, tmp_path):
    """Wrapped keys under two masters would open with either; a master inside would be a trap."""
    home = handed_out
    old = home.vault().epoch
    tick(home, now=world.T0 + 31 * DAY)
    back_up(home, tmp_path / "b.backup", now=world.T0 + 31 * DAY)

    epochs = {row.epoch for row in models.SubjectKey.objects.using(home.alias)}
    assert {home.vault().epoch} == epochs
    assert old not in epochs
    master = masters_kept(home)[home.vault().epoch]
    archive = open_backup((tmp_path / "b.backup").read_bytes(), master=master)
    names = opened_archive(archive, file="b.backup")
    assert {"keys/mark.key", "keys/digest.key"} <= set(names)
    assert not [name for name in names if "master" in name]


def test_the_entry_of_an_erasure_names_nobody(handed_out):
    """Neither the id, nor the digest, nor the ids of the person's entries, salted or not."""
    home = handed_out
    digest = home.digest_of(WHO)
    erased = erase(home)

    payload = payload_of(home, erased.row.entry)
    text = json.dumps(dict(payload))

    assert erased.row.entry.subject is None
    assert "person" not in payload
    for told in (WHO, digest.hex(), *(record.hex() for record in erased.records)):
        assert told not in text
    assert 3 == payload["entries"]


def test_before_two_epochs_the_receipt_says_until_when_a_backup_opens_it(handed_out, tmp_path):
    """The promise is a day, and the backup really opens until then: it is no pretence."""
    home = handed_out
    secret = theirs(home)
    made = back_up(home, tmp_path / "b.backup", now=world.later(100))
    write_backup_keys(home, tmp_path / "b.keys", passphrase=None, now=world.later(100))

    erased = erase(home)

    assert made.opens_until == erased.row.backups_until == world.T0 + 60 * DAY
    masters = read_backup_keys(tmp_path / "b.keys", passphrase=None)
    back = restore_home(
        tmp_path / "b.backup",
        tmp_path / "back",
        masters=masters,
        log=home.folder / "log",
    )
    assert 1 == back.erased_since
    restored = open_home(tmp_path / "back")
    try:
        assert show_person(restored, WHO).sound
        assert secret == theirs(restored)
    finally:
        restored.close()


def candidates(files):
    """Every 32 bytes in any file of keys, and every hex string of 64 digits in any file."""
    import base64
    import re

    found = set()
    for path, data in files.items():
        small = "keys" in path.parts or path.suffix in (".keys", ".json")
        blobs = [data] if small else []
        blobs += [bytes.fromhex(m.decode()) for m in re.findall(rb"[0-9a-f]{64}", data)[:5000]]
        for text in re.findall(rb"[A-Za-z0-9+/]{43}=", data)[:5000]:
            blobs.append(base64.b64decode(text))
        for blob in blobs:
            found |= {blob[at : at + 32] for at in range(max(0, len(blob) - 31))}
    return sorted(found)


def _stored(wrapped):
    store = MemoryKeys()
    for (epoch, subject), key in wrapped.items():
        store.put(epoch, subject, key)
    return store


def test_after_two_epochs_nothing_opens_what_was_erased(handed_out, tmp_path):
    """Every file of the home, of a backup, of a bare copy of the records: searched byte by byte,
    and every key that is left tried on every wrapped key and on the backup."""
    home = handed_out
    secret = theirs(home)
    digest = home.digest_of(WHO)
    back_up(home, tmp_path / "b.backup", now=world.later(100))
    # What somebody copied without the keys: all ciphertexts and all wrapped keys of before.
    bare = tmp_path / "bare"
    shutil.copytree(home.folder, bare, ignore=shutil.ignore_patterns("keys"))
    wrapped = {
        (row.epoch, row.subject): bytes(row.wrapped)
        for row in models.SubjectKey.objects.using(home.alias)
    }
    sealed = [
        (bytes(e.sealed), bytes(e.record_id))
        for e in models.Entry.objects.using(home.alias).filter(subject=digest)
    ]
    # With the master of then all of it opens: the search below is able to find it.
    then = Vault(home.keys.master, keys=_stored(wrapped))
    assert secret[1] == then.decrypt(sealed[0][0], digest, record=sealed[0][1])[32:]
    assert open_backup((tmp_path / "b.backup").read_bytes(), master=home.keys.master)
    erased = erase(home)
    first = tick(home, now=erased.row.at + 31 * DAY)
    second = tick(home, now=erased.row.backups_until)

    assert (True, 0) == (first.epoch_began, first.masters_destroyed)
    assert 1 == second.masters_destroyed
    write_backup_keys(home, tmp_path / "late.keys", passphrase=None, now=world.later(200))
    everything = every_file(home.folder, bare)
    everything[tmp_path / "b.backup"] = (tmp_path / "b.backup").read_bytes()
    everything[tmp_path / "late.keys"] = (tmp_path / "late.keys").read_bytes()
    for piece in secret:
        for path, data in everything.items():
            assert piece not in data, path.name
    tried = candidates(everything)
    assert home.keys.digest in tried
    backup = everything[tmp_path / "b.backup"]
    store = _stored(wrapped)
    old = {epoch for epoch, _ in wrapped}
    for key in tried:
        assert epoch_of(key) not in old
        with pytest.raises(NotVerified):
            open_backup(backup, master=key)
        vault = Vault(key, keys=store)
        vault.epoch = next(iter(old))  # whatever the key says of itself, it is tried
        for body, record in sealed:
            with pytest.raises(NotVerified):
                vault.decrypt(body, digest, record=record)
    assert len(tried) > 100


def test_old_bases_in_a_bare_copy_open_nothing_either(handed_out, tmp_path):
    """The file key of the old base ends with the erasure, not with the epoch of the home alone."""
    home = handed_out
    bare = {path.name: path.read_bytes() for path in home.bases.glob("*.base")}
    erase(home)

    for name, data in bare.items():
        with pytest.raises(HabeasError):
            home.vault().decrypt(data, file_subject(name), record=name.encode())
        with pytest.raises(HabeasError):
            home.vault().decrypt(data, None, record=name.encode())


def test_what_is_left_still_traces(handed_out, tmp_path):
    """A leak of the vendor's copy is traced to the vendor, the erased row included in it."""
    home = handed_out
    leak = open_source(tmp_path / "vendor.csv")
    before = trace_leak(home, leak, now=world.later(115)).attribution
    erase(home)

    after = trace_leak(home, leak, now=world.later(130)).attribution

    assert before.outcome == after.outcome
    assert before.named == after.named


def test_a_duty_to_keep_refuses_with_its_provision(handed_out):
    """Anti-money-laundering data stays ten years, whatever the person asks."""
    running = {**NONE_APPLIES, "aml_identity": world.T0.date() - 3650 * DAY}
    over = {**NONE_APPLIES, "aml_identity": world.T0.date().replace(year=2016)}

    with pytest.raises(Refused, match=r"cn\.aml\.art34.*until 2026-11-26.*cn\.pipl\.art47\.p2"):
        erase(handed_out, answers=running)
    assert show_person(handed_out, WHO).sound
    assert 3 == len(erase(handed_out, answers=over).records)


def test_an_unanswered_duty_is_not_known_and_erases_nothing(handed_out):
    """Unknown is not no: the duty is named, and what would answer it."""
    with pytest.raises(Undetermined, match="payment_records"):
        erase(handed_out, answers={k: None for k in NONE_APPLIES if k != "payment_records"})

    assert not Erasure.objects.using(handed_out.alias).exists()


def test_nobody_known_is_said_without_the_id(handed_out):
    """Erasing a stranger is a mistake in the id, not a success."""
    with pytest.raises(BadInput, match="nothing about this person") as caught:
        erase(handed_out, "B999999")

    assert "B999999" not in caught.value.sentence()


def test_an_overdue_home_does_not_promise_a_day_that_is_past(handed_out):
    """The epoch is begun anew first, so that the day in the receipt lies ahead."""
    late = world.T0 + 100 * DAY
    erased = erase(handed_out, now=late)

    assert late + 60 * DAY == erased.row.backups_until
    epochs = Epoch.objects.using(handed_out.alias).order_by("pk")
    assert [True, False] == [epoch.destroyed_at is not None for epoch in epochs]
