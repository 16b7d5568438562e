"""How one element is seen under one book: stated facts, derived facts, other provisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from habeas.law.book import Derivation, Instrument, LawBook
from habeas.law.expression import Node, Truth, k_and, k_not, k_or
from habeas.law.provision import BREAKABLE, Provision, Rule
from habeas.law.values import SetValue, Value

INFRINGING = "use.infringing"


class ElementView:
    """What both ways of looking share: a provision's parts, its scope, what is tried and why.

    trials and steps are kept by `missing` and `explain`, so that nothing is worked out twice.
    """

    __slots__ = ()
    known: Mapping[str, Value]
    book: LawBook
    level: str
    day: date
    today: date
    contradicted: set[str]
    trials: dict[str, list[ElementView]]
    steps: dict[object, Any]

    def as_of(self) -> date:
        return self.today

    def fact(self, id_: str) -> Value | None:
        raise TypeError(f"{type(self).__name__} does not say what {id_} is")

    def provision(self, id_: str) -> Truth:
        raise TypeError(f"{type(self).__name__} does not say whether {id_} holds")

    def truth(self, node: Node) -> Truth:
        """An expression's value."""
        return node.value(self)

    def rule(self, rule: Rule) -> Truth:
        """A rule by itself: it holds, or it is broken, before anything defeats it."""
        return rule_truth(rule, self)

    def contradictions(self) -> set[str]:
        """The derived facts that were found to contradict what is stated."""
        return self.contradicted

    def tried(self, id_: str, value: Value) -> ElementView:
        """The same with one fact known, or known otherwise."""
        raise TypeError(f"{type(self).__name__} tries nothing for {id_}, such as {value}")

    def parts(
        self, provision: Provision, issues: tuple[str, ...] | None = None
    ) -> tuple[Rule, ...]:
        """Its rules at this level; about an event a provision may speak through its use."""
        level = self.level
        if level == "event" and level not in provision.rules:
            level = "use"
        return provision.parts(level, issues)

    def parts_truth(self, provision: Provision, parts: tuple[Rule, ...]) -> Truth:
        """Some of its parts taken together: one that is broken breaks it, unless defeated."""
        raw = k_or(*[self.rule(rule) for rule in parts])
        if raw is False or provision.kind not in BREAKABLE:
            return raw
        attackers = self.book.attackers.get(provision.id, ())
        return k_and(raw, k_not(k_or(*[self.provision(a) for a in attackers])))

    def asked_truth(self, provision: Provision, issues: tuple[str, ...] | None) -> Truth:
        """Whether a provision that is asked is broken here, on what is asked of it."""
        parts = provision.parts(self.level, issues)
        return k_and(self.scope(provision), self.parts_truth(provision, parts))

    def scope(self, provision: Provision) -> Truth:
        """Whether its instrument governs this, and what else its rules ask for that."""
        scope = self.instrument_scope(self.book.instruments[provision.instrument])
        within = [rule.within for rule in self.parts(provision) if rule.within is not None]
        return k_and(scope, *(self.truth(node) for node in within))

    def instrument_scope(self, instrument: Instrument) -> Truth:
        node = instrument.scope.get(self.level) or instrument.scope.get("use")
        return True if node is None else self.truth(node)

    def ground_scope(self, instrument: Instrument) -> Truth:
        """Whether the instrument governs this use and asks it for a ground."""
        asks = instrument.grounds_when
        asked = True if asks is None else self.truth(asks)
        return k_and(self.instrument_scope(instrument), asked)

    def owed(self, provision: Provision, issues: tuple[str, ...] | None) -> Truth:
        """Whether a duty is owed here at all, exceptions and what defeats it counted."""
        owed = k_or(
            *[
                k_and(
                    True if rule.addressed is None else self.truth(rule.addressed),
                    self.truth(rule.when),
                    True if rule.unless is None else k_not(self.truth(rule.unless)),
                )
                for rule in provision.parts(self.level, issues)
            ]
        )
        attackers = self.book.attackers.get(provision.id, ())
        return k_and(owed, k_not(k_or(*[self.provision(a) for a in attackers])))

    def no_ground(self, instrument: Instrument) -> Truth:
        """Whether the instrument asks for a ground and none holds."""
        ground = k_or(*[self.provision(g) for g in instrument.grounds])
        return k_and(self.ground_scope(instrument), k_not(ground))


class FactsView(ElementView):
    """Facts by id and provisions by id, worked out once each. One view, one version of facts."""

    __slots__ = (
        "_facts",
        "_provisions",
        "_truths",
        "book",
        "contradicted",
        "day",
        "known",
        "level",
        "steps",
        "today",
        "trials",
    )

    def __init__(
        self, known: Mapping[str, Value], *, book: LawBook, level: str, day: date, today: date
    ) -> None:
        self.known = known
        self.book = book
        self.level = level
        self.day = day
        self.today = today
        self._facts: dict[str, Value | None] = {}
        self._truths: dict[int, Truth] = {}
        self._provisions: dict[str, Truth] = {}
        self.contradicted = set()
        self.trials = {}
        self.steps = {}

    def truth(self, node: Node) -> Truth:
        key = id(node)
        if key not in self._truths:
            self._truths[key] = node.value(self)
        return self._truths[key]

    def tried(self, id_: str, value: Value) -> FactsView:
        return FactsView(
            {**self.known, id_: value},
            book=self.book,
            level=self.level,
            day=self.day,
            today=self.today,
        )

    def fact(self, id_: str) -> Value | None:
        try:
            return self._facts[id_]
        except KeyError:
            pass
        value = self.known.get(id_)
        derivations = self.book.derivations.get(id_)
        if derivations:
            value = self._with_derived(id_, value, derivations)
        self._facts[id_] = value
        return value

    def _with_derived(
        self, id_: str, stated: Value | None, derivations: tuple[Derivation, ...]
    ) -> Value | None:
        if derivations[0].member is not None:
            return self._closed(stated, derivations)
        sides = worked_out(derivations, self)
        if len(sides) == 2:
            self.contradicted.add(id_)
            return None
        if stated is None:
            return next(iter(sides), None)
        if not sides or stated in sides:
            return stated
        if stated is False and only_presumed(derivations, self):
            return stated
        self.contradicted.add(id_)
        return None

    def _closed(self, stated: Value | None, derivations: tuple[Derivation, ...]) -> Value | None:
        said = stated if isinstance(stated, SetValue) else SetValue(yes=_NONE, no=_NONE)
        yes, no = set(said.yes), set(said.no)
        for derivation in derivations:
            member = derivation.member or ""
            if said.has(member) is None:
                truth = derived_truth(derivation, self)
                if truth is not None:
                    (yes if truth else no).add(member)
        if not yes and not no:
            return stated
        return SetValue(yes=frozenset(yes), no=frozenset(no - yes))

    def provision(self, id_: str) -> Truth:
        """Does it hold (ground, scope …), or is it broken and undefeated (duty, prohibition)?"""
        try:
            return self._provisions[id_]
        except KeyError:
            pass
        provision = self.book.provisions[id_]
        truth = self._provision(provision)
        self._provisions[id_] = truth
        return truth

    def _provision(self, provision: Provision) -> Truth:
        if not provision.in_force(self.day):
            return False
        if not provision.decides:
            return None
        return self.parts_truth(provision, self.parts(provision))


_NONE: frozenset[str] = frozenset()


def worked_out(derivations: tuple[Derivation, ...], view: ElementView) -> set[bool]:
    """The answers that follow from other facts: none, one, or (a contradiction) both."""
    sides: set[bool] = set()
    for derivation in derivations:
        for node, side in (
            (derivation.true_when, True),
            (derivation.presumed_when, True),
            (derivation.false_when, False),
        ):
            if side not in sides and node is not None and view.truth(node) is True:
                sides.add(side)
    return sides


def only_presumed(derivations: tuple[Derivation, ...], view: ElementView) -> bool:
    """Whether what follows from other facts is no more than a presumption."""
    return not any(
        node is not None and view.truth(node) is True
        for derivation in derivations
        for node in (derivation.true_when, derivation.false_when)
    )


def derived_truth(derivation: Derivation, view: ElementView) -> Truth:
    """What one derivation says: true, false, or nothing."""
    sides = worked_out((derivation,), view)
    return next(iter(sides)) if len(sides) == 1 else None


def addressed(rule: Rule, view: ElementView) -> bool:
    """Whether a rule may speak to this element at all."""
    return rule.addressed is None or view.truth(rule.addressed) is not False


def rule_truth(rule: Rule, view: ElementView) -> Truth:
    """A rule by itself: it holds, or it is broken, before anything defeats it."""
    if rule.addressed is None:
        when = rule.when.value(view)
    else:
        when = k_and(rule.addressed.value(view), rule.when.value(view))
    if when is False:
        return False
    unless = None if rule.unless is None else rule.unless.value(view)
    met = None if rule.met is None else rule.met.value(view)
    return k_and(
        when,
        True if rule.unless is None else k_not(unless),
        True if rule.met is None else k_not(met),
    )
