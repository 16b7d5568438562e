"""From counts to a verdict: how sure are we that a column is of a kind?

Log-odds: a sceptical start, plus what the name says, plus what the values say. A value speaks by
how rarely something else of its shape would pass: a Luhn digit is passed by a tenth of all order
numbers, so a column is judged by its excess over that tenth, not by its hits.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

from habeas.boundary.detector import Detector, Family, Look
from habeas.boundary.draw import Evidence, Rung, Share, Signal
from habeas.boundary.shape import Cells

PRIOR = -3.0
HEADER = 3.5
MOST_BY_VALUES = 8.0
AGAINST = -4.0
CERTAIN = 0.99
LEAST = 0.5
_FEWEST_SPARSE = 3
_PLAUSIBLE = 0.6
_MAIN_WITH_HEADER = 0.3
_Z = 1.959963984540054


def wilson(hits: float, looked: int) -> Share:
    """The share and its 95 % interval (Wilson score).

    >>> tuple(round(part, 3) for part in wilson(90, 100))
    (0.9, 0.826, 0.945)
    """
    if looked <= 0:
        return (0.0, 0.0, 1.0)
    p, n, z2 = hits / looked, looked, _Z * _Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return (round(p, 6), round(max(0.0, middle - half), 6), round(min(1.0, middle + half), 6))


@dataclass(slots=True)
class Tally:
    """What one detector made of the cells of one column."""

    shaped: int = 0
    valid: int = 0
    distinct_shaped: int = 0
    distinct_valid: int = 0

    def add(self, detector: Detector, cells: Cells) -> None:
        """Look at different cells, each with how many cells hold it."""
        if detector.cell is None:
            return
        look_at, folded, counts = detector.cell, cells.folded, cells.counts
        for place in cells.asked(detector):
            look = look_at(folded[place])
            if look is Look.NONE:
                continue
            self.shaped += counts[place]
            self.distinct_shaped += 1
            if look is Look.VALID:
                self.valid += counts[place]
                self.distinct_valid += 1


def judge(
    detector: Detector,
    tally: Tally,
    *,
    looked: int,
    header: bool,
    family: Family,
    plausible: float,
) -> Signal | None:
    """The signal of one detector for one column; None if it has nothing to say.

    plausible: the share of cells that may be of the kind at all; a name is not believed below.
    """
    if header and family not in detector.families:
        header = False
    share = _true_share(detector, tally, looked)
    counts = _values_count(detector, tally, header=header)
    if not counts:
        return _by_header(detector, looked=looked, plausible=plausible) if header else None
    if not header and not detector.alone:
        return None
    main = share[0] >= (_MAIN_WITH_HEADER if header else detector.share)
    if header and not main and detector.evidence != "validated":
        return _by_header(detector, looked=looked, plausible=plausible)
    if not main and not _sparse_counts(detector, tally, header=header):
        return None
    odds = PRIOR + HEADER * header + _by_values(detector, tally)
    confidence = round(min(CERTAIN, 1 / (1 + exp(-odds))), 4)
    if confidence < LEAST:
        return None
    return Signal(
        kind=detector.id,
        evidence="validated" if detector.evidence == "validated" else "statistical",
        rung=_rung(detector, tally, header=header, main=main),
        looked=looked,
        hits=tally.valid,
        distinct=tally.distinct_valid,
        share=share,
        confidence=confidence,
        header=header,
        sparse=not main,
    )


def _checks(detector: Detector, tally: Tally) -> bool:
    """Can a look-alike fail here? Only then is there a chance rate to compare with."""
    return detector.checksum or tally.distinct_shaped > tally.distinct_valid


def _values_count(detector: Detector, tally: Tally, *, header: bool) -> bool:
    """Do the values say more than chance would?"""
    if tally.distinct_valid < (1 if header else detector.distinct):
        return False
    if not _checks(detector, tally):
        return True
    low = wilson(tally.distinct_valid, tally.distinct_shaped)[1]
    return low > detector.chance * (0.5 if header else 1.0)


def _true_share(detector: Detector, tally: Tally, looked: int) -> Share:
    """The share of cells that are of the kind, the lucky look-alikes taken off."""
    if not looked:
        return (0.0, 0.0, 1.0)
    hits = float(tally.valid)
    if tally.shaped > tally.valid:
        lucky = detector.chance * (tally.shaped - tally.valid) / (1 - detector.chance)
        hits = max(0.0, tally.valid - lucky)
    return wilson(hits, looked)


def _by_values(detector: Detector, tally: Tally) -> float:
    return min(MOST_BY_VALUES, tally.distinct_valid * log(1 / detector.chance))


def _sparse_counts(detector: Detector, tally: Tally, *, header: bool) -> bool:
    """A few cells of a kind in a column of something else: only what a check bears out."""
    if header:
        return True
    return detector.evidence == "validated" and tally.distinct_valid >= _FEWEST_SPARSE


def _rung(detector: Detector, tally: Tally, *, header: bool, main: bool) -> Rung:
    if main and tally.distinct_valid >= detector.distinct:
        return "column"
    if header:
        return "keyword"
    return "checksum" if detector.checksum else "pattern"


def _by_header(detector: Detector, *, looked: int, plausible: float) -> Signal | None:
    """Known by its name only, if the values could be that."""
    if plausible < _PLAUSIBLE:
        return None
    evidence: Evidence = "header"
    return Signal(
        kind=detector.id,
        evidence=evidence,
        rung="keyword",
        looked=looked,
        hits=0,
        distinct=0,
        share=None,
        confidence=0.8 if detector.cell is None else 0.65,
        header=True,
    )
