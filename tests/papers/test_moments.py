"""Times in papers: Beijing's clock whatever the offset, and no time without one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from habeas.errors import BadInput
from habeas.papers.moments import day, moment


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 1, 18, 5, tzinfo=UTC),
        datetime(2026, 3, 1, 13, 5, tzinfo=timezone(timedelta(hours=-5))),
    ],
)
def test_every_offset_is_said_by_one_clock(at):
    """18:05 in Greenwich is five past two of the next day."""
    said = moment(at)

    assert "2 Mar 2026, 02:05 Beijing time" == said.en
    assert "2026年3月2日02:05（北京时间）" == said.zh


def test_a_time_without_offset_is_refused():
    """Whose hour it is would be a guess."""
    with pytest.raises(BadInput):
        moment(datetime(2026, 3, 1))  # noqa: DTZ001 - that is what is refused


def test_a_day_has_no_leading_nought():
    """As people write it."""
    assert ("1 Dec 2026", "2026年12月1日") == (day(date(2026, 12, 1)).en, day(date(2026, 12, 1)).zh)
