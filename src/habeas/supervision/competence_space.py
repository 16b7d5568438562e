"""The space of deciding facts: its variables, how large it is, and one matter out of it.

A variable is a yes/no fact, an enum fact, or one member of a set fact. Values that no formula
tells apart form one class and are counted together, so the count is exact over every single
combination of values and still small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from habeas.law.expression import AllOf, And, AnyOf, Constant, Is, Node, Not, Or, facts_in, leaves
from habeas.law.language import parse
from habeas.law.schema import Vocabulary, load_vocabulary
from habeas.law.values import SetValue, Value
from habeas.supervision.competence_formula import KnownFacts, both, either, negation, with_member
from habeas.supervision.competence_map import CompetenceMap
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


class Space:
    """Every combination of the deciding facts that the axioms admit, as one decision diagram.

    A diagram node is (variable, one branch for each class of values); equal nodes are one node,
    so a formula over 10^11 combinations takes a few thousand. Diagrams 0 and 1 are false, true.
    """

    def __init__(self, axioms: Sequence[Node], nodes: Sequence[Node]) -> None:
        everything = (*axioms, *nodes)
        self.variables = variables_of(*everything)
        self.classes = {v: classes_of(v, everything) for v in self.variables}
        self._order = {v: number for number, v in enumerate(self.variables)}
        self._rows: list[tuple[int, tuple[int, ...]]] = [(len(self.variables), ())] * 2
        self._known: dict[tuple[int, tuple[int, ...]], int] = {}
        self._joined: dict[tuple[bool, int, int], int] = {}
        self._drawn: dict[int, tuple[Node, int]] = {}
        self._counted: dict[int, int] = {0: 0, 1: 1}
        self._sizes = [sum(c.size for c in self.classes[v]) for v in self.variables]
        self._admissible = self._draw(both(*axioms))

    def count(self, node: Node) -> int:
        """How many admissible combinations satisfy a formula."""
        at = self._admitted(node)
        return self._count(at) * prod(self._sizes[: self._rows[at][0]])

    def find(self, node: Node) -> Assignment | None:
        """One admissible combination that satisfies a formula, if there is one."""
        at = self._admitted(node)
        if at == 0:
            return None
        found = {v: self.classes[v][0].example for v in self.variables}
        while at > 1:
            number, branches = self._rows[at]
            variable = self.variables[number]
            pick = next(n for n, branch in enumerate(branches) if branch)
            found[variable], at = self.classes[variable][pick].example, branches[pick]
        return found

    def _admitted(self, node: Node) -> int:
        return self._join(self._admissible, self._draw(node), conjunction=True)

    def _count(self, at: int) -> int:
        if at not in self._counted:
            number, branches = self._rows[at]
            self._counted[at] = sum(
                group.size
                * self._count(branch)
                * prod(self._sizes[number + 1 : self._rows[branch][0]])
                for group, branch in zip(
                    self.classes[self.variables[number]], branches, strict=True
                )
                if branch
            )
        return self._counted[at]

    def _draw(self, node: Node) -> int:
        if id(node) not in self._drawn:
            self._drawn[id(node)] = (node, self._diagram(node))
        return self._drawn[id(node)][1]

    def _diagram(self, node: Node) -> int:
        match node:
            case Constant():
                return int(node.truth)
            case And() | Or():
                conjunction = isinstance(node, And)
                whole = int(conjunction)
                for part in node.parts:
                    whole = self._join(whole, self._draw(part), conjunction=conjunction)
                return whole
            case Not():
                return self._opposite(self._draw(node.part), {0: 1, 1: 0})
            case Is():
                return self._leaf(Variable(node.fact), node.wanted)
            case AnyOf() | AllOf():
                conjunction = isinstance(node, AllOf)
                whole = int(conjunction)
                for member in sorted(node.members):
                    leaf = self._leaf(Variable(node.fact, member), frozenset({True}))
                    whole = self._join(whole, leaf, conjunction=conjunction)
                return whole
            case _:
                raise TypeError("a competence formula has only finite parts")

    def _leaf(self, variable: Variable, wanted: frozenset[str | bool]) -> int:
        branches = tuple(int(c.example in wanted) for c in self.classes[variable])
        return self._row(self._order[variable], branches)

    def _row(self, number: int, branches: tuple[int, ...]) -> int:
        if len(set(branches)) == 1:
            return branches[0]
        key = (number, branches)
        if key not in self._known:
            self._known[key] = len(self._rows)
            self._rows.append(key)
        return self._known[key]

    def _join(self, one: int, other: int, *, conjunction: bool) -> int:
        if one == other:
            return one
        if one > other:
            one, other = other, one
        if one < 2:
            return (other if one else 0) if conjunction else (1 if one else other)
        key = (conjunction, one, other)
        if key not in self._joined:
            number = min(self._rows[one][0], self._rows[other][0])
            pairs = zip(self._branches(one, number), self._branches(other, number), strict=True)
            joined = tuple(self._join(a, b, conjunction=conjunction) for a, b in pairs)
            self._joined[key] = self._row(number, joined)
        return self._joined[key]

    def _branches(self, at: int, number: int) -> tuple[int, ...]:
        own, branches = self._rows[at]
        return branches if own == number else (at,) * len(self.classes[self.variables[number]])

    def _opposite(self, at: int, done: dict[int, int]) -> int:
        if at not in done:
            number, branches = self._rows[at]
            done[at] = self._row(number, tuple(self._opposite(b, done) for b in branches))
        return done[at]


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
