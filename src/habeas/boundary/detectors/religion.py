"""Religious belief."""

from habeas.boundary.detector import ART28, Detector, Names, Needs, among
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="religion",
    label=Text(en="religious belief", zh="宗教信仰"),
    category=Category.SENSITIVE,
    citations=ART28,
    names=Names(en="religion|religious|faith|belief|zongjiao|zjxy", zh="宗教信仰|宗教|信仰"),
    cell=among(
        "佛教|道教|伊斯兰教|天主教|基督教|东正教|无宗教信仰|buddhist|buddhism|christian|"
        "christianity|"
        "catholic|protestant|muslim|islam|hindu|hinduism|jewish|judaism|sikh|atheist|"
        "orthodox|taoist"
    ),
    needs=Needs.HAN | Needs.LATIN,
    chance=0.02,
    families=frozenset({"string", "int"}),
)
