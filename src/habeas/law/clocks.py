"""Time as law counts it: hours to the second, days by the calendar, working days with make-up days.

An hour limit is compared in seconds: 3 h 59 min 59 s is within four hours and 4 h 0 min 1 s is not.
Days are counted from the day after the one on which the clock starts and run to the end of the
last day, in the place's own time; the law sheets give no counting rule for most clocks, so this is
our convention, and who shows a date says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import chinese_calendar

from habeas.errors import BadInput

State = Literal["met", "breached", "pending", "unknown"]
_ZONE = {"cn": ZoneInfo("Asia/Shanghai")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When something is due. at None: the law says at once, or the start isn't known."""

    at: datetime | None
    counted: Literal["hours", "days", "working_days", "at_once", "unknown_start"]


def hours_after(start: datetime, hours: int) -> datetime:
    """`hours` after an aware instant, in UTC."""
    _aware(start)
    return start.astimezone(UTC) + timedelta(hours=hours)


def days_after(start: datetime, days: int, *, place: str = "cn") -> datetime:
    """The end of the last of `days` days, the first being the day after `start` there.

    >>> days_after(datetime(2026, 3, 1, 15, tzinfo=UTC), 1).isoformat()  # 23:00 in Shanghai
    '2026-03-02T16:00:00+00:00'
    """
    _aware(start)
    last = start.astimezone(_ZONE[place]).date() + timedelta(days=days)
    return _end_of(last, place)


def working_days_after(start: datetime, days: int, *, place: str = "cn") -> datetime:
    """The end of the last of `days` working days after `start`, by the Chinese calendar.

    Holidays and make-up working days are the State Council's yearly arrangement, which the
    calendar library carries; BadInput when it doesn't know the year yet.
    """
    _aware(start)
    day = start.astimezone(_ZONE[place]).date()
    left = days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return _end_of(day, place)


def is_working_day(day: date) -> bool:
    """True on a working day in mainland China, make-up days included.

    >>> is_working_day(date(2026, 10, 1)), is_working_day(date(2026, 3, 2))
    (False, True)
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        raise BadInput(
            f"the holiday calendar doesn't know the year {day.year} yet",
            remedy="update the calendar library once the State Council has published the year",
        ) from error


def state_of(due: datetime | None, *, done: datetime | None, now: datetime) -> State:
    """Whether a duty with a due instant is met, breached or pending. due None: unknown."""
    if due is None:
        return "unknown"
    if done is not None:
        return "met" if done <= due else "breached"
    return "pending" if now <= due else "breached"


def _end_of(day: date, place: str) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time(0), tzinfo=_ZONE[place])
    return midnight.astimezone(UTC)


def _aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise BadInput(
            "an instant has no time zone", remedy="write it with an offset, such as +08:00"
        )
