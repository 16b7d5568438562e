"""One element as the compiled book sees it: a mapping that works out what it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from habeas.law.book import LawBook
from habeas.law.compiled import ASKED, Program, owed_key, program_of, scope_key
from habeas.law.expression import Node, Truth, k_and
from habeas.law.provision import Provision, Rule
from habeas.law.values import SetValue, Value
from habeas.law.views import ElementView


class Seen(dict[str, Any], ElementView):
    """Facts, members of sets, rules and provisions by key; each worked out once."""

    __slots__ = (
        "book",
        "contradicted",
        "day",
        "known",
        "level",
        "number",
        "program",
        "stated",
        "steps",
        "today",
        "trials",
        "truths",
    )

    known: Mapping[str, Value]
    program: Program
    number: int
    stated: dict[str, Value]
    truths: dict[int, Truth]

    def __missing__(self, key: str) -> Any:
        value = self[key] = self.program[key](self)
        return value

    def contradict(self, id_: str) -> None:
        """Facts that contradict each other leave what they speak of unknown."""
        self.contradicted.add(id_)

    def fact(self, id_: str) -> Value | None:
        found: Value | None = self[id_]
        return found

    def provision(self, id_: str) -> Truth:
        found: Truth = self[id_]
        return found

    def rule(self, rule: Rule) -> Truth:
        found: Truth = self[self.program.rules[id(rule)]]
        return found

    def truth(self, node: Node) -> Truth:
        key = id(node)
        if key not in self.truths:
            self.truths[key] = node.value(self)
        return self.truths[key]

    def scope(self, provision: Provision) -> Truth:
        found: Truth = self[scope_key(provision.id)]
        return found

    def asked_truth(self, provision: Provision, issues: tuple[str, ...] | None) -> Truth:
        if issues is not None:
            return ElementView.asked_truth(self, provision, issues)
        scope: Truth = self[scope_key(provision.id)]
        return False if scope is False else k_and(scope, self[provision.id])

    def owed(self, provision: Provision, issues: tuple[str, ...] | None) -> Truth:
        if issues is not None:
            return ElementView.owed(self, provision, issues)
        found: Truth = self[owed_key(provision.id)]
        return found

    def tried(self, id_: str, value: Value) -> Tried:
        return Tried(self, id_, value)

    def asked(self) -> list[tuple[Provision, Truth, Truth]]:
        """What may speak to this, whatever is asked: whether it is broken, and whether governed."""
        found: list[tuple[Provision, Truth, Truth]] = self[ASKED]
        return found

    def contradictions(self) -> set[str]:
        """Every derived fact that contradicts what is stated, asked for or not."""
        for id_ in self.program.derived:
            self[id_]
        return self.contradicted


class Tried(Seen):
    """A view with one fact stated otherwise: only what hangs on it is worked out again."""

    __slots__ = ("base", "changed")
    base: Seen
    changed: frozenset[str]

    def __init__(self, base: Seen, id_: str, value: Value) -> None:
        super().__init__()
        self.base, self.program, self.known = base, base.program, base.known
        self.book, self.level = base.book, base.level
        self.day, self.today, self.number = base.day, base.today, base.number
        self.contradicted, self.truths = set(), {}
        self.changed = base.program.changed_by(id_)
        self.stated = base.stated
        if id_ in base.program.derived:
            self.stated = {**base.stated, id_: value}
        else:
            self[id_] = value
            if isinstance(value, SetValue):
                self.update(zip(base.program.sets[id_], (value.yes, value.no), strict=True))

    def __missing__(self, key: str) -> Any:
        value = self.program[key](self) if key in self.changed else self.base[key]
        self[key] = value
        return value


def seen(known: Mapping[str, Value], *, book: LawBook, level: str, day: date, today: date) -> Seen:
    """The facts of an element as the compiled book sees them."""
    program = program_of(book, level)
    view = Seen(program.blank)
    view.known, view.program, view.book, view.level = known, program, book, level
    view.day, view.today, view.number = day, today, day.toordinal()
    view.stated, view.contradicted = {}, set()
    view.trials, view.steps, view.truths = {}, {}, {}
    places = program.places
    for id_, value in known.items():
        keys, derived = places[id_]
        if derived:
            view.stated[id_] = value
            continue
        view[id_] = value
        if keys:
            view[keys[0]], view[keys[1]] = value.yes, value.no  # type: ignore[union-attr]
    return view
