"""Trace a leak: who got the copy it was made from, who did not, or that it can't be told."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from habeas.errors import BadInput
from habeas.protection.base import Base, ReleasedCopy
from habeas.relief.attribution import Attribution, Bound, CopyLines, Line, Outcome
from habeas.relief.canary_hits import Hits, canary_line, find_canaries
from habeas.relief.evidence import Known, known, membership, possible_columns, version
from habeas.relief.mark_scores import (
    TESTS,
    MarkScore,
    clears_unmarked,
    mark_line,
    score_copies,
    worth_comparing,
)
from habeas.relief.state import State, match, profiles_of

MOST_ROWS = 25_000
_NAME_ONE = 6.7
_NAME_ONE_OF = 5.5
_CLEAR_ONE = 8.5
_KNOWN = 10

Progress = Callable[[str, int, int], None]


class Readable(Protocol):
    """Any source of a table, such as habeas.tables.source.Source."""

    def read(self) -> pa.Table: ...


def trace(
    leak: Readable | pa.Table,
    *,
    bases: Sequence[Base],
    copies: Sequence[ReleasedCopy],
    secrets: Mapping[str, tuple[bytes, bytes]],
    originals: Sequence[pa.Table] = (),
    tests_before: int = 0,
    epsilon: float = 1e-9,
    progress: Progress | None = None,
) -> Attribution:
    """Attribute a leaked table to one or several of the copies handed out, or to none of them.

    leak:    any table; columns may be renamed, permuted, dropped, retyped or rounded, rows
             shuffled, altered, mixed with others. Of more than MOST_ROWS rows an even sample is
             matched; canaries are looked for in all.
    bases:   what the copies were made from; `copies` of other bases are a BadInput.
    secrets: base id → (the home's mark secret, the base's salt).
    originals: the controller's own tables before any release, if there are any to compare.
    tests_before: tests made on this leak in earlier runs (they are in the log); the bound counts
             them as well.
    epsilon: the chance of naming an innocent that is accepted, over all tests together.

    Four lines of evidence per copy, apart: membership and version exclude, marks exclude and
    accuse, canaries accuse. A recipient is named only by marks or canaries, with tests·bound ≤ ε.
    """
    if not 0 < epsilon < 1:
        raise BadInput(f"ε is a chance between 0 and 1, not {epsilon}")
    by_id = {base.id: base for base in bases}
    if unknown := {copy.base_id for copy in copies} - set(by_id):
        raise BadInput(
            f"{len(unknown)} of the copies' bases are not given",
            remedy="trace with the bases of all copies",
        )
    table = leak if isinstance(leak, pa.Table) else leak.read()
    run = _Run(table, by_id, copies, secrets, tests_before=tests_before, epsilon=epsilon)
    run.match(originals, progress or (lambda *_: None))
    run.score()
    return run.result()


class _Run:
    """One trace, step by step; each step reads what the ones before it left."""

    def __init__(
        self,
        leak: pa.Table,
        bases: Mapping[str, Base],
        copies: Sequence[ReleasedCopy],
        secrets: Mapping[str, tuple[bytes, bytes]],
        *,
        tests_before: int,
        epsilon: float,
    ) -> None:
        self.leak, self.bases, self.copies, self.secrets = leak, bases, copies, secrets
        self.epsilon, self.tests_before, self.tests = epsilon, tests_before, 0
        self.profiles = profiles_of(_sample(leak))
        self.states: dict[str, State] = {}
        self.originals: list[State] = []
        self.scores: dict[int, MarkScore] = {}
        self.hits: dict[int, Hits] = {}
        self.alike: dict[tuple[str, tuple[str, ...]], Line] = {}
        self.known = Known(rows=np.zeros(0, dtype=bool), columns={})
        self.possible: dict[str, dict[int, frozenset[str]]] = {}

    def match(self, originals: Sequence[pa.Table], progress: Progress) -> None:
        """Columns and rows, against every base and original; no code bit is looked at."""
        total = len(self.bases) + len(originals)
        for done, (base_id, base) in enumerate(self.bases.items()):
            progress("match", done, total)
            self.states[base_id] = match(base_id, self.profiles, base.table, carriers=base.carriers)
        for number, table in enumerate(originals):
            progress("match", len(self.bases) + number, total)
            self.originals.append(match(f"original {number + 1}", self.profiles, table))
        progress("match", total, total)
        if not self._all():
            return
        self.known = known(self._all())
        for state in self._all():
            self.possible[state.name] = possible_columns(
                self.profiles, state, self.known, epsilon=self.epsilon
            )

    def score(self) -> None:
        """Marks of every coded copy of a base of which something was read; canaries; the tests."""
        for base_id, base in self.bases.items():
            reading, secret = self.states[base_id].reading, self.secrets.get(base_id)
            if reading is None or secret is None:
                continue
            places = [
                place
                for place, copy in enumerate(self.copies)
                if copy.base_id == base_id and copy.code is not None
            ]
            for score in score_copies(places, self.copies, base, reading, secret):
                self.scores[score.copy] = score
        self.hits = find_canaries(self.leak, self.copies, self.bases)
        self.tests = len(self.scores) * TESTS + len(self.hits)

    def result(self) -> Attribution:
        lines = self._lines()
        bounds = self._bounds(lines)
        named = sorted({bound.recipient for bound in bounds})
        everyone = {copy.recipient for copy in self.copies}
        staying = {one.recipient for one in lines if not one.excluded}
        excluded = sorted(everyone - staying)
        return Attribution(
            outcome=self._outcome(named, excluded, everyone),
            named=tuple(named),
            excluded=tuple(excluded),
            consistent_with_original=self._original(),
            lines=lines,
            bound=bounds,
            tests_made=self.tests,
            tests_before=self.tests_before,
            epsilon=self.epsilon,
            needed=self._needed(),
            matching=tuple(self._matching(state) for state in self._all()),
            read={
                state.name: dict(
                    zip(state.reading.positions.tolist(), state.reading.y.tolist(), strict=True)
                )
                for state in self.states.values()
                if state.reading is not None
            },
        )

    def _all(self) -> list[State]:
        return [*self.states.values(), *self.originals]

    def _outcome(self, named: list[str], excluded: list[str], everyone: set[str]) -> Outcome:
        if named:
            return "named"
        return "all_excluded" if everyone and set(excluded) == everyone else "not_decidable"

    def _lines(self) -> tuple[CopyLines, ...]:
        versions = self._versions()
        total = self.tests + self.tests_before
        compare = worth_comparing(self.copies)
        out = []
        for place, copy in enumerate(self.copies):
            state, base = self.states[copy.base_id], self.bases[copy.base_id]
            out.append(
                CopyLines(
                    recipient=copy.recipient,
                    release_id=copy.release_id,
                    membership=self._membership(copy, state),
                    version=versions[copy.base_id],
                    canaries=canary_line(self.hits.get(place), tests=total, epsilon=self.epsilon),
                    marks=mark_line(
                        self.scores.get(place),
                        copy,
                        self.copies,
                        base,
                        self.secrets.get(copy.base_id),
                        tests=total,
                        epsilon=self.epsilon,
                        compare=compare,
                    ),
                )
            )
        return tuple(out)

    def _membership(self, copy: ReleasedCopy, state: State) -> Line:
        """Worked out once for all copies that got the same columns of all rows."""
        key = (copy.base_id, copy.columns)
        if copy.rows is None and key in self.alike:
            return self.alike[key]
        possible = self.possible[state.name]
        line = membership(copy, state, self.known, possible, epsilon=self.epsilon)
        if copy.rows is None:
            self.alike[key] = line
        return line

    def _versions(self) -> dict[str, Line]:
        """One line per base: whether the leaked values are its own or another's."""
        keys = [one.cells.keys for one in self.profiles]
        dated = [(self.states[base_id], base.at) for base_id, base in self.bases.items()]
        return {
            state.name: version(state, at, dated, keys, epsilon=self.epsilon) for state, at in dated
        }

    def _bounds(self, lines: Sequence[CopyLines]) -> tuple[Bound, ...]:
        total = max(1, self.tests + self.tests_before)
        found = []
        for copy in lines:
            for name in ("marks", "canaries"):
                line = copy.lines[name]
                if line.verdict != "accuses":
                    continue
                power = float(line.figures["log10_bound"])
                found.append(
                    Bound(
                        recipient=copy.recipient,
                        release_id=copy.release_id,
                        line="marks" if name == "marks" else "canaries",
                        log10_bound=power,
                        tests=total,
                        log10_product=round(power + math.log10(total), 2),
                    )
                )
        return tuple(found)

    def _original(self) -> bool | None:
        """Could the leak be the controller's own unmarked data?"""
        if self._all() and self.known.rows.sum() < _KNOWN:
            return False if self.originals else None
        floor = math.log10(self.epsilon)
        readings = [state.reading for state in self.states.values() if state.reading is not None]
        if any(clears_unmarked(reading) <= floor for reading in readings):
            return False
        consistent = any(
            self._whole(state).verdict == "consistent"
            for state in self.originals or self.states.values()
        )
        return consistent or (False if self.originals else None)

    def _whole(self, state: State) -> Line:
        return membership(None, state, self.known, self.possible[state.name], epsilon=self.epsilon)

    def _needed(self) -> dict[str, int]:
        """Readable positions, and how many it takes (reference figures, 10 % noise)."""
        read = [len(one.reading) for one in self.states.values() if one.reading is not None]
        tests = max(1, self.tests + self.tests_before, len(self.copies) * TESTS)
        digits = math.log(tests / self.epsilon)
        return {
            "readable_positions": max(read, default=0),
            "to_name_one": math.ceil(_NAME_ONE * digits),
            "to_name_one_of_two": math.ceil(4 * _NAME_ONE_OF * digits),
            "to_name_one_of_three": math.ceil(9 * _NAME_ONE_OF * digits),
            "to_clear_one": math.ceil(_CLEAR_ONE * math.log(1 / self.epsilon)),
        }

    def _matching(self, state: State) -> dict[str, Any]:
        return {
            "table": state.name,
            "rows": self.leak.num_rows,
            "rows_compared": len(self.profiles[0].cells) if self.profiles else 0,
            "rows_matched": int(state.matched.sum()),
            "columns": self.leak.num_columns,
            "columns_matched": len(state.pairs),
            "columns_certain": len(state.holds),
            "readable_positions": None if state.reading is None else len(state.reading),
        }


def _sample(leak: pa.Table) -> pa.Table:
    """At most MOST_ROWS rows, evenly spread."""
    if leak.num_rows <= MOST_ROWS:
        return leak
    rows = np.linspace(0, leak.num_rows - 1, MOST_ROWS).astype(np.int64)
    return leak.take(pa.array(rows))
