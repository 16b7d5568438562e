"""Dates of birth: a date whose column says so, or that agrees with the identity numbers."""

import re
from datetime import date
from functools import lru_cache

from habeas.boundary.checksums import LATEST_BIRTH, real_date
from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_YMD = re.compile(
    r"(?P<y>(?:19|20)[0-9]{2})(?P<s>[\-/.年 ]?)(?P<m>[0-9]{1,2})(?:(?P=s)|月)(?P<d>[0-9]{1,2})日?"
    r"(?:[ T][0-9:.]+Z?)?"
)
_TAIWAN = re.compile(r"民国(?P<y>[0-9]{1,3})年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日")
_FIRST_YEAR_OF_TAIWAN = 1911
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_WORDY = re.compile(
    rf"(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)? (?P<m>{_MONTH}),? (?P<y>(?:19|20)[0-9]{{2}})|"
    rf"(?P<m2>{_MONTH}) (?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>(?:19|20)[0-9]{{2}})"
)
_MDY = re.compile(r"(?P<m>[0-9]{1,2})[/\-.](?P<d>[0-9]{1,2})[/\-.](?P<y>(?:19|20)[0-9]{2})")


DATES = (_YMD, _MDY, _TAIWAN, _WORDY)


@lru_cache(maxsize=8_192)
def day_of(text: str) -> date | None:
    """The date written in a cell, in the usual Chinese and English forms."""
    if found := _YMD.fullmatch(text):
        return real_date(found["y"], found["m"], found["d"])
    if found := _MDY.fullmatch(text):
        year, month, day = found["y"], found["m"], found["d"]
        return real_date(year, month, day) or real_date(year, day, month)
    if found := _TAIWAN.fullmatch(text):
        return real_date(str(int(found["y"]) + _FIRST_YEAR_OF_TAIWAN), found["m"], found["d"])
    return _in_words(text)


def _in_words(text: str) -> date | None:
    if not text[-4:].isdigit() or not (found := _WORDY.fullmatch(text)):
        return None
    name = (found["m"] or found["m2"])[:3].casefold()
    month = next(n for n, month in enumerate(_MONTHS, start=1) if month.startswith(name))
    return real_date(found["y"] or found["y2"], str(month), found["d"] or found["d2"])


def _a_birth(found: str) -> bool:
    day = day_of(found)
    return day is not None and day.year <= LATEST_BIRTH


def look(value: str) -> Look:
    return Look.VALID if day_of(value) else Look.NONE


DETECTOR = Detector(
    id="birth_date",
    label=Text(en="date of birth", zh="出生日期"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en=(
            "birth|birth date|birthday|birthdate|date of birth|dob|birth day|birth year|"
            "birth month|"
            "csrq|sr|shengri|chushengriqi|year of birth|born"
        ),
        zh="出生日期|出生年月|生日|出生",
    ),
    keywords="出生|生日|生于|born|birth|dob|birthday|date of birth",
    cell=look,
    needs=Needs.DIGITS,
    alone=False,
    begins=DATES,
    chance=0.2,
    demographic=True,
    families=frozenset({"date", "int", "string"}),
    plausible=lambda value: bool(day_of(value)) or (value.isdigit() and 4 <= len(value) <= 8),
    text=InText(
        pattern=re.compile(
            r"(?<![0-9A-Za-z])(?:(?:19|20)[0-9]{2}[\-/.年][0-9]{1,2}[\-/.月][0-9]{1,2}日?|"
            r"[0-9]{1,2}/[0-9]{1,2}/(?:19|20)[0-9]{2}|(?:19|20)[0-9]{6}|"
            r"民国[0-9]{1,3}年[0-9]{1,2}月[0-9]{1,2}日|"
            rf"[0-9]{{1,2}}(?:st|nd|rd|th)? {_MONTH},? (?:19|20)[0-9]{{2}}|"
            rf"{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)[0-9]{{2}})(?![0-9A-Za-z])"
        ),
        check=_a_birth,
        alone=False,
        before=16,
        needs=Needs.DIGITS,
    ),
)
