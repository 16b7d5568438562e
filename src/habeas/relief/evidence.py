"""Membership and version: which copies can hold what leaked, and which can't.

Both exclude and never accuse. Each exclusion is a sentence of the form: if the leak had come from
this copy alone, and at most the stated share of rows or cells were foreign or wrongly matched,
then what is seen would have a chance of at most ε.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from habeas.protection.base import ReleasedCopy
from habeas.relief.attribution import Line, Verdict
from habeas.relief.columns import Profile, share_known
from habeas.relief.rounding import EXACT, rounding_between
from habeas.relief.state import State
from habeas.terms import Text

STATED_ROWS = 0.10
STATED_CELLS = 0.15
_FOUND = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What of the leak is ours at all, in whichever table it was found.

    rows: bool per leak row. columns: leak column → best share of agreement on matched rows.
    """

    rows: NDArray[np.bool_]
    columns: dict[int, float]


def known(states: Sequence[State]) -> Known:
    columns: dict[int, float] = {}
    for state in states:
        for column, share in state.holds.items():
            columns[column] = max(share, columns.get(column, 0.0))
    return Known(rows=np.logical_or.reduce([state.matched for state in states]), columns=columns)


def possible_columns(
    leak: Sequence[Profile], state: State, all_known: Known, *, epsilon: float
) -> dict[int, frozenset[str]]:
    """For each known leak column, the columns of this table that it can have been taken from.

    Where it was found it agreed in a share a of the rows. Taken from a column here it would,
    less the stated error, agree in as many of the rows matched here, and as many of its values
    would be values of that column: a column for which the chance of so few is ≤ ε (divided by
    the number of tests) can't be the source.
    """
    rows = np.flatnonzero(all_known.rows)
    here = np.flatnonzero(state.matched & all_known.rows)
    floor = epsilon / max(1, 2 * len(all_known.columns) * len(state.base))
    found = {}
    for column, share in all_known.columns.items():
        least = max(0.0, share - STATED_CELLS)
        mine = leak[column]
        keys = mine.cells.keys[rows]
        values = np.unique(keys[keys != 0], return_counts=True)
        found[column] = frozenset(
            other.cells.name
            for other in state.base
            if _has_values(mine, values, other, least=least, floor=floor)
            and _agrees(mine, other, state, here=here, least=least, floor=floor)
        )
    return found


def _has_values(
    mine: Profile,
    values: tuple[NDArray[np.uint64], NDArray[np.int64]],
    other: Profile,
    *,
    least: float,
    floor: float,
) -> bool:
    """Can the leak's values in the known rows be values of this column?"""
    among = other.values_at(rounding_between(mine.fixed, other.fixed))
    count = int(values[1].sum())
    hits = round(share_known(*values, among) * count)
    return bool(binom.cdf(hits, count, least) > floor)


def _agrees(
    mine: Profile,
    other: Profile,
    state: State,
    *,
    here: NDArray[np.int64],
    least: float,
    floor: float,
) -> bool:
    """Does this column agree in as many of the rows matched here as the true one would?"""
    if not len(here):
        return True
    rounding = rounding_between(mine.fixed, other.fixed)
    theirs = other.cells.at(state.alignment.rows[here])
    same = (mine.cells.keys[here] == rounding.keys(theirs)) | (mine.cells.keys[here] == 0)
    return bool(binom.cdf(int(same.sum()), len(here), least) > floor)


def membership(
    copy: ReleasedCopy | None,
    state: State,
    all_known: Known,
    possible: Mapping[int, frozenset[str]],
    *,
    epsilon: float,
) -> Line:
    """Can one copy (None: the whole table) hold the known rows and columns of the leak?"""
    here = np.flatnonzero(state.matched)
    at = state.alignment.rows[here]
    size = len(state.base[0].cells) if state.base else 0
    got = np.ones(len(here), dtype=bool) if copy is None else copy.holds(at, size)
    lacking = sum(
        not names or (copy is not None and names.isdisjoint(copy.columns))
        for names in possible.values()
    )
    absent = int((all_known.rows & state.alignment.absent).sum())
    figures: dict[str, int | float] = {
        "rows_known": int(all_known.rows.sum()),
        "rows_in_copy": int(got.sum()),
        "rows_outside": int((~got).sum()) + absent,
        "columns_known": len(all_known.columns),
        "columns_outside": lacking,
        "stated_error_rows": STATED_ROWS,
        "stated_error_cells": STATED_CELLS,
    }
    judged = figures["rows_in_copy"] + figures["rows_outside"]
    chance = float(binom.sf(figures["rows_outside"] - 1, judged, STATED_ROWS)) if judged else 1.0
    figures["chance_of_rows"] = chance
    return Line(
        verdict=_verdict(figures, excluded=chance <= epsilon or lacking > 0),
        figures=figures,
        says=_says_membership(figures),
    )


def _verdict(figures: Mapping[str, int | float], *, excluded: bool) -> Verdict:
    if figures["rows_known"] < _FOUND:
        return "silent"
    if excluded:
        return "excludes"
    return "consistent" if figures["rows_in_copy"] else "silent"


def _says_membership(figures: Mapping[str, int | float]) -> Text:
    rows, inside, outside = (
        figures[name] for name in ("rows_known", "rows_in_copy", "rows_outside")
    )
    columns, lacking = figures["columns_known"], figures["columns_outside"]
    return Text(
        en=(
            f"Of {rows} leaked rows that are known, {inside} are in this copy and {outside} are"
            f" not; of {columns} known columns it lacks {lacking}."
        ),
        zh=(
            f"泄露数据中可识别的{rows}行，有{inside}行在该副本中，{outside}行不在；"
            f"可识别的{columns}列中，该副本缺少{lacking}列。"
        ),
    )


def version(
    state: State,
    at: datetime,
    others: Sequence[tuple[State, datetime]],
    leak_keys: Sequence[NDArray[np.uint64]],
    *,
    epsilon: float,
) -> Line:
    """Are the leaked values those of this base, where another base holds different ones?"""
    worst = (1.0, 0, 0, at)
    for other, other_at in others:
        if other is state or other_at == at:
            continue
        mine, theirs = _differing(state, other, leak_keys)
        chance = float(binom.sf(theirs - 1, mine + theirs, STATED_CELLS)) if theirs else 1.0
        worst = min(worst, (chance, mine, theirs, other_at), key=lambda one: one[0])
        if chance == 1.0 and mine > worst[1]:
            worst = (chance, mine, theirs, other_at)
    chance, mine, theirs, when = worst
    verdict: Verdict = "silent"
    if mine + theirs:
        verdict = "excludes" if chance <= epsilon else "consistent"
    figures = {
        "read_at": at.isoformat(),
        "compared_with": when.isoformat(),
        "cells_as_here": mine,
        "cells_as_there": theirs,
        "stated_error": STATED_CELLS,
        "chance": chance,
    }
    return Line(verdict=verdict, figures=figures, says=_says_version(mine, theirs))


def _differing(
    state: State, other: State, leak_keys: Sequence[NDArray[np.uint64]]
) -> tuple[int, int]:
    """Cells that differ between two bases and in the leak are as in the first, as in the second."""
    rows = np.flatnonzero(state.matched & other.matched)
    ours = {pair.leak: pair for pair in state.pairs if pair.rounding == EXACT}
    mine = theirs = 0
    for pair in other.pairs:
        if pair.leak not in ours or pair.rounding != EXACT:
            continue
        leaked = leak_keys[pair.leak][rows]
        here = state.base[ours[pair.leak].base].cells.keys[state.alignment.rows[rows]]
        there = other.base[pair.base].cells.keys[other.alignment.rows[rows]]
        mine += int(((here != there) & (leaked == here)).sum())
        theirs += int(((here != there) & (leaked == there)).sum())
    return mine, theirs


def _says_version(mine: int, theirs: int) -> Text:
    if not mine + theirs:
        return Text(
            en="No cell tells this state of the data from another.",
            zh="没有单元格可以区分该时点的数据与其他时点的数据。",
        )
    return Text(
        en=f"{mine} cells hold what was true in this state of the data, {theirs} what was true in"
        " another.",
        zh=f"有{mine}个单元格为该时点的值，{theirs}个为另一时点的值。",
    )
