"""Frames already in memory: Arrow, Polars (eager and lazy), pandas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from habeas.errors import BadInput


class FrameReader:
    """A frame, seen as an Arrow table. A lazy frame is collected once, by Polars' streaming."""

    def __init__(self, frame: Any) -> None:
        self._table = as_table(frame)
        names = self._table.schema.names
        if len(set(names)) < len(names):
            raise BadInput("two columns have the same name", remedy="rename one of them")
        self.schema: pa.Schema = self._table.schema

    def read_batches(self, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        yield from self._table.select(list(columns)).to_batches(max_chunksize=rows)

    def row_count(self) -> int:
        return int(self._table.num_rows)


def as_table(frame: Any) -> pa.Table:
    """Any frame we know as an Arrow table."""
    if isinstance(frame, pa.Table):
        return frame
    library = type(frame).__module__.split(".")[0]
    if library == "polars":
        eager = frame.collect() if hasattr(frame, "collect") else frame
        return eager.to_arrow()
    if library == "pandas":
        return pa.Table.from_pandas(frame, preserve_index=False)
    raise BadInput(
        f"a {type(frame).__name__} is not a table",
        remedy="give a path, or an Arrow, Polars or pandas table",
    )
