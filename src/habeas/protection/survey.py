"""The first pass over a table that doesn't fit in memory: count groups, and decide how far to go.

Rows are read batch by batch and collapsed to distinct combinations of the columns that groups are
about, with their counts; that, not the table, is what must fit in memory. The search and all
figures for the adversary's columns are exact: they are those of the whole table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from habeas.errors import BadInput, Refused
from habeas.protection.columns import ColumnPlan
from habeas.protection.demands import demands_on
from habeas.protection.groups import Ints
from habeas.protection.ladders import Climb, Found, climb, find_over, sensitive_of
from habeas.protection.models import Bools, Floats
from habeas.protection.plan import ReleasePlan, bad_column
from habeas.protection.recoding import recode_locally
from habeas.protection.release import means_of
from habeas.protection.risk import RiskFigures
from habeas.protection.search import Weights
from habeas.protection.suppression import too_many, too_risky
from habeas.protection.transforms import Means, transformed

_COUNT = "__rows__"
_COLLAPSE_AT = 4_000_000
_UINT64 = 2**64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """What the first pass found.

    plan: as drafted; applied: after the search. known: None if the plan names no adversary.
    before, after: figures for the adversary's columns; after: of the rows that leave.
    """

    plan: ReleasePlan
    applied: ReleasePlan
    means: Means
    rows: int
    found: Found | None
    known: Known | None
    before: RiskFigures
    after: RiskFigures
    granularity: float | None

    @property
    def suppressed(self) -> int:
        return self.before.rows - self.after.rows


class Known:
    """From a row's values in the adversary's columns to its forms and its group.

    Each value is looked up among the distinct ones, which gives its form as the plan writes it;
    the forms' numbers are mixed into one key per row, and keys are looked up among those of the
    combinations counted. Keys are linear modulo 2^64 with random factors: should two combinations
    share one, other factors are drawn.
    """

    def __init__(
        self, columns: Mapping[str, _Column], codes: list[Ints], forms: list[_Forms], *,
        group: Ints, gone: Bools,
    ) -> None:  # fmt: skip
        self.columns = columns
        self.factors, keys = _keys(codes)
        order = np.argsort(keys)
        self.keys, self.order = keys[order], order
        self.group, self.gone, self.forms = group, gone, forms

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def places(self, table: pa.Table) -> Ints:
        """The number of each row's combination."""
        key = np.zeros(table.num_rows, dtype=np.uint64)
        for (name, column), factor in zip(self.columns.items(), self.factors, strict=True):
            key += column.codes(table.column(name)).astype(np.uint64) * factor
        at = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        if not np.array_equal(self.keys[at], key):
            raise _changed("the table")
        return self.order[at].astype(np.int64)


def _changed(what: str) -> BadInput:
    return BadInput(
        f"{what} holds other values than when it was counted",
        remedy="the table changed while it was released; start again",
    )


class _Column:
    """The distinct values of one column, and the number of the form the plan gives to each."""

    def __init__(self, planned: ColumnPlan, means: Means) -> None:
        self.planned, self.means = planned, means
        self.values: pa.Array | None = None
        self.form = np.zeros(0, dtype=np.int64)
        self.first: list[int] = []  # for each form, a value that has it
        self._numbers: dict[object, int] = {}

    def learn(self, column: pa.ChunkedArray) -> Ints:
        """The form of each row, new values included."""
        indices, dictionary = _encoded(column)
        if self.values is None:
            self.values = dictionary.slice(0, 0)
        at = pc.index_in(dictionary, value_set=self.values)
        if at.null_count:
            self._add(dictionary.filter(at.is_null()))
            at = pc.index_in(dictionary, value_set=self.values)
        codes: Ints = self.form[at.to_numpy()][indices]
        return codes

    def codes(self, column: pa.ChunkedArray) -> Ints:
        """The form of each row; BadInput for a value that was not there before."""
        indices, dictionary = _encoded(column)
        at = pc.index_in(dictionary, value_set=self.values)
        if at.null_count:
            raise _changed(f"column {self.planned.column!r}")
        codes: Ints = self.form[at.to_numpy()][indices]
        return codes

    def _add(self, new: pa.Array) -> None:
        known = 0 if self.values is None else len(self.values)
        shown = transformed(pl.Series(pl.from_arrow(new)), self.planned, self.means).to_list()
        added = np.empty(len(shown), dtype=np.int64)
        for at, form in enumerate(shown):
            number = self._numbers.setdefault(form, len(self._numbers))
            if number == len(self.first):
                self.first.append(known + at)
            added[at] = number
        self.form = np.concatenate([self.form, added])
        self.values = new if known == 0 else pa.concat_arrays([self.values, new])


def _encoded(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """An empty cell is a value of its own."""
    whole = column.combine_chunks()
    if pa.types.is_dictionary(whole.type):
        whole = whole.cast(whole.type.value_type)
    coded = whole.dictionary_encode(null_encoding="encode")
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary


class _Forms:
    """One column's form for each combination, as few values and a number for each."""

    def __init__(self, climb: Climb, rung: Ints, leaf: Ints, means: Means) -> None:
        used = np.unique(rung)
        shown = [transformed(climb.distinct, climb.rungs[r], means) for r in used]
        if len(shown) > 1:
            shown = [series.cast(pl.String) for series in shown]
        self.values = _plain(pl.concat([s.rename("v") for s in shown]).to_arrow())
        self.at = np.searchsorted(used, rung) * len(climb.distinct) + leaf

    def of(self, places: Ints) -> pa.Array:
        return self.values.take(pa.array(self.at[places]))


def _plain(array: pa.Array) -> pa.Array:
    if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
        return array.cast(pa.string())
    return array


def _keys(leaves: list[Ints]) -> tuple[list[np.uint64], np.ndarray]:
    for attempt in range(8):
        rng = np.random.default_rng(attempt)
        factors = [np.uint64(int(rng.integers(0, _UINT64, dtype=np.uint64)) | 1) for _ in leaves]
        key = np.zeros(len(leaves[0]), dtype=np.uint64)
        for leaf, factor in zip(leaves, factors, strict=True):
            key += leaf.astype(np.uint64) * factor
        if len(np.unique(key)) == len(key):
            return factors, key
    raise AssertionError("eight random keys each put two combinations together")


def survey(
    batches: Iterable[pa.Table], plan: ReleasePlan, *, secret: bytes, folder: Path | None = None
) -> Survey:
    """Count, search, and refuse what exceeds the plan's bounds. Nothing is written.

    batches: the rows in any cut; the second pass must see the same rows.
    """
    if plan.suppression == "stars" or plan.asked.k_map:
        raise BadInput(
            "a table that is streamed can't be blanked by stars or compared with a population",
            place="models",
            remedy="set 'suppression: rows' and 'k_map: 0'",
        )
    if both := set(plan.l) & set(plan.adversary):
        raise BadInput(
            f"column {min(both)!r} is known to the adversary and can't also be kept from them",
            place="models.l",
        )
    means = means_of(plan, secret=secret, folder=folder)
    columns = {name: _Column(plan.column(name), means) for name in plan.adversary}
    joint = _collapsed(batches, plan, columns, means)
    rows = int(joint[_COUNT].sum())
    if rows == 0:
        raise Refused("the table has no rows", remedy="there is nothing to release")
    if not columns:
        whole = _figures((), np.array([float(rows)]), plan.k)
        return Survey(
            plan=plan, applied=plan, means=means, rows=rows, found=None, known=None,
            before=whole, after=whole, granularity=None,
        )  # fmt: skip
    return _grouped(plan, means, columns, joint)


def _grouped(
    plan: ReleasePlan, means: Means, columns: Mapping[str, _Column], joint: pl.DataFrame
) -> Survey:
    counts = joint[_COUNT].to_numpy().astype(np.float64)
    codes = {name: joint[name].to_numpy().astype(np.int64) for name in columns}
    climbs = {name: _climb(column, codes[name], means) for name, column in columns.items()}
    asked = joint.select([n for n in joint.columns if n not in columns and n != _COUNT])
    demands = demands_on(asked.to_arrow(), plan, means, counts=counts)
    found = find_over(climbs, plan, demands=demands, weights=Weights(rows=counts))
    search = found.search
    first = np.unique(search.combination, return_index=True)[1]
    groups, rungs, granularity = _settled(plan, found, len(search.combination))
    gone = search.failing(groups)[groups]
    kept = _figures(plan.adversary, _sizes(groups[~gone], search.counts[~gone]), plan.k)
    before = _figures(plan.adversary, search.counts, plan.k)
    too_many(before.rows - kept.rows, before.rows, plan)
    too_risky(kept.prosecutor_max, plan, when="after the transforms")
    known = Known(
        columns,
        [codes[name][first] for name in columns],
        [
            _Forms(climb, rungs[name][first], climb.ladder.leaves[first], means)
            for name, climb in found.climbs.items()
        ],
        group=groups,
        gone=gone,
    )
    return Survey(
        plan=plan, applied=found.plan, means=means, rows=before.rows, found=found, known=known,
        before=before, after=kept, granularity=granularity,
    )  # fmt: skip


def _climb(column: _Column, codes: Ints, means: Means) -> Climb:
    """The ladder over all distinct values, its leaves those that the combinations' forms have."""
    made = climb(pa.chunked_array([column.values]), column.planned, means)
    leaves = made.ladder.leaves[np.array(column.first)[codes]]
    return replace(made, ladder=replace(made.ladder, leaves=leaves))


def _settled(
    plan: ReleasePlan, found: Found, leaves: int
) -> tuple[Ints, dict[str, Ints], float | None]:
    """The group of each combination, and the rung of each leaf in each column."""
    if plan.recoding == "local":
        recoding = recode_locally(found, leaves)
        return recoding.groups, dict(recoding.rungs), recoding.granularity
    rungs = {
        name: np.full(leaves, rung, dtype=np.int64)
        for name, rung in zip(found.climbs, found.optimum.node, strict=True)
    }
    return found.search.groups_at(found.optimum.node), rungs, None


def _sizes(groups: Ints, counts: Floats) -> Floats:
    sizes = np.bincount(groups, weights=counts)
    return np.asarray(sizes[sizes > 0], dtype=np.float64)


def _figures(known: tuple[str, ...], sizes: Floats, k: int) -> RiskFigures:
    return RiskFigures(
        known=known,
        rows=int(sizes.sum()),
        groups=len(sizes),
        k=int(sizes.min(initial=sizes.sum())),
        unique_rows=int((sizes == 1).sum()),
        rows_below_k=int(sizes[sizes < k].sum()),
        distinct_l={},
    )


def _collapsed(
    batches: Iterable[pa.Table],
    plan: ReleasePlan,
    columns: Mapping[str, _Column],
    means: Means,
) -> pl.DataFrame:
    """The distinct combinations of forms and of what is asked of groups, with their rows."""
    parts: list[pl.DataFrame] = []
    for table in _with_columns(batches, [c.column for c in plan.leaving]):
        asked = sensitive_of(table, plan, means)
        frame = pl.DataFrame(
            [pl.Series(name, pl.from_arrow(asked.column(name))) for name in asked.column_names]
            + [pl.Series(name, each.learn(table.column(name))) for name, each in columns.items()]
        )
        if not frame.width:
            parts.append(pl.DataFrame({_COUNT: [table.num_rows]}))
            continue
        parts.append(frame.group_by(frame.columns).agg(pl.len().cast(pl.Int64).alias(_COUNT)))
        if sum(map(len, parts)) > _COLLAPSE_AT + 2 * len(parts[0]):
            parts = [_merged(parts)]
    if not parts:
        raise Refused("the table has no rows", remedy="there is nothing to release")
    return _merged(parts)


def _merged(parts: list[pl.DataFrame]) -> pl.DataFrame:
    whole = pl.concat(parts)
    names = [name for name in whole.columns if name != _COUNT]
    return whole.group_by(names).agg(pl.col(_COUNT).sum()) if names else whole.sum()


def _with_columns(batches: Iterable[pa.Table], names: list[str]) -> Iterator[pa.Table]:
    for table in batches:
        for name in names:
            if name not in table.column_names:
                raise bad_column(name, table.column_names, place=f"columns.{name}")
        yield table
