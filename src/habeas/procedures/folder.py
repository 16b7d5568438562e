"""A folder that appears whole: built beside its place, one durable file at a time, then renamed."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from habeas.errors import BadInput
from habeas.ledger.files import Step, landing, sync_folder, unwritable


@contextmanager
def appearing(folder: Path, *, step: Step) -> Iterator[Path]:
    """Yield a hidden folder to fill; when the body ends it gets its name, else it is removed.

    Raises BadInput if the place is taken.
    """
    check_free(folder)
    folder = Path(folder.resolve())
    beside = folder.parent / f".{folder.name}.{secrets.token_hex(8)}.partial"
    try:
        beside.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise unwritable(error, folder.parent) from error
    try:
        yield beside
        with landing(step):
            if folder.exists():
                folder.rmdir()
            beside.rename(folder)
            sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def check_free(folder: Path) -> None:
    """BadInput unless nothing, or an empty folder, is at this place."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(
            "there is something here already", file=folder.name, remedy="name another folder"
        )
