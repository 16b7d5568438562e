"""Who may act and who leads, as formulas over facts.

The same formulas are read three ways: with unknown facts (three values, `route`), by the
solver and by the counting diagram (`prove`). Nothing about who leads is decided anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from habeas.law.expression import Is, Node
from habeas.law.values import Value
from habeas.supervision.competence_formula import NEVER, KnownFacts, both, either, negation
from habeas.supervision.competence_map import Basis, CompetenceMap, Forum, Rule, Settlement

BASES: tuple[Basis, ...] = ("statute", "procedure", "convention")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """One way a body comes to lead: by a rule, or by a step of settlement among several."""

    body: str
    lead: Node
    basis: Basis
    provisions: tuple[str, ...]
    rule: Rule | None = None
    step: Settlement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic:
    """The formulas of one forum on one day.

    competent: may act, the rules that give way taken off. named: a rule names it alone.
    leads: it is the one. only: nobody else is competent. ways: how each may come to lead.
    """

    forum: Forum
    deciding: tuple[Rule, ...]
    shown: tuple[Rule, ...]
    competent: Mapping[str, Node]
    named: Mapping[str, Node]
    leads: Mapping[str, Node]
    only: Mapping[str, Node]
    ways: tuple[Picked, ...]

    @property
    def bodies(self) -> tuple[str, ...]:
        return tuple(self.leads)

    def settled_by(self, basis: Basis) -> Node:
        """Somebody leads, and this is what says so. A single competent body leads by statute."""
        parts = []
        for way in self.ways:
            if way.step is None:
                parts.append(way.lead if way.basis == basis else NEVER)
            elif basis == "statute":
                parts.append(both(way.lead, self.only[way.body]))
            elif way.basis == basis:
                parts.append(both(way.lead, negation(self.only[way.body])))
        return either(*parts)


def logic_of(competence: CompetenceMap, forum: str, *, as_of: date) -> Logic:
    """The formulas of a forum from the rules in force on a day."""
    found = competence.forums[forum]
    live = tuple(rule for rule in found.rules if competence.in_force(rule, as_of))
    deciding = tuple(rule for rule in live if rule.decides)
    competent = _competent(found, deciding)
    only = {body: _only(body, competent) for body in competent}
    named = _named(found, deciding, competent)
    ways = (*named, *_settled(competence, found, competent, named))
    return Logic(
        forum=found,
        deciding=deciding,
        shown=tuple(rule for rule in live if not rule.decides),
        competent=competent,
        named={b: either(*(w.lead for w in named if w.body == b)) for b in competent},
        leads={b: either(*(w.lead for w in ways if w.body == b)) for b in competent},
        only=only,
        ways=ways,
    )


def effective(rule: Rule, deciding: tuple[Rule, ...]) -> Node:
    """When a rule holds and none that it gives way to does."""
    stronger = [other.when for other in deciding if rule.id in other.over]
    return both(rule.when, negation(either(*stronger)))


def _competent(forum: Forum, deciding: tuple[Rule, ...]) -> dict[str, Node]:
    giving = [rule for rule in deciding if rule.force != "yields"]
    found: dict[str, Node] = {}
    for body in dict.fromkeys(rule.body for rule in giving):
        found[body] = either(*(effective(r, deciding) for r in giving if r.body == body))
    if forum.otherwise is not None:
        nobody_else = negation(either(*found.values()))
        found[forum.otherwise] = either(found.get(forum.otherwise, NEVER), nobody_else)
    return found


def _only(body: str, competent: Mapping[str, Node]) -> Node:
    return negation(either(*(node for other, node in competent.items() if other != body)))


def _named(
    forum: Forum, deciding: tuple[Rule, ...], competent: Mapping[str, Node]
) -> tuple[Picked, ...]:
    ways = [
        Picked(
            body=rule.body,
            lead=effective(rule, deciding),
            basis=rule.basis,
            provisions=rule.provisions,
            rule=rule,
        )
        for rule in deciding
        if rule.force == "sole"
    ]
    if forum.otherwise is not None:
        cited = tuple(dict.fromkeys(id_ for rule in deciding for id_ in rule.provisions))
        lead = _only(forum.otherwise, competent)
        ways.append(Picked(body=forum.otherwise, lead=lead, basis="statute", provisions=cited))
    return tuple(ways)


def _settled(
    competence: CompetenceMap,
    forum: Forum,
    competent: Mapping[str, Node],
    named: tuple[Picked, ...],
) -> list[Picked]:
    ways: list[Picked] = []
    left = negation(either(*(way.lead for way in named)))
    for step in forum.settle:
        picks = {
            body: both(_picks(competence, step, body), node) for body, node in competent.items()
        }
        ways += [
            Picked(
                body=body,
                lead=both(left, picked),
                basis=step.basis,
                provisions=step.provisions,
                step=step,
            )
            for body, picked in picks.items()
            if picked != NEVER
        ]
        left = both(left, negation(either(*picks.values())))
    return ways


def _picks(competence: CompetenceMap, step: Settlement, body: str) -> Node:
    if step.pick != "filed":
        return step.when if step.pick == body else NEVER
    if not competence.authorities[body].vocabulary:
        return NEVER
    return both(step.when, Is("matter.first_filed_with", frozenset({body})))


def contradicts(competence: CompetenceMap, facts: Mapping[str, Value]) -> bool:
    """True if the facts break one of the map's own axioms."""
    view = KnownFacts(facts)
    return any(
        axiom.when.value(view) is True and axiom.then.value(view) is False
        for axiom in competence.axioms
    )
