"""The status alone, by the compiled book: is anything broken, and if not, is anything open?"""

from __future__ import annotations

from datetime import date

from habeas.law.book import LawBook
from habeas.law.element import ElementCase
from habeas.law.matter import Element, Matter
from habeas.terms import Status


def voices_on(matter: Matter, element: Element) -> tuple[str | None, ...]:
    """Nobody in particular; or, where parties differ on what this element sees, each of them."""
    voices = matter.voices
    if not voices:
        return (None,)
    seen = {voice: matter.facts_for(element, voice=voice) for voice in voices}
    return (None,) if len({str(f) for f in seen.values()}) < 2 else tuple(seen)


def one_status(statuses: set[Status]) -> Status:
    """What all versions lead to, if they agree."""
    return next(iter(statuses)) if len(statuses) == 1 else Status.UNDETERMINED


def quick_status(matter: Matter, book: LawBook, *, as_of: date) -> dict[str, Status]:
    return {
        element.id: one_status(
            {
                ElementCase(matter, element, book, as_of, voice).status
                for voice in voices_on(matter, element)
            }
        )
        for element in (*matter.uses.values(), *matter.events.values())
        if element.issues != ()
    }
