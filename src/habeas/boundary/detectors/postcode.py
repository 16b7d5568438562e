"""Postal codes: Chinese by their allotted prefixes, others by the column's name."""

import re

from habeas.boundary.detector import ART4, Detector, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.boundary.words import words
from habeas.terms import Text

# First two digits in use: provinces of the postal system; from memory, checked on labelled data.
_PREFIX = words(
    "01 02 03 04 05 06 07 10 11 12 13 15 16 20 21 22 23 24 25 26 27 30 31 32 33 34 35 36 "
    "40 41 42 "
    "43 44 45 46 47 51 52 53 54 55 56 57 61 62 63 64 65 66 67 71 72 73 74 75 81 83 84 85 86"
)


def look(value: str) -> Look:
    if len(value) != 6 or not value.isdigit():
        return Look.NONE
    return Look.VALID if value[:2] in _PREFIX else Look.SHAPE


DETECTOR = Detector(
    id="postcode",
    label=Text(en="postcode", zh="邮政编码"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="postcode|post code|postal code|zip|zip code|zipcode|yb|yzbm|youbian",
        zh="邮政编码|邮编",
    ),
    cell=look,
    needs=Needs.DIGITS,
    begins=(re.compile("[0-9]{6}"),),
    chance=0.62,
    families=frozenset({"string", "int"}),
    distinct=40,
    share=0.9,
    plausible=lambda value: 3 <= len(value) <= 10 and any(c.isdigit() for c in value),
    demographic=True,
)
