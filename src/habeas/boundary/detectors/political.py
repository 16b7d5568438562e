"""Political affiliation."""

from habeas.boundary.detector import ART4, Detector, Names, Needs, among
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="political",
    label=Text(en="political affiliation", zh="政治面貌"),
    category=Category.PERSONAL,
    citations=ART4,
    names=Names(
        en="political|political party|political affiliation|party member|zzmm|union member|"
        "political status",
        zh="政治面貌|党派|党员",
    ),
    cell=among("群众|中共党员|党员|共青团员|民主党派|预备党员|无党派人士|democrat|republican"),
    needs=Needs.HAN | Needs.LATIN,
    chance=0.05,
    families=frozenset({"string", "int"}),
    demographic=True,
)
