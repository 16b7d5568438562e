"""One process at a time in a folder, for as long as it lives or until it lets go."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

from habeas.errors import BadInput
from habeas.ledger.files import unwritable

LOCK = ".lock"
_WAITS = 600  # how often a second process asks: soon at first, then every 20 ms, for 11 seconds


def take_lock(folder: Path, *, says: str) -> int:
    """Take the folder's lock; BadInput with `says` if another process keeps it for 11 seconds."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise unwritable(error, folder / LOCK) from error
    for tried in range(_WAITS):
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        time.sleep(0.001 if tried < 50 else 0.02)
    os.close(handle)
    raise BadInput(says, file=folder, remedy="try again")


def release(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)
