"""Postal addresses: the Chinese grammar of administrative suffixes, and English street forms."""

import re

from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_SUFFIX = re.compile(
    r"省|自治区|自治州|地区|市|区|县|旗|镇|乡|街道|村|屯|路|街|大道|巷|弄|胡同|小区|花园|"
    r"号|栋|幢|楼|单元|室|房|组"
)
_COMPANY = re.compile(r"公司|集团|银行|有限|厂$|中心$")
_NUMBER = re.compile("[0-9]{7}")
_PROSE = re.compile("[,。;!?]")
_STREET = (
    r"Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|"
    r"Way|Highway|Hwy|Terrace|Parkway|Circle"
)
_ENGLISH = re.compile(
    rf"[0-9]{{1,6}}[A-Za-z]?,? (?:[A-Z0-9][\w.'\-]* ){{1,4}}(?:{_STREET})\b\.?.{{0,80}}|"
    rf"P\.? ?O\.? Box [0-9]+.*",
    re.ASCII,
)
_LEAST, _SHORTEST = 2, 6


def look(value: str) -> Look:
    if _ENGLISH.fullmatch(value):
        return Look.VALID
    if len(value) < _SHORTEST or value.isascii() or _COMPANY.search(value):
        return Look.NONE
    if _PROSE.search(value) or _NUMBER.search(value):
        return Look.NONE  # a sentence, or a number to call inside: text, not an address
    return Look.VALID if len(set(_SUFFIX.findall(value))) >= _LEAST else Look.NONE


_H = r"[\u4e00-\u9fff]"

DETECTOR = Detector(
    id="postal_address",
    label=Text(en="postal address", zh="住址"),
    category=Category.PERSONAL,
    citations=ART4,
    names=Names(
        en=(
            "address|addr|home address|street|street address|residence|mailing address|"
            "living address|"
            "dz|dizhi|zhuzhi|jtzz|home addr|location address|company address|work address"
        ),
        zh="家庭住址|家庭地址|居住地址|通讯地址|联系地址|收货地址|户籍地址|单位地址|住址|地址",
    ),
    keywords="住址|地址|住在|家住|address|live|street",
    cell=look,
    needs=Needs.HAN | Needs.DIGIT,
    inside=(_SUFFIX, _ENGLISH),
    chance=0.02,
    direct=True,
    distinct=5,
    plausible=lambda value: len(value) >= 4 and any(c.isalpha() for c in value),
    text=InText(
        pattern=re.compile(
            r"(?:家庭|居住|联系|户籍|现)?(?:地址|住址|住在|家住|住|居|位于)?(?:是|为|:)?(?P<zh>"
            rf"(?:{_H}{{2,8}}?(?:省|自治区))?(?:{_H}{{2,7}}?(?:市|自治州|地区|盟))?"
            rf"(?:{_H}{{1,7}}?(?:区|县|旗))?(?:{_H}{{1,8}}?(?:镇|乡|街道))?"
            rf"(?:{_H}{{1,8}}?(?:村|路|街|大道|巷|弄|胡同|小区|花园))"
            rf"[0-9一二三四五六七八九十A-Za-z\-]{{0,6}}"
            rf"(?:{_H}{{0,8}}?[0-9A-Za-z\-]{{0,6}}(?:号院|号楼|号|弄|栋|幢|座|单元|楼|室|房|组)"
            rf"[0-9A-Za-z\-]{{0,6}}){{1,4}})"
            rf"|(?<![0-9A-Za-z])(?P<en>[0-9]{{1,6}} (?:[A-Z][\w.'\-]* ){{1,4}}"
            rf"(?:{_STREET})(?![A-Za-z])\.?)",
            re.ASCII,
        ),
        check=lambda found: any(c.isdigit() for c in found),
        group=-1,
        needs=Needs.HAN | Needs.DIGIT,
    ),
)
