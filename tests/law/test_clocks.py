"""Deadlines at their edges: holidays, make-up days, midnight elsewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from habeas.errors import BadInput
from habeas.law.clocks import days_after, hours_after, is_working_day, state_of, working_days_after


def test_a_make_up_saturday_counts():
    """14 February 2026 is a Saturday worked before the Spring Festival."""
    assert is_working_day(date(2026, 2, 14))
    assert not is_working_day(date(2026, 2, 17))


def test_ten_working_days_over_national_day():
    """Counted from 28 September 2026, over the holiday and its make-up days."""
    start = datetime(2026, 9, 28, 1, tzinfo=UTC)
    due = working_days_after(start, 10)
    counted = [
        d
        for d in range(1, 40)
        if is_working_day(date.fromordinal(date(2026, 9, 28).toordinal() + d))
    ]

    assert (
        date.fromordinal(date(2026, 9, 28).toordinal() + counted[9]) == due.astimezone(UTC).date()
    )


def test_days_are_those_of_the_place():
    """17:00 UTC on the 1st is already the 2nd in Shanghai."""
    assert datetime(2026, 3, 3, 16, tzinfo=UTC) == days_after(
        datetime(2026, 3, 1, 17, tzinfo=UTC), 1
    )


def test_hours_do_not_lose_minutes():
    """72 h 59 min is more than 72 hours."""
    due = hours_after(datetime(2026, 3, 1, tzinfo=UTC), 72)

    assert "breached" == state_of(due, done=datetime(2026, 3, 4, 0, 59, tzinfo=UTC), now=due)


def test_unknown_due_is_unknown():
    """No date, no verdict."""
    assert "unknown" == state_of(None, done=None, now=datetime(2026, 3, 1, tzinfo=UTC))


def test_a_naive_instant_is_refused():
    """An hour limit on a time without a zone would be off by eight hours."""
    with pytest.raises(BadInput):
        hours_after(datetime(2026, 3, 1), 4)  # noqa: DTZ001


def test_a_year_without_a_calendar_is_said():
    """Unknown holidays are not ordinary days."""
    with pytest.raises(BadInput):
        is_working_day(date(2099, 1, 5))
