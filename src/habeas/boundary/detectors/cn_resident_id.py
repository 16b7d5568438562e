"""Resident identity numbers of China: 18 characters with a check digit, and the old 15 digits.

Our own check (weights, date, province): a library that demands the county code of the birth
year rejects most holders born before 1983.
"""

import re
from datetime import date

from habeas.boundary.checksums import LATEST_BIRTH, PROVINCES, real_date, resident_check
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
from habeas.boundary.fold import digits_of
from habeas.terms import Text

_LONG = re.compile(r"[1-9][0-9]{16}[0-9Xx]")
_SHORT = re.compile(r"[1-9][0-9]{14}")
_OLDEST = 1900


def born(number: str) -> date | None:
    """The birth date in a number of either length; None if there is no such day."""
    if len(number) == 18:
        return real_date(number[6:10], number[10:12], number[12:14])
    return real_date("19" + number[6:8], number[8:10], number[10:12])


def valid(number: str) -> bool:
    """Province, date and check digit of an 18-character number (folded, no separators)."""
    if not _LONG.fullmatch(number) or number[:2] not in PROVINCES:
        return False
    day = born(number)
    return day is not None and _OLDEST <= day.year <= LATEST_BIRTH and resident_check(number)


def valid_old(number: str) -> bool:
    """Province and date of a 15-digit number; it has no check digit."""
    return bool(_SHORT.fullmatch(number) and number[:2] in PROVINCES and born(number) is not None)


def look(value: str) -> Look:
    number = digits_of(value)
    if len(number) == 18 and _LONG.fullmatch(number):
        return Look.VALID if valid(number) else Look.SHAPE
    if len(number) == 15 and _SHORT.fullmatch(number):
        return Look.VALID if valid_old(number) else Look.SHAPE
    return Look.NONE


def _in_text(found: str) -> bool:
    return valid(digits_of(found))


DETECTOR = Detector(
    id="cn_resident_id",
    label=Text(en="resident identity number", zh="公民身份号码"),
    category=Category.SENSITIVE,
    citations=(*ART28, "cn.gbt45574.id_number"),
    note=UNSETTLED,
    evidence="validated",
    names=Names(
        en="id number|id no|id card|idcard|id num|identity number|identity card|identity no|"
        "resident id|national id|citizen id|sfz|sfzh|sfzhm|shenfenzheng|shenfenzhenghao|zjh|zjhm|"
        "cert no|certificate number|idno|cust id number|id card no|id card number",
        zh="身份证号码|身份证号|身份证|公民身份号码|身份号码|证件号码|证件号",
    ),
    keywords="身份证|身份号码|公民身份|证件号|id card|identity|id number|id no|sfz",
    cell=look,
    needs=Needs.DIGITS,
    begins=(re.compile(r"[ \-.·/]*[1-9](?:[ \-.·/]*[0-9Xx]){14,17}"),),
    chance=0.03,
    checksum=True,
    direct=True,
    families=frozenset({"int", "string"}),
    plausible=lambda value: len(value) >= 8 and any(c.isdigit() for c in value),
    text=InText(
        pattern=re.compile(
            r"(?<![0-9A-Za-z])(?<![0-9][.])[1-9](?:[ \-.·]?[0-9]){16}[ \-.·]?[0-9Xx]"
            r"(?![0-9A-Za-z])(?![.][0-9])"
        ),
        check=_in_text,
        needs=Needs.DIGITS,
        rung="checksum",
    ),
    text_too=InText(
        pattern=re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{14}(?![0-9A-Za-z])"),
        check=valid_old,
        alone=False,
        needs=Needs.DIGITS,
    ),
)
