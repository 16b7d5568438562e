"""Releasing a table that doesn't fit in memory: a first pass counts, a second writes part by part.

Each part is a table of some hundred thousand rows with its own base, carriers and code word, so
whatever holds for a release in one piece holds for each part: rows are shuffled within their part
and marks are swaps within a group of the part. Groups, risk and suppression are those of the whole
table, from the survey. What the whole row tells is counted exactly for a 64th of all rows' forms,
chosen by hash, and scaled: the only figure here that is an estimate, and it says so.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from habeas.protection.base import Base, ReleasedCopy
from habeas.protection.columns import KEYED
from habeas.protection.copying import cells_altered, copy_of, mark, new_base, with_canaries
from habeas.protection.groups import Ints
from habeas.protection.plan import ReleasePlan
from habeas.protection.power import smallest_leak
from habeas.protection.survey import Survey
from habeas.protection.transforms import apply_plan_to_columns

SLICE = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """What leaves of one batch, and what the controller keeps of it.

    source_rows: which row of the batch each row of the base was.
    """

    table: pa.Table
    base: Base
    copy: ReleasedCopy
    source_rows: NDArray[np.int64]
    altered: int


class Streaming:
    """The second pass. Give `part` the batches the survey saw, in any cut; then ask for figures."""

    def __init__(self, survey: Survey, *, secret: bytes, code: int, now: datetime) -> None:
        self.survey = survey
        self.secret, self.code, self.now = secret, code, now
        self.release_id = secrets.token_hex(8)
        self.rows_in = self.rows = self.altered = self.positions = self.cells = 0
        self.unread: dict[str, int] = {}
        self.schema: pa.Schema | None = None
        self._canaries_due = survey.applied.canaries > 0
        self._seen = [_Slice(), _Slice()]

    def part(self, batch: pa.Table) -> Part | None:
        """Transform, suppress and mark one batch; None if no row of it leaves."""
        self.rows_in += batch.num_rows
        protected, kept, groups = self._protected(batch)
        if protected.num_rows == 0:
            return None
        plan = self.survey.applied
        base, order = new_base(
            protected, plan, secret=self.secret, now=self.now, source=batch, groups=groups
        )
        marked, sealed = mark(base, secret=self.secret, code=self.code)
        own = plan if self._canaries_due else replace(plan, canaries=0, contact_domain=None)
        out, canaries = with_canaries(marked, base, own, secret=self.secret, code=self.code)
        self._canaries_due = False
        copy = copy_of(base, plan, code=self.code, now=self.now, canaries=canaries, sealed=sealed)
        made = Part(
            table=out,
            base=base,
            copy=replace(copy, release_id=self.release_id),
            source_rows=kept[order],
            altered=cells_altered(base.table, marked),
        )
        self._count(made, marked)
        return made

    def _protected(self, batch: pa.Table) -> tuple[pa.Table, Ints, Ints | None]:
        plan, known = self.survey.applied, self.survey.known
        source = batch.select([c.column for c in plan.leaving])
        self._seen[0].add(source.select(_whole(plan)))
        groups = None
        kept = np.arange(batch.num_rows)
        if known is not None:
            places = known.places(source)
            kept = np.flatnonzero(~known.gone[places])
            places = places[kept]
            groups = known.group[places]
        if len(kept) < batch.num_rows:
            batch, source = batch.take(pa.array(kept)), source.take(pa.array(kept))
        others = tuple(c for c in plan.leaving if known is None or c.column not in known.names)
        subjects = None if plan.subject_column is None else batch.column(plan.subject_column)
        done, unread = apply_plan_to_columns(source, others, self.survey.means, subjects=subjects)
        for name, count in unread.items():
            self.unread[name] = self.unread.get(name, 0) + count
        columns = {name: done.column(name) for name in done.column_names}
        if known is not None:
            forms = zip(known.names, known.forms, strict=True)
            columns |= {name: form.of(places) for name, form in forms}
        return pa.table({c.column: columns[c.column] for c in plan.leaving}), kept, groups

    def _count(self, made: Part, marked: pa.Table) -> None:
        self._seen[1].add(marked.select(_whole(self.survey.applied)))
        self.rows += made.table.num_rows
        self.altered += made.altered
        self.cells += made.base.table.num_rows * made.base.table.num_columns
        self.positions += 0 if made.base.carriers is None else len(made.base.carriers)
        if self.schema is None:
            self.schema = made.table.schema

    @property
    def unique_share_before(self) -> float:
        """Estimated share of rows alone for who knows a whole row of what was asked for."""
        return self._seen[0].unique_share

    @property
    def unique_share(self) -> float:
        """The same of what leaves, marks included, canaries not."""
        return self._seen[1].unique_share

    @property
    def smallest_traceable_rows(self) -> int | None:
        """As `Prepared` has it, if the rows of a leak come from all parts alike."""
        return smallest_leak(self.positions, rows=self.rows)


def _whole(plan: ReleasePlan) -> list[str]:
    """All that leaves, save keyed tokens, which nobody outside can know beforehand."""
    return [c.column for c in plan.leaving if c.transform not in KEYED]


class _Slice:
    """Rows alone in their form, counted for the forms whose hash falls into one slice of 64."""

    def __init__(self) -> None:
        self.hashes: list[NDArray[np.uint64]] = []

    def add(self, table: pa.Table) -> None:
        if table.num_columns == 0:
            return
        hashes = pl.DataFrame(pl.from_arrow(table)).hash_rows(seed=1).to_numpy()
        self.hashes.append(hashes[hashes % np.uint64(SLICE) == 0])

    @property
    def unique_share(self) -> float:
        if not self.hashes:
            return 0.0
        counts = np.unique(np.concatenate(self.hashes), return_counts=True)[1]
        return float((counts == 1).sum() / counts.sum()) if len(counts) else 0.0


def recut(batches: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The same rows in parts of `rows`, the last shorter: in larger ones more marks fit."""
    waiting: list[pa.Table] = []
    have = 0
    for batch in batches:
        waiting.append(batch)
        have += batch.num_rows
        while have >= rows:
            whole = pa.concat_tables(waiting)
            yield whole.slice(0, rows).combine_chunks()
            rest = whole.slice(rows)
            waiting, have = [rest], rest.num_rows
    if have:
        yield pa.concat_tables(waiting).combine_chunks()
