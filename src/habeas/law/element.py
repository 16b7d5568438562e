"""One use or event under one book: its views, what is asked of it, and the status that follows.

    unlawful = (some prohibition or duty is broken) or (no ground holds)

is one expression over three values, each part under the scope of its instrument.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from habeas.law.book import Instrument, LawBook, Limit
from habeas.law.expression import Truth, k_and, k_not, k_or
from habeas.law.matter import Element, Matter
from habeas.law.provision import BREAKABLE, Provision
from habeas.law.values import Value
from habeas.law.views import INFRINGING, FactsView, addressed
from habeas.terms import Status

ACTED_ON = "matter.acted_on"
_STATUS: dict[Truth, Status] = {
    True: Status.UNLAWFUL,
    False: Status.LAWFUL,
    None: Status.UNDETERMINED,
}


def day_of_act(matter: Matter) -> date | None:
    """The day whose law applies; None if nobody says, or the parties dispute it."""
    view = matter.facts_for(Element(id="", level="matter", facts={}))
    if view.get("matter.acted_on_precision") == "disputed":
        return None
    day = view.get(ACTED_ON)
    return day if isinstance(day, date) else None


@dataclass(slots=True, weakref_slot=True)
class Found:
    """One provision, or the lack of any ground, on one element."""

    id: str
    truth: Truth
    governed: Truth
    provision: Provision | None


class ElementCase:
    """One element in one voice under one book: everything worked out from its facts.

    alone: one provision is looked at by itself, so a use of which the rest of the book leaves it
    open whether it is unlawful counts as not shown to be.
    """

    def __init__(
        self,
        matter: Matter,
        element: Element,
        book: LawBook,
        as_of: date,
        voice: str | None = None,
        *,
        alone: bool = False,
    ) -> None:
        self.matter, self.element, self.book = matter, element, book
        self.as_of, self.voice = as_of, voice
        self.alone = alone
        self.known_day = day_of_act(matter)
        self.day = self.known_day or as_of

    @cached_property
    def views(self) -> tuple[FactsView, ...]:
        """One view; for an event that names uses, one for each of them."""
        uses: Sequence[Element | None] = [self.matter.uses[u] for u in self.element.uses] or [None]
        return tuple(self._view(use) for use in uses)

    def _view(self, use: Element | None) -> FactsView:
        facts: dict[str, Value] = self.matter.facts_for(self.element, use=use, voice=self.voice)
        if use is not None:
            unlawful = ElementCase(self.matter, use, self.book, self.as_of, self.voice).unlawful
            if self.alone:
                facts[INFRINGING] = unlawful is True
            elif unlawful is not None:
                facts[INFRINGING] = unlawful
        return FactsView(
            facts, book=self.book, level=self.element.level, day=self.day, today=self.as_of
        )

    def asks(self, provision: Provision) -> bool:
        issues = self.element.issues
        return (
            provision.kind in BREAKABLE
            and provision.decides
            and provision.in_force(self.day)
            and any(
                addressed(rule, view)
                for rule in provision.parts(self.element.level, issues)
                for view in self.views
            )
        )

    @cached_property
    def asked(self) -> tuple[Provision, ...]:
        return tuple(p for p in self.book.provisions.values() if self.asks(p))

    @cached_property
    def grounded(self) -> tuple[Instrument, ...]:
        """The instruments that ask this element for a ground."""
        if self.element.level != "use":
            return ()
        issues = self.element.issues
        return tuple(
            instrument
            for instrument in self.book.instruments.values()
            if instrument.grounds
            and (issues is None or not set(issues).isdisjoint(instrument.grounds_issues))
            and any(self.book.provisions[g].in_force(self.day) for g in instrument.grounds)
            and self._asks_for_ground(instrument) is not False
        )

    def _asks_for_ground(self, instrument: Instrument) -> Truth:
        asks = instrument.grounds_when
        return True if asks is None else asks.value(self.views[0])

    @cached_property
    def found(self) -> tuple[Found, ...]:
        return (
            *(self._on_provision(p) for p in self.asked),
            *(self._on_grounds(i) for i in self.grounded),
        )

    def _on_provision(self, provision: Provision) -> Found:
        scopes = [self.scope(provision, view) for view in self.views]
        parts = provision.parts(self.element.level, self.element.issues)
        truths = [
            k_and(scope, view.parts_truth(provision, parts))
            for scope, view in zip(scopes, self.views, strict=True)
        ]
        return Found(provision.id, k_or(*truths), k_or(*scopes), provision)

    def _on_grounds(self, instrument: Instrument) -> Found:
        view = self.views[0]
        scope = self.ground_scope(instrument, view)
        ground = k_or(*(view.provision(g) for g in instrument.grounds))
        return Found(
            instrument.grounds_under or instrument.id, k_and(scope, k_not(ground)), scope, None
        )

    def scope(self, provision: Provision, view: FactsView) -> Truth:
        scope = self.instrument_scope(self.book.instruments[provision.instrument], view)
        within = [rule.within for rule in view.parts(provision) if rule.within is not None]
        return k_and(scope, *(node.value(view) for node in within))

    def instrument_scope(self, instrument: Instrument, view: FactsView) -> Truth:
        node = instrument.scope.get(view.level) or instrument.scope.get("use")
        return True if node is None else node.value(view)

    def ground_scope(self, instrument: Instrument, view: FactsView) -> Truth:
        """Whether the instrument governs this use and asks it for a ground."""
        asks = instrument.grounds_when
        asked = True if asks is None else asks.value(view)
        return k_and(self.instrument_scope(instrument, view), asked)

    @cached_property
    def uncovered(self) -> tuple[str, ...]:
        """Questions put for which the coded book has no rule that speaks of them on that day."""
        issues = self.element.issues
        if issues is None:
            kind = self.views[0].fact("event.kind")
            named = self.book.kinds_of_event.get(kind) if isinstance(kind, str) else None
            issues = (named,) if named else ()
        return tuple(issue for issue in issues if not self._covered(issue))

    def _covered(self, issue: str) -> bool:
        level, book = self.element.level, self.book
        covers = [c for c in book.covers if c.level == level and c.issue == issue]
        if covers:
            return any(
                book.provisions[c.by].in_force(self.day) and c.when.value(view) is not False
                for c in covers
                for view in self.views
            )
        if any(issue in instrument.grounds_issues for instrument in self.grounded):
            return True
        return any(
            provision.decides
            and provision.in_force(self.day)
            and any(
                issue in rule.issues and addressed(rule, view)
                for rule in provision.parts(level)
                for view in self.views
            )
            for provision in book.provisions.values()
        )

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Where the coded rules on what is asked are only part of the law."""
        issues = self.element.issues
        return tuple(
            limit
            for limit in self.book.limits
            if (issues is None or limit.issue in issues)
            and any(limit.when.value(view) is True for view in self.views)
        )

    @cached_property
    def breach(self) -> Truth:
        return k_or(*(found.truth for found in self.found))

    @cached_property
    def governed(self) -> Truth:
        if not self.found:
            return None
        return k_or(*(found.governed for found in self.found))

    @cached_property
    def unlawful(self) -> Truth:
        """The status as a truth value; open where the law or the question is not ours to answer."""
        if self.known_day is None or not self.found:
            return None
        if self.breach is False and (self.uncovered or self.limits):
            return None
        return self.breach

    @property
    def status(self) -> Status:
        return _STATUS[self.unlawful]
