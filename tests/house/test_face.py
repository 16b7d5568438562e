"""The Python face: five verbs, loaded late, equal to the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pandas as pd
import polars as pl
import pytest

import habeas
from habeas.cli.door import run
from habeas.errors import BadInput
from habeas.terms import Status

DAY = date(2026, 3, 1)
ROWS = {
    "mobile": ["13800138000", "13900139000", "13700137000"] * 20,
    "note": ["a", "b", "c"] * 20,
}


def test_import_loads_nothing():
    """`import habeas` in a notebook is immediate."""
    code = "import sys, habeas; print([m for m in ('numpy','polars','django') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == out.stdout.strip()


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pl.LazyFrame])
def test_frames_of_several_libraries_give_one_boundary(frame):
    """pandas, Polars eager and lazy: the same line."""
    found = habeas.scan(frame(ROWS), as_of=DAY)

    assert "personal" == found.column("mobile").category.value


def test_decide_agrees_with_the_command_line(tmp_path, capsys):
    """One matter, two doors, one answer."""
    matter = {"format": "matter/v1", "id": "m", "law": ["cn"], "uses": {"u1": {"consent": "given"}}}
    path = tmp_path / "m.json"
    path.write_text(json.dumps(matter))
    code = run(["decide", str(path), "--json", "--as-of", "2026-03-01"])
    said = json.loads(capsys.readouterr().out)

    assert (4, Status.UNDETERMINED) == (code, habeas.decide(matter, as_of=DAY).status)
    assert said == json.loads(json.dumps(habeas.decide(matter, as_of=DAY).to_json()))


def test_bad_input_is_bad_input_here_too(tmp_path):
    """The same error class at both doors."""
    with pytest.raises(BadInput):
        habeas.scan(tmp_path / "nothing.csv")
    with pytest.raises(BadInput):
        habeas.verify(b"nothing")
    with pytest.raises(AttributeError):
        habeas.frobnicate  # noqa: B018
