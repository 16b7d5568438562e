"""Persons under 14, computed from birth dates and identity numbers: all of it is sensitive."""

from habeas.boundary.detector import ART28, Detector
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="minor_under_14",
    label=Text(en="person under 14", zh="不满十四周岁未成年人"),
    category=Category.SENSITIVE,
    citations=ART28,
)
