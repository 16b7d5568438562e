"""Telephone numbers of other countries: North American forms, and + with a country code."""

import re

from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_AREA = "(?:[2-9][0-9]{2})"
_NORTH = rf"(?:(?:\+|00)?1[ .\-]?)?(?:\({_AREA}\)[ ]?|{_AREA}[ .\-])[0-9]{{3}}[ .\-][0-9]{{4}}"
_WORLD = r"(?:\+|00)(?!86)[1-9][0-9]{0,2}(?:[ .\-]?\(?[0-9]{1,4}\)?){2,5}"
_EXTENSION = r"(?: ?(?:x|ext\.?) ?[0-9]{1,6})?"
_CELL = re.compile(rf"(?:{_NORTH}|{_WORLD}){_EXTENSION}")
_LEAST = 8


def look(value: str) -> Look:
    if not _CELL.fullmatch(value) or sum(c.isdigit() for c in value) < _LEAST:
        return Look.NONE
    return Look.VALID


def _in_text(found: str) -> bool:
    digits = sum(c.isdigit() for c in found)
    return _LEAST <= digits <= 22


DETECTOR = Detector(
    id="phone_other",
    label=Text(en="telephone number", zh="电话号码"),
    category=Category.PERSONAL,
    citations=ART4,
    evidence="validated",
    names=Names(en="phone|telephone|tel|fax|phone number|home phone|work phone|mobile"),
    keywords="phone|call|tel|fax|mobile|cell|reach|ring|dial|number|电话|contact",
    cell=look,
    plausible=lambda value: sum(c.isdigit() for c in value) >= 7,
    needs=Needs.DIGITS,
    begins=(_CELL,),
    chance=0.02,
    direct=True,
    text=InText(
        pattern=re.compile(
            rf"(?<![0-9A-Za-z.+\-])(?:{_NORTH}|{_WORLD}){_EXTENSION}(?![0-9A-Za-z])"
        ),
        check=_in_text,
        needs=Needs.DIGITS,
    ),
)
