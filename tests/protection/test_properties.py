"""What must hold of any copy, and what a controller who cheats can't make it hide."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, Refused
from habeas.protection.asked import Asked, AskedT
from habeas.protection.manifest import manifest_digest
from habeas.protection.plan import SUPPRESSIONS, check_plan
from habeas.protection.release import prepare
from habeas.protection.risk import measure

OPEN = {"max_suppressed": 1.0, "max_risk": 1.0}
slow_ok = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def tables(draw):
    """Small tables in which every column's values are its own, so that a leak shows."""
    rows = draw(st.integers(2, 30))

    def cells(prefix, many):
        some = st.integers(0, many).map(lambda n: f"{prefix}{n:02d}")
        return draw(st.lists(st.none() | some, min_size=rows, max_size=rows))

    return pa.table(
        {
            "dropped": pa.array(cells("dr", 20), pa.string()),
            "masked": pa.array(cells("ma", 20), pa.string()),
            "key": pa.array([f"ke{n:04d}" for n in range(rows)], pa.string()),
            "code": pa.array([None if c is None else f"{int(c[2:]):08d}" for c in cells("co", 30)]),
            "sex": pa.array(cells("se", 1), pa.string()),
            "amount": pa.array(draw(st.lists(st.integers(0, 9), min_size=rows, max_size=rows))),
            "grade": pa.array(cells("gr", 4), pa.string()),
        }
    )


def _plan(column_plan, plan_of, first=1, last=1, **more):
    return plan_of(
        column_plan("dropped", "drop"),
        column_plan("masked", "mask", params={"keep_first": first, "keep_last": last}),
        column_plan("key", "pseudonym", role="identifier"),
        column_plan("code", "ff1"),
        column_plan("sex", role="quasi_identifier"),
        column_plan("amount"),
        column_plan("grade", mark=True),
        **{"adversary": ("sex",), "k": 1, "mark_rate": 0.5, "sums": ("amount",), "joins": ("key",),
           **OPEN, **more},
    )  # fmt: skip


@pytest.fixture
def drafting(column_plan, plan_of, secret, now):
    """A plan for such a table, with what a release needs besides."""
    return lambda **more: (_plan(column_plan, plan_of, **more), secret, now)


@given(
    table=tables(),
    shown=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    suppression=st.sampled_from(SUPPRESSIONS),
)
@slow_ok
def test_no_original_value_of_a_hidden_column_is_emitted(*, drafting, table, shown, suppression):
    """Dropped, masked, pseudonymised: whatever the table and the plan, none of its values stands
    in any cell of the copy; an encrypted code stands nowhere but by chance in its own column."""
    plan, secret, now = drafting(first=shown[0], last=shown[1], suppression=suppression, k=2)
    try:
        made = prepare(table, plan, secret=secret, code=3, now=now)
    except (Refused, BadInput):
        return
    cells = {str(v) for c in made.table.columns for v in c.to_pylist() if v is not None}
    for name in ("dropped", "masked", "key"):
        assert not cells & set(table.column(name).to_pylist())
    assert "dropped" not in made.table.column_names
    others = made.table.drop(["code"])
    elsewhere = {str(v) for c in others.columns for v in c.to_pylist() if v is not None}
    assert not elsewhere & set(table.column("code").to_pylist())


@given(table=tables(), k=st.integers(1, 3))
@slow_ok
def test_declared_joins_and_sums_hold_exactly(*, drafting, table, k):
    """Each key keeps its own amount; sums over all and within each group are the base's; another
    table released to the same recipient still joins row for row."""
    plan, secret, now = drafting(k=k)
    try:
        made = prepare(table, plan, secret=secret, code=3, now=now)
    except Refused:
        return
    pairs = [
        Counter(zip(t.column("key").to_pylist(), t.column("amount").to_pylist(), strict=True))
        for t in (made.base.table, made.table)
    ]
    assert pairs[0] == pairs[1]
    sums = [
        pl.DataFrame(pl.from_arrow(t)).group_by("sex").agg(pl.col("amount").sum()).sort("sex")
        for t in (made.base.table, made.table)
    ]
    assert sums[0].equals(sums[1])
    second = prepare(
        table.select(["key", "amount"]),
        replace(
            plan,
            columns=tuple(c for c in plan.columns if c.column in ("key", "amount")),
            needed=("key", "amount"),
            adversary=(),
        ),
        secret=secret, code=4, now=now,
    )  # fmt: skip
    assert set(made.table.column("key").to_pylist()) <= set(second.table.column("key").to_pylist())


@given(table=tables())
@slow_ok
def test_swaps_leave_group_sizes_l_and_t_as_they_were(*, drafting, table):
    """Every figure for the adversary's columns is the same before and after marks, for the marked
    column too: k, groups, distinct and effective values, distance to the whole."""
    plan, secret, now = drafting()
    try:
        made = prepare(table, plan, secret=secret, code=3, now=now)
    except Refused:
        return
    before, after = (
        measure(t, ["sex"], k=5, sensitive=["grade", "amount"])
        for t in (made.base.table, made.table)
    )

    assert before == after


# A controller who cheats


def _unique(loans, loan_plan, secret, now, **more):
    return prepare(loans, loan_plan(**OPEN, **more), secret=secret, code=1, now=now)


@pytest.mark.parametrize("more", [
    {"adversary": (), "search": False},
    {"adversary": ("sex",), "k": 1},
    {"adversary": ("birth_date", "sex", "region"), "k": 1, "search": False},
])  # fmt: skip
def test_an_adversary_who_is_said_to_know_nothing_hides_no_risk(
    loans, loan_plan, secret, now, more
):
    """However little the plan claims an adversary to know, the manifest tells what a whole row
    tells, warns in words, and is not called anonymous."""
    made = _unique(loans, loan_plan, secret, now, **more)
    told = made.manifest["risk"]["marked"]
    honest = prepare(loans, loan_plan(), secret=secret, code=1, now=now).manifest["risk"]["marked"][
        "whole_row"
    ]

    assert told["whole_row"]["unique_share"] > 0.5
    assert told["whole_row"]["columns"] == honest["columns"]
    assert list(more["adversary"]) == told["adversary"]["known"]
    assert any("whole row" in each["en"] for each in made.manifest["warnings"])
    assert "not anonymised" in made.manifest["nature"]["en"]


def test_a_bound_that_bounds_nothing_is_told_with_the_figure(loans, loan_plan, secret, now):
    """t ≤ 1 and l ≥ 1 ask for nothing; the worst group's own figures stand in the manifest."""
    asked = Asked(t={"status": AskedT(at_most=1.0)})
    made = _unique(loans, loan_plan, secret, now, asked=asked, l={"status": 1}, k=1, search=False)
    told = made.manifest["risk"]["marked"]["adversary"]

    assert 1 == told["distinct_l"]["status"]
    assert told["t"]["status"] > 0.5
    assert ">0.2" == told["prosecutor_max"]


def test_a_sensitive_column_called_something_else_is_refused(
    boundary_of, boundary_column, column_plan, plan_of
):
    """The scan's word counts, not the plan's: renaming a category doesn't do away with the
    necessity that must be stated."""
    boundary = boundary_of(boundary_column("illness", category="sensitive"))
    for category in ("personal", "not_personal", "undecided"):
        plan = plan_of(column_plan("illness", category=category))
        with pytest.raises(Refused, match="the data shows it is sensitive"):
            check_plan(plan, boundary)
    with pytest.raises(Refused, match="no necessity is stated"):
        plan_of(column_plan("illness", category="sensitive"))


def test_a_figure_changed_in_the_manifest_is_another_manifest(loans, loan_plan, secret, now):
    """The digest that is logged and countersigned is over every figure."""
    made = prepare(loans, loan_plan(), secret=secret, code=1, now=now)
    digest = manifest_digest(made.manifest)
    risk = made.manifest["risk"]
    better = {
        **risk,
        "marked": {
            **risk["marked"],
            "whole_row": {**risk["marked"]["whole_row"], "unique_share": 0.0},
        },
    }

    assert digest != manifest_digest({**made.manifest, "risk": better})


def test_frames_come_out_as_they_went_in(loans, loan_plan, secret, now):
    """Arrow, Polars and pandas hold the same cells."""
    made = prepare(loans, loan_plan(), secret=secret, code=1, now=now)
    rows = defaultdict(list)
    for name in made.table.column_names:
        rows[name] = made.table.column(name).to_pylist()

    assert rows == made.to_polars().to_dict(as_series=False)
    assert rows["grade"] == made.to_pandas()["grade"].tolist()
