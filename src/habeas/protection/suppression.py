"""Suppression: what is done with rows whose group is too small or holds too few values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from habeas.protection.groups import codes_of, distinct_values, group_ids, group_sizes
from habeas.protection.plan import ReleasePlan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Suppressed:
    """The table afterwards; how many rows were removed, and how many only starred.

    kept: int64, for each row of `table` its row number before.
    """

    table: pa.Table
    removed: int
    starred: int
    kept: npt.NDArray[np.int64]


def suppress(table: pa.Table, plan: ReleasePlan) -> Suppressed:
    """Leave only groups that meet k and l: remove the other rows, or blank what finds them."""
    if not plan.adversary:
        return Suppressed(table=table, removed=0, starred=0, kept=np.arange(table.num_rows))
    small = too_small(table, plan)
    starred = 0
    if plan.suppression == "stars" and small.any():
        table = _blanked(table, plan, small)
        starred = int(small.sum())
        # Blanked rows are one group now; if even that is too small, its rows go.
        still = too_small(table, plan)
        starred -= int((still & small).sum())
        small = still
    kept = table.filter(pa.array(~small)) if small.any() else table
    return Suppressed(
        table=kept, removed=int(small.sum()), starred=starred, kept=np.flatnonzero(~small)
    )


def too_small(table: pa.Table, plan: ReleasePlan) -> npt.NDArray[np.bool_]:
    """For each row: is its group below k, or below l for some column?"""
    groups = group_ids(table, plan.adversary)
    sizes = group_sizes(groups)
    short = sizes < plan.k
    for column, least in plan.l.items():
        if column in table.column_names:
            short |= distinct_values(groups, codes_of(table.column(column))) < least
    return np.asarray(short[groups])


def _blanked(table: pa.Table, plan: ReleasePlan, rows: npt.NDArray[np.bool_]) -> pa.Table:
    keep = pa.array(~rows)
    for name in plan.adversary:
        at = table.column_names.index(name)
        column = table.column(name)
        blank = pc.if_else(keep, column, pa.scalar(None, column.type))
        table = table.set_column(at, table.schema.field(name), blank)
    return table
