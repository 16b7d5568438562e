"""Parquet and Arrow IPC files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from habeas.errors import BadInput

_DAMAGED = (pa.ArrowInvalid, pa.ArrowException, OSError, EOFError)
_REMEDY = "fetch or export the file again"


class ParquetReader:
    """One Parquet file, a row group at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            file = _open(path)
        except _DAMAGED as error:
            raise BadInput(
                "not a whole Parquet file: its footer can't be read", file=path.name, remedy=_REMEDY
            ) from error
        with file:
            self.schema: pa.Schema = file.schema_arrow
            self._rows = int(file.metadata.num_rows)
        _check_names(self.schema.names, path)

    def read_batches(self, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        read = 0
        try:
            with _open(self._path) as file:
                for batch in file.iter_batches(batch_size=rows, columns=list(columns)):
                    yield batch
                    read += batch.num_rows
        except _DAMAGED as error:
            raise BadInput(
                "the file is damaged",
                file=self._path.name,
                place=_damaged_place(self._path, columns, after=read),
                remedy=_REMEDY,
            ) from error

    def row_count(self) -> int:
        return self._rows


def _open(path: Path) -> pq.ParquetFile:
    return pq.ParquetFile(path, pre_buffer=False, page_checksum_verification=True)


def _damaged_place(path: Path, columns: Sequence[str], *, after: int) -> str:
    """The first column that can't be read from the row group in which reading stopped."""
    with _open(path) as file:
        start = 0
        for group in range(file.metadata.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            if start + rows > after:
                for column in columns:
                    try:
                        file.read_row_group(group, columns=[column])
                    except _DAMAGED:
                        return f'rows {start + 1}-{start + rows}, column "{column}"'
            start += rows
    return f"after row {after}"


class ArrowReader:
    """An Arrow IPC file (also Feather 2), or an IPC stream under the same suffix."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with pa.memory_map(str(path)) as file:
                self.schema: pa.Schema = _open_ipc(file).schema
        except _DAMAGED as error:
            raise BadInput("not a whole Arrow file", file=path.name, remedy=_REMEDY) from error
        _check_names(self.schema.names, path)

    def read_batches(self, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        read = 0
        try:
            with pa.memory_map(str(self._path)) as file:
                for batch in _ipc_batches(_open_ipc(file)):
                    batch.validate()
                    for start in range(0, batch.num_rows, rows):
                        part = batch.select(list(columns)).slice(start, rows)
                        yield part
                        read += part.num_rows
        except _DAMAGED as error:
            raise BadInput(
                "the file is damaged",
                file=self._path.name,
                place=f"after row {read}",
                remedy=_REMEDY,
            ) from error

    def row_count(self) -> int:
        return sum(batch.num_rows for batch in self.read_batches(self.schema.names[:1], 1 << 20))


def _open_ipc(file: pa.MemoryMappedFile) -> pa.RecordBatchFileReader | pa.RecordBatchStreamReader:
    try:
        return pa.ipc.open_file(file)
    except pa.ArrowInvalid:
        file.seek(0)
        return pa.ipc.open_stream(file)


def _ipc_batches(
    reader: pa.RecordBatchFileReader | pa.RecordBatchStreamReader,
) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.RecordBatchFileReader):
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)
    else:
        yield from reader


def _check_names(names: Sequence[str], path: Path) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name in names if list(names).count(name) > 1)
        raise BadInput(f"two columns are called {twice!r}", file=path.name, remedy="rename one")
