"""Leaks and choices: what the demo's later steps start from."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.demo.book import generate
from habeas.demo.leaks import choices_file, leak_of_portfolio, leak_of_release
from habeas.errors import BadInput


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return generate(4000, seed=3).table


def test_leak_hides_names_and_order(table: pa.Table) -> None:
    """A leak keeps no column name and neither the rows' nor the columns' order."""
    leak = leak_of_release(table, share=0.05, alter=0.0, seed=9)
    ids = next(c.to_pylist() for c in leak.columns if str(c[0].as_py()).startswith("B0"))
    places = [table["borrower_id"].to_pylist().index(one) for one in ids]

    assert leak.num_rows == 200
    assert not set(table.column_names) & set(leak.column_names)
    assert places != sorted(places)
    assert [str(f.type) for f in table.schema] != [str(f.type) for f in leak.schema]
    assert Counter(str(f.type) for f in table.schema) == Counter(str(f.type) for f in leak.schema)


@settings(max_examples=15, deadline=None)
@given(alter=st.sampled_from([0.1, 0.2, 0.5, 1.0]), seed=st.integers(0, 10**6))
def test_numbers_and_dates_change_as_often_as_asked(alter: float, seed: int) -> None:
    """In columns of numbers and dates the asked share of cells differs, and in the others not more."""
    rows = 2000
    table = pa.table(
        {
            "key": pa.array([f"k{at}" for at in range(rows)]),
            "whole": pa.array(range(10, rows + 10)),
            "real": pa.array([at * 1.5 + 1 for at in range(rows)]),
        }
    )
    leak = leak_of_release(table, share=1.0, alter=alter, seed=seed)
    by_type = {str(f.type): leak.column(at).to_pylist() for at, f in enumerate(leak.schema)}
    again = leak_of_release(table, share=1.0, alter=0.0, seed=seed)
    was = {str(f.type): again.column(at).to_pylist() for at, f in enumerate(again.schema)}
    changed = {
        kind: sum(a != b for a, b in zip(by_type[kind], was[kind], strict=True)) / rows
        for kind in was
    }

    assert changed["int64"] == pytest.approx(alter, abs=0.05)
    assert changed["double"] == pytest.approx(alter, abs=0.05)
    assert changed["string"] == pytest.approx(alter, abs=0.05)


def test_untouched_leak_is_a_subset(table: pa.Table) -> None:
    """Without altering, every leaked cell stands in the table."""
    leak = leak_of_release(table, share=0.1, alter=0.0, seed=4)
    known = {value for column in table.columns for value in column.to_pylist()}

    assert all(value in known for column in leak.columns for value in column.to_pylist())


def test_empty_cells_stay_empty() -> None:
    """Altering fills no empty cell and empties none of a number or a date."""
    table = pa.table(
        {"whole": pa.array([None, 5, None, 7]), "real": pa.array([1.0, None, 2.0, 3.0])}
    )
    leak = leak_of_release(table, share=1.0, alter=1.0, seed=1)
    empty = {str(f.type): leak.column(at).null_count for at, f in enumerate(leak.schema)}

    assert {"int64": 2, "double": 1} == empty


def test_leak_is_deterministic(table: pa.Table) -> None:
    """The same seed leaks the same rows, another seed other rows."""
    first = leak_of_release(table, share=0.05, alter=0.2, seed=1)

    assert first.equals(leak_of_release(table, share=0.05, alter=0.2, seed=1))
    assert not first.equals(leak_of_release(table, share=0.05, alter=0.2, seed=2))


def test_portfolio_leak(table: pa.Table) -> None:
    """A collector's leak is that many whole rows of the list, no row twice."""
    leak = leak_of_portfolio(table, 200, 5)
    known = {tuple(row.values()) for row in table.to_pylist()}

    assert leak.num_rows == 200
    assert all(tuple(row.values()) in known for row in leak.to_pylist())
    assert len(set(leak["borrower_id"].to_pylist())) == 200
    assert table.column_names == leak.column_names


def test_choices(table: pa.Table) -> None:
    """Every borrower has one choice; most consent, some refuse, some withdraw."""
    choices = choices_file(table, 6)
    shares = Counter(choices["choice"].to_pylist())

    assert table["borrower_id"].to_pylist() == choices["borrower_id"].to_pylist()
    assert {"given", "refused", "withdrawn"} == set(shares)
    assert 0.85 < shares["given"] / table.num_rows < 0.91
    assert 0.03 < shares["withdrawn"] / table.num_rows < 0.07
    assert choices.equals(choices_file(table, 6))


@pytest.mark.parametrize("asked", [{"share": 0.0}, {"share": 1.1}, {"alter": -1.0}, {"alter": 1.5}])
def test_shares_outside_are_bad_input(table: pa.Table, asked: dict[str, float]) -> None:
    """A share of rows is above 0, a share of cells is from 0, both are at most 1."""
    with pytest.raises(BadInput):
        leak_of_release(table, **{"share": 0.1, "alter": 0.1, "seed": 1, **asked})


@pytest.mark.parametrize("rows", [0, -1, 4001])
def test_too_many_rows_are_bad_input(table: pa.Table, rows: int) -> None:
    """A portfolio leak takes at least one row and not more than there are."""
    with pytest.raises(BadInput):
        leak_of_portfolio(table, rows, 1)


def test_choices_need_a_subject(table: pa.Table) -> None:
    """Choices without a column that says whose they are, are bad input."""
    with pytest.raises(BadInput):
        choices_file(table, 1, subject_column="nobody")
