"""One column: its cells offered to every detector, its name to the header index."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log2

import pyarrow as pa

from habeas.boundary.detector import Detector, Family
from habeas.boundary.draw import Signal
from habeas.boundary.fold import fold
from habeas.boundary.judge import Tally, judge, wilson
from habeas.boundary.registry import detector as detector_of
from habeas.boundary.registry import detectors
from habeas.boundary.shape import Cells, counted, family_of
from habeas.boundary.text import Span, kinds_in

CELLS = 2_000
TEXTS = 400
_LONG = 8
_FEW = 8
_EXPLAINED = 0.9
_READ_INSIDE = frozenset({"contacts", "health", "masked_value", "criminal_record"})
_PLAUSIBLE_CELLS = 100
_FIRST = 200
_SOME_READ = 0.1
_WORDS = re.compile("[\u3400-\u9fff]{2}|[A-Za-z]{2,}[ ,.;:]+ ?[A-Za-z]{2,}|[=&{?]")


@dataclass(slots=True)
class Looked:
    """Everything the values of a column have said so far; fed once, or batch by batch."""

    family: Family
    looked: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)
    some: list[str] = field(default_factory=list)
    some_counts: list[int] = field(default_factory=list)
    texts: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    surest: dict[str, Span] = field(default_factory=dict)

    def add(self, values: pa.Array | pa.ChunkedArray, *, cells: int, texts: int) -> None:
        """Take non-null values: different cells to the detectors, long ones to the text scan."""
        if not len(values) or self.family in ("bool", "other"):
            return
        different, counts = counted(values, most=cells)
        self.looked += sum(counts)
        if len(self.some) < CELLS:
            self.some += different[: CELLS - len(self.some)]
            self.some_counts += counts[: CELLS - len(self.some_counts)]
        offered = Cells(different, counts)
        for found in detectors():
            if found.cell is not None and self.family in found.families:
                self.tallies.setdefault(found.id, Tally()).add(found, offered)
        if self.is_text(different) and not self._explained():
            self._read(different, counts, texts)

    def _explained(self) -> bool:
        """One kind fits nearly every cell so far; only lists of contacts are read nonetheless."""
        most = max(
            (tally.valid for kind, tally in self.tallies.items() if kind not in _READ_INSIDE),
            default=0,
        )
        return most >= _EXPLAINED * self.looked

    def is_text(self, cells: list[str]) -> bool:
        """Long, varied strings: sentences, notes, JSON; not codes nor full-cell kinds."""
        if self.family != "string" or not cells:
            return False
        long = sum(map(len, cells)) / len(cells) >= _LONG
        return long and sum(map(_reads, cells[:_FIRST])) >= _SOME_READ * len(cells[:_FIRST])

    def _read(self, cells: list[str], counts: list[int], texts: int) -> None:
        step = max(1, len(cells) // texts)
        cells, counts = cells[::step][:texts], counts[::step][:texts]
        self.texts += sum(counts)
        for kind, (places, span) in kinds_in(cells).items():
            self.spans[kind] += sum(counts[place] for place in places)
            if kind not in self.surest or span.confidence > self.surest[kind].confidence:
                self.surest[kind] = span


def _reads(cell: str) -> bool:
    """Words, JSON or a URL; a long number or a code is not text, and chance would be read in it."""
    return bool(_WORDS.search(cell))


def look_at(kind: pa.DataType, values: pa.ChunkedArray) -> Looked:
    """A sampled column, looked at once."""
    looked = Looked(family=family_of(kind))
    looked.add(values, cells=CELLS, texts=TEXTS)
    return looked


def signals_of(looked: Looked, header: dict[str, str]) -> list[Signal]:
    """All that was seen in one column, surest first; rivals for the same cells settled."""
    found = [signal for one in detectors() if (signal := _signal(one, looked, header))]
    found = _settle(found)
    whole = any(
        s.share and s.share[0] >= _EXPLAINED and not s.sparse and s.kind not in _READ_INSIDE
        for s in found
    )
    if not whole:
        # A job title "ICU nurse" is no illness: where the name says what the column is, words
        # found inside are not believed, numbers are.
        named = any(
            s.header and not s.sparse and s.share and s.kind not in _READ_INSIDE for s in found
        )
        inside = _text_signals(looked, {signal.kind for signal in found})
        found += [s for s in inside if s.evidence == "validated" or not named]
    return sorted(found, key=lambda s: (s.sparse, -s.confidence))


def _signal(one: Detector, looked: Looked, header: dict[str, str]) -> Signal | None:
    named = one.id in header
    if one.cell is None and not named:
        return None
    return judge(
        one,
        looked.tallies.get(one.id, Tally()),
        looked=looked.looked,
        header=named,
        family=looked.family,
        plausible=_plausible(one, looked) if named else 1.0,
    )


def _plausible(one: Detector, looked: Looked) -> float:
    if one.plausible is None or not looked.some:
        return 1.0
    cells = looked.some[:_PLAUSIBLE_CELLS]
    return sum(one.plausible(fold(cell).strip()) for cell in cells) / len(cells)


# Kinds that fit the same cells: the first is dropped where one of the others fits them as well.
_RIVALS: dict[str, tuple[str, ...]] = {
    "person_name": (
        "region", "education", "ethnic_group", "occupation", "sex", "marital_status",
        "organisation_name", "postal_address", "religion", "political", "plate_cn", "health",
    ),
    "phone_other": ("mobile_cn", "landline_cn"),
    "landline_cn": ("mobile_cn",),
    "bank_card": ("device_id",),
    "date": ("birth_date", "event_date", "loan_record", "employment_length", "activity_record"),
    "domain_name": ("email", "ip_address"),
    "organisation_name": ("postal_address", "occupation", "education", "employer"),
    "region": ("organisation_name", "postal_address", "ethnic_group"),
    "cn_uscc": ("cn_resident_id", "bank_card"),
    "occupation": ("organisation_name",),
}  # fmt: skip


def _settle(found: list[Signal]) -> list[Signal]:
    by_kind = {signal.kind: signal for signal in found}
    kept = []
    for signal in found:
        rivals = [by_kind[k] for k in _RIVALS.get(signal.kind, ()) if k in by_kind]
        if not any(_beats(rival, signal) for rival in rivals):
            kept.append(signal)
    return kept


def _beats(rival: Signal, signal: Signal) -> bool:
    if rival.header != signal.header:
        return rival.header
    rivals = rival.share[0] if rival.share else 0.0
    return rivals >= (signal.share[0] if signal.share else 0.0) * 0.9


def _text_signals(looked: Looked, known: set[str]) -> list[Signal]:
    found = []
    for kind, cells in looked.spans.items():
        one = detector_of(kind)
        span = looked.surest[kind]
        confidence = min(0.99, span.confidence + 0.03 * log2(cells))
        if kind not in known:
            found.append(
                Signal(
                    kind=kind,
                    evidence="validated" if one.evidence == "validated" else "statistical",
                    rung=span.rung,
                    looked=looked.texts,
                    hits=cells,
                    distinct=cells,
                    share=wilson(cells, looked.texts),
                    confidence=round(confidence, 4),
                    sparse=True,
                )
            )
    return found


def is_free_text(looked: Looked, signals: Sequence[Signal]) -> bool:
    """Sentences that no full-cell kind explains."""
    explained = any(s.share and not s.sparse and s.kind not in _READ_INSIDE for s in signals)
    many = len(looked.some) >= _FEW
    return bool(looked.texts) and many and not explained and looked.is_text(looked.some)
