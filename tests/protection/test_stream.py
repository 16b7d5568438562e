"""A release in parts is the release in one piece: same optimum, same rows, traceable."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, Refused
from habeas.protection.asked import Asked, AskedT
from habeas.protection.groups import group_ids, group_sizes
from habeas.protection.release import prepare
from habeas.protection.stream import Streaming, recut
from habeas.protection.survey import survey
from habeas.relief.trace import trace


def _batches(table, rows=300):
    return [table.slice(at, rows) for at in range(0, table.num_rows, rows)]


def _streamed(table, plan, secret, now, *, code=1, rows=300, part=700):
    seen = survey(_batches(table, rows), plan, secret=secret)
    run = Streaming(seen, secret=secret, code=code, now=now)
    parts = [made for b in recut(_batches(table, rows), part) if (made := run.part(b)) is not None]
    return seen, run, parts


def _rows(table):
    return Counter(map(repr, table.to_pylist()))


VARIANTS = [
    {},
    {"search": False, "max_suppressed": 1.0, "k": 3, "max_risk": 1.0},
    {"recoding": "local"},
    {"l": {"status": 3}, "asked": Asked(t={"grade": AskedT(at_most=0.35)}), "max_suppressed": 0.5},
    {"adversary": ()},
]


@pytest.mark.parametrize("more", VARIANTS)
def test_parts_hold_the_rows_of_the_whole(loans, loan_plan, secret, now, more):
    """The same search result, the same rows suppressed, the same cells before marks, the same
    risk, whatever the cut; and every part's base opens."""
    plan = loan_plan(**{"k": 20, **more})
    whole = prepare(loans, plan, secret=secret, code=1, now=now)
    seen, run, parts = _streamed(loans, plan, secret, now)

    assert whole.plan == seen.applied
    assert _rows(whole.base.table) == sum((_rows(p.base.table) for p in parts), Counter())
    assert whole.risk.rows_suppressed == seen.suppressed
    assert loans.num_rows == run.rows_in == seen.rows
    ours, theirs = seen.after, whole.risk.marked.adversary
    assert (theirs.k, theirs.groups, theirs.rows) == (ours.k, ours.groups, ours.rows)
    before = whole.risk.before.adversary
    if not plan.search:
        assert before.rows == seen.before.rows
    if whole.search is not None:
        assert whole.search.loss == pytest.approx(seen.found.optimum.loss, abs=1e-12)
    for made in parts:
        made.base.verify()
    assert {run.release_id} == {made.copy.release_id for made in parts}


def test_marks_stay_in_groups_and_canaries_come_once(loans, loan_plan, secret, now):
    """Within a part a swap leaves every group's values as they were; the canaries are in the
    first part alone."""
    plan = loan_plan(k=20, canaries=3, contact_domain="canary.example")
    _, run, parts = _streamed(loans, plan, secret, now)

    assert [3, 0, 0] == [made.table.num_rows - made.base.table.num_rows for made in parts]
    assert run.positions > 0
    assert run.altered > 0
    for made in parts:
        marked = made.table.filter(
            pa.array(~np.isin(made.table.column("borrower_id").to_numpy(), _canary_keys(made)))
        )
        groups = group_ids(made.base.table, plan.adversary)
        for name in ("rate", "grade", "channel"):
            was = sorted(
                zip(groups.tolist(), made.base.table.column(name).to_pylist(), strict=True)
            )
            here = group_ids(marked, plan.adversary)
            assert [v for _, v in was] != []
            assert Counter(group_sizes(groups).tolist()) == Counter(group_sizes(here).tolist())
            assert Counter(made.base.table.column(name).to_pylist()) == Counter(
                marked.column(name).to_pylist()
            )


def _canary_keys(made):
    return (
        [] if made.copy.canaries is None else made.copy.canaries.column("borrower_id").to_pylist()
    )


def test_a_streamed_copy_is_traced(loans, loan_plan, secret, now):
    """Half a copy of many parts leaks: its recipient is named and the other is not."""
    big = pa.concat_tables(
        [loans.set_column(0, "borrower_id", pa.array([f"{x}{n}" for x in loans.column(0).to_pylist()]))
         for n in range(3)]
    )  # fmt: skip
    plan = loan_plan(mark_rate=0.5)
    out = {}
    bases, copies = [], []
    for code, name in enumerate(("甲公司", "乙公司")):
        _, _, parts = _streamed(
            big, replace(plan, recipient=name), secret, now, code=code, part=3_000
        )
        out[name] = pa.concat_tables([made.table for made in parts])
        bases += [made.base for made in parts]
        copies += [made.copy for made in parts]
    found = trace(
        out["乙公司"].slice(500, 3_000),
        bases=bases,
        copies=copies,
        secrets={base.id: (secret, base.salt) for base in bases},
    )

    assert ("乙公司",) == tuple(found.named)


def test_a_table_that_changes_between_the_passes_is_not_released(loans, loan_plan, secret, now):
    """What was not counted has no group, so it must not leave."""
    seen = survey(_batches(loans.slice(0, 1_000)), loan_plan(), secret=secret)
    run = Streaming(seen, secret=secret, code=1, now=now)

    with pytest.raises(BadInput, match="than when it was counted"):
        run.part(loans)


def test_what_cannot_be_streamed_is_said(loans, loan_plan, secret):
    """Stars, k-map, an empty table, a column that isn't there, bounds that are exceeded."""
    for more, error, says in [
        ({"suppression": "stars"}, BadInput, "can't be blanked by stars"),
        (
            {"k": 1_900, "max_suppressed": 0.0, "search": False},
            Refused,
            "would have to be suppressed",
        ),
        ({"k": 3, "search": False, "max_suppressed": 1.0}, Refused, "highest risk"),
        ({"l": {"sex": 2}}, BadInput, "can't also be kept"),
    ]:
        with pytest.raises(error, match=says):
            survey(_batches(loans), loan_plan(**more), secret=secret)
    with pytest.raises(Refused, match="no rows"):
        survey([], loan_plan(), secret=secret)
    with pytest.raises(BadInput, match="unknown column 'status'"):
        survey(_batches(loans.drop(["status"])), loan_plan(), secret=secret)


@given(st.lists(st.integers(0, 40), max_size=8), st.integers(1, 50))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_recutting_keeps_the_rows_in_order(sizes, rows):
    """Whatever the batches: the same rows, in parts of the size asked for and one rest."""
    total = sum(sizes)
    table = pa.table({"n": np.arange(total)})
    starts = np.cumsum([0, *sizes])
    cut = list(recut([table.slice(a, n) for a, n in zip(starts, sizes, strict=False)], rows))

    assert list(range(total)) == [n for part in cut for n in part.column("n").to_pylist()]
    assert all(part.num_rows == rows for part in cut[:-1])


def test_uniqueness_of_whole_rows_is_estimated_near_the_count(secret, now, column_plan, plan_of):
    """A 64th of the forms stands for all: within a few percent of the true share."""
    rng = np.random.default_rng(3)
    table = pa.table({"a": (rng.pareto(1.0, 60_000) * 500).astype(np.int64)})
    plan = plan_of(column_plan("a"))
    _, run, _ = _streamed(table, plan, secret, now, rows=10_000, part=20_000)
    counts = np.unique(table.column("a").to_numpy(), return_counts=True)[1]
    truth = (counts == 1).sum() / table.num_rows

    assert truth == pytest.approx(run.unique_share, abs=0.05)
    assert run.unique_share == run.unique_share_before


def test_known_values_in_a_combination_never_counted_are_not_released(
    secret, now, column_plan, plan_of
):
    """Each value was seen, the two together were not: such a row has no group."""
    plan = plan_of(
        column_plan("a"), column_plan("b"), adversary=("a", "b"), k=1, max_risk=1.0, search=False
    )
    seen = survey([pa.table({"a": ["x", "y"], "b": ["1", "2"]})], plan, secret=secret)
    run = Streaming(seen, secret=secret, code=1, now=now)

    with pytest.raises(BadInput, match="the table holds other values"):
        run.part(pa.table({"a": ["x"], "b": ["2"]}))
