"""Which column of a leak is which column of a base, whatever it is called now.

Likeness is judged on the cells alone (a name that still fits counts a little): the share of the
leak's values that the base's column knows, and how alike the two distributions are. The best
one-to-one matching is found over all columns at once. After rows have been matched, agreement on
them takes the place of likeness.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from habeas.relief.cells import Cells
from habeas.relief.rounding import EXACT, Fixed, Rounding, fixed_shares, rounding_between

_FEW = 200
_ALIKE = 0.35
_AGREES = 0.15
_NAME = 0.05

Keys = NDArray[np.uint64]
Coded = tuple[Keys, Keys, NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Leak column `leak` is base column `base`, made coarser by `rounding`.

    agrees: share of cells expected to be equal in the same row (a guess until rows are matched).
    """

    leak: int
    base: int
    rounding: Rounding
    agrees: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """What is remembered of one base column for matching: its values, how common each is."""

    cells: Cells
    values: NDArray[np.uint64]
    counts: NDArray[np.int64]
    fixed: Fixed
    quantiles: NDArray[np.float64]
    # Filled as asked for: the different keys at each coarser scale.
    rounded: dict[Rounding, NDArray[np.uint64]] = field(default_factory=dict)
    different: dict[str, Cells] = field(default_factory=dict)
    coded: dict[Rounding, Coded] = field(default_factory=dict)

    def values_at(self, rounding: Rounding) -> NDArray[np.uint64]:
        """The column's different keys, sorted, at some coarseness."""
        if rounding == EXACT:
            return self.values
        if rounding not in self.rounded:
            self.rounded[rounding] = np.unique(rounding.keys(self._different()))
        return self.rounded[rounding]

    def coded_at(self, rounding: Rounding) -> Coded:
        """The column's keys at some coarseness, its different ones, where each is, how many."""
        if rounding not in self.coded:
            keys = rounding.keys(self.cells)
            values, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
            self.coded[rounding] = keys, values, places, counts
        return self.coded[rounding]

    def _different(self) -> Cells:
        """The column's cells, each kind once: rounding a value gives the same in every row."""
        if "cells" not in self.different:
            first = pl.Series(self.cells.keys).arg_unique().to_numpy()
            self.different["cells"] = self.cells.at(first.astype(np.int64))
        return self.different["cells"]

    @property
    def bits(self) -> float:
        """The entropy of the column."""
        share = self.counts / max(1, self.counts.sum())
        return float(-(share * np.log2(share)).sum()) if len(share) else 0.0


def profile(cells: Cells) -> Profile:
    values, counts = np.unique(cells.keys, return_counts=True)
    return Profile(
        cells=cells,
        values=values,
        counts=counts,
        fixed=fixed_shares(cells),
        quantiles=_quantiles(cells.numbers),
    )


def match_columns(leak: list[Profile], base: list[Profile]) -> list[Pair]:
    """The best one-to-one matching by likeness; a leak column like no base column is left out."""
    roundings = _roundings(leak, base)
    likeness = np.array(
        [
            [_likeness(one, other, roundings[i][j]) for j, other in enumerate(base)]
            for i, one in enumerate(leak)
        ]
    ).reshape(len(leak), len(base))
    return _assign(likeness, roundings, least=_ALIKE, agrees=None)


def rematch_columns(
    leak: list[Profile],
    base: list[Profile],
    *,
    leak_rows: NDArray[np.int64],
    base_rows: NDArray[np.int64],
) -> list[Pair]:
    """The matching by agreement on matched rows beyond chance, as a share of what is possible."""
    roundings = _roundings(leak, base)
    ours = [one.cells.at(leak_rows) for one in leak]
    theirs = [other.cells.at(base_rows) for other in base]
    agrees = np.zeros((len(leak), len(base)))
    lift = np.zeros_like(agrees)
    for i, one in enumerate(ours):
        for j, other in enumerate(theirs):
            agrees[i, j], chance = agreement(one, other, roundings[i][j])
            lift[i, j] = (agrees[i, j] - chance) / (1 - chance) if chance < 1 else 0.0
    return _assign(lift, roundings, least=_AGREES, agrees=agrees)


def agreement(leak: Cells, base: Cells, rounding: Rounding) -> tuple[float, float]:
    """Share of rows in which two columns agree, and the share if rows were matched at random.

    Rows in which neither has a value are left out.
    """
    known = (leak.keys != 0) | (base.keys != 0)
    if not known.any():
        return 0.0, 0.0
    rounded = rounding.keys(base)
    same = (leak.keys == rounded)[known]
    values, counts = np.unique(rounded[known], return_counts=True)
    at = np.clip(np.searchsorted(values, leak.keys[known]), 0, len(values) - 1)
    chance = np.where(values[at] == leak.keys[known], counts[at], 0) / known.sum()
    return float(same.mean()), float(chance.mean())


def _roundings(leak: list[Profile], base: list[Profile]) -> list[list[Rounding]]:
    return [[rounding_between(one.fixed, other.fixed) for other in base] for one in leak]


def _assign(
    worth: NDArray[np.float64],
    roundings: list[list[Rounding]],
    *,
    least: float,
    agrees: NDArray[np.float64] | None,
) -> list[Pair]:
    if not worth.size:
        return []
    rows, columns = linear_sum_assignment(-np.where(worth >= least, worth, 0.0))
    return [
        Pair(
            leak=int(i),
            base=int(j),
            rounding=roundings[i][j],
            agrees=0.75 if agrees is None else float(np.clip(agrees[i, j], 0.05, 0.99)),
        )
        for i, j in zip(rows, columns, strict=True)
        if worth[i, j] >= least
    ]


def _likeness(leak: Profile, base: Profile, rounding: Rounding) -> float:
    if not (leak.values != 0).any() or not (base.values != 0).any():
        return 0.0
    known, spread = _known(leak, base, rounding), _spread(leak, base)
    name = _NAME * (leak.cells.name.casefold() == base.cells.name.casefold())
    return 0.5 * known + 0.5 * spread + name if known > 0.1 else 0.0


def _known(leak: Profile, base: Profile, rounding: Rounding) -> float:
    """Share of the leak's cells whose value the base's column has."""
    real = leak.values != 0
    return share_known(leak.values[real], leak.counts[real], base.values_at(rounding))


def share_known(
    values: NDArray[np.uint64], counts: NDArray[np.int64], among: NDArray[np.uint64]
) -> float:
    """Share of cells (sorted different values with their counts) whose value is `among`, sorted."""
    if not len(values) or not len(among):
        return 0.0
    at = np.clip(np.searchsorted(among, values), 0, len(among) - 1)
    return float(counts[among[at] == values].sum() / counts.sum())


def _spread(leak: Profile, base: Profile) -> float:
    """How alike the distributions are, 0 to 1: common values by share, numbers by quantiles."""
    if len(base.values) <= _FEW or leak.cells.kind == "text" or base.cells.kind == "text":
        if len(base.values) > _FEW:
            return _known(leak, base, EXACT)
        mine = leak.counts / leak.counts.sum()
        yours = base.counts / base.counts.sum()
        at = np.clip(np.searchsorted(base.values, leak.values), 0, len(base.values) - 1)
        common = base.values[at] == leak.values
        return float(np.minimum(mine, yours[at])[common].sum())
    if leak.cells.kind != base.cells.kind:
        return 0.0
    low = np.minimum(leak.quantiles[0], base.quantiles[0])
    span = max(leak.quantiles[-1], base.quantiles[-1]) - low
    if not span > 0:
        return 1.0
    # Mean distance between the quantile curves, in units of the spread of the middle half.
    middle = max(base.quantiles[75] - base.quantiles[25], span / 100)
    return float(1 / (1 + np.abs(leak.quantiles - base.quantiles)[5:96].mean() / middle))


def _quantiles(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return np.zeros(101)
    found: NDArray[np.float64] = np.quantile(known, np.linspace(0, 1, 101))
    return found
