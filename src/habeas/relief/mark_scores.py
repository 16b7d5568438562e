"""The marks line: every copy of one base scored against what was read, accused or cleared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from habeas.protection.base import Base, ReleasedCopy
from habeas.protection.marks import code_bits, commitment
from habeas.relief.attribution import Line, Verdict
from habeas.relief.joint import CONTEXTS, POOL, joint_scores
from habeas.relief.score import (
    DECODERS,
    MAX_NOISE,
    Reading,
    bounds_of,
    clearing_of,
    gains,
    log_clearing,
    scores,
    tail_of,
)
from habeas.terms import Text

TESTS = len(DECODERS) + CONTEXTS
_CHUNK = 512
# One copy that agrees with this share of what was read is the only source: nothing to join.
_ALONE = 0.9
_COMPARE = 200
_FEWEST = 2
_LN10 = math.log(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkScore:
    """One copy's marks. accuses, clears: log10 of the two bounds; decoder: the strongest.

    beside: for the decoder "joint", the places of the copies whose code words were held known.
    """

    copy: int
    accuses: float
    clears: float
    decoder: str
    agree: int
    positions: int
    beside: tuple[int, ...] = ()


def score_copies(
    places: Sequence[int],
    copies: Sequence[ReleasedCopy],
    base: Base,
    reading: Reading,
    secret: tuple[bytes, bytes],
) -> list[MarkScore]:
    """Score the marked copies (by their places) of one base; the code bits enter here only."""
    if base.carriers is None or not len(reading):
        return []
    gain0, gain1 = gains(reading)
    tails = [tail_of(low, high, reading.p) for low, high in zip(gain0, gain1, strict=True)]
    clearing = clearing_of(reading)
    found = []
    for start in range(0, len(places), _CHUNK):
        part = places[start : start + _CHUNK]
        codes = [code for place in part if (code := copies[place].code) is not None]
        bits = code_bits(*secret, base.carriers, codes, positions=reading.positions)
        held = bits.astype(np.float64)
        bounds = bounds_of(scores(held, gain0, gain1), tails) / _LN10
        clears = clearing.log_bound(held) / _LN10
        agree = (bits == reading.y).sum(axis=1)
        found += [
            MarkScore(
                copy=place,
                accuses=float(bounds[row].min()),
                clears=float(clears[row]),
                decoder=DECODERS[int(bounds[row].argmin())],
                agree=int(agree[row]),
                positions=len(reading),
            )
            for row, place in enumerate(part)
        ]
    return _joined(found, copies, base, reading, secret)


def _joined(
    found: Sequence[MarkScore],
    copies: Sequence[ReleasedCopy],
    base: Base,
    reading: Reading,
    secret: tuple[bytes, bytes],
) -> list[MarkScore]:
    """With the joint tests of the most suspicious copies, if one alone doesn't explain the leak."""
    alone = max((score.agree for score in found), default=0) >= _ALONE * len(reading)
    if alone or base.carriers is None or len(found) < _FEWEST:
        return list(found)
    suspects = sorted(found, key=lambda score: (score.accuses, score.copy))[:POOL]
    codes = [code for one in suspects if (code := copies[one.copy].code) is not None]
    bits = code_bits(*secret, base.carriers, codes, positions=reading.positions)
    better = {}
    for suspect, joint in zip(
        suspects, joint_scores(reading, bits.astype(np.float64)), strict=True
    ):
        if (power := joint.log_bound / _LN10) < suspect.accuses:
            beside = tuple(suspects[at].copy for at in joint.beside)
            better[suspect.copy] = replace(suspect, accuses=power, decoder="joint", beside=beside)
    return [better.get(score.copy, score) for score in found]


def clears_unmarked(reading: Reading) -> float:
    """log10 of the chance of this reading if the leak was the unmarked base (all bits 0)."""
    if not len(reading):
        return 0.0
    unmarked: NDArray[np.bool_] = np.zeros((1, len(reading)), dtype=bool)
    return float(log_clearing(unmarked, reading)[0]) / _LN10


def mark_line(
    score: MarkScore | None,
    copy: ReleasedCopy,
    copies: Sequence[ReleasedCopy],
    base: Base,
    secret: tuple[bytes, bytes] | None,
    *,
    tests: int,
    epsilon: float,
    compare: bool,
) -> Line:
    """Accuses if tests·bound ≤ ε; excludes if the clearing bound ≤ ε; else says nothing."""
    if copy.code is None or base.carriers is None or secret is None:
        return _silent({}, _UNMARKED)
    if score is None:
        return _silent({"positions": 0}, _NONE_READ)
    floor = math.log10(epsilon)
    accuses = score.accuses + math.log10(max(1, tests)) <= floor
    verdict: Verdict = "accuses" if accuses else "excludes" if score.clears <= floor else "silent"
    figures = {
        "positions": score.positions,
        "agree": score.agree,
        "decoder": score.decoder,
        "log10_bound": round(score.accuses, 2),
        "log10_clearing": round(score.clears, 2),
        "stated_noise": MAX_NOISE,
        "beside": [copies[at].release_id for at in score.beside],
        "commitment": "not compared",
    }
    if copy.commitment is not None and (accuses or compare):
        kept = commitment(*secret, base.carriers, copy.code) == copy.commitment
        figures["commitment"] = "matches" if kept else "does not match"
        if not kept:
            return _silent(figures, _BROKEN)
    return Line(verdict=verdict, figures=figures, says=_says(score, verdict))


def worth_comparing(copies: Sequence[ReleasedCopy]) -> bool:
    """Few enough copies to recompute every commitment, not only those of the accused."""
    return len(copies) <= _COMPARE


def _silent(figures: dict[str, object], says: Text) -> Line:
    return Line(verdict="silent", figures=figures, says=says)


_UNMARKED = Text(en="The cells of this copy are not marked.", zh="该副本的单元格未加标记。")
_NONE_READ = Text(en="No code position could be read.", zh="未能读出任何编码位置。")
_BROKEN = Text(
    en="The code does not match the commitment made before hand-out: its marks prove nothing.",
    zh="编码与发出前的承诺不符，其标记不能证明任何事项。",
)


def _says(score: MarkScore, verdict: Verdict) -> Text:
    read = f"{score.agree} of {score.positions} code positions read agree with this copy's code"
    lu = f"读出的{score.positions}个编码位置中，有{score.agree}个与该副本的编码一致"
    if verdict == "accuses":
        power = f"10^{score.accuses:.1f}"
        return Text(
            en=f"{read}; chance of as much for an innocent copy: at most {power} a test.",
            zh=f"{lu}；无关副本达到该程度的概率，每次检验不超过{power}。",
        )
    if verdict == "excludes":
        power = f"10^{score.clears:.1f}"
        return Text(
            en=f"{read}; if it alone were the source and at most {MAX_NOISE:.0%} of the marks came"
            f" out wrong, the chance of so few would be at most {power}.",
            zh=f"{lu}；若其为唯一来源且读错的标记不超过{MAX_NOISE:.0%}，"
            f"一致如此之少的概率不超过{power}。",
        )
    return Text(en=f"{read}; that decides nothing.", zh=f"{lu}；不足以判断。")
