"""From what a plan asks of groups to questions about the values of one table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pyarrow as pa

from habeas.errors import BadInput
from habeas.protection.asked import AskedT
from habeas.protection.groups import Ints, has_order
from habeas.protection.hierarchies import Hierarchy, read_hierarchy
from habeas.protection.models import (
    Closeness,
    Demand,
    DistinctL,
    EntropyL,
    Floats,
    Pairs,
    RecursiveL,
)
from habeas.protection.plan import ReleasePlan
from habeas.protection.transforms import Means


def demands_on(
    table: pa.Table, plan: ReleasePlan, means: Means, *, counts: Floats | None = None
) -> tuple[Demand, ...]:
    """What the plan asks of the table's groups besides k; columns that don't leave ask nothing.

    table: as it would leave, before any row is suppressed: t compares with these rows.
    counts: how many rows each row of it stands for; None: one.
    """
    there = set(table.column_names)
    asked = {*plan.l, *plan.asked.columns} & there
    pairs = {name: Pairs.of_rows(ordered_codes(table, name), counts) for name in sorted(asked)}
    found = [
        Demand(name, DistinctL(least=least), pairs[name])
        for name, least in plan.l.items()
        if name in there
    ]
    found += [
        Demand(name, EntropyL(least=least), pairs[name])
        for name, least in plan.asked.entropy_l.items()
        if name in there
    ]
    found += [
        Demand(name, RecursiveL(c=each.c, least=each.l), pairs[name])
        for name, each in plan.asked.recursive_l.items()
        if name in there
    ]
    found += [
        _closeness(table, name, each, pairs[name], means)
        for name, each in plan.asked.t.items()
        if name in there
    ]
    return tuple(found)


def ordered_codes(table: pa.Table, column: str) -> Ints:
    """Each cell's value as a number in the order of values; an empty cell comes first."""
    series = pl.Series(pl.from_arrow(table.column(column)))
    if series.dtype == pl.Categorical:
        series = series.cast(pl.String)
    return series.rank("dense").cast(pl.Int64).fill_null(0).to_numpy().astype(np.int64)


def _closeness(table: pa.Table, name: str, asked: AskedT, pairs: Pairs, means: Means) -> Demand:
    if asked.distance == "ordered" and not has_order(table.schema.field(name).type):
        if asked.file is None:
            raise BadInput(
                "text has no order of its own",
                place=f"models.t.{name}",
                remedy="name a hierarchy file whose lines are in order, or use 'equal'",
            )
        pairs = _in_order_of(table, name, _hierarchy(asked, name, means), pairs.weight)
    overall = np.bincount(pairs.code, weights=pairs.weight, minlength=pairs.size)
    model = Closeness(
        most=asked.at_most,
        distance=asked.distance,
        overall=overall / overall.sum(),
        ladder=_ladder(table, name, asked, pairs, means),
    )
    return Demand(name, model, pairs)


def _hierarchy(asked: AskedT, name: str, means: Means) -> Hierarchy:
    if means.folder is None or asked.file is None:
        raise BadInput(
            "names a hierarchy file and no folder to look for it was given",
            place=f"models.t.{name}",
        )
    return read_hierarchy(means.folder / asked.file)


def _in_order_of(table: pa.Table, name: str, hierarchy: Hierarchy, weight: Floats) -> Pairs:
    place = {value: at + 1 for at, value in enumerate(hierarchy.rows)}
    series = pl.Series(pl.from_arrow(table.column(name))).cast(pl.String)
    _check_known(series, hierarchy, name)
    codes = series.replace_strict(place, default=0, return_dtype=pl.Int64).fill_null(0)
    return Pairs.of_rows(codes.to_numpy().astype(np.int64), weight)


def _ladder(
    table: pa.Table, name: str, asked: AskedT, pairs: Pairs, means: Means
) -> tuple[Ints, ...]:
    """For hierarchical distance: the form of each value at each level, one root above all."""
    if asked.distance != "hierarchical":
        return ()
    hierarchy = _hierarchy(asked, name, means)
    first = np.unique(pairs.code, return_index=True)[1]
    series = pl.Series(pl.from_arrow(table.column(name))).cast(pl.String)
    _check_known(series, hierarchy, name)
    values = [series[int(at)] for at in first]
    levels = [_numbered(hierarchy.level(at), values) for at in range(hierarchy.top + 1)]
    if int(levels[-1].max(initial=0)) > 0:
        levels.append(np.zeros(len(values), dtype=np.int64))
    return tuple(levels)


def _numbered(forms: Mapping[str, str], values: list[str | None]) -> Ints:
    """An empty cell is a value of its own, alike with nothing below the root."""
    shown = ["" if value is None else f"={forms[value]}" for value in values]
    return np.unique(shown, return_inverse=True)[1].astype(np.int64)


def _check_known(series: pl.Series, hierarchy: Hierarchy, name: str) -> None:
    unknown = (series.is_not_null() & ~series.is_in(list(hierarchy.rows))).arg_true()
    if len(unknown):
        raise BadInput(
            f"the hierarchy of column {name!r} lacks a value of the table",
            place=f"row {int(unknown[0]) + 1}",
            remedy="add the value to the hierarchy file",
        )
