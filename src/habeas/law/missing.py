"""Which unknown facts can still change the answer: tried out, not guessed.

A fact is missing if two values it may have (none breaking an axiom) lead to different answers.
Where no single fact does, the open ends of the explanation are named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from habeas.law.axioms import all_broken, breaks, numbers_reading
from habeas.law.book import LawBook
from habeas.law.index import Named, index_of
from habeas.law.schema import Fact, load_vocabulary
from habeas.law.values import SetValue, Value
from habeas.law.views import ElementView
from habeas.terms import Money

Answer = Callable[[ElementView], object]
_TRIED_MEMBERS = 12
_NOTHING = Named()
_BROKEN = "broken axioms"


def deciding(candidates: Iterable[str], view: ElementView, answer: Answer) -> list[str]:
    """Those of the candidates of which two values lead to different answers."""
    return [id_ for id_ in candidates if _decides(id_, view, answer)]


def trials_of(id_: str, view: ElementView) -> list[ElementView]:
    """The view with each value worth trying of a fact that the axioms admit; made once a view."""
    if id_ not in view.trials:
        view.trials[id_] = list(_trials(id_, view))
    return view.trials[id_]


def _decides(id_: str, view: ElementView, answer: Answer) -> bool:
    trials = trials_of(id_, view)
    if len(trials) < 2:
        return False
    first = answer(trials[0])
    return any(answer(trial) != first for trial in trials[1:])


def broken_in(view: ElementView) -> frozenset[int]:
    """The axioms broken by what is known already, whatever is tried."""
    found: frozenset[int] | None = view.steps.get(_BROKEN)
    if found is None:
        found = view.steps[_BROKEN] = all_broken(view.known)
    return found


def _trials(id_: str, view: ElementView) -> Iterator[ElementView]:
    """The view with each value the fact may have; none where the facts break other axioms."""
    reading = numbers_reading(id_)
    if not broken_in(view) <= set(reading):
        return
    stated = view.known.get(id_)
    for value in values_to_try(load_vocabulary().facts[id_], stated, view.book):
        if reading:
            tried = {**view.known, id_: value}
            if any(breaks(number, tried) for number in reading):
                continue
        yield view.tried(id_, value)


def values_to_try(fact: Fact, stated: Value | None, book: LawBook) -> Iterator[Value]:
    """Values worth trying: every member, both answers, both sides of every bound in the book."""
    named = index_of(book).named.get(fact.id, _NOTHING)
    match fact.type:
        case "bool":
            yield from (True, False)
        case "enum":
            yield from _enum(fact, named)
        case "set":
            yield from _sets(fact, stated if isinstance(stated, SetValue) else None, named)
        case "int":
            yield from sorted({n + d for n in named.numbers for d in (-1, 0, 1)} or {0, 1})
        case "date":
            yield from (date(2020, 1, 1), date(2021, 6, 1), date(2026, 1, 1))
        case "money":
            yield from (Money(minor=0, currency="CNY"), Money(minor=10**12, currency="CNY"))
        case "instant":
            return


def _enum(fact: Fact, named: Named) -> list[str]:
    """The members a book speaks of, and one it does not: all others are worth the same."""
    other = [member for member in fact.members if member not in named.members][:1]
    return [member for member in fact.members if member in named.members] + other


def _sets(fact: Fact, stated: SetValue | None, named: Named) -> Iterator[SetValue]:
    yes = stated.yes if stated else frozenset()
    no = stated.no if stated else frozenset()
    open_ = [member for member in fact.members if member not in yes and member not in no]
    everything = frozenset(fact.members)
    yield SetValue(yes=yes, no=everything - yes)
    for member in [m for m in open_ if m in named.members][:_TRIED_MEMBERS]:
        chosen = yes | {member}
        yield SetValue(yes=chosen, no=everything - chosen)
    yield SetValue(yes=yes | frozenset(open_), no=no)
