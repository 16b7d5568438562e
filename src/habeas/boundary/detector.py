"""What a detector is: names, shapes, a check, words around it, and the category in law."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Literal

from habeas.boundary.draw import Category
from habeas.boundary.header import tokens_of
from habeas.terms import Text

ART4 = ("cn.pipl.art4.p1",)
ART28 = ("cn.pipl.art28.p1",)


class Look(IntEnum):
    """What a detector says of one cell."""

    NONE = 0
    SHAPE = 1  # it has the shape, and fails the check
    VALID = 2


class Needs(IntFlag):
    """Which characters a cell must hold before a detector is asked at all."""

    NOTHING = 0
    DIGITS = 1  # at least four digits
    HAN = 2
    LATIN = 4
    AT = 8
    COLON = 16
    DOT = 32
    STAR = 64
    BRACKET = 128
    DIGIT = 256  # at least one digit


Family = Literal["int", "float", "date", "bool", "string", "other"]
ANY_FAMILY: frozenset[Family] = frozenset({"int", "float", "date", "bool", "string"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Column names that say this kind: phrases of whole tokens, `|` between them.

    en: snake, camel and pinyin names are split into tokens first: "id number|sfzh".
    zh: phrases looked for in the Chinese part of the name.
    """

    en: str = ""
    zh: str = ""

    def phrases(self) -> list[tuple[str, ...]]:
        return [tuple(tokens_of(phrase)) for phrase in self.en.split("|") if phrase]

    def han(self) -> list[str]:
        return [phrase for phrase in self.zh.split("|") if phrase]


@dataclass(frozen=True, slots=True, kw_only=True)
class InText:
    """How the kind is found inside longer text.

    alone: reported also without a keyword nearby. group: the part of the match that is the span
    (-1: the named group that matched). before: how far back a keyword may stand.
    unless: words just before that make it something else (a version, not an address).
    keywords: the rule's own, instead of the detector's.
    """

    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    alone: bool = True
    group: int = 0
    needs: Needs = Needs.NOTHING
    rung: Literal["pattern", "checksum", "keyword"] = "pattern"
    before: int = 30
    unless: re.Pattern[str] | None = None
    keywords: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """One kind of data.

    cell: judges a whole cell, folded and stripped; None: known by its column's name only.
    chance: how often a value of the same shape that is something else passes the check.
    alone: the values suffice; False: the column's name must say so too.
    direct: leads to one person by itself, so that its rows are about persons.
    families: Arrow types a column of this kind may have.
    plausible: for kinds known by name: what the values may look like, so that a misleading
        name is not believed against them.
    note: what the law sheets leave open; the line is then drawn on the protective side.
    distinct: fewest different values before the values count (names, addresses).
    share: least share of cells for "this column is of this kind" without its name saying so.
    begins, inside: what a cell must begin with, or hold, one of them, or `cell` says NONE: lets a
        compiled pass skip the others; () where nothing is known, and every cell is asked.
    """

    id: str
    label: Text
    category: Category
    citations: tuple[str, ...] = ()
    evidence: Literal["validated", "statistical", "header"] = "statistical"
    names: Names = field(default_factory=Names)
    keywords: str = ""
    cell: Callable[[str], Look] | None = None
    needs: Needs = Needs.NOTHING
    chance: float = 0.05
    checksum: bool = False
    alone: bool = True
    direct: bool = False
    demographic: bool = False
    families: frozenset[Family] = frozenset({"string"})
    plausible: Callable[[str], bool] | None = None
    note: Text | None = None
    distinct: int = 2
    share: float = 0.6
    begins: tuple[re.Pattern[str], ...] = ()
    inside: tuple[re.Pattern[str], ...] = ()
    text: InText | None = None
    text_too: InText | None = None

    def conditions(self) -> tuple[tuple[re.Pattern[str], bool], ...]:
        """Patterns one of which a cell must fulfil, each with whether at its beginning only."""
        if isinstance(self.cell, Whole | Among):
            return ((self.cell.begins, True),)
        return (*((one, True) for one in self.begins), *((one, False) for one in self.inside))

    def __post_init__(self) -> None:
        if self.category in (Category.SENSITIVE, Category.PERSONAL) and not self.citations:
            raise ValueError(f"detector {self.id} must cite the provision of its category")
        if not 0 < self.chance < 1:
            raise ValueError(f"detector {self.id}: chance is a probability")


UNSETTLED = Text(
    en="whether the law lists it as sensitive is not settled by the texts read; "
    "treated as sensitive until it is",
    zh="已读文本未能确定其是否列入敏感个人信息，确定前按敏感个人信息对待",
)


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds any of the words, whatever their case."""
    return re.compile("|".join(map(re.escape, sorted(words))), re.IGNORECASE)


class Whole:
    """A cell check that is a pattern alone."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.begins = re.compile(pattern, flags)

    def __call__(self, value: str) -> Look:
        return Look.VALID if self.begins.fullmatch(value) else Look.NONE


class Among:
    """A cell check that is a list of words."""

    def __init__(self, words: Iterable[str]) -> None:
        self._known = frozenset(word.casefold() for word in words)
        self.begins = any_of(self._known)

    def __call__(self, value: str) -> Look:
        return Look.VALID if value.casefold() in self._known else Look.NONE


def whole(pattern: str, flags: int = 0) -> Whole:
    """A cell check that is a pattern alone."""
    return Whole(pattern, flags)


def among(words: str) -> Among:
    """A cell check that is a list of words (`|` between them), whatever their case."""
    return Among(words.split("|"))
