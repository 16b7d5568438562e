"""E-mail addresses."""

import re

from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.boundary.words import words
from habeas.terms import Text

_LOCAL = r"[A-Za-z0-9_](?:[A-Za-z0-9._%+'\-]{0,62}[A-Za-z0-9_+\-])?"
# Ends that are files and inner hosts, not domains of the public Internet.
_NOT_DOMAINS = words(
    "png jpg jpeg gif svg webp bmp ico js css html htm py json xml pdf zip internal local "
    "localhost lan"
)
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"

_CELL = re.compile(rf"{_LOCAL}@{_DOMAIN}")


# Stars before it: the rest of a masked address, which is no address. Two stars make words bold.
_MASKED = re.compile(r"(?:[A-Za-z0-9._%+\-]\*+|\*{3,})$")


def _public(found: str) -> bool:
    return found.rsplit(".", 1)[-1].casefold() not in _NOT_DOMAINS


def look(value: str) -> Look:
    return Look.VALID if _CELL.fullmatch(value) and _public(value) else Look.NONE


DETECTOR = Detector(
    id="email",
    label=Text(en="e-mail address", zh="电子邮箱"),
    category=Category.PERSONAL,
    citations=ART4,
    evidence="validated",
    names=Names(
        en="email|e mail|mail|mailbox|email address|youxiang|yx|dzyx",
        zh="电子邮箱|电子邮件|邮箱|邮件地址",
    ),
    keywords="邮箱|邮件|email|e-mail|mail",
    cell=look,
    needs=Needs.AT,
    begins=(_CELL,),
    chance=0.001,
    direct=True,
    plausible=lambda value: "@" in value,
    text=InText(
        pattern=re.compile(rf"(?<![A-Za-z0-9._%+\-]){_LOCAL}@{_DOMAIN}(?![A-Za-z0-9\-])"),
        check=_public,
        unless=_MASKED,
        needs=Needs.AT,
    ),
)
