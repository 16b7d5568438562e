"""Occupation and job title."""

import re

from habeas.boundary.detector import ART4, Detector, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_WORDS = re.compile(
    r"(?:工程师|经理|会计|出纳|司机|教师|老师|医生|护士|员工|职员|工人|销售|主管|总监|"
    r"店长|厨师|律师|程序员|设计师|"
    r"公务员|个体户|自由职业|外卖员|快递员|保安|保洁|学生|农民|客服|文员|技术员|业务员|"
    r"营业员|收银员|骑手|技工|电工)$"
    r"|(?:manager|engineer|teacher|nurse|driver|clerk|analyst|technician|assistant|director|"
    r"supervisor|sales|accountant|developer|consultant|officer|operator|specialist|coordinator|"
    r"owner|mechanic|worker|cashier|-clerical|-managerial|-specialty|-repair|-fishing|-moving)$",
    re.IGNORECASE,
)


def look(value: str) -> Look:
    return Look.VALID if _WORDS.search(value.strip()) else Look.NONE


DETECTOR = Detector(
    id="occupation",
    label=Text(en="occupation or job title", zh="职业"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="occupation|job|job title|emp title|title|position|profession|workclass|"
        "work class|zhiye|zy|zw|gangwei|career|role title|industry",
        zh="职业|职务|职称|岗位|工种|职位|行业",
    ),
    cell=look,
    needs=Needs.HAN | Needs.LATIN,
    inside=(_WORDS,),
    chance=0.05,
    families=frozenset({"string", "int"}),
    demographic=True,
    distinct=4,
)
