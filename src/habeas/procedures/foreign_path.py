"""Paths a user names: never inside a home, one's own or another party's.

Parties exchange envelopes, not folders: what lies in a home is read and written by that home's
own records alone.
"""

from __future__ import annotations

from pathlib import Path

from habeas.errors import BadInput


def refuse_homes(path: Path) -> Path:
    """The path, unless it is a home or lies in one."""
    resolved = path.resolve()
    for folder in (resolved, *resolved.parents):
        if (folder / "home.json").is_file() and (folder / "keys").is_dir():
            raise BadInput(
                "this path lies in a home",
                file=path,
                remedy="homes exchange envelopes as files outside of any home",
            )
    return path


def read_outside(path: Path, *, limit: int) -> bytes:
    """The bytes of a file that lies in no home; BadInput if it is missing or too large."""
    refuse_homes(path)
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=path) from error
    if len(data) > limit:
        raise BadInput(f"is larger than {limit // 1024} KiB", file=path)
    return data
