"""Who leads a matter, in which forum, at which level and place, and what settled it.

For each forum asked, each body leads, may act, is not competent, or is unknown. What settled it
is one of three and they are not mixed: the statute; a procedure (several are competent, the
first to open the case keeps it); or only our convention, named and replaceable. On incomplete
facts the receiving body is provisional owner and the one fact that best separates is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from habeas.errors import BadInput
from habeas.law.expression import Node, Truth, facts_in
from habeas.law.matter import Element, Matter
from habeas.law.schema import load_vocabulary
from habeas.law.values import Value
from habeas.supervision.competence_context import Context, contexts
from habeas.supervision.competence_formula import KnownFacts
from habeas.supervision.competence_level import Level, Place, Seized, level_of, place_of, seized_of
from habeas.supervision.competence_logic import Logic, Picked, effective, logic_of
from habeas.supervision.competence_map import (
    Basis,
    CompetenceMap,
    Forum,
    Rule,
    load_competence,
)
from habeas.supervision.competence_question import (
    Question,
    possible_leaders,
    separating_question,
)
from habeas.terms import Text

Standing = Literal["leads", "may", "not_competent", "unknown"]
NOT_PEOPLE = ("nobody", "handler")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One body before this matter. shown_only: its rule was not verified and decides nothing."""

    body: str
    name: Text
    standing: Standing
    provisions: tuple[str, ...]
    hangs_on: tuple[str, ...]
    shown_only: bool = False
    says: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One forum for one claim (or for the matter), and whom to go to.

    leader is None while facts are missing; owner is then the receiving body, provisionally.
    settled_by: statute, procedure or convention. asked: the claim asks for this forum.
    """

    forum: str
    label: Text
    claim: str | None
    elements: tuple[str, ...]
    asked: bool
    leader: str | None
    owner: str
    settled_by: Basis | None
    why: Text | None
    provisions: tuple[str, ...]
    because: tuple[str, ...]
    level: Level | None
    place: Place | None
    seized: Seized | None
    candidates: tuple[Candidate, ...]
    question: Question | None
    assumed: tuple[Text, ...]

    @property
    def settled(self) -> bool:
        return self.leader is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """All routes of a matter under one map on one day."""

    jurisdiction: str
    map_hash: str
    as_of: date
    routes: tuple[Route, ...]

    @property
    def settled(self) -> bool:
        """True if every forum that is asked for has its leader."""
        return all(route.settled for route in self.routes if route.asked)


def route(matter: Matter, *, as_of: date, competence: CompetenceMap | None = None) -> Routing:
    """Who leads, for each claim and forum of a matter, by the rules in force on a day."""
    used = competence or load_competence()
    if matter.law and used.jurisdiction not in matter.law:
        raise BadInput(
            f"the matter does not name the law {used.jurisdiction!r}",
            file=matter.file,
            place="law",
            remedy=f"add {used.jurisdiction} to law; only it has a competence map",
        )
    found: list[Route] = []
    for claim in tuple(matter.claims.values()) or (None,):
        for forum in used.forums.values():
            asked = _asked(forum, claim)
            if asked is None:
                continue
            logic = logic_of(used, forum.id, as_of=as_of)
            each = [
                _route(used, logic, claim, context, asked=asked)
                for context in contexts(used, matter, claim)
            ]
            found += _merged(each)
    return Routing(
        jurisdiction=used.jurisdiction, map_hash=used.hash, as_of=as_of, routes=tuple(found)
    )


def _asked(forum: Forum, claim: Element | None) -> bool | None:
    """True: the claim asks for this forum. False: it is shown beside. None: it isn't asked.

    A matter without a claim is put as a complaint; the other ways are shown beside it.
    """
    if claim is None:
        return forum.id == "authority"
    stated = _said(claim, "claim.forum")
    if stated is not None:
        return True if stated in forum.claim_forums else None
    remedies = _said(claim, "claim.remedies")
    if remedies is None:
        return True
    return True if remedies.yes & forum.remedies else None


def _said(element: Element, fact: str) -> Any:
    values = [statement.value for statement in element.facts.get(fact, ())]
    return values[0] if len(values) == 1 else None


def _route(
    competence: CompetenceMap,
    logic: Logic,
    claim: Element | None,
    context: Context,
    *,
    asked: bool,
) -> Route:
    name, facts, assumed = context
    view = KnownFacts(facts)
    leading = [body for body, node in logic.leads.items() if node.value(view) is True]
    leader = leading[0] if len(leading) == 1 and not logic.forum.unread else None
    way = None if leader is None else _way(logic, leader, view)
    owner = leader or _receiving(competence, logic, facts)
    ask = leader is None and not logic.forum.unread
    level = level_of(competence, logic.forum.id, owner, facts)
    return Route(
        forum=logic.forum.id,
        label=logic.forum.label,
        claim=None if claim is None else claim.id,
        elements=(name,) if name else (),
        asked=asked,
        leader=leader,
        owner=owner,
        settled_by=None if way is None else _basis(logic, way, view),
        why=None if way is None else _why(competence, way),
        provisions=() if way is None else _under(logic, way, view),
        because=() if way is None else _because(logic, way, facts),
        level=level,
        place=place_of(competence, logic.forum.id, owner, facts, level=level),
        seized=seized_of(competence, logic, facts),
        candidates=_candidates(competence, logic, view, leader),
        question=separating_question(competence, logic, facts) if ask else None,
        assumed=assumed,
    )


def _way(logic: Logic, leader: str, view: KnownFacts) -> Picked:
    mine = [way for way in logic.ways if way.body == leader]
    for wanted in (True, None):
        for way in mine:
            if way.lead.value(view) is wanted:
                return way
    return mine[0]


def _basis(logic: Logic, way: Picked, view: KnownFacts) -> Basis:
    """The strongest basis that is sure: a body nobody knows about counts as competent."""
    if way.step is not None and logic.only[way.body].value(view) is True:
        return "statute"
    return way.basis


_NOBODY_ELSE = Text(
    en="on these facts none of the rules that were read gives any body this power",
    zh="依已核实的规则，就这些事实没有机关享有此项职权",
)


def _why(competence: CompetenceMap, way: Picked) -> Text:
    if way.step is not None:
        return way.step.says
    if way.rule is None:
        return _NOBODY_ELSE
    if way.rule.says is not None:
        return way.rule.says
    return competence.sources[way.provisions[0]].says


def _under(logic: Logic, way: Picked, view: KnownFacts) -> tuple[str, ...]:
    if way.rule is not None:
        return way.rule.provisions
    held = [r.provisions for r in _holding(logic, way.body, view)]
    return tuple(dict.fromkeys((*way.provisions, *(id_ for ids in held for id_ in ids))))


def _holding(logic: Logic, body: str, view: KnownFacts) -> list[Rule]:
    return [
        rule
        for rule in logic.deciding
        if rule.body == body
        and rule.force != "yields"
        and effective(rule, logic.deciding).value(view) is True
    ]


def _because(logic: Logic, way: Picked, facts: Mapping[str, Value]) -> tuple[str, ...]:
    """The stated facts the leading rules read."""
    rules = [way.rule] if way.rule else _holding(logic, way.body, KnownFacts(facts))
    nodes: list[Node] = [rule.when for rule in rules]
    if way.step is not None:
        nodes.append(way.step.when)
        nodes += [way.lead] if way.step.pick == "filed" else []
    read = set().union(*(facts_in(node) for node in nodes)) if nodes else set()
    if way.step is not None and way.step.pick == "filed":
        read = {f for f in read if f.startswith("matter.")}
    return tuple(id_ for id_ in load_vocabulary().facts if id_ in read and id_ in facts)


def _receiving(competence: CompetenceMap, logic: Logic, facts: Mapping[str, Value]) -> str:
    """Who keeps the matter while facts are missing: where it lies, else who most likely leads."""
    view = KnownFacts(facts)
    if logic.forum.unread:
        return logic.forum.rules[0].body
    possible = possible_leaders(logic, facts) or logic.bodies
    first = facts.get("matter.first_filed_with")
    if isinstance(first, str) and first in possible:
        return first
    order = {step.pick: number for number, step in enumerate(logic.forum.settle)}
    return min(
        possible,
        key=lambda body: (
            competence.authorities[body].kind in NOT_PEOPLE,
            not _raw_named(logic, body, view),
            body not in order,
            logic.competent[body].value(view) is not True,
            logic.bodies.index(body),
        ),
    )


def _raw_named(logic: Logic, body: str, view: KnownFacts) -> bool:
    return any(
        rule.body == body and rule.force == "sole" and rule.when.value(view) is True
        for rule in logic.deciding
    )


def _candidates(
    competence: CompetenceMap, logic: Logic, view: KnownFacts, leader: str | None
) -> tuple[Candidate, ...]:
    found = [
        _candidate(competence, logic, body, node.value(view), view, leads=body == leader)
        for body, node in logic.competent.items()
    ]
    found += [
        Candidate(
            body=rule.body,
            name=competence.authorities[rule.body].name,
            standing="unknown",
            provisions=rule.provisions,
            hangs_on=(),
            shown_only=True,
            says=rule.says,
        )
        for rule in logic.shown
        if rule.when.value(view) is not False
    ]
    return tuple(found)


def _candidate(
    competence: CompetenceMap,
    logic: Logic,
    body: str,
    competent: Truth,
    view: KnownFacts,
    *,
    leads: bool,
) -> Candidate:
    rules = [r for r in logic.deciding if r.body == body and r.force != "yields"]
    standing: Standing = "leads" if leads else _STANDINGS[competent]
    cited = [r.provisions for r in _holding(logic, body, view)] if competent else []
    if competent is False:
        cited = [r.provisions for r in _against(logic, rules, view)]
    if competent is None:
        cited = [r.provisions for r in rules if r.when.value(view) is not False]
    read = [id_ for r in rules for id_ in sorted(facts_in(effective(r, logic.deciding)))]
    return Candidate(
        body=body,
        name=competence.authorities[body].name,
        standing=standing,
        provisions=tuple(dict.fromkeys(id_ for ids in cited for id_ in ids)),
        hangs_on=()
        if competent is not None
        else tuple(dict.fromkeys(id_ for id_ in read if view.fact(id_) is None)),
    )


def _against(logic: Logic, rules: list[Rule], view: KnownFacts) -> list[Rule]:
    """What says that a body is not competent: the rule it gives way to, else its own limits."""
    defeated = [
        other
        for rule in rules
        if rule.when.value(view) is True
        for other in logic.deciding
        if rule.id in other.over and other.when.value(view) is True
    ]
    return defeated or rules


_STANDINGS: dict[Truth, Standing] = {True: "may", False: "not_competent", None: "unknown"}


def _merged(routes: list[Route]) -> list[Route]:
    """Routes that differ only in the use they were worked out on, as one."""
    found: dict[Route, tuple[str, ...]] = {}
    for each in routes:
        bare = replace(each, elements=())
        found[bare] = found.get(bare, ()) + each.elements
    return [replace(bare, elements=elements) for bare, elements in found.items()]
