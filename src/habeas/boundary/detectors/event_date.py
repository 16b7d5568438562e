"""Days on which something happened to a person."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="event_date",
    label=Text(en="date tied to a person", zh="与个人相关的日期"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="death day|death month|death mon|death date|admission date|discharge date|"
        "visit date|date of death|application date|apply date|created at|create time|"
        "death",
        zh="死亡日期|入院日期|出院日期|申请日期|办理日期|创建时间",
    ),
    families=frozenset({"int", "date", "string"}),
)
