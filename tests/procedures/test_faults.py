"""Every write of a release broken before it lands and after: the log whole, nothing half done."""

from __future__ import annotations

import re
from pathlib import Path

import habeas_world as world
import pytest

import habeas.procedures.writes as ours
from habeas.errors import HabeasError
from habeas.ledger.files import STEPS, Disk, Step, writing_through
from habeas.procedures.check_home import check_home
from habeas.procedures.countersign import read_manifest
from habeas.procedures.record_choice import Said, record_choice
from habeas.procedures.release_data import release_data
from habeas.procedures.sequence import payload_of, sequence
from habeas.records import models
from habeas.rights.choice import ChoiceState
from habeas.tables import seam
from habeas.tables.source import open_source

TABLE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "writes.md"
ROWS = 60


class Crash(BaseException):
    """Not an Exception: nothing may catch it and go on."""


class Counting(Disk):
    """Counts every moment around every write; raises at one of them."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.moments = at, []

    def before(self, step, part):
        self.moment(step.id, part, "before")

    def after(self, step, part):
        self.moment(step.id, part, "after")

    def moment(self, *what):
        self.moments.append(what)
        if len(self.moments) == self.at:
            raise Crash

    def of_table(self, name, when):
        self.moment("release.table", name, when)


def release(home, out, disk):
    source = open_source(world.table(ROWS), name="loans")
    with writing_through(disk), seam.faults(disk.of_table):
        return release_data(
            home,
            source,
            out,
            activity="loan-servicing",
            recipient="collector",
            purpose="debt_collection",
            book=world.book(),
            now=world.later(60),
        )


def assert_sound(home, folder, name="*"):
    """The log is whole and agrees with the records; every file under a final name is whole."""
    assert [] == [check.says.en for check in check_home(home.folder) if check.ok is False]
    for path in folder.glob(name):
        assert path.suffix in (".csv", ".json"), path.name
        if path.suffix == ".csv":
            manifest = read_manifest(path.with_name(f"{path.name}.manifest.json"))
            stored = models.Release.objects.using(home.alias).get(release_id=manifest.release)
            assert open_source(path).count() == stored.manifest["copy"]["copy"]["rows"]
            assert stored.entry.index is not None


def moments_of_a_release(home, folder):
    disk = Counting()
    release(home, folder / "whole.csv", disk)
    return disk.moments


def test_a_fault_at_every_moment_of_a_release_leaves_nothing_half_done(platform, tmp_path):
    """Before and after each write: whole log, acknowledged choices kept, and the rerun succeeds."""
    folder = tmp_path / "out"
    folder.mkdir()
    said = record_choice(
        platform,
        [Said(subject=world.borrower(n), state=ChoiceState.REFUSED) for n in range(3)],
        activity="loan-servicing",
        now=world.later(30),
    )
    total = len(moments_of_a_release(platform, folder))
    assert total >= 40

    for at in range(1, total + 1):
        out = folder / f"copy{at}.csv"
        with pytest.raises(Crash):
            release(platform, out, Counting(at))
        assert_sound(platform, folder, f"copy{at}.*")
        if not out.exists():
            release(platform, out, Counting())

    # iterdir, not glob: hidden leftovers under another name would be found too.
    assert {".csv", ".json"} == {path.suffix for path in folder.iterdir()}
    assert_sound(platform, folder)
    sequence(platform, now=world.later(99))
    assert ["refused"] * 3 == [payload_of(platform, row.entry)["choice"] for row in said]
    assert not models.Entry.objects.using(platform.alias).filter(index=None).exists()


def test_the_writes_of_a_release_come_in_the_order_of_the_table(platform, tmp_path):
    """Base, copy, records, log, receipts, manifest, table, done: the order is the safety."""
    steps = [moment[0] for moment in moments_of_a_release(platform, tmp_path)]

    order = list(dict.fromkeys(steps))
    expected = [
        "release.base",
        "release.copy",
        "release.records",
        "log.fence",
        "log.stage",
        "log.checkpoint",
        "log.prune",
        "sequence.receipts",
        "release.manifest",
        "release.table",
        "release.done",
    ]
    assert [step for step in expected if step in order] == order
    assert {"log.checkpoint", "release.table"} <= set(order)


def test_every_write_of_this_floor_is_in_the_table():
    """A write that the table does not name is one whose crash nobody thought through."""
    declared = {
        step.id
        for value in vars(ours).values()
        for step in (value.values() if isinstance(value, dict) else [value])
        if isinstance(step, Step)
    }
    listed = dict(
        re.findall(r"^\| `([a-z_.]+)` \| (.+?) \|", TABLE.read_text("utf-8"), re.MULTILINE)
    )

    assert declared <= set(listed)
    assert {name: STEPS[name].lands for name in declared} == {n: listed[n] for n in declared}


@pytest.mark.parametrize("where", ["folder", "bases", "log"])
def test_a_folder_that_takes_no_file_is_one_sentence(platform, tmp_path, where, monkeypatch):
    """Disk full or no permission, at the first write or the last: exit 2, nothing handed out."""
    import errno
    import os

    real = os.open
    folder = tmp_path / "out"
    folder.mkdir()
    staging = platform.folder / "log" / ".staging"
    full = {"folder": folder, "bases": platform.bases, "log": staging}[where]

    def full_disk(path, flags, *more, **named):
        if flags & os.O_CREAT and Path(path).parent == full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", full_disk)
    with pytest.raises(HabeasError, match="disk is full"):
        release(platform, folder / "c.csv", Counting())
    monkeypatch.undo()

    assert [] == list(folder.iterdir())
    release(platform, folder / "c.csv", Counting())
    assert_sound(platform, folder)
