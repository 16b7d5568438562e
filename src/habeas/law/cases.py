"""Case files: what a second reader says each provision does, run against the rules.

A case gives facts and an outcome. `like` takes another case, `change` alters facts of it and
`forget` makes facts unknown. cases/v1 files stand beside the rules: `laws/<book>/*.cases.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from habeas.errors import BadInput
from habeas.law.book import LawBook
from habeas.law.reason import outcome_of
from habeas.law.values import nearest
from habeas.law.yaml_reading import Document, read_yaml

OUTCOMES = ("breached", "not_breached", "holds", "does_not_hold", "undetermined")
_LEVELS = ("matter", "party", "use", "event")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of one provision, with its facts filled in from the case it is like."""

    provision: str
    name: str
    facts: Mapping[str, Mapping[str, Any]]
    expect: str
    missing: tuple[str, ...]
    because: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What the rule said. ok: the outcome agrees and each missing fact expected was named."""

    case: Case
    outcome: str
    missing: tuple[str, ...]

    @property
    def ok(self) -> bool:
        if self.outcome != self.case.expect:
            return False
        return set(self.case.missing) <= set(self.missing)


def case_files(book: str) -> tuple[Path, ...]:
    """The case files of a book, in order."""
    return tuple(sorted(Path(str(files("habeas.laws") / book)).glob("*.cases.yaml")))


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of one file."""
    return cases_from(read_yaml(path))


def cases_from(document: Document) -> tuple[Case, ...]:
    """The cases of a cases/v1 document."""
    top = document.value
    if not isinstance(top, dict) or top.get("format") != "cases/v1":
        raise BadInput("is not a cases/v1 file", file=document.file)
    return tuple(
        case
        for provision, body in (top.get("provisions") or {}).items()
        for case in _of_provision(document, provision, body)
    )


def _of_provision(document: Document, provision: str, body: dict[str, Any]) -> Iterator[Case]:
    known: dict[str, dict[str, Any]] = {}
    for index, raw in enumerate(body.get("cases") or []):
        line = document.line("provisions", provision, "cases", index)
        name = str(raw.get("name"))
        if name in known:
            raise BadInput(f"two cases are called {name!r}", file=document.file, place=line)
        known[name] = _facts(document, raw, known, line)
        if raw.get("expect") not in OUTCOMES:
            raise BadInput(
                f"{raw.get('expect')!r} is not an outcome",
                file=document.file,
                place=line,
                remedy=nearest(str(raw.get("expect")), OUTCOMES),
            )
        yield Case(
            provision=provision,
            name=name,
            facts=known[name],
            expect=raw["expect"],
            missing=tuple(raw.get("missing") or ()),
            because=str(raw.get("because") or ""),
            place=f"{document.file}, {line}",
        )


def _facts(
    document: Document, raw: dict[str, Any], known: Mapping[str, Any], line: str
) -> dict[str, Any]:
    if raw.get("like"):
        if raw["like"] not in known:
            raise BadInput(
                f"there is no case {raw['like']!r} above", file=document.file, place=line
            )
        facts = {level: dict(stated) for level, stated in known[raw["like"]].items()}
    else:
        facts = {level: dict(stated or {}) for level, stated in (raw.get("facts") or {}).items()}
    for level in facts:
        if level not in _LEVELS:
            raise BadInput(f"{level!r} is not a level", file=document.file, place=line)
    for id_, value in (raw.get("change") or {}).items():
        level, name = id_.split(".", 1)
        facts.setdefault(level, {})[name] = value
    for id_ in raw.get("forget") or ():
        level, name = id_.split(".", 1)
        facts.get(level, {}).pop(name, None)
    return facts


def run_case(case: Case, book: LawBook, *, as_of: date) -> CaseResult:
    """What the book's rule says of a case."""
    try:
        outcome, missing = outcome_of(case.provision, case.facts, book, as_of)
    except BadInput as error:
        raise BadInput(
            error.says, file=case.place, place=error.place, remedy=error.remedy
        ) from error
    return CaseResult(case=case, outcome=outcome, missing=missing)
