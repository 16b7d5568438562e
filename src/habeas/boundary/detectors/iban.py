"""International bank account numbers (ISO 13616)."""

import re

from habeas.boundary.checksums import iban
from habeas.boundary.detector import ART28, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
# Length by country, from the public IBAN registry: without it a spaced number has no end.
_COUNTRIES = {
    15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
    21: "CH CR HR LI LV", 22: "BG BH DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA",
    30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip
_LENGTH = {name: size for size, names in _COUNTRIES.items() for name in names.split()}


def _form(size: int, names: str) -> str:
    countries = "|".join(f"[{a}{a.lower()}][{b}{b.lower()}]" for a, b in map(tuple, names.split()))
    return rf"(?:{countries})[0-9]{{2}}(?:[ \-]?[A-Za-z0-9]){{{size - 4}}}"


_FORMS = "|".join(_form(size, names) for size, names in _COUNTRIES.items())


def valid(text: str) -> bool:
    """Country, length and check digits of a number in capitals without separators."""
    known = _LENGTH.get(text[:2]) == len(text)
    return known and bool(_IBAN.fullmatch(text)) and iban(text)


def look(value: str) -> Look:
    text = value.upper().replace(" ", "").replace("-", "")
    if not _IBAN.fullmatch(text):
        return Look.NONE
    return Look.VALID if valid(text) else Look.SHAPE


def _in_text(found: str) -> bool:
    return valid(found.upper().replace(" ", "").replace("-", ""))


DETECTOR = Detector(
    id="iban",
    label=Text(en="bank account number (IBAN)", zh="国际银行账号"),
    category=Category.SENSITIVE,
    citations=(*ART28, "cn.std.gbt45574"),
    evidence="validated",
    names=Names(en="iban|iban code"),
    keywords="iban|account|账号",
    cell=look,
    needs=Needs.DIGITS,
    begins=(
        re.compile(r"[ \-]*[A-Za-z][ \-]*[A-Za-z](?:[ \-]*[0-9]){2}(?:[ \-]*[A-Za-z0-9]){11}"),
    ),
    chance=0.011,
    checksum=True,
    direct=True,
    text=InText(
        pattern=re.compile(rf"(?<![0-9A-Za-z])(?:{_FORMS})(?![0-9A-Za-z])"),
        check=_in_text,
        needs=Needs.DIGITS,
        rung="checksum",
    ),
)
