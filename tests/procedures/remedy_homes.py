"""Homes for tests, made once and copied: making one costs a second, a copy a hundredth of it."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import habeas_world as world

from habeas.procedures.init_home import init_home
from habeas.records.home import open_home


@cache
def _master(party: str) -> tuple[tempfile.TemporaryDirectory, Path]:
    keep = tempfile.TemporaryDirectory()
    folder = Path(keep.name) / party
    init_home(folder, party=party, name=f"a {party}", now=world.T0).close()
    return keep, folder


def copied(party: str, folder: Path):
    """An opened home of a party in `folder`; every copy of a party has the same keys."""
    shutil.copytree(_master(party)[1], folder)
    return open_home(folder)
