"""What an expert gets of a trace: every accusation by marks, to be recomputed without the key.

The document holds the attribution, and for each accused copy the positions that the leak shows:
what was read there, and the disclosed entries of the copy's code word (and of the copies it was
weighed beside) under the commitments made before hand-out. Format: specs/expert-report-v1.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from habeas.errors import BadInput, NotVerified
from habeas.protection.base import Base, ReleasedCopy
from habeas.protection.disclosure import disclose
from habeas.protection.marks import commitment
from habeas.relief.attribution import Attribution, CopyLines
from habeas.relief.recheck import recheck

FORMAT = "habeas expert-report/v1"
# Stated bounds are rounded to two places.
_SAME = 0.011


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """One accusation worked out again. any_context: log10 of bound times tests, times the number
    of contexts there were to choose from: it needs no word of the owner's on how the context was
    chosen. commitment: "as logged", or "as stated in the report" if none was given to compare.
    """

    recipient: str
    release_id: str
    positions: int
    log10_bound: float
    log10_product: float
    any_context: float
    commitment: str

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def expert_document(
    attribution: Attribution,
    *,
    bases: Sequence[Base],
    copies: Sequence[ReleasedCopy],
    secrets: Mapping[str, tuple[bytes, bytes]],
    leak: str,
    at: datetime,
) -> dict[str, Any]:
    """The document, JSON-able. leak: what names the leak in the log; at: when it was traced.

    It discloses bits of the accused copies, and of copies they were weighed beside, at the
    positions that the leak shows already, and of nobody else.
    """
    by_id = {base.id: base for base in bases}
    by_release = {copy.release_id: copy for copy in copies}
    lines = {line.release_id: line for line in attribution.lines}

    def opened(release_id: str) -> dict[str, Any]:
        copy = by_release[release_id]
        base, secret = by_id[copy.base_id], secrets[copy.base_id]
        if copy.code is None or base.carriers is None:
            raise ValueError("only a marked copy can be opened")
        positions = sorted(attribution.read[copy.base_id])
        sealed = copy.commitment or commitment(*secret, base.carriers, copy.code)
        return {
            "release_id": release_id,
            "commitment": sealed,
            "disclosed": disclose(*secret, base.carriers, copy.code, positions),
        }

    accusations = []
    for bound in attribution.bound:
        if bound.line != "marks":
            continue
        read = attribution.read[by_release[bound.release_id].base_id]
        accusations.append(
            {
                **bound.to_json(),
                **opened(bound.release_id),
                "y": "".join("1" if read[at] else "0" for at in sorted(read)),
                "beside": [opened(one) for one in _beside(lines[bound.release_id])],
            }
        )
    return {
        "format": FORMAT,
        "leak": leak,
        "at": at.isoformat(),
        "attribution": attribution.to_json(),
        "accusations": accusations,
    }


def _beside(line: CopyLines) -> Sequence[str]:
    found: Sequence[str] = line.marks.figures.get("beside", [])
    return found


def recheck_document(
    document: Mapping[str, Any], *, logged: Mapping[str, str] | None = None
) -> tuple[Rechecked, ...]:
    """Every accusation by marks, worked out again from the disclosed positions.

    logged: release id → commitment as it stands in the log before hand-out; without it the
    commitments are only those that the report itself states.
    Raises NotVerified if a bound is not as small as stated, or a code word not the committed one.
    """
    if document.get("format") != FORMAT:
        raise BadInput("this is not an expert report of a trace, or of a later version of Habeas")
    try:
        found = document["attribution"]
        tests = max(1, int(found["tests"]["made"]) + int(found["tests"]["before"]))
        listed = len(found["copies"])
        return tuple(
            _rechecked(one, tests=tests, listed=listed, logged=logged)
            for one in document["accusations"]
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput("the expert report is damaged") from error


def _rechecked(
    stated: Mapping[str, Any], *, tests: int, listed: int, logged: Mapping[str, str] | None
) -> Rechecked:
    for one in (stated, *stated["beside"]):
        if logged is not None and logged.get(one["release_id"]) != one["commitment"]:
            raise NotVerified(
                "a code word is not the one committed to in the log", place=one["release_id"]
            )
    beside = [(one["disclosed"], one["commitment"]) for one in stated["beside"]]
    used, power = recheck(
        stated["disclosed"],
        commitment=stated["commitment"],
        y=_readings(stated),
        beside=beside,
    )
    if power > float(stated["log10_bound"]) + _SAME or int(stated["tests"]) != tests:
        raise NotVerified(
            "the bound is not as small as the report states", place=stated["release_id"]
        )
    product = power + math.log10(tests)
    return Rechecked(
        recipient=stated["recipient"],
        release_id=stated["release_id"],
        positions=used,
        log10_bound=round(power, 2),
        log10_product=round(product, 2),
        any_context=round(product + _log10_choices(listed - 1, len(beside)), 2),
        commitment="as stated in the report" if logged is None else "as logged",
    )


def _readings(stated: Mapping[str, Any]) -> dict[int, bool]:
    """Position → bit read. Entries stand in the order of positions, as do the readings."""
    entries = stated["disclosed"]["opened"]
    if len(entries) != len(stated["y"]) or set(stated["y"]) - {"0", "1"}:
        raise NotVerified("the disclosed positions are not those that were read from the leak")
    positions = [int(one["entry"][32:48], 16) for one in entries]
    return {at: bit == "1" for at, bit in zip(positions, stated["y"], strict=True)}


def _log10_choices(among: int, chosen: int) -> float:
    return math.log10(math.comb(max(among, chosen), chosen))
