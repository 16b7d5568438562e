"""Income, salary, wages; in columns by name, in text by words beside an amount."""

import re

from habeas.boundary.detector import ART4, Detector, InText, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="income",
    label=Text(en="income", zh="收入"),
    category=Category.PERSONAL,
    citations=ART4,
    names=Names(
        en="income|annual income|monthly income|salary|salary class|wage|earning|shouru|"
        "yueshouru|nsr|gongzi|xinzi|net income|verified income|debt to income|"
        "income class|annual salary|income level|annual income joint|"
        "verification income joint|debt to income joint",
        zh="月收入|年收入|收入|工资|薪资|薪水|年薪|月薪",
    ),
    families=frozenset({"int", "float", "date", "bool", "string"}),
    text=InText(
        pattern=re.compile(
            r"(?<!营业)(?:月收入|年收入|月薪|年薪|工资|薪水|收入)(?:约|大约|为|是|只有|"
            r"大概|[\s:=\"',])*"
            r"[￥¥]?[0-9][0-9,.]*(?:万|千|k|K|元|块)?"
            r"|(?:salary|income|earns|wage)(?: is| of| about|[:=\"', ])* ?[$€£¥]?[0-9][0-9,.]+k?",
            re.IGNORECASE,
        ),
        needs=Needs.DIGIT,
        rung="keyword",
    ),
)
