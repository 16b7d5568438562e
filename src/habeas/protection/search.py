"""How far to generalise: the least loss that still makes every group large enough, exactly.

Each column has a ladder from its finest to its coarsest form; a *node* picks a rung of each. The
search visits nodes in the order of a lower bound of their loss and stops when no unvisited node
can be better, so the result is the optimum over the whole lattice, not a good guess. Two facts
make that quick: rows are collapsed once to their distinct combinations, and going up a ladder
only merges groups, so a row that is in a small group at a node was in one at every node below.

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
from habeas.protection.groups import Ints, packed

Floats = npt.NDArray[np.float64]
MAX_COLUMNS = 9
MAX_NODES = 2_000_000


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


def best_node(ladders: Sequence[Ladder], *, k: int, max_suppressed: float) -> Optimum:
    """The node of least loss whose groups have k rows, at most that share of rows suppressed."""
    if not 1 <= len(ladders) <= MAX_COLUMNS:
        raise BadInput(
            f"a search is over 1 to {MAX_COLUMNS} columns, not {len(ladders)}",
            place="models.search",
            remedy="set 'search: false' and write the transforms yourself",
        )
    nodes = int(np.prod([len(ladder.rungs) for ladder in ladders]))
    if nodes > MAX_NODES:
        raise BadInput(f"{nodes} ways to generalise are too many", place="models.search")
    return _Search(ladders, k=k, allowed=max_suppressed).run()


def _dot(left: Floats, right: Floats) -> float:
    """Inner product on this thread alone.

    BLAS starts threads at these lengths, and on a busy machine waiting for them takes longer
    than the whole search.
    """
    return float(np.einsum("i,i->", left, right))


class _Search:
    def __init__(self, ladders: Sequence[Ladder], *, k: int, allowed: float) -> None:
        combination = packed([ladder.leaves for ladder in ladders])
        first = np.unique(combination, return_index=True)[1]
        self.counts = np.bincount(combination).astype(np.float64)
        self.rows = float(self.counts.sum())
        self.k, self.allowed = k, allowed * self.rows + 1e-9
        self.ladders = ladders
        self.visited = 0
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

    def run(self) -> Optimum:
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
            small, gone = self._suppressed(node)
            if gone > self.allowed:
                failed = self._with(failed, self._highest_failing(node))
                continue
            loss = self._loss(node, small, gone)
            if best is None or loss < best.loss - 1e-12:
                best = Optimum(node=node, loss=loss, suppressed=round(gone), visited=0, nodes=0)
        if best is None:
            raise BadInput(
                f"the table has fewer than k = {self.k} rows", place="models.k", remedy="lower k"
            )
        return Optimum(
            node=best.node,
            loss=best.loss,
            suppressed=best.suppressed,
            visited=self.visited,
            nodes=len(nodes),
        )

    @staticmethod
    def _with(failed: Ints, node: tuple[int, ...]) -> Ints:
        """The failed nodes that no other failed node covers."""
        new = np.array(node, dtype=np.int64)
        return np.vstack([failed[~(failed <= new).all(axis=1)], new])

    def _highest_failing(self, node: tuple[int, ...]) -> tuple[int, ...]:
        """On one path from a failing node to the top, the last that fails: it covers most."""
        path = [node]
        while raisable := [c for c, r in enumerate(path[-1]) if r + 1 < len(self.forms[c])]:
            column = max(raisable, key=lambda c: len(self.forms[c]) - path[-1][c])
            path.append(tuple(r + (c == column) for c, r in enumerate(path[-1])))
        low, high = 0, len(path)
        while high - low > 1:
            middle = (low + high) // 2
            if self._suppressed(path[middle])[1] > self.allowed:
                low = middle
            else:
                high = middle
        return path[low]

    def _suppressed(self, node: tuple[int, ...]) -> tuple[npt.NDArray[np.bool_], float]:
        """For each combination, would its group be smaller than k here; and how many rows."""
        self.visited += 1
        forms = [column[rung] for column, rung in zip(self.forms, node, strict=True)]
        groups = packed(forms)
        sizes = np.bincount(groups, weights=self.counts)
        small = np.asarray(sizes[groups] < self.k)
        return small, float(self.counts[small].sum())

    def _loss(self, node: tuple[int, ...], small: npt.NDArray[np.bool_], gone: float) -> float:
        losses = []
        lost = self.counts * small
        for column, rung in enumerate(node):
            kept = self.sum_plain[column][rung] - _dot(self.shares[column][rung], lost)
            losses.append(self._normal(column, kept + gone))
        return self._mean(losses)
