"""One use or event under one book as formulas of a solver: a truth is a pair, so and not so.

Three values need two bits: neither is set while a thing is unknown. What the solver has no theory
for (hours between instants, the lesser of two times) becomes a free pair: that can only add
models, so that what has none is proved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import z3

from habeas.law.book import Derivation, Instrument, LawBook
from habeas.law.expression import (
    AllOf,
    Amount,
    And,
    AnyOf,
    Applies,
    Compare,
    Constant,
    Count,
    Elapsed,
    Figure,
    Is,
    Literal,
    Node,
    Not,
    Or,
    Stated,
    Subset,
    Today,
    Within,
)
from habeas.law.provision import BREAKABLE, Provision, Rule
from habeas.law.schema import Fact, load_vocabulary
from habeas.law.values import SetValue, Value
from habeas.law.views import INFRINGING
from habeas.terms import Money

DAY = "matter.acted_on"
_YES, _NO = z3.BoolVal(True), z3.BoolVal(False)


@dataclass(frozen=True, slots=True)
class Pair:
    """A truth: `t` it is so, `f` it is not; neither: unknown."""

    t: Any
    f: Any


TRUE, FALSE, OPEN = Pair(_YES, _NO), Pair(_NO, _YES), Pair(_NO, _NO)


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
        known, day = self.number(DAY)
        self.rules += [known, day <= as_of.toordinal()]

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


class Formula:
    """What one book says of one use (or event) whose facts are the variables of a space.

    asks: for an issue, whether it is asked (a solver's term).
    """

    def __init__(self, book: LawBook, space: Space, *, level: str, asks: Any) -> None:
        self.book, self.space, self.level, self.asks = book, space, level, asks
        self.known: dict[str, Pair] = {}
        self.sets: dict[str, dict[str, Pair]] = {}
        self.truths: dict[str, Pair] = {}

    # ---- facts

    def fact(self, id_: str) -> Pair:
        if id_ not in self.known:
            stated = self.space.pair(id_)
            if id_ == INFRINGING and self.level == "event":
                stated = self._infringing(stated)
            derivations = self.book.derivations.get(id_, ())
            self.known[id_] = self._derived(stated, derivations) if derivations else stated
        return self.known[id_]

    def _infringing(self, stated: Pair) -> Pair:
        """An event sees whether its use is unlawful; what nobody answers stays as stated.

        A use that breaks nothing may be lawful or, where the coded law has no more to say, open:
        both are admitted.
        """
        use = Formula(self.book, self.space, level="use", asks=_asked_of_use)
        found = use.breaches()
        broken = z3.Or([breach.t for breach in found])
        answered = z3.Bool(f"answered {self.book.hash}")
        lawful = z3.And(answered, *(breach.f for breach in found))
        silent = z3.And(z3.Not(broken), z3.Not(lawful))
        return Pair(
            z3.Or(broken, z3.And(silent, stated.t)), z3.Or(lawful, z3.And(silent, stated.f))
        )

    def _sides(self, derivations: Iterable[Derivation]) -> tuple[Any, Any, Any]:
        """Worked out to be true; to be false; and not by presumption alone."""
        true, false, strong = [], [], []
        for d in derivations:
            if d.true_when is not None:
                true.append(self.of(d.true_when).t)
                strong.append(true[-1])
            if d.presumed_when is not None:
                true.append(self.of(d.presumed_when).t)
            if d.false_when is not None:
                false.append(self.of(d.false_when).t)
                strong.append(false[-1])
        return z3.Or(true), z3.Or(false), z3.Or(strong)

    def _derived(self, stated: Pair, derivations: tuple[Derivation, ...]) -> Pair:
        true, false, strong = self._sides(derivations)
        one = z3.Not(z3.And(true, false))
        silent = z3.Not(z3.Or(stated.t, stated.f))
        denied = z3.And(stated.f, z3.Or(z3.Not(true), z3.Not(strong)))
        return Pair(
            z3.And(one, z3.Or(z3.And(silent, true), z3.And(stated.t, z3.Not(false)))),
            z3.And(one, z3.Or(z3.And(silent, false), denied)),
        )

    def members(self, id_: str) -> dict[str, Pair]:
        if id_ not in self.sets:
            found = dict(self.space.set(id_))
            self.sets[id_] = found
            for member in {d.member for d in self.book.derivations.get(id_, ()) if d.member}:
                found[member] = self._closed(id_, member)
        return self.sets[id_]

    def _closed(self, id_: str, member: str) -> Pair:
        stated = self.space.set(id_)[member]
        silent = z3.Not(z3.Or(stated.t, stated.f))
        true, false = [], []
        for derivation in self.book.derivations[id_]:
            if derivation.member == member:
                yes, out, _ = self._sides((derivation,))
                true.append(z3.And(yes, z3.Not(out)))
                false.append(z3.And(out, z3.Not(yes)))
        found = z3.Or(stated.t, z3.And(silent, z3.Or(true)))
        denied = z3.Or(stated.f, z3.And(silent, z3.Or(false)))
        return Pair(found, z3.And(z3.Not(found), denied))

    # ---- expressions

    def of(self, node: Node) -> Pair:  # noqa: PLR0911 - one line a kind
        match node:
            case Constant():
                return TRUE if node.truth else FALSE
            case And():
                return all_of(map(self.of, node.parts))
            case Or():
                return any_of(map(self.of, node.parts))
            case Not():
                return no(self.of(node.part))
            case Applies():
                return self.provision(node.provision)
            case Compare():
                return self._compare(node)
            case Is():
                return self._is(node)
            case Stated():
                return self._stated(node.fact)
            case _:
                return self._set(node)

    def _is(self, node: Is) -> Pair:
        fact = self.space.facts[node.fact]
        if fact.type == "bool":
            return self.fact(node.fact) if True in node.wanted else no(self.fact(node.fact))
        known, place = self.space.number(node.fact)
        chosen = z3.Or([place == i for i, m in enumerate(fact.members) if m in node.wanted])
        return Pair(z3.And(known, chosen), z3.And(known, z3.Not(chosen)))

    def _stated(self, id_: str) -> Pair:
        fact = self.space.facts[id_]
        if fact.type == "bool":
            known = z3.Or(self.space.pair(id_).t, self.space.pair(id_).f)
        elif fact.type == "set":
            known = z3.Or([z3.Or(p.t, p.f) for p in self.space.set(id_).values()])
        else:
            known = self.space.number(id_)[0]
        return Pair(known, z3.Not(known))

    def _set(self, node: Node) -> Pair:
        match node:
            case AnyOf():
                return any_of(self.members(node.fact)[m] for m in sorted(node.members))
            case AllOf():
                return all_of(self.members(node.fact)[m] for m in sorted(node.members))
            case Within():
                return all_of(no(self.members(node.fact)[m]) for m in sorted(node.others))
            case Subset():
                left, right = self.members(node.left), self.members(node.right)
                return all_of(any_of((no(left[m]), right[m])) for m in sorted(node.domain))
        raise TypeError(type(node).__name__)

    # ---- amounts

    def _compare(self, node: Compare) -> Pair:
        left, right = self._span(node.left), self._span(node.right)
        if left is None or right is None:
            return self.space.atom(node)
        true, false = _compared(node.op, left, right)
        known = z3.And(left.known, right.known)
        return Pair(z3.And(known, true), z3.And(known, false))

    def _span(self, amount: Amount) -> Span | None:
        match amount:
            case Literal():
                return _point(_YES, _number(amount.number))
            case Today():
                return _point(_YES, z3.IntVal(self.space.as_of.toordinal()))
            case Figure() if self.space.facts[amount.fact].type != "instant":
                return _point(*self.space.number(amount.fact))
            case Count():
                pairs = list(self.members(amount.fact).values())
                out = z3.Sum([z3.If(p.f, 1, 0) for p in pairs])
                low = z3.Sum([z3.If(p.t, 1, 0) for p in pairs])
                return Span(_YES, low, amount.domain - out)
            case Elapsed(unit="days", start=Figure() as start, end=Figure() as end):
                (some, first), (other, last) = map(self.space.number, (start.fact, end.fact))
                return _point(z3.And(some, other), last - first)
            case _:
                return None

    # ---- provisions

    def in_force(self, provision: Provision) -> Any:
        _, day = self.space.number(DAY)
        begun = day >= provision.from_.toordinal()
        return begun if provision.to is None else z3.And(begun, day < provision.to.toordinal())

    def provision(self, id_: str) -> Pair:
        if id_ not in self.truths:
            provision = self.book.provisions[id_]
            said = self._parts_truth(provision, self._heard(provision), asked=False)
            found = said if provision.decides else OPEN
            force = self.in_force(provision)
            self.truths[id_] = Pair(z3.And(force, found.t), z3.Or(z3.Not(force), found.f))
        return self.truths[id_]

    def _heard(self, provision: Provision) -> tuple[Rule, ...]:
        level = self.level
        if level == "event" and level not in provision.rules:
            level = "use"
        return provision.parts(level)

    def _parts_truth(self, provision: Provision, parts: tuple[Rule, ...], *, asked: bool) -> Pair:
        raw = any_of(self._rule(rule, asked=asked) for rule in parts)
        if provision.kind not in BREAKABLE:
            return raw
        attackers = self.book.attackers.get(provision.id, ())
        return all_of((raw, no(any_of(self.provision(a) for a in attackers))))

    def _rule(self, rule: Rule, *, asked: bool) -> Pair:
        parts = [self.of(rule.when)]
        parts += [self.of(rule.addressed)] if rule.addressed is not None else []
        parts += [no(self.of(node)) for node in (rule.unless, rule.met) if node is not None]
        if asked:
            put = z3.Or([self.asks(issue) for issue in rule.issues])
            parts.append(Pair(put, z3.Not(put)))
        return all_of(parts)

    # ---- the whole

    def scope(self, instrument: Instrument) -> Pair:
        node = instrument.scope.get(self.level) or instrument.scope.get("use")
        return TRUE if node is None else self.of(node)

    def breaches(self) -> list[Pair]:
        """Each thing that may be broken: duties, prohibitions, and the want of a ground."""
        return [*self._of_provisions(), *self._of_grounds()]

    def _of_provisions(self) -> list[Pair]:
        found = []
        for provision in self.book.provisions.values():
            parts = provision.parts(self.level)
            if provision.kind in BREAKABLE and provision.decides and parts:
                said = self._parts_truth(provision, parts, asked=True)
                withins = [self.of(r.within) for r in parts if r.within is not None]
                scope = self.scope(self.book.instruments[provision.instrument])
                force = self.in_force(provision)
                found.append(all_of((Pair(force, z3.Not(force)), scope, said, *withins)))
        return found

    def _of_grounds(self) -> list[Pair]:
        if self.level != "use":
            return []
        return [self._ground(i) for i in self.book.instruments.values() if i.grounds]

    def _ground(self, instrument: Instrument) -> Pair:
        force = z3.Or([self.in_force(self.book.provisions[g]) for g in instrument.grounds])
        put = z3.And(force, z3.Or([self.asks(issue) for issue in instrument.grounds_issues]))
        when = instrument.grounds_when
        parts = [Pair(put, z3.Not(put)), self.scope(instrument)]
        parts += [self.of(when)] if when is not None else []
        return all_of((*parts, no(any_of(self.provision(g) for g in instrument.grounds))))

    def limited(self) -> Any:
        """Where the coded rules are only a part of the law."""
        limits = self.book.limits
        return z3.Or([z3.And(self.asks(li.issue), self.of(li.when).t) for li in limits])


def _asked_of_use(issue: str) -> Any:
    return z3.Bool(f"asks of the use {issue}")


def _point(known: Any, value: Any) -> Span:
    return Span(known, value, value)


def _number(number: object) -> Any:
    if isinstance(number, Money):
        return z3.IntVal(number.minor)
    return z3.IntVal(number.toordinal() if isinstance(number, date) else int(str(number)))


def _compared(op: str, a: Span, b: Span) -> tuple[Any, Any]:
    less = (a.high < b.low, z3.Not(a.low < b.high))
    more = (b.high < a.low, z3.Not(b.low < a.high))
    same = (
        z3.And(a.low == a.high, b.low == b.high, a.low == b.low),
        z3.Or(a.high < b.low, b.high < a.low),
    )
    chosen = {"<": less, ">": more, "==": same, "<=": more, ">=": less, "!=": same}[op]
    return chosen if op in ("<", ">", "==") else (chosen[1], chosen[0])
