"""The search under l, t and k-map, by trying every node; and what the release makes of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, Refused
from habeas.protection.asked import Asked, AskedRecursive, AskedT
from habeas.protection.demands import demands_on
from habeas.protection.groups import packed
from habeas.protection.models import Closeness, Demand, DistinctL, EntropyL, Pairs, RecursiveL
from habeas.protection.plan_file import plan_from, plan_text
from habeas.protection.population import estimated_uniques
from habeas.protection.release import prepare
from habeas.protection.risk import Population, measure
from habeas.protection.search import Ladder, Weights, best_node


@st.composite
def tables(draw):
    rows = draw(st.integers(2, 25))
    ladders = []
    for at in range(draw(st.integers(1, 2))):
        leaves = np.array(draw(st.lists(st.integers(0, 3), min_size=rows, max_size=rows)))
        halves = np.array([0, 0, 1, 1])
        rungs = (np.arange(4), halves, np.zeros(4, dtype=np.int64))
        shares = tuple(np.bincount(rung)[rung] / 4 for rung in rungs)
        ladders.append(Ladder(column=str(at), leaves=leaves, rungs=rungs, shares=shares, domain=4))
    secret = np.array(draw(st.lists(st.integers(0, 3), min_size=rows, max_size=rows)))
    return ladders, Pairs.of_rows(secret)


def _models(pairs):
    overall = np.bincount(pairs.code, minlength=pairs.size) / len(pairs.code)
    return (
        DistinctL(least=2),
        EntropyL(least=1.7),
        RecursiveL(c=2.0, least=2),
        Closeness(most=0.35, distance="equal", overall=overall),
        Closeness(most=0.3, distance="ordered", overall=overall),
    )


def _gone(ladders, node, k, fails):
    """Rows suppressed at a node, group by group, as a plain loop counts them."""
    groups = packed([lad.rungs[r][lad.leaves] for lad, r in zip(ladders, node, strict=True)])
    gone = 0
    for group in np.unique(groups):
        here = groups == group
        gone += int(here.sum()) if here.sum() < k or fails(groups, group) else 0
    return gone


def _best(ladders, k, allowed, demands=(), **more):
    try:
        return best_node(ladders, k=k, max_suppressed=allowed, demands=demands, **more)
    except BadInput:
        return None


@pytest.mark.parametrize("which", range(5))
@given(tables(), st.integers(1, 3), st.sampled_from([0.0, 0.2, 0.6]))
@settings(max_examples=40, deadline=None)
def test_no_node_is_lost_by_pruning(which, table, k, allowed):
    """With and without suppression, monotone or not: the node found meets everything, and no
    node that does has fewer losses."""
    ladders, pairs = table
    demand = Demand("s", _models(pairs)[which], pairs)

    def fails(groups, group):
        return bool(demand.fails(groups, int(groups.max()) + 1)[group])

    rows = len(pairs.code)
    nodes = list(product(*(range(3) for _ in ladders)))
    met = {node: _gone(ladders, node, k, fails) for node in nodes}
    found = _best(ladders, k, allowed, [demand])
    good = {node for node, gone in met.items() if gone <= allowed * rows + 1e-9}
    if not good:
        assert found is None
        return
    assert found is not None
    assert found.node in good
    assert met[found.node] == found.suppressed
    # Each good node alone: a ladder cut to its rung tells its loss.
    for node in good:
        alone = [
            replace(lad, rungs=(lad.rungs[r],), shares=(lad.shares[r],))
            for lad, r in zip(ladders, node, strict=True)
        ]
        assert found.loss <= _best(alone, k, allowed, [demand]).loss + 1e-9


@given(tables(), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_k_map_counts_people_and_not_rows(table, k_map):
    """Half the rows are the table, all are the population: groups may be small in the one."""
    ladders, pairs = table
    rows = np.arange(len(pairs.code)) % 2 == 0
    weights = Weights(rows=rows.astype(float), people=np.ones(len(rows)))
    found = _best(ladders, 1, 0.0, k_map=k_map, weights=weights)
    sizes = (
        None
        if found is None
        else np.bincount(
            groups := packed(
                [lad.rungs[r][lad.leaves] for lad, r in zip(ladders, found.node, strict=True)]
            )
        )
    )

    if sizes is None:
        assert len(rows) < k_map
    else:
        assert sizes[groups[rows]].min() >= k_map


def _seeded(seed):
    """24 rows, two columns of three rungs, and t = 0.2 on a third column."""
    rng = np.random.default_rng(seed)
    rungs = (np.arange(4), np.array([0, 0, 1, 1]), np.zeros(4, dtype=np.int64))
    shares = tuple(np.bincount(rung)[rung] / 4 for rung in rungs)
    ladders = [
        Ladder(column=str(at), leaves=rng.integers(0, 4, 24), rungs=rungs, shares=shares, domain=4)
        for at in range(2)
    ]
    pairs = Pairs.of_rows(rng.integers(0, 3, 24))
    model = Closeness(most=0.2, distance="equal", overall=np.bincount(pairs.code) / 24)
    return ladders, [Demand("s", model, pairs)]


@pytest.mark.parametrize("seed", [34, 43, 44, 114, 125, 173, 182, 234, 254, 265, 299])
def test_a_node_may_be_good_below_one_that_t_fails(seed):
    """With suppression t isn't monotone: in each of these tables the optimum lies below a node
    that suppresses too much, and pruning as for k would lose it."""
    ladders, demands = _seeded(seed)
    nodes = product(range(3), range(3))
    alone = [
        _best(
            [
                replace(lad, rungs=(lad.rungs[r],), shares=(lad.shares[r],))
                for lad, r in zip(ladders, node, strict=True)
            ],
            2,
            0.5,
            demands,
        )
        for node in nodes
    ]
    least = min(found.loss for found in alone if found is not None)

    assert least == pytest.approx(_best(ladders, 2, 0.5, demands).loss, abs=1e-12)


# pycanon 1.3.5 on the same file: k_anonymity, l_diversity, entropy_l_diversity, t_closeness.
PYCANON = [
    (["sex", "race", "marital-status"], "occupation", (1, 1, 1, 0.8766328492805519)),
    (["sex", "race"], "education", (87, 12, 5, 0.22324169396517815)),
    (["sex", "race", "marital-status"], "age", (1, 1, 1, 0.43808224321060635)),
]


@pytest.mark.parametrize(("known", "sensitive", "theirs"), PYCANON)
def test_another_tool_measures_the_same(shared_tables, known, sensitive, theirs):
    """k, l, effective l and t of the census data as pycanon gives them, text and numbers."""
    table = pl.read_csv(shared_tables / "adult_arx.csv", separator=";").to_arrow()
    table = table.cast(
        pa.schema([(f.name, pa.string() if f.type != pa.int64() else f.type) for f in table.schema])
    )
    figures = measure(table, known, k=5, sensitive=[sensitive])
    # However a reader writes its strings down.
    views = table.cast(
        pa.schema(
            [
                (f.name, pa.string_view() if pa.types.is_string(f.type) else f.type)
                for f in table.schema
            ]
        )
    )
    assert figures == measure(views, known, k=5, sensitive=[sensitive])
    k, distinct, effective, t = theirs

    assert (k, distinct) == (figures.k, figures.distinct_l[sensitive])
    assert effective == int(figures.entropy_l[sensitive] + 1e-9)
    assert t == pytest.approx(figures.t[sensitive], abs=1e-12)


def test_all_models_hold_in_what_is_handed_out(loans, loan_plan, secret, now):
    """A plan may ask for everything at once, and what leaves meets it, marks included."""
    asked = Asked(
        entropy_l={"grade": 3.0},
        recursive_l={"channel": AskedRecursive(c=2.0, l=2)},
        t={"status": AskedT(at_most=0.35), "rate": AskedT(at_most=0.3, distance="ordered")},
    )
    plan = loan_plan(asked=asked, l={"status": 2}, max_suppressed=0.5, mark_rate=0.1)
    made = prepare(loans, plan, secret=secret, code=1, now=now)
    table = made.table
    failing = [
        demand
        for demand in demands_on(table, made.plan, None)
        if demand.fails(groups := _groups(table, plan.adversary), int(groups.max()) + 1).any()
    ]
    # t compares with the rows before suppression, so it may differ by what was suppressed.
    assert all(isinstance(demand.model, Closeness) for demand in failing)
    assert made.risk.marked.adversary.t["status"] <= 0.35 + made.risk.share_suppressed
    assert made.manifest["models"]["entropy_l"] == {"grade": 3.0}


def _groups(table, names):
    return packed([np.unique(table.column(n).to_pylist(), return_inverse=True)[1] for n in names])


def test_a_plan_asks_for_models_in_its_file(loan_plan, tmp_path):
    """What is asked survives the file; a wrong word is named with its place."""
    asked = Asked(
        entropy_l={"grade": 2.5},
        recursive_l={"status": AskedRecursive(c=3, l=2)},
        t={"rate": AskedT(at_most=0.2, distance="hierarchical", file="rate.csv")},
        k_map=7,
    )
    plan = loan_plan(asked=asked, population_size=10_000, recoding="local")
    read = plan.to_mapping()

    assert plan == plan_from(read)
    assert "k_map: 7" in plan_text(plan)
    for change, says in [
        ({"t": {"rate": {"at_most": 2}}}, "models.t.rate.at_most: must lie between 0 and 1"),
        ({"t": {"rate": {"distance": "equal"}}}, "models.t.rate.at_most: is missing"),
        ({"t": {"rate": {"at_most": 0.1, "distanse": "x"}}}, "did you mean 'distance'"),
        ({"t": {"rate": {"at_most": 0.1, "distance": "near"}}}, "unknown distance"),
        ({"t": {"rate": {"at_most": 0.1, "distance": "hierarchical"}}}, "names no hierarchy"),
        ({"t": {"sex": {"at_most": 0.1}}}, "known to the adversary"),
        ({"t": {"sexx": {"at_most": 0.1}}}, "did you mean 'sex'"),
        ({"recursive_l": {"rate": {"c": 1, "l": 1}}}, "models.recursive_l.rate.l: must lie"),
        ({"entropy_l": {"rate": True}}, "models.entropy_l.rate: must be a number"),
        ({"k_map": "5"}, "models.k_map: must be a whole number"),
        ({"recoding": "locl"}, "did you mean 'local'"),
    ]:
        with pytest.raises(BadInput, match=says.replace("'", ".")):
            plan_from({**read, "models": {**read["models"], **change}})


def test_t_by_a_hierarchy_file(tmp_path, loans, loan_plan, secret, now):
    """Order and heights come from the file; a value it lacks is bad input."""
    (tmp_path / "g.csv").write_text(
        "".join(f"{g};{'top' if g < 'D' else 'low'};*\n" for g in "ABCDEFG")
    )
    for distance in ("hierarchical", "ordered"):
        asked = Asked(t={"grade": AskedT(at_most=0.2, distance=distance, file="g.csv")})
        plan = loan_plan(asked=asked, max_suppressed=0.5)
        made = prepare(loans, plan, secret=secret, code=1, now=now, folder=tmp_path)
        assert made.table.num_rows >= 1_000
    (tmp_path / "g.csv").write_text("A;top;*\n")
    with pytest.raises(BadInput, match="hierarchy of column 'grade' lacks a value"):
        prepare(loans, plan, secret=secret, code=1, now=now, folder=tmp_path)
    with pytest.raises(BadInput, match="no order of its own"):
        prepare(
            loans,
            loan_plan(asked=Asked(t={"grade": AskedT(at_most=0.2, distance="ordered")})),
            secret=secret,
            code=1,
            now=now,
        )


def test_k_map_needs_its_population(loans, loan_plan, secret, now):
    """A journalist's risk is one over the people who look alike, not over the rows; without a
    table of the people it can't be asked for."""
    plan = loan_plan(asked=Asked(k_map=5), k=1, max_risk=1.0)
    sample = loans.slice(0, 300)
    made = prepare(sample, plan, secret=secret, code=1, now=now, population=loans)
    figures = made.risk.marked.adversary

    assert figures.k_map >= 5
    assert figures.k < 5
    assert (
        1 / figures.k_map
        == made.risk.to_json()["marked"]["adversary"]["population"]["journalist_max"]
    )
    with pytest.raises(BadInput, match="no table of it was given"):
        prepare(sample, plan, secret=secret, code=1, now=now)
    with pytest.raises(BadInput, match="unknown column 'birth_date'"):
        prepare(sample, plan, secret=secret, code=1, now=now, population=loans.drop(["birth_date"]))


def test_k_map_holds_without_a_search_too(loans, loan_plan, secret, now):
    """As written or after a search: rows that too few people look like are suppressed."""
    plan = loan_plan(asked=Asked(k_map=8), k=1, max_risk=1.0, search=False, max_suppressed=1.0)
    made = prepare(loans.slice(0, 400), plan, secret=secret, code=1, now=now, population=loans)

    assert made.risk.rows_suppressed > 0
    assert made.risk.marked.adversary.k_map >= 8


@pytest.mark.parametrize("people", [200_000])
def test_population_uniques_are_near_the_truth(people):
    """A population we know, a tenth of it seen: the estimate is within a fifth of the truth, where
    calling every unique row of the sample unique would be off by threefold."""
    rng = np.random.default_rng(11)
    cells = (rng.pareto(1.1, people) * 300).astype(np.int64)
    truth = int((np.bincount(np.unique(cells, return_inverse=True)[1]) == 1).sum())
    sample = rng.choice(cells, people // 10, replace=False)
    sizes = np.bincount(np.unique(sample, return_inverse=True)[1]).astype(float)
    found = estimated_uniques(sizes, people)

    assert found.fitted
    assert truth == pytest.approx(found.uniques, rel=0.2)
    assert found.share < (sizes == 1).sum() / len(sample) / 3


def test_what_is_not_known_of_a_population_is_not_told():
    """No unique row, or nothing but: no model fits, and no number is given; the whole population
    is counted."""
    assert (None, False) == (
        estimated_uniques(np.array([2.0, 3.0]), 100).share,
        estimated_uniques(np.array([1.0, 1.0]), 100).fitted,
    )
    assert 0.25 == estimated_uniques(np.array([1.0, 3.0]), 4).share
    with pytest.raises(ValueError, match="can't hold a sample"):
        estimated_uniques(np.array([3.0]), 2)
    table = pa.table({"a": ["x", "y", "y"]})
    shown = measure(table, ["a"], k=2, population=Population(size=30)).to_json(leaving=True)
    assert {"estimated_unique_share", "model"} == set(shown["population"])
    assert measure(table, ["a"], k=2).to_json(leaving=True)["population"] is None


def test_a_bound_that_nothing_meets_is_said_so(loans, loan_plan, secret, now):
    """t = 0 on a column that no generalisation evens out: refused or bad input, never released."""
    plan = loan_plan(asked=Asked(t={"rate": AskedT(at_most=0.0, distance="ordered")}))
    made = prepare(loans, replace(plan, max_suppressed=0.0), secret=secret, code=1, now=now)

    # Only one group of everybody has no distance at all.
    assert 1 == made.risk.marked.adversary.groups
    with pytest.raises((BadInput, Refused)):
        prepare(loans, replace(plan, k=3_000), secret=secret, code=1, now=now)
