"""Ethnic group or race: the 56 groups of China, and the usual English lists by name."""

from habeas.boundary.detector import ART28, UNSETTLED, Detector, Look, Names, Needs, among
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
_EN = among(
    "white|black|asian|hispanic|latino|black or african american|african american|"
    "asian-pac-islander|"
    "amer-indian-eskimo|native american|pacific islander|caucasian|han|uyghur|tibetan|mongol|hui|"
    "manchu|zhuang|miao|american indian|two or more races|non-hispanic"
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
    chance=0.05,
    demographic=True,
    families=frozenset({"string", "int"}),
)
