"""The main job on data we did not make: 10,000 real loans, three recipients, leaks, a trace.

Through the commands a user runs, in homes on disk.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from habeas.cli.door import run
from habeas.demo.leaks import leak_of_portfolio, leak_of_release
from habeas.tables.source import open_source
from habeas.tables.write import write_table

HERE = Path(__file__).resolve().parent
LOANS = HERE.parents[1].parent / "shared/data/tables/loans_full_schema.csv"
pytestmark = pytest.mark.skipif(not LOANS.exists(), reason="the real loans are not beside us")


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loans")
    home = str(folder / "platform")
    table = open_source(LOANS).read()
    ids = pa.array([f"LN{2018_000_000 + 97 * n}" for n in range(table.num_rows)])
    names = [name or "row" for name in table.column_names]
    table = table.rename_columns(names).drop_columns(["row"]).add_column(0, "loan_id", ids)
    write_table(table, folder / "loans.parquet")
    said = pa.table({"subject_id": ids, "choice": ["given"] * table.num_rows})
    write_table(said, folder / "choices.csv")
    assessment = (HERE / "loans_assessment.yaml").read_text()
    today = datetime.now(UTC).date().isoformat()
    (folder / "assessment.yaml").write_text(assessment.replace("{today}", today))
    for command in (
        ["init", "--as", "controller", "--name", "Lender"],
        ["activity", "declare", str(HERE / "loans_activity.yaml")],
        ["notice", "publish", "lending"],
        ["choice", "record", "--activity", "lending", "--from", str(folder / "choices.csv")],
        [
            "report",
            "assessment",
            "--activity",
            "lending",
            "--from",
            str(folder / "assessment.yaml"),
        ],
        *(release(folder, *one) for one in RELEASES),
    ):
        assert 0 == run([*command, "--home", home]), command
    return folder


RELEASES = (
    ("vendor-a", "credit_assessment"),
    ("vendor-b", "analytics"),
    ("collector", "debt_collection"),
)


def release(folder, to, purpose):
    out = str(folder / f"{to}.parquet")
    source = str(folder / "loans.parquet")
    return ["release", source, "--activity", "lending", "--to", to, "--purpose", purpose, "-o", out]


def traced(folder, leak, name, capsys):
    path = folder / f"{name}.csv"
    write_table(leak, path)
    capsys.readouterr()
    original = str(folder / "loans.parquet")
    home = str(folder / "platform")
    code = run(["trace", str(path), "--original", original, "--home", home, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("leaker", ["vendor-a", "vendor-b"])
def test_a_twentieth_of_one_copy_names_it(stage, leaker, capsys):
    """5 % of rows, columns renamed and shuffled, a fifth of the cells altered: the right one."""
    copy = open_source(stage / f"{leaker}.parquet").read()
    leak = leak_of_release(copy, share=0.05, alter=0.2, seed=11)
    code, found = traced(stage, leak, f"leak_{leaker}", capsys)

    assert (0, "named", [leaker]) == (code, found["outcome"], found["named"])


def test_two_hundred_rows_of_a_portfolio_name_the_collector(stage, capsys):
    """Unaltered rows carry no marks: membership and canary rows name it, the others are cleared."""
    copy = open_source(stage / "collector.parquet").read()
    code, found = traced(stage, leak_of_portfolio(copy, 200, 5), "leak_portfolio", capsys)

    assert (0, ["collector"]) == (code, found["named"])
    assert {"vendor-a", "vendor-b"} == set(found["excluded"])


def test_the_controllers_own_original_excludes_everybody(stage, capsys):
    """Clearing matters as much as naming."""
    table = open_source(stage / "loans.parquet").read()
    rows = np.random.default_rng(3).permutation(table.num_rows)[:500]
    _, found = traced(stage, table.take(pa.array(rows)), "leak_own", capsys)

    assert "all_excluded" == found["outcome"]
    assert found["consistent_with_original"] is True
