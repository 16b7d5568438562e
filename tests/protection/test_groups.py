"""Groups and risk, against a counter that shares no code with ours."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.protection.groups import dense, group_ids, group_sizes, packed
from habeas.protection.risk import measure, small

cell = st.none() | st.sampled_from(["a", "b", "c", ""])
rows = st.lists(st.tuples(cell, st.none() | st.integers(0, 3), cell), min_size=1, max_size=60)


def _table(found):
    a, b, c = zip(*found, strict=True)
    return pa.table(
        {"a": pa.array(a, pa.string()), "b": pa.array(b, pa.int64()), "c": pa.array(c, pa.string())}
    )


@given(rows)
@settings(max_examples=100, deadline=None)
def test_rows_are_grouped_exactly_when_they_are_alike(found):
    """Same group if and only if same values, an empty cell being a value of its own."""
    groups = group_ids(_table(found), ["a", "b"]).tolist()
    by_value = defaultdict(set)
    for row, group in zip(found, groups, strict=True):
        by_value[row[:2]].add(group)

    assert all(len(seen) == 1 for seen in by_value.values())
    assert len(by_value) == len(set(groups)) == max(groups) + 1


@given(rows)
@settings(max_examples=100, deadline=None)
def test_risk_figures_agree_with_counting(found):
    """k, uniqueness, average risk and distinct l as a plain counter finds them."""
    counted = Counter(row[:2] for row in found)
    values = defaultdict(set)
    for row in found:
        values[row[:2]].add(row[2])
    figures = measure(_table(found), ["a", "b"], k=3, sensitive=["c"])

    assert min(counted.values()) == figures.k
    assert len(counted) == figures.groups
    assert sum(n == 1 for n in counted.values()) == figures.unique_rows
    assert sum(n for n in counted.values() if n < 3) == figures.rows_below_k
    assert 1 / min(counted.values()) == figures.prosecutor_max
    assert (
        sum(1 / counted[row[:2]] for row in found) / len(found)
        == np.float64(figures.prosecutor_average).round(12)
        or abs(sum(1 / counted[row[:2]] for row in found) / len(found) - figures.prosecutor_average)
        < 1e-12
    )
    assert min(len(seen) for seen in values.values()) == figures.distinct_l["c"]


def test_many_wide_columns_do_not_overflow():
    """Twenty columns of many values still give one number a combination."""
    rng = np.random.default_rng(1)
    codes = [rng.integers(0, 2**40, 500) for _ in range(20)]

    assert 500 == len(np.unique(packed(codes)))
    assert 1 == len(np.unique(packed([np.zeros(5, np.int64)] * 30)))


def test_dense_numbers_start_at_zero_and_keep_equality():
    """Renumbering by table and by sorting give the same partition."""
    for key in (np.array([7, 3, 7, 9]), np.array([7, 3, 7, 9]) * 10**12):
        numbers, count = dense(key)
        assert 3 == count
        assert numbers[0] == numbers[2]
        assert {0, 1, 2} == set(numbers.tolist())


def test_no_columns_means_one_group():
    """Who knows nothing finds everyone alike."""
    table = pa.table({"a": [1, 2, 3]})

    assert [3] == group_sizes(group_ids(table, [])).tolist()
    assert 3 == measure(table, [], k=5).k


def test_small_counts_leave_only_as_small():
    """One to four persons are told as '<5'; none, and five, are told."""
    assert [0, "<5", "<5", 5] == [small(n) for n in (0, 1, 4, 5)]


def test_figures_that_leave_hide_small_counts():
    """A smallest group of one shows neither as a count nor as a risk of 1."""
    table = pa.table({"a": ["x"] * 9 + ["y"]})
    figures = measure(table, ["a"], k=5)

    assert 1 == figures.to_json(leaving=False)["k"]
    assert 1.0 == figures.to_json(leaving=False)["prosecutor_max"]
    shown = figures.to_json(leaving=True)
    assert ("<5", "<5", "<5", ">0.2", "<5/10") == (
        shown["k"],
        shown["unique_rows"],
        shown["rows_below_k"],
        shown["prosecutor_max"],
        shown["unique_share"],
    )
