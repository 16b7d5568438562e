"""Risk: how easily someone who knows certain columns could find a person in the copy.

Figures are exact for the table at hand. Without a table of the whole population the journalist's
risk is known only as an upper bound, the prosecutor's, and is named so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from habeas.protection.groups import codes_of, distinct_values, group_ids, group_sizes

SMALL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFigures:
    """Risk for one set of known columns.

    k: rows in the smallest group. unique_rows: rows alone in their group.
    prosecutor_max, prosecutor_average: chance to pick the right row for a person known to be in.
    marketer: share of rows expected to be matched rightly if all are tried.
    distinct_l: for each sensitive column, the fewest different values in a group.
    """

    known: tuple[str, ...]
    rows: int
    groups: int
    k: int
    unique_rows: int
    rows_below_k: int
    distinct_l: Mapping[str, int]

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


def measure(
    table: pa.Table, known: Sequence[str], *, k: int, sensitive: Sequence[str] = ()
) -> RiskFigures:
    """Risk of `table` for someone who knows the columns `known`."""
    groups = group_ids(table, known)
    sizes = group_sizes(groups)
    fewest = {
        name: int(distinct_values(groups, codes_of(table.column(name))).min(initial=table.num_rows))
        for name in sensitive
        if name not in known
    }
    return RiskFigures(
        known=tuple(known),
        rows=table.num_rows,
        groups=len(sizes),
        k=int(sizes.min(initial=table.num_rows)) if len(sizes) else 0,
        unique_rows=int(np.count_nonzero(sizes == 1)),
        rows_below_k=int(sizes[sizes < k].sum()),
        distinct_l=fewest,
    )


def measure_moment(
    table: pa.Table,
    adversary: Sequence[str],
    *,
    whole: Sequence[str],
    k: int,
    sensitive: Sequence[str] = (),
) -> RiskMoment:
    """Risk for the adversary's columns and for someone who knows the columns `whole`."""
    return RiskMoment(
        adversary=measure(table, adversary, k=k, sensitive=sensitive),
        whole_row=measure(table, whole, k=k),
    )
