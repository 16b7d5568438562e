"""Duties whose time is still running: what is not broken yet and will be, if nothing is done.

A rule says so by counting to `as_of`: `days(event.at, as_of) > 30 and event.answer == 'no_answer'`.
As of a later day the same facts break it. The last day on which they do not is when it is due.
"""

from __future__ import annotations

from datetime import date, timedelta

from habeas.law.book import LawBook
from habeas.law.element import ElementCase
from habeas.law.expression import (
    Amount,
    Arithmetic,
    Compare,
    Elapsed,
    Extreme,
    Node,
    Today,
    facts_in,
    k_or,
    leaves,
    provisions_in,
)
from habeas.law.index import index_of
from habeas.law.provision import Provision
from habeas.law.seen import Seen, seen
from habeas.law.views import ElementView, FactsView

_AHEAD = (3_650, 1_000, 365, 120, 60, 30, 10, 3)  # days; holidays are known a year or two ahead


def pending_until(provision: Provision, case: ElementCase) -> date | None:
    """The last day on which a duty that is not broken may still be fulfilled; None: no such day.

    The facts stay as stated; only the day as of which is asked moves, by at most ten years. On
    the last day itself it may be open whether the hour is past.
    """
    if provision.id not in counting(case.book):
        return None
    ends = (n for n in _AHEAD if _broken(provision, case, timedelta(days=n)))
    low, high = 0, next(ends, 0)  # not broken after `low` days, broken after `high`
    if not high:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if _broken(provision, case, timedelta(days=middle)):
            high = middle
        else:
            low = middle
    return case.as_of + timedelta(days=low)


def _broken(provision: Provision, case: ElementCase, later: timedelta) -> bool:
    views = [_on(view, case.as_of + later) for view in case.views]
    return k_or(*[view.asked_truth(provision, case.element.issues) for view in views]) is True


def _on(view: ElementView, today: date) -> ElementView:
    look = seen if isinstance(view, Seen) else FactsView
    return look(view.known, book=view.book, level=view.level, day=view.day, today=today)


def counting(book: LawBook) -> frozenset[str]:
    """The provisions that count to the day as of which is asked, at any depth."""
    index = index_of(book)
    if "counting" not in index.programs:
        index.programs["counting"] = _counting(book)
    found: frozenset[str] = index.programs["counting"]
    return found


def _counting(book: LawBook) -> frozenset[str]:
    nodes: dict[str, list[Node]] = {
        p.id: [n for parts in p.rules.values() for rule in parts for n in rule.nodes]
        for p in book.provisions.values()
    }
    nodes |= {f: [n for d in ds for n in d.nodes] for f, ds in book.derivations.items()}
    found = {id_ for id_, own in nodes.items() if any(map(_reads_today, own))}
    grew = True
    while grew:
        more = {
            id_
            for id_, own in nodes.items()
            if id_ not in found
            and any(not found.isdisjoint(facts_in(n) | provisions_in(n)) for n in own)
        }
        found |= more
        grew = bool(more)
    return frozenset(found & book.provisions.keys())


def _reads_today(node: Node) -> bool:
    compared = [leaf for leaf in leaves(node) if isinstance(leaf, Compare)]
    return any(_is_today(side) for leaf in compared for side in (leaf.left, leaf.right))


def _is_today(amount: Amount) -> bool:
    match amount:
        case Today():
            return True
        case Elapsed():
            return _is_today(amount.start) or _is_today(amount.end)
        case Arithmetic():
            return _is_today(amount.left) or _is_today(amount.right)
        case Extreme():
            return any(map(_is_today, amount.parts))
        case _:
            return False
