"""The search finds the optimum: ARX's on real data, and brute force's on small lattices."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput
from habeas.protection.columns import ColumnPlan
from habeas.protection.ladders import climb, search_plan
from habeas.protection.search import Ladder, best_node
from habeas.protection.transforms import Means
from habeas.terms import Text

WHY = Text(en="why", zh="为何")
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "tables"
MEANS = Means(secret=bytes(32), purpose="p", epoch="1")


@pytest.fixture
def adult(shared_tables):
    return pl.read_csv(
        shared_tables / "adult_arx.csv", separator=";", infer_schema_length=0
    ).to_arrow()


@pytest.fixture
def adult_plan(adult, plan_of, column_plan):
    def make(**more):
        columns = [
            column_plan(
                name,
                "generalise",
                role="quasi_identifier",
                params={
                    "by": "hierarchy",
                    "file": f"adult_hierarchies/adult_hierarchy_{name}.csv",
                    "level": 0,
                },
            )
            for name in adult.column_names
        ]
        return plan_of(*columns, adversary=tuple(adult.column_names), search=True, **more)

    return make


@pytest.mark.parametrize(
    ("k", "share", "best"),
    [
        (5, 0.0, ((0, 4, 1, 1, 3, 2, 2, 1, 0), 0)),
        (5, 0.05, ((0, 3, 0, 0, 2, 1, 1, 2, 0), 1_346)),
        (5, 1.0, ((0, 3, 0, 0, 2, 1, 1, 1, 0), 2_553)),
        (10, 0.05, ((0, 3, 0, 1, 2, 1, 1, 2, 0), 1_437)),
    ],
)
def test_adult_gives_arx_own_optimum(adult_plan, adult, k, share, best):
    """On the census data the node and the suppressed rows are those that ARX 3.9.2 found under
    its Loss metric with its own hierarchies: figures we did not make."""
    means = Means(secret=bytes(32), purpose="p", epoch="1", folder=SHARED)
    plan, found = search_plan(adult, adult_plan(k=k, max_suppressed=share), means)

    assert best == (found.node, found.suppressed)
    assert 12_960 == found.nodes
    assert found.node == tuple(c.params.get("level") for c in plan.columns)
    assert not plan.search


def _loss(ladders, node, k, allowed):
    """The optimum's loss by the definition, rows one by one."""
    rows = len(ladders[0].leaves)
    forms = [at.rungs[rung][at.leaves] for at, rung in zip(ladders, node, strict=True)]
    keys = list(zip(*forms, strict=True))
    sizes = {key: keys.count(key) for key in keys}
    small = [sizes[key] < k for key in keys]
    if sum(small) > allowed * rows:
        return None
    total = 1.0
    for ladder, rung in zip(ladders, node, strict=True):
        share = sum(
            1.0 if gone else float(ladder.shares[rung][leaf])
            for leaf, gone in zip(ladder.leaves, small, strict=True)
        )
        least = rows / ladder.domain
        loss = 0.0 if ladder.domain == 1 else max(0.0, (share - least) / (rows - least))
        total *= (1 + loss) ** (1 / len(ladders))
    return total - 1


@st.composite
def lattices(draw):
    rows = draw(st.integers(1, 25))
    ladders = []
    for at in range(draw(st.integers(1, 3))):
        values = draw(st.integers(1, 5))
        leaves = np.array(draw(st.lists(st.integers(0, values - 1), min_size=rows, max_size=rows)))
        rung = np.arange(values)
        rungs = [rung]
        for _ in range(draw(st.integers(0, 2))):
            merge = np.array(draw(st.lists(st.integers(0, 2), min_size=values, max_size=values)))
            rung = np.unique(merge[rung], return_inverse=True)[1]
            rungs.append(rung)
        rungs.append(np.zeros(values, dtype=np.int64))
        shares = [np.bincount(r)[r] / values for r in rungs]
        ladders.append(
            Ladder(
                column=str(at),
                leaves=leaves,
                rungs=tuple(rungs),
                shares=tuple(shares),
                domain=values,
            )
        )
    return ladders


@given(lattices(), st.integers(1, 6), st.sampled_from([0.0, 0.05, 0.3, 1.0]))
@settings(max_examples=100, deadline=None)
def test_the_search_is_as_good_as_trying_every_node(ladders, k, allowed):
    """Pruning loses nothing: no node that meets the bounds has less loss than the one found."""
    nodes = product(*(range(len(ladder.rungs)) for ladder in ladders))
    losses = {node: _loss(ladders, node, k, allowed) for node in nodes}
    feasible = {node: loss for node, loss in losses.items() if loss is not None}
    if not feasible:
        with pytest.raises(BadInput, match="fewer than k"):
            best_node(ladders, k=k, max_suppressed=allowed)
        return
    found = best_node(ladders, k=k, max_suppressed=allowed)

    assert min(feasible.values()) == pytest.approx(found.loss, abs=1e-9)
    assert feasible[found.node] == pytest.approx(found.loss, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "planned", "forms"),
    [
        (
            pa.array([1, 7, 23, 90]),
            ColumnPlan(column="c", transform="generalise", params={"by": "bands", "width": 5}, reason=WHY),
            [{"by": "bands", "width": 5}, {"by": "bands", "width": 10}, {"by": "bands", "width": 40}, {"by": "all"}],
        ),
        (
            pa.array(["广东省", "海南省", "北京市", None]),
            ColumnPlan(column="c", transform="keep", reason=WHY),
            [{}, {"by": "regions"}, {"by": "all"}],
        ),
        (
            pa.array(["518001", "518002", "100080"]),
            ColumnPlan(column="c", transform="generalise", params={"by": "prefix", "keep_first": 6}, reason=WHY),
            [{"by": "prefix", "keep_first": 6}, {"by": "prefix", "keep_first": 5}, {"by": "all"}],
        ),
        (
            pa.array([1, 15, 25, 35, 45]),
            ColumnPlan(column="c", transform="bin", params={"edges": [10, 20, 30, 40]}, reason=WHY),
            [{"edges": [10, 20, 30, 40]}, {"edges": [20, 40]}, {"edges": [40]}, {"by": "all"}],
        ),
    ],
)  # fmt: skip
def test_ladders_climb_from_the_plan_as_written(values, planned, forms):
    """The search starts at what the plan says and skips rungs that change nothing."""
    ladder = climb(pa.chunked_array([values]), planned, MEANS)

    assert forms == [dict(rung.params) for rung in ladder.rungs]


def test_shares_are_what_a_form_could_stand_for():
    """Without a hierarchy file the domain is the column's own values: the loss is computed from
    how many of them share a form."""
    values = pa.chunked_array([pa.array([1, 3, 7, 7, 22])])
    planned = ColumnPlan(
        column="c", transform="generalise", params={"by": "bands", "width": 5}, reason=WHY
    )
    ladder = climb(values, planned, MEANS).ladder

    assert 4 == ladder.domain
    assert [0.5, 0.5, 0.25, 0.25] == ladder.shares[0].tolist()
    assert [1.0] * 4 == ladder.shares[-1].tolist()


def test_rungs_only_merge(loans, loan_plan):
    """Along every ladder, what is alike stays alike: else pruning would be wrong."""
    plan = loan_plan()
    for name in plan.adversary:
        ladder = climb(loans.column(name), plan.column(name), MEANS).ladder
        for fine, coarse in zip(ladder.rungs, ladder.rungs[1:], strict=False):
            pairs = set(zip(fine.tolist(), coarse.tolist(), strict=True))
            assert len(pairs) == len(set(fine.tolist()))


def test_too_many_columns_are_refused_with_a_way_out(loans, loan_plan):
    """The exact search has a bound, and says what to do beyond it."""
    ladder = climb(loans.column("sex"), loan_plan().column("sex"), MEANS).ladder

    with pytest.raises(BadInput, match="1 to 9 columns, not 10"):
        best_node([ladder] * 10, k=2, max_suppressed=0.0)
