"""A platform on disk for the commands of a home, and a way to call the door as a user does."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

# The commands of a home that read the clock; the assessment of the world is of its first day.
CLOCKED = [
    "activity",
    "choice",
    "countersign",
    "init",
    "notice",
    "person",
    "release",
    "report",
    "trace",
]
_WORLD = Path(__file__).resolve().parent.parent / "procedures" / "world.py"


def _world():
    if "habeas_world" not in sys.modules:
        spec = importlib.util.spec_from_file_location("habeas_world", _WORLD)
        sys.modules["habeas_world"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["habeas_world"])
    return sys.modules["habeas_world"]


@dataclass
class Said:
    """What a command said, and with which exit code it left."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def habeas(capfd, monkeypatch):
    """Call a command in this process, as the console script does."""
    from habeas.cli.door import run

    monkeypatch.delenv("HABEAS_HOME", raising=False)

    def call(*arguments):
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capfd.readouterr()
        return Said(code=code, out=said.out, err=said.err)

    return call


@pytest.fixture
def world():
    return _world()


@pytest.fixture
def platform(habeas, world, tmp_path, monkeypatch):
    """A controller's home that may release; HABEAS_HOME names it."""
    folder = tmp_path / "platform"
    monkeypatch.setenv("HABEAS_HOME", str(folder))
    for name in CLOCKED:  # each holds the clock under its own name
        monkeypatch.setattr(f"habeas.cli.{name}.clock", lambda: world.T0)
    for command in (
        ("init", "--as", "controller", "--name", "Example Loans"),
        ("activity", "declare", world.ACTIVITY),
        ("notice", "publish", "loan-servicing"),
        ("report", "assessment", "--activity", "loan-servicing", "--from", world.ASSESSMENT),
    ):
        said = habeas(*command)
        assert said.code == 0, said.err
    return folder


@pytest.fixture
def loans(world, tmp_path):
    """The table of borrowers as a file."""
    from habeas.tables.write import write_table

    path = tmp_path / "loans.parquet"
    write_table(world.table(), path)
    return path
