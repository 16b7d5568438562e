"""The status alone, by the compiled book: is anything broken, and if not, is anything open?"""

from __future__ import annotations

from datetime import date

from habeas.law.book import LawBook
from habeas.law.element import STATUS, ElementCase, day_of_act
from habeas.law.expression import Truth
from habeas.law.matter import Element, Matter
from habeas.law.seen import Seen, seen
from habeas.law.verdict import bits_of, truth_by, verdict_of
from habeas.law.views import INFRINGING
from habeas.terms import Status


def voices_on(matter: Matter, element: Element) -> tuple[str | None, ...]:
    """Nobody in particular; or, where parties differ on what this element sees, each of them."""
    voices = matter.voices
    if not voices:
        return (None,)
    heard = {voice: matter.facts_for(element, voice=voice) for voice in voices}
    return (None,) if len({str(f) for f in heard.values()}) < 2 else tuple(heard)


def one_status(statuses: set[Status]) -> Status:
    """What all versions lead to, if they agree."""
    return next(iter(statuses)) if len(statuses) == 1 else Status.UNDETERMINED


def quick_status(matter: Matter, book: LawBook, *, as_of: date) -> dict[str, Status]:
    """The status of every use and event on which something is asked."""
    quick = _Quick(matter, book, as_of)
    return {
        element.id: one_status({STATUS[quick.unlawful(element, v)] for v in quick.voices(element)})
        for section in (matter.uses, matter.events)
        for element in section.values()
        if element.issues != ()
    }


def unlawful(case: ElementCase) -> Truth:
    """The same as `case.unlawful`, without finding out by what; the views made are kept."""
    return _Quick(case.matter, case.book, case.as_of).unlawful(case.element, case.voice, case)


class _Quick:
    def __init__(self, matter: Matter, book: LawBook, as_of: date) -> None:
        self.matter, self.book, self.as_of = matter, book, as_of
        self.day = day_of_act(matter)
        self.disputed = bool(matter.voices)

    def voices(self, element: Element) -> tuple[str | None, ...]:
        return voices_on(self.matter, element) if self.disputed else (None,)

    def unlawful(
        self, element: Element, voice: str | None, case: ElementCase | None = None
    ) -> Truth:
        """The same as `ElementCase.unlawful`, without finding out by what."""
        if self.day is None or element.issues == ():
            return None
        views = self._views(element, voice, self.day)
        if case is not None:
            case.views = tuple(views)
        bits = bits_of(element.issues)
        answer = truth_by(verdict_of(self.book, element.level, bits), views, bits)
        if answer is not False:
            return answer
        case = case or ElementCase(self.matter, element, self.book, self.as_of, voice)
        case.views = tuple(views)
        return False if case.is_answered() else None

    def _views(self, element: Element, voice: str | None, day: date) -> list[Seen]:
        uses: list[Element | None] = [self.matter.uses[id_] for id_ in element.uses]
        return [self._view(element, use, voice, day) for use in uses or [None]]

    def _view(self, element: Element, use: Element | None, voice: str | None, day: date) -> Seen:
        facts = self.matter.facts_for(element, use=use, voice=voice)
        if use is not None and (unlawful := self.unlawful(use, voice)) is not None:
            facts[INFRINGING] = unlawful
        return seen(facts, book=self.book, level=element.level, day=day, today=self.as_of)
