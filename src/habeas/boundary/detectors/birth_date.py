"""Dates of birth: a date whose column says so, or that agrees with the identity numbers."""

import re
from datetime import date

from habeas.boundary.checksums import real_date
from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_YMD = re.compile(
    r"(?P<y>(?:19|20)[0-9]{2})(?P<s>[\-/.年 ]?)(?P<m>[0-9]{1,2})(?:(?P=s)|月)(?P<d>[0-9]{1,2})日?"
    r"(?:[ T][0-9:.]+Z?)?"
)
_MDY = re.compile(r"(?P<m>[0-9]{1,2})[/\-.](?P<d>[0-9]{1,2})[/\-.](?P<y>(?:19|20)[0-9]{2})")


def day_of(text: str) -> date | None:
    """The date written in a cell, in the usual Chinese and English forms."""
    found = _YMD.fullmatch(text) or _MDY.fullmatch(text)
    if not found:
        return None
    year, month, day = found["y"], found["m"], found["d"]
    return real_date(year, month, day) or real_date(year, day, month)


def look(value: str) -> Look:
    return Look.VALID if day_of(value) else Look.NONE


DETECTOR = Detector(
    id="birth_date",
    label=Text(en="date of birth", zh="出生日期"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="birth|birth date|birthday|birthdate|date of birth|dob|birth day|birth year|birth month|"
        "csrq|sr|shengri|chushengriqi|year of birth|born",
        zh="出生日期|出生年月|生日|出生",
    ),
    keywords="出生|生日|生于|born|birth|dob|birthday|date of birth",
    cell=look,
    needs=Needs.DIGITS,
    alone=False,
    chance=0.2,
    demographic=True,
    families=frozenset({"date", "int", "string"}),
    plausible=lambda value: bool(day_of(value)) or (value.isdigit() and 4 <= len(value) <= 8),
    text=InText(
        pattern=re.compile(
            r"(?<![0-9A-Za-z])(?:(?:19|20)[0-9]{2}[\-/.年][0-9]{1,2}[\-/.月][0-9]{1,2}日?|"
            r"[0-9]{1,2}/[0-9]{1,2}/(?:19|20)[0-9]{2})(?![0-9A-Za-z])"
        ),
        check=lambda found: day_of(found) is not None,
        alone=False,
        needs=Needs.DIGITS,
    ),
)
