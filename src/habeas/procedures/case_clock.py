"""The clocks of the docket: what is due when, who set the limit, and what its running out does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from habeas.errors import BadInput
from habeas.law.clocks import days_after, working_days_after
from habeas.procedures.case_records import Act, cases, table, take_step
from habeas.procedures.exchange_writes import CASE
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records.exchange import Case as CaseRow
from habeas.records.home import Home
from habeas.supervision.docket import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A clock that runs. due None: the calendar doesn't know that year's working days yet."""

    clock: Clock
    due: datetime | None

    def days_left(self, now: datetime) -> int | None:
        """Whole days that are left; negative once it has run out."""
        return None if self.due is None else (self.due - now).days


def due_after(clock: Clock, start: datetime) -> datetime | None:
    count = working_days_after if clock.unit == "working_days" else days_after
    try:
        return count(start, clock.amount)
    except BadInput:
        return None


def running(row: CaseRow) -> Running | None:
    """The clock of the stage a case is in, counted from when the stage began."""
    clock = table().stages[row.stage].clock
    return None if clock is None else Running(clock=clock, due=due_after(clock, row.stage_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class RanOut:
    """A clock that ran out, and the event it brought about."""

    number: str
    event: str
    due: datetime


def tick(home: Home, *, now: datetime) -> list[RanOut]:
    """Let every clock that has run out take its effect; running it twice changes nothing."""
    home.must_be("authority")
    ran = []
    with committing(home, CASE):
        for row in cases(home).order_by("pk"):
            clock = table().stages[row.stage].clock
            due = None if clock is None else due_after(clock, row.clock_at)
            if clock is None or due is None or now <= due:
                continue
            take_step(home, row, Act(event=clock.then, who="clock"), now=now)
            ran.append(RanOut(number=row.number, event=clock.then, due=due))
    sequence(home, now=now)
    return ran
