"""What one book says of one use or event, read over any way of writing three-valued truths.

`decide` walks a matter; this walks the law. The same reading gives the formulas of the solver
(`pilot_formula`) and the expressions over the columns of a table (`bulk`): what differs is the
algebra, which says what a fact is there and how truths are joined. Tests hold both to `decide`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Generic, Protocol, TypeVar

from habeas.law.book import Derivation, Instrument, LawBook
from habeas.law.expression import (
    AllOf,
    And,
    AnyOf,
    Applies,
    Compare,
    Constant,
    Is,
    Node,
    Not,
    Or,
    Stated,
    Subset,
    Within,
)
from habeas.law.provision import BREAKABLE, Provision, Rule
from habeas.law.schema import load_vocabulary
from habeas.law.views import INFRINGING

T = TypeVar("T")
Members = Callable[[str], Mapping[str, T]]


class Algebra(Protocol[T]):
    """How truths are written: true, false or open; and what the facts are, as stated."""

    true: T
    false: T
    open: T

    def all_of(self, parts: Iterable[T]) -> T: ...
    def any_of(self, parts: Iterable[T]) -> T: ...
    def no(self, part: T) -> T: ...
    def surely(self, part: T) -> T:
        """True where the part is true, false where it is false or open."""
        ...

    def pair(self, true: T, false: T) -> T:
        """True where the first is, false where the second is, open elsewhere; both are sure."""
        ...

    def stated(self, id_: str) -> T: ...
    def stated_members(self, id_: str) -> Mapping[str, T]: ...
    def choice(self, id_: str, wanted: frozenset[str | bool]) -> T: ...
    def is_stated(self, id_: str) -> T: ...
    def compared(self, node: Compare, members: Members[T]) -> T: ...
    def in_force(self, first: date, last: date | None) -> T: ...


class Asked(Protocol[T]):
    """Which issues are put: everything, or some by name."""

    everything: T

    def by_name(self, issue: str) -> T: ...
    def __call__(self, issue: str) -> T: ...


class Whole(Generic[T]):
    """A book on one use, or on one event and the use it is about.

    asks: the issues put; of_use: those put of the use, where an event is looked at.
    """

    def __init__(
        self, book: LawBook, algebra: Algebra[T], *, level: str, asks: Asked[T], of_use: Asked[T]
    ) -> None:
        self.book, self.algebra, self.level = book, algebra, level
        self.asks, self.of_use = asks, of_use
        self._known: dict[str, T] = {}
        self._sets: dict[str, Mapping[str, T]] = {}
        self._truths: dict[str, T] = {}
        self._nodes: dict[int, tuple[Node, T]] = {}

    # ---- facts

    def fact(self, id_: str) -> T:
        """A yes-or-no fact, with what follows from others."""
        if id_ not in self._known:
            stated = self.algebra.stated(id_)
            if id_ == INFRINGING and self.level == "event":
                stated = self._infringing(stated)
            derivations = self.book.derivations.get(id_, ())
            self._known[id_] = self._derived(stated, derivations) if derivations else stated
        return self._known[id_]

    def _infringing(self, stated: T) -> T:
        """An event sees whether its use is unlawful; what nobody answers stays as stated."""
        use = Whole(self.book, self.algebra, level="use", asks=self.of_use, of_use=self.of_use)
        return self._first_known(use.unlawful_truth(), stated)

    def _first_known(self, first: T, second: T) -> T:
        a = self.algebra
        silent = self._silent(first)
        return a.pair(
            a.any_of((a.surely(first), a.all_of((silent, a.surely(second))))),
            a.any_of((a.surely(a.no(first)), a.all_of((silent, a.surely(a.no(second)))))),
        )

    def _silent(self, part: T) -> T:
        a = self.algebra
        return a.no(a.any_of((a.surely(part), a.surely(a.no(part)))))

    def _sides(self, derivations: Iterable[Derivation]) -> tuple[T, T, T]:
        """Worked out to be true; to be false; and not by presumption alone. All sure."""
        true: list[T] = []
        false: list[T] = []
        strong: list[T] = []
        for d in derivations:
            if d.true_when is not None:
                true.append(self.algebra.surely(self.of(d.true_when)))
                strong.append(true[-1])
            if d.presumed_when is not None:
                true.append(self.algebra.surely(self.of(d.presumed_when)))
            if d.false_when is not None:
                false.append(self.algebra.surely(self.of(d.false_when)))
                strong.append(false[-1])
        either = self.algebra.any_of
        return either(true), either(false), either(strong)

    def _derived(self, stated: T, derivations: tuple[Derivation, ...]) -> T:
        a = self.algebra
        true, false, strong = self._sides(derivations)
        one = a.no(a.all_of((true, false)))
        silent = self._silent(stated)
        denied = a.all_of((a.surely(a.no(stated)), a.any_of((a.no(true), a.no(strong)))))
        kept = a.all_of((a.surely(stated), a.no(false)))
        return a.pair(
            a.all_of((one, a.any_of((a.all_of((silent, true)), kept)))),
            a.all_of((one, a.any_of((a.all_of((silent, false)), denied)))),
        )

    def members(self, id_: str) -> Mapping[str, T]:
        """A set fact, member by member, with what follows from other facts."""
        if id_ not in self._sets:
            found = dict(self.algebra.stated_members(id_))
            self._sets[id_] = found
            derived = {d.member for d in self.book.derivations.get(id_, ()) if d.member}
            for member in sorted(derived):
                found[member] = self._closed(id_, member)
        return self._sets[id_]

    def _closed(self, id_: str, member: str) -> T:
        a = self.algebra
        stated = a.stated_members(id_)[member]
        true: list[T] = []
        false: list[T] = []
        for derivation in self.book.derivations[id_]:
            if derivation.member == member:
                yes, out, _ = self._sides((derivation,))
                true.append(a.all_of((yes, a.no(out))))
                false.append(a.all_of((out, a.no(yes))))
        silent = self._silent(stated)
        found = a.any_of((a.surely(stated), a.all_of((silent, a.any_of(true)))))
        denied = a.any_of((a.surely(a.no(stated)), a.all_of((silent, a.any_of(false)))))
        return a.pair(found, a.all_of((a.no(found), denied)))

    # ---- expressions

    def of(self, node: Node) -> T:
        """An expression."""
        if id(node) not in self._nodes:
            self._nodes[id(node)] = (node, self._of(node))  # the node is kept: so is its number
        return self._nodes[id(node)][1]

    def _of(self, node: Node) -> T:  # noqa: PLR0911 - one line a kind
        a = self.algebra
        match node:
            case Constant():
                return a.true if node.truth else a.false
            case And():
                return a.all_of(map(self.of, node.parts))
            case Or():
                return a.any_of(map(self.of, node.parts))
            case Not():
                return a.no(self.of(node.part))
            case Applies():
                return self.provision(node.provision)
            case Compare():
                return a.compared(node, self.members)
            case Stated():
                return a.is_stated(node.fact)
            case Is() if load_vocabulary().facts[node.fact].type == "bool":
                fact = self.fact(node.fact)
                return fact if True in node.wanted else a.no(fact)
            case Is():
                return a.choice(node.fact, node.wanted)
            case _:
                return self._of_set(node)

    def _of_set(self, node: Node) -> T:
        a = self.algebra
        match node:
            case AnyOf():
                return a.any_of(self.members(node.fact)[m] for m in sorted(node.members))
            case AllOf():
                return a.all_of(self._each(node.fact, node.members))
            case Within():
                return a.all_of(map(a.no, self._each(node.fact, node.others)))
            case Subset():
                left, right = self.members(node.left), self.members(node.right)
                return a.all_of(a.any_of((a.no(left[m]), right[m])) for m in sorted(node.domain))
        raise TypeError(type(node).__name__)

    def _each(self, fact: str, members: frozenset[str]) -> list[T]:
        """The members asked for; of none at all, whether the set is known."""
        found = self.members(fact)
        if members:
            return [found[m] for m in sorted(members)]
        a = self.algebra
        return [a.any_of((a.surely(a.is_stated(fact)), a.open))]

    # ---- provisions

    def in_force(self, provision: Provision) -> T:
        return self.algebra.in_force(provision.from_, provision.to)

    def provision(self, id_: str) -> T:
        """Whether it holds (ground, scope …) or is broken (duty, prohibition)."""
        if id_ not in self._truths:
            provision = self.book.provisions[id_]
            level = "use" if self.level not in provision.rules else self.level
            said = self.parts_truth(provision, provision.parts(level), asked=False)
            found = said if provision.decides else self.algebra.open
            self._truths[id_] = self.algebra.all_of((self.in_force(provision), found))
        return self._truths[id_]

    def parts_truth(self, provision: Provision, parts: tuple[Rule, ...], *, asked: bool) -> T:
        a = self.algebra
        raw = a.any_of([self.rule(rule, asked=asked) for rule in parts])
        attackers = self.book.attackers.get(provision.id, ())
        if provision.kind not in BREAKABLE or not attackers:
            return raw
        return a.all_of((raw, a.no(a.any_of([self.provision(x) for x in attackers]))))

    def rule(self, rule: Rule, *, asked: bool) -> T:
        """A rule by itself, before anything defeats it; asked: only where its question is put."""
        a = self.algebra
        parts = [self.of(rule.when)]
        parts += [self.of(rule.addressed)] if rule.addressed is not None else []
        parts += [a.no(self.of(node)) for node in (rule.unless, rule.met) if node is not None]
        parts += [self._put(rule.issues)] if asked else []
        return a.all_of(parts)

    def _put(self, issues: Iterable[str]) -> T:
        return self.algebra.any_of([self.asks(issue) for issue in issues])

    # ---- the whole

    def scope(self, instrument: Instrument) -> T:
        node = instrument.scope.get(self.level) or instrument.scope.get("use")
        return self.algebra.true if node is None else self.of(node)

    def asked(self) -> list[Provision]:
        """What can be broken at this level and decides, in the book's order."""
        return [
            p
            for p in self.book.provisions.values()
            if p.kind in BREAKABLE and p.decides and p.parts(self.level)
        ]

    def scope_of(self, provision: Provision) -> T:
        withins = [r.within for r in provision.parts(self.level) if r.within is not None]
        scope = self.scope(self.book.instruments[provision.instrument])
        return self.algebra.all_of((scope, *map(self.of, withins)))

    def breaches(self) -> list[tuple[str, T]]:
        """Each thing that may be broken, by id: duties, prohibitions, the want of a ground."""
        a = self.algebra
        of_provisions = [
            (
                p.id,
                a.all_of(
                    (
                        self.in_force(p),
                        self.scope_of(p),
                        self.parts_truth(p, p.parts(self.level), asked=True),
                    )
                ),
            )
            for p in self.asked()
        ]
        return [
            *of_provisions,
            *((i.grounds_under or i.id, self.ground(i)) for i in self._grounded()),
        ]

    def ground(self, instrument: Instrument) -> T:
        """Whether the instrument asks for a ground and none holds."""
        a = self.algebra
        parts = [self._asks_now(instrument), self.scope(instrument)]
        parts += [self.of(instrument.grounds_when)] if instrument.grounds_when is not None else []
        held = a.any_of([self.provision(g) for g in instrument.grounds])
        return a.all_of((*parts, a.no(held)))

    def _asks_now(self, instrument: Instrument) -> T:
        a = self.algebra
        force = a.any_of([self.in_force(self.book.provisions[g]) for g in instrument.grounds])
        return a.all_of((force, self._put(instrument.grounds_issues)))

    def governed(self) -> T:
        """Whether anything that is asked governs this; false also where nothing is asked."""
        a = self.algebra
        found = [a.all_of((self.heard_on(p), self.scope_of(p))) for p in self.asked()]
        for instrument in self._grounded():
            when = instrument.grounds_when
            parts = [self.grounded(instrument), self.scope(instrument)]
            parts += [self.of(when)] if when is not None else []
            found.append(a.all_of(parts))
        return a.any_of(found)

    def broken(self) -> T:
        return self.algebra.any_of([breach for _, breach in self.breaches()])

    def answered(self) -> T:
        """Something was asked, and the coded law answers all that was put. Sure."""
        a = self.algebra
        limited = [
            a.all_of((self.asks(li.issue), a.surely(self.of(li.when)))) for li in self.book.limits
        ]
        return a.all_of((self.something_asked(), a.no(a.any_of(limited)), a.no(self.uncovered())))

    def something_asked(self) -> T:
        heard = [self.heard_on(p) for p in self.asked()]
        return self.algebra.any_of([*heard, *(self.grounded(i) for i in self._grounded())])

    def unlawful_truth(self) -> T:
        """Unlawful, lawful, or open: also where the law or the question is not ours to answer."""
        a = self.algebra
        broken = self.broken()
        sound = a.all_of((a.surely(a.no(broken)), self.answered()))
        return a.pair(a.surely(broken), sound)

    def _grounded(self) -> list[Instrument]:
        return [i for i in self.book.instruments.values() if i.grounds and self.level == "use"]

    def heard_on(self, provision: Provision, issue: str | None = None) -> T:
        """Whether a provision may speak here, on one issue or on any that is asked. Sure."""
        a = self.algebra
        if not provision.decides:
            return a.false
        speaks = [
            a.all_of(
                (
                    a.true
                    if rule.addressed is None
                    else a.no(a.surely(a.no(self.of(rule.addressed)))),
                    a.true if issue else self._put(rule.issues),
                )
            )
            for rule in provision.parts(self.level)
            if issue is None or issue in rule.issues
        ]
        return a.all_of((self.in_force(provision), a.any_of(speaks)))

    def grounded(self, instrument: Instrument, issue: str | None = None) -> T:
        """Whether an instrument may ask this for a ground. Sure."""
        a = self.algebra
        if issue is not None and issue not in instrument.grounds_issues:
            return a.false
        put = a.true if issue else self._put(instrument.grounds_issues)
        when = instrument.grounds_when
        force = a.any_of([self.in_force(self.book.provisions[g]) for g in instrument.grounds])
        may = a.true if when is None else a.no(a.surely(a.no(self.of(when))))
        return a.all_of((force, put, may))

    def uncovered(self) -> T:
        """Some question put has no rule that speaks of it; who asks all puts none by name. Sure."""
        a = self.algebra
        named = [
            a.all_of((self.asks.by_name(issue), a.no(self.covered(issue))))
            for issue in load_vocabulary().domains["issue"]
        ]
        kinds = self.book.kinds_of_event if self.level == "event" else {}
        by_kind = [
            a.all_of(
                (
                    self.asks.everything,
                    a.surely(self.of(Is("event.kind", frozenset({kind})))),
                    a.no(self.covered(issue)),
                )
            )
            for kind, issue in kinds.items()
        ]
        return a.any_of([*named, *by_kind])

    def covered(self, issue: str) -> T:
        a = self.algebra
        covers = [c for c in self.book.covers if (c.level, c.issue) == (self.level, issue)]
        if covers:
            return a.any_of(
                [
                    a.all_of(
                        (
                            self.in_force(self.book.provisions[c.by]),
                            a.no(a.surely(a.no(self.of(c.when)))),
                        )
                    )
                    for c in covers
                ]
            )
        found = [self.grounded(i, issue) for i in self._grounded()]
        return a.any_of([*found, *(self.heard_on(p, issue) for p in self.book.provisions.values())])
