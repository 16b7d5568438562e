"""Terms of bases, two holders, and every write of custody broken before and after it lands."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import habeas_world as world
import polars as pl
import pyarrow as pa
import pytest

from habeas.errors import BadInput, HabeasError, Refused
from habeas.ledger.commitment import open_sealed
from habeas.ledger.files import Disk, writing_through
from habeas.procedures.back_up import back_up, write_backup_keys
from habeas.procedures.check_home import check_home
from habeas.procedures.clean_home import clean_home, left_over
from habeas.procedures.erase_person import erase_person
from habeas.procedures.erasure_receipt import check_receipt, write_receipt
from habeas.procedures.init_home import init_home
from habeas.procedures.kept import file_subject, kept_base, unreferenced
from habeas.procedures.lock_keys import lock_keys, unlock_keys
from habeas.procedures.record_choice import Said, record_choice
from habeas.procedures.release_data import release_data
from habeas.procedures.restore_home import read_backup_keys, restore_home
from habeas.procedures.rotate_epoch import rotate_epoch
from habeas.procedures.sequence import opened, payload_of, sequence
from habeas.procedures.show_person import show_person
from habeas.procedures.tick import tick
from habeas.procedures.trace_leak import trace_leak
from habeas.procedures.two_holders import Together, go_back, make_again, name_holders
from habeas.records import models
from habeas.records.custody import Erasure
from habeas.records.home import open_home
from habeas.rights.choice import ChoiceState
from habeas.tables.source import open_source

DAY = timedelta(days=1)
WHO = world.borrower(7)
NONE_APPLIES = dict.fromkeys(
    ("aml_identity", "aml_transactions", "platform_transactions", "payment_records")
)


class Crash(BaseException):
    """Not an Exception: nothing may catch it and go on."""


class Counting(Disk):
    """Counts every moment around every write; raises at one of them."""

    def __init__(self, at=0):
        self.at, self.moments = at, []

    def before(self, step, part):
        self.moment(step.id, part, "before")

    def after(self, step, part):
        self.moment(step.id, part, "after")

    def moment(self, *what):
        self.moments.append(what)
        if len(self.moments) == self.at:
            raise Crash


def release(home, out, *, rows=600, recipient="vendor", purpose="credit_assessment"):
    return release_data(
        home,
        open_source(world.table(rows), name="loans"),
        out,
        activity="loan-servicing",
        recipient=recipient,
        purpose=purpose,
        book=world.book(),
        now=world.later(60),
    )


def consent(home, count=600):
    said = [Said(subject=world.borrower(n), state=ChoiceState.GIVEN) for n in range(count)]
    record_choice(home, said, activity="loan-servicing", now=world.later(10))


def erase(home, now=None, who=WHO):
    return erase_person(
        home, who, ground="request", answers=NONE_APPLIES, now=now or world.later(120)
    )


def sound(home):
    return [] == [check.says.en for check in check_home(home.folder) if check.ok is False]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A platform that handed one marked copy to the vendor; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("vendor")
    home = init_home(folder / "platform", party="controller", name="Example Loans", now=world.T0)
    for step in (world.declare, world.publish, world.assess):
        step(home)
    consent(home)
    release(home, folder / "vendor.csv")
    home.close()
    return folder


@pytest.fixture
def vendor(made, tmp_path):
    """A home of this test's own, with the vendor's copy beside it."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    home = open_home(tmp_path / "platform")
    yield home
    home.close()


# -- the end of a term


def test_after_the_term_only_positions_and_sketches_are_left(vendor, tmp_path):
    """No cell, no row salt, no person; the root and the carriers stay."""
    row = models.Base.objects.using(vendor.alias).get()
    before = kept_base(vendor, row)
    old = row.file
    done = tick(vendor, now=row.keep_until)

    row.refresh_from_db(using=vendor.alias)
    after = kept_base(vendor, row)
    assert (1, 0) == (done.bases_reduced, tick(vendor, now=row.keep_until + DAY).bases_reduced)
    assert (before.id, len(before.carriers)) == (after.id, len(after.carriers))
    assert after.persons is None
    assert not after.row_salts.tobytes().strip(b"\0")
    kept_cells = {
        cell for name in after.table.column_names for cell in after.table[name].to_pylist()
    }
    assert all(cell is None or len(cell) == 5 for cell in kept_cells)
    assert not (vendor.bases / old).exists()
    assert [] == unreferenced(vendor)
    after.verify()


def test_what_is_left_after_the_term_still_names_the_leaker(vendor, tmp_path):
    """By marks on sketches; an unrelated file is not attributed to anybody."""
    whole = trace_leak(vendor, open_source(tmp_path / "vendor.csv"), now=world.later(90))
    row = models.Base.objects.using(vendor.alias).get()
    at = row.keep_until + DAY
    untraced = trace_leak_refused(vendor, tmp_path, at)
    tick(vendor, now=at)

    found = trace_leak(vendor, open_source(tmp_path / "vendor.csv"), now=at)
    lots = world.table(300, seed=99).select(["region", "education", "monthly_income"])
    other = trace_leak(vendor, open_source(lots, name="other"), now=at)

    assert untraced
    assert (0, 1) == (found.past_term, found.reduced)
    assert whole.attribution.outcome == found.attribution.outcome
    assert whole.attribution.named == found.attribution.named
    assert () == other.attribution.named


def trace_leak_refused(home, folder, at):
    """Before the tick the base is past its term and may not be used."""
    with suppress(BadInput):
        trace_leak(home, open_source(folder / "vendor.csv"), now=at)
        return False
    return True


# -- two holders


def test_one_holder_alone_can_do_nothing(vendor, tmp_path):
    """No shares, one share twice, a share of before: refused, and no entry says it was done."""
    a, b, out = tmp_path / "a.key", tmp_path / "b.key", tmp_path / "again.csv"
    release_id = models.Release.objects.using(vendor.alias).get().release_id

    def ask(first, second):
        with pytest.raises(Refused):
            make_again(
                vendor,
                release_id,
                out,
                together=Together(first=first, second=second, purpose="audit"),
                now=world.later(100),
            )

    (tmp_path / "none.key").write_text("{}")
    with pytest.raises(Refused, match="none are named"):
        make_again(
            vendor,
            release_id,
            out,
            together=Together(first=a, second=b, purpose="audit"),
            now=world.later(100),
        )
    name_holders(vendor, a, b, now=world.later(99))
    ask(a, a)
    old = a.read_bytes()
    a.unlink()
    b.rename(tmp_path / "old_b.key")
    name_holders(vendor, a, b, now=world.later(99))
    (tmp_path / "old_a.key").write_bytes(old)
    (tmp_path / "old_a.key").chmod(0o600)
    ask(tmp_path / "old_a.key", b)
    ask(a, tmp_path / "old_b.key")
    with pytest.raises(BadInput, match="purpose"):
        Together(first=a, second=b, purpose=" ")

    assert not out.exists()
    assert not models.Entry.objects.using(vendor.alias).filter(kind="copy.again").exists()


def test_both_holders_make_the_very_copy_again_and_the_log_says_so(vendor, tmp_path):
    """Cell for cell what the recipient got; purpose and recipient are in the entry."""
    a, b, out = tmp_path / "a.key", tmp_path / "b.key", tmp_path / "again.csv"
    name_holders(vendor, a, b, now=world.later(99))
    release_id = models.Release.objects.using(vendor.alias).get().release_id
    make_again(
        vendor,
        release_id,
        out,
        together=Together(first=b, second=a, purpose="expert opinion"),
        now=world.later(100),
    )

    entry = models.Entry.objects.using(vendor.alias).get(kind="copy.again")
    says = payload_of(vendor, entry)
    assert (tmp_path / "vendor.csv").read_bytes() == out.read_bytes()
    assert ("vendor", "expert opinion") == (says["recipient"], says["purpose"])
    assert entry.index is not None


def test_after_an_erasure_a_copy_made_again_lacks_the_person(vendor, tmp_path):
    """Two holders don't bring back who was erased."""
    a, b = tmp_path / "a.key", tmp_path / "b.key"
    name_holders(vendor, a, b, now=world.later(99))
    release_id = models.Release.objects.using(vendor.alias).get().release_id
    base = kept_base(vendor, models.Base.objects.using(vendor.alias).get())
    row = base.rows_of(vendor.digest_of(WHO))[0]
    erase(vendor)
    table = make_again(
        vendor,
        release_id,
        tmp_path / "again.csv",
        together=Together(first=a, second=b, purpose="audit"),
        now=world.later(130),
    )

    blank = [all(cell is None for cell in one.values()) for one in table.to_pylist()]
    assert 1 == sum(blank)
    assert row < table.num_rows


def test_pseudonyms_are_reversed_by_both_and_logged(platform, tmp_path):
    """The values found are those of the source; tokens of another home stay closed."""
    from habeas.protection.columns import ColumnPlan
    from habeas.protection.plan import ReleasePlan
    from habeas.protection.release import means_of
    from habeas.protection.transforms import transformed
    from habeas.terms import Text

    a, b = tmp_path / "a.key", tmp_path / "b.key"
    name_holders(platform, a, b, now=world.later(99))
    why = Text(en="needed", zh="必要")
    planned = ColumnPlan(
        column="borrower_id", transform="pseudonym", params={}, reason=why, category="personal"
    )
    plan = ReleasePlan(
        recipient="vendor",
        purpose="credit_assessment",
        columns=(planned,),
        needed=("borrower_id",),
        canaries=0,
    )
    source = pl.Series([world.borrower(n) for n in range(5)])
    tokens = transformed(source, planned, means_of(plan, secret=platform.keys.mark))
    foreign = transformed(source, planned, means_of(plan, secret=b"x" * 32))
    table = pa.table({"borrower_id": pl.concat([tokens[:3], foreign[:1]]).to_arrow()})

    found = go_back(
        platform,
        table,
        tmp_path / "back.csv",
        column="borrower_id",
        plan=plan,
        candidates=pa.chunked_array([source.to_arrow()]),
        together=Together(first=a, second=b, purpose="complaint 12"),
        now=world.later(100),
    )

    back = open_source(tmp_path / "back.csv").read().column("borrower_id (original)").to_pylist()
    assert (3, [*source[:3].to_list(), None]) == (found, [each or None for each in back])
    entry = models.Entry.objects.using(platform.alias).get(kind="pseudonym.reversed")
    assert "complaint 12" == payload_of(platform, entry)["purpose"]


# -- the controller that lies


def test_a_controller_that_kept_a_key_shows_nothing_until_it_uses_it(vendor, tmp_path):
    """The receipt verifies all the same; what turns up later fits the log and breaks the word."""
    entry = models.Entry.objects.using(vendor.alias).filter(
        subject=vendor.digest_of(WHO), kind="choice"
    )[0]
    kept_aside = opened(vendor, entry)  # what the dishonest controller copied before
    erased = erase(vendor)
    write_receipt(vendor, erased, tmp_path / "r.json")

    told = check_receipt(tmp_path / "r.json", key=vendor.keys.signing.verifier)
    entry.refresh_from_db(using=vendor.alias)

    # Nothing in log, receipt or bundle differs from an honest erasure.
    assert bytes(entry.record_id).hex() in told.records
    # Used, it convicts: content and salt open the leaf of a record the receipt calls erased.
    assert "given" == open_sealed(bytes(entry.leaf), *kept_aside)["choice"]


# -- faults


def prepared(home, folder):
    """Consents and a small identified release; returns persons who are in its base."""
    consent(home, 150)
    release(home, folder / "c.csv", rows=150, recipient="collector", purpose="debt_collection")
    base = kept_base(home, models.Base.objects.using(home.alias).get())
    return [
        world.borrower(n) for n in range(150) if base.rows_of(home.digest_of(world.borrower(n)))
    ]


def count(disk, act):
    with writing_through(disk):
        act()
    return disk.moments


@pytest.mark.slow
def test_a_fault_at_every_moment_of_an_erasure(platform, tmp_path):
    """Before the commit nothing is erased; after it all is, and the next tick finishes."""
    persons = iter(prepared(platform, tmp_path))
    first = next(persons)
    moments = count(Counting(), lambda: erase(platform, who=first))
    steps = [moment[0] for moment in moments]
    commit = moments.index(("erase.records", "commit", "after")) + 1
    wanted = ["erase.base", "erase.records", "log.checkpoint", "erase.files", "erase.scrub"]
    assert wanted == [step for step in dict.fromkeys(steps) if step in wanted]

    who = next(persons)
    for at in range(1, len(moments) + 1):
        with pytest.raises(Crash), writing_through(Counting(at)):
            erase(platform, who=who)
        assert sound(platform), moments[at - 1]
        held = show_person(platform, who).lines
        row = models.Base.objects.using(platform.alias).get()
        rows = kept_base(platform, row).rows_of(platform.digest_of(who))
        # All or nothing: records, rows and keys of a person end in one commit.
        assert (at < commit, at < commit) == (bool(held), bool(rows)), moments[at - 1]
        tick(platform, now=world.later(121))
        assert not Erasure.objects.using(platform.alias).filter(scrubbed_at=None).exists()
        left = [path.name for path in unreferenced(platform)]
        assert len(left) <= 1
        clean_home(platform, now=world.T0 + 9000 * DAY)
        assert ([], [], []) == left_over(platform)
        assert not any(platform.vault().holds(file_subject(name)) for name in left)
        if not held:
            assert [] == left
            who = next(persons)


@pytest.mark.slow
def test_a_fault_at_every_moment_of_a_rotation(platform, tmp_path):
    """The old epoch or the new one, whole: every person's records open after any crash."""
    prepared(platform, tmp_path)
    moments = count(Counting(), lambda: rotate_epoch(platform, now=world.later(200), early=True))
    assert {"epoch.master", "epoch.records"} <= {moment[0] for moment in moments}
    for at in range(1, len(moments) + 1):
        with pytest.raises(Crash), writing_through(Counting(at)):
            rotate_epoch(platform, now=world.later(200 + at), early=True)
        assert sound(platform), moments[at - 1]
        assert show_person(platform, WHO).sound
    again = open_home(platform.folder)
    try:
        assert show_person(again, WHO).sound
        late = world.T0 + 400 * DAY
        ends = count(Counting(), lambda: tick(again, now=late))
        assert {"epoch.master_end", "epoch.end_records"} <= {moment[0] for moment in ends}
        assert show_person(again, WHO).sound
        clean_home(again, now=late + 9000 * DAY)
        assert ([], [], []) == left_over(again)
    finally:
        again.close()


@pytest.mark.slow
def test_a_fault_at_every_moment_of_the_end_of_a_master(platform, tmp_path):
    """A tick that is killed is a tick to be run again."""
    consent(platform, 3)
    late = world.T0
    total = 200
    at = 1
    while at <= total:
        late += 61 * DAY
        disk = Counting(at)
        try:
            with writing_through(disk):
                tick(platform, now=late)
            total = len(disk.moments)
        except Crash:
            tick(platform, now=late)
        assert sound(platform)
        assert show_person(platform, world.borrower(1)).sound
        masters = list((platform.folder / "keys").glob("master*.key"))
        assert len(masters) <= 2 + at
        at += 1
    clean_home(platform, now=late + 9000 * DAY)
    assert 1 == len(list((platform.folder / "keys").glob("master*.key")))


@pytest.mark.slow
def test_a_fault_at_every_moment_of_a_term(vendor):
    """The whole base or the reduced one, and never a base that can't be read."""
    row = models.Base.objects.using(vendor.alias).get()
    at, done = 0, False
    while not done:
        at += 1
        disk = Counting(at)
        try:
            with writing_through(disk):
                tick(vendor, now=row.keep_until)
            done = True
        except Crash:
            row.refresh_from_db(using=vendor.alias)
            kept_base(vendor, row).verify()
            if row.reduced_at is not None:
                done = True
    tick(vendor, now=row.keep_until)
    row.refresh_from_db(using=vendor.alias)
    assert kept_base(vendor, row).reduced
    assert sound(vendor)


@pytest.mark.slow
def test_a_fault_at_every_moment_of_backup_and_restore(platform, tmp_path):
    """No backup or a whole one; no home under the name or a sound one."""
    prepared(platform, tmp_path)
    keys = tmp_path / "b.keys"

    def back(at):
        back_up(platform, tmp_path / f"{at}.backup", now=world.later(130))
        write_backup_keys(platform, keys, passphrase=b"a long passphrase", now=world.later(130))

    moments = count(Counting(), lambda: back(0))
    masters = read_backup_keys(keys, passphrase=b"a long passphrase")
    for at in range(1, len(moments) + 1):
        with pytest.raises(Crash), writing_through(Counting(at)):
            back(at)
        made = tmp_path / f"{at}.backup"
        if made.exists() and at % 3 == 0:
            restore_home(made, tmp_path / f"home{at}", masters=masters)
    total = count(
        Counting(),
        lambda: restore_home(tmp_path / "0.backup", tmp_path / "whole", masters=masters),
    )
    some = [*range(1, 12), len(total) // 2, *range(len(total) - 3, len(total) + 1)]
    for at in some:
        place = tmp_path / f"again{at}"
        with pytest.raises(Crash), writing_through(Counting(at)):
            restore_home(tmp_path / "0.backup", place, masters=masters)
        # After the rename the home is there, whole; before it nothing is.
        assert place.exists() == (total[at - 1][0::2] == ("restore.rename", "after"))
    assert not list(tmp_path.glob(".*.partial"))


@pytest.mark.slow
def test_a_fault_at_every_moment_of_locking_and_unlocking(home, monkeypatch):
    """Some keys locked and some not is a home that opens with the passphrase, and goes on."""
    monkeypatch.setattr("habeas.ledger.key_lock.COST", 2)  # the figure is not what is tested
    from habeas.ledger.passphrase import passphrases_from

    secret = b"correct horse battery"

    def both():
        lock_keys(home.folder, secret)
        unlock_keys(home.folder)

    with passphrases_from(lambda: secret):
        moments = count(Counting(), both)
        for at in range(1, len(moments) + 1, 2):
            with pytest.raises(Crash), writing_through(Counting(at)):
                both()
            open_home(home.folder).close()
            lock_keys(home.folder, secret)
            open_home(home.folder).close()
            unlock_keys(home.folder)
    open_home(home.folder).close()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("place", ["keys", "bases"])
def test_a_full_or_read_only_disk_erases_nothing_and_is_one_sentence(
    platform, tmp_path, monkeypatch, number, place
):
    """Exit 2, the person still there, and the next try succeeds."""
    who = prepared(platform, tmp_path)[0]
    real = os.open

    def failing(path, flags, *more, **named):
        if flags & os.O_CREAT and Path(path).parent == platform.folder / place:
            raise OSError(number, os.strerror(number))
        return real(path, flags, *more, **named)

    late = world.T0 + 40 * DAY  # an epoch is due, so that keys are written too
    monkeypatch.setattr(os, "open", failing)
    with pytest.raises(HabeasError) as caught:
        erase(platform, now=late, who=who)
    monkeypatch.undo()

    assert "\n" not in caught.value.sentence()
    assert show_person(platform, who).lines
    assert sound(platform)
    erase(platform, now=late, who=who)
    assert not show_person(platform, who).lines


@pytest.mark.slow
def test_kill_9_at_any_moment_of_an_erasure_or_a_rotation(vendor):
    """The process is really gone, locks and all; the home is sound and the next try succeeds."""
    folder = vendor.folder
    vendor.close()
    for at in range(1, 60, 4):
        pid = os.fork()
        if pid == 0:
            with writing_through(Killing(at)):
                home = open_home(folder)
                rotate_epoch(home, now=world.later(200 + at), early=True)
                erase(home, now=world.later(201 + at), who=world.borrower(at))
            os._exit(0)
        assert os.waitpid(pid, 0)[0] == pid
        home = open_home(folder)
        assert sound(home), at
        tick(home, now=world.later(202 + at))
        if show_person(home, world.borrower(at)).lines:
            erase(home, now=world.later(203 + at), who=world.borrower(at))
        assert sound(home), at
        assert show_person(home, world.borrower(0)).sound
        home.close()


class Killing(Counting):
    """Kills this very process at a moment: nothing is cleaned up behind it."""

    def moment(self, *what):
        self.moments.append(what)
        if len(self.moments) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_still_holds_the_old_master_writes_nothing_under_it(vendor):
    """Two processes: one rotates, the other goes on with the home it opened before."""
    other = open_home(vendor.folder)
    try:
        stale = other.vault()
        rotate_epoch(vendor, now=world.later(200), early=True)
        with pytest.raises(BadInput, match="rotated meanwhile"):
            stale.encrypt(b"x", b"new person")
        record_choice(
            other,
            [Said(subject="B700000", state=ChoiceState.GIVEN)],
            activity="loan-servicing",
            now=world.later(201),
        )
        sequence(other, now=world.later(201))
        assert show_person(vendor, "B700000").sound
        assert show_person(other, WHO).sound
    finally:
        other.close()
