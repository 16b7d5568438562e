"""Marital status and the like."""

from habeas.boundary.detector import ART4, Detector, Names, Needs, among
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="marital_status",
    label=Text(en="marital status", zh="婚姻状况"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="marital|marital status|marriage|marriage status|hyzk|hunyin|married|spouse status",
        zh="婚姻状况|婚姻状态|婚姻|婚否",
    ),
    cell=among(
        "未婚|已婚|离异|离婚|丧偶|再婚|single|married|divorced|widowed|separated|"
        "never-married|married-civ-spouse|married-spouse-absent|married-af-spouse"
    ),
    needs=Needs.HAN | Needs.LATIN,
    chance=0.05,
    families=frozenset({"string", "int", "bool"}),
    demographic=True,
)
