"""How far to generalise: the least loss that still makes every group large enough, exactly.

Each column has a ladder from its finest to its coarsest form; a *node* picks a rung of each. The
search visits nodes in the order of a lower bound of their loss and stops when no unvisited node
can be better, so the result is the optimum over the whole lattice, not a good guess. Two facts
make that quick: rows are collapsed once to their distinct combinations, and going up a ladder
only merges groups, so a row that is in a small group at a node was in one at every node below.

Of the models, k, k-map and distinct l have the second property too; entropy l, recursive l and t
have it only where no row may be suppressed, since then every group below a good node was good.
Where they haven't, a node that fails by them alone is passed over by itself and covers no other.

The loss is the one known as Loss in ARX (generalisation and suppression weighed alike): for each
column the mean share of its domain that a value could stand for, 1 for a suppressed row, set to
0..1, and the geometric mean of 1 + that over the columns, less 1.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from habeas.errors import BadInput
from habeas.protection.groups import Ints, first_rows, packed
from habeas.protection.models import Bools, Demand, Floats

MAX_COLUMNS = 9
MAX_NODES = 2_000_000
_BLOCKS = 48


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ladder:
    """One column's forms, finest first.

    leaves: the value of each row, as a number.
    rungs:  for each rung, the number of the form each leaf takes.
    shares: for each rung, the share of the domain that each leaf's form could stand for.
    domain: how many different values the column may hold.
    """

    column: str
    leaves: Ints
    rungs: tuple[Ints, ...]
    shares: tuple[Floats, ...]
    domain: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """The best node, its loss, the rows it suppresses, and how many nodes were looked at."""

    node: tuple[int, ...]
    loss: float
    suppressed: int
    visited: int
    nodes: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weights:
    """How many rows each leaf stands for: of the table, and of the population it is part of.

    rows: float64 per leaf; None: one each. people: None: the population isn't known.
    """

    rows: Floats | None = None
    people: Floats | None = None


def best_node(
    ladders: Sequence[Ladder],
    *,
    k: int,
    max_suppressed: float,
    demands: Sequence[Demand] = (),
    k_map: int = 0,
    weights: Weights | None = None,
) -> Optimum:
    """The node of least loss whose groups have k rows, at most that share of rows suppressed.

    demands: what groups must hold besides, owners being leaves. k_map: rows of the population in
    every group. A node's groups that fail any of these are suppressed.
    """
    asked = searching(ladders, k=k, demands=demands, k_map=k_map, weights=weights or Weights())
    return asked.run(max_suppressed)


def searching(
    ladders: Sequence[Ladder],
    *,
    k: int,
    demands: Sequence[Demand] = (),
    k_map: int = 0,
    weights: Weights,
) -> Search:
    """A search that is ready to run; BadInput if there are too many columns or nodes."""
    if not 1 <= len(ladders) <= MAX_COLUMNS:
        raise BadInput(
            f"a search is over 1 to {MAX_COLUMNS} columns, not {len(ladders)}",
            place="models.search",
            remedy="set 'search: false' and write the transforms yourself",
        )
    nodes = int(np.prod([len(ladder.rungs) for ladder in ladders]))
    if nodes > MAX_NODES:
        raise BadInput(f"{nodes} ways to generalise are too many", place="models.search")
    return Search(ladders, k=k, demands=demands, k_map=k_map, weights=weights)


def _dot(left: Floats, right: Floats) -> float:
    """Inner product on this thread alone.

    BLAS starts threads at these lengths, and on a busy machine waiting for them takes longer
    than the whole search.
    """
    return float(np.einsum("i,i->", left, right))


class Search:
    """The collapsed table and its nodes; `run` finds the best."""

    def __init__(
        self,
        ladders: Sequence[Ladder],
        *,
        k: int,
        demands: Sequence[Demand] = (),
        k_map: int = 0,
        weights: Weights,
    ) -> None:
        combination = packed([ladder.leaves for ladder in ladders])
        first = first_rows(combination, int(combination.max(initial=-1)) + 1)
        self.combination = combination
        self.counts = np.bincount(combination, weights=weights.rows).astype(np.float64)
        self.people = (
            None if weights.people is None else (np.bincount(combination, weights=weights.people))
        )
        self.rows = float(self.counts.sum())
        self.k, self.k_map = k, k_map
        self.demands = [demand.collapsed(combination) for demand in demands]
        self.ladders = ladders
        self.visited = 0
        self._blocks: dict[tuple[int, tuple[int, ...]], npt.NDArray[np.int32]] = {}
        leaves = [ladder.leaves[first] for ladder in ladders]
        self.forms = [
            [rung[leaf] for rung in ladder.rungs]
            for ladder, leaf in zip(ladders, leaves, strict=True)
        ]
        self.shares = [
            [share[leaf] for share in ladder.shares]
            for ladder, leaf in zip(ladders, leaves, strict=True)
        ]
        # Loss of each rung were no row suppressed: adds up per column, so it bounds every node.
        self.plain = [
            [self._normal(d, _dot(s, self.counts)) for s in self.shares[d]]
            for d in range(len(ladders))
        ]
        self.sum_plain = [[_dot(s, self.counts) for s in column] for column in self.shares]

    def _normal(self, column: int, total: float) -> float:
        domain = self.ladders[column].domain
        if domain <= 1:
            return 0.0
        least = self.rows / domain
        return max(0.0, float((total - least) / (self.rows - least)))

    def _mean(self, losses: Sequence[float]) -> float:
        logs = sum(np.log1p(loss) for loss in losses) / len(losses)
        return float(np.expm1(logs))

    def _bounds(self) -> tuple[list[tuple[int, ...]], Floats]:
        nodes = list(product(*(range(len(ladder.rungs)) for ladder in self.ladders)))
        logs = [np.log1p(np.array(column)) for column in self.plain]
        grid = logs[0]
        for column in logs[1:]:
            grid = np.add.outer(grid, column)
        return nodes, np.expm1(grid.reshape(-1) / len(logs))

    def run(self, max_suppressed: float) -> Optimum:
        allowed = max_suppressed * self.rows + 1e-9
        nodes, bounds = self._bounds()
        waiting = [(float(bound), number) for number, bound in enumerate(bounds)]
        heapq.heapify(waiting)
        best: Optimum | None = None
        failed = np.zeros((0, len(self.ladders)), dtype=np.int64)
        while waiting and (best is None or waiting[0][0] < best.loss):
            node = nodes[heapq.heappop(waiting)[1]]
            # Everything below a node that suppresses too much suppresses at least as much.
            if len(failed) and bool((failed >= np.array(node)).all(axis=1).any()):
                continue
            small, gone, below = self._suppressed(node, allowed)
            if below > allowed:
                failed = self._with(failed, self._highest_failing(node, allowed))
            if gone > allowed:
                continue
            loss = self._loss(node, small, gone)
            if best is None or loss < best.loss - 1e-12:
                best = Optimum(node=node, loss=loss, suppressed=round(gone), visited=0, nodes=0)
        if best is None:
            raise BadInput(
                self._why_nothing(), place="models", remedy="lower k, or ask less of groups"
            )
        return Optimum(
            node=best.node,
            loss=best.loss,
            suppressed=best.suppressed,
            visited=self.visited,
            nodes=len(nodes),
        )

    def _why_nothing(self) -> str:
        if self.rows < self.k:
            return f"the table has fewer than k = {self.k} rows"
        return f"no way to generalise meets k = {self.k} and what else is asked within the bound"

    @staticmethod
    def _with(failed: Ints, node: tuple[int, ...]) -> Ints:
        """The failed nodes that no other failed node covers."""
        new = np.array(node, dtype=np.int64)
        return np.vstack([failed[~(failed <= new).all(axis=1)], new])

    def _highest_failing(self, node: tuple[int, ...], allowed: float) -> tuple[int, ...]:
        """On one path from a failing node to the top, the last that fails: it covers most."""
        path = [node]
        while raisable := [c for c, r in enumerate(path[-1]) if r + 1 < len(self.forms[c])]:
            column = max(raisable, key=lambda c: len(self.forms[c]) - path[-1][c])
            path.append(tuple(r + (c == column) for c, r in enumerate(path[-1])))
        low, high = 0, len(path)
        while high - low > 1:
            middle = (low + high) // 2
            if self._suppressed(path[middle], allowed)[2] > allowed:
                low = middle
            else:
                high = middle
        return path[low]

    def groups_at(self, node: Sequence[int]) -> Ints:
        """The group of each combination at a node."""
        third = -(-len(node) // 3)
        blocks = [
            self._block(at, tuple(node[at : at + third])) for at in range(0, len(node), third)
        ]
        return packed(blocks)

    def _block(self, start: int, rungs: tuple[int, ...]) -> npt.NDArray[np.int32]:
        """The groups by some columns only, remembered: neighbouring nodes share most of them."""
        known = self._blocks.get((start, rungs))
        if known is None:
            forms = [self.forms[start + at][rung] for at, rung in enumerate(rungs)]
            known = packed(forms).astype(np.int32)
            if len(self._blocks) >= _BLOCKS:
                self._blocks.pop(next(iter(self._blocks)))
            self._blocks[start, rungs] = known
        return known

    def failing(self, groups: Ints, *, surely: bool = False) -> Bools:
        """For each group: does it fail? With `surely`: also each part of it at any node below."""
        sizes = np.bincount(groups, weights=self.counts)
        bad = sizes < self.k
        if self.people is not None and self.k_map:
            bad |= np.bincount(groups, weights=self.people) < self.k_map
        for demand in self.demands:
            if demand.model.monotone or not surely:
                bad |= demand.fails(groups, len(sizes))
        return np.asarray(bad)

    def _suppressed(self, node: tuple[int, ...], allowed: float) -> tuple[Bools, float, float]:
        """Which combinations go, how many rows that is, and how many surely go at all below."""
        self.visited += 1
        groups = self.groups_at(node)
        sure = self.failing(groups, surely=True)[groups]
        gone = below = float(self.counts[sure].sum())
        if gone > allowed or all(demand.model.monotone for demand in self.demands):
            return sure, gone, below
        small = self.failing(groups)[groups]
        gone = float(self.counts[small].sum())
        # Nothing may go: were all groups good somewhere below, they would be good here.
        return small, gone, gone if allowed < 1 else below

    def granularity(self, rungs: Sequence[Ints]) -> float:
        """1 - the mean over columns of the loss, for a rung of each column and combination."""
        losses = []
        for column, rung in enumerate(rungs):
            shares = np.stack(self.shares[column])[rung, np.arange(len(rung))]
            losses.append(self._normal(column, _dot(shares, self.counts)))
        return 1 - float(np.mean(losses))

    def _loss(self, node: tuple[int, ...], small: Bools, gone: float) -> float:
        losses = []
        lost = self.counts * small
        for column, rung in enumerate(node):
            kept = self.sum_plain[column][rung] - _dot(self.shares[column][rung], lost)
            losses.append(self._normal(column, kept + gone))
        return self._mean(losses)
