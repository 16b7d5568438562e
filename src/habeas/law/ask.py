"""What to ask next: only what can still change the answer, most decisive first.

A fact is worth asking where two values it may have lead to different statuses of some use or
event; that is tried, not guessed. Where no single answer settles anything, those facts are asked
without which nothing can be settled (`missing`), and each answer is tried anew.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from habeas.law.book import LawBook
from habeas.law.element import ACTED_ON, STATUS, ElementCase
from habeas.law.matter import Element, Matter
from habeas.law.missing import trials_of
from habeas.law.reason import decide
from habeas.law.schema import Fact, load_vocabulary
from habeas.law.seen import Seen
from habeas.law.verdict import bits_of, truth_by, verdict_of
from habeas.terms import Status

NOBODY_YET = "p1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One fact to ask of one part of a matter.

    place: the section and id it is stated under, such as ('uses', 'u1'), or ('matter',).
    element: the use or event whose status it can change. statuses: those its answers lead to.
    alone: one answer may be enough; otherwise other facts are needed too.
    """

    fact: Fact
    place: tuple[str, ...]
    element: str
    statuses: tuple[Status, ...]
    alone: bool


def questions(
    matter: Matter,
    book: LawBook,
    *,
    as_of: date,
    not_known: frozenset[tuple[str, tuple[str, ...]]] = frozenset(),
) -> tuple[Question, ...]:
    """What is worth asking now, most decisive first; empty when all is decided or nothing helps.

    not_known: (fact, place) that were asked and nobody could answer.
    """
    decision = decide(matter, book, as_of=as_of)
    found: dict[tuple[str, tuple[str, ...]], Question] = {}
    for element in decision.elements:
        if element.status is not Status.UNDETERMINED:
            continue
        target = (matter.events if element.level == "event" else matter.uses)[element.element]
        for question in _of(matter, target, element.missing, book, as_of):
            key = (question.fact.id, question.place)
            if key not in not_known and (key not in found or not found[key].alone):
                found[key] = question
    return tuple(sorted(found.values(), key=_rank))  # sorting keeps the order of equals


def _rank(question: Question) -> tuple[bool, int]:
    decided = [status for status in question.statuses if status is not Status.UNDETERMINED]
    return (not question.alone, -len(decided))


def _of(
    matter: Matter, element: Element, missing: tuple[str, ...], book: LawBook, as_of: date
) -> Iterator[Question]:
    facts = load_vocabulary().facts
    case = ElementCase(matter, element, book, as_of)
    for id_ in missing:
        place = _place(matter, element, facts[id_])
        if place is None:
            continue
        statuses = _statuses(case, id_)
        yield Question(
            fact=facts[id_],
            place=place,
            element=element.id,
            statuses=statuses,
            alone=len(statuses) > 1,
        )


def _place(matter: Matter, element: Element, fact: Fact) -> tuple[str, ...] | None:
    """Where the answer belongs; None where the matter has nothing it could be stated of."""
    uses = [matter.uses[id_] for id_ in element.uses]
    if fact.level == "matter":
        return ("matter",)
    if fact.level == element.level:
        return (f"{element.level}s", element.id)
    if fact.level == "use" and len(uses) == 1:
        return ("uses", uses[0].id)
    if fact.level == "party":
        parties = [e.party for e in (element, *uses) if e.party is not None]
        parties += [NOBODY_YET] if NOBODY_YET not in matter.parties else []
        return ("parties", parties[0]) if parties else None
    return None


def answered(raw: Mapping[str, Any], question: Question, value: Any) -> dict[str, Any]:
    """The matter as a mapping with one more fact stated; a party is added where there is none."""
    found: dict[str, Any] = copy.deepcopy(dict(raw))
    at = found
    for key in question.place:
        if at.get(key) is None:
            at[key] = {}
        at = at[key]
    at[question.fact.name] = value
    if question.place == ("parties", NOBODY_YET):
        for section in ("uses", "events"):
            element = (found.get(section) or {}).get(question.element)
            if element is not None:
                element.setdefault("party", NOBODY_YET)
    return found


def _statuses(case: ElementCase, id_: str) -> tuple[Status, ...]:
    """The statuses that the values a fact may have lead to, each once."""
    if id_ == ACTED_ON:
        return ()
    view = case.views[0]
    if len(case.views) > 1 or not isinstance(view, Seen):
        return ()
    found = {_status(case, trial) for trial in trials_of(id_, view) if isinstance(trial, Seen)}
    return tuple(status for status in Status if status in found)


def _status(case: ElementCase, view: Seen) -> Status:
    bits = bits_of(case.element.issues)
    truth = truth_by(verdict_of(case.book, case.element.level, bits), [view], bits)
    if truth is False:
        tried = ElementCase(case.matter, case.element, case.book, case.as_of, case.voice)
        tried.views = (view,)
        truth = False if tried.is_answered() else None
    return STATUS[truth]
