"""What a claimant types beside the matter (claim/v1): who they are, what happened, which court.

The matter states facts in the vocabulary of the law and names nobody; names, addresses and the
story stand here, in a file of the claimant's own, and go into the papers only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from habeas.errors import BadInput
from habeas.law.documents import content_list
from habeas.law.values import WrongValueError, read_bool, read_money
from habeas.law.yaml_reading import Document, read_json, read_yaml
from habeas.procedures.claim_text import Line
from habeas.procedures.typed_lines import WrongLinesError, lines_of
from habeas.terms import Money

FORMAT = "claim/v1"
PAPERS = ("complaint", "statement_of_claim")
_SHARED = ("person", "respondent", "facts")
_FACTS = ("claim", "gain", "over_network", "average_wage")
_KEYS = ("format", *_SHARED, *_FACTS, "papers", "conditions")
# Where the words that both papers use stand in each.
_PLACES: Mapping[str, Mapping[str, str]] = {
    "complaint": {"person": "complainant", "respondent": "respondent", "facts": "facts"},
    "statement_of_claim": {"person": "plaintiff", "respondent": "defendant", "facts": "facts"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWords:
    """claim: which claim of the matter, if it has several. papers: paper -> item -> lines.

    gain: what the handler got from it, for this person. average_wage: the province's yearly
    average wage of employed persons, which no statute holds. None is unknown, never zero or no.
    """

    claim: str | None = None
    gain: Money | None = None
    over_network: bool | None = None
    average_wage: Money | None = None
    papers: Mapping[str, Mapping[str, tuple[Line, ...]]] = field(default_factory=dict, repr=False)
    conditions: Mapping[str, Mapping[str, bool | None]] = field(default_factory=dict)

    def typed(self, paper: str) -> Mapping[str, tuple[Line, ...]]:
        return self.papers.get(paper, {})


def load_claim_words(path: Path) -> ClaimWords:
    """Read a claim/v1 file; BadInput names the line, and nothing that was typed."""
    document = read_json(path) if path.suffix.lower() == ".json" else read_yaml(path)
    top = document.value
    if not isinstance(top, Mapping) or top.get("format") != FORMAT:
        raise BadInput(f"the format is not {FORMAT}", file=document.file, place="format")
    _known(document, top, _KEYS)
    shared = {key: _lines(document, top[key], key) for key in _SHARED if top.get(key)}
    return ClaimWords(
        claim=top.get("claim"),
        gain=_money(document, top, "gain"),
        over_network=_bool(document, top.get("over_network"), "over_network"),
        average_wage=_money(document, top, "average_wage"),
        papers={paper: _typed(document, paper, shared) for paper in PAPERS},
        conditions={paper: _conditions(document, paper) for paper in PAPERS},
    )


def _typed(
    document: Document, paper: str, shared: Mapping[str, tuple[Line, ...]]
) -> dict[str, tuple[Line, ...]]:
    found = {_PLACES[paper][key]: lines for key, lines in shared.items()}
    own = _part(document, "papers", paper)
    _known(document, own, content_list("cn", paper).item_ids(), "papers", paper)
    for item, raw in own.items():
        found[item] = _lines(document, raw, "papers", paper, item)
    return found


def _conditions(document: Document, paper: str) -> dict[str, bool | None]:
    own = _part(document, "conditions", paper)
    _known(document, own, tuple(content_list("cn", paper).conditions), "conditions", paper)
    return {name: _bool(document, raw, "conditions", paper, name) for name, raw in own.items()}


def _part(document: Document, section: str, paper: str) -> Mapping[str, Any]:
    whole = document.value.get(section) or {}
    if not isinstance(whole, Mapping):
        raise _bad(document, "a mapping is expected here", section)
    _known(document, whole, PAPERS, section)
    part = whole.get(paper) or {}
    if not isinstance(part, Mapping):
        raise _bad(document, "a mapping is expected here", section, paper)
    return part


def _lines(document: Document, raw: Any, *place: str) -> tuple[Line, ...]:
    try:
        return lines_of(raw)
    except WrongLinesError as error:
        raise _bad(document, str(error), *place) from error


def _money(document: Document, top: Mapping[str, Any], key: str) -> Money | None:
    if top.get(key) is None:
        return None
    try:
        return read_money(top[key])
    except WrongValueError as error:
        raise _bad(document, error.says, key) from error


def _bool(document: Document, raw: Any, *place: str) -> bool | None:
    if raw is None:
        return None
    try:
        return read_bool(raw)
    except WrongValueError as error:
        raise _bad(document, error.says, *place) from error


def _known(document: Document, part: Mapping[str, Any], names: Any, *place: str) -> None:
    for key in part:
        if key not in names:
            remedy = f"its keys are: {', '.join(names)}"
            where = ".".join((*place, "?"))
            raise BadInput(
                "there is no such key here",
                file=document.file,
                place=f"{document.line(*place, key)}, {where}",
                remedy=remedy,
            )


def _bad(document: Document, says: str, *place: str) -> BadInput:
    where = f"{document.line(*place)}, {'.'.join(place)}"
    return BadInput(says, file=document.file, place=where)
