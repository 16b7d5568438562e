"""Keys at rest under a passphrase, or in clear again; a file at a time, each whole.

Locking writes the lock first and unlocking removes it last: a crash in between leaves some keys
locked and some not, all of which open with the passphrase, and the same command goes on.
"""

from __future__ import annotations

from pathlib import Path

from habeas.errors import BadInput
from habeas.ledger.files import remove_files, write_file
from habeas.ledger.key_lock import LOCK_FILE, KeyLock, is_locked
from habeas.ledger.keys import read_secret
from habeas.procedures.custody_writes import LOCK_END, LOCK_KEY
from habeas.procedures.custody_writes import LOCK_FILE as LOCK_WRITTEN


def lock_keys(folder: Path, passphrase: bytes) -> int:
    """Lock every key of the home in `folder`; return how many were not locked before."""
    keys = _keys(folder)
    place = keys / LOCK_FILE
    if place.exists():
        lock = KeyLock.from_text(place.read_text(encoding="utf-8"), passphrase, file=place)
    else:
        lock = KeyLock.make(passphrase)
        write_file(place, lock.to_bytes(), mode=0o600, step=LOCK_WRITTEN)
    count = 0
    for path in sorted(keys.glob("*.key")):
        data = read_secret(path)
        if not is_locked(data):
            write_file(path, lock.close(path.name, data), mode=0o600, step=LOCK_KEY)
            count += 1
    return count


def unlock_keys(folder: Path) -> int:
    """Write every key in clear again; the passphrase comes from where the door says."""
    keys = _keys(folder)
    lock = KeyLock.of(keys)
    if lock is None:
        raise BadInput("the keys of this home are not locked", file=keys)
    count = 0
    for path in sorted(keys.glob("*.key")):
        data = read_secret(path)
        if is_locked(data):
            write_file(path, lock.open(path.name, data), mode=0o600, step=LOCK_KEY)
            count += 1
    remove_files([keys / LOCK_FILE], step=LOCK_END)
    return count


def _keys(folder: Path) -> Path:
    if not (folder / "home.json").is_file():
        raise BadInput(
            "there is no home here", file=folder, remedy="make one with `habeas init --as PARTY`"
        )
    return folder / "keys"
