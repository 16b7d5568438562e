"""Masked identifiers: 138****8000, 6222 **** **** 1234, z***g@example.com, 张*. Masked is still
personal: what is left, and the row around it, may lead to one person.
"""

import re

from habeas.boundary.detector import Detector, InText, Look, Names, Needs
from habeas.boundary.detectors.plate_cn import PROVINCE
from habeas.boundary.draw import Category
from habeas.boundary.lexicon import COMPOUND_SURNAMES, SURNAMES
from habeas.terms import Text

_H = r"[\u4e00-\u9fff]"
# Numbers: phones, identity numbers, cards, in one piece or in groups.
_NUMBER = r"[0-9]{1,10}\*{3,17}[0-9]{0,6}[Xx]?|\*{4,17}[0-9]{2,6}[Xx]?"
_GROUPS = (
    r"(?:[0-9]{3,6}|\*{2,8})"
    r"(?:[ \-](?:[0-9]{2,4}|\*{2,8}|[0-9]{1,3}\*{1,3}|\*{1,3}[0-9]{1,3})){2,5}"
)
_MAIL = (
    r"[A-Za-z0-9][A-Za-z0-9._\-]{0,16}\*{1,12}[A-Za-z0-9._\-]{0,12}@"
    r"[A-Za-z0-9*](?:[A-Za-z0-9.*\-]{0,60}[A-Za-z])?|"
    r"\*{2,12}[A-Za-z0-9._\-]{0,12}@[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,60}[A-Za-z])|"
    r"[A-Za-z0-9][A-Za-z0-9._\-]{0,40}@[A-Za-z0-9\-]{0,4}\*{2,12}(?:[A-Za-z0-9.\-]{0,40}[A-Za-z])?"
)
_DATE = (
    r"(?:19|20)(?:[0-9]{2}|\*\*)(?:[\-/.](?:[0-9]{1,2}|\*{1,2})[\-/.]\*{1,2}|"
    r"[\-/.]\*{1,2}[\-/.](?:[0-9]{1,2}|\*{1,2})|年(?:[0-9]{1,2}|\*{1,2})月\*{1,2}日|"
    r"年\*{1,2}月(?:[0-9]{1,2}|\*{1,2})日)|(?:19|20)\*\*年"
)
_ADDRESS4 = (
    r"[0-9]{1,3}\.(?:[0-9]{1,3}|\*{1,3})\.(?:[0-9]{1,3}\.\*{1,3}|\*{1,3}\.(?:[0-9]{1,3}|\*{1,3}))"
)
_PASSPORT = r"[EGDSPHK][A-Z]?[0-9]{0,5}\*{3,8}[0-9]{0,5}"
_PLATE = rf"[{PROVINCE}][A-HJ-NP-Z][ ·]?(?:[A-Z0-9]{{0,4}}\*{{2,5}}[A-Z0-9]{{0,4}})"
_SURNAME = "(?:" + "|".join(COMPOUND_SURNAMES) + f"|[{SURNAMES}])"
_NAME = rf"{_SURNAME}\*{{1,2}}{_H}?"
_STREET = (
    rf"{_H}{{2,9}}?(?:省|市|区|县|镇|乡|村|路|街|街道|大道|小区)(?:{_H}|[0-9]){{0,14}}?\*{{2,12}}"
    r"(?:(?:号楼|号院|号|室|栋|幢|楼|单元|弄|村|小区|路|街)[0-9*]{0,5}){0,3}"
)
_FORMS = f"{_MAIL}|{_DATE}|{_ADDRESS4}|{_PASSPORT}|{_PLATE}|{_GROUPS}|{_NUMBER}"
_CELL = re.compile(rf"{_FORMS}|{_H}\*{{1,2}}{_H}?|{_NAME}|{_STREET}")
_CUE = (
    "姓名|名叫|客户|用户|本人|联系人|借款人|担保人|持卡人|户名|收件人|"
    "父亲|母亲|妻子|丈夫|配偶|朋友|同事"
)
_LEAST = 6  # signs in a masked number


def _enough(found: str) -> bool:
    """Three stars and a digit are a rating or an exponent; a masked number is longer."""
    if found.isascii() and all(sign in "0123456789*Xx -" for sign in found):
        signs = sum(sign in "0123456789*" for sign in found)
        return (
            signs > _LEAST and "*" in found and sum(sign in "0123456789Xx" for sign in found) >= 2
        )
    return "*" in found


def look(value: str) -> Look:
    return Look.VALID if _CELL.fullmatch(value) and _enough(value) else Look.NONE


DETECTOR = Detector(
    id="masked_value",
    label=Text(en="masked identifier", zh="脱敏的标识符"),
    category=Category.PERSONAL,
    citations=("cn.pipl.art4.p1", "cn.pipl.art73.i3"),
    names=Names(en="masked", zh="脱敏"),
    cell=look,
    needs=Needs.STAR,
    begins=(_CELL,),
    chance=0.02,
    text=InText(
        pattern=re.compile(
            rf"(?=[^\n]{{0,80}}\*)(?:"
            rf"(?<![0-9A-Za-z*.])(?P<a>{_FORMS})(?![0-9A-Za-z*])|"
            rf"(?:{_CUE})(?:是|为|叫|:| )?\s?(?P<b>{_NAME})(?![*0-9A-Za-z])|"
            rf"(?<![\u4e00-\u9fff*])(?P<c>{_NAME})(?![*0-9A-Za-z])|"
            rf"(?P<d>{_STREET})(?![*0-9A-Za-z]))"
        ),
        check=_enough,
        group=-1,
        needs=Needs.STAR,
    ),
)
