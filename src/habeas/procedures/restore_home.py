"""A home out of a backup: checked file by file, built beside its place, examined, then named."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from habeas.errors import BadInput, NotVerified, Refused
from habeas.ledger.commitment import Leaf
from habeas.ledger.files import write_file
from habeas.ledger.key_lock import KeyLock
from habeas.ledger.keys import read_secret
from habeas.ledger.log import Log
from habeas.ledger.vault import epoch_of
from habeas.procedures.back_up import MANIFEST
from habeas.procedures.backup_format import KEYS_FORMAT, Header, open_backup
from habeas.procedures.check_home import Check, check_home
from habeas.procedures.custody_writes import RESTORE, RESTORE_FILE
from habeas.procedures.folder import appearing, check_free
from habeas.records.epochs import master_file

_FOLDERS = ("keys", "bases", "log")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back. erased_since: erasures in the log after the backup, None: no log to look at.

    Whoever was erased after the backup is in it again.
    """

    files: int
    entries: int
    made_at: datetime
    checks: tuple[Check, ...]
    erased_since: int | None


def restore_home(
    backup: Path,
    folder: Path,
    *,
    masters: Mapping[str, bytes],
    log: Path | None = None,
) -> Restored:
    """Restore a backup into a new folder, if every check of the home passes.

    masters: epoch -> master, from `read_backup_keys`. log: a newer copy of the same log, to see
    what the backup doesn't know. Refused if no master of its epoch is given: it is past its day.
    """
    check_free(folder)
    data = _read(backup)
    header, _ = Header.from_bytes(data, file=backup.name)
    master = masters.get(header.epoch)
    if master is None:
        raise Refused(
            "none of these keys opens this backup: the master of its epoch is destroyed, or "
            "these are another home's",
            file=backup.name,
            remedy="take the newest backup and its keys",
        )
    files = opened_archive(open_backup(data, master=master, file=backup.name), file=backup.name)
    since = None if log is None else _erased_since(log, header)
    with appearing(folder, step=RESTORE) as beside:
        _write_all(files, beside)
        _write_masters(masters, beside)
        checks = tuple(check_home(beside))
        if wrong := [check.says.en for check in checks if check.ok is False]:
            raise NotVerified(
                f"the backup does not make a sound home: {wrong[0]}", file=backup.name
            )
    return Restored(
        files=len(files),
        entries=header.entries,
        made_at=header.made_at,
        checks=checks,
        erased_since=since,
    )


def verify_backup(backup: Path, *, masters: Mapping[str, bytes]) -> Header:
    """Return the head of a backup that opens and whose every file is as it was listed."""
    data = _read(backup)
    header, _ = Header.from_bytes(data, file=backup.name)
    if header.epoch not in masters:
        raise Refused("none of these keys opens this backup", file=backup.name)
    opened_archive(
        open_backup(data, master=masters[header.epoch], file=backup.name), file=backup.name
    )
    return header


def opened_archive(archive: bytes, *, file: str) -> dict[str, bytes]:
    """The files of an archive by their place; NotVerified if one is not as listed or misplaced."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            found = {part.name: _content(tar, part) for part in tar.getmembers()}
        listed = json.loads(found.pop(MANIFEST))["sha256"]
    except (tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise NotVerified("the archive of the backup is damaged", file=file) from error
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}
    if digests != listed or any(not _is_place(name) for name in found):
        raise NotVerified("a file of the backup is not what its list says", file=file)
    return found


def _content(tar: tarfile.TarFile, part: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(part) if part.isreg() else None
    if stream is None:
        raise ValueError("not a plain file")
    return stream.read()


def _is_place(name: str) -> bool:
    """Inside the home: relative, without a step up, and not hidden."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and not any(p.startswith(".") for p in parts)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=path) from error


def _write_all(files: Mapping[str, bytes], beside: Path) -> None:
    for name in _FOLDERS:
        (beside / name).mkdir(mode=0o700)
    for name, data in files.items():
        public = name.startswith("log/")
        write_file(beside / name, data, mode=0o644 if public else 0o600, step=RESTORE_FILE)


def _write_masters(masters: Mapping[str, bytes], beside: Path) -> None:
    lock = KeyLock.of(beside / "keys")
    for epoch, master in masters.items():
        name = master_file(epoch)
        data = master if lock is None else lock.close(name, master)
        write_file(beside / "keys" / name, data, mode=0o600, step=RESTORE_FILE)


def _erased_since(log: Path, header: Header) -> int:
    """Erasures that a newer copy of the log has after the backup was made."""
    newer = Log.open(log)
    if newer.origin != header.origin:
        raise BadInput("this is another home's log", file=log)
    leaves = newer.entries(header.entries, newer.size)
    return sum(Leaf.parse(leaf).kind == "erased" for leaf in leaves)


def read_backup_keys(path: Path, *, passphrase: bytes | None) -> dict[str, bytes]:
    """Epoch -> master, from a file of `habeas backup --keys`; BadInput says what is wrong."""
    try:
        about: Any = json.loads(read_secret(path))
        if about["format"] != KEYS_FORMAT:
            raise BadInput("is not a file of backup keys", file=path)
        masters = about.get("masters")
        if masters is None:
            masters = json.loads(_unlocked(about, passphrase, path))
        found = {name: bytes.fromhex(master) for name, master in masters.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput("the file of backup keys is damaged", file=path) from error
    if any(epoch_of(master) != name for name, master in found.items()):
        raise BadInput("the file of backup keys is damaged", file=path)
    return found


def _unlocked(about: Mapping[str, Any], passphrase: bytes | None, path: Path) -> bytes:
    if passphrase is None:
        raise BadInput(
            "these keys are locked", file=path, remedy="name a file with --passphrase-file"
        )
    lock = KeyLock.from_text(json.dumps(about["lock"]), passphrase, file=path)
    return lock.open(KEYS_FORMAT, bytes.fromhex(about["locked"]))
