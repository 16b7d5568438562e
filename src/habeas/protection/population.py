"""How many persons are unique in the population, told from a sample: an estimate, named as such.

Pitman's model (Pitman 1996; for disclosure risk: Hoshino 2001): the groups of the sample are one
draw of a random partition with parameters 0 < a < 1 and t > -a, which are fitted by maximum
likelihood; the expected number of groups of one in a partition of N persons is then exact. It fits
populations with many small groups, which is where the danger is; with few uniques in the sample it
says little, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from habeas.protection.models import Floats

_MOST_EXTREME = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class UniqueEstimate:
    """Of `population` persons, about `uniques` look like nobody else; `share` of all.

    fitted: whether the model could be fitted; without, uniques and share are None: not known.
    """

    population: int
    uniques: float | None
    share: float | None
    fitted: bool


def estimated_uniques(sizes: Floats, population: int) -> UniqueEstimate:
    """From the sizes of the sample's groups to the persons unique in the population.

    sizes: rows of each group, each ≥ 1. population: how many persons the rows are a sample of,
    at least as many. A sample that is the population is counted, not estimated.
    """
    rows = int(sizes.sum())
    singles = int((sizes == 1).sum())
    if population < rows:
        raise ValueError(f"a population of {population} can't hold a sample of {rows}")
    if population == rows:
        return UniqueEstimate(
            population=rows, uniques=float(singles), share=singles / max(1, rows), fitted=True
        )
    if singles in (0, rows) or len(sizes) < 2:
        return UniqueEstimate(population=population, uniques=None, share=None, fitted=False)
    a, t = _fit(sizes)
    uniques = _expected_singles(a, t, population)
    return UniqueEstimate(
        population=population, uniques=uniques, share=uniques / population, fitted=True
    )


def _fit(sizes: Floats) -> tuple[float, float]:
    """Maximum likelihood of Pitman's partition, in coordinates without borders."""
    from scipy.optimize import minimize
    from scipy.special import expit, gammaln

    rows, groups = float(sizes.sum()), len(sizes)
    size, how_many = np.unique(sizes, return_counts=True)

    def parameters(at: Floats) -> tuple[float, float]:
        a = float(np.clip(expit(at[0]), _MOST_EXTREME, 1 - _MOST_EXTREME))
        return a, float(np.exp(np.clip(at[1], -30, 30))) - a * (1 - _MOST_EXTREME)

    def unlikely(at: Floats) -> float:
        a, t = parameters(at)
        new = (groups - 1) * np.log(a) + gammaln(t / a + groups) - gammaln(t / a + 1)
        drawn = gammaln(t + rows) - gammaln(t + 1)
        old = float((how_many * (gammaln(size - a) - gammaln(1 - a))).sum())
        return -float(new - drawn + old)

    starts = [np.array([x, y]) for x in (-2.0, 0.0, 2.0) for y in (0.0, np.log(rows))]
    tried = [minimize(unlikely, start, method="Nelder-Mead") for start in starts]
    return parameters(min(tried, key=lambda each: float(each.fun)).x)


def _expected_singles(a: float, t: float, population: int) -> float:
    """E[groups of one] = N · (t + a)(t + a + 1)… / ((t + 1)(t + 2)…), N - 1 factors each."""
    from scipy.special import gammaln

    n = float(population)
    logs = gammaln(t + a + n - 1) - gammaln(t + a) - gammaln(t + n) + gammaln(t + 1)
    return float(min(n, n * np.exp(logs)))
