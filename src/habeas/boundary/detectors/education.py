"""Education: level, degree, school."""

from habeas.boundary.detector import ART4, Detector, Names, Needs, among
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="education",
    label=Text(en="education", zh="学历"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="education|education level|degree|school|school name|edu|xl|xueli|major|"
        "qualification|university|education num",
        zh="学历|学位|文化程度|教育程度|毕业院校|学校|专业",
    ),
    cell=among(
        "小学|初中|高中|中专|技校|职高|大专|专科|本科|大学|大学本科|大学专科|硕士|"
        "硕士研究生|研究生|博士|博士研究生|高中及以下|初中及以下|硕士及以上|文盲|"
        "bachelors|bachelor|masters|master|doctorate|phd|hs-grad|some-college|high "
        "school|associate|assoc-voc|assoc-acdm|prof-school|preschool|college|graduate "
        "school|university|11th|10th|9th|12th|7th-8th|5th-6th|1st-4th"
    ),
    needs=Needs.HAN | Needs.LATIN,
    chance=0.05,
    families=frozenset({"string", "int"}),
    demographic=True,
)
