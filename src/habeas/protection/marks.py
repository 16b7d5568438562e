"""Marks: pairs of cells that are swapped in one recipient's copy and not in another's.

A *carrier* is two cells of one column in two rows of one group that hold different values.
In the copy of recipient u the two are swapped if the code bit X of (u, carrier) is 1. Because
the two rows are equal in every grouping column, swapping leaves group sizes, l, t, and each
column's multiset and sum as they were.

The code is a symmetric Tardos code with one position per carrier: position t has a secret bias
p_t, drawn from the arcsine law cut off at CUTOFF, and X(u, t) is 1 with probability p_t,
independently for all u and t. Both come from AES under keys derived from the home's secret and
the base's salt, so any bit can be made again by itself. p_t is a whole number of 1/65536, and
X compares 16 random bits with it, so the probability that the error bound of a trace computes
with is exactly the probability the bit was drawn with.

How many carriers a rate gives: `rate` is the share of allowed cells that take part in a carrier;
half of them end up swapped on average, so a rate of 0.04 alters 2 % of the allowed cells, and
gives rate/2 positions per allowed cell: 10,000 rows × 20 columns → 4,000 positions. A leak of a
share q of the rows shows 1 - (1-q)² of them, since either cell of a pair shows the bit: of the
4,000, 5 % of rows show 390, and some 300 survive when 20 % of cells are altered. With 5 %
of the readings wrong, one leaker among 10,000 recipients is named in 95 of 100 trials from 150
readable positions, among 3 from 120; with none wrong from 100 and 80 (simulated, ε = 1e-9).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from habeas.errors import BadInput
from habeas.ledger.tree import leaf_hash, root_hash
from habeas.protection.prf import blocks, derive_key, words
from habeas.protection.twins import BINS, all_bins, codes_of, friends_of, twin_order

CUTOFF = 0.01
DEFAULT_RATE = 0.04
_WINDOW = 12
_SCALE = 65_536
_LANES = 8
_ENTRY = np.dtype(
    [
        ("salt", "V16"),
        ("position", ">u8"),
        ("column", ">i2"),
        ("row_a", ">i4"),
        ("row_b", ">i4"),
        ("bias", ">u4"),
        ("bit", "u1"),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Carriers:
    """The code positions of one base, in order; position t is element t of each array.

    columns: names of the marked columns.
    column:  int16, index into `columns`.
    row_a, row_b: int32, row numbers in the base. -1: that row was erased; the position stays,
        so that later positions keep their numbers.
    p: float64, the bias, a whole number of 1/65536.
    """

    columns: tuple[str, ...]
    column: NDArray[np.int16]
    row_a: NDArray[np.int32]
    row_b: NDArray[np.int32]
    p: NDArray[np.float64]

    def __post_init__(self) -> None:
        sizes = {len(part) for part in (self.column, self.row_a, self.row_b, self.p)}
        if len(sizes) != 1:
            raise ValueError("carriers need as many columns, rows and biases")
        if len(self.p) and not (self.p.min() > 0 and self.p.max() < 1):
            raise ValueError("a bias lies between 0 and 1")
        if len(self.column) and not 0 <= self.column.min() <= self.column.max() < len(self.columns):
            raise ValueError("a carrier's column is one of the marked columns")

    def __len__(self) -> int:
        return len(self.p)


def plan_carriers(
    table: pa.Table,
    *,
    groups: NDArray[np.int64] | None,
    columns: Sequence[str],
    rate: float = DEFAULT_RATE,
    secret: bytes,
    base_salt: bytes,
) -> Carriers:
    """Choose the carriers of one base, with their biases; the same inputs choose the same.

    table:   the transformed, unmarked base, in hand-out order.
    groups:  int per row, equal for rows equal in all grouping columns; swaps stay within. None:
             the table has no groups; then two rows are paired only if they lie in the same
             sixteenth of the column that tells most about the marked one.
    columns: what may be marked; the caller leaves out keys, joins, quasi-identifiers, declared
             sums and what the recipient decides on.
    rate:    share of the allowed (non-empty) cells that take part, 0 ≤ rate ≤ 1. Where too few
             pairs with different values exist, fewer are chosen.
    """
    if not 0 <= rate <= 1:
        raise BadInput(f"a mark rate lies between 0 and 1, not {rate}")
    if unknown := [name for name in columns if name not in table.column_names]:
        raise BadInput("columns to mark are not in the table", place=", ".join(unknown))
    bins = all_bins(table)
    key = derive_key(secret, base_salt, "cells")
    parts = []
    for index, name in enumerate(columns):
        pairs = _pairs_of(table, name, bins=bins, groups=groups, rate=rate, key=key, stream=index)
        parts.append((np.full(len(pairs), index, dtype=np.int16), pairs))
    column = np.concatenate([np.empty(0, np.int16), *(part[0] for part in parts)])
    pairs = np.concatenate([np.empty((0, 2), np.int32), *(part[1] for part in parts)])
    return Carriers(
        columns=tuple(columns),
        column=column,
        row_a=np.ascontiguousarray(pairs[:, 0]),
        row_b=np.ascontiguousarray(pairs[:, 1]),
        p=_biases(derive_key(secret, base_salt, "bias"), len(column)),
    )


def _pairs_of(
    table: pa.Table,
    name: str,
    *,
    bins: dict[str, NDArray[np.int64]],
    groups: NDArray[np.int64] | None,
    rate: float,
    key: bytes,
    stream: int,
) -> NDArray[np.int32]:
    """The chosen pairs of one column: int32[pairs, 2], in row order."""
    rows = table.num_rows
    if rows < 2 or name not in bins:
        return np.empty((0, 2), np.int32)
    codes = codes_of(table, name)
    grouping = np.zeros(rows, np.int64) if groups is None else np.asarray(groups, np.int64)
    shuffle = words(key, rows, stream=2 * stream)
    order = twin_order(name, bins, groups=grouping, shuffle=shuffle)
    alike = _likeness(name, bins, grouping)
    pairs = _neighbours(order, codes, alike)
    if groups is not None:
        pairs = np.concatenate([pairs, _neighbours(order, codes, grouping, taken=pairs)])
    wanted = round(rate * int((codes >= 0).sum()) / 2)
    return _choose(pairs, wanted, words(key, rows, stream=2 * stream + 1))


def _likeness(
    name: str, bins: dict[str, NDArray[np.int64]], groups: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Group and bin of the column that tells most, as one number per row."""
    friends = friends_of(name, bins)
    return groups * (BINS + 1) + (bins[friends[0]] if friends else 0)


def _neighbours(
    order: NDArray[np.int64],
    codes: NDArray[np.int64],
    alike: NDArray[np.int64],
    *,
    taken: NDArray[np.int32] | None = None,
) -> NDArray[np.int32]:
    """Disjoint pairs of near neighbours in `order`, alike and of different value."""
    free = codes[order] >= 0
    if taken is not None:
        used = np.zeros(len(codes), dtype=bool)
        used[taken.reshape(-1)] = True
        free &= ~used[order]
    value, kind = codes[order], alike[order]
    place = np.arange(len(order))
    found = []
    for step in range(1, min(_WINDOW, len(order) - 1) + 1):
        fits = (value[:-step] != value[step:]) & (kind[:-step] == kind[step:])
        for parity in (0, 1):
            left = fits & free[:-step] & free[step:] & ((place[:-step] // step) % 2 == parity)
            first = np.flatnonzero(left)
            free[first] = False
            free[first + step] = False
            found.append(np.stack([order[first], order[first + step]], axis=1))
    return np.concatenate(found).astype(np.int32)


def _choose(pairs: NDArray[np.int32], wanted: int, lots: NDArray[np.uint64]) -> NDArray[np.int32]:
    """`wanted` of the pairs by lot, in row order."""
    if wanted < len(pairs):
        pairs = pairs[np.argsort(lots[pairs[:, 0]], kind="stable")[:wanted]]
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _biases(key: bytes, count: int) -> NDArray[np.float64]:
    """sin² of a uniform angle between the cutoffs, as whole numbers of 1/65536."""
    low = np.arcsin(np.sqrt(CUTOFF))
    angle = low + (np.pi / 2 - 2 * low) * (words(key, count) / np.float64(2**64))
    biases: NDArray[np.float64] = np.rint(np.sin(angle) ** 2 * _SCALE) / _SCALE
    return biases


def code_bits(
    secret: bytes,
    base_salt: bytes,
    carriers: Carriers,
    recipients: Sequence[int],
    *,
    positions: NDArray[np.int64] | None = None,
) -> NDArray[np.bool_]:
    """The code bits X of some recipients' code numbers: bool[recipient, position].

    positions: only these, in this order; None: all. Any bit is computed by itself.
    """
    key = derive_key(secret, base_salt, "code")
    at = np.arange(len(carriers)) if positions is None else np.asarray(positions)
    threshold = np.rint(carriers.p[at] * _SCALE).astype(np.uint32)
    numbers = np.asarray(recipients, dtype=np.int64)
    if len(numbers) and numbers.min() < 0:
        raise ValueError("code numbers are not negative")
    octets, which = np.unique(numbers // _LANES, return_inverse=True)
    lanes = blocks(
        key,
        np.broadcast_to(at.astype(np.uint64), (len(octets), len(at))),
        np.broadcast_to(octets.astype(np.uint64)[:, None], (len(octets), len(at))),
    )
    drawn: NDArray[np.bool_] = lanes[which, :, numbers % _LANES] < threshold
    return drawn


def embed(table: pa.Table, carriers: Carriers, bits: NDArray[np.bool_]) -> pa.Table:
    """The copy in which the carriers whose bit is 1 are swapped.

    table: the base the carriers were planned on, all its rows in their order; it may hold more
        or fewer columns. bits: bool[position]. Other cells, order and types stay as they are.
    """
    if bits.shape != (len(carriers),):
        raise ValueError("one bit for each carrier")
    swapped = bits & (carriers.row_a >= 0) & (carriers.row_b >= 0)
    for index, name in enumerate(carriers.columns):
        here = np.flatnonzero(swapped & (carriers.column == index))
        place = table.column_names.index(name) if name in table.column_names else None
        if place is None or not len(here):
            continue
        take = np.arange(table.num_rows)
        take[carriers.row_a[here]] = carriers.row_b[here]
        take[carriers.row_b[here]] = carriers.row_a[here]
        column = table.column(place).combine_chunks().take(pa.array(take))
        table = table.set_column(place, table.schema.field(place), column)
    return table


def key_commitment(secret: bytes, base_salt: bytes) -> bytes:
    """Commits to the key of the code without telling it: SHA-256(tag ‖ salt ‖ code key)."""
    key = derive_key(secret, base_salt, "code")
    return hashlib.sha256(b"habeas/marks/v1/key\x00" + base_salt + key).digest()


def position_leaves(secret: bytes, base_salt: bytes, carriers: Carriers, code: int) -> list[bytes]:
    """The salted entry of each position of one code word: what is committed to.

    An entry is salt(16) ‖ position(8) ‖ column(2) ‖ row_a(4) ‖ row_b(4) ‖ bias·65536(4) ‖ bit(1),
    integers big-endian; the salts come from the secret, so nobody can guess an entry.
    """
    bits = code_bits(secret, base_salt, carriers, [code])[0]
    salts = words(derive_key(secret, base_salt, "open"), 2 * len(carriers), stream=code)
    record = np.zeros(len(carriers), dtype=_ENTRY)
    record["salt"] = np.ascontiguousarray(salts.astype(">u8")).view("V16")
    record["position"] = np.arange(len(carriers))
    record["column"], record["bit"] = carriers.column, bits
    record["row_a"], record["row_b"] = carriers.row_a, carriers.row_b
    record["bias"] = np.rint(carriers.p * _SCALE)
    data = record.tobytes()
    size = _ENTRY.itemsize
    return [data[at : at + size] for at in range(0, len(data), size)]


def seal_code(*, code: int, size: int, key: bytes, root: bytes) -> str:
    """The commitment's last step: one hash over code number, size, key commitment and root."""
    body = code.to_bytes(8, "big") + size.to_bytes(8, "big") + key + root
    return hashlib.sha256(b"habeas/marks/v1/code\x00" + body).hexdigest()


def commitment(secret: bytes, base_salt: bytes, carriers: Carriers, code: int) -> str:
    """Hex hash that fixes key, carriers, biases and code word before the copy is handed out.

    It goes into the manifest and the log. It tells nothing by itself; later single positions
    can be opened against it (protection/disclosure.py) without the secret. It does not show
    that the owner never made the same copy: they hold the secret.
    """
    entries = position_leaves(secret, base_salt, carriers, code)
    root = root_hash([leaf_hash(entry) for entry in entries])
    key = key_commitment(secret, base_salt)
    return seal_code(code=code, size=len(carriers), key=key, root=root)
