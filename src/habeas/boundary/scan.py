"""Find personal data in a table and say where the legal line runs.

Tier 0 reads names and types, tier 1 a uniform sample of rows and of the cells of sparse columns,
tier 2 (`full`) every cell. Sampling answers what a column is; the full scan, how often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from habeas.boundary.because import CHILDREN, COUNTER, EMPTY, KEY, because, join
from habeas.boundary.columns import Looked, is_free_text, look_at, signals_of
from habeas.boundary.context import Context, children_in, context_of, corroborated
from habeas.boundary.detector import ART28
from habeas.boundary.draw import Boundary, Category, ColumnBoundary, Signal
from habeas.boundary.header import without_shared_prefix
from habeas.boundary.judge import wilson
from habeas.boundary.kernel import WORTH, compiled, is_compiled
from habeas.boundary.line import LAWS, UNDECIDED, Verdict, believable, heaviest
from habeas.boundary.registry import header_index, rule_pack
from habeas.boundary.sample import Pass, Sample
from habeas.boundary.shape import family_of, masked
from habeas.errors import BadInput
from habeas.law.book import LawBook
from habeas.tables.source import Source
from habeas.terms import Text

Progress = Callable[[str, int, int], None]
_ALL = 1 << 62
_FREE = "free_text"
_DATED = ("birth_date", "cn_resident_id")
_FEW = 2
_NOBODY = Verdict(category=Category.NOT_PERSONAL)

_LONGEST_CELL = 16_384


def scan(
    source: Source,
    *,
    book: LawBook,
    as_of: date,
    claimed: Mapping[str, Sequence[str]] | None = None,
    full: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
) -> Boundary:
    """The boundary of one source under one book.

    claimed: which activities claim which column. full: look at every cell.
    """
    if book.id not in LAWS:
        raise BadInput(
            f"the boundary is drawn under {', '.join(LAWS)} only, not under {book.id}",
            remedy="use --law cn",
        )
    tell = progress or _silent
    sample, looked = _read(source, full=full, seed=seed, tell=tell)
    headers = _headers(source.schema.names, source.comments)
    signals = {name: signals_of(looked[name], headers[name]) for name in source.schema.names}
    for name, agreed in corroborated(sample.table, signals).items():
        proved = {signal.kind for signal in agreed} | {"date"}
        signals[name] = [*agreed, *(s for s in signals[name] if s.kind not in proved)]
    context = context_of(signals)
    # A weak word ("status", "term") counts in a lender's table only: judge again knowing which.
    signals = {name: believable(found, headers[name], context) for name, found in signals.items()}
    context = context_of(signals)
    around = _Around(sample=sample, context=context, as_of=as_of, claimed=claimed or {})
    columns = tuple(
        _column(field, looked[field.name], signals[field.name], around) for field in source.schema
    )
    return Boundary(
        source=source.name,
        rows=sample.rows,
        sampled=sample.rows if full else sample.table.num_rows,
        rule_pack=rule_pack(),
        book=book.id,
        book_hash=book.hash,
        as_of=as_of,
        columns=columns,
    )


def _silent(step: str, done: int, total: int) -> None:
    """Nobody watches."""


def _headers(names: Sequence[str], comments: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What each name supports; where it says nothing, what its owner's comment says."""
    index = header_index()
    plain = without_shared_prefix(names)
    return {
        name: index.kinds(name) or index.kinds(short) or index.kinds(comments.get(name, ""))
        for name, short in zip(names, plain, strict=True)
    }


def _read(
    source: Source, *, full: bool, seed: int, tell: Progress
) -> tuple[Sample, dict[str, Looked]]:
    passing = Pass(source.schema, seed=seed)
    looked = {field.name: Looked(family=family_of(field.type)) for field in source.schema}
    rows = 0
    for batch in source.batches():
        if full and batch.nbytes >= WORTH and not is_compiled():
            tell("compiling", 0, 0)
            if compiled().cached is None:
                tell("compiled for this run only, nowhere to keep it", 0, 0)
        passing.add(batch)
        rows += batch.num_rows
        if full:
            for name, values in zip(batch.schema.names, batch.columns, strict=True):
                looked[name].add(_capped(values.drop_null()), cells=_ALL, texts=_ALL)
        tell("reading", rows, 0)
    sample = passing.sample()
    if not full:
        for done, field in enumerate(source.schema, start=1):
            looked[field.name] = look_at(field.type, _capped(sample.values(field.name)))
            tell("looking", done, len(source.schema))
    return sample, looked


def _capped(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Cells cut at their first 16,384 characters: one endless cell must not hang a scan."""
    if not pa.types.is_string(values.type):
        return values
    return pc.utf8_slice_codeunits(values, 0, _LONGEST_CELL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What a column is judged among."""

    sample: Sample
    context: Context
    as_of: date
    claimed: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """The deciding signal if any, the verdict, and why."""

    deciding: Signal | None
    verdict: Verdict
    why: Text


def _column(
    field: pa.Field, looked: Looked, signals: list[Signal], around: _Around
) -> ColumnBoundary:
    seen = around.sample.columns[field.name]
    cells = around.sample.rows - seen.nulls
    judged = _decide(field.name, signals, around)
    if judged.deciding is not None and judged.deciding.kind in _DATED:
        judged = _with_children(looked, signals, judged, around.as_of)
    deciding, verdict = judged.deciding, judged.verdict
    unique = seen.sketch.alone(cells)
    nested = pa.types.is_nested(field.type)
    return ColumnBoundary(
        name=field.name,
        arrow_type=str(field.type),
        category=verdict.category,
        kinds=_kinds(looked, signals, judged),
        signals=tuple(signals),
        citations=verdict.citations,
        confidence=deciding.confidence if deciding else _sure(verdict),
        share=deciding.share if deciding else None,
        distinct=None if nested else min(cells, seen.sketch.distinct()),
        unique_share=None if unique is None else round(unique, 4),
        evidence="none" if deciding is None else deciding.evidence,
        claimed_by=tuple(around.claimed.get(field.name, ())),
        because=judged.why,
        nulls=seen.nulls,
        masked=masked(looked.some, looked.some_counts),
    )


def _kinds(looked: Looked, signals: Sequence[Signal], judged: _Judged) -> tuple[str, ...]:
    """Detector ids, the deciding one first."""
    kinds = [signal.kind for signal in signals]
    if judged.deciding is not None:
        kinds.sort(key=lambda kind: kind != judged.deciding.kind)  # type: ignore[union-attr]
    if is_free_text(looked, signals) and _FREE not in kinds:
        kinds.append(_FREE)
    if judged.why is COUNTER or judged.why is KEY:
        kinds.insert(0, "row_counter")
    return tuple(kinds)


def _sure(verdict: Verdict) -> float:
    return 0.0 if verdict.category is Category.UNDECIDED else 0.99


def _decide(name: str, signals: list[Signal], around: _Around) -> _Judged:
    """The heaviest kind decides. Not personal needs a positive reason."""
    seen = around.sample.columns[name]
    if _counts_rows(around.sample, name, signals):
        if around.context.persons:
            return _Judged(deciding=None, verdict=UNDECIDED, why=KEY)
        return _Judged(deciding=None, verdict=_NOBODY, why=COUNTER)
    deciding, verdict = heaviest(signals, around.context)
    why = because(signals, deciding, verdict.category, verdict.note)
    if around.sample.rows and seen.nulls == around.sample.rows:
        why = join([EMPTY, why])
    return _Judged(deciding=deciding, verdict=verdict, why=why)


def _counts_rows(sample: Sample, name: str, signals: Sequence[Signal]) -> bool:
    """A counter of rows whose name says nothing more than that it is a key."""
    counter = sample.columns[name].counter and sample.rows > _FEW
    return counter and all(signal.kind == "record_key" for signal in signals)


def _with_children(looked: Looked, signals: list[Signal], judged: _Judged, as_of: date) -> _Judged:
    """If some persons are under 14 on that day, the column is sensitive and says so."""
    young, total = children_in(looked.some, looked.some_counts, as_of=as_of)
    if not young:
        return judged
    signals.append(
        Signal(
            kind="minor_under_14",
            evidence="validated",
            rung="column",
            looked=total,
            hits=young,
            distinct=young,
            share=wilson(young, total),
            confidence=0.95,
            sparse=True,
        )
    )
    sensitive = Verdict(category=Category.SENSITIVE, citations=ART28)
    return replace(judged, verdict=sensitive, why=join([judged.why, CHILDREN]))
