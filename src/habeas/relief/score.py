"""Scores of code words against a leak, and bounds on how often chance alone does as well.

The false-accusation bound. Fix the leak: the readable positions t, their biases p_t, the bits y_t
read there. A recipient who had no part in the leak has a code word X whose bits are independent
of it: X_t is 1 with probability p_t, independently over t (they are AES outputs under a key that
nobody but the owner has; nothing in matching rows or columns looks at X). The score of decoder k
is S = Σ g_t(X_t), where the two numbers g_t(0), g_t(1) depend on y_t and p_t alone. For every
λ > 0, by Markov's inequality and independence,

    P[S ≥ s] ≤ E[exp(λS)]·exp(-λs) = exp( Σ ln( (1-p_t)·e^{λ g_t(0)} + p_t·e^{λ g_t(1)} ) - λs ).

The right-hand side is computed exactly from the leak, for a grid of λ fixed before s is looked
at; each λ gives a true bound, so the least of them is one. Markov's inequality gives away a factor:
the left-hand side equals the right-hand side times E'[exp(-λ(S - s)); S ≥ s], where E' is the law
tilted by exp(λS). Under it S is still a sum of independent terms, so by Berry and Esseen, whose
theorem holds for any number of terms, its distribution function is within a stated distance Δ of
the normal one of the same mean and variance, and that expectation is at most the normal law's plus
2Δ (the integrand falls from 1 to 0). The bound is the product of both; where Δ is large the factor
is taken as 1. No assumption on how the leak was altered, rows matched or marks removed, and no
number of colluders enters. Over N tests
(recipients × bases × decoders × alignments × reruns) the chance that any innocent one reaches
tests·bound ≤ ε is at most ε, by the union bound.

The clearing bound. Fix one recipient's code word X and suppose the leak was made from their copy
alone, each readable bit coming out wrong independently with probability at most ρ. Give each
position a weight w_t ≥ 0 that depends on X_t and p_t: how much more a mismatch is to be expected
of a leak that has nothing to do with X. D = Σ w_t·[y_t ≠ X_t] is then at most (stochastically)
Σ w_t·Bernoulli(ρ), and as above

    P[D ≥ d] ≤ exp( Σ ln(1 - ρ + ρ e^{λ w_t}) - λd )   for every λ > 0.

If this is ≤ ε the recipient is cleared as the only source, under the stated ρ. It says nothing
about coalitions, nor about a leak altered more than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from habeas.relief.strategy import fit, gains_beside

Floats = NDArray[np.float64]
Bits = NDArray[np.bool_]

DECODERS = ("symmetric", "llr_1", "llr_2", "llr_4", "llr_8", "matched")
MAX_NOISE = 0.10
_BLUR = 0.12
_GRID = 72
# For sums of independent, differently distributed terms (Shevtsova 2010).
_BERRY_ESSEEN = 0.56
_POINT = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """What a leak shows of one base's code: positions int64[m], y bool[m], p float64[m]."""

    positions: NDArray[np.int64]
    y: Bits
    p: Floats

    def __len__(self) -> int:
        return len(self.positions)


def gains(reading: Reading) -> tuple[Floats, Floats]:
    """g(0) and g(1) of each decoder at each position: float64[decoder, position] each."""
    p, y = reading.p, reading.y
    parts = [_symmetric(p, y), *(_likelihood(p, y, c) for c in (1, 2, 4, 8)), _matched(p, y)]
    return np.stack([part[0] for part in parts]), np.stack([part[1] for part in parts])


def _symmetric(p: Floats, y: Bits) -> tuple[Floats, Floats]:
    """Škorić, Katzenbeisser and Celik's score: mean 0, variance 1 per position for innocents."""
    rare, common = np.sqrt((1 - p) / p), np.sqrt(p / (1 - p))
    return np.where(y, -common, common), np.where(y, rare, -rare)


def _likelihood(p: Floats, y: Bits, colluders: int) -> tuple[Floats, Floats]:
    """Log-likelihood ratio against `colluders` who take each cell from one of them at random."""
    out = []
    for bit in (0.0, 1.0):
        one = (bit + (colluders - 1) * p) / colluders
        guilty = (1 - _BLUR) * np.where(y, one, 1 - one) + _BLUR / 2
        innocent = (1 - _BLUR) * np.where(y, p, 1 - p) + _BLUR / 2
        out.append(np.log(guilty / innocent))
    return out[0], out[1]


def _matched(p: Floats, y: Bits) -> tuple[Floats, Floats]:
    """Log-likelihood ratio under the strategy that explains the leak best (relief.strategy)."""
    nobody = np.zeros(len(p), dtype=np.int64)
    return gains_beside(fit(y, p, held=nobody, known=0), y, p, held=nobody, known=0)


def scores(bits: Bits | Floats, gain0: Floats, gain1: Floats) -> Floats:
    """float64[recipient, decoder] from bits[recipient, position]."""
    total: Floats = bits.astype(np.float64, copy=False) @ (gain1 - gain0).T + gain0.sum(axis=1)
    return total


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tail:
    """One decoder's bound on what an innocent copy scores, for one leak: float64[λ] each.

    moment: ln E[exp(λS)]; mean, deviation: of S under the law tilted by λ; gap: how far, at most,
    the tilted S/deviation is from a normal law (Berry and Esseen).
    """

    grid: Floats
    moment: Floats
    mean: Floats
    deviation: Floats
    gap: Floats

    def log_bound(self, score: Floats) -> Floats:
        """Natural log of the bound on P[S ≥ s], for each s: Markov's, times the tilted tail."""
        flat = score.reshape(-1)
        powers = self.moment[None, :] - np.outer(flat, self.grid)
        best = powers.argmin(axis=1)
        lam, deviation = self.grid[best], self.deviation[best]
        off = flat - self.mean[best]
        normal = lam * off + (lam * deviation) ** 2 / 2
        normal += log_ndtr(-off / deviation - lam * deviation)
        tail = np.minimum(1.0, np.exp(np.minimum(0.0, normal)) + 2 * self.gap[best])
        bound = np.minimum(0.0, powers[np.arange(len(flat)), best] + np.log(tail))
        shaped: Floats = bound.reshape(score.shape)
        return shaped


def tail_of(gain0: Floats, gain1: Floats, p: Floats) -> Tail:
    """The tail of one decoder; gain0, gain1, p: float64[position]."""
    wide = gain1 - gain0
    grid = _lambdas(np.sqrt((p * (1 - p) * wide**2).sum()))
    rows = [_tilted(lam, gain0, gain1, p, wide) for lam in grid]
    moment, mean, variance, third = (np.array(part) for part in zip(*rows, strict=True))
    # Far out the tilted law is a single point: there Markov's inequality is all there is.
    wide_enough = variance > _POINT
    deviation = np.sqrt(np.where(wide_enough, variance, 1.0))
    gap = np.where(wide_enough, np.minimum(1.0, _BERRY_ESSEEN * third / deviation**3), 1.0)
    return Tail(grid=grid, moment=moment, mean=mean, deviation=deviation, gap=gap)


def _tilted(
    lam: float, gain0: Floats, gain1: Floats, p: Floats, wide: Floats
) -> tuple[float, float, float, float]:
    """Of S under exp(λS): ln of the moment, mean, variance, sum of third absolute moments."""
    one = np.log(p) + lam * gain1
    each = np.logaddexp(np.log1p(-p) + lam * gain0, one)
    q = np.exp(one - each)
    spread = q * (1 - q) * wide**2
    third = spread * np.abs(wide) * (q**2 + (1 - q) ** 2)
    return each.sum(), (gain0 + q * wide).sum(), spread.sum(), third.sum()


def log_bounds(score: Floats, gain0: Floats, gain1: Floats, p: Floats) -> Floats:
    """Natural log of the false-accusation bound of each score: float64[recipient, decoder]."""
    tails = [tail_of(low, high, p) for low, high in zip(gain0, gain1, strict=True)]
    return bounds_of(score, tails)


def bounds_of(score: Floats, tails: Sequence[Tail]) -> Floats:
    """As `log_bounds`, from tails made once for many recipients."""
    out = np.zeros_like(score)
    for decoder, tail in enumerate(tails):
        out[:, decoder] = tail.log_bound(score[:, decoder])
    return out


def log_clearing(bits: Bits, reading: Reading, *, max_noise: float = MAX_NOISE) -> Floats:
    """Natural log of the clearing bound of each recipient: float64[recipient]."""
    return clearing_of(reading, max_noise=max_noise).log_bound(bits.astype(np.float64))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clearing:
    """The clearing bound's parts for one leak.

    each: float64[position, λ + 1], what a held 1 adds to ln E[exp(λD)], and to D in the last
    column; base: the same sums with all bits 0.
    """

    grid: Floats
    each: Floats
    base: Floats

    def log_bound(self, held: Floats) -> Floats:
        """held: the bits as float64[recipient, position]."""
        found = held @ self.each + self.base
        moments, seen = found[:, :-1], found[:, -1]
        bound: Floats = np.minimum(0.0, (moments - np.outer(seen, self.grid)).min(axis=1))
        return bound


def clearing_of(reading: Reading, *, max_noise: float = MAX_NOISE) -> Clearing:
    """What `log_clearing` needs of a leak, made once for many recipients."""
    p, rho = reading.p, max_noise
    weight1, weight0 = _surprise(1 - p, rho), _surprise(p, rho)
    wrong1, wrong0 = np.where(reading.y, 0.0, weight1), np.where(reading.y, weight0, 0.0)
    grid = _lambdas(np.sqrt((rho * (1 - rho) * np.maximum(weight0, weight1) ** 2).sum()))
    keep, flip = np.log1p(-rho), np.log(rho)
    moment1 = np.logaddexp(keep, flip + np.outer(weight1, grid))
    moment0 = np.logaddexp(keep, flip + np.outer(weight0, grid))
    return Clearing(
        grid=grid,
        each=np.column_stack([moment1 - moment0, wrong1 - wrong0]),
        base=np.append(moment0.sum(axis=0), wrong0.sum()),
    )


def _surprise(stranger: Floats, rho: float) -> Floats:
    """Weight of a mismatch that an unrelated leak shows with probability `stranger`."""
    odds = np.log(stranger / (1 - stranger)) - np.log(rho / (1 - rho))
    clipped: Floats = np.clip(odds, 0.0, None)
    return clipped


def _lambdas(scale: float) -> Floats:
    """The grid of λ: from a tenth to two hundred standard deviations' worth."""
    return np.geomspace(0.1, 200.0, _GRID) / max(float(scale), 1e-9)
