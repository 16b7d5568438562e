"""Unified social credit codes: they name organisations; a sole trader's may lead to a person."""

import re

from habeas.boundary.checksums import PROVINCES, uscc
from habeas.boundary.detector import Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_CODE = re.compile(r"[0-9A-HJ-NP-RT-UW-Y]{18}")


def look(value: str) -> Look:
    text = value.upper().replace(" ", "").replace("-", "")
    if not _CODE.fullmatch(text):
        return Look.NONE
    return Look.VALID if uscc(text) else Look.SHAPE


def _in_text(found: str) -> bool:
    """Also the province of the registrar, since any number may pass the check digit."""
    code = found.upper()
    registrar = code[2:8].isdigit() and (code[2:4] in PROVINCES or code[2:4] == "10")
    return registrar and uscc(code) and any(c.isalpha() for c in code)


DETECTOR = Detector(
    id="cn_uscc",
    label=Text(en="unified social credit code (organisation)", zh="统一社会信用代码（组织）"),
    category=Category.NOT_PERSONAL,
    evidence="validated",
    names=Names(
        en="uscc|social credit code|unified social credit code|credit code|tyshxydm",
        zh="统一社会信用代码|社会信用代码|信用代码",
    ),
    keywords="统一社会信用代码|信用代码|营业执照|uscc",
    cell=look,
    needs=Needs.DIGITS,
    begins=(re.compile(r"(?:[ \-]*[0-9A-Za-z]){18}"),),
    chance=0.04,
    checksum=True,
    distinct=3,
    share=0.8,
    text=InText(
        pattern=re.compile(r"(?<![0-9A-Za-z])[0-9A-Ya-y]{18}(?![0-9A-Za-z])"),
        check=_in_text,
        needs=Needs.DIGITS,
        rung="checksum",
    ),
)
