"""Scores of code words against a leak, and bounds on how often chance alone does as well.

The false-accusation bound. Fix the leak: the readable positions t, their biases p_t, the bits y_t
read there. A recipient who had no part in the leak has a code word X whose bits are independent
of it: X_t is 1 with probability p_t, independently over t (they are AES outputs under a key that
nobody but the owner has; nothing in matching rows or columns looks at X). The score of decoder k
is S = Σ g_t(X_t), where the two numbers g_t(0), g_t(1) depend on y_t and p_t alone. For every
λ > 0, by Markov's inequality and independence,

    P[S ≥ s] ≤ E[exp(λS)]·exp(-λs) = exp( Σ ln( (1-p_t)·e^{λ g_t(0)} + p_t·e^{λ g_t(1)} ) - λs ).

The right-hand side is computed exactly from the leak, for a grid of λ fixed before s is looked
at; each λ gives a true bound, so the least of them is one. No limit theorem, no assumption on how
the leak was altered, rows matched or marks removed, and no number of colluders enters. Over N tests
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

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bits = NDArray[np.bool_]

DECODERS = ("symmetric", "llr_1", "llr_2", "llr_4", "llr_8")
MAX_NOISE = 0.10
_BLUR = 0.12
_GRID = 72


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
    parts = [_symmetric(p, y), *(_likelihood(p, y, c) for c in (1, 2, 4, 8))]
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


def scores(bits: Bits, gain0: Floats, gain1: Floats) -> Floats:
    """float64[recipient, decoder] from bits[recipient, position]."""
    total: Floats = bits.astype(np.float64) @ (gain1 - gain0).T + gain0.sum(axis=1)
    return total


def log_bounds(score: Floats, gain0: Floats, gain1: Floats, p: Floats) -> Floats:
    """Natural log of the false-accusation bound of each score: float64[recipient, decoder]."""
    out = np.zeros_like(score)
    for decoder in range(score.shape[1]):
        low, high = gain0[decoder], gain1[decoder]
        grid = _lambdas(np.sqrt((p * (1 - p) * (high - low) ** 2).sum()))
        moment = np.array(
            [np.logaddexp(np.log1p(-p) + lam * low, np.log(p) + lam * high).sum() for lam in grid]
        )
        out[:, decoder] = _least(moment, grid, score[:, decoder])
    return out


def log_clearing(bits: Bits, reading: Reading, *, max_noise: float = MAX_NOISE) -> Floats:
    """Natural log of the clearing bound of each recipient: float64[recipient]."""
    p, rho = reading.p, max_noise
    weight1, weight0 = _surprise(1 - p, rho), _surprise(p, rho)
    held = bits.astype(np.float64)
    wrong = np.where(reading.y, 0.0, weight1), np.where(reading.y, weight0, 0.0)
    seen = held @ (wrong[0] - wrong[1]) + wrong[1].sum()
    scale = np.sqrt((rho * (1 - rho) * np.maximum(weight0, weight1) ** 2).sum())
    grid = _lambdas(scale)
    keep, flip = np.log1p(-rho), np.log(rho)
    moment1 = np.stack([np.logaddexp(keep, flip + lam * weight1) for lam in grid], axis=1)
    moment0 = np.stack([np.logaddexp(keep, flip + lam * weight0) for lam in grid], axis=1)
    moments = held @ (moment1 - moment0) + moment0.sum(axis=0)
    bound: Floats = np.minimum(0.0, (moments - np.outer(seen, grid)).min(axis=1))
    return bound


def _surprise(stranger: Floats, rho: float) -> Floats:
    """Weight of a mismatch that an unrelated leak shows with probability `stranger`."""
    odds = np.log(stranger / (1 - stranger)) - np.log(rho / (1 - rho))
    clipped: Floats = np.clip(odds, 0.0, None)
    return clipped


def _lambdas(scale: float) -> Floats:
    """The grid of λ: from a tenth to two hundred standard deviations' worth."""
    return np.geomspace(0.1, 200.0, _GRID) / max(float(scale), 1e-9)


def _least(moment: Floats, grid: Floats, score: Floats) -> Floats:
    bound: Floats = np.minimum(0.0, (moment[None, :] - np.outer(score, grid)).min(axis=1))
    return bound
