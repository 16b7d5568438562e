"""What the steps of a case are called on the screen, and who takes them."""

from __future__ import annotations

from collections.abc import Mapping

from habeas.terms import Text

EVENTS: Mapping[str, Text] = {
    "lodge": Text(en="lodged", zh="收到投诉"),
    "accept": Text(en="case opened", zh="立案"),
    "dismiss": Text(en="no case opened", zh="不予立案"),
    "offer": Text(en="hand-over offered", zh="发出移送"),
    "offered": Text(en="hand-over received", zh="收到移送"),
    "take": Text(en="hand-over taken", zh="接收移送"),
    "taken": Text(en="the other body took it", zh="对方已接收移送"),
    "decline": Text(en="hand-over declined", zh="不接收移送"),
    "declined": Text(en="the other body declined", zh="对方不接收移送"),
    "dispute": Text(en="competence disputed", zh="管辖权争议"),
    "refer": Text(en="put to the common superior", zh="报请指定管辖"),
    "refuse_by_silence": Text(en="offer left unanswered", zh="逾期未答复"),
    "remind_superior": Text(en="superior reminded", zh="再次报请指定管辖"),
    "designated_here": Text(en="designated here", zh="指定本机关管辖"),
    "designated_elsewhere": Text(en="designated elsewhere", zh="指定其他机关管辖"),
    "decide": Text(en="decided", zh="作出决定"),
    "overdue": Text(en="past its deadline", zh="逾期"),
    "close": Text(en="closed", zh="办结（结案）"),
}
WHO: Mapping[str, Text] = {
    "complainant": Text(en="complainant", zh="投诉人"),
    "holder": Text(en="this body", zh="本机关"),
    "other": Text(en="the other body", zh="对方机关"),
    "superior": Text(en="the common superior", zh="共同的上一级机关"),
    "clock": Text(en="the clock", zh="期限届满"),
}
