"""Local recoding: single groups made finer again, where everything asked of groups still holds.

The global optimum gives a column one form in all rows, so the rarest persons decide how coarse
everybody is. From there on each group goes down on its own:

  1. rows that the optimum would suppress are put into one group with every column at its top;
  2. column by column, each group is parted by the next finer form. Parts of k rows and more go
     down; what is left over stays as it was, and if it is too small the smallest large part stays
     with it;
  3. where a new group would fail what else is asked of groups, its whole group stays as it was;
  4. until a round over all columns moves no row.

Nothing is lost on the way: a row only ever gets finer. Groups that look alike in the copy are
unions of these groups, so they hold what these hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from habeas.protection.groups import Ints, dense
from habeas.protection.ladders import Found
from habeas.protection.models import Bools
from habeas.protection.search import Search
from habeas.protection.transforms import Means, transformed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recoding:
    """How far each row is generalised.

    rungs: for each column the rung of each row. shares: for each column the share of rows on
    each of its rungs. groups: the group of each of the search's combinations.
    granularity: 1 - mean loss of the columns, 1 if nothing was generalised.
    """

    rungs: Mapping[str, Ints]
    shares: Mapping[str, tuple[float, ...]]
    groups: Ints
    granularity: float


def recode_locally(found: Found, rows: int) -> Recoding:
    """From the search's optimum to a rung for each of the table's first `rows` leaves."""
    names = list(found.climbs)
    state = _State(found.search, found.optimum.node)
    while any([state.go_down(column) for column in range(len(names))]):  # noqa: C419 - all of them
        pass
    of_row = found.search.combination[:rows]
    weight = found.search.counts
    return Recoding(
        rungs={name: state.rungs[at][of_row] for at, name in enumerate(names)},
        shares={
            name: tuple(
                float(weight[state.rungs[at] == rung].sum() / weight.sum())
                for rung in range(len(found.search.forms[at]))
            )
            for at, name in enumerate(names)
        },
        groups=state.groups,
        granularity=found.search.granularity(state.rungs),
    )


class _State:
    """The group of each combination, and the rung of each of its columns."""

    def __init__(self, search: Search, node: tuple[int, ...]) -> None:
        groups = search.groups_at(node)
        bad = search.failing(groups)[groups]
        self.search = search
        self.rungs = [
            np.where(bad, len(forms) - 1, rung)
            for forms, rung in zip(search.forms, node, strict=True)
        ]
        self.groups = dense(np.where(bad, int(groups.max(initial=0)) + 1, groups))[0]

    def go_down(self, column: int) -> bool:
        """Part groups by the next finer form of a column, where they may; tell if any moved."""
        parts, owner = self._parts(column)
        down = self._allowed(parts, owner) & self._can(column, owner)
        moving = down[parts] & (self.rungs[column] > 0)
        if not moving.any():
            return False
        count = int(self.groups.max()) + 1
        proposed, _ = dense(np.where(moving, parts + count, self.groups))
        bad = self.search.failing(proposed)[proposed]
        spoilt = np.zeros(count, dtype=bool)
        spoilt[self.groups[bad]] = True
        # A group that was bad before parting is no reason to stay: it was never handed out.
        spoilt &= ~self.search.failing(self.groups)
        moving &= ~spoilt[self.groups]
        if not moving.any():
            return False
        self.rungs[column] = self.rungs[column] - moving
        self.groups = dense(np.where(moving, parts + count, self.groups))[0]
        return True

    def _parts(self, column: int) -> tuple[Ints, Ints]:
        """The part of each combination by the next finer form, and the group of each part."""
        forms = np.stack(self.search.forms[column])
        rung = np.maximum(self.rungs[column] - 1, 0)
        finer = forms[rung, np.arange(forms.shape[1])]
        width = int(finer.max(initial=0)) + 1
        parts, count = dense(self.groups * width + finer)
        owner = np.empty(count, dtype=np.int64)
        owner[parts] = self.groups
        return parts, owner

    def _can(self, column: int, owner: Ints) -> Bools:
        """Which parts are of a group that is not on the lowest rung yet."""
        able = np.zeros(int(self.groups.max()) + 1, dtype=bool)
        able[self.groups[self.rungs[column] > 0]] = True
        return able[owner]

    def _allowed(self, parts: Ints, owner: Ints) -> Bools:
        """Large parts, less one where the rest would be too small without it."""
        size = np.bincount(parts, weights=self.search.counts)
        large = size >= self.search.k
        groups = int(owner.max()) + 1
        rest = np.bincount(owner, weights=size * ~large, minlength=groups)
        lacking = (rest > 0) & (rest < self.search.k)
        # Per group, its large parts first, smallest first.
        order = np.lexsort((size, ~large, owner))
        first = order[np.searchsorted(owner[order], np.arange(groups))]
        large[first[lacking]] = False
        return np.asarray(large)


def recoded_columns(
    table: pa.Table, found: Found, recoding: Recoding, means: Means
) -> tuple[pa.Table, Mapping[str, int]]:
    """The adversary's columns in each row's own forms, as text; and what could not be read."""
    columns, unread = {}, {}
    for name, climb in found.climbs.items():
        forms = [
            transformed(climb.distinct, rung, means).cast(pl.String).to_numpy()
            for rung in climb.rungs
        ]
        leaves = climb.ladder.leaves[: table.num_rows]
        shown = np.stack(forms)[recoding.rungs[name], leaves]
        columns[name] = pa.array(shown.tolist(), pa.string())
        if lost := columns[name].null_count - table.column(name).null_count:
            unread[name] = lost
    return pa.table(columns), {name: count for name, count in unread.items() if count > 0}
