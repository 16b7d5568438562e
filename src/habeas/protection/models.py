"""What a group must hold besides k rows: l-diversity in three forms, and t-closeness.

Each model says of each group whether it fails. It is asked about *pairs*: an owner (a row, or a
combination of quasi-identifiers that stands for many rows), the value it holds, and how many rows
that is; so one implementation serves the search over collapsed combinations and the check of the
finished table. All sums run over values that occur in a group, never over groups × values.

  distinct l     Machanavajjhala et al. 2007: l different values
  entropy l      the same: exp(entropy of the values) ≥ l
  recursive c,l  the same: the commonest value is rarer than c times all from the l-th on
  t              Li, Li, Venkatasubramanian 2007: the earth mover's distance from the group's
                 values to the table's is t at most; by equal, ordered or hierarchical distance
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from habeas.protection.groups import Ints

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_DENSE = 8_000_000
_NEAR = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """Which values which owners hold.

    owner, code, weight: one entry a pair; codes run from 0 to size - 1, in the values' order
        where they have one. weight: how many rows.
    """

    owner: Ints
    code: Ints
    weight: Floats
    size: int

    @classmethod
    def of_rows(cls, codes: Ints, weight: Floats | None = None) -> Pairs:
        """Each row owns one value, and stands for `weight` rows; None: for itself."""
        used, dense = np.unique(codes, return_inverse=True)
        return cls(
            owner=np.arange(len(codes), dtype=np.int64),
            code=dense.astype(np.int64),
            weight=np.ones(len(codes)) if weight is None else weight,
            size=len(used),
        )

    def collapsed(self, owners: Ints) -> Pairs:
        """The same pairs, owned by what each owner belongs to."""
        found = joint(self, owners)
        return replace(self, owner=found.group, code=found.code, weight=found.weight)


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """How many rows of each group hold each value, where any do; sorted by group, then value."""

    group: Ints
    code: Ints
    weight: Floats

    def totals(self, groups: int) -> Floats:
        return _sums(self.group, self.weight, groups)


def _sums(owner: Ints, weights: Floats, count: int) -> Floats:
    return np.bincount(owner, weights=weights, minlength=count).astype(np.float64)


def joint(pairs: Pairs, groups: Ints) -> Joint:
    """groups: the group of each owner."""
    key = groups[pairs.owner] * pairs.size + pairs.code
    top = int(key.max(initial=-1)) + 1
    if top <= max(_DENSE, 4 * len(key)):
        weight = _sums(key, pairs.weight, top)
        seen = np.flatnonzero(weight)
        return Joint(seen // pairs.size, seen % pairs.size, weight[seen])
    seen, inverse = np.unique(key, return_inverse=True)
    weight = _sums(inverse, pairs.weight, len(seen))
    return Joint(seen // pairs.size, seen % pairs.size, weight)


class Model(Protocol):
    """A demand on groups. monotone: merging any two groups never makes a good row bad."""

    @property
    def monotone(self) -> bool: ...

    def fails(self, found: Joint, groups: int) -> Bools: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DistinctL:
    least: int
    monotone: bool = True

    def fails(self, found: Joint, groups: int) -> Bools:
        return np.asarray(np.bincount(found.group, minlength=groups) < self.least)


def entropy_l(found: Joint, groups: int) -> Floats:
    """exp(entropy) of each group's values: their effective number."""
    total = found.totals(groups)
    logs = _sums(found.group, found.weight * np.log(found.weight), groups)
    safe = np.where(total > 0, total, 1.0)
    effective: Floats = np.exp(np.log(safe) - logs / safe)
    return effective


@dataclass(frozen=True, slots=True, kw_only=True)
class EntropyL:
    least: float
    monotone: bool = False

    def fails(self, found: Joint, groups: int) -> Bools:
        return np.asarray(entropy_l(found, groups) < self.least - _NEAR)


def recursive_ratio(found: Joint, groups: int, *, least: int) -> Floats:
    """Rows of the commonest value over rows of the l-th commonest and rarer: c must exceed it."""
    order = np.lexsort((-found.weight, found.group))
    group, weight = found.group[order], found.weight[order]
    starts = np.searchsorted(group, np.arange(groups))
    rank = np.arange(len(group)) - starts[group]
    first = _sums(group[rank == 0], weight[rank == 0], groups)
    late = rank >= least - 1
    tail = _sums(group[late], weight[late], groups)
    ratio: Floats = np.divide(first, tail, out=np.full(groups, np.inf), where=tail > 0)
    return ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class RecursiveL:
    c: float
    least: int
    monotone: bool = False

    def fails(self, found: Joint, groups: int) -> Bools:
        return np.asarray(recursive_ratio(found, groups, least=self.least) >= self.c)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Closeness:
    """t-closeness. overall: share of each value in the whole table.

    ladder: for hierarchical distance, the form of each value at each level, level 0 the value.
    """

    most: float
    distance: str
    overall: Floats
    ladder: tuple[Ints, ...] = ()
    monotone: bool = False

    def distances(self, found: Joint, groups: int) -> Floats:
        if self.distance == "ordered":
            return ordered_distance(found, groups, self.overall)
        if self.distance == "hierarchical":
            return hierarchical_distance(found, groups, self.overall, self.ladder)
        return equal_distance(found, groups, self.overall)

    def fails(self, found: Joint, groups: int) -> Bools:
        return np.asarray(self.distances(found, groups) > self.most + _NEAR)


def _shares(found: Joint, groups: int) -> Floats:
    shares: Floats = found.weight / found.totals(groups)[found.group]
    return shares


def equal_distance(found: Joint, groups: int, overall: Floats) -> Floats:
    """Half the sum of |p - q|: what lies above q must move, whatever the way."""
    over = np.maximum(_shares(found, groups) - overall[found.code], 0)
    return _sums(found.group, over, groups)


def ordered_distance(found: Joint, groups: int, overall: Floats) -> Floats:
    """The mean |P(i) - Q(i)| of the cumulated shares over the m - 1 steps between values.

    P is a staircase: between two values of the group it stays, Q rises through it at most once,
    and prefix sums of Q give each piece's area without walking through it.
    """
    size = len(overall)
    if size < 2:
        return np.zeros(groups)
    rising = np.cumsum(overall)
    area = np.concatenate([[0.0], np.cumsum(rising)])
    shares = _shares(found, groups)
    starts = np.searchsorted(found.group, np.arange(groups))
    summed = np.cumsum(shares)
    before = np.concatenate([[0.0], summed])[starts]
    level = summed - before[found.group]
    start = found.code
    last = np.append(found.group[1:] != found.group[:-1], [True] * bool(len(start)))
    end = np.where(last, size, np.append(start[1:], size))
    cross = np.clip(np.searchsorted(rising, level), start, end)
    piece = level * (cross - start) - (area[cross] - area[start])
    piece += area[end] - area[cross] - level * (end - cross)
    first = np.append([True] * bool(len(start)), found.group[1:] != found.group[:-1])
    piece += np.where(first, area[start], 0.0)
    return _sums(found.group, piece, groups) / (size - 1)


def hierarchical_distance(
    found: Joint, groups: int, overall: Floats, ladder: tuple[Ints, ...]
) -> Floats:
    """What must move over each node of the hierarchy, at that node's height (Li et al., §5.3).

    cost(N) = height(N) / H · min(what N's children have too much, what they have too little).
    A node that holds none of the group has nothing too much, so only the others are visited.
    """
    height = len(ladder) - 1
    moved = np.zeros(groups)
    group, node, share = found.group, ladder[0][found.code], _shares(found, groups)
    for level in range(1, height + 1):
        total = np.bincount(ladder[level - 1], weights=overall)
        up = np.zeros(len(total), dtype=np.int64)
        up[ladder[level - 1]] = ladder[level]
        whole = np.bincount(ladder[level], weights=overall)
        width = len(whole)
        extra = share - total[node]
        key, inverse = np.unique(group * width + up[node], return_inverse=True)
        over = _sums(inverse, np.maximum(extra, 0), len(key))
        under = _sums(inverse, np.maximum(-extra, 0) - total[node], len(key))
        under += whole[key % width]  # children that hold none of the group lack all of theirs
        cost = np.minimum(over, under) * level / height
        moved += _sums(key // width, cost, groups)
        share = _sums(inverse, share, len(key))
        group, node = key // width, key % width
    return moved


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """One model asked of one column."""

    column: str
    model: Model
    pairs: Pairs

    def fails(self, groups: Ints, count: int) -> Bools:
        """groups: the group of each owner, 0 … count - 1."""
        return self.model.fails(joint(self.pairs, groups), count)

    def collapsed(self, owners: Ints) -> Demand:
        return replace(self, pairs=self.pairs.collapsed(owners))
