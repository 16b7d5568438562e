"""What a copy is still good for: errors that marks made, and a credit model before and after.

A cell's error is 0 if it is as it was; else for numbers and dates its move over the span between
the column's tenth and ninetieth percentile, at most 1, and for others 1. A column's error is the
mean over its rows, a person's the mean over their cells.

The model is a plain logistic regression, the same for all tables: what matters is how its AUC (the
chance that a case with the outcome is ranked above one without) changes, not how good it is. It
learns on one half of the rows and is asked about the other half, always as they were before marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from habeas.protection.groups import codes_of, has_order
from habeas.protection.models import Bools, Floats

MOST_ROWS = 50_000
_MOST_VALUES = 30
_RIDGE = 1.0
_STEPS = 25
_AFFECTED = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Utility:
    """Errors of the marked copy against the unmarked base, and AUCs; None: no outcome was named.

    worst_column: the column with the largest error: for the controller's eyes, since it is marked.
    most_affected: mean error of the hundredth of persons (rows, without a key) with the largest.
    auc_source, auc_base, auc_copy: learnt on the values as they came, as transformed, as marked.
    """

    worst_column: str | None
    worst_error: float
    most_affected: float
    auc_source: float | None = None
    auc_base: float | None = None
    auc_copy: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As it may leave: no column is named, and errors are rounded up to a whole percent."""
        return {
            "worst_column_error_at_most": _up(self.worst_error),
            "most_affected_error_at_most": _up(self.most_affected),
            "auc": None
            if self.auc_source is None or self.auc_base is None or self.auc_copy is None
            else {
                "before": round(self.auc_source, 3),
                "transformed": round(self.auc_base, 3),
                "handed_out": round(self.auc_copy, 3),
            },
        }


def _up(error: float) -> float:
    return float(np.ceil(error * 100 - 1e-9)) / 100


def utility(
    source: pa.Table,
    base: pa.Table,
    marked: pa.Table,
    *,
    outcome: str | None,
    person: str | None,
    skip: Sequence[str] = (),
) -> Utility:
    """Measure one copy.

    source, base, marked: the same rows in the same order: as they came, transformed, marked.
    outcome: a column of all three that a credit model would foretell; person: the column of
    `base` that tells whose row it is. skip: columns no model may use, such as keys.
    """
    errors = {
        name: cell_errors(base.column(name), marked.column(name))
        for name in base.column_names
        if base.column(name) is not marked.column(name)
    }
    means = {name: float(each.mean()) for name, each in errors.items()}
    worst = max(means, key=lambda name: means[name], default=None)
    aucs: tuple[float | None, float | None, float | None] = (None, None, None)
    if outcome is not None:
        aucs = _aucs(source, base, marked, outcome=outcome, skip=skip)
    return Utility(
        worst_column=None if worst is None or means[worst] == 0 else worst,
        worst_error=0.0 if worst is None else means[worst],
        most_affected=_most_affected(base, errors, person),
        auc_source=aucs[0],
        auc_base=aucs[1],
        auc_copy=aucs[2],
    )


def cell_errors(was: pa.ChunkedArray, now: pa.ChunkedArray) -> Floats:
    """The error of each cell."""
    same = np.asarray(codes_of(pa.chunked_array([*was.chunks, *now.chunks])))
    moved: Floats = (same[: len(was)] != same[len(was) :]).astype(np.float64)
    if not has_order(was.type) or not moved.any():
        return moved
    left, right = _numbers(was), _numbers(now)
    low, high = np.nanpercentile(left, [10, 90])
    span = high - low if high > low else np.nanmax(left) - np.nanmin(left)
    far = np.abs(left - right) / (span or 1.0)
    # A cell that came or went as a whole counts in full.
    errors: Floats = np.where(moved > 0, np.minimum(np.nan_to_num(far, nan=1.0), 1.0), 0.0)
    return errors


def _numbers(column: pa.ChunkedArray) -> Floats:
    series = pl.Series(pl.from_arrow(column))
    if series.dtype.is_temporal():
        series = series.to_physical()
    return series.cast(pl.Float64).fill_null(np.nan).to_numpy().astype(np.float64)


def _most_affected(base: pa.Table, errors: dict[str, Floats], person: str | None) -> float:
    if not errors or base.num_rows == 0:
        return 0.0
    of_row = np.sum(list(errors.values()), axis=0) / base.num_columns
    if person is not None and person in base.column_names:
        who = codes_of(base.column(person))
        rows = np.bincount(who)
        of_row = np.bincount(who, weights=of_row)[rows > 0] / rows[rows > 0]
    count = max(1, round(len(of_row) * _AFFECTED))
    return float(np.sort(of_row)[-count:].mean())


def _aucs(
    source: pa.Table, base: pa.Table, marked: pa.Table, *, outcome: str, skip: Sequence[str]
) -> tuple[float | None, float | None, float | None]:
    rows = np.random.default_rng(0).permutation(base.num_rows)[:MOST_ROWS]
    learn, ask = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    happened = _happened(base.column(outcome))
    if any(len(np.unique(happened[part])) < 2 for part in (learn, ask)):
        return None, None, None
    found = []
    for table, clean in ((source, source), (base, base), (marked, base)):
        names = [n for n in table.column_names if n != outcome and n not in skip]
        taught, asked = _features(table, clean, names, learn, ask)
        # The outcome itself may be marked: then the copy teaches what it says.
        told = _happened(table.column(outcome)) if table is marked else happened
        found.append(auc(asked @ logistic(taught, told[learn].astype(np.float64)), happened[ask]))
    return found[0], found[1], found[2]


def _happened(column: pa.ChunkedArray) -> Bools:
    """True where the column doesn't hold its commonest value (of text order, if two are)."""
    texts = pl.Series(pl.from_arrow(column)).cast(pl.String).fill_null("")
    commonest = texts.value_counts().sort("count", texts.name, descending=[True, False])[0, 0]
    return np.asarray((texts != commonest).to_numpy(), dtype=bool)


def _features(
    table: pa.Table, clean: pa.Table, names: Sequence[str], learn: np.ndarray, ask: np.ndarray
) -> tuple[Floats, Floats]:
    """A constant, numbers in standard units, and a column for each common value of the rest."""
    taught, asked = [np.ones(len(learn))], [np.ones(len(ask))]
    for name in names:
        left, right = table.column(name), clean.column(name)
        if has_order(left.type):
            a, b = _numbers(left)[learn], _numbers(right)[ask]
            low, high = np.nanpercentile(a, [1, 99]) if np.isfinite(a).any() else (0.0, 0.0)
            middle, spread = np.nanmean(np.clip(a, low, high)), np.nanstd(np.clip(a, low, high))
            for values, out in ((a, taught), (b, asked)):
                units = (np.clip(values, low, high) - middle) / (spread or 1.0)
                out.append(np.nan_to_num(units))
            continue
        a, b = (pl.Series(pl.from_arrow(c)).cast(pl.String).fill_null("") for c in (left, right))
        a, b = a.gather(learn), b.gather(ask)
        for value in a.value_counts(sort=True)[:_MOST_VALUES, 0]:
            taught.append((a == value).to_numpy().astype(np.float64))
            asked.append((b == value).to_numpy().astype(np.float64))
    return np.column_stack(taught), np.column_stack(asked)


def logistic(features: Floats, happened: Floats) -> Floats:
    """Weights of a ridge logistic regression, by Newton's method."""
    weights: Floats = np.zeros(features.shape[1])
    ridge = np.eye(features.shape[1]) * _RIDGE
    ridge[0, 0] = 1e-9
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (happened - chance) - ridge @ weights
        bend = (features * (chance * (1 - chance))[:, None]).T @ features + ridge
        step = np.linalg.solve(bend, slope)
        weights = np.asarray(weights + step)
        if np.abs(step).max() < 1e-8:
            break
    return weights


def auc(scores: Floats, happened: np.ndarray) -> float:
    """The share of pairs that are ranked rightly, ties as halves (Mann-Whitney)."""
    ranks = pl.Series(scores).rank("average").to_numpy()
    yes = int(happened.sum())
    no = len(happened) - yes
    return float((ranks[happened].sum() - yes * (yes + 1) / 2) / (yes * no))
