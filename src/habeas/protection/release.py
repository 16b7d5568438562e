"""Preparing one copy: from a table and a plan to what may be handed out, and what is kept of it.

The order is the argument:
  1. measure the risk of the columns asked for, as they are;
  2. transform, then suppress what is left in too small groups; over the bounds: no release;
  3. shuffle, give each row a random number that never leaves, and commit to every row (the base);
  4. choose where marks may stand, only inside groups and in allowed columns; write this
     recipient's code; add their canaries;
  5. measure again on what would really leave; over the bounds: no release;
  6. say all of it, without a value, in the manifest. Nothing has been handed out yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from habeas.errors import BadInput, Refused
from habeas.protection.base import Base, ReleasedCopy
from habeas.protection.columns import KEYED
from habeas.protection.copying import (
    cells_altered,
    check_same,
    copy_of,
    mark,
    new_base,
    with_canaries,
)
from habeas.protection.demands import demands_on
from habeas.protection.ladders import Found, find_plan
from habeas.protection.manifest import Made, manifest_of, warnings_of
from habeas.protection.plan import ReleasePlan, bad_column
from habeas.protection.power import smallest_leak
from habeas.protection.prf import SECRET_BYTES
from habeas.protection.recoding import Recoding, recode_locally, recoded_columns
from habeas.protection.risk import Population, RiskMoment, RiskReport, measure_moment
from habeas.protection.search import Optimum
from habeas.protection.suppression import Suppressed, suppress, too_many, too_risky
from habeas.protection.transforms import Means, apply_plan_to_columns
from habeas.protection.utility import Utility, utility
from habeas.terms import Text

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[str, int, int], None]
STEPS = ("measure", "transform", "commit", "mark", "measure again")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A copy ready to be handed out, and what the controller keeps.

    table: what the recipient gets; no internal row numbers. plan: as applied, after the search.
    manifest: JSON-able, holds no value of the table.
    smallest_traceable_rows: the fewest rows of this copy that marks could still name the
        recipient by, among 10,000; None: not even the whole copy, or nothing is marked.
    utility: what the marks cost; for the controller's eyes, the manifest holds a part of it.
    source_rows: for each row of the base its row in the table given; None: an earlier base.
    """

    table: pa.Table
    base: Base
    copy: ReleasedCopy
    risk: RiskReport
    plan: ReleasePlan
    manifest: dict[str, Any]
    usable_positions: int
    smallest_traceable_rows: int | None
    warnings: tuple[Text, ...]
    search: Optimum | None = None
    utility: Utility | None = None
    source_rows: NDArray[np.int64] | None = None

    def to_polars(self) -> pl.DataFrame:
        """What the recipient gets, as a Polars frame."""
        return pl.DataFrame(pl.from_arrow(self.table))

    def to_pandas(self) -> pd.DataFrame:
        """What the recipient gets, as a pandas frame; BadInput without pandas."""
        try:
            frame: pd.DataFrame = self.table.to_pandas()
        except ImportError as error:
            raise BadInput("pandas isn't installed", remedy="pip install pandas") from error
        return frame


def prepare(
    table: pa.Table,
    plan: ReleasePlan,
    *,
    secret: bytes,
    code: int,
    now: datetime,
    progress: Progress | None = None,
    folder: Path | None = None,
    base: Base | None = None,
    population: pa.Table | None = None,
) -> Prepared:
    """Prepare the copy of `plan.recipient`; nothing is written and nothing handed out.

    secret: the home's mark secret, 32 bytes or more. code: this recipient's code number.
    now: aware; when the values of `table` were read. folder: where hierarchy files lie.
    base: an earlier base of the same table and plan, so that its recipients share one code;
        None: a new one.
    population: the adversary's columns, untransformed, of everybody the table's persons are part
        of; k-map and the journalist's risk need it.
    Raises Refused, naming the figure, if a bound of the plan is exceeded.
    """
    _check(table, plan, secret=secret, now=now)
    _check_population(plan, population)
    tell = progress or _silent
    means = means_of(plan, secret=secret, folder=folder)
    safe = _protect(table, plan, means, tell, population=population)
    tell(STEPS[2], 2, len(STEPS))
    source_rows = None
    if base is None:
        base, order = new_base(safe.cut.table, safe.plan, secret=secret, now=now, source=table)
        source_rows = safe.cut.kept[order]
    else:
        check_same(base, safe.cut.table)
    tell(STEPS[3], 3, len(STEPS))
    marked, sealed = mark(base, secret=secret, code=code)
    out, canaries = with_canaries(marked, base, safe.plan, secret=secret, code=code)
    tell(STEPS[4], 4, len(STEPS))
    risk = _report(safe, marked, rows_in=table.num_rows)
    copy = copy_of(base, safe.plan, code=code, now=now, canaries=canaries, sealed=sealed)
    kept = None if source_rows is None else table.take(pa.array(source_rows))
    measured = _utility(kept, safe.plan, base, marked)
    made = _made(
        table, plan, safe,
        base=base, copy=copy, risk=risk, out=out, marked=marked, measured=measured,
    )  # fmt: skip
    warnings = warnings_of(made)
    tell(STEPS[4], 5, len(STEPS))
    return Prepared(
        table=out,
        base=base,
        copy=copy,
        risk=risk,
        plan=safe.plan,
        manifest=manifest_of(made, warnings, secret=secret, now=now),
        usable_positions=made.positions,
        smallest_traceable_rows=made.smallest,
        warnings=warnings,
        search=safe.found,
        utility=made.utility,
        source_rows=source_rows,
    )


def means_of(plan: ReleasePlan, *, secret: bytes, folder: Path | None = None) -> Means:
    """What the plan's transforms work with; reversal needs the same."""
    return Means(
        secret=secret,
        purpose=plan.purpose,
        epoch=plan.epoch,
        folder=folder,
        recipient=None if plan.shared_pseudonyms else plan.recipient,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Protected:
    """The transformed and suppressed table, and what was learnt on the way."""

    plan: ReleasePlan  # as applied
    cut: Suppressed
    unread: Mapping[str, int]
    found: Optimum | None
    before: RiskMoment
    transformed: RiskMoment
    people: Population
    recoding: Recoding | None


def _protect(
    table: pa.Table,
    plan: ReleasePlan,
    means: Means,
    tell: Progress,
    *,
    population: pa.Table | None,
) -> _Protected:
    # 1 and 2.
    tell(STEPS[0], 0, len(STEPS))
    source = table.select([c.column for c in plan.leaving])
    known = None if population is None else population.select(plan.adversary)
    before = _moment(source, plan, Population(table=known, size=plan.population_size))
    tell(STEPS[1], 1, len(STEPS))
    found = find_plan(source, plan, means, population=known)
    applied = plan if found is None else found.plan
    subjects = None if plan.subject_column is None else table.column(plan.subject_column)
    done, unread = apply_plan_to_columns(source, applied.leaving, means, subjects=subjects)
    recoding = None
    if found is not None and plan.recoding == "local":
        recoding = recode_locally(found, source.num_rows)
        done, unread = _recoded(done, unread, found, recoding, means, source=source)
    people = Population(table=_alike(known, applied, means), size=plan.population_size)
    demands = demands_on(done, applied, means)
    cut = suppress(done, applied, demands=demands, population=people.table)
    too_many(cut.removed, table.num_rows, applied, starred=cut.starred)
    transformed = _moment(cut.table, applied, people)
    too_risky(transformed.adversary.prosecutor_max, applied, when="after the transforms")
    return _Protected(
        plan=applied,
        cut=cut,
        unread=unread,
        found=None if found is None else found.optimum,
        before=before,
        transformed=transformed,
        people=people,
        recoding=recoding,
    )


def _recoded(
    done: pa.Table,
    unread: Mapping[str, int],
    found: Found,
    recoding: Recoding,
    means: Means,
    *,
    source: pa.Table,
) -> tuple[pa.Table, Mapping[str, int]]:
    """The transformed table with the adversary's columns in their rows' own forms."""
    own, lost = recoded_columns(source, found, recoding, means)
    for name in own.column_names:
        at = done.column_names.index(name)
        done = done.set_column(at, name, own.column(name))
    others = {name: count for name, count in unread.items() if name not in own.column_names}
    return done, {**others, **lost}


def _alike(known: pa.Table | None, plan: ReleasePlan, means: Means) -> pa.Table | None:
    """The population's known columns, transformed as the table's were."""
    if known is None:
        return None
    columns = tuple(c for c in plan.leaving if c.column in plan.adversary)
    return apply_plan_to_columns(known, columns, means)[0]


def _report(safe: _Protected, marked: pa.Table, *, rows_in: int) -> RiskReport:
    # 5. Canaries are nobody, so risk is that of the persons' rows.
    after = _moment(marked, safe.plan, safe.people)
    too_risky(after.adversary.prosecutor_max, safe.plan, when="after the marks")
    return RiskReport(
        before=safe.before,
        transformed=safe.transformed,
        marked=after,
        rows_in=rows_in,
        rows_suppressed=safe.cut.removed,
        rows_starred=safe.cut.starred,
    )


def _utility(kept: pa.Table | None, plan: ReleasePlan, base: Base, marked: pa.Table) -> Utility:
    """kept: the source's rows in the base's order; None: not known, and no model is learnt."""
    source = base.table if kept is None else kept.select(base.table.column_names)
    return utility(
        source,
        base.table,
        marked,
        outcome=None if kept is None else plan.outcome,
        person=plan.subject_column,
        skip=[c.column for c in plan.leaving if c.role in ("identifier", "free_text")],
    )


def _made(
    table: pa.Table,
    plan: ReleasePlan,
    safe: _Protected,
    *,
    base: Base,
    copy: ReleasedCopy,
    risk: RiskReport,
    out: pa.Table,
    marked: pa.Table,
    measured: Utility,
) -> Made:
    positions = 0 if base.carriers is None else len(base.carriers)
    return Made(
        plan=plan,
        applied=safe.plan,
        source=table,
        out=out,
        base=base,
        copy=copy,
        risk=risk,
        unread=safe.unread,
        unplanned=tuple(set(table.column_names) - {c.column for c in plan.columns}),
        altered=cells_altered(base.table, marked),
        positions=positions,
        smallest=smallest_leak(positions, rows=base.table.num_rows),
        search=safe.found,
        recoding=safe.recoding,
        utility=measured,
        canaries_unowned=copy.canaries is not None and plan.contact_domain is None,
    )


def _silent(_step: str, _done: int, _of: int) -> None:
    return None


def _check(table: pa.Table, plan: ReleasePlan, *, secret: bytes, now: datetime) -> None:
    if now.tzinfo is None:
        raise ValueError("the time of a release is an aware time")
    if len(secret) < SECRET_BYTES:
        raise BadInput(f"a mark secret has {SECRET_BYTES} bytes at least")
    if not plan.leaving:
        raise Refused(
            "the plan hands out no column", place="columns", remedy="there is nothing to release"
        )
    for planned in plan.leaving:
        if planned.column not in table.column_names:
            raise bad_column(planned.column, table.column_names, place=planned.place)
    if plan.subject_column is not None and plan.subject_column not in table.column_names:
        raise bad_column(plan.subject_column, table.column_names, place="subject_column")
    if table.num_rows == 0:
        raise Refused("the table has no rows", remedy="there is nothing to release")


def _check_population(plan: ReleasePlan, population: pa.Table | None) -> None:
    if population is None:
        if plan.asked.k_map:
            raise BadInput(
                "k-map counts persons of the population, and no table of it was given",
                place="models.k_map",
                remedy="give the population's table, or set k_map to 0",
            )
        return
    for name in plan.adversary:
        if name not in population.column_names:
            raise bad_column(name, population.column_names, place="population")


def _moment(table: pa.Table, plan: ReleasePlan, people: Population) -> RiskMoment:
    """Whole row: all that leaves, save keyed tokens, which nobody outside can know beforehand."""
    tokens = {c.column for c in plan.leaving if c.transform in KEYED}
    sensitive = {c.column for c in plan.leaving if c.category == "sensitive"}
    sensitive |= {*plan.l, *plan.asked.columns}
    return measure_moment(
        table,
        plan.adversary,
        whole=[name for name in table.column_names if name not in tokens],
        k=plan.k,
        sensitive=sorted(sensitive & set(table.column_names)),
        population=people,
    )
