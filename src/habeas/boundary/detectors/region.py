"""Regions: provinces, states, cities, countries; coarse places only."""

import re

from habeas.boundary.detector import ART4, Detector, Look, Names, Needs, any_of
from habeas.boundary.draw import Category
from habeas.boundary.words import words
from habeas.terms import Text

_PROVINCES = words(
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 "
    "湖北 湖南 广东 海南 四川 贵州 云南 "
    "陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
)
_STATES = words(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV "
    "NH NJ NM "
    "NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC"
)
_COUNTRIES = frozenset(
    [
        "china",
        "united-states",
        "united states",
        "usa",
        "cuba",
        "jamaica",
        "india",
        "mexico",
        "canada",
        "germany",
        "france",
        "england",
        "japan",
        "italy",
        "philippines",
        "vietnam",
        "poland",
        "portugal",
        "ireland",
        "taiwan",
        "hong kong",
        "iran",
        "thailand",
        "greece",
        "中国",
        "美国",
        "日本",
        "英国",
        "法国",
        "德国",
        "加拿大",
        "澳大利亚",
    ]
)
_ADMIN = re.compile(r"[\u4e00-\u9fff]{2,8}(?:省|市|自治区|自治州|特别行政区)")


def look(value: str) -> Look:
    bare = value.removesuffix("省").removesuffix("市")
    if bare in _PROVINCES or value in _STATES or value.casefold() in _COUNTRIES:
        return Look.VALID
    return Look.VALID if _ADMIN.fullmatch(value) else Look.NONE


DETECTOR = Detector(
    id="region",
    label=Text(en="region (coarse place)", zh="地区"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="region|province|state|city|county|district|area|country|native country|"
        "state num|state name|state code|residence city|home province|shengfen|chengshi|"
        "sf|hometown|birthplace|place of birth",
        zh="省份|地区|城市|区县|省|籍贯|户籍地|所在地|国家|归属地",
    ),
    cell=look,
    needs=Needs.HAN | Needs.LATIN,
    inside=(any_of({*_PROVINCES, *_STATES, *_COUNTRIES, *"省市区州"}),),
    chance=0.05,
    families=frozenset({"string", "int"}),
    distinct=4,
    share=0.8,
    demographic=True,
)
