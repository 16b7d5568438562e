"""Plain dates: what they date decides, so the values alone say nothing."""

from habeas.boundary.detector import Detector, Needs
from habeas.boundary.detectors.birth_date import DATES, look
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="date",
    label=Text(en="date", zh="日期"),
    category=Category.UNDECIDED,
    cell=look,
    needs=Needs.DIGITS,
    begins=DATES,
    chance=0.02,
    families=frozenset({"date", "string"}),
    share=0.8,
)
