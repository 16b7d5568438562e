"""A backup: one consistent file, encrypted under the master of its epoch (specs/backup-v1.md).

When that master is destroyed, nobody opens the backup any more: that is how an erasure reaches
backups. What opens it meanwhile is a second, small file, to be kept elsewhere and replaced once an
epoch; without it, whoever finds the backup has nothing, and who loses the home with it has nothing
either.
"""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from habeas.errors import BadInput
from habeas.ledger.files import write_file
from habeas.ledger.key_lock import KeyLock
from habeas.procedures.backup_format import KEYS_FORMAT, Header, seal_backup
from habeas.procedures.custody_writes import BACKUP, BACKUP_KEYS, BACKUP_RECORDS
from habeas.procedures.foreign_path import refuse_homes
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.rotate_epoch import masters_kept, period
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records import database
from habeas.records.custody import Epoch
from habeas.records.epochs import current_epoch
from habeas.records.home import Home

MANIFEST = "MANIFEST.json"
_SKIPPED = {".lock", ".staging"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """sha256: of the whole file. opens_until: when the master of its epoch is destroyed."""

    sha256: str
    files: int
    size: int
    entries: int
    opens_until: datetime


def back_up(home: Home, out: Path, *, now: datetime) -> BackedUp:
    """Write a backup of the whole home; no writer and no sequencer moves while it is read."""
    _must_be_new(out)
    sequence(home, now=now)
    with committing(home, BACKUP_RECORDS):
        period(home)
    with home.sequencer() as log, transaction.atomic(using=home.alias):
        files = _files(home)
        entries = log.size
        epoch = Epoch.objects.using(home.alias).get(name=current_epoch(home.alias))
        master = masters_kept(home)[epoch.name]
    header = Header(origin=home.origin, epoch=epoch.name, made_at=now, entries=entries)
    data = seal_backup(_archive(files), master=master, header=header)
    write_file(out, data, mode=0o600, step=BACKUP)
    made = BackedUp(
        sha256=hashlib.sha256(data).hexdigest(),
        files=len(files),
        size=len(data),
        entries=entries,
        opens_until=epoch.destroy_by,
    )
    _record(home, made, now=now)
    return made


def _must_be_new(out: Path) -> None:
    if out.exists():
        raise BadInput("there is a file here already", file=out, remedy="choose another name")
    if not out.parent.is_dir():
        raise BadInput("there is no such folder", file=out.parent, remedy="make it first")
    refuse_homes(out)


def _record(home: Home, made: BackedUp, *, now: datetime) -> None:
    payload = {
        "sha256": made.sha256,
        "entries": made.entries,
        "opens_until": made.opens_until.isoformat(),
    }
    with committing(home, BACKUP_RECORDS):
        add_entry(home, Happening(kind="backup", payload=payload), now=now)
    sequence(home, now=now)


def _files(home: Home) -> dict[str, bytes]:
    """Every file of the home by its place in it, but masters and what is not finished."""
    found = {}
    for path in sorted(home.folder.rglob("*")):
        place = path.relative_to(home.folder)
        if path.is_file() and _belongs(place):
            found[place.as_posix()] = path.read_bytes()
    found[database.FILE_NAME] = _snapshot(home)
    return found


def _belongs(place: Path) -> bool:
    hidden = any(part.startswith(".") for part in place.parts)
    is_master = place.parts[0] == "keys" and place.name.startswith("master")
    return not (hidden or is_master or place.name.startswith(database.FILE_NAME))


def _snapshot(home: Home) -> bytes:
    """The records as of the last commit, as one file, through SQLite's own backup."""
    where = f"file:{(home.folder / database.FILE_NAME).resolve()}?mode=ro"
    with closing(sqlite3.connect(where, uri=True)) as source, closing(_memory()) as copy:
        source.backup(copy)
        return copy.serialize()


def _memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:")


def _archive(files: dict[str, bytes]) -> bytes:
    """A tar of the files, after a list of their digests."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    listed = json.dumps({"format": "habeas/backup-files/v1", "sha256": digests}).encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in {MANIFEST: listed, **files}.items():
            about = tarfile.TarInfo(name)
            about.size, about.mode = len(data), 0o600
            tar.addfile(about, io.BytesIO(data))
    return buffer.getvalue()


def write_backup_keys(home: Home, out: Path, *, passphrase: bytes | None, now: datetime) -> int:
    """Write what opens this home's backups; return how many masters are in it.

    To be kept apart from the backups and replaced after each epoch: an old one left lying about
    opens what an erasure promised that nothing would.
    """
    refuse_homes(out)
    with committing(home, BACKUP_RECORDS):
        period(home)
    masters = masters_kept(home)
    about: dict[str, Any] = {"format": KEYS_FORMAT, "origin": home.origin, "at": now.isoformat()}
    held = json.dumps({name: master.hex() for name, master in masters.items()}).encode()
    if passphrase is None:
        about["masters"] = {name: master.hex() for name, master in masters.items()}
    else:
        lock = KeyLock.make(passphrase)
        about["lock"] = json.loads(lock.to_bytes())
        about["locked"] = lock.close(KEYS_FORMAT, held).hex()
    text = json.dumps(about, indent=2).encode() + b"\n"
    write_file(out, text, mode=0o600, step=BACKUP_KEYS)
    return len(masters)
