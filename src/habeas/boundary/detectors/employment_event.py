"""Loss of work, told in text: dismissal, lay-off, unemployment."""

import re

from habeas.boundary.detector import ART4, Detector, InText, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_WORDS = re.compile(
    r"失业|被辞退|被公司辞退|辞退|被裁员|被裁|裁员|下岗|被开除|开除|丢了工作|没有工作|"
    r"没工作|待业|停薪|降薪|离职|被解雇|解雇|"
    r"(?<![A-Za-z])(?:unemployed|laid off|dismissed|dismissal|fired|lost (?:his|her|their|"
    r"my|the) job|"
    r"redundan(?:t|cy)|out of work|job loss)(?![A-Za-z])",
    re.IGNORECASE,
)

DETECTOR = Detector(
    id="employment_event",
    label=Text(en="loss of work", zh="失业、被辞退情况"),
    category=Category.PERSONAL,
    citations=ART4,
    names=Names(en="dismissal|unemployment|layoff", zh="失业|离职原因"),
    families=frozenset({"string", "bool"}),
    text=InText(pattern=_WORDS, needs=Needs.HAN | Needs.LATIN, rung="keyword"),
)
