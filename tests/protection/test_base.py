"""Bases: committed to row by row, read back whole, erasable one row at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, NotVerified
from habeas.ledger.tree import inclusion_proof, verify_inclusion
from habeas.protection.base import Base, ReleasedCopy, make_base, new_salt, row_leaves
from habeas.protection.marks import plan_carriers

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = bytes(range(32))


def table_of(rows):
    rng = np.random.default_rng(rows)
    return pa.table(
        {
            "n\name": [f"p{at}" for at in range(rows)],
            "amount": rng.integers(0, 100, rows),
            "rate": pa.array([None if at % 5 == 0 else at / 7 for at in range(rows)], pa.float64()),
            "day": [date(2020, 1, 1 + at % 28) for at in range(rows)],
        }
    )


def base_of(rows, *, marked=True):
    table, salt = table_of(rows), new_salt()
    carriers = (
        plan_carriers(
            table, groups=None, columns=["amount"], rate=0.5, secret=SECRET, base_salt=salt
        )
        if marked
        else None
    )
    return make_base(table, at=NOW, source_columns=["a", "b\nc"], carriers=carriers, salt=salt)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 60), st.booleans())
def test_a_base_is_read_back_as_it_was_written(rows, marked):
    """Table, ids, carriers, salts, leaves, time: all of it."""
    base = base_of(rows, marked=marked)

    again = Base.from_bytes(base.to_bytes())

    again.verify()
    assert base.id == again.id
    assert base.table.equals(again.table)
    assert base.row_ids.tolist() == again.row_ids.tolist()
    assert (base.at, base.salt, base.source_columns) == (again.at, again.salt, again.source_columns)
    assert (base.carriers is None) == (again.carriers is None)
    if base.carriers is not None and again.carriers is not None:
        assert base.carriers.columns == again.carriers.columns
        assert base.carriers.p.tolist() == again.carriers.p.tolist()
        assert base.carriers.row_b.tolist() == again.carriers.row_b.tolist()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.data())
def test_erasing_any_row_leaves_every_other_proof_valid(rows, data):
    """After erasure the others still hash to their leaves, and the leaves to the base's id."""
    base = base_of(rows)
    gone = data.draw(st.integers(0, rows - 1))

    left = base.without_rows([gone])

    left.verify()
    assert base.id == left.id
    assert all(left.table.column(at)[gone].as_py() is None for at in range(4))
    leaves = [bytes(leaf) for leaf in left.leaves]
    made = row_leaves(left.table, left.row_salts)
    for at in range(rows):
        if at != gone:
            assert bytes(made[at]) == leaves[at]
            verify_inclusion(
                leaves[at],
                index=at,
                size=rows,
                proof=inclusion_proof(leaves, at, rows),
                root=bytes.fromhex(base.id),
            )
    assert bytes(made[gone]) != leaves[gone]
    assert left.carriers is not None
    assert gone not in left.carriers.row_a.tolist() + left.carriers.row_b.tolist()


def test_a_changed_row_is_found():
    """An owner who edits a cell of the base afterwards no longer has that base."""
    base = base_of(20)
    amounts = base.table.column("amount").to_pylist()
    amounts[3] += 1
    changed = replace(base, table=base.table.set_column(1, "amount", pa.array(amounts)))

    with pytest.raises(NotVerified, match="row 3"):
        changed.verify()
    with pytest.raises(NotVerified, match="id"):
        replace(base, id="0" * 64).verify()


def test_a_boundary_between_cells_can_not_be_moved():
    """'ab' + 'c' and 'a' + 'bc' are different rows, and no value is not the word for it."""
    salts = np.frombuffer(bytes(16), "V16")
    one, two, three = (
        row_leaves(pa.table({"x": pa.array([x], pa.string()), "y": [y]}), salts).tobytes()
        for x, y in (("ab", "c"), ("a", "bc"), (None, "c"))
    )

    assert 3 == len({one, two, three})
    word = row_leaves(pa.table({"x": ["-"], "y": ["c"]}), salts).tobytes()
    assert word != three


def test_the_same_rows_give_another_base_each_time():
    """Salts are new each time: who knows the rows can't find the id."""
    assert base_of(5).id != base_of(5).id


def test_a_damaged_base_is_bad_input():
    """Cut short, of another kind, or of another format."""
    data = base_of(5).to_bytes()

    for bad in (data[: len(data) // 2], b"", b"not arrow at all"):
        with pytest.raises(BadInput):
            Base.from_bytes(bad)


def test_a_copy_knows_its_rows():
    """Which base rows a recipient got; None means all."""
    copy = ReleasedCopy(
        release_id="r",
        recipient="R",
        base_id="b",
        code=None,
        rows=np.array([1, 3]),
        columns=("a",),
        canaries=None,
        at=NOW,
    )

    assert [False, True, True] == copy.holds(np.array([0, 1, 3]), 5).tolist()
    assert replace(copy, rows=None).holds(np.array([0, 4]), 5).all()


def test_a_base_has_a_time_with_a_zone():
    """A naive time would be another instant in another place."""
    with pytest.raises(ValueError, match="aware"):
        make_base(table_of(2), at=datetime(2026, 1, 1), source_columns=[])  # noqa: DTZ001
