"""Text files (.txt, .log, .md): a table of one column, a row a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from habeas.tables.encoding import encoding_of

TEXTS = (".txt", ".log", ".md")
_COLUMN = "text"
_LONGEST = 1 << 20


class TextReader:
    """One text file; a line longer than a megabyte comes in several rows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding = encoding_of(path)
        self.schema: pa.Schema = pa.schema([(_COLUMN, pa.string())])

    def read_batches(self, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        del columns
        found: list[str] = []
        with self._path.open(encoding=self._encoding, errors="strict") as stream:
            while line := stream.readline(_LONGEST):
                found.append(line.rstrip("\r\n"))
                if len(found) >= rows:
                    yield self._batch(found)
                    found = []
        if found:
            yield self._batch(found)

    def row_count(self) -> int:
        return sum(batch.num_rows for batch in self.read_batches((), 65_536))

    def _batch(self, lines: list[str]) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([pa.array(lines, pa.string())], schema=self.schema)
