"""What the columns say of each other: is this a table about persons, about lending; what agrees
with the identity numbers although its name hides it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from habeas.boundary.detectors.birth_date import day_of
from habeas.boundary.detectors.cn_resident_id import born, valid
from habeas.boundary.draw import Signal
from habeas.boundary.fold import digits_of, fold
from habeas.boundary.judge import wilson
from habeas.boundary.registry import detector

SURE = 0.8
_LIKELY = 0.6
_DEMOGRAPHIC = 2
_LENDING = frozenset({"loan_record", "credit_record"})
_AGREES = 0.95
_ENOUGH = 20
_SIDES = 3
_CHILD = 14

Holder = tuple[date, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """persons: rows are about persons, and why (column names). lending: rows are about loans."""

    persons: tuple[str, ...]
    lending: bool


def context_of(signals: Mapping[str, Sequence[Signal]]) -> Context:
    """Rows are about persons if one column leads to one, or two columns describe one."""
    direct, describing, lending = [], [], 0
    for name, found in signals.items():
        kinds = [signal for signal in found if signal.confidence >= _LIKELY]
        if any(detector(s.kind).direct and s.confidence >= SURE for s in kinds):
            direct.append(name)
        if any(detector(s.kind).demographic for s in kinds):
            describing.append(name)
        lending += any(s.kind in _LENDING for s in kinds)
    persons = direct or (describing if len(describing) >= _DEMOGRAPHIC else [])
    return Context(persons=tuple(persons), lending=lending >= _DEMOGRAPHIC)


def corroborated(
    table: pa.Table, signals: Mapping[str, Sequence[Signal]]
) -> dict[str, list[Signal]]:
    """Columns that agree, row by row, with the birth date or the sex in the identity numbers."""
    keys = {name: _holders(table.column(name)) for name in signals if _is_id(signals[name])}
    agreed: dict[str, list[Signal]] = {}
    for name in table.column_names:
        if keys and name not in keys:
            cells = table.column(name).to_pylist()
            for holders in keys.values():
                if signal := _agreement(holders, cells):
                    agreed.setdefault(name, []).append(signal)
                    break
    return agreed


def _holders(ids: pa.ChunkedArray) -> list[Holder | None]:
    """Of each row's number, when its holder was born and whether it is a man's."""
    found: list[Holder | None] = []
    for key in ids.to_pylist():
        number = digits_of(fold(str(key or ""))).upper()
        day = born(number) if valid(number) else None
        found.append(None if day is None else (day, int(number[16]) % 2 == 1))
    return found


def _is_id(found: Sequence[Signal]) -> bool:
    return any(s.kind == "cn_resident_id" and not s.sparse and s.hits for s in found)


def _agreement(holders: Sequence[Holder | None], cells: Sequence[object]) -> Signal | None:
    most_wrong = (1 - _AGREES) * len(cells)
    known = right = 0
    sexes: dict[str, list[bool]] = defaultdict(list)
    for holder, value in zip(holders, cells, strict=True):
        if value is None or holder is None:
            continue
        known += 1
        if known - right <= most_wrong:
            day = value if type(value) is date else day_of(fold(str(value)).strip())
            right += day == holder[0]
        elif len(sexes) > _SIDES:
            return None
        if len(sexes) <= _SIDES:
            sexes[str(value)].append(holder[1])
    if known >= _ENOUGH and right >= _AGREES * known:
        return _agreeing("birth_date", right, known)
    return _sex(sexes)


def _sex(sexes: Mapping[str, Sequence[bool]]) -> Signal | None:
    """Two values that split the rows as the 17th digit does."""
    total = sum(map(len, sexes.values()))
    if len(sexes) not in (2, 3) or total < _ENOUGH:
        return None
    male = [max(sum(odd), len(odd) - sum(odd)) for odd in sexes.values()]
    sides = {sum(odd) * 2 > len(odd) for odd in sexes.values()}
    agreeing = sum(male)
    if len(sides) < 2 or agreeing < _AGREES * total:
        return None
    return _agreeing("sex", agreeing, total)


def _agreeing(kind: str, hits: int, looked: int) -> Signal:
    return Signal(
        kind=kind,
        evidence="validated",
        rung="column",
        looked=looked,
        hits=hits,
        distinct=hits,
        share=wilson(hits, looked),
        confidence=0.99,
    )


def children_in(cells: Sequence[str], counts: Sequence[int], *, as_of: date) -> tuple[int, int]:
    """How many of the cells (dates or identity numbers) are of persons under 14, of how many."""
    young = total = 0
    for cell, count in zip(cells, counts, strict=True):
        text = fold(cell).strip()
        number = digits_of(text).upper()
        day = born(number) if valid(number) else day_of(text)
        if day is None or day > as_of:
            continue
        total += count
        age = as_of.year - day.year - ((as_of.month, as_of.day) < (day.month, day.day))
        young += count if age < _CHILD else 0
    return young, total
