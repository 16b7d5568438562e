"""How several sources made one leak: fitted to the leak, never to the copy under test.

θ_z is the chance that a position shows 1 if z of c sources hold a 1 (Furon, Pérez-Freire 2009,
"EM decoding of Tardos traitor tracing codes"). c and θ are found by expectation maximisation on at
most MOST_POSITIONS positions; c by likelihood less Schwarz's penalty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bits = NDArray[np.bool_]

MOST_SOURCES = 6
MOST_POSITIONS = 2_000
_TURNS = 25
_LEAST = 0.01
_BLUR = 0.02
_PLACES = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strategy:
    """sources: c ≥ 1. shows: θ_0 … θ_c, float64[c + 1], each inside (0, 1)."""

    sources: int
    shows: Floats


def fit(y: Bits, p: Floats, *, held: Ints, known: int) -> Strategy:
    """The likeliest strategy of more than `known` sources, `held` of the known ones holding a 1.

    y, p, held: one per position. The result depends on nothing else.
    """
    step = max(1, math.ceil(len(y) / MOST_POSITIONS))
    y, p, held = y[::step], p[::step], held[::step]
    best, most = None, -math.inf
    for sources in range(known + 1, max(MOST_SOURCES, known + 1) + 1):
        weights = _weights(p, held, known=known, sources=sources)
        shows = _expected(y, weights)
        one = weights @ shows
        likely = float(np.log(np.where(y, one, 1 - one)).sum())
        likely -= 0.5 * (sources + 1) * math.log(max(2, len(y)))
        if best is None or likely > most:
            best, most = Strategy(sources=sources, shows=shows), likely
    assert best is not None
    return best


def gains_beside(
    model: Strategy, y: Bits, p: Floats, *, held: Ints, known: int
) -> tuple[Floats, Floats]:
    """How much likelier each reading is if one more copy, holding 0 or 1, was a source."""
    chance = []
    for bit in (0, 1):
        weights = _weights(p, held + bit, known=known + 1, sources=model.sources)
        chance.append(weights @ model.shows)
    without = (1 - p) * chance[0] + p * chance[1]
    low: Floats = np.log(_seen(chance[0], y) / _seen(without, y))
    high: Floats = np.log(_seen(chance[1], y) / _seen(without, y))
    # A strategy that tells nothing leaves differences of rounding: they are no evidence.
    return np.round(low, _PLACES), np.round(high, _PLACES)


def _seen(one: Floats, y: Bits) -> Floats:
    seen: Floats = (1 - _BLUR) * np.where(y, one, 1 - one) + _BLUR / 2
    return seen


def _weights(p: Floats, held: Ints, *, known: int, sources: int) -> Floats:
    """The chance that z of the sources hold a 1: float64[position, z]."""
    rest = sources - known
    weights = np.zeros((len(p), sources + 1))
    rows = np.arange(len(p))
    for more in range(rest + 1):
        weights[rows, held + more] += comb(rest, more) * p**more * (1 - p) ** (rest - more)
    return weights


def _expected(y: Bits, weights: Floats) -> Floats:
    """θ by expectation maximisation, from a straight line: the interleaving strategy."""
    count = weights.shape[1]
    shows = (np.arange(count) + 0.5) / count
    ones, zeros = weights[y], weights[~y]
    for _ in range(_TURNS):
        held1 = ((1 / (ones @ shows)) @ ones) * shows
        held0 = ((1 / (1 - zeros @ shows)) @ zeros) * (1 - shows)
        shows = np.clip((held1 + 0.5) / (held1 + held0 + 1), _LEAST, 1 - _LEAST)
    fitted: Floats = shows
    return fitted
