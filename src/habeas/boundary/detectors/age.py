"""Age in years."""

import re

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

_OLDEST = 130


def _an_age(value: str) -> bool:
    number = re.match(r"[0-9]{1,3}", value.lstrip("<>=[("))
    return number is not None and int(number[0]) <= _OLDEST


DETECTOR = Detector(
    id="age",
    label=Text(en="age", zh="年龄"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="age|age group|age band|age years|nianling|nl|age range",
        zh="年龄段|年龄|周岁",
    ),
    families=frozenset({"int", "float", "string"}),
    plausible=_an_age,
    demographic=True,
)
