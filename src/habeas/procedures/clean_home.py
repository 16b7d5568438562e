"""Removing what a crash or Ctrl-C left in a home: files that no record names.

A release writes its files before its record, so a young one may belong to a release that is just
being made: only files older than an hour are removed.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from habeas.ledger.files import landing, remove_files, shred_files
from habeas.ledger.keys import VerifierKey
from habeas.procedures.collect_evidence import folders, pieces, store
from habeas.procedures.custody_writes import CLEAN
from habeas.procedures.exchange_keys import key_file
from habeas.procedures.kept import discard, unreferenced
from habeas.records.custody import Epoch, LogKey
from habeas.records.epochs import master_file
from habeas.records.exchange import OwnKey
from habeas.records.home import Home, log_key_file

YOUNGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """How many files were removed of which kind. young: left, because they are too young."""

    encrypted: int
    keys: int
    partial: int
    young: int


def clean_home(home: Home, *, now: datetime) -> Cleaned:
    """Remove encrypted files with their keys, keys, and half-built files that no record names."""
    encrypted, keys, partial = left_over(home)
    old = {path for path in (*encrypted, *keys, *partial) if _age(path, now) >= YOUNGEST}
    gone = [path for path in encrypted if path in old]
    discard(home, [path.name for path in gone if path.parent == home.bases], step=CLEAN)
    if elsewhere := [path for path in gone if path.parent != home.bases]:
        remove_files(elsewhere, step=CLEAN)
    shred_files([path for path in keys if path in old], step=CLEAN)
    for path in partial:
        if path in old:
            _remove(path)
    return Cleaned(
        encrypted=len(gone),
        keys=sum(path in old for path in keys),
        partial=sum(path in old for path in partial),
        young=len({*encrypted, *keys, *partial} - old),
    )


def left_over(home: Home) -> tuple[list[Path], list[Path], list[Path]]:
    """Encrypted files, keys, and half-built files or folders that nothing names."""
    partial = sorted(home.folder.rglob(".*.partial"))
    hidden = set(partial)
    encrypted = [path for path in unreferenced(home) if path not in hidden]
    return [*encrypted, *_evidence(home, hidden)], _keys(home), partial


def _evidence(home: Home, hidden: set[Path]) -> list[Path]:
    if home.party != "person" or not store(home).is_dir():
        return []
    named = {piece.kept_as for name in folders(home) for piece in pieces(home, name)}
    found = sorted(store(home).iterdir())
    return [path for path in found if path.name not in named and path not in hidden]


def _keys(home: Home) -> list[Path]:
    """Masters and envelope keys that were written and never came into force, or ended."""
    alive = Epoch.objects.using(home.alias).filter(destroyed_at=None)
    named = {master_file(name) for name in alive.values_list("name", flat=True)}
    for vkey in OwnKey.objects.using(home.alias).values_list("vkey", flat=True):
        named.add(key_file(VerifierKey.parse(vkey)))
    for vkey in LogKey.objects.using(home.alias).values_list("vkey", flat=True):
        named.add(log_key_file(VerifierKey.parse(vkey)))
    folder = home.folder / "keys"
    kinds = ("master", "envelope", "log")
    found = [path for kind in kinds for path in folder.glob(f"{kind}.*.key")]
    return sorted(path for path in found if path.name not in named)


def _age(path: Path, now: datetime) -> timedelta:
    try:
        return now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:  # somebody else's, renamed meanwhile
        return timedelta(0)


def _remove(path: Path) -> None:
    with landing(CLEAN, "remove"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
