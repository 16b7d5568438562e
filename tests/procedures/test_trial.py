"""A trial is fixed in the log before its first day; a legislator can't choose afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from habeas.errors import BadInput, Refused
from habeas.law.trial_file import load_trial
from habeas.ledger.files import Disk, writing_through
from habeas.procedures.check_home import check_home
from habeas.procedures.init_home import init_home
from habeas.procedures.run_trial import logged_trial, open_trial, report_trial
from habeas.procedures.sequence import sequence
from habeas.tables.source import open_source

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PLAN = """format: trial/v1
id: faster-notice
title: {en: Incidents told within two hours, zh: 两小时内报告}
draft_sha256: abc
before_from: 2026-07-01
starts: 2027-01-01
ends: 2027-07-01
trying: ['330000', '320000', '510000']
comparing: ['350000', '360000', '370000']
smallest_sample: 5
indicators:
  - {id: late, title: {en: Reported late, zh: 迟报率}, column: late, wanted: down, matters: 0.05}
"""


@pytest.fixture
def office(tmp_path):
    made = init_home(tmp_path / "office", party="legislator", name="Example Office", now=NOW)
    yield made
    made.close()


@pytest.fixture
def plan(tmp_path):
    (tmp_path / "t.yaml").write_text(PLAN, encoding="utf-8")
    return load_trial(tmp_path / "t.yaml")


def _table(plan, *, late):
    """Reports by region and day, with two columns one could have measured."""
    rows = [
        {"region": region, "day": plan.starts + timedelta(days=shift), "late": late(region, shift, n), "other": True}
        for region in (*plan.trying, *plan.comparing)
        for shift in (-9, 9)
        for n in range(10)
    ]  # fmt: skip
    return open_source(pa.Table.from_pylist(rows), name="reports")


def _fell(region, shift, n):
    return n < (1 if shift > 0 and region in {"330000", "320000", "510000"} else 6)


def test_what_was_fixed_is_measured_and_nothing_else(office, plan):
    """The report reads the plan from the log, not from whoever asks."""
    opened = open_trial(office, plan, now=NOW)
    found, measured = report_trial(
        office, "faster-notice", _table(plan, late=_fell), region="region", day="day"
    )

    assert opened == found
    assert ["as_wanted"] == [effect.outcome for effect in measured.effects]
    assert ["late"] == [effect.indicator.column for effect in measured.effects]


def test_a_legislator_can_t_fix_it_after_the_first_day(office, plan):
    """Who has seen the data knows which indicator moved."""
    with pytest.raises(Refused, match="has begun"):
        open_trial(office, plan, now=datetime(2027, 1, 1, tzinfo=UTC))


def test_a_legislator_can_t_change_what_was_fixed(office, plan, tmp_path):
    """Another indicator under the same id is refused; the same plan again is one entry."""
    first = open_trial(office, plan, now=NOW)
    (tmp_path / "u.yaml").write_text(
        PLAN.replace("column: late", "column: other"), encoding="utf-8"
    )

    with pytest.raises(Refused, match="another trial"):
        open_trial(office, load_trial(tmp_path / "u.yaml"), now=NOW)
    assert first == open_trial(office, plan, now=NOW + timedelta(days=3))


def test_a_trial_that_was_never_fixed_has_no_report(office, plan):
    """There is nothing to compare with."""
    with pytest.raises(BadInput, match="no trial"):
        logged_trial(office, plan.id)


def test_an_indicator_that_is_no_number_is_one_sentence(office, plan):
    """File and column, no value."""
    open_trial(office, plan, now=NOW)
    table = _table(plan, late=lambda *_: "yes")

    with pytest.raises(BadInput, match='column "late"'):
        report_trial(office, plan.id, table, region="region", day="day")


class Crash(BaseException):
    """Not an Exception: nothing may catch it and go on."""


class Counting(Disk):
    def __init__(self, at=0):
        self.at, self.count = at, 0

    def before(self, step, part):
        self.count += 1
        if self.count == self.at:
            raise Crash

    after = before


def test_a_fault_at_every_moment_leaves_a_plan_or_none(office, plan):
    """Before and after each write; the next try goes on from there, with one entry."""
    at, done = 0, False
    while not done:
        at += 1
        try:
            with writing_through(Counting(at)):
                open_trial(office, plan, now=NOW)
            done = True
        except Crash:
            assert [] == [check.says.en for check in check_home(office.folder) if check.ok is False]
    sequence(office, now=NOW)

    assert at > 1
    assert date(2027, 1, 1) == logged_trial(office, plan.id).trial.starts
    assert logged_trial(office, plan.id).index is not None
