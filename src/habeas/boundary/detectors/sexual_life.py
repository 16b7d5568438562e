"""Sexual life or orientation, by the column's name."""

from habeas.boundary.detector import ART28, UNSETTLED, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="sexual_life",
    label=Text(en="sexual life or orientation", zh="性生活、性取向"),
    category=Category.SENSITIVE,
    citations=ART28,
    names=Names(
        en="sexual orientation|sexual preference|orientation|sex life",
        zh="性取向|性生活",
    ),
    families=frozenset({"string", "int"}),
    note=UNSETTLED,
)
