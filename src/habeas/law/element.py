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
from habeas.law.expression import Truth, k_or
from habeas.law.index import index_of
from habeas.law.matter import Element, Matter
from habeas.law.provision import Provision, Rule
from habeas.law.seen import Seen, seen
from habeas.law.values import Value
from habeas.law.views import INFRINGING, ElementView, FactsView, addressed
from habeas.terms import Status

ACTED_ON = "matter.acted_on"
STATUS: dict[Truth, Status] = {
    True: Status.UNLAWFUL,
    False: Status.LAWFUL,
    None: Status.UNDETERMINED,
}


def day_of_act(matter: Matter) -> date | None:
    """The day whose law applies; None if nobody says, or the parties dispute it."""
    if matter.said("matter.acted_on_precision") == "disputed":
        return None
    day = matter.said(ACTED_ON)
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
    by_tree: walk the expressions part by part instead of calling the compiled book.
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
        by_tree: bool = False,
    ) -> None:
        self.matter, self.element, self.book = matter, element, book
        self.as_of, self.voice = as_of, voice
        self.alone, self.by_tree = alone, by_tree
        self.known_day = day_of_act(matter)
        self.day = self.known_day or as_of

    def again_by_tree(self) -> ElementCase:
        return ElementCase(
            self.matter, self.element, self.book, self.as_of, self.voice, by_tree=True
        )

    @cached_property
    def views(self) -> tuple[ElementView, ...]:
        """One view; for an event that names uses, one for each of them."""
        uses: Sequence[Element | None] = [self.matter.uses[u] for u in self.element.uses] or [None]
        return tuple(self._view(use) for use in uses)

    def _view(self, use: Element | None) -> ElementView:
        facts: dict[str, Value] = self.matter.facts_for(self.element, use=use, voice=self.voice)
        if use is not None:
            case = ElementCase(
                self.matter, use, self.book, self.as_of, self.voice, by_tree=self.by_tree
            )
            if self.alone:
                facts[INFRINGING] = case.unlawful is True
            elif (unlawful := case.unlawful) is not None:
                facts[INFRINGING] = unlawful
        look = FactsView if self.by_tree else seen
        return look(facts, book=self.book, level=self.element.level, day=self.day, today=self.as_of)

    @cached_property
    def _at_once(self) -> list[tuple[Provision, Truth, Truth]] | None:
        """All that is asked, where everything is and there is one view."""
        view = self.views[0]
        if self.element.issues is None and len(self.views) == 1 and isinstance(view, Seen):
            return view.asked()
        return None

    @cached_property
    def asked(self) -> tuple[Provision, ...]:
        """What can be broken, was in force and may speak to this element."""
        if self._at_once is not None:
            return tuple([one[0] for one in self._at_once])
        return tuple(
            provision
            for provision, parts in index_of(self.book).asked(
                self.element.level, self.element.issues
            )
            if provision.in_force(self.day) and self._speaks(parts)
        )

    def _speaks(self, parts: tuple[Rule, ...]) -> bool:
        return any(addressed(rule, view) for rule in parts for view in self.views)

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
        return True if asks is None else self.views[0].truth(asks)

    @cached_property
    def found(self) -> tuple[Found, ...]:
        if self._at_once is not None:
            provisions = [Found(p.id, truth, scope, p) for p, truth, scope in self._at_once]
        else:
            provisions = [self._on_provision(p) for p in self.asked]
        return (
            *provisions,
            *(self._on_grounds(i) for i in self.grounded),
        )

    def _on_provision(self, provision: Provision) -> Found:
        issues = self.element.issues
        return Found(
            provision.id,
            k_or(*[view.asked_truth(provision, issues) for view in self.views]),
            k_or(*[view.scope(provision) for view in self.views]),
            provision,
        )

    def _on_grounds(self, instrument: Instrument) -> Found:
        view = self.views[0]
        under = instrument.grounds_under or instrument.id
        return Found(under, view.no_ground(instrument), view.ground_scope(instrument), None)

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
                book.provisions[c.by].in_force(self.day) and view.truth(c.when) is not False
                for c in covers
                for view in self.views
            )
        if any(issue in instrument.grounds_issues for instrument in self.grounded):
            return True
        return any(
            provision.in_force(self.day) and self._speaks(parts)
            for provision, parts in index_of(book).answering(level, issue)
        )

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Where the coded rules on what is asked are only part of the law."""
        issues = self.element.issues
        return tuple(
            limit
            for limit in self.book.limits
            if (issues is None or limit.issue in issues)
            and any(view.truth(limit.when) is True for view in self.views)
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

    def is_answered(self) -> bool:
        """Where nothing is broken or open: whether the coded book answers what is asked at all."""
        return bool(self.asked or self.grounded) and not (self.uncovered or self.limits)

    @property
    def status(self) -> Status:
        return STATUS[self.unlawful]
