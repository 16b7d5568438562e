"""Every write of this room goes through a named step, so that a test can break each one.

The steps of one file, in order: open, write (once a batch), finish, fsync, rename, fsync_folder.
A file has its final name from `rename` on and is whole by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

Moment = Literal["before", "after"]
Hook = Callable[[str, Moment], None]

STEPS: tuple[str, ...] = ("open", "write", "finish", "fsync", "rename", "fsync_folder")

_HOOK: ContextVar[Hook | None] = ContextVar("habeas_tables_hook", default=None)


@contextmanager
def faults(hook: Hook) -> Iterator[None]:
    """Call `hook(step, moment)` around every write made inside; it may raise or kill."""
    token = _HOOK.set(hook)
    try:
        yield
    finally:
        _HOOK.reset(token)


@contextmanager
def step(name: str) -> Iterator[None]:
    """One write. A name that is not in STEPS is a mistake of ours."""
    if name not in STEPS:
        raise ValueError(f"write step {name!r} is not in the table of steps")
    if (hook := _HOOK.get()) is not None:
        hook(name, "before")
    yield
    if (hook := _HOOK.get()) is not None:
        hook(name, "after")
