"""l in three forms and t by three distances, against papers, a linear program and another tool."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from habeas.protection.models import (
    Closeness,
    DistinctL,
    EntropyL,
    Pairs,
    RecursiveL,
    entropy_l,
    equal_distance,
    hierarchical_distance,
    joint,
    ordered_distance,
    recursive_ratio,
)


def _found(groups, codes, size=None):
    pairs = Pairs.of_rows(np.asarray(codes, dtype=np.int64))
    return joint(pairs, np.asarray(groups, dtype=np.int64)), int(max(groups)) + 1


def _overall(codes):
    return np.bincount(codes) / len(codes)


def test_the_distances_of_the_paper():
    """Li et al. 2007, §5: salaries 3k … 11k, one each. {3k, 4k, 5k} lies 0.375 from the whole,
    {6k, 8k, 11k} 0.167: the same spread of values, and only the second says little."""
    salaries = list(range(9))
    groups = [0, 0, 0, 1, 2, 1, 2, 2, 1]
    found, count = _found(groups, salaries)
    distance = ordered_distance(found, count, _overall(salaries))

    assert [0.375, 0.167] == [round(d, 3) for d in distance[:2].tolist()]


# Diseases as the paper's figure has them: flu, pneumonia, bronchitis | ulcer, cancer, gastritis.
LADDER = (
    np.arange(6),
    np.array([0, 0, 0, 1, 1, 1]),
    np.array([0, 0, 0, 0, 0, 0]),
)


def test_hierarchical_distance_by_hand():
    """Two of three must cross within an organ (half the height), one between (all of it)."""
    codes = np.array([3, 4, 1, 5, 0, 2, 5, 2, 4])  # ulcer cancer pneumonia | gastritis flu …
    found, count = _found([0, 0, 0, 1, 1, 1, 2, 2, 2], codes)
    distance = hierarchical_distance(found, count, _overall(codes), LADDER)

    # Group 0: organs move 2/9 each at 1/2, 1/9 crosses at 1; group 1: 1/9, 1/9, 2/9; group 2:
    # 1/9, 1/9, 1/9.
    assert [pytest.approx(x) for x in ((2 + 2) / 18 + 1 / 9, 2 / 18 + 2 / 9, 2 / 18 + 1 / 9)] == (
        distance.tolist()
    )


def _by_program(p, q, cost):
    """The transport problem itself, solved by a linear program: written by others."""
    size = len(p)
    rows = [np.kron(np.eye(size)[i], np.ones(size)) for i in range(size)]
    columns = [np.kron(np.ones(size), np.eye(size)[i]) for i in range(size)]
    solved = linprog(cost.reshape(-1), A_eq=np.array(rows + columns), b_eq=np.append(p, q))
    return solved.fun


def _tree_cost(ladder):
    size, top = len(ladder[0]), len(ladder) - 1
    cost = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            level = next(h for h in range(top + 1) if ladder[h][i] == ladder[h][j])
            cost[i, j] = level / top
    return cost


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=2, max_size=30))
@settings(max_examples=50, deadline=None)
def test_the_distances_are_the_optimum_of_the_transport_problem(rows):
    """For any table: equal, ordered and hierarchical distance is the least work there is."""
    # Every value occurs, so that codes are the values themselves.
    rows = [*rows, *((0, code) for code in range(6))]
    groups = np.unique([g for g, _ in rows], return_inverse=True)[1]
    codes = np.array([c for _, c in rows])
    found, count = _found(groups, codes)
    overall = _overall(codes)
    order = np.abs(np.subtract.outer(np.arange(6), np.arange(6))) / 5
    ours = (
        equal_distance(found, count, overall),
        ordered_distance(found, count, overall),
        hierarchical_distance(found, count, overall, LADDER),
    )

    for group in range(count):
        p = np.bincount(codes[groups == group], minlength=6) / (groups == group).sum()
        for distances, cost in zip(ours, (1 - np.eye(6), order, _tree_cost(LADDER)), strict=True):
            assert _by_program(p, overall, cost) == pytest.approx(distances[group], abs=1e-7)


def test_l_by_hand():
    """A group of 4, 2, 1, 1: four values, 3.36 effective ones, and 4 against 2+1+1 or 1+1."""
    found, count = _found([0] * 8 + [1] * 2, [0, 0, 0, 0, 1, 1, 2, 3, 0, 0])
    half = 2 ** (1.75)  # entropy 1.75 bits

    assert [pytest.approx(half), pytest.approx(1.0)] == entropy_l(found, count).tolist()
    assert [1.0, np.inf] == recursive_ratio(found, count, least=2).tolist()
    assert [2.0, np.inf] == recursive_ratio(found, count, least=3).tolist()
    assert [False, True] == DistinctL(least=4).fails(found, count).tolist()
    assert [True, True] == DistinctL(least=5).fails(found, count).tolist()
    assert [False, True] == EntropyL(least=half).fails(found, count).tolist()
    assert [True, True] == RecursiveL(c=1.0, least=2).fails(found, count).tolist()
    assert [False, True] == RecursiveL(c=1.01, least=2).fails(found, count).tolist()


MODELS = [
    lambda overall: DistinctL(least=2),
    lambda overall: EntropyL(least=2.0),
    lambda overall: RecursiveL(c=2.0, least=2),
    lambda overall: Closeness(most=0.3, distance="equal", overall=overall),
    lambda overall: Closeness(most=0.3, distance="ordered", overall=overall),
    lambda overall: Closeness(most=0.3, distance="hierarchical", overall=overall, ladder=LADDER),
]


@pytest.mark.parametrize("make", MODELS)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=40),
    st.lists(st.integers(0, 2), min_size=6, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_merging_good_groups_gives_good_groups(make, rows, merge):
    """What the search relies on where nothing may be suppressed; and where a model calls itself
    monotone, no good group is spoilt by whatever it merges with."""
    rows = [*rows, *((0, code) for code in range(6))]
    fine = np.unique([g for g, _ in rows], return_inverse=True)[1]
    codes = np.array([c for _, c in rows])
    coarse = np.unique(np.array(merge)[[g for g, _ in rows]], return_inverse=True)[1]
    model = make(_overall(codes))
    before = model.fails(*_found(fine, codes))[fine]
    after = model.fails(*_found(coarse, codes))[coarse]

    for group in np.unique(coarse):
        here = coarse == group
        if not before[here].any():
            assert not after[here].any()
        if model.monotone:
            assert not (after & ~before)[here].any()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_collapsed_pairs_answer_as_rows_do(rows):
    """Asked of combinations that stand for many rows, a model says the same."""
    owners = np.array([o for o, _ in rows])
    pairs = Pairs.of_rows(np.array([c for _, c in rows]))
    combinations = np.unique(owners, return_inverse=True)[1]
    coarse = (np.arange(combinations.max() + 1) % 2).astype(np.int64)
    direct = joint(pairs, coarse[combinations])
    collapsed = joint(pairs.collapsed(combinations), coarse)

    assert direct.weight.tolist() == collapsed.weight.tolist()
    assert direct.code.tolist() == collapsed.code.tolist()
