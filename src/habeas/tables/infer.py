"""The types of text columns, inferred over the whole file in one streaming pass.

int64: no leading zeros, at most 15 digits · float64 · bool: true/false · date32: YYYY-MM-DD ·
otherwise string. '' is null. NA, NULL and the like are null only where the rest of the column
is numbers, dates or booleans; in a column of words they stay words.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

NULL_WORDS: tuple[str, ...] = ("NA", "N/A", "NaN", "nan", "NULL", "null", "None")

_INT = r"^-?(?:0|[1-9][0-9]{0,14})$"
_FLOAT = r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,17})?(?:[eE][+-]?[0-9]{1,2})?$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

# The narrowest type first: a column takes the first that fits all its values.
_ORDER: tuple[str, ...] = ("bool", "int64", "float64", "date32")
_ARROW: dict[str, pa.DataType] = {
    "bool": pa.bool_(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "date32": pa.date32(),
}


class Narrowing:
    """The types still possible for one column after the batches seen so far."""

    __slots__ = ("possible", "seen")

    def __init__(self) -> None:
        self.possible = list(_ORDER)
        self.seen = False

    def look(self, values: pa.Array) -> None:
        """Strike out the types that this batch of strings does not fit."""
        if not self.possible:
            return
        words = pl.Series(values).drop_nulls().unique()
        words = words.filter(~words.is_in(NULL_WORDS))
        if len(words):
            self.seen = True
            self.possible = [kind for kind in self.possible if _fits(words, kind)]

    @property
    def type(self) -> pa.DataType:
        if not self.seen or not self.possible:
            return pa.string()
        return _ARROW[self.possible[0]]


def _fits(words: pl.Series, kind: str) -> bool:
    if kind == "bool":
        return bool(words.is_in(["true", "false"]).all())
    if kind == "int64":
        return bool(words.str.contains(_INT).all())
    if kind == "float64":
        return bool(words.str.contains(_FLOAT).all())
    if not words.str.contains(_DATE).all():
        return False
    return words.str.to_date("%Y-%m-%d", strict=False).null_count() == 0


def convert(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """A batch of strings in the types of `schema`."""
    arrays = [_convert(batch.column(field.name), field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _convert(values: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return values
    missing = pc.is_in(values, value_set=pa.array(NULL_WORDS))
    known = pc.if_else(missing, pa.scalar(None, pa.string()), values)
    return pc.cast(known, kind)


def schema_of(names: Sequence[str], columns: Sequence[Narrowing]) -> pa.Schema:
    return pa.schema(
        [pa.field(name, column.type) for name, column in zip(names, columns, strict=True)]
    )
