"""The ladder of a planned column: its form as written, then ever coarser ones, then a star."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from habeas.protection.columns import DATE_STEPS, ColumnPlan
from habeas.protection.demands import demands_on
from habeas.protection.groups import Ints, codes_of, dense, first_rows
from habeas.protection.hierarchies import ELSEWHERE, REGIONS
from habeas.protection.models import Demand, Floats
from habeas.protection.places import DIVISION_STEPS, occupation_group
from habeas.protection.plan import ReleasePlan
from habeas.protection.search import Ladder, Optimum, Search, Weights, searching
from habeas.protection.transforms import Means, apply_plan_to_columns, transformed

STAR: Mapping[str, Any] = {"by": "all"}
_BAND_STEPS = (1, 2, 4, 8)
_MOSTLY = 0.9


def rungs_of(planned: ColumnPlan, values: pl.Series, means: Means) -> tuple[ColumnPlan, ...]:
    """The column's plan as written and each coarser one; what is alike on a rung stays alike."""
    coarser = [
        replace(planned, transform=transform, params=params)
        for transform, params in _above(planned, values, means)
    ]
    star = replace(planned, transform="generalise", params=STAR)
    return (planned, *coarser) if planned.params.get("by") == "all" else (planned, *coarser, star)


def _above(
    planned: ColumnPlan, values: pl.Series, means: Means
) -> list[tuple[str, Mapping[str, Any]]]:
    params = planned.params
    if planned.transform == "bin":
        return [("bin", {"edges": edges}) for edges in _thinned(list(params["edges"]))]
    if planned.transform == "date_month":
        return [("generalise", {"by": "date", "to": step}) for step in DATE_STEPS[1:]]
    if planned.transform == "keep" and _provinces(values):
        return [("generalise", {"by": by}) for by in ("provinces", "regions")]
    if planned.transform == "keep" and _occupations(values):
        return [("generalise", {"by": "occupations"})]
    if planned.transform == "generalise":
        return [("generalise", {**params, **more}) for more in _steps(planned, means)]
    return []


def _steps(planned: ColumnPlan, means: Means) -> list[Mapping[str, Any]]:
    params = planned.params
    steps: list[Mapping[str, Any]] = []
    match params["by"]:
        case "date":
            steps = [{"to": step} for step in _after(DATE_STEPS, params["to"])]
        case "bands":
            steps = [{"width": params["width"] * step} for step in _BAND_STEPS[1:]]
        case "prefix":
            steps = [{"keep_first": n} for n in range(params["keep_first"] - 1, 0, -1)]
        case "provinces":
            steps = [{"by": "regions"}]
        case "divisions":
            steps = [{"to": step} for step in _after(DIVISION_STEPS, params["to"])]
        case "hierarchy":
            top = means.hierarchy(planned).top
            steps = [{"level": level} for level in range(params["level"] + 1, top + 1)]
    return steps


def _after(steps: tuple[str, ...], step: str) -> tuple[str, ...]:
    return steps[steps.index(step) + 1 :]


def _thinned(edges: list[float]) -> list[list[float]]:
    """Every second edge, every fourth, …: coarser bins whose edges are edges of the finer."""
    found = []
    while len(edges) > 1:
        edges = edges[1::2]
        found.append(edges)
    return found


def _provinces(values: pl.Series) -> bool:
    if values.dtype != pl.String:
        return False
    known = values.drop_nulls().str.strip_chars().str.head(2).is_in(list(REGIONS))
    return len(known) > 0 and bool(known.mean() >= _MOSTLY)  # type: ignore[operator]


def _occupations(values: pl.Series) -> bool:
    if values.dtype != pl.String:
        return False
    known = [occupation_group(value) != ELSEWHERE for value in values.drop_nulls()]
    return len(known) > 1 and sum(known) >= _MOSTLY * len(known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """A ladder beside the plan of each of its rungs; distinct: the value of each leaf."""

    ladder: Ladder
    rungs: tuple[ColumnPlan, ...]
    distinct: pl.Series


def climb(column: pa.ChunkedArray, planned: ColumnPlan, means: Means) -> Climb:
    """Work out a column's ladder on its distinct values."""
    leaves, domain = dense(codes_of(column))
    first = first_rows(leaves, domain)
    distinct = pl.Series(planned.column, pl.from_arrow(column.take(pa.array(first))))
    plans: list[ColumnPlan] = []
    forms: list[Ints] = []
    shares: list[Floats] = []
    for plan in rungs_of(planned, distinct, means):
        form = _forms(distinct, plan, means)
        if forms and int(form.max()) == int(forms[-1].max()):
            continue  # no two values more are alike than one rung below
        plans.append(plan)
        forms.append(form)
        shares.append(_share(distinct, form, plan, means))
    if planned.params.get("by") == "hierarchy":
        domain = max(domain, len(means.hierarchy(planned).rows))
    ladder = Ladder(
        column=planned.column,
        leaves=leaves,
        rungs=tuple(forms),
        shares=tuple(shares),
        domain=domain,
    )
    return Climb(ladder=ladder, rungs=tuple(plans), distinct=distinct)


def _forms(distinct: pl.Series, plan: ColumnPlan, means: Means) -> Ints:
    """The number of the form each distinct value takes, dense from 0."""
    codes = codes_of(transformed(distinct, plan, means).to_arrow())
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def _share(distinct: pl.Series, form: Ints, plan: ColumnPlan, means: Means) -> Floats:
    """For each distinct value, the share of the domain its form could stand for."""
    if plan.params.get("by") != "hierarchy":
        return np.bincount(form)[form] / len(distinct)
    forms = means.hierarchy(plan).level(plan.params["level"])
    alike = Counter(forms.values())
    shown = distinct.cast(pl.String).to_list()
    return np.array([alike.get(forms.get(value, ""), 1) / len(forms) for value in shown])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """A finished search: the plan it leads to, and what local recoding goes on from."""

    plan: ReleasePlan
    optimum: Optimum
    climbs: Mapping[str, Climb]
    search: Search


def find_plan(
    table: pa.Table, plan: ReleasePlan, means: Means, *, population: pa.Table | None = None
) -> Found | None:
    """Search, if the plan asks for it: each of the adversary's columns on the best rung.

    population: the adversary's columns of the persons the table's are part of, untransformed.
    """
    if not plan.search or not plan.adversary:
        return None
    climbs = {
        name: climb(_with_people(table, population, name), plan.column(name), means)
        for name in plan.adversary
    }
    demands = demands_on(sensitive_of(table, plan, means), plan, means)
    weights = _weights(table.num_rows, population)
    return find_over(climbs, plan, demands=demands, weights=weights)


def find_over(
    climbs: Mapping[str, Climb],
    plan: ReleasePlan,
    *,
    demands: Sequence[Demand],
    weights: Weights,
) -> Found:
    """The search over climbs whose leaves stand for as many rows as `weights` says.

    Without `search` in the plan every column stays as it is written, and only groups are found.
    """
    if not plan.search:
        climbs = {name: _as_written(each) for name, each in climbs.items()}
    search = searching(
        [each.ladder for each in climbs.values()],
        k=plan.k,
        demands=demands,
        k_map=plan.asked.k_map,
        weights=weights,
    )
    # Local recoding keeps the rows that the optimum would suppress, so any number may go here.
    free = not plan.search or plan.recoding == "local"
    found = search.run(1.0 if free else plan.max_suppressed)
    chosen = {
        name: each.rungs[rung]
        for (name, each), rung in zip(climbs.items(), found.node, strict=True)
    }
    columns = tuple(chosen.get(c.column, c) for c in plan.columns)
    applied = replace(plan, columns=columns, search=False, recoding="global")
    return Found(plan=applied, optimum=found, climbs=climbs, search=search)


def _as_written(climb_of: Climb) -> Climb:
    ladder = climb_of.ladder
    return replace(
        climb_of,
        ladder=replace(ladder, rungs=ladder.rungs[:1], shares=ladder.shares[:1]),
        rungs=climb_of.rungs[:1],
    )


def search_plan(
    table: pa.Table, plan: ReleasePlan, means: Means, *, population: pa.Table | None = None
) -> tuple[ReleasePlan, Optimum | None]:
    """The plan with each of the adversary's columns on the best rung; the search is recorded."""
    found = find_plan(table, plan, means, population=population)
    return (plan, None) if found is None else (found.plan, found.optimum)


def _with_people(table: pa.Table, population: pa.Table | None, name: str) -> pa.ChunkedArray:
    column = table.column(name)
    if population is None:
        return column
    people = population.column(name).cast(column.type)
    return pa.chunked_array([*column.chunks, *people.chunks], column.type)


def _weights(rows: int, population: pa.Table | None) -> Weights:
    if population is None:
        return Weights()
    people = population.num_rows
    return Weights(
        rows=np.concatenate([np.ones(rows), np.zeros(people)]),
        people=np.concatenate([np.zeros(rows), np.ones(people)]),
    )


def sensitive_of(table: pa.Table, plan: ReleasePlan, means: Means) -> pa.Table:
    """The columns that models ask about, as they would leave."""
    asked = {*plan.l, *plan.asked.columns}
    columns = tuple(c for c in plan.leaving if c.column in asked)
    return apply_plan_to_columns(table, columns, means)[0] if columns else pa.table({})
