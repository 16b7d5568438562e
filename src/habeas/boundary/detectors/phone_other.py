"""Telephone numbers of other countries: North American forms, and + with a country code."""

import re

from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_AREA = "(?:[2-9][0-9]{2})"
_NORTH = rf"(?:(?:\+|00)?1[ .\-]?)?(?:\({_AREA}\)[ ]?|{_AREA}[ .\-])[0-9]{{3}}[ .\-][0-9]{{4}}"
# Country codes in use (ITU-T E.164), without 86: China has detectors of its own.
_COUNTRY = (
    "(?:1|7|20|27|2[1-689][0-9]|3[0-469]|3[578][0-9]|4[013-9]|42[0-9]|5[1-8]|5[09][0-9]|6[0-6]|"
    "6[7-9][0-9]|8[124]|85[0-9]|88[0-9]|9[0-58]|9[679][0-9])"
)
_WORLD = rf"(?:\+|00){_COUNTRY}(?:[ .\-]?(?:\([0-9]{{1,4}}\)|[0-9]{{1,4}})){{2,5}}"
# Local forms of the world: nothing but groups of digits, so a word beside them must say phone.
_LOCAL = (
    r"(?:\([0-9]{1,5}\)[ ]?)?[0-9]{2,5}(?:[ .\-][0-9]{2,5}){1,4}|\([0-9]{1,5}\)[ ]?[0-9]{5,8}|"
    r"0?[0-9]{1,3}[ \-][0-9]{5,8}|"
    r"[0-9]{7,11}"
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[\-. ][0-9]{2}[\-. ][0-9]{2}|[0-9]{2}[\-. ][0-9]{2}[\-. ](?:19|20)[0-9]{2}"
)
_EXTENSION = r"(?: ?(?:x|ext\.?) ?[0-9]{1,6})?"
_CELL = re.compile(rf"(?:{_NORTH}|{_WORLD}){_EXTENSION}")
_MOBILE = re.compile("1[3-9][0-9]{9}")
_LEAST = 8
_FEWEST = 6


def look(value: str) -> Look:
    if not _CELL.fullmatch(value) or sum(c.isdigit() for c in value) < _LEAST:
        return Look.NONE
    return Look.VALID


def _in_text(found: str) -> bool:
    digits = sum(c.isdigit() for c in found)
    return _LEAST <= digits <= 22


def _local(found: str) -> bool:
    digits = sum(c.isdigit() for c in re.split("[xe]", found)[0])
    chinese = _MOBILE.fullmatch(found)
    return _FEWEST <= digits <= 13 and not chinese and not _DATE.match(found)


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
    text_too=InText(
        pattern=re.compile(
            rf"(?<![0-9A-Za-z.+$€£¥#/\-])(?<![0-9] )(?:{_LOCAL}){_EXTENSION}(?![0-9A-Za-z%/])"
            r"(?![.\-][0-9])"
        ),
        check=_local,
        alone=False,
        keywords="phone|phone number|telephone|call|call me|tel|fax|mobile|cell|cellphone|office|"
        "reach me|reach us|reach you|reach him|reach her|answering|my number is|his number is|"
        "her number is|me at|dial|ring|text me|whatsapp|landline|extension|hotline|sms",
        before=14,
        needs=Needs.DIGITS,
        rung="pattern",
    ),
)
