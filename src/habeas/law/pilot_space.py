"""The facts of one matter as variables of a solver, shared by all books that are compared.

Three values need two bits: a truth is a pair, so and not so, and neither is set while the thing is
unknown. What the solver has no theory for (hours between instants, the lesser of two times) becomes
a free pair: that can only add models, so that what has none is proved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import z3

from habeas.law.expression import Node
from habeas.law.schema import Fact, load_vocabulary
from habeas.law.values import SetValue, Value
from habeas.terms import Money

DAY = "matter.acted_on"
YES, NO = z3.BoolVal(True), z3.BoolVal(False)


@dataclass(frozen=True, slots=True)
class Pair:
    """A truth: `t` it is so, `f` it is not; neither: unknown."""

    t: Any
    f: Any


TRUE, FALSE, OPEN = Pair(YES, NO), Pair(NO, YES), Pair(NO, NO)


def all_of(parts: Iterable[Pair]) -> Pair:
    found = list(parts)
    return Pair(z3.And([p.t for p in found]), z3.Or([p.f for p in found]))


def any_of(parts: Iterable[Pair]) -> Pair:
    found = list(parts)
    return Pair(z3.Or([p.t for p in found]), z3.And([p.f for p in found]))


def no(part: Pair) -> Pair:
    return Pair(part.f, part.t)


@dataclass(frozen=True, slots=True)
class Span:
    """A number between two bounds, if it is known at all."""

    known: Any
    low: Any
    high: Any


class Space:
    """The facts as variables, shared by both books; made when first asked for."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.facts = load_vocabulary().facts
        self.pairs: dict[str, Pair] = {}
        self.members: dict[str, dict[str, Pair]] = {}
        self.numbers: dict[str, tuple[Any, Any]] = {}
        self.atoms: dict[Node, Pair] = {}
        self.rules: list[Any] = []
        known, _ = self.number(DAY)
        self.rules.append(known)

    def pair(self, name: str) -> Pair:
        if name not in self.pairs:
            found = Pair(z3.Bool(f"{name}+"), z3.Bool(f"{name}-"))
            self.rules.append(z3.Not(z3.And(found.t, found.f)))
            self.pairs[name] = found
        return self.pairs[name]

    def set(self, id_: str) -> dict[str, Pair]:
        if id_ not in self.members:
            members = self.facts[id_].members
            self.members[id_] = {member: self.pair(f"{id_}:{member}") for member in members}
        return self.members[id_]

    def number(self, id_: str) -> tuple[Any, Any]:
        """Whether it is known, and its value: a number, a day, minor units, a member's place."""
        if id_ not in self.numbers:
            known, value = z3.Bool(f"{id_}?"), z3.Int(id_)
            low, high = _domain(self.facts[id_])
            self.rules += [value >= low, value <= high]
            self.numbers[id_] = (known, value)
        return self.numbers[id_]

    def atom(self, node: Node) -> Pair:
        if node not in self.atoms:
            self.atoms[node] = self.pair(f"atom {len(self.atoms)}")
        return self.atoms[node]

    def value(self, id_: str, model: Any) -> Value | None:
        """What a model says of a fact; None: nothing."""
        fact = self.facts[id_]

        def holds(term: Any) -> bool:
            return bool(z3.is_true(model.eval(term, model_completion=True)))

        if fact.type == "bool":
            pair = self.pairs[id_]
            return True if holds(pair.t) else (False if holds(pair.f) else None)
        if fact.type == "set":
            sides = self.members[id_]
            yes = frozenset(m for m, pair in sides.items() if holds(pair.t))
            out = frozenset(m for m, pair in sides.items() if holds(pair.f))
            return SetValue(yes=yes, no=out) if yes or out else None
        known, number = self.numbers[id_]
        if not holds(known):
            return None
        return _as_value(fact, model.eval(number, model_completion=True).as_long())

    def used(self) -> list[str]:
        """The facts that some formula reads."""
        bools = [name for name in self.pairs if name in self.facts]
        return sorted({*bools, *self.members, *self.numbers})


def _domain(fact: Fact) -> tuple[int, int]:
    if fact.type == "enum":
        return 0, len(fact.members) - 1
    if fact.type in ("date", "instant"):
        return date(1990, 1, 1).toordinal(), date(2100, 1, 1).toordinal()
    return 0, 10**15


def _as_value(fact: Fact, number: int) -> Value:
    if fact.type == "enum":
        return list(fact.members)[number]
    if fact.type in ("date", "instant"):
        return date.fromordinal(number)
    return Money(minor=number, currency="CNY") if fact.type == "money" else number


class Questions:
    """Which issues are put: everything, or those named."""

    def __init__(self, about: str = "") -> None:
        self.about = about
        self.everything = z3.Bool(f"asks everything {about}")

    def named(self, issue: str) -> Any:
        return z3.Bool(f"asks {self.about}{issue}")

    def by_name(self, issue: str) -> Any:
        return z3.And(z3.Not(self.everything), self.named(issue))

    def __call__(self, issue: str) -> Any:
        return z3.Or(self.everything, self.named(issue))


def point(known: Any, value: Any) -> Span:
    return Span(known, value, value)


def number_of(number: object) -> Any:
    if isinstance(number, Money):
        return z3.IntVal(number.minor)
    return z3.IntVal(number.toordinal() if isinstance(number, date) else int(str(number)))


def compared(op: str, a: Span, b: Span) -> tuple[Any, Any]:
    less = (a.high < b.low, z3.Not(a.low < b.high))
    more = (b.high < a.low, z3.Not(b.low < a.high))
    same = (
        z3.And(a.low == a.high, b.low == b.high, a.low == b.low),
        z3.Or(a.high < b.low, b.high < a.low),
    )
    chosen = {"<": less, ">": more, "==": same, "<=": more, ">=": less, "!=": same}[op]
    return chosen if op in ("<", ">", "==") else (chosen[1], chosen[0])
