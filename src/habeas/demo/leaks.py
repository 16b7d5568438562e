"""What a thief would do with a file, and what borrowers chose: for the demo's later steps."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import polars as pl
import pyarrow as pa

from habeas.demo.draws import Bools
from habeas.errors import BadInput

CHOICES = (("given", 0.88), ("refused", 0.07), ("withdrawn", 0.05))


def leak_of_release(table: pa.Table, *, share: float, alter: float, seed: int) -> pa.Table:
    """Part of a release as it might turn up: shuffled, columns renamed, cells altered.

    share: of rows taken, at least one.
    alter: of cells in each column that are changed: numbers and dates moved a little, words
        exchanged for another row's. A word exchanged for the same word stays as it was.
    """
    _within("share", share, low=0.0)
    _within("alter", alter, low=-1.0)
    rng = np.random.default_rng([seed, crc32(b"leak_of_release")])
    taken = rng.permutation(table.num_rows)[: max(1, round(share * table.num_rows))]
    frame = _frame(table.take(pa.array(taken)))
    changed = [
        _altered(column, rng.random(len(column)) < alter, rng) for column in frame.get_columns()
    ]
    order = rng.permutation(len(changed))
    renamed = [changed[old].alias(f"f{new:02d}") for new, old in enumerate(order, start=1)]
    return _arrow(pl.DataFrame(renamed))


def leak_of_portfolio(table: pa.Table, rows: int, seed: int) -> pa.Table:
    """`rows` rows of a collector's list, in another order and otherwise as handed out."""
    if not 0 < rows <= table.num_rows:
        raise BadInput(
            f"{rows} rows can't be taken from {table.num_rows}", remedy="ask for fewer rows"
        )
    rng = np.random.default_rng([seed, crc32(b"leak_of_portfolio")])
    return table.take(pa.array(rng.permutation(table.num_rows)[:rows]))


def choices_file(table: pa.Table, seed: int, *, subject_column: str = "borrower_id") -> pa.Table:
    """What each borrower chose: `subject_column` and `choice` (given, refused, withdrawn)."""
    if subject_column not in table.column_names:
        raise BadInput(f"there is no column {subject_column!r} to say whose choice it is")
    rng = np.random.default_rng([seed, crc32(b"choices_file")])
    drawn = rng.choice(len(CHOICES), table.num_rows, p=[share for _, share in CHOICES])
    words = pa.array([choice for choice, _ in CHOICES]).take(pa.array(drawn))
    return pa.table({subject_column: table[subject_column], "choice": words})


def _within(name: str, value: float, *, low: float) -> None:
    if not low < value <= 1.0:
        raise BadInput(f"{name} must be a share of at most 1", remedy="give a number such as 0.05")


def _altered(column: pl.Series, change: Bools, rng: np.random.Generator) -> pl.Series:
    """The column with the marked cells changed; nulls stay null."""
    if column.dtype == pl.Date:
        days = rng.integers(1, 31, len(column)) * rng.choice([-1, 1], len(column))
        other = (column.cast(pl.Int32) + pl.Series(days).cast(pl.Int32)).cast(pl.Date)
    elif column.dtype.is_integer():
        wide = np.maximum(column.cast(pl.Float64).abs().fill_null(0).to_numpy() * 0.05, 1.0)
        step = np.ceil(rng.random(len(column)) * wide) * rng.choice([-1, 1], len(column))
        other = column + pl.Series(step.astype(np.int64)).cast(column.dtype)
    elif column.dtype.is_float():
        other = column * pl.Series(rng.normal(1.0, 0.05, len(column)))
    else:
        other = column.gather(rng.permutation(len(column)))
    return other.zip_with(pl.Series(change) & column.is_not_null(), column)


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError("a table becomes a frame")
    return frame


def _arrow(frame: pl.DataFrame) -> pa.Table:
    table = frame.to_arrow()
    plain = {pa.large_string(): pa.string(), pa.string_view(): pa.string()}
    fields = [pa.field(one.name, plain.get(one.type, one.type)) for one in table.schema]
    return table.cast(pa.schema(fields))
