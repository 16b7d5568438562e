"""JSON Lines: one object a line; nested values are kept as their JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from habeas.errors import BadInput
from habeas.tables.encoding import encoding_of
from habeas.tables.infer import NULL_WORDS, Narrowing

_BATCH = 8_192
_INT64 = 1 << 63


class LinesReader:
    """One JSON Lines file; the first pass checks every line and settles names and types."""

    def __init__(self, path: Path, *, typed: bool) -> None:
        self._path = path
        self._encoding = encoding_of(path)
        self._typed = typed
        self._rows = 0
        self.schema: pa.Schema = self._look()

    def read_batches(self, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        schema = pa.schema([self.schema.field(column) for column in columns])
        for records in self._records(min(rows, _BATCH)):
            arrays = [
                pa.array([_as(record.get(f.name), f.type) for record in records], type=f.type)
                for f in schema
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def row_count(self) -> int:
        return self._rows

    def _look(self) -> pa.Schema:
        columns: dict[str, _Kinds] = {}
        for records in self._records(_BATCH):
            self._rows += len(records)
            for name in dict.fromkeys(name for record in records for name in record):
                values = [record.get(name) for record in records]
                columns.setdefault(name, _Kinds()).look(values)
        if not columns:
            raise BadInput("the file is empty", file=self._path.name, remedy="give it rows")
        kinds = {name: kind.type if self._typed else pa.string() for name, kind in columns.items()}
        return pa.schema(list(kinds.items()))

    def _records(self, rows: int) -> Iterator[list[dict[str, Any]]]:
        batch: list[dict[str, Any]] = []
        with self._path.open(encoding=self._encoding, newline="\n") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    batch.append(self._parse(line, number))
                if len(batch) == rows:
                    yield batch
                    batch = []
        if batch:
            yield batch

    def _parse(self, line: str, number: int) -> dict[str, Any]:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            column = error.colno if isinstance(error, json.JSONDecodeError) else 1
            raise BadInput(
                "the line is not JSON",
                file=self._path.name,
                place=f"row {number}, column {column}",
                remedy="write one JSON object a line",
            ) from error
        if not isinstance(record, dict):
            raise BadInput(
                "the line is not a JSON object",
                file=self._path.name,
                place=f"row {number}, column 1",
                remedy="write one JSON object a line",
            )
        return record


class _Kinds:
    """Which kinds of JSON values one column holds."""

    def __init__(self) -> None:
        self._found: set[str] = set()
        self._words = Narrowing()

    def look(self, values: Sequence[Any]) -> None:
        self._found |= {_kind(value) for value in values}
        words = [value for value in values if isinstance(value, str) and value]
        if words:
            self._words.look(pa.array(words, type=pa.string()))

    @property
    def type(self) -> pa.DataType:
        found = self._found - {"null"}
        if found == {"bool"}:
            return pa.bool_()
        if found == {"int"}:
            return pa.int64()
        if found and found <= {"int", "float"}:
            return pa.float64()
        if found == {"string"} and self._words.type.equals(pa.date32()):
            return pa.date32()
        return pa.string()


def _kind(value: Any) -> str:
    if value is None or value == "":
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if -_INT64 <= value < _INT64 else "other"
    if isinstance(value, float):
        return "float"
    return "string" if isinstance(value, str) else "other"


def _as(value: Any, kind: pa.DataType) -> Any:
    if value is None or value == "":
        return None
    if pa.types.is_string(kind):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if pa.types.is_date32(kind):
        return None if value in NULL_WORDS else date.fromisoformat(value)
    return value
