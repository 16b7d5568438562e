"""Risk: how easily someone who knows certain columns could find a person in the copy.

Figures are exact for the table at hand. Without a table of the whole population the journalist's
risk is known only as an upper bound, the prosecutor's, and is named so; how many persons would be
unique in the population is then an estimate, and only if its size is given.

  prosecutor  knows that the person is in the copy: one over the rows that look alike
  journalist  does not: one over the persons of the population who look alike
  marketer    tries them all: the share of rows rightly matched
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from habeas.protection.demands import ordered_codes
from habeas.protection.groups import Ints, group_ids, group_sizes, has_order
from habeas.protection.models import Pairs, entropy_l, equal_distance, joint, ordered_distance
from habeas.protection.population import UniqueEstimate, estimated_uniques
from habeas.protection.suppression import people_alike

SMALL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFigures:
    """Risk for one set of known columns.

    k: rows in the smallest group. unique_rows: rows alone in their group.
    prosecutor_max, prosecutor_average: chance to pick the right row for a person known to be in.
    marketer: share of rows expected to be matched rightly if all are tried.
    distinct_l: for each sensitive column, the fewest different values in a group.
    entropy_l: the same for the effective number of values, exp(entropy).
    t: for each sensitive column the farthest group's distance from the whole table's values;
        ordered distance for numbers and dates, equal distance for others.
    k_map: persons of the population in the smallest group; None: no table of the population.
    population_uniques: an estimate; None: neither a table nor a size is known.
    """

    known: tuple[str, ...]
    rows: int
    groups: int
    k: int
    unique_rows: int
    rows_below_k: int
    distinct_l: Mapping[str, int]
    entropy_l: Mapping[str, float] = field(default_factory=dict)
    t: Mapping[str, float] = field(default_factory=dict)
    k_map: int | None = None
    journalist_average: float | None = None
    population_uniques: UniqueEstimate | None = None

    @property
    def unique_share(self) -> float:
        return self.unique_rows / self.rows if self.rows else 0.0

    @property
    def prosecutor_max(self) -> float:
        return 1 / self.k if self.k else 0.0

    @property
    def prosecutor_average(self) -> float:
        return self.groups / self.rows if self.rows else 0.0

    @property
    def marketer(self) -> float:
        return self.prosecutor_average

    def to_json(self, *, leaving: bool) -> dict[str, Any]:
        """Figures; with `leaving`, counts below five are told only as '<5'."""
        shown: dict[str, Any] = {"known": list(self.known)}
        for name in ("rows", "groups", "k", "unique_rows", "rows_below_k"):
            count = getattr(self, name)
            shown[name] = small(count) if leaving else count
        shown["unique_share"] = _share(self.unique_rows, self.rows, leaving=leaving)
        hidden = leaving and 0 < self.k < SMALL
        shown["prosecutor_max"] = f">{1 / SMALL}" if hidden else round(self.prosecutor_max, 6)
        shown["prosecutor_average"] = round(self.prosecutor_average, 6)
        shown["journalist_at_most"] = shown["prosecutor_max"]
        shown["marketer"] = round(self.marketer, 6)
        shown["distinct_l"] = dict(self.distinct_l)
        shown["entropy_l"] = {name: round(value, 4) for name, value in self.entropy_l.items()}
        shown["t"] = {name: round(value, 4) for name, value in self.t.items()}
        shown["population"] = self._population(leaving=leaving)
        return shown

    def _population(self, *, leaving: bool) -> dict[str, Any] | None:
        """What is known of the population: the journalist's risk, or an estimate of uniques."""
        estimate = self.population_uniques
        if self.k_map is None and estimate is None:
            return None
        shown: dict[str, Any] = {}
        if self.k_map is not None:
            risk = 1 / self.k_map if self.k_map else 1.0
            hidden = leaving and self.k_map < SMALL
            shown["k_map"] = small(self.k_map) if leaving else self.k_map
            shown["journalist_max"] = f">{1 / SMALL}" if hidden else round(risk, 6)
            shown["journalist_average"] = round(self.journalist_average or 0.0, 6)
        if estimate is not None:
            share = None if estimate.share is None else round(estimate.share, 6)
            shown["estimated_unique_share"] = share
            shown["model"] = "pitman" if estimate.fitted else None
        return shown


def small(count: int) -> int | str:
    """A count as it may leave a home: one below five says only that."""
    return f"<{SMALL}" if 0 < count < SMALL else count


def _share(part: int, whole: int, *, leaving: bool) -> float | str:
    if leaving and 0 < part < SMALL:
        return f"<{SMALL}/{whole}"
    return round(part / whole, 6) if whole else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMoment:
    """Risk of one state of the table, for the adversary's columns and for the whole row."""

    adversary: RiskFigures
    whole_row: RiskFigures

    def to_json(self, *, leaving: bool) -> dict[str, Any]:
        whole = self.whole_row.to_json(leaving=leaving)
        columns = len(whole.pop("known"))
        return {
            "adversary": self.adversary.to_json(leaving=leaving),
            "whole_row": {"columns": columns, **whole},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskReport:
    """Risk before, after the transforms, and after the marks."""

    before: RiskMoment
    transformed: RiskMoment
    marked: RiskMoment
    rows_in: int
    rows_suppressed: int
    rows_starred: int

    @property
    def share_suppressed(self) -> float:
        gone = self.rows_suppressed + self.rows_starred
        return gone / self.rows_in if self.rows_in else 0.0

    def to_json(self, *, leaving: bool = False) -> dict[str, Any]:
        """The report; with `leaving`, as it may be shown to a recipient."""
        count = small if leaving else int
        return {
            "rows_in": count(self.rows_in),
            "rows_suppressed": count(self.rows_suppressed),
            "rows_starred": count(self.rows_starred),
            "before": self.before.to_json(leaving=leaving),
            "transformed": self.transformed.to_json(leaving=leaving),
            "marked": self.marked.to_json(leaving=leaving),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """What is known of the persons the table's are part of.

    table: their quasi-identifiers, transformed as the measured table was. size: their number.
    """

    table: pa.Table | None = None
    size: int | None = None


def measure(
    table: pa.Table,
    known: Sequence[str],
    *,
    k: int,
    sensitive: Sequence[str] = (),
    population: Population | None = None,
) -> RiskFigures:
    """Risk of `table` for someone who knows the columns `known`."""
    groups = group_ids(table, known)
    sizes = group_sizes(groups)
    held = {name: _held(table, name, groups) for name in sensitive}
    return RiskFigures(
        known=tuple(known),
        rows=table.num_rows,
        groups=len(sizes),
        k=int(sizes.min(initial=table.num_rows)) if len(sizes) else 0,
        unique_rows=int(np.count_nonzero(sizes == 1)),
        rows_below_k=int(sizes[sizes < k].sum()),
        distinct_l={name: each.distinct for name, each in held.items()},
        entropy_l={name: each.entropy for name, each in held.items()},
        t={name: each.t for name, each in held.items()},
        **_of_population(table, known, sizes, population),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    distinct: int
    entropy: float
    t: float


def _held(table: pa.Table, name: str, groups: Ints) -> _Held:
    """How little the values of a sensitive column differ within the worst group."""
    if table.num_rows == 0:
        return _Held(distinct=0, entropy=0.0, t=0.0)
    count = int(groups.max()) + 1
    pairs = Pairs.of_rows(ordered_codes(table, name))
    found = joint(pairs, groups)
    overall = np.bincount(pairs.code, minlength=pairs.size) / table.num_rows
    ordered = has_order(table.schema.field(name).type)
    distance = (ordered_distance if ordered else equal_distance)(found, count, overall)
    return _Held(
        distinct=int(np.bincount(found.group, minlength=count).min()),
        entropy=float(entropy_l(found, count).min()),
        t=float(distance.max()),
    )


def _of_population(
    table: pa.Table, known: Sequence[str], sizes: Ints, population: Population | None
) -> dict[str, Any]:
    if population is None or not known or table.num_rows == 0:
        return {}
    if population.table is not None:
        alike = people_alike(table, population.table, known)
        return {
            "k_map": int(alike.min()),
            # A row that no one of the population looks like is as good as found.
            "journalist_average": float((1 / np.maximum(alike, 1)).mean()),
        }
    if population.size is None or population.size < table.num_rows:
        return {}
    estimate = estimated_uniques(sizes.astype(np.float64), population.size)
    return {"population_uniques": estimate}


def measure_moment(
    table: pa.Table,
    adversary: Sequence[str],
    *,
    whole: Sequence[str],
    k: int,
    sensitive: Sequence[str] = (),
    population: Population | None = None,
) -> RiskMoment:
    """Risk for the adversary's columns and for someone who knows the columns `whole`."""
    size = None if population is None else Population(size=population.size)
    return RiskMoment(
        adversary=measure(table, adversary, k=k, sensitive=sensitive, population=population),
        whole_row=measure(table, whole, k=k, population=size),
    )
