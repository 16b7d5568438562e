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


def has_order(kind: pa.DataType) -> bool:
    """Numbers, dates and times: values of which some lie between others."""
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_temporal(kind)
    )


def packed(codes: Sequence[npt.NDArray[np.signedinteger]]) -> Ints:
    """One dense number for each different combination: equal rows and no others share it."""
    if not codes:
        raise ValueError("rows can't be grouped by no columns")
    key, size = np.asarray(codes[0], dtype=np.int64), int(codes[0].max(initial=-1)) + 1
    room = _table_size(len(key))
    for column in codes[1:]:
        width = int(column.max(initial=0)) + 1
        # Renumber only where the product would outgrow a table of all numbers.
        if size * width > room:
            key, size = dense(key)
        if size * width >= 2**62:
            column, width = dense(np.asarray(column, dtype=np.int64))  # noqa: PLW2901 - same column
        key, size = key * width + column, size * width
    return dense(key)[0]


def dense(key: Ints) -> tuple[Ints, int]:
    """The same key renumbered from 0, and how many different ones there are."""
    top = int(key.max(initial=-1)) + 1
    if top <= _table_size(len(key)):
        seen = np.zeros(top, dtype=bool)
        seen[key] = True
        used = np.flatnonzero(seen)
        number = np.empty(top, dtype=np.int32 if top < 2**31 else np.int64)
        number[used] = np.arange(len(used))
        return number[key].astype(np.int64), len(used)
    distinct, inverse = np.unique(key, return_inverse=True)
    return inverse.astype(np.int64), len(distinct)


def _table_size(rows: int) -> int:
    """How long a table may be in which each number has its place."""
    return 16 * rows + 1024


def first_rows(key: Ints, count: int) -> Ints:
    """For each of the numbers 0 … count - 1, the first row that has it; each must occur."""
    first = np.empty(count, dtype=np.int64)
    first[key[::-1]] = np.arange(len(key) - 1, -1, -1)
    return first


def group_ids(table: pa.Table, columns: Sequence[str]) -> Ints:
    """The group of each row by `columns`; by no columns, all rows are one group."""
    if not columns or table.num_rows == 0:
        return np.zeros(table.num_rows, dtype=np.int64)
    return packed([codes_of(table.column(name)) for name in columns])


def group_sizes(groups: Ints) -> Ints:
    """How many rows each group has."""
    return np.bincount(groups).astype(np.int64)
