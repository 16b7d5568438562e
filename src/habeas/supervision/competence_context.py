"""What the rules of competence see of a matter: one view for each use a claim rests on."""

from __future__ import annotations

from collections.abc import Iterator

from habeas.law.matter import Element, Matter
from habeas.law.values import Value
from habeas.supervision.competence_formula import KnownFacts
from habeas.supervision.competence_map import Assumption, CompetenceMap
from habeas.terms import Text

Context = tuple[str, dict[str, Value], tuple[Text, ...]]


def contexts(competence: CompetenceMap, matter: Matter, claim: Element | None) -> Iterator[Context]:
    """What the rules see: one view for each use (with each event on it) the claim rests on."""
    own = {} if claim is None else matter.facts_for(claim)
    events = [e for e in matter.events.values() if _rests(claim, e)]
    assumed, extra = _assumptions(competence, matter, claim, events)
    found = False
    for use in matter.uses.values():
        touching = [e for e in events if use.id in e.uses]
        if not _rests(claim, use) and not (claim is not None and touching):
            continue
        for event in touching or (None,):
            seen = matter.facts_for(use) if event is None else matter.facts_for(event, use=use)
            found = True
            name = use.id if event is None else f"{use.id}+{event.id}"
            yield name, {**seen, **own, **extra}, assumed
    for event in events:
        if not any(id_ in matter.uses for id_ in event.uses):
            found = True
            yield event.id, {**matter.facts_for(event), **own, **extra}, assumed
    if not found:
        yield "", {**_party_facts(matter, claim), **own, **extra}, assumed


def _rests(claim: Element | None, element: Element) -> bool:
    return claim is None or not claim.rests_on or element.id in claim.rests_on


def _party_facts(matter: Matter, claim: Element | None) -> dict[str, Value]:
    names = claim.against if claim is not None else tuple(matter.parties)
    judged = [p for p in matter.parties.values() if p.id in names][:1]
    parts = [matter.facts_for(p) for p in judged] or [
        {id_: s[0].value for id_, s in matter.facts.items() if s[0].value is not None}
    ]
    return parts[0]


def _assumptions(
    competence: CompetenceMap, matter: Matter, claim: Element | None, events: list[Element]
) -> tuple[tuple[Text, ...], dict[str, Value]]:
    taken: list[Assumption] = list(competence.assume) if claim is None else []
    if claim is not None:
        taken += [
            row
            for row in competence.derive
            if row.fact not in claim.facts and _follows(row, matter, events)
        ]
    return tuple(row.says for row in taken), {row.fact: row.value for row in taken}


def _follows(row: Assumption, matter: Matter, events: list[Element]) -> bool:
    node = row.from_event
    return node is not None and any(
        node.value(KnownFacts(matter.facts_for(event))) is True for event in events
    )
