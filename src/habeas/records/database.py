"""A home's own database connection, added when the home is opened and named after it."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from habeas.records.setup import ensure_django

ensure_django()

from django.core.management import call_command  # noqa: E402 - Django first, then its parts
from django.db import OperationalError, connections  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.migrations.recorder import MigrationRecorder  # noqa: E402

FILE_NAME = "habeas.sqlite3"
# WAL lets readers go on while one writes; FULL means that a commit is on the disk; what is
# deleted is overwritten.
_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA secure_delete=ON;"
)
_PATIENCE_SECONDS = 60
# How many opened homes of this process share an alias; the last one to close takes it away.
_open: Counter[str] = Counter()


def connect(folder: Path) -> str:
    """Make the database of a home known to Django; return the alias of its connection.

    The alias is made of the file's identity, so that a home that was deleted and made again at
    the same place is never read through the old connection.
    """
    path = folder / FILE_NAME
    about = path.stat()
    identity = f"{path.resolve()}\0{about.st_dev}\0{about.st_ino}"
    alias = f"home-{hashlib.sha256(identity.encode()).hexdigest()[:24]}"
    _open[alias] += 1
    if alias not in connections.databases:
        wanted = {"default": {}, alias: _settings(path)}
        connections.databases[alias] = connections.configure_settings(wanted)[alias]
    return alias


def _settings(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path.resolve()),
        "OPTIONS": {
            "timeout": _PATIENCE_SECONDS,
            # A transaction that reads before it writes takes the lock at once: two processes
            # wait for each other instead of failing half way.
            "transaction_mode": "IMMEDIATE",
            "init_command": _PRAGMAS,
        },
    }


def create(folder: Path) -> None:
    """Make an empty database with all tables, readable by its owner alone."""
    path = folder / FILE_NAME
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    alias = connect(folder)
    migrate(alias)
    disconnect(alias)


def migrate(alias: str) -> None:
    call_command("migrate", database=alias, verbosity=0, interactive=False)


def is_behind(alias: str) -> bool:
    """Whether the database lacks a migration that this version of Habeas has."""
    connection = connections[alias]
    known = {key for key in MigrationLoader(None).disk_migrations or {} if key[0] == "records"}
    return not known <= set(MigrationRecorder(connection).applied_migrations())


def disconnect(alias: str) -> None:
    """Close the connection of this thread and forget the alias, once nobody else has it open."""
    if alias not in _open:
        return
    _open[alias] -= 1
    if _open[alias] > 0:
        return
    del _open[alias]
    connections[alias].close()
    del connections[alias]
    connections.databases.pop(alias, None)


def scrub(alias: str) -> bool:
    """Rewrite the database without its free pages and empty the write-ahead log.

    False if another process was reading or writing: then it is to be done again. Outside a
    transaction only.
    """
    with connections[alias].cursor() as cursor:
        try:
            cursor.execute("PRAGMA temp_store=MEMORY")  # the copy never touches another folder
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except OperationalError:
            return False
        busy: int = cursor.fetchone()[0]
    return busy == 0


def integrity(folder: Path) -> str:
    """SQLite's own word on the file: 'ok', or the first thing wrong."""
    where = f"file:{folder.resolve() / FILE_NAME}?mode=ro"
    with closing(sqlite3.connect(where, uri=True)) as connection:
        row = connection.execute("PRAGMA quick_check(1)").fetchone()
    return str(row[0])
