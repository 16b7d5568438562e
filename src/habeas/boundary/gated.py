"""Which cells could be of which kind at all, by the compiled pass: the others need not be asked."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from habeas.boundary.kernel import Tables, mark, tables_of
from habeas.boundary.registry import shipped

# Letters whose other case may be another number of characters; cells with them are always asked.
_ODD = "[^\x00-\x7f\u3000-\u9fff\uff00-\uffef\u00b7\u2010-\u203b]"

Places = npt.NDArray[np.int64]


@cache
def _tables() -> tuple[Tables, tuple[tuple[str, bool], ...]]:
    """Tables of every condition; to each its detector, and whether it holds at the beginning."""
    told = [
        (one.id, pattern, begins)
        for one in shipped()
        if one.cell is not None
        for pattern, begins in one.conditions()
    ]
    tables = tables_of([pattern for _, pattern, _ in told])
    return tables, tuple((kind, begins) for kind, _, begins in told)


def gated(folded: list[str]) -> dict[str, Places]:
    """For each kind with a condition, the places of the cells (folded, stripped) that fulfil it."""
    tables, told = _tables()
    cells = pa.array(folded, pa.large_string())
    marks = mark(cells, tables)
    odd = np.flatnonzero(pl.Series(folded, dtype=pl.String).str.contains(_ODD).to_numpy())
    wanted: dict[tuple[str, bool], list[int]] = {}
    for gate, owner in enumerate(tables.owner):
        wanted.setdefault(told[owner], []).append(gate)
    found: dict[str, list[Any]] = {}
    first = marks.places == 0
    low, high = (np.ascontiguousarray(marks.masks[:, word]) for word in (0, 1))
    for (kind, begins), gates in wanted.items():
        bits = [sum(1 << g % 64 for g in gates if g // 64 == word) for word in (0, 1)]
        hit = ((low & np.uint64(bits[0])) | (high & np.uint64(bits[1]))) != 0
        found.setdefault(kind, [odd]).append(marks.cells[hit & first if begins else hit])
    return {kind: np.unique(np.concatenate(parts)) for kind, parts in found.items()}
