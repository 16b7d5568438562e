"""Tables from anywhere, read in batches: CSV, JSON Lines, Parquet, Arrow, and frames in memory.

Strings arrive as `pa.string()` whatever the source calls them (large, view, dictionary).
An error names the file, the row and the column, never a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from habeas.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

ROWS = 65_536
SUFFIXES: tuple[str, ...] = (".csv", ".jsonl", ".parquet", ".arrow", ".feather")


class Reader(Protocol):
    """What one format must offer."""

    schema: pa.Schema

    def read_batches(self, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]: ...

    def row_count(self) -> int: ...


class Source:
    """A named table that can be read several times, batch by batch.

    comments: column -> what the owner of a database wrote of it.
    """

    def __init__(
        self, name: str, reader: Reader, *, comments: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.comments: Mapping[str, str] = comments or {}
        self._reader = reader
        self.schema: pa.Schema = pa.schema([plain_field(field) for field in reader.schema])

    def batches(
        self, *, columns: Sequence[str] | None = None, rows: int = ROWS
    ) -> Iterator[pa.RecordBatch]:
        """The rows in order, at most `rows` a batch, only the columns asked for."""
        wanted = list(self.schema.names) if columns is None else list(columns)
        for column in wanted:
            self._check(column)
        schema = pa.schema([self.schema.field(column) for column in wanted])
        for batch in self._reader.read_batches(wanted, rows):
            plain = plain_batch(batch, schema)
            for start in range(0, plain.num_rows, rows):
                yield plain.slice(start, rows)

    def read(self, *, columns: Sequence[str] | None = None) -> pa.Table:
        """The whole table (or some columns) in memory."""
        wanted = list(self.schema.names) if columns is None else list(columns)
        found = list(self.batches(columns=wanted))
        schema = pa.schema([self.schema.field(column) for column in wanted])
        return pa.Table.from_batches(found, schema=schema)

    def count(self) -> int:
        """How many rows there are."""
        return self._reader.row_count()

    def _check(self, column: str) -> None:
        if column in self.schema.names:
            return
        near = get_close_matches(column, self.schema.names, n=1, cutoff=0.5)
        remedy = f"did you mean {near[0]!r}?" if near else f"it has {len(self.schema)} columns"
        raise BadInput(f"there is no column {column!r}", file=self.name, remedy=remedy)


def open_source(
    where: str | Path | pa.Table | pl.DataFrame | pl.LazyFrame | pd.DataFrame,
    *,
    name: str | None = None,
    typed: bool = True,
) -> Source:
    """A source from a file (format by suffix) or from a frame in memory.

    typed: infer the types of CSV columns over the whole file; False leaves them strings.
    """
    if not isinstance(where, str | Path):
        from habeas.tables.memory import FrameReader

        return Source(name or "table", FrameReader(where))
    path = Path(where)
    check_file(path)
    return Source(name or path.name, _reader(path, typed=typed))


def check_file(path: Path) -> None:
    """BadInput unless the path is a file of a kind we read and may read."""
    if path.suffix.lower() not in SUFFIXES:
        raise BadInput(
            f"files of the kind {path.suffix or 'without a suffix'!r} can't be read",
            file=path.name,
            remedy=f"use one of {', '.join(SUFFIXES)}",
        )
    if not path.is_file():
        raise BadInput("there is no such file", file=path.name, remedy="check the path")
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except PermissionError as error:
        raise BadInput("no permission to read", file=path.name, remedy="ask its owner") from error


def _reader(path: Path, *, typed: bool) -> Reader:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        from habeas.tables.delimited import CsvReader

        return CsvReader(path, typed=typed)
    if suffix == ".jsonl":
        from habeas.tables.lines import LinesReader

        return LinesReader(path, typed=typed)
    from habeas.tables.binary import ArrowReader, ParquetReader

    return ParquetReader(path) if suffix == ".parquet" else ArrowReader(path)


def plain_field(field: pa.Field) -> pa.Field:
    """The same field with its string type written as `string`."""
    return field.with_type(_plain_type(field.type)).remove_metadata()


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    return kind


def plain_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch in the plain schema; columns of the right type are not copied."""
    arrays: list[Any] = []
    for field in schema:
        found = batch.column(batch.schema.get_field_index(field.name))
        arrays.append(found if found.type.equals(field.type) else found.cast(field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
