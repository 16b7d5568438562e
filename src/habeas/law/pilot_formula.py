"""What one book says of one use or event, as formulas over a space of facts (`pilot_space`).

The same reading of the law as `decide`, part by part; a test compares them.
"""

from __future__ import annotations

from collections.abc import Iterable
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
from habeas.law.pilot_space import (
    DAY,
    FALSE,
    NO,
    OPEN,
    TRUE,
    YES,
    Pair,
    Questions,
    Space,
    Span,
    all_of,
    any_of,
    compared,
    no,
    number_of,
    point,
)
from habeas.law.provision import BREAKABLE, Provision, Rule
from habeas.law.schema import load_vocabulary
from habeas.law.views import INFRINGING


class Formula:
    """What one book says of one use (or event) whose facts are the variables of a space.

    asks: which issues are put.
    """

    def __init__(self, book: LawBook, space: Space, *, level: str, asks: Questions) -> None:
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
        """An event sees whether its use is unlawful; what nobody answers stays as stated."""
        asks = Questions("of the use ")
        use = Formula(self.book, self.space, level="use", asks=asks)
        broken, lawful = use.unlawful(), use.lawful()
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
            derived = {d.member for d in self.book.derivations.get(id_, ()) if d.member}
            for member in sorted(derived):
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
        true, false = compared(node.op, left, right)
        known = z3.And(left.known, right.known)
        return Pair(z3.And(known, true), z3.And(known, false))

    def _span(self, amount: Amount) -> Span | None:
        match amount:
            case Literal():
                return point(YES, number_of(amount.number))
            case Today():
                return point(YES, z3.IntVal(self.space.as_of.toordinal()))
            case Figure() if self.space.facts[amount.fact].type != "instant":
                return point(*self.space.number(amount.fact))
            case Count():
                pairs = list(self.members(amount.fact).values())
                out = z3.Sum([z3.If(p.f, 1, 0) for p in pairs])
                low = z3.Sum([z3.If(p.t, 1, 0) for p in pairs])
                return Span(YES, low, amount.domain - out)
            case Elapsed(unit="days", start=Figure() as start, end=Figure() as end):
                (some, first), (other, last) = map(self.space.number, (start.fact, end.fact))
                return point(z3.And(some, other), last - first)
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
        return [self._ground(instrument) for instrument in self._instruments()]

    def _ground(self, instrument: Instrument) -> Pair:
        force = z3.Or([self.in_force(self.book.provisions[g]) for g in instrument.grounds])
        put = z3.And(force, z3.Or([self.asks(issue) for issue in instrument.grounds_issues]))
        when = instrument.grounds_when
        parts = [Pair(put, z3.Not(put)), self.scope(instrument)]
        parts += [self.of(when)] if when is not None else []
        return all_of((*parts, no(any_of(self.provision(g) for g in instrument.grounds))))

    def unlawful(self) -> Any:
        return z3.Or([breach.t for breach in self.breaches()])

    def lawful(self) -> Any:
        """Something was asked, nothing is broken, and the coded law answers all that was put."""
        limited = [z3.And(self.asks(li.issue), self.of(li.when).t) for li in self.book.limits]
        heard = [self._heard_on(p) for p in self.book.provisions.values() if p.kind in BREAKABLE]
        asked = z3.Or([*heard, *(self._grounded(i) for i in self._instruments())])
        unbroken = z3.And([breach.f for breach in self.breaches()])
        return z3.And(asked, unbroken, z3.Not(z3.Or(limited)), z3.Not(self._uncovered()))

    def _instruments(self) -> list[Instrument]:
        return [i for i in self.book.instruments.values() if i.grounds and self.level == "use"]

    def _heard_on(self, provision: Provision, issue: str | None = None) -> Any:
        """Whether a provision may speak here, on one issue or on any that is asked."""
        if not provision.decides:
            return NO
        speaks = [
            z3.And(
                YES if rule.addressed is None else z3.Not(self.of(rule.addressed).f),
                YES if issue else z3.Or([self.asks(one) for one in rule.issues]),
            )
            for rule in provision.parts(self.level)
            if issue is None or issue in rule.issues
        ]
        return z3.And(self.in_force(provision), z3.Or(speaks))

    def _grounded(self, instrument: Instrument, issue: str | None = None) -> Any:
        if issue is not None and issue not in instrument.grounds_issues:
            return NO
        put = YES if issue else z3.Or([self.asks(one) for one in instrument.grounds_issues])
        when = instrument.grounds_when
        force = z3.Or([self.in_force(self.book.provisions[g]) for g in instrument.grounds])
        return z3.And(force, put, YES if when is None else z3.Not(self.of(when).f))

    def _uncovered(self) -> Any:
        """Some question put has no rule that speaks of it; who asks all puts none by name."""
        named = [
            z3.And(self.asks.by_name(issue), z3.Not(self._covered(issue)))
            for issue in load_vocabulary().domains["issue"]
        ]
        kinds = self.book.kinds_of_event if self.level == "event" else {}
        by_kind = [
            z3.And(
                self.asks.everything,
                self.of(Is("event.kind", frozenset({kind}))).t,
                z3.Not(self._covered(issue)),
            )
            for kind, issue in kinds.items()
        ]
        return z3.Or([*named, *by_kind])

    def _covered(self, issue: str) -> Any:
        covers = [c for c in self.book.covers if (c.level, c.issue) == (self.level, issue)]
        if covers:
            found = [
                z3.And(self.in_force(self.book.provisions[c.by]), z3.Not(self.of(c.when).f))
                for c in covers
            ]
        else:
            found = [self._grounded(i, issue) for i in self._instruments()]
            found += [self._heard_on(p, issue) for p in self.book.provisions.values()]
        return z3.Or(found)
