"""Housing: owned or rented, residence since when."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="housing",
    label=Text(en="housing situation", zh="居住状况"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="housing|homeownership|home ownership|residence since|residence status|"
        "residence type|house type|years at address",
        zh="住房|居住状况|房产情况|居住年限",
    ),
    families=frozenset({"int", "float", "date", "bool", "string"}),
    demographic=True,
)
