"""Where the passphrase of locked keys comes from: a door lends a function, nobody else asks for it.

Apart from the lock itself, because a door must not load cryptography for a command without keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Passphrase = Callable[[], bytes]
_provider: ContextVar[Passphrase | None] = ContextVar("_provider", default=None)


@contextmanager
def passphrases_from(provider: Passphrase) -> Iterator[None]:
    """Lend the function that gives the passphrase, for as long as the block lasts."""
    token = _provider.set(provider)
    try:
        yield
    finally:
        _provider.reset(token)


def lent() -> Passphrase | None:
    """The function that was lent; None where nobody did."""
    return _provider.get()
