"""Citizenship, or whether somebody is a foreigner."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="nationality",
    label=Text(en="nationality", zh="国籍"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="nationality|citizenship|foreign|foreign worker|guoji",
        zh="国籍",
    ),
    families=frozenset({"string", "int", "bool"}),
    demographic=True,
)
