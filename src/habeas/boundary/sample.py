"""One pass over a table: a uniform sample of rows, and per column the counts that need no values.

Memory is bounded by the batch and the sample sizes, whatever the table's length.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

ROWS = 2_000
SPARSE_CELLS = 1_000
SKETCH = 4_096
_MOSTLY_NULL = 0.5
_HASH_RANGE = float(2**64)


class RowSample:
    """A uniform sample without replacement: the rows with the smallest random keys."""

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self._size = size
        self._rng = rng
        self._keys: npt.NDArray[np.float64] = np.empty(0)
        self._parts: list[pa.Table] = []
        self._limit = 1.0

    def add(self, batch: pa.RecordBatch) -> None:
        keys = self._rng.random(batch.num_rows)
        taken = np.flatnonzero(keys < self._limit)
        if len(taken) > self._size:
            taken = np.sort(taken[np.argpartition(keys[taken], self._size)[: self._size]])
        if not len(taken):
            return
        self._keys = np.concatenate([self._keys, keys[taken]])
        self._parts.append(pa.Table.from_batches([batch.take(pa.array(taken))]))
        if len(self._keys) > 2 * self._size:
            self._compact()

    def _compact(self) -> None:
        table = pa.concat_tables(self._parts)
        if len(self._keys) > self._size:
            kept = np.sort(np.argpartition(self._keys, self._size)[: self._size])
            self._keys = self._keys[kept]
            table = table.take(pa.array(kept))
            self._limit = float(self._keys.max())
        self._parts = [table.combine_chunks()]

    def table(self) -> pa.Table | None:
        """The sample; None if there was no row."""
        if not self._parts:
            return None
        self._compact()
        return self._parts[0]


@dataclass(slots=True)
class Sketch:
    """Distinct values and how many stand alone, from the smallest hashes and their counts.

    Exact up to SKETCH distinct values; beyond, an estimate within about 2 %.
    """

    hashes: npt.NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    full: bool = False

    def add(self, values: pl.Series) -> None:
        hashes = values.hash(seed=0).to_numpy()
        if self.full:
            hashes = hashes[hashes <= self.hashes[-1]]
        fresh, counts = np.unique(hashes, return_counts=True)
        merged, where = np.unique(np.concatenate([self.hashes, fresh]), return_inverse=True)
        totals = np.bincount(where, weights=np.concatenate([self.counts, counts]))
        self.full = self.full or len(merged) > SKETCH
        self.hashes = merged[:SKETCH].astype(np.uint64)
        self.counts = totals[:SKETCH].astype(np.int64)

    def distinct(self) -> int:
        if not self.full:
            return len(self.hashes)
        return round((SKETCH - 1) / (float(self.hashes[-1]) / _HASH_RANGE))

    def alone(self, cells: int) -> float | None:
        """The share of cells whose value no other cell has."""
        if not cells or not len(self.hashes):
            return None
        single = float((self.counts == 1).mean()) * self.distinct()
        return min(1.0, single / cells)


@dataclass(slots=True)
class ColumnPass:
    """What the pass learns of one column."""

    sketch: Sketch = field(default_factory=Sketch)
    sparse: RowSample | None = None
    nulls: int = 0
    counter: bool = True  # each value is the one before plus one
    last: int | None = None


@dataclass(slots=True)
class Sample:
    """A table as seen by the pass."""

    rows: int
    table: pa.Table
    columns: dict[str, ColumnPass]

    def values(self, name: str) -> pa.ChunkedArray:
        """Sampled non-null cells of a column; of a sparse one more than its share of rows."""
        dense = self.table.column(name).drop_null()
        sparse = self.columns[name].sparse
        extra = None if sparse is None else sparse.table()
        return dense if extra is None or len(extra) <= len(dense) else extra.column(0)


class Pass:
    """Takes batches, gives a Sample."""

    def __init__(self, schema: pa.Schema, *, seed: int, rows: int = ROWS) -> None:
        self._schema = schema
        self._rng = np.random.default_rng(seed)
        self._rows = RowSample(rows, self._rng)
        self._columns = {name: ColumnPass() for name in schema.names}
        self._count = 0

    def add(self, batch: pa.RecordBatch) -> None:
        self._count += batch.num_rows
        self._rows.add(batch)
        for name, values in zip(batch.schema.names, batch.columns, strict=True):
            self._look(self._columns[name], values)

    def _look(self, column: ColumnPass, values: pa.Array) -> None:
        column.nulls += values.null_count
        _count_on(column, values)
        if pa.types.is_nested(values.type):
            return
        known = values.drop_null() if values.null_count else values
        if len(known):
            column.sketch.add(pl.Series(known))
        if len(known) < _MOSTLY_NULL * len(values) and len(known):
            if column.sparse is None:
                column.sparse = RowSample(SPARSE_CELLS, self._rng)
            column.sparse.add(pa.RecordBatch.from_arrays([known], names=["cells"]))

    def sample(self) -> Sample:
        table = self._rows.table()
        if table is None:
            table = self._schema.empty_table()
        return Sample(rows=self._count, table=table, columns=self._columns)


def _count_on(column: ColumnPass, values: pa.Array) -> None:
    """Is this column still a counter of rows?"""
    if not column.counter:
        return
    if not pa.types.is_integer(values.type) or values.null_count:
        column.counter = False
        return
    if not len(values):
        return
    numbers = pc.cast(values, pa.int64()).to_numpy(zero_copy_only=False)
    starts = column.last is None or int(numbers[0]) == column.last + 1
    column.counter = starts and bool((np.diff(numbers) == 1).all())
    column.last = int(numbers[-1])
