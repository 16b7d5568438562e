"""Random draws, one stream for each column, so that a column never depends on another's length."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Draws:
    """All randomness of one book: the same seed and rows give the same book."""

    def __init__(self, seed: int, rows: int) -> None:
        self._seed = seed
        self.rows = rows

    def stream(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self._seed, crc32(name.encode())])

    def whole(self, name: str, low: int, high: int) -> Ints:
        """Whole numbers from low to high, both included."""
        return self.stream(name).integers(low, high + 1, self.rows)

    def happens(self, name: str, share: float) -> Bools:
        return self.stream(name).random(self.rows) < share

    def place(self, name: str, weights: Sequence[float]) -> Ints:
        """Places in a list, drawn by weight."""
        bounds = np.cumsum(np.asarray(weights) / sum(weights))
        found = np.searchsorted(bounds, self.stream(name).random(self.rows), side="right")
        return np.minimum(found, len(weights) - 1)

    def word(
        self, name: str, words: Sequence[str], weights: Sequence[float] | None = None
    ) -> pl.Series:
        """Words, evenly or by weight."""
        places = self.place(name, weights if weights is not None else [1.0] * len(words))
        return taken(words, places)


def weighed(pairs: Sequence[tuple[str, float]]) -> tuple[list[str], list[float]]:
    """Words and their weights, apart."""
    return [word for word, _ in pairs], [weight for _, weight in pairs]


def taken(words: Sequence[str], places: Ints) -> pl.Series:
    """The word at each place."""
    return pl.Series(words, dtype=pl.String).gather(places)


def text(numbers: Ints, width: int = 0) -> pl.Series:
    """Whole numbers as text, filled with zeros on the left."""
    return pl.Series(numbers).cast(pl.String).str.zfill(width)


def joined(*parts: pl.Series | str) -> pl.Series:
    """Put columns and fixed strings side by side."""
    named = [pl.lit(part) if isinstance(part, str) else part.alias(f"p{at}")
             for at, part in enumerate(parts)]  # fmt: skip
    series = [part for part in named if isinstance(part, pl.Series)]
    picks = [pl.col(part.name) if isinstance(part, pl.Series) else part for part in named]
    return pl.DataFrame(series).select(pl.concat_str(picks)).to_series()


def either(first: Bools, yes: pl.Series, no: pl.Series) -> pl.Series:
    """`yes` where `first`, `no` elsewhere."""
    return yes.zip_with(pl.Series(first), no)


def sparse(keep: Bools, values: pl.Series) -> pl.Series:
    """The values where `keep`, null elsewhere."""
    return either(
        keep, values, pl.Series([None], dtype=values.dtype).new_from_index(0, len(values))
    )
