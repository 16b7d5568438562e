"""Times as people read them: the day, the hour, and whose clock it is.

Chinese law runs by Beijing time, so both languages show it and name it.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from habeas.errors import BadInput
from habeas.terms import Text

_BEIJING = ZoneInfo("Asia/Shanghai")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def moment(at: datetime) -> Text:
    """An aware instant, to the minute.

    >>> from datetime import UTC
    >>> said = moment(datetime(2026, 11, 25, 4, 44, tzinfo=UTC))
    >>> said.en, said.zh
    ('25 Nov 2026, 12:44 Beijing time', '2026年11月25日12:44（北京时间）')
    """
    if at.tzinfo is None:
        raise BadInput("a time without its offset", remedy="write 2026-03-01T09:30:00+08:00")
    local = at.astimezone(_BEIJING)
    said, clock = day(local.date()), f"{local:%H:%M}"
    return Text(en=f"{said.en}, {clock} Beijing time", zh=f"{said.zh}{clock}（北京时间）")


def day(of: date) -> Text:
    """A calendar day.

    >>> day(date(2026, 3, 1)).en, day(date(2026, 3, 1)).zh
    ('1 Mar 2026', '2026年3月1日')
    """
    return Text(
        en=f"{of.day} {_MONTHS[of.month - 1]} {of.year}", zh=f"{of.year}年{of.month}月{of.day}日"
    )
