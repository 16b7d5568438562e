"""Ethnic group or race: the 56 groups of China, and the usual English lists by name."""

import re

from habeas.boundary.detector import (
    ART28,
    UNSETTLED,
    Detector,
    InText,
    Look,
    Names,
    Needs,
    among,
    any_of,
)
from habeas.boundary.draw import Category
from habeas.terms import Text

_GROUPS = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
]
_ZH = frozenset(f"{group}族" for group in _GROUPS)
_EN_WORDS = (
    "white|black|asian|hispanic|latino|black or african american|african american|"
    "asian-pac-islander|"
    "amer-indian-eskimo|native american|pacific islander|caucasian|han|uyghur|tibetan|mongol|hui|"
    "manchu|zhuang|miao|american indian|two or more races|non-hispanic"
)
_EN = among(_EN_WORDS)


_BY_LENGTH = "|".join(sorted(_GROUPS, key=len, reverse=True))
# Places bear the names too (回族自治区, 苗族乡), a 水族馆 is an aquarium, 北京族裔 no group.
_WORDS = re.compile(
    rf"(?<![北南东本领国上雪山])(?:{_BY_LENGTH})族"
    r"(?![馆箱缸裔群谱长乡镇])(?!(?:[\u4e00-\u9fff]{1,4}族){0,3}自治)|"
    r"(?:维|蒙|哈)族(?!自治)|回民(?![区街])|藏民|维吾尔人|少数民族(?!自治|地区|文化|风情)|"
    r"(?<![A-Za-z])(?:(?:ethnic|an?|is|of) (?:Uyghur|Uighur|Tibetan|Zhuang|Mongol|Manchu|Kazakh|"
    r"Hui|Miao|Dai|Han Chinese)(?: (?:origin|descent|minority))?|ethnic minority|"
    r"(?:African|Asian|Native)[ \-]American|"
    r"(?:he|she|is|an?) (?:Hispanic|Latino|Latina))(?![A-Za-z])"
)


def look(value: str) -> Look:
    return Look.VALID if value in _ZH else _EN(value)


DETECTOR = Detector(
    id="ethnic_group",
    label=Text(en="ethnic group or race", zh="民族"),
    category=Category.SENSITIVE,
    citations=ART28,
    note=UNSETTLED,
    names=Names(
        en="ethnic|ethnicity|ethnic group|race|nation|hispanic|minzu|mz|mzdm|nationality group",
        zh="民族|种族|族别",
    ),
    cell=look,
    needs=Needs.HAN | Needs.LATIN,
    inside=(any_of(_ZH), any_of(_EN_WORDS.split("|"))),
    chance=0.05,
    demographic=True,
    families=frozenset({"string", "int"}),
    text=InText(pattern=_WORDS, needs=Needs.HAN | Needs.LATIN, rung="keyword"),
)
