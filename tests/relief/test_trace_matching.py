"""Matching columns and rows: right where it speaks, silent where it can't know."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from habeas.protection.marks import code_bits, embed, plan_carriers
from habeas.relief.columns import match_columns
from habeas.relief.state import match, profiles_of


def truth(leak, base, state):
    """Share of leak rows matched, and of those matched rightly; the hidden column tells."""
    rows = state.alignment.rows
    hit = rows >= 0
    right = leak.column("truth").to_numpy()[hit] == base.column("truth").to_numpy()[rows[hit]]
    return hit.mean(), right.mean()


@pytest.mark.parametrize(("alter", "least"), [(0.0, 0.99), (0.2, 0.98), (0.4, 0.9)])
def test_rows_are_matched_without_ids(loans, make, alter, least):
    """Shuffled rows and columns, altered cells: nearly all rows found, nearly none wrongly."""
    table = loans.select(make.scoring).append_column("truth", pa.array(np.arange(10_000.0)))
    leak = make.leaked(table.drop_columns(["truth"]), 1, rows=800, alter=alter)
    chosen = np.random.default_rng(1)
    names = list(table.drop_columns(["truth"]).column_names)
    chosen.shuffle(names)
    rows = chosen.permutation(10_000)[:800]
    leak = leak.append_column("truth", pa.array(rows.astype(float)))

    state = match("base", profiles_of(leak.drop_columns(["truth"])), table.drop_columns(["truth"]))

    found, right = truth(leak, table, state)
    assert found >= least
    assert right >= 0.98


def test_columns_are_matched_without_names(loans, make):
    """Likeness alone finds most columns of a 5 % leak; agreement on rows finds the rest."""
    table = loans.select(make.scoring)
    leak = make.leaked(table, 2, rows=500, alter=0.2, rename=False)
    anonymous = leak.rename_columns([f"c{at}" for at in range(leak.num_columns)])

    first = match_columns(profiles_of(anonymous), profiles_of(table))
    state = match("base", profiles_of(anonymous), table)

    def right(pairs):
        names = [(leak.column_names[p.leak], table.column_names[p.base]) for p in pairs]
        return sum(left == other for left, other in names)

    assert right(first) >= 0.7 * table.num_columns
    assert right(state.pairs) >= table.num_columns - 1


def test_an_id_is_simply_a_rare_value(loans, make):
    """Three columns and a pseudonym: rows are found by the pseudonym."""
    tokens = pa.array([f"{at * 7919:012x}" for at in range(10_000)])
    table = loans.select(["state", "grade", "term"]).append_column("token", tokens)
    leak = make.leaked(table, 3, rows=500, alter=0.1)

    state = match("base", profiles_of(leak), table)

    assert state.matched.mean() > 0.8


def test_rows_that_look_alike_are_left_out(loans):
    """Two columns can't tell 10,000 rows apart: nothing is matched rather than anything."""
    table = loans.select(["state", "grade"])

    state = match("base", profiles_of(table.slice(0, 500)), table)

    assert 0 == state.matched.sum()


def test_matching_does_not_prefer_one_bit(loans, make):
    """Swapped cells are matched as readily as others: the share of ones read is that of the code."""
    table = loans.select(make.scoring)
    carriers = plan_carriers(
        table, groups=None, columns=make.marked, rate=0.3, secret=make.secret, base_salt=b"x" * 32
    )
    bits = code_bits(make.secret, b"x" * 32, carriers, [1])[0]
    leak = make.leaked(embed(table, carriers, bits), 4, rows=2000, alter=0.3)

    reading = match("base", profiles_of(leak), table, carriers=carriers).reading

    wrong = reading.y != bits[reading.positions]
    assert len(reading) > 3000
    assert wrong.mean() < 0.1
    assert abs(float(reading.y.mean() - bits[reading.positions].mean())) < 0.02


def test_an_empty_leak_matches_nothing(loans, make):
    """No rows, no columns: an answer, not a crash."""
    table = loans.select(make.scoring)

    assert 0 == match("base", profiles_of(table.slice(0, 0)), table).matched.sum()
    assert 0 == len(match("base", profiles_of(pa.table({})), table).matched)
