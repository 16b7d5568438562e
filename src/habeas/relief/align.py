"""Which row of a base each row of a leak is, without ids.

Rows are brought together when they agree on one of several small random sets of columns, and
judged by weighted agreement on all: agreeing on a rare value says much, on a common one little,
disagreeing speaks against. A row is matched if the best base row leads clearly and is better
than chance could make it among all rows. Ids and pseudonyms, where present, are simply columns
whose values are rare.

Nothing here looks at the bits of the code. A cell that may be marked counts as agreeing if it
holds either of its two possible values, so that matching does not prefer one bit to the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from habeas.protection.marks import Carriers
from habeas.relief.cells import mix
from habeas.relief.columns import Pair, Profile
from habeas.relief.rounding import EXACT

MARGIN_BITS = 3.0
CHANCE_BITS = 5.0
_BLOCK = 48
_SETS = 5
_ROUNDS = 8
_WIDEST = 6
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alignment:
    """rows: int64 per leak row, the base row or -1; best: score in bits of the best candidate;
    lead: its lead over the second; hoped: the score this leak row would have, on average, if its
    true row were there; spread: the standard deviation of that.
    """

    rows: Ints
    best: Floats
    lead: Floats
    hoped: Floats
    spread: Floats
    threshold: float

    @property
    def matched(self) -> NDArray[np.bool_]:
        return self.rows >= 0

    @property
    def absent(self) -> NDArray[np.bool_]:
        """Leak rows whose true row would have been recognised here, and was not found."""
        sure = self.hoped - 3 * self.spread >= self.threshold
        return sure & (self.best < self.threshold)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Column:
    """One matched pair of columns, ready for comparing cell by cell."""

    pair: Pair
    leak_keys: NDArray[np.uint64]
    base_keys: NDArray[np.uint64]
    other_keys: NDArray[np.uint64] | None
    leak_numbers: Floats
    base_numbers: Floats
    base_gain: Floats
    leak_gain: Floats
    loss: float
    bits: float

    def gain(self, leak_rows: Ints, base_rows: Ints) -> Floats:
        """Bits for each (leak row, base row): + for agreeing, - for disagreeing, 0 for unknown."""
        mine, yours = self.leak_keys[leak_rows], self.base_keys[base_rows]
        same = mine == yours
        if self.other_keys is not None:
            same |= (mine == self.other_keys[base_rows]) & (mine != 0)
        if self.pair.rounding != EXACT:
            same |= self.pair.rounding.close(
                self.leak_numbers[leak_rows], self.base_numbers[base_rows]
            )
        bits = np.where(same, self.base_gain[base_rows], self.loss)
        return np.where((mine == 0) & ~same, 0.0, bits)


def align(
    leak: list[Profile],
    base: list[Profile],
    pairs: list[Pair],
    *,
    carriers: Carriers | None = None,
    marked: dict[str, int] | None = None,
    rows: Ints | None = None,
) -> Alignment:
    """Match leak rows (all, or only `rows`) with base rows.

    marked: name → place of the base's marked columns, for the carriers.
    """
    count = len(leak[0].cells) if leak else 0
    chosen = np.arange(count) if rows is None else rows
    size = len(base[0].cells) if base else 0
    columns = [_column(leak, base, pair, carriers, marked or {}) for pair in pairs]
    threshold = float(np.log2(max(2, size))) + CHANCE_BITS
    hoped, spread = _hoped(columns, count)
    best = _Best(count)
    if columns and size:
        _search(columns, chosen, size, threshold=threshold, best=best)
    lead = best.score[:, 0] - best.score[:, 1]
    sure = (best.score[:, 0] >= threshold) & (lead >= MARGIN_BITS)
    return Alignment(
        rows=np.where(sure, best.row[:, 0], -1),
        best=best.score[:, 0],
        lead=lead,
        hoped=hoped,
        spread=spread,
        threshold=threshold,
    )


def _column(
    leak: list[Profile],
    base: list[Profile],
    pair: Pair,
    carriers: Carriers | None,
    marked: dict[str, int],
) -> _Column:
    mine, yours = leak[pair.leak], base[pair.base]
    base_keys, values, inverse, counts = yours.coded_at(pair.rounding)
    share = counts / max(1, len(base_keys))
    gains = _gains(counts, len(base_keys), pair.agrees)
    at = np.clip(np.searchsorted(values, mine.cells.keys), 0, len(values) - 1)
    return _Column(
        pair=pair,
        leak_keys=mine.cells.keys,
        base_keys=base_keys,
        other_keys=_other_values(base_keys, pair.base, carriers, marked),
        leak_numbers=mine.cells.numbers,
        base_numbers=yours.cells.numbers,
        base_gain=gains[inverse],
        leak_gain=np.where(values[at] == mine.cells.keys, gains[at], np.nan),
        loss=float(np.log2(1 - pair.agrees)),
        bits=float(-(share * np.log2(share)).sum()),
    )


def _gains(counts: Ints, size: int, agrees: float) -> Floats:
    """Bits for agreeing on a value that `counts` of `size` base rows have.

    By chance it is met as often as it is common, except that in a column of (nearly) all
    different values most values are never met by chance (Good and Turing: the share of what
    was seen once is the chance of something new), unless a cell was replaced by another row's.
    """
    unseen = float((counts == 1).sum()) / max(1, size)
    share = counts / max(1, size) * max(1 - unseen, 1 - agrees)
    gains: Floats = np.log2((agrees + (1 - agrees) * share) / share)
    return gains


def _other_values(
    base_keys: NDArray[np.uint64], place: int, carriers: Carriers | None, marked: dict[str, int]
) -> NDArray[np.uint64] | None:
    """For each cell the key it would have if swapped, or its own."""
    if carriers is None:
        return None
    index = [at for at, name in enumerate(carriers.columns) if marked.get(name) == place]
    if not index:
        return None
    here = (carriers.column == index[0]) & (carriers.row_a >= 0) & (carriers.row_b >= 0)
    other = base_keys.copy()
    other[carriers.row_a[here]] = base_keys[carriers.row_b[here]]
    other[carriers.row_b[here]] = base_keys[carriers.row_a[here]]
    return other


def _hoped(columns: list[_Column], count: int) -> tuple[Floats, Floats]:
    """Mean and deviation of a leak row's score against its own row, were it in the base.

    A value that the base doesn't know counts as a typical one: in a row that is missing here,
    unknown values are what one expects to see.
    """
    mean, variance = np.zeros(count), np.zeros(count)
    for column in columns:
        agrees, empty = column.pair.agrees, column.leak_keys == 0
        gain = np.where(np.isfinite(column.leak_gain), column.leak_gain, column.bits)
        mean += np.where(empty, 0.0, agrees * gain + (1 - agrees) * column.loss)
        wide = agrees * (1 - agrees) * (gain - column.loss) ** 2
        variance += np.where(empty, 0.0, wide)
    return mean, np.sqrt(variance)


class _Best:
    """The two best base rows for each leak row so far."""

    def __init__(self, count: int) -> None:
        self.row = np.full((count, 2), -1, dtype=np.int64)
        self.score = np.full((count, 2), 0.0)

    def add(self, leak: Ints, base: Ints, score: Floats) -> None:
        """Take in candidates; several for one leak row, and known ones, are welcome."""
        touched = np.unique(leak)
        leak = np.concatenate([leak, np.repeat(touched, 2)])
        base = np.concatenate([base, self.row[touched].reshape(-1)])
        score = np.concatenate([score, self.score[touched].reshape(-1)])
        order = np.lexsort((base, -score, leak))
        leak, base, score = leak[order], base[order], score[order]
        # Equal candidates have equal scores, so they stand next to each other.
        new = np.ones(len(leak), dtype=bool)
        new[1:] = (leak[1:] != leak[:-1]) | (base[1:] != base[:-1]) | (base[1:] < 0)
        leak, base, score = leak[new], base[new], score[new]
        starts = np.searchsorted(leak, touched)
        self.row[touched, 0], self.score[touched, 0] = base[starts], score[starts]
        self.row[touched, 1], self.score[touched, 1] = base[starts + 1], score[starts + 1]


def _search(
    columns: list[_Column], chosen: Ints, size: int, *, threshold: float, best: _Best
) -> None:
    """Rounds of blocking; rows already matched beyond doubt drop out after the second round."""
    rng = np.random.default_rng(20)
    open_rows, before = chosen, -1
    for turn in range(_ROUNDS):
        for subset in _subsets(columns, size, rng):
            for leak, base in _candidates([columns[at] for at in subset], open_rows, size):
                score = np.zeros(len(leak))
                for column in columns:
                    score += column.gain(leak, base)
                best.add(leak, base, score)
        done = best.score[chosen, 0] >= threshold
        if turn and (done.all() or int(done.sum()) - before < 0.002 * len(chosen)):
            return
        before = int(done.sum())
        if turn:
            open_rows = chosen[~done]


def _subsets(
    columns: list[_Column], size: int, rng: np.random.Generator
) -> Iterable[tuple[int, ...]]:
    """Random sets of columns, each just telling enough to leave few base rows."""
    enough = np.log2(max(2, size)) + 1
    bits = np.array([min(column.bits, enough) for column in columns])
    agrees = np.array([column.pair.agrees for column in columns])
    weight = (bits + 0.05) * agrees**2
    seen = set()
    for _ in range(_SETS):
        order = rng.choice(len(columns), size=len(columns), replace=False, p=weight / weight.sum())
        reach = int(np.searchsorted(np.cumsum(bits[order]), enough)) + 1
        subset = tuple(sorted(order[: min(reach, _WIDEST)].tolist()))
        if subset not in seen:
            seen.add(subset)
            yield subset


def _candidates(columns: list[_Column], open_rows: Ints, size: int) -> Iterable[tuple[Ints, Ints]]:
    """Pairs (leak row, base row) that agree on all these columns, from blocks that are small."""
    base_hash = np.zeros(size, dtype=np.uint64)
    leak_hash = np.zeros(len(open_rows), dtype=np.uint64)
    empty = np.ones(len(open_rows), dtype=bool)
    for column in columns:
        base_hash = mix(base_hash * _GOLDEN ^ column.base_keys)
        leak_hash = mix(leak_hash * _GOLDEN ^ column.leak_keys[open_rows])
        empty &= column.leak_keys[open_rows] == 0
    order = np.argsort(base_hash)
    ordered = base_hash[order]
    first = np.searchsorted(ordered, leak_hash, side="left")
    found = np.searchsorted(ordered, leak_hash, side="right") - first
    found[(found > _BLOCK) | empty] = 0
    leak = np.repeat(open_rows, found)
    within = np.arange(len(leak)) - np.repeat(np.cumsum(found) - found, found)
    if len(leak):
        yield leak, order[np.repeat(first, found) + within]
