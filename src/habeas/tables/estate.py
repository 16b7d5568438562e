"""An estate: everything under one address that holds tables, one member after another.

A folder (mixed kinds, subfolders), a glob, an archive, a workbook, a database, an address of an
object store, or one file. Hidden files are passed over; what can't be read is named and the rest
goes on. Members are opened one at a time, so memory and unpacked bytes stay those of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

from habeas.errors import BadInput
from habeas.tables.choice import Choice
from habeas.tables.database import (
    DATABASES,
    DatabaseTable,
    PostgresReader,
    SqliteReader,
    is_postgres,
    postgres_tables,
    sqlite_tables,
)
from habeas.tables.plain_text import TEXTS, TextReader
from habeas.tables.source import SUFFIXES, Source, open_source
from habeas.tables.unpack import PACKED, Workspace, as_utf8, fetched, ungzipped, unzipped
from habeas.tables.workbook import WORKBOOKS, sheet, sheets

READABLE = (*SUFFIXES, *TEXTS, *WORKBOOKS, *DATABASES, *PACKED)
_DEEPEST = 3
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One table of an estate.

    name: how it is called in reports: path, archive!/path, workbook#sheet, database#table.
    fingerprint: SHA-256 (hex) of the bytes it comes from; None where nothing stands still.
    """

    name: str
    fingerprint: str | None
    open: Callable[[], Source] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Something in an estate that is no table we can read, and why."""

    name: str
    error: BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """What stays the same on the way through an estate."""

    choice: Choice
    sample: int | None
    work: Workspace


def members(
    where: str,
    *,
    choice: Choice | None = None,
    sample: int | None = None,
    work: Workspace,
) -> Iterator[Member | Unread]:
    """The tables at an address. sample: rows a database may draw instead of giving all.

    A member of an archive has to be read before the next is asked for. Raises BadInput only when
    nothing at all is there; what can't be read comes as Unread.
    """
    walk = _Walk(choice=choice or Choice(), sample=sample, work=work)
    if is_postgres(where):
        yield from _postgres(where, walk)
    elif "://" in where:
        for name, path in fetched(where, work):
            yield from _of_file(path, name, walk)
    else:
        yield from _local(Path(where), walk)


def _local(path: Path, walk: _Walk) -> Iterator[Member | Unread]:
    if path.is_dir():
        found = [p for p in sorted(path.rglob("*")) if _is_shown(p.relative_to(path))]
        files = {p.relative_to(path).as_posix(): p for p in found if p.is_file()}
    elif not path.exists() and any(mark in path.name for mark in "*?["):
        files = {p.name: p for p in sorted(path.parent.glob(path.name)) if p.is_file()}
    else:
        yield from _of_file(path, path.name, walk, asked=True)
        return
    readable = {n: p for n, p in files.items() if p.suffix.lower() in READABLE}
    if not readable:
        raise BadInput(
            "the folder holds no table we can read",
            file=path.name,
            remedy=f"put {', '.join(SUFFIXES)} files there",
        )
    for name, file in readable.items():
        yield from _of_file(file, name, walk)


def _is_shown(path: Path) -> bool:
    return not any(part.startswith(".") for part in path.parts)


def _of_file(
    path: Path, name: str, walk: _Walk, *, deep: int = _DEEPEST, asked: bool = False
) -> Iterator[Member | Unread]:
    """The tables in one file. asked: it was named itself, so what can't be read is an error."""
    try:
        yield from _tables_in(path, name, walk, deep=deep, asked=asked)
    except BadInput as error:
        if asked:
            raise
        yield Unread(name=name, error=error)


def _tables_in(
    path: Path, name: str, walk: _Walk, *, deep: int, asked: bool
) -> Iterator[Member | Unread]:
    suffix = path.suffix.lower()
    if suffix in (*PACKED, *DATABASES, *WORKBOOKS) and not path.is_file():
        raise BadInput("there is no such file", file=name, remedy="check the path")
    if suffix in PACKED:
        yield from _unpacked(path, name, walk, deep=deep)
    elif suffix in DATABASES:
        yield from _sqlite(path, name, walk)
    elif suffix in WORKBOOKS:
        yield from _workbook(path, name, walk)
    elif (asked or suffix in (*SUFFIXES, *TEXTS)) and walk.choice.takes(name):
        opened = partial(_plain, path, name, walk.work)
        yield Member(name=name, fingerprint=_fingerprint(path), open=opened)


def _unpacked(path: Path, name: str, walk: _Walk, *, deep: int) -> Iterator[Member | Unread]:
    if deep == 0:
        raise BadInput("archives in archives in archives are not opened", file=name)
    if path.suffix.lower() == ".gz":
        inner = ungzipped(path, walk.work)
        yield from _of_file(inner, name[: -len(".gz")], walk, deep=deep - 1)
        inner.unlink(missing_ok=True)
        return
    for inside, file in unzipped(path, walk.work):
        if file.suffix in READABLE and _is_shown(Path(inside)):
            yield from _of_file(file, f"{name}!/{inside}", walk, deep=deep - 1)
        file.unlink(missing_ok=True)


def _plain(path: Path, name: str, work: Workspace) -> Source:
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        return Source(name, TextReader(as_utf8(path, work)))
    text = suffix in (".csv", ".jsonl") and path.is_file()
    return open_source(as_utf8(path, work) if text else path, name=name)


def _workbook(path: Path, name: str, walk: _Walk) -> Iterator[Member]:
    digest = _fingerprint(path)
    for title in sheets(path):
        called = f"{name}#{title}"
        if walk.choice.takes(called):
            opened = partial(_sheet, path, title, called)
            yield Member(name=called, fingerprint=digest, open=opened)


def _sheet(path: Path, title: str, name: str) -> Source:
    return open_source(sheet(path, title), name=name)


def _sqlite(path: Path, name: str, walk: _Walk) -> Iterator[Member]:
    digest = _fingerprint(path)
    for table in sqlite_tables(path, walk.choice):
        called = f"{name}#{table.name}"
        opened = partial(_sqlite_table, path, table, called, walk.sample)
        yield Member(name=called, fingerprint=digest, open=opened)


def _sqlite_table(path: Path, table: DatabaseTable, name: str, sample: int | None) -> Source:
    return Source(name, SqliteReader(path, table, sample=sample))


def _postgres(url: str, walk: _Walk) -> Iterator[Member]:
    for table in postgres_tables(url, walk.choice):
        opened = partial(_postgres_table, url, table, walk.sample)
        yield Member(name=table.name, fingerprint=None, open=opened)


def _postgres_table(url: str, table: DatabaseTable, sample: int | None) -> Source:
    reader = PostgresReader(url, table, sample=sample)
    return Source(table.name, reader, comments=table.comments)


def _fingerprint(path: Path) -> str | None:
    if not path.is_file():
        return None
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
