"""Passports of China: E or G and eight digits, E and a letter and seven digits, official kinds."""

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

_ORDINARY = re.compile(r"[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}")
_OFFICIAL = re.compile(r"[DSPHK][0-9]{7,8}|[DSP]E[0-9]{7}|14[0-9]{7}|15[0-9]{7}")


def look(value: str) -> Look:
    text = value.upper().replace(" ", "").replace("-", "")
    if _ORDINARY.fullmatch(text):
        return Look.VALID
    return Look.SHAPE if _OFFICIAL.fullmatch(text) else Look.NONE


DETECTOR = Detector(
    id="cn_passport",
    label=Text(en="passport number", zh="护照号码"),
    category=Category.SENSITIVE,
    citations=(*ART28, "cn.gbt45574.id_number"),
    note=UNSETTLED,
    evidence="validated",
    names=Names(
        en="passport|passport no|passport number|hz|hzh|huzhao|huzhaohao|travel document",
        zh="护照号码|护照号|护照",
    ),
    keywords="护照|passport",
    cell=look,
    needs=Needs.DIGITS,
    begins=(re.compile(r"[ \-]*[A-Za-z1](?:[ \-]*[0-9A-Za-z])[ \-]*[0-9](?:[ \-]*[0-9]){5}"),),
    chance=0.2,
    direct=True,
    distinct=8,
    share=0.9,
    plausible=lambda value: 6 <= len(value) <= 14 and any(c.isdigit() for c in value),
    text=InText(
        pattern=re.compile(
            r"(?<![0-9A-Za-z])(?:[EGDSPHegdsph][0-9]{8}|[Ee][A-HJ-NP-Za-hj-np-z][0-9]{7}|"
            r"[DSPdsp][Ee]?[0-9]{7})"
            r"(?![0-9A-Za-z])"
        ),
        alone=False,
        needs=Needs.DIGITS,
    ),
)
