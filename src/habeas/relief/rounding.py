"""Rounded columns: seeing that a leak's numbers were rounded, and comparing at that coarseness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from habeas.relief.cells import Cells, keys_of_numbers

_FIXED = 0.75
_CLEARLY = 0.15
_AS_WELL = 0.05
_SAMPLE = 4_000
_LEAST = 20


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a column was made coarser: to a number of decimals, of significant digits, or months."""

    how: Literal["exact", "decimals", "digits", "month"]
    to: int = 0

    def step(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """The distance between neighbouring values of the coarse scale at each number."""
        if self.how == "decimals":
            return np.full(numbers.shape, 10.0**-self.to)
        if self.how == "month":
            return np.full(numbers.shape, 62.0)
        size = np.abs(numbers)
        safe = np.where(size > 0, size, 1.0)
        return 10.0 ** (np.floor(np.log10(safe)) - self.to + 1)

    def apply(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.how == "exact":
            return numbers
        if self.how == "month":
            return _month_starts(numbers)
        step = self.step(numbers)
        return np.rint(numbers / step) * step

    def keys(self, cells: Cells) -> NDArray[np.uint64]:
        if self.how == "exact":
            return cells.keys
        known = np.isfinite(cells.numbers)
        return np.where(known, keys_of_numbers(self.apply(cells.numbers)), cells.keys)

    def close(self, left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.bool_]:
        """True where two numbers may be the same before rounding; ties go either way."""
        return np.abs(left - right) <= self.step(right) * (0.5 + 1e-9)


EXACT = Rounding("exact")
_SCALES: tuple[Rounding, ...] = (
    *(Rounding("decimals", to) for to in (-5, -4, -3, -2)),
    Rounding("digits", 1),
    Rounding("decimals", -1),
    *(Rounding("digits", to) for to in (2, 3)),
    *(Rounding("decimals", to) for to in (0, 1)),
    Rounding("digits", 4),
    *(Rounding("decimals", to) for to in (2, 3, 4)),
)


@dataclass(frozen=True, slots=True)
class Fixed:
    """For each scale, the share of a column's values that rounding to it leaves unchanged, and
    how many different values it leaves.
    """

    shares: dict[Rounding, float]
    kinds: dict[Rounding, int]
    seen: int


def fixed_shares(cells: Cells) -> Fixed:
    numbers = cells.numbers[np.isfinite(cells.numbers)]
    if cells.kind == "text" or not len(numbers):
        return Fixed({}, {}, 0)
    numbers = numbers[:: max(1, len(numbers) // _SAMPLE)]
    scales = (Rounding("month"),) if cells.kind == "date" else _SCALES
    rounded = {scale: scale.apply(numbers) for scale in scales}
    shares = {
        scale: float(np.isclose(values, numbers, rtol=1e-9, atol=1e-12).mean())
        for scale, values in rounded.items()
    }
    kinds = {scale: len(np.unique(values)) for scale, values in rounded.items()}
    return Fixed(shares, kinds, len(numbers))


def rounding_between(leak: Fixed, base: Fixed) -> Rounding:
    """The coarsest scale that the leak stands on as well as on any, and the base clearly less."""
    if leak.seen < _LEAST:
        return EXACT
    fits = {
        scale: share
        for scale, share in leak.shares.items()
        if share >= _FIXED and share - base.shares.get(scale, 1.0) >= _CLEARLY
    }
    best = max(fits.values(), default=0.0)
    good = [scale for scale, share in fits.items() if share >= best - _AS_WELL]
    return min(good, key=lambda scale: base.kinds[scale], default=EXACT)


def _month_starts(days: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = np.where(np.isfinite(days), days, 0).astype("datetime64[D]")
    starts = whole.astype("datetime64[M]").astype("datetime64[D]").astype(np.float64)
    return np.where(np.isfinite(days), starts, np.nan)
