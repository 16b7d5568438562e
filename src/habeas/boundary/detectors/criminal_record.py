"""Criminal and court records, by name and by words."""

import re

from habeas.boundary.detector import ART28, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_WORDS = re.compile(
    r"犯罪记录|前科|判刑|服刑|坐牢|入狱|刑满释放|被刑拘|刑事拘留|吸毒|失信被执行人|"
    r"(?<![A-Za-z])(?:convicted|conviction|criminal record|imprisoned|in prison|arrested|"
    r"felony)(?![A-Za-z])",
    re.IGNORECASE,
)


def look(value: str) -> Look:
    return Look.VALID if _WORDS.search(value) else Look.NONE


DETECTOR = Detector(
    id="criminal_record",
    label=Text(en="criminal record", zh="犯罪记录"),
    category=Category.SENSITIVE,
    citations=(*ART28, "cn.std.gbt45574"),
    names=Names(
        en="criminal|criminal record|conviction|offence|offense|arrest|court record|crime",
        zh="犯罪记录|前科|违法记录|涉诉",
    ),
    cell=look,
    needs=Needs.HAN | Needs.LATIN,
    inside=(_WORDS,),
    chance=0.01,
    families=frozenset({"string", "int", "bool"}),
    text=InText(pattern=_WORDS, needs=Needs.HAN | Needs.LATIN, rung="keyword"),
)
