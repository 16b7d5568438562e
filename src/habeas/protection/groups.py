"""Groups: rows that are alike on the columns someone knows (k-anonymity's equivalence classes)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]


def codes_of(column: pa.ChunkedArray) -> Ints:
    """A number for each different value of a column; an empty cell is a value of its own (0)."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not pa.types.is_dictionary(whole.type):
        whole = pc.dictionary_encode(whole)
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.unify_dictionaries().combine_chunks()
    indices = pc.fill_null(whole.indices.cast(pa.int64()), -1)
    return np.asarray(indices.to_numpy(zero_copy_only=False)) + 1


def packed(codes: Sequence[Ints]) -> Ints:
    """One dense number for each different combination: equal rows and no others share it."""
    if not codes:
        raise ValueError("rows can't be grouped by no columns")
    key, size = dense(codes[0])
    for column in codes[1:]:
        width = int(column.max(initial=0)) + 1
        if size * width >= 2**62:
            column, width = dense(column)  # noqa: PLW2901 - same column, fewer numbers
        key, size = dense(key * width + column)
    return key


def dense(key: Ints) -> tuple[Ints, int]:
    """The same key renumbered from 0, and how many different ones there are."""
    top = int(key.max(initial=-1)) + 1
    if top <= 4 * len(key) + 1024:
        seen = np.zeros(top, dtype=bool)
        seen[key] = True
        number = np.cumsum(seen) - 1
        return number[key], int(seen.sum())
    distinct, inverse = np.unique(key, return_inverse=True)
    return inverse.astype(np.int64), len(distinct)


def group_ids(table: pa.Table, columns: Sequence[str]) -> Ints:
    """The group of each row by `columns`; by no columns, all rows are one group."""
    if not columns or table.num_rows == 0:
        return np.zeros(table.num_rows, dtype=np.int64)
    return packed([codes_of(table.column(name)) for name in columns])


def group_sizes(groups: Ints) -> Ints:
    """How many rows each group has."""
    return np.bincount(groups).astype(np.int64)
