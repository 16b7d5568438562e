"""Canaries: synthetic rows that one recipient got and nobody else, with contact points we own.

A canary looks like its neighbours: its cells are borrowed from rows like one real row, column by
column; what identifies a person (address of mail, telephone, identity number, card, key) is
drawn anew under the secret, so that no value of the table and no other canary has it. Mail goes
to a domain of the owner: a message there is itself a sign.

Canaries are found out by joining with an outside register, or by two recipients who compare;
they supplement marks and membership. The owner leaves them out of every later account.
"""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from habeas.errors import BadInput
from habeas.protection.contacts import (
    Digits,
    Shape,
    bits_in_text,
    bits_of,
    plain,
    scrubbed,
    shapes_of,
)
from habeas.protection.prf import derive_key, words
from habeas.protection.twins import all_bins, twin_order

_NEAR = 12
_TRIES = 50
_WORDS = 256


def make_canaries(
    table: pa.Table,
    count: int,
    *,
    secret: bytes,
    code: int,
    contact_domain: str,
    together: tuple[str, ...] = (),
) -> pa.Table:
    """`count` synthetic rows in the table's schema, other ones for every code number.

    table:    what the recipient gets, before marks and without canaries; ≥ 1 row. Other tables
              give other canaries: keep what is returned, it can't be made again without them.
    code:     the recipient's code number; give unmarked copies a number of their own too.
    contact_domain: where mail to the canaries goes; under the owner's control.
    together: columns whose values are taken from one row as they stand together (the
              quasi-identifiers), so that a canary joins an existing group.
    Raises BadInput if no column can carry a value that only this canary has.
    """
    if count == 0:
        return table.schema.empty_table()
    shapes = shapes_of(table)
    if table.num_rows == 0 or not shapes:
        raise BadInput(
            "canaries need a table with rows and a column of contact points, numbers or keys",
            remedy="release without canaries; marks and membership still trace",
        )
    key = derive_key(secret, _salt(table), f"canaries/{code}")
    seeds = words(key, count, stream=0) % np.uint64(table.num_rows)
    picks = _twins(table, seeds.astype(np.int64), key=key, together=together)
    rows = []
    for name in table.column_names:
        values = table.column(name).take(pa.array(picks[name])).to_pylist()
        lots = _lots(key, name, count)
        shape = shapes.get(name)
        column = table.column(name)
        rows.append(_drawn(column, values, lots, shape=shape, domain=contact_domain))
    return pa.table(rows, schema=table.schema)


def _salt(table: pa.Table) -> bytes:
    names = "\x00".join(table.column_names).encode()
    return hashlib.sha256(names + table.num_rows.to_bytes(8, "big")).digest()


def _lots(key: bytes, name: str, count: int) -> list[Digits]:
    stream = int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") << 8
    drawn = words(key, _WORDS * count, stream=stream | 1).reshape(count, _WORDS)
    return [Digits(row.tolist()) for row in drawn]


def _twins(
    table: pa.Table, seeds: NDArray[np.int64], *, key: bytes, together: tuple[str, ...]
) -> dict[str, NDArray[np.int64]]:
    """For each column, the rows that the canaries borrow their cell from."""
    bins = all_bins(table)
    none = np.zeros(table.num_rows, dtype=np.int64)
    picks = {}
    for number, name in enumerate(table.column_names):
        if name in together or name not in bins:
            picks[name] = seeds
            continue
        shuffle = words(key, table.num_rows, stream=2 + 2 * number)
        order = twin_order(name, bins, groups=none, shuffle=shuffle)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        steps = words(key, len(seeds), stream=3 + 2 * number) % np.uint64(2 * _NEAR + 1)
        near = place[seeds] + steps.astype(np.int64) - _NEAR
        picks[name] = order[np.clip(near, 0, len(order) - 1)]
    return picks


def _drawn(
    column: pa.ChunkedArray,
    values: list[object],
    lots: list[Digits],
    *,
    shape: Shape | None,
    domain: str,
) -> pa.Array:
    kind = column.type
    if shape is not None:
        taken = _taken(column)
        fresh = [_fresh(shape, v, lot, domain, taken) for v, lot in zip(values, lots, strict=True)]
        if pa.types.is_integer(kind):
            return pa.array([None if text is None else int(text) for text in fresh], kind)
        return pa.array(fresh, kind)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        values = [
            scrubbed(value, lot) if isinstance(value, str) else value
            for value, lot in zip(values, lots, strict=True)
        ]
    return pa.array(values, kind)


def _taken(column: pa.ChunkedArray) -> set[str]:
    """Every value of the column, as plain text."""
    values = pl.Series(pl.from_arrow(column)).drop_nulls().unique()
    return {plain(str(value)) for value in values.to_list()}


def _fresh(shape: Shape, value: object, lot: Digits, domain: str, taken: set[str]) -> str | None:
    """A value of this shape that the column doesn't hold yet; it is taken from then on."""
    if value is None:
        return None
    like = plain(str(value))
    for _ in range(_TRIES):
        made = shape.draw(like, lot, domain)
        if made not in taken:
            taken.add(made)
            return made
    return None


def distinctive_cells(canaries: pa.Table, base: pa.Table) -> list[dict[str, tuple[str, float]]]:
    """For each canary: column → (plain text, bits) of the cells that only it has.

    Columns are recognised on `base` as they were when the canaries were made; a cell whose
    text stands in the base is not distinctive. Of free text the long numbers count, which were
    drawn anew.
    """
    shapes = shapes_of(base)
    found: list[dict[str, tuple[str, float]]] = [{} for _ in range(canaries.num_rows)]
    for field in canaries.schema:
        shape, name = shapes.get(field.name), field.name
        if shape is None and not pa.types.is_string(field.type):
            continue
        values = [None if v is None else str(v) for v in canaries.column(name).to_pylist()]
        bits = [_bits(shape, value) for value in values]
        if not any(bits):
            continue
        taken = _taken(base.column(name))
        for cells, value, much in zip(found, values, bits, strict=True):
            if value is not None and much and (text := plain(value)) not in taken:
                cells[name] = (text, much)
    return found


def _bits(shape: Shape | None, value: str | None) -> float:
    if value is None:
        return 0.0
    return bits_in_text(value) if shape is None else bits_of(shape, plain(value))
