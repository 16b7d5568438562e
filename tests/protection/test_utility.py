"""What a copy is good for: errors by hand, AUC by counting pairs, and what may be told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput
from habeas.protection.plan_file import plan_from
from habeas.protection.release import prepare
from habeas.protection.report import render
from habeas.protection.utility import auc, cell_errors, logistic, utility


def _column(values, kind=None):
    return pa.chunked_array([pa.array(values, kind)])


def test_errors_by_hand():
    """Text counts in full, numbers by the span of the middle eight tenths, at most 1."""
    assert [0.0, 1.0, 1.0] == cell_errors(
        _column(["a", "b", None]), _column(["a", "c", "x"])
    ).tolist()
    was = list(range(0, 101, 10))  # tenth to ninetieth percentile: 10 … 90
    now = [0, 50, *was[2:-1], 1_000]
    errors = cell_errors(_column(was), _column(now))
    assert [0.0, 0.5, 1.0] == [errors[0], errors[1], errors[-1]]
    days = [date(2020, 1, n) for n in range(1, 12)]
    moved = cell_errors(_column(days), _column([days[4], *days[1:]]))
    assert pytest.approx(4 / 8) == moved[0]
    assert 0.0 == cell_errors(_column([1.0, None]), _column([1.0, None])).sum()
    assert 1.0 == cell_errors(_column([1.0, 2.0]), _column([None, 2.0]))[0]


@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=2, max_size=40))
@settings(max_examples=80, deadline=None)
def test_auc_is_the_share_of_pairs_ranked_rightly(rows):
    """Counted pair by pair, ties as halves."""
    scores = np.array([float(s) for s, _ in rows])
    happened = np.array([h for _, h in rows])
    if happened.all() or not happened.any():
        return
    pairs = [
        1.0 if a > b else 0.5 if a == b else 0.0
        for a in scores[happened]
        for b in scores[~happened]
    ]

    assert np.mean(pairs) == pytest.approx(auc(scores, happened))


def test_the_regression_is_where_its_slope_vanishes():
    """At the optimum no weight can be bettered: the gradient of the ridge likelihood is nought."""
    rng = np.random.default_rng(2)
    features = np.column_stack([np.ones(400), rng.normal(size=(400, 3))])
    happened = (rng.random(400) < 1 / (1 + np.exp(-features @ [0.2, 1.0, -2.0, 0.0]))).astype(float)
    weights = logistic(features, happened)
    chance = 1 / (1 + np.exp(-features @ weights))
    slope = features.T @ (happened - chance) - np.array([1e-9, 1, 1, 1]) * weights

    assert np.abs(slope).max() < 1e-6
    assert np.abs(weights - [0.2, 1.0, -2.0, 0.0]).max() < 0.6


def test_the_most_affected_persons_are_found():
    """One person of a hundred has all the error: theirs is what is told, not the mean."""
    rows = 300
    who = [f"P{n // 3}" for n in range(rows)]
    was = ["x"] * rows
    now = ["y"] * 3 + ["x"] * (rows - 3)
    base = pa.table({"who": who, "v": was})
    marked = base.set_column(1, "v", pa.array(now))
    found = utility(base, base, marked, outcome=None, person="who")

    assert ("v", 0.01) == (found.worst_column, found.worst_error)
    assert 0.5 == found.most_affected
    assert {
        "worst_column_error_at_most": 0.01,
        "most_affected_error_at_most": 0.5,
        "auc": None,
    } == (found.to_json())
    same = utility(base, base, base, outcome=None, person=None)
    assert (None, 0.0, 0.0) == (same.worst_column, same.worst_error, same.most_affected)


def test_a_release_tells_its_use_and_not_where_its_marks_are(loans, loan_plan, secret, now):
    """The manifest is the recipient's: figures, and no column's name; the page is the
    controller's."""
    plan = loan_plan(outcome="status", mark_rate=0.2)
    made = prepare(loans, plan, secret=secret, code=1, now=now)
    told = made.manifest["utility"]

    assert plan == plan_from(plan.to_mapping())
    assert made.utility.worst_column in ("rate", "grade", "channel")
    assert {"worst_column_error_at_most", "most_affected_error_at_most", "auc"} == set(told)
    assert {"before", "transformed", "handed_out"} == set(told["auc"])
    assert made.utility.worst_error <= told["worst_column_error_at_most"]
    assert "AUC" in render(made)
    with pytest.raises(BadInput, match="isn't handed out"):
        loan_plan(outcome="mobile")
    again = prepare(
        loans,
        replace(plan, shared_pseudonyms=False),
        secret=secret,
        code=2,
        now=now,
        base=made.base,
    )
    assert again.utility.auc_source is None


def test_a_real_credit_model_hardly_changes(shared_tables, column_plan, plan_of, secret, now):
    """Thirty thousand card holders: marks at the default rate move a default model's AUC by less
    than one point, and the published figure for such a model is about 0.72."""
    frame = pl.read_csv(shared_tables / "creditcard.csv", separator=";")
    table = frame.to_arrow()
    known = ("SEX", "EDUCATION", "MARRIAGE", "AGE")
    last = frame.columns[-1]
    columns = [
        column_plan("ID", "pseudonym", role="identifier"),
        *(column_plan(n, role="quasi_identifier") for n in known[:3]),
        column_plan(
            "AGE", "generalise", params={"by": "bands", "width": 5}, role="quasi_identifier"
        ),
        *(
            column_plan(n, mark=not n.startswith("LIMIT") and n != last)
            for n in frame.columns
            if n not in ("ID", *known)
        ),
    ]
    plan = plan_of(
        *columns, adversary=known, search=True, k=5, outcome=last, mark_rate=0.04,
        decided_on=(last,), subject_column="ID",
    )  # fmt: skip
    made = prepare(table, plan, secret=secret, code=1, now=now)

    assert 0.70 < made.utility.auc_source < 0.78
    assert abs(made.utility.auc_copy - made.utility.auc_base) < 0.01
    assert made.utility.worst_error < 0.03
