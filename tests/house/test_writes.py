"""Every durable write of the product stands in docs/reference/writes.md, with what a crash leaves."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import habeas.ledger
import habeas.procedures
from habeas.ledger.files import STEPS
from habeas.tables import seam

WRITES = Path(__file__).resolve().parents[2] / "docs/reference/writes.md"


def rows():
    return dict(re.findall(r"^\| `([\w.:]+)` \| (.*) \|$", WRITES.read_text(), re.MULTILINE))


def test_every_declared_write_stands_in_the_table():
    """A write nobody listed is a write nobody broke."""
    for package in (habeas.ledger, habeas.procedures):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    declared = {n: f"{s.lands} | {s.crash}" for n, s in STEPS.items() if not n.startswith("test.")}
    listed = {n: t for n, t in rows().items() if not n.startswith("table:")}

    assert declared == listed


def test_the_steps_of_a_table_stand_there_in_their_order():
    """The table room is no neighbour of the ledger's seam and has its own, listed beside."""
    assert list(seam.STEPS) == [n.removeprefix("table:") for n in rows() if n.startswith("table:")]


def test_procedures_write_through_the_seams_only():
    """A file written beside them can't be broken by a test."""
    words = re.compile(
        r"\.write_text\(|\.write_bytes\(|os\.(?:rename|replace|fsync)\(|shutil\.(?!rmtree)"
    )
    for source in Path(habeas.procedures.__path__[0]).glob("*.py"):
        assert [] == words.findall(source.read_text()), source.name
