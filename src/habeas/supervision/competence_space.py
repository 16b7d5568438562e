"""The space of deciding facts: its variables, how large it is, and one matter out of it.

A variable is a yes/no fact, an enum fact, or one member of a set fact. Values that no formula
tells apart form one class and are counted together, so the count is exact over every single
combination of values and still small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from habeas.law.expression import AllOf, And, AnyOf, Constant, Is, Node, Not, Or, facts_in, leaves
from habeas.law.language import parse
from habeas.law.schema import Vocabulary, load_vocabulary
from habeas.law.values import SetValue, Value
from habeas.supervision.competence_logic import KnownFacts, with_member
from habeas.supervision.competence_map import CompetenceMap, both, either, negation
from habeas.terms import Text

_FINITE = (Is, AnyOf, AllOf, Constant)


@dataclass(frozen=True, slots=True, order=True)
class Variable:
    """One deciding fact, or one member of one."""

    fact: str
    member: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Axiom:
    """An axiom as a formula: what every admissible matter satisfies."""

    id: str
    holds: Node
    meaning: Text


@dataclass(frozen=True, slots=True)
class ValueClass:
    """Values no formula tells apart: one of them, and how many there are."""

    example: str | bool
    size: int


Assignment = dict[Variable, str | bool]


def variables_of(*nodes: Node) -> tuple[Variable, ...]:
    """The variables some formulas read."""
    found: set[Variable] = set()
    for node in nodes:
        for leaf in leaves(node):
            if isinstance(leaf, Is):
                found.add(Variable(leaf.fact))
            elif isinstance(leaf, (AnyOf, AllOf)):
                found |= {Variable(leaf.fact, member) for member in leaf.members}
    return tuple(sorted(found, key=lambda v: (v.fact, v.member or "")))


def classes_of(variable: Variable, nodes: Sequence[Node]) -> tuple[ValueClass, ...]:
    """The values of a variable, those together that no formula tells apart."""
    fact = load_vocabulary().facts[variable.fact]
    if variable.member is not None or fact.type == "bool":
        return (ValueClass(example=False, size=1), ValueClass(example=True, size=1))
    wanted = {
        leaf.wanted
        for node in nodes
        for leaf in leaves(node)
        if isinstance(leaf, Is) and leaf.fact == variable.fact
    }
    groups: dict[tuple[bool, ...], list[str]] = {}
    for value in fact.members:
        groups.setdefault(tuple(value in w for w in sorted(wanted, key=sorted)), []).append(value)
    return tuple(ValueClass(example=group[0], size=len(group)) for group in groups.values())


def axioms_over(competence: CompetenceMap, facts: frozenset[str]) -> tuple[Axiom, ...]:
    """The map's own axioms, and those of the vocabulary that speak of these facts alone."""
    vocabulary = load_vocabulary()
    own = [
        Axiom(id=a.id, holds=either(negation(a.when), a.then), meaning=a.meaning)
        for a in competence.axioms
        if facts_in(a.when) | facts_in(a.then) <= facts
    ]
    shared = [a for a in _shared(vocabulary) if facts_in(a.holds) <= facts]
    return (*own, *shared)


def _shared(vocabulary: Vocabulary) -> Iterator[Axiom]:
    for axiom in vocabulary.axioms:
        when = parse(axiom.when, vocabulary, axiom=True)
        then = parse(axiom.then, vocabulary, axiom=True)
        if all(isinstance(leaf, _FINITE) for leaf in (*leaves(when), *leaves(then))):
            yield Axiom(id=axiom.id, holds=either(negation(when), then), meaning=axiom.meaning)


def restrict(node: Node, variable: Variable, value: str | bool) -> Node:  # noqa: PLR0911
    """A formula when one variable has a value."""
    match node:
        case Constant():
            return node
        case And():
            return both(*(restrict(part, variable, value) for part in node.parts))
        case Or():
            return either(*(restrict(part, variable, value) for part in node.parts))
        case Not():
            return negation(restrict(node.part, variable, value))
        case Is() if node.fact == variable.fact:
            return Constant(truth=value in node.wanted)
        case AnyOf() if node.fact == variable.fact and variable.member in node.members:
            left = node.members - {variable.member}
            if value:
                return Constant(truth=True)
            return AnyOf(node.fact, left) if left else Constant(truth=False)
        case AllOf() if node.fact == variable.fact and variable.member in node.members:
            left = node.members - {variable.member}
            if not value:
                return Constant(truth=False)
            return AllOf(node.fact, left) if left else Constant(truth=True)
        case _:
            return node


class Space:
    """Counts over every combination of the deciding facts that the axioms admit."""

    def __init__(self, axioms: Sequence[Node], nodes: Sequence[Node]) -> None:
        self.admissible = both(*axioms)
        self.nodes = (self.admissible, *nodes)
        self.variables = variables_of(*self.nodes)
        self.classes = {v: classes_of(v, self.nodes) for v in self.variables}
        self._rest = self._sizes()
        self._counted: dict[tuple[int, Node], int] = {}

    def _sizes(self) -> list[int]:
        sizes = [1]
        for variable in reversed(self.variables):
            sizes.append(sizes[-1] * sum(c.size for c in self.classes[variable]))
        return sizes[::-1]

    def count(self, node: Node) -> int:
        """How many admissible combinations satisfy a formula."""
        return self._count(0, both(self.admissible, node))

    def _count(self, at: int, node: Node) -> int:
        if isinstance(node, Constant):
            return self._rest[at] if node.truth else 0
        key = (at, node)
        if key not in self._counted:
            variable = self.variables[at]
            self._counted[key] = sum(
                group.size * self._count(at + 1, restrict(node, variable, group.example))
                for group in self.classes[variable]
            )
        return self._counted[key]

    def find(self, node: Node) -> Assignment | None:
        """One admissible combination that satisfies a formula, if there is one."""
        left, found = both(self.admissible, node), Assignment()
        if not self._count(0, left):
            return None
        for at, variable in enumerate(self.variables):
            for group in self.classes[variable]:
                rest = restrict(left, variable, group.example)
                if self._count(at + 1, rest):
                    left, found[variable] = rest, group.example
                    break
        return found


def facts_of(assignment: Mapping[Variable, str | bool]) -> dict[str, Value]:
    """An assignment as facts."""
    facts: dict[str, Value] = {}
    for variable, value in assignment.items():
        if variable.member is None:
            facts[variable.fact] = value
        else:
            held = facts.get(variable.fact)
            facts[variable.fact] = with_member(held, variable.member, has=value is True)
    return facts


def smallest(assignment: Assignment, node: Node) -> Assignment:
    """What is left when every fact the formula does not need has been taken out.

    Judgements are taken out first: a witness should rest on what can be observed.
    """
    kept = dict(assignment)
    nature = {v: load_vocabulary().facts[v.fact].nature for v in assignment}
    for variable in sorted(assignment, key=lambda v: (nature[v] == "brute", v.fact)):
        trial = {v: value for v, value in kept.items() if v != variable}
        if node.value(KnownFacts(facts_of(trial))) is True:
            kept = trial
    return kept


def as_matter(
    assignment: Mapping[Variable, str | bool], *, name: str, forum: str
) -> dict[str, Any]:
    """An assignment as a matter/v1 document that can be run as it stands."""
    vocabulary = load_vocabulary()
    levels: dict[str, dict[str, Any]] = {level: {} for level in ("matter", "party", "use", "event")}
    levels["claim"] = {}
    for id_, value in facts_of(assignment).items():
        fact = vocabulary.facts[id_]
        raw = _raw(value)
        if fact.nature == "evaluative":
            raw = {"value": raw, "by": "witness", "grounds": "assumed for this witness"}
        levels[fact.level][fact.name] = raw
    found: dict[str, Any] = {"format": "matter/v1", "id": name, "law": ["cn"]}
    if levels["matter"]:
        found["matter"] = levels["matter"]
    found["parties"] = {"p1": levels["party"]}
    found["uses"] = {"u1": {"party": "p1", **levels["use"]}}
    if levels["event"]:
        found["events"] = {"e1": {"party": "p1", "uses": ["u1"], **levels["event"]}}
    claim = {"against": ["p1"], "rests_on": ["u1"], "forum": forum, **levels["claim"]}
    if levels["event"]:
        claim["rests_on"] = ["u1", "e1"]
    found["claims"] = {"c1": claim}
    return found


def _raw(value: Value) -> Any:
    if isinstance(value, SetValue):
        return {m: m in value.yes for m in sorted(value.yes | value.no)}
    return value
