"""Joint decoding: what a leak says of one copy once what others contributed is taken into account.

Each readable position is modelled as drawn with a chance θ_z of showing 1 that depends on how many
(z) of c sources hold a 1. θ and c are fitted to the leak, so interleaving, majority, minority and
whatever mixture of them need no model of their own. With the code words of some suspects known
(the *context*), one more copy's bits are weighed by how much likelier the reading gets with them.

Why the bound holds. Fix the leak, and an innocent copy j. Its code word X_j is independent of the
leak and of every other code word. Its context of size k is chosen without X_j: the suspects are the
POOL most suspicious of all *other* copies, and the context is grown from them by their own scores.
θ, c and the two numbers g_t(0), g_t(1) of each position are functions of the leak and of the
context. So given all of these X_j is still Bernoulli(p_t), and the bound of `score.py` applies to
Σ g_t(X_t) word for word, whoever is in the context, guilty or not. Only pool members are worked
out, but whether j is in the pool depends on X_j, so the tests of every copy count: one for each
size of context, CONTEXTS in all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from habeas.relief.score import Floats, Reading, tail_of
from habeas.relief.strategy import fit, gains_beside

CONTEXTS = 4
POOL = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class JointScore:
    """The best of one suspect's joint tests. log_bound: natural log; beside: the context."""

    log_bound: float
    beside: tuple[int, ...]


def joint_scores(reading: Reading, bits: Floats) -> list[JointScore]:
    """One per suspect, from the pool's bits: float64[suspect, position].

    `bits` are of the most suspicious copies of one base, by a measure of each one's own code word.
    """
    stage = _Stages(reading, bits)
    return [stage.best_of(suspect) for suspect in range(len(bits))]


class _Stages:
    """Bounds of all suspects beside one context, each context worked out once."""

    def __init__(self, reading: Reading, bits: Floats) -> None:
        self.reading, self.bits = reading, bits
        self.known: dict[tuple[int, ...], Floats] = {}

    def best_of(self, suspect: int) -> JointScore:
        """Grow the suspect's context by the strongest of the others, and keep the best bound."""
        beside: tuple[int, ...] = ()
        best = JointScore(log_bound=0.0, beside=())
        for _ in range(min(CONTEXTS, len(self.bits) - 1)):
            others = self._bounds(beside).copy()
            others[[suspect, *beside]] = math.inf
            beside = tuple(sorted((*beside, int(others.argmin()))))
            bound = float(self._bounds(beside)[suspect])
            if bound < best.log_bound:
                best = JointScore(log_bound=bound, beside=beside)
        return best

    def _bounds(self, beside: tuple[int, ...]) -> Floats:
        if beside not in self.known:
            gain0, gain1 = joint_gains(self.reading, self.bits[list(beside)])
            score = self.bits @ (gain1 - gain0) + gain0.sum()
            self.known[beside] = tail_of(gain0, gain1, self.reading.p).log_bound(score)
        return self.known[beside]


def joint_gains(reading: Reading, context: Floats | NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """g(0) and g(1) at each position beside the context's code words: [copy, position]."""
    ones = np.asarray(context, dtype=np.float64).reshape(-1, len(reading)).sum(axis=0)
    held = ones.astype(np.int64)
    model = fit(reading.y, reading.p, held=held, known=len(context))
    return gains_beside(model, reading.y, reading.p, held=held, known=len(context))


def joint_bound(
    reading: Reading, bits: NDArray[np.bool_], context: Sequence[NDArray[np.bool_]]
) -> float:
    """Natural log of one copy's bound beside a context: what an expert works out again."""
    gain0, gain1 = joint_gains(reading, np.array(context, dtype=np.float64))
    score = np.array([np.where(bits, gain1, gain0).sum()])
    return float(tail_of(gain0, gain1, reading.p).log_bound(score)[0])
