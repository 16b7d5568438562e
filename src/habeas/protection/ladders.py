"""The ladder of a planned column: its form as written, then ever coarser ones, then a star."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from habeas.protection.columns import DATE_STEPS, ColumnPlan
from habeas.protection.groups import Ints, codes_of
from habeas.protection.hierarchies import ELSEWHERE, REGIONS
from habeas.protection.places import DIVISION_STEPS, occupation_group
from habeas.protection.plan import ReleasePlan
from habeas.protection.search import Floats, Ladder, Optimum, best_node
from habeas.protection.transforms import Means, transformed

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
    """A ladder beside the plan of each of its rungs."""

    ladder: Ladder
    rungs: tuple[ColumnPlan, ...]


def climb(column: pa.ChunkedArray, planned: ColumnPlan, means: Means) -> Climb:
    """Work out a column's ladder on its distinct values."""
    used, first, leaves = np.unique(codes_of(column), return_index=True, return_inverse=True)
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
    domain = len(used)
    if planned.params.get("by") == "hierarchy":
        domain = max(domain, len(means.hierarchy(planned).rows))
    ladder = Ladder(
        column=planned.column,
        leaves=leaves.astype(np.int64),
        rungs=tuple(forms),
        shares=tuple(shares),
        domain=domain,
    )
    return Climb(ladder=ladder, rungs=tuple(plans))


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


def search_plan(
    table: pa.Table, plan: ReleasePlan, means: Means
) -> tuple[ReleasePlan, Optimum | None]:
    """The plan with each of the adversary's columns on the best rung; the search is recorded."""
    if not plan.search or not plan.adversary:
        return plan, None
    climbs = {name: climb(table.column(name), plan.column(name), means) for name in plan.adversary}
    found = best_node(
        [c.ladder for c in climbs.values()], k=plan.k, max_suppressed=plan.max_suppressed
    )
    chosen = {
        name: c.rungs[rung] for (name, c), rung in zip(climbs.items(), found.node, strict=True)
    }
    columns = tuple(chosen.get(c.column, c) for c in plan.columns)
    return replace(plan, columns=columns, search=False), found
