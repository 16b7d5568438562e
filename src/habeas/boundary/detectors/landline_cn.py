"""Landline numbers of mainland China: area code and seven or eight digits."""

import re

from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_NUMBER = re.compile(
    r"(?:\(?(?:\+|00)86\)?[ \-]?)?\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[ \-]?[1-9][0-9]{6,7}"
    r"(?:[ \-x转][0-9]{1,6})?"
)


def look(value: str) -> Look:
    return Look.VALID if _NUMBER.fullmatch(value) else Look.NONE


DETECTOR = Detector(
    id="landline_cn",
    label=Text(en="landline number", zh="固定电话"),
    category=Category.PERSONAL,
    citations=ART4,
    evidence="validated",
    names=Names(
        en=(
            "landline|home phone|office phone|work phone|phone|tel|telephone|fixed line|zuoji|gddh"
        ),
        zh="固定电话|座机|办公电话|家庭电话|电话号码|联系电话|电话",
    ),
    keywords="电话|座机|固话|tel|phone|传真|致电|telephone|fax",
    cell=look,
    plausible=lambda value: sum(c.isdigit() for c in value) >= 7,
    needs=Needs.DIGITS,
    begins=(_NUMBER,),
    chance=0.08,
    families=frozenset({"string"}),
    distinct=3,
    share=0.8,
    text=InText(
        pattern=re.compile(
            r"(?<![0-9A-Za-z])(?:\(0(?:10|2[0-9]|[3-9][0-9]{2})\)[ \-]?|0(?:10|2[0-9]|"
            r"[3-9][0-9]{2})[ \-]|(?:\+|00)86[ \-]?\(?0?(?:10|2[0-9]|[3-9][0-9]{2})\)?[ \-]?)"
            r"[1-9][0-9]{6,7}(?![0-9A-Za-z])"
        ),
        needs=Needs.DIGITS,
    ),
    # Without its area code a number is one only where the word for it stands beside it.
    text_too=InText(
        pattern=re.compile(
            r"(?:座机|固话|固定电话|电话|传真)(?:号码|号)?(?:是|为)?[ :]{0,2}"
            r"(?P<a>0(?:10|2[0-9]|[3-9][0-9]{2})[1-9][0-9]{6,7}|[2-8][0-9]{2,3}[ \-]?[0-9]{4})"
            r"(?![0-9A-Za-z\-])"
        ),
        group=-1,
        needs=Needs.DIGITS,
        rung="keyword",
    ),
)
