"""Databases, read and never written: SQLite files, and PostgreSQL in a read-only session.

Names are chosen before any table's metadata is read, so that what is left out is not looked at.
A sample is drawn by the database: rowids spread over the table (SQLite), TABLESAMPLE (PostgreSQL).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from habeas.errors import BadInput, ExtraMissing
from habeas.tables.choice import Choice

DATABASES = (".db", ".sqlite", ".sqlite3")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseTable:
    """A table or view. name: with its schema; comments: column -> what its owner wrote of it."""

    name: str
    columns: tuple[str, ...]
    comments: Mapping[str, str] = field(default_factory=dict)


# ---- SQLite


def sqlite_tables(path: Path, choice: Choice) -> list[DatabaseTable]:
    """The tables and views chosen; BadInput for a file that is no SQLite database."""
    with _sqlite(path) as connection:
        names = [
            name
            for (name,) in _rows(
                connection,
                path,
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
                "AND name NOT LIKE 'sqlite_%' ORDER BY name",
            )
            if choice.takes(name)
        ]
        return [
            DatabaseTable(
                name=name,
                columns=tuple(
                    row[1] for row in _rows(connection, path, f"PRAGMA table_info({_quoted(name)})")
                ),
            )
            for name in names
        ]


class SqliteReader:
    """One table; the types are those of the values that are there, whatever was declared."""

    def __init__(self, path: Path, table: DatabaseTable, *, sample: int | None = None) -> None:
        self._path, self._table = path, table
        with _sqlite(path) as connection:
            count = f"SELECT count(*) FROM {self._from}"  # noqa: S608 - quoted
            self._rows = int(_one(connection, path, count))
            self._where = self._sampled(connection, sample)
            kinds = [self._kind(connection, column) for column in table.columns]
        self.schema: pa.Schema = pa.schema(list(zip(table.columns, kinds, strict=True)))

    def read_batches(self, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        schema = pa.schema([self.schema.field(column) for column in columns])
        wanted = ", ".join(map(_quoted, columns))
        with _sqlite(self._path) as connection:
            query = f"SELECT {wanted} FROM {self._from}{self._where}"  # noqa: S608 - quoted
            found = _cursor(connection, self._path, query)
            while part := found.fetchmany(rows):
                cells = zip(*part, strict=True)
                arrays = [_array(list(c), f.type) for c, f in zip(cells, schema, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def row_count(self) -> int:
        return self._rows

    @property
    def _from(self) -> str:
        return _quoted(self._table.name)

    def _sampled(self, connection: sqlite3.Connection, sample: int | None) -> str:
        """Rows spread over the rowids; a view has none and is read from its start."""
        if sample is None or self._rows <= sample:
            return ""
        try:
            connection.execute(f"SELECT rowid FROM {self._from} LIMIT 1")  # noqa: S608 - quoted
        except sqlite3.Error:
            return f" LIMIT {int(sample)}"
        step = self._rows // sample
        return f" WHERE (rowid * 1103515245 + 12345) % 2147483648 % {int(step)} = 0"

    def _kind(self, connection: sqlite3.Connection, column: str) -> pa.DataType:
        what = f"typeof({_quoted(column)})"
        query = f"SELECT DISTINCT {what} FROM {self._from}{self._where}"  # noqa: S608 - quoted
        kinds = {kind for (kind,) in _rows(connection, self._path, query)} - {"null"}
        if kinds == {"integer"}:
            return pa.int64()
        return pa.float64() if kinds and kinds <= {"integer", "real"} else pa.string()


def _sqlite(path: Path) -> Any:
    from contextlib import closing

    return closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True))


def _cursor(connection: sqlite3.Connection, path: Path, query: str) -> sqlite3.Cursor:
    try:
        return connection.execute(query)
    except sqlite3.Error as error:
        raise BadInput("is no whole SQLite database", file=path.name) from error


def _rows(connection: sqlite3.Connection, path: Path, query: str) -> list[Any]:
    return _cursor(connection, path, query).fetchall()


def _one(connection: sqlite3.Connection, path: Path, query: str) -> Any:
    return _rows(connection, path, query)[0][0]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _array(cells: list[Any], kind: pa.DataType) -> pa.Array:
    """Blobs are no text and are read as null."""
    if kind.equals(pa.string()):
        cells = [None if c is None or isinstance(c, bytes) else str(c) for c in cells]
    return pa.array(cells, kind)


# ---- PostgreSQL


def is_postgres(where: str) -> bool:
    return where.startswith(("postgresql://", "postgres://"))


def postgres_tables(url: str, choice: Choice) -> list[DatabaseTable]:
    """Tables and views chosen by name, with the comments on their columns."""
    with _session(url) as cursor:
        cursor.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema "
            "NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
        )
        names = [f"{schema}.{name}" for schema, name in cursor.fetchall()]
        return [_described(cursor, name) for name in names if choice.takes(name)]


def _described(cursor: Any, name: str) -> DatabaseTable:
    schema, table = name.split(".", 1)
    cursor.execute(
        "SELECT a.attname, col_description(a.attrelid, a.attnum) FROM pg_attribute a "
        "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped "
        "ORDER BY a.attnum",
        (schema, table),
    )
    found = cursor.fetchall()
    return DatabaseTable(
        name=name,
        columns=tuple(column for column, _ in found),
        comments={column: comment for column, comment in found if comment},
    )


class PostgresReader:
    """One table, through Arrow; a sample is TABLESAMPLE SYSTEM with a fixed seed."""

    def __init__(self, url: str, table: DatabaseTable, *, sample: int | None = None) -> None:
        self._url, self._table = url, table
        with _session(url) as cursor:
            cursor.execute(f"SELECT count(*) FROM {self._from}")  # noqa: S608 - quoted
            self._rows = int(cursor.fetchone()[0])
            self._sample = self._sampled(sample)
            cursor.execute(f"SELECT * FROM {self._from} LIMIT 0")  # noqa: S608 - quoted
            self.schema: pa.Schema = _readable(cursor.fetch_arrow_table().schema)

    def read_batches(self, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        del rows  # the driver's own batches; the caller slices
        schema = pa.schema([self.schema.field(column) for column in columns])
        wanted = ", ".join(
            f"{_quoted(f.name)}::text" if pa.types.is_string(f.type) else _quoted(f.name)
            for f in schema
        )
        with _session(self._url) as cursor:
            cursor.execute(f"SELECT {wanted} FROM {self._from}{self._sample}")  # noqa: S608 - quoted
            for batch in cursor.fetch_record_batch():
                yield pa.RecordBatch.from_arrays(batch.columns, names=schema.names)

    def row_count(self) -> int:
        return self._rows

    @property
    def _from(self) -> str:
        return ".".join(map(_quoted, self._table.name.split(".", 1)))

    def _sampled(self, sample: int | None) -> str:
        if sample is None or self._rows <= sample:
            return ""
        share = max(100 * sample / self._rows, 0.0001)
        return f" TABLESAMPLE BERNOULLI ({share:.6f}) REPEATABLE (0)"


def _readable(schema: pa.Schema) -> pa.Schema:
    """Numbers, days and booleans as they are; everything else as text."""
    plain = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_date32)
    return pa.schema(
        [
            f if any(test(f.type) for test in plain) else pa.field(f.name, pa.string())
            for f in schema
        ]
    )


def _session(url: str) -> Any:
    """A cursor in a read-only session; errors name the host, never user or password."""
    from contextlib import contextmanager

    @contextmanager
    def opened() -> Iterator[Any]:
        try:
            import adbc_driver_postgresql.dbapi as driver
        except ImportError as error:
            raise ExtraMissing(
                "PostgreSQL needs adbc-driver-postgresql", remedy="install habeas[sources]"
            ) from error
        try:
            with driver.connect(url) as connection, connection.cursor() as cursor:
                cursor.execute("SET default_transaction_read_only = on")
                connection.commit()
                yield cursor
        except driver.Error as error:
            raise BadInput(
                "the database doesn't answer or refuses the query",
                file=_host(url),
                remedy="check address, user and rights",
            ) from error

    return opened()


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"postgresql://{parts.hostname or 'localhost'}{parts.path}"
