"""How long someone is employed, or since when."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="employment_length",
    label=Text(en="length of employment", zh="工作年限"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="emp length|employment length|employment since|years employed|work years|"
        "gongling|employment status|employment|hire date|employment years|job tenure",
        zh="工作年限|工龄|入职日期|入职时间|就业状态",
    ),
    families=frozenset({"int", "float", "date", "bool", "string"}),
    demographic=True,
)
