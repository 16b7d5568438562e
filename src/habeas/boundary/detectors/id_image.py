"""Pictures of identity documents, by the column's name."""

from habeas.boundary.detector import ART28, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="id_image",
    label=Text(en="picture of an identity document", zh="证件照片"),
    category=Category.SENSITIVE,
    citations=(*ART28, "cn.std.gbt45574"),
    names=Names(
        en="id photo|id image|id card photo|id card image|id front|id back|id card front|"
        "id card back|selfie|photo|portrait",
        zh="身份证照片|证件照|身份证正面|身份证反面|照片|自拍",
    ),
    families=frozenset({"string", "other"}),
)
