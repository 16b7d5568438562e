"""CSV: comma, semicolon or tab; UTF-8 or GB18030; quoted line breaks allowed."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as pacsv

from habeas.errors import BadInput
from habeas.tables.encoding import encoding_of
from habeas.tables.infer import Narrowing, convert, schema_of

DELIMITERS = ",;\t"
_BLOCK = 1 << 20
_LONGEST_FIELD = 1 << 27


class CsvReader:
    """One CSV file; the first pass checks every row and settles the types."""

    def __init__(self, path: Path, *, typed: bool) -> None:
        self._path = path
        self._encoding = encoding_of(path)
        header = _first_line(path, self._encoding)
        self._delimiter = max(DELIMITERS, key=lambda mark: _outside_quotes(header, mark))
        self._names = self._header()
        self._check_quotes()
        self._rows: int | None = None
        self.schema: pa.Schema = (
            self._infer() if typed else pa.schema([(name, pa.string()) for name in self._names])
        )

    def read_batches(self, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        del rows  # the caller slices; blocks are bounded in bytes
        schema = pa.schema([self.schema.field(column) for column in columns])
        for batch in self._strings(columns):
            try:
                yield convert(batch, schema)
            except pa.ArrowInvalid as error:
                raise self._damaged("the file changed while it was read") from error

    def row_count(self) -> int:
        if self._rows is None:
            self._rows = sum(batch.num_rows for batch in self._strings(self._names[:1]))
        return self._rows

    def _header(self) -> list[str]:
        with self._path.open(encoding=self._encoding, newline="") as stream:
            try:
                names = next(csv.reader(stream, delimiter=self._delimiter), None)
            except csv.Error as error:
                raise self._damaged(
                    "the first row is too long to be a header", remedy="give it a header and rows"
                ) from error
        if not names:
            raise self._damaged("the file is empty", remedy="give it a header and rows")
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise BadInput(
                f"two columns are called {twice!r}",
                file=self._path.name,
                place="row 1",
                remedy="rename one of them",
            )
        return names

    def _check_quotes(self) -> None:
        """An odd number of quotes may mean one that is never closed; then look row by row."""
        with self._path.open("rb") as stream:
            blocks = iter(lambda: stream.read(_BLOCK), b"")
            odd = sum(block.count(b'"') for block in blocks) % 2
        if odd and (wrong := self._find_ragged()):
            raise wrong

    def _infer(self) -> pa.Schema:
        columns = [Narrowing() for _ in self._names]
        self._rows = 0
        for batch in self._strings(self._names):
            self._rows += batch.num_rows
            for column, values in zip(columns, batch.columns, strict=True):
                column.look(values)
        return schema_of(self._names, columns)

    def _strings(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        encoding = "utf-8" if self._encoding == "utf-8-sig" else self._encoding
        try:
            with pacsv.open_csv(
                self._path,
                read_options=pacsv.ReadOptions(
                    block_size=_BLOCK,
                    use_threads=True,
                    encoding=encoding,
                    column_names=self._names,
                    skip_rows_after_names=1,
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=self._delimiter, newlines_in_values=True, ignore_empty_lines=True
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(self._names, pa.string()),
                    include_columns=list(columns),
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            ) as reader:
                yield from reader
        except pa.ArrowInvalid as error:
            wrong = self._find_ragged() or self._damaged(
                f"a row is longer than {_BLOCK >> 20} MB or its quoting is broken"
            )
            raise wrong from error

    def _find_ragged(self) -> BadInput | None:
        """Read row by row, slowly, to say which row is wrong, if one is."""
        csv.field_size_limit(_LONGEST_FIELD)
        width = len(self._names)
        with self._path.open(encoding=self._encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=self._delimiter, strict=True)
            number = 0
            try:
                for number, row in enumerate(reader, start=1):
                    if row and len(row) != width:
                        return self._ragged(number, len(row))
            except csv.Error:
                return self._damaged("a quote is never closed", place=f"row {number + 1}")
        return None

    def _ragged(self, number: int, found: int) -> BadInput:
        width = len(self._names)
        column = self._names[found if found < width else width - 1]
        return BadInput(
            f"the row has {found} fields, the header has {width}",
            file=self._path.name,
            place=f'row {number}, column "{column}"',
            remedy="mend the row or quote its delimiters (the header is row 1)",
        )

    def _damaged(
        self, says: str, *, place: str | None = None, remedy: str = "export the file again"
    ) -> BadInput:
        return BadInput(says, file=self._path.name, place=place, remedy=remedy)


def _first_line(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="") as stream:
        return stream.readline(1 << 20)


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])
