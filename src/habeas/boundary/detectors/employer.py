"""Employer or place of work."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="employer",
    label=Text(en="employer", zh="工作单位"),
    category=Category.QUASI_IDENTIFIER,
    citations=ART4,
    names=Names(
        en="employer|employer name|company employer|work unit|workplace|emp name|gzdw|"
        "danwei|employer company|work company",
        zh="工作单位|单位名称|雇主|就职单位|所在单位|任职单位",
    ),
    families=frozenset({"string"}),
    demographic=True,
    plausible=lambda value: any(c.isalpha() for c in value),
)
