"""Masked identifiers: 138****8000, 110101********8531, 张*. Masked is still personal."""

import re

from habeas.boundary.detector import Detector, InText, Names, Needs, whole
from habeas.boundary.draw import Category
from habeas.terms import Text

_NUMBER = r"[0-9]{3,6}[*]{3,12}[0-9]{2,4}[0-9Xx]?"
_NAME = r"[\u4e00-\u9fff][*]{1,2}[\u4e00-\u9fff]?"

DETECTOR = Detector(
    id="masked_value",
    label=Text(en="masked identifier", zh="脱敏的标识符"),
    category=Category.PERSONAL,
    citations=("cn.pipl.art4.p1", "cn.pipl.art73.i3"),
    names=Names(en="masked", zh="脱敏"),
    cell=whole(rf"{_NUMBER}|{_NAME}|[A-Za-z0-9][A-Za-z0-9._]{{0,6}}\*{{2,12}}@[A-Za-z0-9.\-]+"),
    needs=Needs.STAR,
    chance=0.02,
    text=InText(
        pattern=re.compile(
            r"(?<![0-9A-Za-z*])[0-9]{3,6}[*]{3,12}[0-9]{2,4}[0-9Xx]?(?![0-9A-Za-z*])"
        ),
        needs=Needs.STAR,
    ),
)
