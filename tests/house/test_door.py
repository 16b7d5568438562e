"""The door: quick help, one sentence for a mistake, exit codes as promised."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from habeas.cli.door import COMMANDS, module_of, run

HEAVY = ("numba", "polars", "pyarrow", "django", "typer", "numpy", "scipy", "z3")


def test_help_loads_nothing_heavy():
    """`habeas --help` answers at once: commands are imported when they are called."""
    code = (
        "import sys; from habeas.cli.door import run; run(['--help']);"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == out.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_loads_heavy_libraries_to_be_defined(name):
    """Its options are known before numba, polars or Django are: `--help` of a command is quick."""
    code = (
        f"import sys, {module_of(name)};"
        f"print([m for m in {tuple(m for m in HEAVY if m != 'typer')!r} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == out.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_app(name):
    """The table in door.py and the files beside it agree."""
    assert import_module(module_of(name)).app is not None


def test_an_unknown_command_is_bad_input(capsys):
    """Exit 2, and where to look."""
    assert 2 == run(["frobnicate"])
    assert "--help" in capsys.readouterr().err


def test_an_unknown_option_is_bad_input(capsys):
    """The parser's own mistakes are a user's mistakes, not ours."""
    assert 2 == run(["facts", "--frobnicate"])
    assert "Traceback" not in capsys.readouterr().err


def test_an_internal_fault_prints_no_value(capsys, monkeypatch):
    """The text of an exception may hold a cell; only its type and place are printed."""
    import typer

    app = typer.Typer()

    @app.command()
    def facts() -> None:
        raise RuntimeError("zq7-marked-value")

    monkeypatch.setattr("habeas.cli.facts.app", app)

    assert 1 == run(["facts"])
    said = capsys.readouterr()
    assert "zq7" not in said.err + said.out
    assert "RuntimeError" in said.err
