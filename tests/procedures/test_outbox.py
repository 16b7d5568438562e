"""The outbox and its sequencer: chains of persons without a gap, and no entry twice."""

from __future__ import annotations

import itertools
import subprocess
import sys

import habeas_world as world
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import NotVerified
from habeas.ledger.audit import audit
from habeas.ledger.commitment import Leaf, PersonLink
from habeas.ledger.files import Disk, writing_through
from habeas.procedures.outbox import Happening, add_entries, known_persons
from habeas.procedures.sequence import payload_of, pending_count, receipt_of, sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import RECEIPTS, RECORDS
from habeas.records import models


def add(home, subjects):
    with committing(home, RECORDS["choice"]):
        happenings = [
            Happening(
                kind="choice", payload={"n": n}, subject=None if s is None else bytes([s]) * 32
            )
            for n, s in enumerate(subjects)
        ]
        return add_entries(home, happenings, now=world.T0)


@settings(max_examples=6, deadline=None)
@given(
    batches=st.lists(
        st.lists(st.sampled_from([None, 1, 2, 3]), min_size=1, max_size=80), max_size=4
    )
)
def test_every_persons_entries_are_one_chain(tmp_path_factory, batches):
    """However entries arrive, each person's counters run 1, 2, 3 and name the entry before."""
    from habeas.procedures.init_home import init_home

    folder = tmp_path_factory.mktemp("homes") / "h"
    home = init_home(folder, party="controller", name="x", now=world.T0)
    for batch in batches:
        add(home, batch)
        sequence(home, now=world.T0)

    for person in (1, 2, 3):
        rows = models.Entry.objects.using(home.alias).filter(subject=bytes([person]) * 32)
        previous = None
        for number, entry in enumerate(rows.order_by("pk"), start=1):
            link = PersonLink.of(payload_of(home, entry))
            assert (number, previous) == (link.counter, link.previous)
            previous = Leaf.parse(bytes(entry.leaf)).commitment
    home.close()


def test_every_entry_has_its_receipt_after_sequencing_and_none_before(home):
    """A receipt that exists before the log has the entry would prove nothing."""
    entries = add(home, [1, None, 2])
    with pytest.raises(NotVerified, match="no receipt before"):
        receipt_of(home, entries[0])

    assert 3 == sequence(home, now=world.T0)

    for entry in entries:
        receipt = receipt_of(home, entry)
        receipt.verify(bytes(entry.leaf), home.keys.signing.verifier)
    assert 0 == pending_count(home)
    assert 0 == sequence(home, now=world.T0)


class _CrashAt(Disk):
    def __init__(self, step, moment):
        self.step, self.moment = step, moment

    def before(self, step, part):
        if (step, "before") == (self.step, self.moment):
            raise KeyboardInterrupt

    def after(self, step, part):
        if (step, "after") == (self.step, self.moment):
            raise KeyboardInterrupt


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_between_log_and_receipt_logs_nothing_twice(home, moment):
    """The dangerous gap: the log has the entries, the records don't know it yet."""
    entries = add(home, [1, 2, 2])
    with pytest.raises(KeyboardInterrupt), writing_through(_CrashAt(RECEIPTS, moment)):
        sequence(home, now=world.T0)
    assert 4 == home.log().size

    sequence(home, now=world.T0)

    assert 4 == home.log().size
    assert [1, 2, 3] == [receipt_of(home, entry).index for entry in entries]


def test_an_entry_that_is_rolled_back_leaves_the_chain_as_it_was(home):
    """A counter that had moved on would look like a withheld entry."""
    add(home, [1])

    def fails():
        with committing(home, RECORDS["choice"]):
            happening = Happening(kind="choice", payload={}, subject=b"\1" * 32)
            add_entries(home, [happening], now=world.T0)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()

    (entry,) = add(home, [1])

    assert 2 == PersonLink.of(payload_of(home, entry)).counter


def test_known_persons_are_those_with_an_entry(home):
    """A release tells those who have a record, and nobody is invented."""
    add(home, [3, 1])

    assert [b"\1" * 32, b"\3" * 32] == known_persons(home, [b"\3" * 32, b"\1" * 32, b"\2" * 32])


_WRITER = """
import sys, pathlib
from datetime import UTC, datetime
from habeas.records.home import open_home
from habeas.procedures.outbox import Happening, add_entries
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import RECORDS
home = open_home(pathlib.Path(sys.argv[1]))
now = datetime(2026, 11, 24, 9, tzinfo=UTC)
for n in range(12):
    with committing(home, RECORDS["choice"]):
        add_entries(home, [Happening(kind="choice", payload={"by": sys.argv[2], "n": n},
                                     subject=b"p" * 32)], now=now)
    sequence(home, now=now)
"""


def test_two_processes_at_once_lose_nothing_and_share_one_chain(home):
    """Two commands of one home at the same moment must wait for each other, not fail or fork."""
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(home.folder), name])
        for name in ("a", "b")
    ]
    assert [0, 0] == [writer.wait(timeout=60) for writer in writers]

    assert 25 == audit(home.log()).size
    rows = models.Entry.objects.using(home.alias).filter(subject=b"p" * 32).order_by("pk")
    said = [payload_of(home, entry) for entry in rows]
    assert list(range(1, 25)) == [each["person"]["counter"] for each in said]
    assert set(itertools.product("ab", range(12))) == {(each["by"], each["n"]) for each in said}


def test_a_stored_entry_is_what_the_records_give_back(home):
    """What the caller holds after storing is the row itself: its number, its bytes, its moment."""
    made = add(home, [2, None, 2, 1])

    rows = list(models.Entry.objects.using(home.alias).filter(pk__in=[e.pk for e in made]))
    assert made == rows
    for one, other in zip(made, rows, strict=True):
        for field in ("record_id", "kind", "subject", "leaf", "sealed", "at", "index"):
            assert getattr(other, field) == getattr(one, field), field
    made[0].refresh_from_db()
    assert home.alias == made[0]._state.db
