"""A leak against one table of ours: columns matched, rows matched, and what of it is certain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import binom

from habeas.protection.marks import Carriers
from habeas.relief.align import Alignment, align
from habeas.relief.cells import cells_of
from habeas.relief.columns import (
    Pair,
    Profile,
    agreement,
    match_columns,
    profile,
    rematch_columns,
)
from habeas.relief.reading import read_marks
from habeas.relief.score import Reading

_FIRST = 2_000
_LEAST = 10
_CHANCE = 1e-9
_KAPPA = 0.3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """One table of ours (a base, or an original), and how the leak lies in it.

    holds: leak column → share of agreement, for columns that agree on matched rows far beyond
           chance.
    reading: the readable code positions; None: unmarked.
    """

    name: str
    base: list[Profile]
    pairs: list[Pair]
    alignment: Alignment
    holds: dict[int, float]
    reading: Reading | None

    @property
    def matched(self) -> NDArray[np.bool_]:
        return self.alignment.matched


def profiles_of(table: pa.Table) -> list[Profile]:
    return [profile(cells) for cells in cells_of(table)]


def match(
    name: str, leak: list[Profile], table: pa.Table, *, carriers: Carriers | None = None
) -> State:
    """Match a leak with one of our tables: by likeness first, then by agreement, then in full."""
    base = profiles_of(table)
    marked = {one.cells.name: at for at, one in enumerate(base)}
    pairs = match_columns(leak, base)
    count = len(leak[0].cells) if leak else 0
    first = _spaced(count, _FIRST)
    for _ in range(2):
        alignment = align(leak, base, pairs, carriers=carriers, marked=marked, rows=first)
        rows = np.flatnonzero(alignment.matched)
        if len(rows) < _LEAST:
            break
        better = rematch_columns(leak, base, leak_rows=rows, base_rows=alignment.rows[rows])
        pairs = better or pairs
    alignment = align(leak, base, pairs, carriers=carriers, marked=marked)
    reading = None if carriers is None else read_marks(leak, base, pairs, alignment, carriers)
    return State(
        name=name,
        base=base,
        pairs=pairs,
        alignment=alignment,
        holds=_certain(leak, base, pairs, alignment),
        reading=reading,
    )


def _certain(
    leak: list[Profile], base: list[Profile], pairs: list[Pair], alignment: Alignment
) -> dict[int, float]:
    """The matched columns whose agreement chance can't explain."""
    rows = np.flatnonzero(alignment.matched)
    if len(rows) < _LEAST:
        return {}
    found = {}
    for pair in pairs:
        mine, yours = leak[pair.leak].cells.at(rows), base[pair.base].cells
        share, chance = agreement(mine, yours.at(alignment.rows[rows]), pair.rounding)
        lucky = float(binom.sf(round(share * len(rows)) - 1, len(rows), chance))
        if lucky <= _CHANCE and share - chance >= _KAPPA * (1 - chance):
            found[pair.leak] = share
    return found


def _spaced(count: int, most: int) -> NDArray[np.int64]:
    """At most `most` row numbers, evenly spread."""
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).astype(np.int64)
