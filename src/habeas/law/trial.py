"""A real trial of a rule: fixed beforehand, compared with regions that did not change.

A replay (`law.pilot`) says what a draft would decide; a trial says what happened where a rule was
tried. What is measured, in which direction it should move and by how much it must to matter are
fixed in the log before the first day. The effect of an indicator is the change in the regions
that tried the rule less the change in those that did not (difference in differences, regions as
units, each weighing the same); its interval is Welch's over regions, all indicators together at
the stated confidence (Bonferroni). *The data can't tell* is an answer, with what would be needed.
Format: specs/trial-v1.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import fmean, variance
from typing import Any, Literal

from scipy import stats

from habeas.terms import Text

Outcome = Literal["as_wanted", "against", "no_difference", "cannot_tell"]
Wanted = Literal["up", "down"]
_FEWEST_REGIONS = 2
_MOST_REGIONS = 3_000  # there are fewer counties


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What is measured. column: a number, or true/false (then a share). matters: the smallest
    effect worth acting on, in the unit of the column (for a share: 0.02 is two points).
    """

    id: str
    title: Text
    column: str
    wanted: Wanted
    matters: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial as fixed beforehand. Days: before_from <= d < starts is before, starts <= d < ends
    after. smallest_sample: observations a region needs on each side. most_missing: the largest
    share of unknown values of an indicator in a region before the region is left out.
    """

    id: str
    title: Text
    draft_sha256: str
    before_from: date
    starts: date
    ends: date
    trying: tuple[str, ...]
    comparing: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    confidence: float
    smallest_sample: int
    most_missing: float
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One case, person or filing: where, when, and its values by column; None is unknown."""

    region: str
    day: date
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a trial says of one indicator. effect, low, high: in the column's unit; None where
    too few regions were left. needed: regions a side for an interval as narrow as what matters;
    None: more than there are.
    """

    indicator: Indicator
    outcome: Outcome
    effect: float | None
    low: float | None
    high: float | None
    p_value: float | None
    regions: tuple[int, int]
    left_out: int
    needed: int | None
    means: tuple[float | None, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "indicator": self.indicator.id,
            "outcome": self.outcome,
            "effect": self.effect,
            "interval": None if self.low is None else [self.low, self.high],
            "p_value": self.p_value,
            "regions": {"trying": self.regions[0], "comparing": self.regions[1]},
            "regions_left_out": self.left_out,
            "regions_needed_a_side": self.needed,
            "means": dict(
                zip(
                    ("trying_before", "trying_after", "comparing_before", "comparing_after"),
                    self.means,
                    strict=True,
                )
            ),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Every effect, with how many observations counted and how many lay outside plan."""

    trial: Trial
    effects: tuple[Effect, ...]
    counted: int
    outside: int

    def to_json(self) -> dict[str, Any]:
        return {
            "trial": self.trial.id,
            "confidence": self.trial.confidence,
            "observations_counted": self.counted,
            "observations_outside_the_plan": self.outside,
            "effects": [effect.to_json() for effect in self.effects],
        }


def measure(trial: Trial, observations: Iterable[Observation]) -> Measured:
    """What the observations say of each indicator that was fixed, and of no other."""
    cells: dict[tuple[str, bool], list[Observation]] = {}
    counted = outside = 0
    sites = {*trial.trying, *trial.comparing}
    for one in observations:
        if one.region not in sites or not trial.before_from <= one.day < trial.ends:
            outside += 1
            continue
        counted += 1
        cells.setdefault((one.region, one.day >= trial.starts), []).append(one)
    effects = tuple(_effect(trial, indicator, cells) for indicator in trial.indicators)
    return Measured(trial=trial, effects=effects, counted=counted, outside=outside)


def _effect(
    trial: Trial, indicator: Indicator, cells: Mapping[tuple[str, bool], list[Observation]]
) -> Effect:
    sides = [_side(trial, indicator, regions, cells) for regions in (trial.trying, trial.comparing)]
    changes = [[after - before for before, after in side] for side in sides]
    counts = (len(changes[0]), len(changes[1]))
    left_out = len(trial.trying) + len(trial.comparing) - sum(counts)
    means = tuple(
        fmean(pair[at] for pair in side) if side else None for side in sides for at in (0, 1)
    )
    told = _interval(changes, trial) if min(counts) >= _FEWEST_REGIONS else None
    effect, low, high, p_value = told or (None, None, None, None)
    return Effect(
        indicator=indicator,
        outcome="cannot_tell" if told is None else _outcome(indicator, told[1], told[2]),
        effect=effect,
        low=low,
        high=high,
        p_value=p_value,
        regions=counts,
        left_out=left_out,
        needed=_needed(changes, trial, indicator) if told else None,
        means=means,
    )


def _side(
    trial: Trial,
    indicator: Indicator,
    regions: Sequence[str],
    cells: Mapping[tuple[str, bool], list[Observation]],
) -> list[tuple[float, float]]:
    """The means before and after of each region with enough known values on both sides."""
    found = []
    for region in regions:
        pair = [
            _mean(trial, [o.values.get(indicator.column) for o in cells.get((region, after), ())])
            for after in (False, True)
        ]
        if pair[0] is not None and pair[1] is not None:
            found.append((pair[0], pair[1]))
    return found


def _mean(trial: Trial, values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    if len(known) < max(trial.smallest_sample, 1):
        return None
    return fmean(known) if 1 - len(known) / len(values) <= trial.most_missing else None


def _interval(
    changes: Sequence[Sequence[float]], trial: Trial
) -> tuple[float, float, float, float]:
    """Effect, low, high, p: Welch's t over regions, joint over the indicators (Bonferroni)."""
    effect = fmean(changes[0]) - fmean(changes[1])
    parts = [variance(side) / len(side) for side in changes]
    error = sqrt(sum(parts))
    if error == 0:
        return effect, effect, effect, 0.0 if effect else 1.0
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(side) - 1) for part, side in zip(parts, changes, strict=True)
    )
    tail = (1 - trial.confidence) / (2 * len(trial.indicators))
    half = float(stats.t.isf(tail, freedom)) * error
    p_value = min(1.0, 2 * len(trial.indicators) * float(stats.t.sf(abs(effect) / error, freedom)))
    return effect, effect - half, effect + half, p_value


def _outcome(indicator: Indicator, low: float, high: float) -> Outcome:
    if indicator.wanted == "down":
        low, high = -high, -low
    if -indicator.matters < low and high < indicator.matters:
        return "no_difference"
    if low > 0:
        return "as_wanted"
    return "against" if high < 0 else "cannot_tell"


def _needed(changes: Sequence[Sequence[float]], trial: Trial, indicator: Indicator) -> int | None:
    """Regions a side for an interval of plus and minus what matters, if spread stays as it is."""
    spread = sum(variance(side) for side in changes)
    tail = (1 - trial.confidence) / (2 * len(trial.indicators))
    for regions in range(_FEWEST_REGIONS, _MOST_REGIONS):
        half = float(stats.t.isf(tail, 2 * (regions - 1))) * sqrt(spread / regions)
        if half <= indicator.matters:
            return regions
    return None
