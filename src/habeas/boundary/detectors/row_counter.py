"""A column that counts the rows in order."""

from habeas.boundary.detector import Detector
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="row_counter",
    label=Text(en="row counter", zh="行号"),
    category=Category.NOT_PERSONAL,
)
