"""US social security numbers: dashed form with the allocation rules; bare digits by name only."""

import re

from habeas.boundary.detector import (
    ART28,
    UNSETTLED,
    Detector,
    InText,
    Look,
    Names,
    Needs,
)
from habeas.boundary.draw import Category
from habeas.terms import Text

_SSN = r"(?!000|666|9[0-9]{2})[0-9]{3}[\- ](?!00)[0-9]{2}[\- ](?!0000)[0-9]{4}"
_SHAPE = re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}")
_CELL = re.compile(_SSN)


def look(value: str) -> Look:
    if _CELL.fullmatch(value):
        return Look.VALID
    return Look.SHAPE if _SHAPE.fullmatch(value) else Look.NONE


DETECTOR = Detector(
    id="us_ssn",
    label=Text(en="US social security number", zh="美国社会安全号码"),
    category=Category.SENSITIVE,
    citations=ART28,
    note=UNSETTLED,
    evidence="validated",
    names=Names(en="ssn|social security|social security number|social security no"),
    keywords="ssn|social security",
    cell=look,
    needs=Needs.DIGITS,
    begins=(_SHAPE, _CELL),
    chance=0.3,
    direct=True,
    distinct=5,
    plausible=lambda value: sum(c.isdigit() for c in value) >= 4,
    text=InText(
        pattern=re.compile(rf"(?<![0-9A-Za-z\-]){_SSN}(?![0-9A-Za-z])(?!-[0-9])"),
        needs=Needs.DIGITS,
    ),
)
