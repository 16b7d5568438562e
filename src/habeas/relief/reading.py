"""Reading the marks of a matched leak: for each code position 0, 1 or nothing.

Either cell of a swapped pair shows the bit: its own value says 0, its partner's says 1, anything
else says nothing. Two cells that contradict each other say nothing. The code bits are not known
here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from habeas.protection.marks import Carriers
from habeas.relief.align import Alignment
from habeas.relief.columns import Pair, Profile
from habeas.relief.rounding import EXACT
from habeas.relief.score import Reading

_NOTHING = -1


def read_marks(
    leak: list[Profile],
    base: list[Profile],
    pairs: list[Pair],
    alignment: Alignment,
    carriers: Carriers,
) -> Reading:
    """The readable positions of one base's code in a leak."""
    place = {profile.cells.name: at for at, profile in enumerate(base)}
    paired = {pair.base: pair for pair in pairs}
    row_of = _leak_row_of(alignment, len(base[0].cells) if base else 0)
    bit = np.full(len(carriers), _NOTHING, dtype=np.int8)
    for index, name in enumerate(carriers.columns):
        pair = paired.get(place.get(name, -1))
        here = np.flatnonzero(
            (carriers.column == index) & (carriers.row_a >= 0) & (carriers.row_b >= 0)
        )
        if pair is None or not len(here):
            continue
        a, b = carriers.row_a[here], carriers.row_b[here]
        left = _read(leak[pair.leak], base[pair.base], pair, row_of[a], own=a, other=b)
        right = _read(leak[pair.leak], base[pair.base], pair, row_of[b], own=b, other=a)
        bit[here] = _joined(left, right)
    seen = np.flatnonzero(bit != _NOTHING)
    return Reading(positions=seen, y=bit[seen] == 1, p=carriers.p[seen])


def _leak_row_of(alignment: Alignment, size: int) -> NDArray[np.int64]:
    """For each base row the leak row matched to it with the best score, or -1."""
    row_of = np.full(size, -1, dtype=np.int64)
    leak_rows = np.flatnonzero(alignment.matched)
    order = leak_rows[np.argsort(alignment.best[leak_rows], kind="stable")]
    row_of[alignment.rows[order]] = order
    return row_of


def _read(
    leak: Profile,
    base: Profile,
    pair: Pair,
    rows: NDArray[np.int64],
    *,
    own: NDArray[np.int32],
    other: NDArray[np.int32],
) -> NDArray[np.int8]:
    """0, 1 or nothing for each carrier from one of its cells; rows: its leak row or -1."""
    is_own = _same(leak, base, pair, rows, own)
    is_other = _same(leak, base, pair, rows, other)
    bit = np.where(is_own & ~is_other, 0, np.where(is_other & ~is_own, 1, _NOTHING))
    return np.where(rows >= 0, bit, _NOTHING).astype(np.int8)


def _same(
    leak: Profile,
    base: Profile,
    pair: Pair,
    leak_rows: NDArray[np.int64],
    base_rows: NDArray[np.int32],
) -> NDArray[np.bool_]:
    if pair.rounding == EXACT:
        same: NDArray[np.bool_] = leak.cells.keys[leak_rows] == base.cells.keys[base_rows]
        return same
    mine, yours = leak.cells.numbers[leak_rows], base.cells.numbers[base_rows]
    return pair.rounding.close(mine, yours)


def _joined(left: NDArray[np.int8], right: NDArray[np.int8]) -> NDArray[np.int8]:
    """One reading from two: what either says, unless they contradict."""
    either = np.where(left == _NOTHING, right, left)
    contradict = (left != _NOTHING) & (right != _NOTHING) & (left != right)
    return np.where(contradict, _NOTHING, either).astype(np.int8)
