"""Random bytes of the system, fetched in larger pieces: a call to it costs as much as a hash.

Each piece is used once and in one thread; a forked process begins with a new one, so that no two
ever hold the same bytes.
"""

from __future__ import annotations

import os
import threading

_PIECE = 4096


class _Local(threading.local):
    def __init__(self) -> None:
        self.piece, self.at = b"", 0


_local = _Local()


def token(size: int) -> bytes:
    """`size` random bytes, fit for keys, salts and nonces.

    >>> len(token(12))
    12
    """
    mine = _local
    end = mine.at + size
    if end > len(mine.piece):
        mine.piece, mine.at, end = os.urandom(max(_PIECE, size)), 0, size
    found = mine.piece[mine.at : end]
    mine.at = end
    return found


def _forget() -> None:
    global _local  # noqa: PLW0603 - a forked process must not share a byte with its parent
    _local = _Local()


os.register_at_fork(after_in_child=_forget)
