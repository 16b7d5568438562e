"""Which rows look alike: the order in which a column's neighbours are plausible twins.

Marks swap values between twins and canaries borrow values from twins, so that a reader who
knows how the columns hang together finds nothing odd in a single row.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

BINS = 16
_SAMPLE = 10_000
_FRIENDS = 3


def codes_of(table: pa.Table, column: str) -> NDArray[np.int64]:
    """Each cell's value as a number ≥ 0, equal for equal values; -1 where there is no value."""
    whole = table.column(column).combine_chunks()
    if pa.types.is_floating(whole.type):
        # Not a number is the greatest here; Arrow's own order has no place for it.
        ranks = pl.Series(pl.from_arrow(whole)).rank("dense")
        return ranks.cast(pl.Int64).fill_null(0).to_numpy().astype(np.int64) - 1
    if pa.types.is_dictionary(whole.type):
        whole = whole.cast(whole.type.value_type)  # its dictionary may hold what no cell does
    coded = whole.dictionary_encode()
    order = pc.array_sort_indices(coded.dictionary).to_numpy()
    place = np.empty(len(order) + 1, dtype=np.int64)
    place[order] = np.arange(len(order))
    place[len(order)] = -1
    indices = pc.fill_null(coded.indices.cast(pa.int64()), len(order))
    codes: NDArray[np.int64] = place[indices.to_numpy(zero_copy_only=False)]
    return codes


def binned(codes: NDArray[np.int64], *, ordered: bool) -> NDArray[np.int64]:
    """Codes in 0..BINS: equal-frequency bins if ordered, else the commonest values and the rest.

    No value is a bin of its own (BINS). A column of near-unique unordered values tells
    nothing about its neighbours and becomes one bin.
    """
    known = codes >= 0
    counts = np.bincount(codes[known]) if known.any() else np.zeros(1, dtype=np.int64)
    out = np.full(len(codes), BINS, dtype=np.int64)
    if ordered or len(counts) <= BINS:
        ends = np.cumsum(counts)
        bins = np.minimum((ends - counts / 2) * BINS // max(1, int(ends[-1])), BINS - 1)
        if len(counts) <= BINS:
            bins = np.arange(len(counts))
        out[known] = bins.astype(np.int64)[codes[known]]
        return out
    if len(counts) > known.sum() / 2:
        out[known] = 0
        return out
    rank = np.empty(len(counts), dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    out[known] = np.minimum(rank, BINS - 1)[codes[known]]
    return out


def all_bins(table: pa.Table) -> dict[str, NDArray[np.int64]]:
    """The bins of every column that has any: name → int64[rows]."""
    found = {}
    for field in table.schema:
        if pa.types.is_nested(field.type) or pa.types.is_null(field.type):
            continue
        ordered = not (
            pa.types.is_string(field.type)
            or pa.types.is_large_string(field.type)
            or pa.types.is_dictionary(field.type)
        )
        found[field.name] = binned(codes_of(table, field.name), ordered=ordered)
    return found


def mutual_information(left: NDArray[np.int64], right: NDArray[np.int64]) -> float:
    """Bits that one binned column tells about the other, bias of small samples taken off."""
    joint = np.bincount(left * (BINS + 1) + right, minlength=(BINS + 1) ** 2)
    share = joint.reshape(BINS + 1, BINS + 1) / max(1, len(left))
    rows, columns = share.sum(1), share.sum(0)
    expected = np.outer(rows, columns)
    seen = share > 0
    bits = float((share[seen] * np.log2(share[seen] / expected[seen])).sum())
    free = float((np.count_nonzero(rows) - 1) * (np.count_nonzero(columns) - 1))
    return bits - free / (2 * float(np.log(2)) * max(1, len(left)))


def friends_of(column: str, bins: dict[str, NDArray[np.int64]]) -> tuple[str, ...]:
    """The few other columns that say most about this one, best first."""
    step = max(1, len(bins[column]) // _SAMPLE)
    here = bins[column][::step]
    told = {
        other: mutual_information(here, values[::step])
        for other, values in bins.items()
        if other != column
    }
    best = sorted(told, key=lambda name: (-told[name], name))[:_FRIENDS]
    return tuple(name for name in best if told[name] > 0)


def twin_order(
    column: str,
    bins: dict[str, NDArray[np.int64]],
    *,
    groups: NDArray[np.int64],
    shuffle: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """Row numbers sorted so that neighbours are of one group and alike in what tells most.

    shuffle: uint64 per row, keyed; decides between rows that are equally alike.
    """
    keys = [shuffle, *(bins[name] for name in reversed(friends_of(column, bins))), groups]
    return np.lexsort(keys).astype(np.int64)
