"""Whole tables decided at once: a status for each row, and what it breaks or leaves open.

A row is one use (or one event and the use it is about) with its party and matter; see
`bulk_columns` for how its facts are written. The law is the same reading of the same expressions
(`whole`), written over columns: equal to `decide` row by row, without explanations, voices and
flags. Rows are worked out batch by batch, so memory is that of one batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from habeas.errors import BadInput
from habeas.law.axioms import axioms_of
from habeas.law.book import LawBook
from habeas.law.bulk_columns import Columns, fact_columns, facts_frame
from habeas.law.bulk_terms import DAY, FALSE, OPEN, TRUE, Terms
from habeas.law.compiled import force_of
from habeas.law.schema import load_vocabulary
from habeas.law.whole import Whole

STATUSES = ("lawful", "unlawful", "undetermined", "not_governed", "refused")
LAWFUL, UNLAWFUL, UNDETERMINED, NOT_GOVERNED, REFUSED = range(5)
KNOWN = "day known"
ACTED_ON, PRECISION = "matter.acted_on", "matter.acted_on_precision"
_LEVELS = ("use", "event")
_EIGHT = 8
Bytes = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of every row. issues: None asks everything."""

    as_of: date
    level: str = "use"
    issues: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.level not in _LEVELS:
            raise BadInput(f"a table is not of {self.level!r}", remedy="use one of: use, event")
        known = load_vocabulary().domains["issue"]
        for issue in self.issues or ():
            if issue not in known:
                raise BadInput(f"{issue!r} is not an issue", remedy="see `habeas facts`")


@dataclass(frozen=True)
class Decided:
    """One batch. status: a number a row, by `STATUSES`. breached, open_: a bit a provision.

    Bit k of a row's bytes, least first, is provision k of `ids`. What an unlawful row leaves open
    is not told: it changes nothing.
    """

    ids: tuple[str, ...]
    status: Bytes
    breached: Bytes
    open_: Bytes

    def counts(self) -> Counter[str]:
        found = np.bincount(self.status, minlength=len(STATUSES))
        return Counter({name: int(n) for name, n in zip(STATUSES, found, strict=True) if n})


class _Asks:
    """The issues put of every row, as constants."""

    def __init__(self, issues: tuple[str, ...] | None) -> None:
        self.issues = issues
        self.everything = TRUE if issues is None else FALSE

    def by_name(self, issue: str) -> int:
        return TRUE if self.issues is not None and issue in self.issues else FALSE

    def __call__(self, issue: str) -> int:
        return TRUE if self.issues is None else self.by_name(issue)


class Plan:
    """A book as expressions over the columns of one kind of table, for acts between two days."""

    def __init__(
        self, book: LawBook, columns: Columns, question: Question, *, first: date, last: date
    ) -> None:
        terms = Terms(columns, first=first, last=last, as_of=question.as_of)
        asks, everything = _Asks(question.issues), _Asks(None)
        whole: Whole[int] = Whole(book, terms, level=question.level, asks=asks, of_use=everything)
        breaches: dict[str, int] = {}
        for id_, breach in whole.breaches():
            breaches[id_] = terms.any_of((breaches.get(id_, FALSE), breach))
        self.ids = tuple(breaches)
        self.breaches = [(place, term) for place, term in enumerate(breaches.values()) if term]
        self.status = whole.unlawful_truth()
        self.asked, self.governed = whole.something_asked(), whole.governed()
        self.contradicts = _contradicts(book, terms, question.level)
        wanted = [self.status, self.asked, self.governed, self.contradicts]
        self.stages, self.read = terms.stages([*wanted, *(t for _, t in self.breaches)])
        self.terms = terms

    def run(self, frame: pl.DataFrame) -> Decided:
        """A batch of facts with its DAY and whether that is KNOWN."""
        for stage in self.stages:
            frame = frame.with_columns(stage)
        status = self._status(frame)
        told = (status != REFUSED) & frame[KNOWN].to_numpy()
        breached, open_ = self._masks(frame)
        breached *= told[:, None]
        open_ *= (told & (status != UNLAWFUL))[:, None]
        return Decided(self.ids, status, breached, open_)

    def _status(self, frame: pl.DataFrame) -> Bytes:
        answer, governed = self.read(self.status), self.read(self.governed)
        number = (
            pl.when(self.read(self.contradicts).fill_null(value=False))
            .then(REFUSED)
            .when(~pl.col(KNOWN))
            .then(UNDETERMINED)
            .when(self.read(self.asked) & ~governed.fill_null(value=True))
            .then(NOT_GOVERNED)
            .when(answer.is_null())
            .then(UNDETERMINED)
            .when(answer)
            .then(UNLAWFUL)
            .otherwise(LAWFUL)
        )
        return _bytes(frame.select(number.cast(pl.UInt8).alias("s"))["s"], frame.height)

    def _masks(self, frame: pl.DataFrame) -> tuple[Bytes, Bytes]:
        """The bits of each row: what is broken, and what is open."""
        values = {place: self._value(frame, term) for place, term in self.breaches}
        wide = -(-len(self.ids) // _EIGHT)
        true = {place: value for place, value in values.items() if value.any()}
        open_ = {place: value for place, value in values.items() if value.null_count()}
        return (
            rows_of_bits(
                {k: v.fill_null(value=False) for k, v in true.items()}, frame.height, wide
            ),
            rows_of_bits({k: v.is_null() for k, v in open_.items()}, frame.height, wide),
        )

    def _value(self, frame: pl.DataFrame, term: int) -> pl.Series:
        if term in (TRUE, OPEN):
            return pl.repeat(
                None if term == OPEN else True, frame.height, dtype=pl.Boolean, eager=True
            )
        return frame[f"t{term}"]


_SWAPS = (
    (0xAA55AA55AA55AA55, 0x00AA00AA00AA00AA, 7),
    (0xCCCC3333CCCC3333, 0x0000CCCC0000CCCC, 14),
    (0xF0F0F0F00F0F0F0F, 0x00000000F0F0F0F0, 28),
)


def rows_of_bits(columns: dict[int, pl.Series], rows: int, wide: int) -> Bytes:
    """Columns of yes and no as `wide` bytes a row: bit k of a row is column k's answer.

    Eight columns at a time, eight rows of each in one number, whose bits are transposed.
    """
    found = np.zeros((rows, wide), np.uint8)
    blocks = -(-rows // _EIGHT)
    for byte in sorted({place // _EIGHT for place in columns}):
        packed = np.zeros((blocks, _EIGHT), np.uint8)
        for bit in range(_EIGHT):
            if (column := columns.get(byte * _EIGHT + bit)) is not None:
                packed[:, bit] = _packed(column)
        word = packed.view(np.uint64)[:, 0]
        for kept, moved, far in _SWAPS:
            keep, move, by = np.uint64(kept), np.uint64(moved), np.uint64(far)
            word = (word & keep) | ((word & move) << by) | ((word >> by) & move)
        found[:, byte] = word.view(np.uint8)[:rows]
    return found


def _packed(column: pl.Series) -> Bytes:
    """A column of yes and no as bits; those after the last row may be anything."""
    found = column.rechunk().to_arrow()
    if found.offset % _EIGHT:
        return np.packbits(column.to_numpy(), bitorder="little")
    bits: Bytes = np.frombuffer(found.buffers()[1], np.uint8)
    first = found.offset // _EIGHT
    return bits[first : first + -(-len(found) // _EIGHT)]


def _bytes(series: pl.Series, rows: int) -> Bytes:
    found: Bytes = series.to_numpy().astype(np.uint8, copy=False)
    return np.repeat(found, rows) if len(found) != rows else found


def _contradicts(book: LawBook, terms: Terms, level: str) -> int:
    """Whether what a row states breaks an axiom: then nobody can say what it means."""
    everything = _Asks(None)
    bare = replace(book, derivations={})
    stated: Whole[int] = Whole(bare, terms, level=level, asks=everything, of_use=everything)
    levels = {"matter", "party", "use", level}
    return terms.any_of(
        [
            terms.all_of(
                (
                    terms.any_of([terms.is_stated(fact) for fact in sorted(axiom.reads)]),
                    terms.surely(stated.of(axiom.when)),
                    terms.surely(terms.no(stated.of(axiom.then))),
                )
            )
            for axiom in axioms_of()
            if {fact.split(".")[0] for fact in axiom.reads} <= levels
        ]
    )


@dataclass
class Decider:
    """Decides batches of one table; plans are kept for the tables and times seen."""

    book: LawBook
    question: Question
    file: str | None = None
    _plans: dict[tuple[Columns, date, date], Plan] = field(default_factory=dict)

    def decide(self, frame: pl.DataFrame) -> Decided:
        facts, columns = facts_frame(frame, file=self.file)
        acted = facts[ACTED_ON] if ACTED_ON in columns.names else None
        rows = frame.height
        known = pl.repeat(value=False, n=rows, eager=True) if acted is None else acted.is_not_null()
        if PRECISION in columns.names:
            place = columns.members(PRECISION).index("disputed")
            known &= (facts[PRECISION] != place).fill_null(value=True)
        day = pl.repeat(self.question.as_of, n=rows, eager=True) if acted is None else acted
        day = day.set(~known, self.question.as_of).alias(DAY)
        more = pl.DataFrame([day, known.alias(KNOWN)])
        return self._plan(columns, day).run(facts.hstack(more) if facts.width else more)

    def _plan(self, columns: Columns, day: pl.Series) -> Plan:
        first, last = day.min(), day.max()
        if not isinstance(first, date) or not isinstance(last, date):
            first = last = self.question.as_of
        first, last = self._span(first, last)
        key = (columns, first, last)
        if key not in self._plans:
            self._plans[key] = Plan(self.book, columns, self.question, first=first, last=last)
        return self._plans[key]

    def _span(self, first: date, last: date) -> tuple[date, date]:
        """The same law is in force from the change before the first to the one after the last."""
        changes = self._changes
        begin = max((c for c in changes if c <= first), default=date.min)
        after = min((c for c in changes if c > last), default=None)
        return begin, date.max if after is None else date.fromordinal(after.toordinal() - 1)

    @cached_property
    def _changes(self) -> list[date]:
        forces = [force_of(p) for p in self.book.provisions.values()]
        days = {n for force in forces for n in force if n < date.max.toordinal()}
        return sorted(date.fromordinal(n) for n in days)


def decide_table(
    table: pl.DataFrame,
    book: LawBook,
    *,
    as_of: date,
    issues: Sequence[str] | None = None,
    level: str = "use",
) -> pl.DataFrame:
    """A status a row, and the provisions broken and left open: columns status, breached, open.

    Raises BadInput for a column that names no fact, or cells that are no value of theirs.
    """
    question = Question(as_of=as_of, level=level, issues=None if issues is None else tuple(issues))
    fact_columns(table.columns)
    decided = Decider(book, question).decide(table)
    names = Names(decided.ids)
    return pl.DataFrame(
        {
            "status": pl.Series([STATUSES[n] for n in decided.status], dtype=pl.Enum(STATUSES)),
            "breached": pl.Series(names.lists(decided.breached), dtype=pl.List(pl.String)),
            "open": pl.Series(names.lists(decided.open_), dtype=pl.List(pl.String)),
        }
    )


class Names:
    """Provisions by their bits; each set of them is written once, however many rows have it."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = ids
        self._written: dict[bytes, list[str]] = {}

    def of(self, bits: bytes) -> list[str]:
        if bits not in self._written:
            number = int.from_bytes(bits, "little")
            self._written[bits] = [id_ for k, id_ in enumerate(self.ids) if number >> k & 1]
        return self._written[bits]

    def lists(self, mask: Bytes) -> list[list[str]]:
        width = mask.shape[1]
        raw = np.ascontiguousarray(mask).tobytes()
        return [self.of(raw[n * width : (n + 1) * width]) for n in range(mask.shape[0])]
