"""Other people: address books (JSON lists), emergency contacts, a relative's number in a note.

They are persons of their own, who never dealt with the holder.
"""

import json
import re

from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.boundary.words import words
from habeas.terms import Text

_WHO = words("name relation relationship contact 姓名 关系 联系人 称呼 xm")
_HOW = words("phone mobile tel telephone number cell 电话 手机 手机号 sjh email")
_RELATION = (
    "父亲|母亲|爸爸|妈妈|妻子|丈夫|老婆|老公|儿子|女儿|哥哥|弟弟|姐姐|妹妹|哥|姐|弟|妹|"
    "爷爷|奶奶|叔叔|舅舅|姑姑|岳父|岳母|"
    "配偶|亲戚|亲属|家属|家人|朋友|同事|领导|紧急联系人|邻居|室友"
)
_ENGLISH = (
    "father|mother|wife|husband|son|daughter|brother|sister|uncle|aunt|parent|spouse|relative|"
    "friend|colleague|neighbou?r|boss|emergency contact"
)


def look(value: str) -> Look:
    """A JSON list or object whose entries have a who and a how to reach them."""
    if value[:1] not in "[{":
        return Look.NONE
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return Look.NONE
    entries = found if isinstance(found, list) else [found]
    return Look.VALID if any(_a_contact(entry) for entry in entries) else Look.SHAPE


def _a_contact(entry: object) -> bool:
    if not isinstance(entry, dict):
        return False
    names = {str(name).casefold() for name in entry}
    return bool(names & _WHO) and bool(names & _HOW)


DETECTOR = Detector(
    id="contacts",
    label=Text(en="contacts: other people", zh="联系人、通讯录"),
    category=Category.PERSONAL,
    citations=ART4,
    names=Names(
        en="contact|contact list|contacts list|address book|emergency contact|phonebook|txl|lxr|"
        "tongxunlu|lianxiren|friends list|relatives|guarantor|reference person",
        zh="通讯录|紧急联系人|联系人|亲属联系人|好友列表|担保人",
    ),
    cell=look,
    needs=Needs.BRACKET,
    begins=(re.compile(r"[\[{]"),),
    chance=0.01,
    distinct=2,
    plausible=lambda value: any(c.isalpha() for c in value),
    text=InText(
        pattern=re.compile(
            rf"(?:{_RELATION}|(?<![A-Za-z])(?:{_ENGLISH})(?![A-Za-z]))[^0-9。;\n]{{0,14}}"
            r"(?:(?:\+|00)86[ \-]?)?(?:1[3-9](?:[ \-.·]?[0-9]){9}|0[0-9]{2,3}[ "
            r"\-][0-9]{7,8})(?![0-9])",
            re.IGNORECASE,
        ),
        needs=Needs.DIGITS,
        rung="keyword",
    ),
)
