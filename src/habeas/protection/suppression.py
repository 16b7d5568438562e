"""Suppression: what is done with rows whose group is too small or holds too few values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from habeas.errors import Refused
from habeas.protection.groups import Ints, group_ids, group_sizes
from habeas.protection.models import Demand
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


def suppress(
    table: pa.Table,
    plan: ReleasePlan,
    *,
    demands: Sequence[Demand] = (),
    population: pa.Table | None = None,
) -> Suppressed:
    """Leave only groups that meet every model: remove the other rows, or blank what finds them.

    demands: `demands_on(table, plan, …)`. population: the adversary's columns of the population,
        transformed as the table was; only k-map asks for it.
    """
    if not plan.adversary:
        return Suppressed(table=table, removed=0, starred=0, kept=np.arange(table.num_rows))
    small = too_small(table, plan, demands=demands, population=population)
    starred = 0
    if plan.suppression == "stars" and small.any():
        table = _blanked(table, plan, small)
        starred = int(small.sum())
        # Blanked rows are one group now; if even that is too small, its rows go. Whoever in the
        # population could be behind a blanked row: anybody, so k-map asks no more of it.
        still = too_small(table, replace(plan, asked=replace(plan.asked, k_map=0)), demands=demands)
        starred -= int((still & small).sum())
        small = still
    kept = table.filter(pa.array(~small)) if small.any() else table
    return Suppressed(
        table=kept, removed=int(small.sum()), starred=starred, kept=np.flatnonzero(~small)
    )


def too_small(
    table: pa.Table,
    plan: ReleasePlan,
    *,
    demands: Sequence[Demand] = (),
    population: pa.Table | None = None,
) -> npt.NDArray[np.bool_]:
    """For each row: does its group have fewer than k rows, or fail what else is asked?"""
    groups = group_ids(table, plan.adversary)
    sizes = group_sizes(groups)
    short = sizes < plan.k
    for demand in demands:
        short |= demand.fails(groups, len(sizes))
    bad = short[groups]
    if plan.asked.k_map and population is not None:
        bad = bad | (people_alike(table, population, plan.adversary) < plan.asked.k_map)
    return np.asarray(bad)


def too_many(removed: int, rows_in: int, plan: ReleasePlan, *, starred: int = 0) -> None:
    """Refuse if more rows go, or are blanked, than the plan allows; or if none is left."""
    gone = (removed + starred) / rows_in
    if gone > plan.max_suppressed:
        raise Refused(
            f"{gone:.1%} of rows would have to be suppressed for k = {plan.k}, "
            f"above the plan's bound of {plan.max_suppressed:.1%}",
            place="bounds.max_suppressed",
            remedy="make the adversary's columns coarser, search, or drop one of "
            + ", ".join(plan.adversary),
        )
    if removed == rows_in:
        raise Refused("no row is left", place="models.k", remedy="make columns coarser")


def too_risky(risk: float, plan: ReleasePlan, *, when: str) -> None:
    """Refuse if the highest risk for the adversary's columns is above the plan's bound."""
    if risk > plan.max_risk + 1e-12:
        raise Refused(
            f"the highest risk {when} is {risk:.3f}, above the plan's bound of "
            f"{plan.max_risk:.3f}, for who knows {', '.join(plan.adversary)}",
            place="bounds.max_risk",
            remedy=f"raise k to {int(np.ceil(1 / plan.max_risk)) if plan.max_risk else 'more'}, "
            "or make those columns coarser",
        )


def people_alike(table: pa.Table, population: pa.Table, known: Sequence[str]) -> Ints:
    """For each row, how many persons of the population look like it on the known columns."""
    both = pa.table(
        {
            name: pa.chunked_array(
                [
                    *table.column(name).cast(pa.string()).chunks,
                    *population.column(name).cast(pa.string()).chunks,
                ],
                pa.string(),
            )
            for name in known
        }
    )
    groups = group_ids(both, known)
    rows = table.num_rows
    people = np.bincount(groups[rows:], minlength=int(groups.max(initial=0)) + 1)
    return people[groups[:rows]].astype(np.int64)


def _blanked(table: pa.Table, plan: ReleasePlan, rows: npt.NDArray[np.bool_]) -> pa.Table:
    keep = pa.array(~rows)
    for name in plan.adversary:
        at = table.column_names.index(name)
        column = table.column(name)
        blank = pc.if_else(keep, column, pa.scalar(None, column.type))
        table = table.set_column(at, table.schema.field(name), blank)
    return table
