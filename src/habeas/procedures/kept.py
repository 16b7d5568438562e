"""The encrypted files of a home: bases of releases, and what each recipient got of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from habeas.errors import NotVerified
from habeas.ledger.files import Step, remove_files, write_file
from habeas.procedures.custody_writes import FILE_KEYS
from habeas.procedures.transaction import committing
from habeas.protection.base import Base, ReleasedCopy
from habeas.records import models
from habeas.records.home import Home

_COPY = b"habeas copy/v1"


def keep(home: Home, name: str, data: bytes, *, step: Step) -> None:
    """Encrypt under a key of this file's own and write for good, readable by the owner alone."""
    sealed = home.vault().encrypt(data, file_subject(name), record=name.encode())
    write_file(home.bases / name, sealed, mode=0o600, step=step)


def file_subject(name: str) -> bytes:
    """The name under which the vault holds a file's key: destroyed, the file opens nothing."""
    return b"habeas/file/v1\0" + name.encode()


def discard(home: Home, names: Sequence[str], *, step: Step) -> None:
    """Destroy the keys of files, then remove them: a copy made meanwhile opens nothing either."""
    if not names:
        return
    with committing(home, FILE_KEYS):
        vault = home.vault()
        for name in names:
            vault.destroy(file_subject(name))
    remove_files([home.bases / name for name in names], step=step)


def kept(home: Home, name: str) -> bytes:
    """What was kept; NotVerified if the file is gone or is not what was written."""
    try:
        data = (home.bases / name).read_bytes()
    except OSError as error:
        raise NotVerified(
            f"an encrypted file of a release can't be read ({type(error).__name__})", file=name
        ) from error
    vault, subject = home.vault(), file_subject(name)
    # Files of homes of before lie under the key that they shared.
    return vault.decrypt(data, subject if vault.holds(subject) else None, record=name.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a leak can be compared with.

    past_term: releases whose base may not be used any more and was not reduced yet.
    """

    bases: tuple[Base, ...]
    copies: tuple[ReleasedCopy, ...]
    past_term: int


def kept_releases(home: Home, *, at: datetime) -> Kept:
    """Bases within their term, what is left of older ones, and the copies made of them.

    NotVerified if one was altered.
    """
    rows = models.ReleaseCopy.objects.using(home.alias).select_related("base").order_by("pk")
    usable = [row for row in rows if row.base.keep_until > at or row.base.reduced_at]
    bases = {row.base.base_id: row.base for row in usable}
    return Kept(
        bases=tuple(kept_base(home, row) for row in bases.values()),
        copies=tuple(copy_from_bytes(kept(home, row.file)) for row in usable),
        past_term=len(rows) - len(usable),
    )


def kept_base(home: Home, row: models.Base) -> Base:
    """A base that is what the manifest in the log committed to, row for row."""
    base = Base.from_bytes(kept(home, row.file))
    if base.id != row.base_id:
        raise NotVerified("a base is not the one its release names", file=row.file)
    base.verify()
    return base


def copy_to_bytes(copy: ReleasedCopy) -> bytes:
    """A copy's description as one Arrow stream: rows and canaries are columns of one row."""
    about = {
        "release_id": copy.release_id,
        "recipient": copy.recipient,
        "base_id": copy.base_id,
        "code": copy.code,
        "columns": list(copy.columns),
        "at": copy.at.isoformat(),
        "commitment": copy.commitment,
    }
    rows = None if copy.rows is None else copy.rows.astype(np.int64).tobytes()
    canaries = None if copy.canaries is None else _stream(copy.canaries)
    table = pa.table(
        {
            "rows": pa.array([rows], pa.large_binary()),
            "canaries": pa.array([canaries], pa.large_binary()),
        }
    )
    head = {b"format": _COPY, b"about": json.dumps(about).encode()}
    return _stream(table.replace_schema_metadata(head))


def copy_from_bytes(data: bytes) -> ReleasedCopy:
    table = pa.ipc.open_stream(data).read_all()
    head = table.schema.metadata or {}
    if head.get(b"format") != _COPY:
        raise NotVerified("this is not the description of a released copy")
    about = json.loads(head[b"about"])
    rows, canaries = (table.column(name)[0].as_py() for name in ("rows", "canaries"))
    return ReleasedCopy(
        release_id=about["release_id"],
        recipient=about["recipient"],
        base_id=about["base_id"],
        code=about["code"],
        rows=None if rows is None else np.frombuffer(rows, np.int64),
        columns=tuple(about["columns"]),
        canaries=None if canaries is None else pa.ipc.open_stream(canaries).read_all(),
        at=datetime.fromisoformat(about["at"]),
        commitment=about["commitment"],
    )


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def unreferenced(home: Home) -> list[Path]:
    """The encrypted files no record names: what a crash between file and record leaves."""
    named = set(models.Base.objects.using(home.alias).values_list("file", flat=True))
    named |= set(models.ReleaseCopy.objects.using(home.alias).values_list("file", flat=True))
    return sorted(path for path in home.bases.iterdir() if path.name not in named)
