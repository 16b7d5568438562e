"""What is known of an incident (incident/v1), as somebody writes it down: facts, and words.

A fact that is left out is unknown. Unknown is not no, and it stays unknown until a later file
says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from habeas.errors import BadInput
from habeas.law.documents import content_list
from habeas.law.schema import load_vocabulary
from habeas.law.values import WrongValueError, read_bool, read_enum, read_instant, read_int
from habeas.law.yaml_reading import Document, read_json, read_yaml
from habeas.procedures.claim_text import Line
from habeas.procedures.typed_lines import WrongLinesError, lines_of, plain

FORMAT = "incident/v1"
LETTERS = ("breach_authority", "breach_persons")
TIMES = ("happened_at", "aware_at", "handled_at")
_YES_NO = (
    *("harm_avoided", "suspected_crime", "other_grade_test"),
    *("nfra", "nfra_especially_major", "at_outsourcer"),
)
_FACTS = (*TIMES, "persons", "operator", "sector", *_YES_NO)
_OPERATORS = {"other": None, "cii": None, "central_organ": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentWords:
    """facts: name -> plain value (times as ISO text). letters: letter -> item -> lines."""

    facts: Mapping[str, str | int | bool] = field(default_factory=dict)
    letters: Mapping[str, Mapping[str, tuple[Line, ...]]] = field(default_factory=dict, repr=False)

    def as_payload(self) -> dict[str, Any]:
        letters = {
            name: {item: [plain(line) for line in lines] for item, lines in items.items()}
            for name, items in self.letters.items()
        }
        return {"facts": dict(self.facts), "letters": letters}


def load_incident_words(path: Path) -> IncidentWords:
    """Read an incident/v1 file; BadInput names the line and none of the words."""
    document = read_json(path) if path.suffix.lower() == ".json" else read_yaml(path)
    top = document.value
    if not isinstance(top, Mapping) or top.get("format") != FORMAT:
        raise BadInput(f"the format is not {FORMAT}", file=document.file, place="format")
    _known(document, top, ("format", "letters", *_FACTS))
    facts = {name: _fact(document, name, top[name]) for name in _FACTS if top.get(name) is not None}
    return IncidentWords(facts=facts, letters=_letters(document))


def _fact(document: Document, name: str, raw: Any) -> str | int | bool:
    try:
        return _read(name, raw)
    except WrongValueError as error:
        place = f"{document.line(name)}, {name}"
        raise BadInput(error.says, file=document.file, place=place, remedy=error.remedy) from error


def _read(name: str, raw: Any) -> str | int | bool:
    if name in _YES_NO:
        return read_bool(raw)
    if name == "operator":
        return read_enum(raw, _OPERATORS)
    if name == "sector":
        return read_enum(raw, load_vocabulary().facts["party.sector"].members)
    if name == "persons":
        persons = read_int(raw)
        if persons < 0:
            raise WrongValueError("is below zero", "count the persons")
        return persons
    found = read_instant(raw)
    if not isinstance(found, datetime):
        raise WrongValueError("is a day without its hour", "write 2026-03-01T09:30:00+08:00")
    return found.isoformat()


def _letters(document: Document) -> dict[str, dict[str, tuple[Line, ...]]]:
    whole = document.value.get("letters") or {}
    if not isinstance(whole, Mapping):
        raise BadInput("letters is a mapping", file=document.file, place=document.line("letters"))
    _known(document, whole, ("both", *LETTERS), "letters")
    found: dict[str, dict[str, tuple[Line, ...]]] = {}
    for letter in LETTERS:
        items = content_list("cn", letter).item_ids()
        both = {k: v for k, v in _part(document, whole, "both").items() if k in items}
        own = _part(document, whole, letter)
        _known(document, own, items, "letters", letter)
        found[letter] = {
            item: _lines(document, raw, item) for item, raw in {**both, **own}.items() if raw
        }
    return found


def _part(document: Document, whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name) or {}
    if not isinstance(part, Mapping):
        place = document.line("letters", name)
        raise BadInput("a mapping is expected here", file=document.file, place=place)
    if name == "both":
        every = {i for letter in LETTERS for i in content_list("cn", letter).item_ids()}
        _known(document, part, tuple(sorted(every)), "letters", "both")
    return part


def _lines(document: Document, raw: Any, item: str) -> tuple[Line, ...]:
    try:
        return lines_of(raw)
    except WrongLinesError as error:
        raise BadInput(str(error), file=document.file, place=f"letters, {item}") from error


def _known(document: Document, part: Mapping[str, Any], names: Any, *place: str) -> None:
    for key in part:
        if key not in names:
            raise BadInput(
                "there is no such key here",
                file=document.file,
                place=document.line(*place, key),
                remedy=f"its keys are: {', '.join(names)}",
            )
