"""When and how a person used a service."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="activity_record",
    label=Text(en="activity record", zh="使用记录"),
    category=Category.PERSONAL,
    citations=ART4,
    names=Names(
        en="last login|login|login time|last visit|last seen|visit time|login count|browse|"
        "browsing history|search history|click|call log|sms log|call time|user agent|"
        "registered at|register time|signup date|last active",
        zh="登录时间|最后登录|登录|浏览|注册时间|通话记录|短信记录|搜索记录",
    ),
    families=frozenset({"int", "float", "date", "bool", "string"}),
)
