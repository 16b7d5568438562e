"""The boundary: on which side of the legal line each column of one data set lies, and why.

Nothing here holds a cell's value: only column names, counts, shares, and masked shapes.
The JSON form is specified in specs/boundary-v1.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Literal

from habeas.errors import BadInput
from habeas.terms import Text

FORMAT = "boundary/v1"

Evidence = Literal["validated", "statistical", "header", "none"]
Rung = Literal["pattern", "checksum", "keyword", "column"]
Share = tuple[float, float, float]
EVIDENCE: tuple[Evidence, ...] = ("validated", "statistical", "header", "none")


class Category(Enum):
    """Where a column lies. UNDECIDED is an answer: nothing was recognised, which is not safe."""

    SENSITIVE = "sensitive"
    PERSONAL = "personal"
    QUASI_IDENTIFIER = "quasi_identifier"
    NOT_PERSONAL = "not_personal"
    UNDECIDED = "undecided"

    @property
    def label(self) -> Text:
        return _LABELS[self]

    @property
    def short(self) -> Text:
        """The label in a word, for narrow tables."""
        return _SHORT[self]

    @property
    def weight(self) -> int:
        """How much protection the category asks for; the heaviest kind decides a column."""
        return _WEIGHTS[self]


_LABELS = {
    Category.SENSITIVE: Text(en="sensitive personal information", zh="敏感个人信息"),
    Category.PERSONAL: Text(en="personal information", zh="个人信息"),
    Category.QUASI_IDENTIFIER: Text(en="quasi-identifier", zh="准标识符"),
    Category.NOT_PERSONAL: Text(en="not personal information", zh="非个人信息"),
    Category.UNDECIDED: Text(en="undecided", zh="未定"),
}
_SHORT = {
    Category.SENSITIVE: Text(en="sensitive", zh="敏感"),
    Category.PERSONAL: Text(en="personal", zh="个人"),
    Category.QUASI_IDENTIFIER: Text(en="quasi-identifier", zh="准标识符"),
    Category.NOT_PERSONAL: Text(en="not personal", zh="非个人"),
    Category.UNDECIDED: Text(en="undecided", zh="未定"),
}
_WEIGHTS = {
    Category.SENSITIVE: 4,
    Category.PERSONAL: 3,
    Category.QUASI_IDENTIFIER: 2,
    Category.NOT_PERSONAL: 1,
    Category.UNDECIDED: 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What one detector saw in one column: counts, never values.

    looked: cells it looked at · hits: cells that passed · distinct: different values among them.
    rung: the highest rung of the ladder pattern < checksum < keyword < column.
    header: the column's name says so too. sparse: only some cells, as a phone number in notes.
    """

    kind: str
    evidence: Evidence
    rung: Rung
    looked: int
    hits: int
    distinct: int
    share: Share | None
    confidence: float
    header: bool = False
    sparse: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "evidence": self.evidence,
            "rung": self.rung,
            "looked": self.looked,
            "hits": self.hits,
            "distinct": self.distinct,
            "share": None if self.share is None else list(self.share),
            "confidence": self.confidence,
            "header": self.header,
            "sparse": self.sparse,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Signal:
        found = dict(value)
        found["share"] = _share(found.get("share"))
        return cls(**found)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnBoundary:
    """One column: its category, what was seen, under which provisions, and who claims it."""

    name: str
    arrow_type: str
    category: Category
    kinds: tuple[str, ...]
    signals: tuple[Signal, ...]
    citations: tuple[str, ...]
    confidence: float
    share: Share | None
    distinct: int | None
    unique_share: float | None
    evidence: Evidence
    claimed_by: tuple[str, ...]
    because: Text
    nulls: int = 0
    masked: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"a confidence is between 0 and 1, got {self.confidence}")
        if self.category in (Category.SENSITIVE, Category.PERSONAL) and not self.citations:
            raise ValueError(f"a column that is {self.category.value} must cite its law")

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "arrow_type": self.arrow_type,
            "category": self.category.value,
            "kinds": list(self.kinds),
            "signals": [signal.to_json() for signal in self.signals],
            "citations": list(self.citations),
            "confidence": self.confidence,
            "share": None if self.share is None else list(self.share),
            "distinct": self.distinct,
            "unique_share": self.unique_share,
            "evidence": self.evidence,
            "claimed_by": list(self.claimed_by),
            "because": {"en": self.because.en, "zh": self.because.zh},
            "nulls": self.nulls,
            "masked": self.masked,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ColumnBoundary:
        found = dict(value)
        found["category"] = Category(found["category"])
        found["share"] = _share(found["share"])
        found["because"] = Text(**found["because"])
        found["signals"] = tuple(Signal.from_json(signal) for signal in found["signals"])
        for name in ("kinds", "citations", "claimed_by"):
            found[name] = tuple(found[name])
        return cls(**found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The line through one data set, under one book, on one day.

    sampled: rows whose values were looked at (`rows` if all were).
    rule_pack: version of the detectors; another version judges again.
    """

    source: str
    rows: int
    sampled: int
    rule_pack: str
    book: str
    book_hash: str
    as_of: date
    columns: tuple[ColumnBoundary, ...]

    def column(self, name: str) -> ColumnBoundary:
        """The column of that name; BadInput if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise BadInput(f"there is no column {name!r} in the boundary", file=self.source)

    @property
    def unclaimed_first(self) -> tuple[ColumnBoundary, ...]:
        """Columns no activity claims first, then by weight: what to look at, in order."""
        return tuple(
            sorted(self.columns, key=lambda c: (bool(c.claimed_by), -c.category.weight, c.name))
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "source": self.source,
            "rows": self.rows,
            "sampled": self.sampled,
            "rule_pack": self.rule_pack,
            "book": self.book,
            "book_hash": self.book_hash,
            "as_of": self.as_of.isoformat(),
            "columns": [column.to_json() for column in self.columns],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Boundary:
        if value.get("format") != FORMAT:
            raise BadInput(
                f"this is not a {FORMAT} document",
                place="format",
                remedy="run `habeas scan` again",
            )
        try:
            columns = tuple(ColumnBoundary.from_json(column) for column in value["columns"])
            rest = {k: v for k, v in value.items() if k not in ("format", "columns", "as_of")}
            as_of = date.fromisoformat(value["as_of"])
            return cls(columns=columns, as_of=as_of, **rest)
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(
                f"the boundary document is incomplete ({type(error).__name__})",
                remedy="run `habeas scan` again",
            ) from error


def _share(value: Any) -> Share | None:
    if value is None:
        return None
    point, low, high = value
    return (float(point), float(low), float(high))
