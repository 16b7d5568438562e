"""International bank account numbers (ISO 13616)."""

import re

from habeas.boundary.checksums import iban
from habeas.boundary.detector import ART28, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def valid(text: str) -> bool:
    return bool(_IBAN.fullmatch(text)) and iban(text)


def look(value: str) -> Look:
    text = value.upper().replace(" ", "")
    if not _IBAN.fullmatch(text):
        return Look.NONE
    return Look.VALID if valid(text) else Look.SHAPE


def _in_text(found: str) -> bool:
    return valid(found.upper().replace(" ", ""))


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
    begins=(re.compile(r" *[A-Za-z] *[A-Za-z](?: *[0-9]){2}(?: *[A-Za-z0-9]){11}"),),
    chance=0.011,
    checksum=True,
    direct=True,
    text=InText(
        pattern=re.compile(
            r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?:[ ]?[A-Za-z0-9]{4}){2,7}(?:[ "
            r"]?[A-Za-z0-9]{1,4})?"
            r"(?![0-9A-Za-z])"
        ),
        check=_in_text,
        needs=Needs.DIGITS,
        rung="checksum",
    ),
)
