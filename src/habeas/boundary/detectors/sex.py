"""Sex or gender, in words; coded values only by the column's name."""

from habeas.boundary.detector import ART4, Detector, Names, Needs, among
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="sex",
    label=Text(en="sex or gender", zh="性别"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="sex|gender|xb|xingbie|sex status|gender code|sex code",
        zh="性别",
    ),
    cell=among("男|女|男性|女性|male|female|未知性别|m|f|man|woman|non-binary"),
    needs=Needs.HAN | Needs.LATIN,
    chance=0.05,
    families=frozenset({"string", "int", "bool"}),
    demographic=True,
    share=0.9,
)
