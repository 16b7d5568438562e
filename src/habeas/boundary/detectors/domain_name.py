"""Internet domain names: of organisations or of persons, so undecided by themselves."""

from habeas.boundary.detector import Detector, Names, Needs, whole
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="domain_name",
    label=Text(en="internet domain name", zh="域名"),
    category=Category.UNDECIDED,
    names=Names(en="domain|domain name|website|host name|url", zh="域名|网址|网站"),
    cell=whole(
        r"(?:https?://)?(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}/?"
    ),
    needs=Needs.DOT,
    chance=0.02,
    distinct=3,
    share=0.8,
)
