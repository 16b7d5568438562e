"""Membership and version: which copies can hold what leaked, and which can't.

Both exclude and never accuse. Each exclusion is a sentence of the form: if the leak had come from
this copy alone, and at most the stated share of rows or cells were foreign or wrongly matched,
then what is seen would have a chance of at most ε.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from habeas.protection.base import ReleasedCopy
from habeas.relief.attribution import Line, Verdict
from habeas.relief.rounding import EXACT
from habeas.relief.state import State
from habeas.terms import Text

STATED_ROWS = 0.10
STATED_CELLS = 0.15
_FOUND = 10


def known_rows(states: Sequence[State]) -> NDArray[np.bool_]:
    """Leak rows that are rows of ours, in whichever table they were found."""
    found: NDArray[np.bool_] = np.logical_or.reduce([state.matched for state in states])
    return found


def known_columns(states: Sequence[State]) -> set[int]:
    return {column for state in states for column in state.holds}


def membership(
    copy: ReleasedCopy | None,
    state: State,
    *,
    rows: NDArray[np.bool_],
    columns: set[int],
    epsilon: float,
) -> Line:
    """Can one copy (None: the whole table) hold the known rows and columns of the leak?"""
    here = np.flatnonzero(state.matched)
    at = state.alignment.rows[here]
    size = len(state.base[0].cells) if state.base else 0
    got = np.ones(len(here), dtype=bool) if copy is None else copy.holds(at, size)
    names = None if copy is None else set(copy.columns)
    held = {c for c, name in state.holds.items() if names is None or name in names}
    figures = {
        "rows_known": int(rows.sum()),
        "rows_in_copy": int(got.sum()),
        "rows_outside": int((~got).sum()) + int((rows & state.alignment.absent).sum()),
        "columns_known": len(columns),
        "columns_outside": len(columns - held),
        "stated_error": STATED_ROWS,
    }
    judged = figures["rows_in_copy"] + figures["rows_outside"]
    chance = float(binom.sf(figures["rows_outside"] - 1, judged, STATED_ROWS)) if judged else 1.0
    figures["chance_of_rows"] = chance
    return Line(
        verdict=_verdict(figures, excluded=chance <= epsilon or bool(columns - held)),
        figures=figures,
        says=_says_membership(figures),
    )


def _verdict(figures: dict[str, int | float], *, excluded: bool) -> Verdict:
    if figures["rows_known"] < _FOUND:
        return "silent"
    if excluded:
        return "excludes"
    return "consistent" if figures["rows_in_copy"] else "silent"


def _says_membership(figures: dict[str, int | float]) -> Text:
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
        if other is state:
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
