"""Biometric data: templates and pictures for recognition, by the column's name."""

from habeas.boundary.detector import ART28, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="biometric",
    label=Text(en="biometric information", zh="生物识别信息"),
    category=Category.SENSITIVE,
    citations=ART28,
    names=Names(
        en="face|face id|face template|face feature|face image|fingerprint|iris|voiceprint|"
        "palm print|biometric|facial|retina|renlian|zhiwen|shengwen|genetic|dna|gene",
        zh="人脸|指纹|虹膜|声纹|掌纹|生物特征|生物识别|基因",
    ),
    families=frozenset({"string", "int", "float", "other", "bool"}),
)
