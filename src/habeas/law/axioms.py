"""What holds in every matter: whoever states otherwise contradicts themselves.

The axioms are the vocabulary's own. They are asked of every matter that is read and of every
value that is tried, so they are compiled once; `broken_by_parts` is the same, part by part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from habeas.law.expression import Node, Truth, facts_in
from habeas.law.language import parse
from habeas.law.rails import Function, StatedRails, function
from habeas.law.schema import Axiom, load_vocabulary
from habeas.law.values import Value


class StatedView:
    """Facts as stated, nothing derived: what axioms are checked against."""

    __slots__ = ("_facts",)

    def __init__(self, facts: Mapping[str, Value]) -> None:
        self._facts = facts

    def fact(self, id_: str) -> Value | None:
        return self._facts.get(id_)

    def provision(self, id_: str) -> Truth:  # noqa: ARG002
        return None

    def as_of(self) -> date | None:
        return None


@dataclass(frozen=True, slots=True)
class Parsed:
    """An axiom as expressions: where `when` is true, `then` may not be false."""

    id: str
    when: Node
    then: Node
    reads: frozenset[str]


@cache
def axioms_of() -> tuple[Parsed, ...]:
    """Every axiom of the vocabulary, in order."""
    return tuple(Parsed(axiom.id, when, then, reads) for axiom, when, then, reads in _axioms())


@cache
def _axioms() -> tuple[tuple[Axiom, Node, Node, frozenset[str]], ...]:
    vocabulary = load_vocabulary()
    found = []
    for axiom in vocabulary.axioms:
        when = parse(axiom.when, vocabulary, file="facts.yaml", place=axiom.id, axiom=True)
        then = parse(axiom.then, vocabulary, file="facts.yaml", place=axiom.id, axiom=True)
        found.append((axiom, when, then, facts_in(when) | facts_in(then)))
    return tuple(found)


def broken_axiom(facts: Mapping[str, Value]) -> Axiom | None:
    """The first axiom these facts break, if any; one with an unknown fact says nothing."""
    number = _first_broken()(facts.get, StatedView(facts))
    return None if number is None else _axioms()[number][0]


def broken_by_parts(facts: Mapping[str, Value]) -> Axiom | None:
    """The same as `broken_axiom`, worked out part by part."""
    view = StatedView(facts)
    for axiom, when, then, reads in _axioms():
        if reads.isdisjoint(facts):
            continue
        if when.value(view) is True and then.value(view) is False:
            return axiom
    return None


def breaks(number: int, facts: Mapping[str, Value]) -> bool:
    """Whether facts break one axiom, by its number."""
    return _one_broken()[number](facts.get, StatedView(facts)) is not None


@cache
def numbers_reading(fact: str) -> tuple[int, ...]:
    """The axioms that read a fact."""
    return tuple(n for n, (_, _, _, reads) in enumerate(_axioms()) if fact in reads)


@cache
def facts_beside(fact: str) -> frozenset[str]:
    """The facts that stand with one in some axiom."""
    return frozenset().union(*(_axioms()[number][3] for number in numbers_reading(fact)))


def all_broken(facts: Mapping[str, Value]) -> frozenset[int]:
    """Every axiom these facts break."""
    if broken_axiom(facts) is None:
        return frozenset()
    return frozenset(n for n in range(len(_axioms())) if breaks(n, facts))


@cache
def _first_broken() -> Function:
    rails = StatedRails()
    lines = [line for number in range(len(_axioms())) for line in _lines(number, rails)]
    return function("axioms", "g, v", [*lines, "return None"], rails.constants)


@cache
def _one_broken() -> tuple[Function, ...]:
    return tuple(_alone(number) for number in range(len(_axioms())))


def _alone(number: int) -> Function:
    rails = StatedRails()
    lines = _lines(number, rails)
    return function("axiom", "g, v", [*lines, "return None"], rails.constants)


def _lines(number: int, rails: StatedRails) -> list[str]:
    _, when, then, reads = _axioms()[number]
    on_nothing = when.value(StatedView({})) is True and then.value(StatedView({})) is False
    some = " or ".join(f"{rails.value(fact)} is not None" for fact in sorted(reads))
    known = f"({some or 'False'}) and " if on_nothing else ""
    return [f"if {known}{rails.true(when)} and {rails.false(then)}: return {number}"]
