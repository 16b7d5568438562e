"""Working days between two days, by the Chinese calendar with its make-up days."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from itertools import accumulate


@cache
def worked_until() -> tuple[date, tuple[int, ...]]:
    """A first day, and for each day from it how many working days there were so far, itself too.

    The days the calendar library knows: holidays are decreed a year at a time.
    """
    import chinese_calendar  # only a rule that counts working days needs it
    from chinese_calendar.constants import holidays

    first, last = date(min(holidays).year, 1, 1), date(max(holidays).year, 12, 31)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return first, tuple(accumulate(int(chinese_calendar.is_workday(day)) for day in days))


def working_days_between(start: date, end: date) -> int | None:
    """The working days after `start` up to and with `end`; negative backwards, None if unknown.

    >>> working_days_between(date(2026, 9, 30), date(2026, 10, 10))  # a make-up Saturday
    3
    >>> working_days_between(date(2026, 3, 1), date(2046, 3, 1)) is None
    True
    """
    first, counts = worked_until()
    places = (start - first).days, (end - first).days
    if min(places) < 0 or max(places) >= len(counts):
        return None
    return counts[places[1]] - counts[places[0]]
