"""Mobile numbers of mainland China, with +86 or 0086, separators, full-width digits."""

import re

from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_PLAIN = re.compile(r"[^0-9+]")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[0-9]{10}$)")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
# Any spaces or dashes; dots only in the groups 3-4-4, or every IP address would do.
_ONLY = re.compile(r"[0-9+() \-·]{11,24}|[0-9+() ]{0,7}[0-9]{3}\.[0-9]{4}\.[0-9]{4}")


def look(value: str) -> Look:
    if not _ONLY.fullmatch(value):
        return Look.NONE
    number = _COUNTRY.sub("", _PLAIN.sub("", value))
    if len(number) != 11 or not number.isdigit():
        return Look.NONE
    return Look.VALID if _MOBILE.fullmatch(number) else Look.SHAPE


DETECTOR = Detector(
    id="mobile_cn",
    label=Text(en="mobile number", zh="手机号码"),
    category=Category.PERSONAL,
    citations=ART4,
    evidence="validated",
    names=Names(
        en=(
            "mobile|phone|cell|cellphone|mobile phone|mobile no|mobile number|phone "
            "number|phone no|"
            "tel|telephone|contact phone|msisdn|sjh|sjhm|shouji|shoujihao|shoujihaoma|dianhua|lxdh"
        ),
        zh="手机号码|手机号|手机|电话号码|联系电话|电话|移动电话|预留手机",
    ),
    keywords="手机|电话|联系方式|致电|拨打|号码|mobile|phone|cell|call|dial|tel|telephone|sms|短信",
    cell=look,
    needs=Needs.DIGITS,
    begins=(_ONLY,),
    chance=0.08,
    direct=True,
    families=frozenset({"int", "string"}),
    plausible=lambda value: sum(c.isdigit() for c in value) >= 7,
    text=InText(
        pattern=re.compile(
            r"(?<![0-9A-Za-z])(?<![0-9][.])(?:\(?(?:\+|00)86\)?[ \-]?)?"
            r"1[3-9](?:(?:[ \-·]?[0-9]){9}|[0-9]\.[0-9]{4}\.[0-9]{4})(?![0-9A-Za-z])(?![.][0-9])"
        ),
        needs=Needs.DIGITS,
    ),
)
