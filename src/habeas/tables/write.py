"""Writing tables: whole under their final name, or not there at all.

A sink writes `.<name>.<random>.partial` beside the file, syncs it, renames it and syncs the
folder. On any error the partial file is removed. Every write is a step of `tables.seam`.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv as pacsv

from habeas.errors import BadInput
from habeas.tables.seam import step
from habeas.tables.source import SUFFIXES


class _Format(Protocol):
    def write_batch(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


class Sink:
    """Where batches go; made by `writing`."""

    def __init__(self, schema: pa.Schema, writer: _Format) -> None:
        self.schema = schema
        self.rows = 0
        self._writer = writer

    def write(self, part: pa.RecordBatch | pa.Table) -> None:
        """Append rows in the sink's schema."""
        if not part.schema.equals(self.schema, check_metadata=False):
            raise BadInput(
                "the rows to write don't have the columns and types that were announced",
                remedy="cast them to the schema of the sink",
            )
        batches = part.to_batches() if isinstance(part, pa.Table) else [part]
        for batch in batches:
            with step("write"):
                self._writer.write_batch(batch)
            self.rows += batch.num_rows


@contextmanager
def writing(path: str | Path, schema: pa.Schema) -> Iterator[Sink]:
    """A sink for one file; the file appears, whole, when the block ends without an error."""
    final = Path(path)
    _check(final)
    partial = final.with_name(f".{final.name}.{secrets.token_hex(6)}.partial")
    try:
        with step("open"):
            stream = partial.open("xb")
        with stream:
            writer = _format(final.suffix.lower(), stream, schema)
            yield Sink(schema, writer)
            with step("finish"):
                writer.close()
                stream.flush()
            with step("fsync"):
                os.fsync(stream.fileno())
        with step("rename"):
            partial.replace(final)
        with step("fsync_folder"):
            _sync_folder(final.parent)
    except OSError as error:
        _remove(partial)
        raise _os_error(error, final) from error
    except BaseException:
        _remove(partial)
        raise


def write_table(table: pa.Table, path: str | Path) -> None:
    """Write a whole table to one file, format by suffix."""
    with writing(path, table.schema) as sink:
        sink.write(table)


def _check(final: Path) -> None:
    if final.suffix.lower() not in SUFFIXES:
        raise BadInput(
            f"files of the kind {final.suffix or 'without a suffix'!r} can't be written",
            file=final.name,
            remedy=f"use one of {', '.join(SUFFIXES)}",
        )
    if not final.parent.is_dir():
        raise BadInput("there is no such folder", file=final.name, remedy="make the folder first")


def _os_error(error: OSError, final: Path) -> BadInput:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BadInput(
            "the disk is full; no half-written file is kept",
            file=final.name,
            remedy="free some space or write elsewhere",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return BadInput(
            "no permission to write",
            file=final.name,
            remedy="choose a folder you may write to",
        )
    name = errno.errorcode.get(error.errno or 0, "unknown")
    return BadInput(f"the system refused to write ({name})", file=final.name, remedy="try again")


def _remove(partial: Path) -> None:
    with suppress(FileNotFoundError):
        partial.unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _format(suffix: str, stream: IO[bytes], schema: pa.Schema) -> _Format:
    if suffix == ".csv":
        return _CsvFormat(stream, schema)
    if suffix == ".jsonl":
        return _LinesFormat(stream)
    if suffix == ".parquet":
        return _ParquetFormat(stream, schema)
    return pa.ipc.new_file(stream, schema)  # type: ignore[no-any-return]


class _CsvFormat:
    """CSV has no nested values: those are written as their JSON text."""

    def __init__(self, stream: IO[bytes], schema: pa.Schema) -> None:
        self._flat = pa.schema([_flat_field(field) for field in schema])
        self._writer = pacsv.CSVWriter(stream, self._flat)

    def write_batch(self, batch: pa.RecordBatch) -> None:
        arrays = [
            _as_json(column) if pa.types.is_nested(column.type) else column
            for column in batch.columns
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._flat))

    def close(self) -> None:
        self._writer.close()


def _flat_field(field: pa.Field) -> pa.Field:
    return field.with_type(pa.string()) if pa.types.is_nested(field.type) else field


def _as_json(column: pa.Array) -> pa.Array:
    texts = [None if value is None else _dump(value) for value in column.to_pylist()]
    return pa.array(texts, type=pa.string())


class _ParquetFormat:
    """Parquet with a checksum on every page, so that a reader notices damage."""

    def __init__(self, stream: IO[bytes], schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(
            stream, schema, compression="zstd", write_page_checksum=True
        )

    def write_batch(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()

    def __del__(self) -> None:
        # After a failure the stream is closed; pyarrow's own finaliser would still write to it.
        self._writer.is_open = False


class _LinesFormat:
    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write_batch(self, batch: pa.RecordBatch) -> None:
        for record in batch.to_pylist():
            self._stream.write(_dump(record).encode() + b"\n")

    def close(self) -> None:
        """Nothing stands between the lines and the stream."""


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
