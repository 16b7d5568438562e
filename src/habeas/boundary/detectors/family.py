"""Family: dependants, children, household."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="family",
    label=Text(en="family and household", zh="家庭状况"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="dependent|dependant|num dependents|children|child count|household|"
        "household size|family size|liable people|relationship|spouse|family status",
        zh="家庭成员|子女|家庭人口|赡养|抚养|家庭状况",
    ),
    families=frozenset({"int", "float", "date", "bool", "string"}),
    demographic=True,
)
