"""What a plan needs beside the table: hierarchies where it lies, a population for k-map."""

from __future__ import annotations

from dataclasses import replace

import habeas_world as world
import pyarrow as pa
import pytest

from habeas.errors import BadInput
from habeas.procedures.propose_release import propose_release
from habeas.procedures.record_choice import Said, record_choice
from habeas.procedures.release_data import Beside, release_data
from habeas.protection.asked import Asked
from habeas.rights.choice import ChoiceState
from habeas.tables.source import open_source

USE = {"activity": "loan-servicing", "recipient": "vendor", "purpose": "credit_assessment"}


def _plan(home):
    """The drafted plan; everybody has consented to the use."""
    said = [
        Said(subject=who, state=ChoiceState.GIVEN)
        for who in world.table().column("borrower_id").to_pylist()
    ]
    record_choice(home, said, activity="loan-servicing", now=world.later(30))
    source = open_source(world.table(), name="loans")
    now = world.later(60)
    return propose_release(home, source, **USE, book=world.book(), now=now).plan


def _release(home, out, plan, beside):
    return release_data(
        home,
        open_source(world.table(), name="loans"),
        out,
        **USE,
        book=world.book(),
        now=world.later(60),
        plan=plan,
        beside=beside,
    )


def test_k_map_is_met_against_the_population_given(platform, tmp_path):
    """The persons of the table are part of a larger body; only with it can k-map be asked for,
    and the manifest tells the journalist's risk."""
    plan = replace(_plan(platform), asked=Asked(k_map=2))
    everybody = pa.concat_tables([world.table(), world.table()])
    with pytest.raises(BadInput, match="no table of it was given"):
        _release(platform, tmp_path / "a.parquet", plan, Beside())
    made = _release(
        platform, tmp_path / "b.parquet", plan, Beside(population=open_source(everybody))
    )
    told = made.release.manifest["copy"]["risk"]["marked"]["adversary"]["population"]

    assert {"k_map", "journalist_max", "journalist_average"} == set(told)
    assert not (tmp_path / "a.parquet").exists()


def test_hierarchies_lie_where_the_plan_says(platform, tmp_path):
    """A hierarchy file is read from the folder given, by the name the plan has for it."""
    drafted = _plan(platform)
    name = drafted.adversary[0]
    values = sorted({str(v) for v in world.table().column(name).to_pylist()})
    (tmp_path / "h.csv").write_text("".join(f"{v};some;*\n" for v in values), encoding="utf-8")
    columns = tuple(
        replace(c, transform="generalise", params={"by": "hierarchy", "file": "h.csv", "level": 1})
        if c.column == name
        else c
        for c in drafted.columns
    )
    plan = replace(drafted, columns=columns)
    with pytest.raises(BadInput, match="no folder to look for it"):
        _release(platform, tmp_path / "a.parquet", plan, Beside())
    _release(platform, tmp_path / "b.parquet", plan, Beside(folder=tmp_path))
    got = set(open_source(tmp_path / "b.parquet").read().column(name).to_pylist())

    assert got <= {"some", "*", *values}
    assert "some" in got or "*" in got
