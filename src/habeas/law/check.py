"""What can be seen of a book without a solver: holes in time, unread words, open conflicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from habeas.law.axioms import axioms_of
from habeas.law.book import LawBook
from habeas.law.conflicts import Precedence
from habeas.law.expression import AllOf, AnyOf, Is, Node, Subset, Within, facts_in, leaves
from habeas.law.index import index_of
from habeas.law.schema import Fact, load_vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """Days on which nothing answers a question that was answered before, and is after (or not)."""

    issue: str
    level: str
    first: date
    last: date | None

    def to_json(self) -> dict[str, Any]:
        return {
            "issue": self.issue,
            "level": self.level,
            "first": self.first.isoformat(),
            "last": None if self.last is None else self.last.isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was seen.

    unread: facts no expression of the book reads. unnamed: members of choices and sets that are
    read, which no expression names: they are all worth the same. unreachable: members the axioms
    exclude. unanswered: issues nothing in the book speaks of. unsettled: contrary pairs without a
    winner.
    """

    holes: tuple[Hole, ...]
    unread: tuple[str, ...]
    unnamed: dict[str, tuple[str, ...]]
    unreachable: dict[str, tuple[str, ...]]
    unanswered: tuple[str, ...]
    unsettled: tuple[Precedence, ...]
    precedence: tuple[Precedence, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "version_holes": [hole.to_json() for hole in self.holes],
            "facts_nothing_reads": list(self.unread),
            "members_nothing_names": {k: list(v) for k, v in self.unnamed.items()},
            "members_the_axioms_exclude": {k: list(v) for k, v in self.unreachable.items()},
            "issues_nothing_answers": list(self.unanswered),
            "conflicts_without_a_winner": [[p.winner, p.loser] for p in self.unsettled],
            "conflicts_settled": [
                {"winner": p.winner, "loser": p.loser, "by": p.by}
                for p in self.precedence
                if p.by is not None
            ],
        }


def check(book: LawBook, *, as_of: date) -> Checked:
    """Look a book through. Holes are those up to `as_of`."""
    nodes = list(nodes_of(book))
    read = frozenset().union(*(facts_in(node) for node in nodes))
    facts = load_vocabulary().facts
    return Checked(
        holes=tuple(_holes(book, as_of)),
        unread=tuple(sorted(set(facts) - read - _known_otherwise(book))),
        unnamed=_unnamed(nodes, book, read),
        unreachable={f.id: found for f in facts.values() if (found := _excluded(f))},
        unanswered=tuple(_unanswered(book)),
        unsettled=tuple(p for p in book.precedence if p.by is None),
        precedence=book.precedence,
    )


def _known_otherwise(book: LawBook) -> set[str]:
    """Read by the engine itself, or worked out: the day and how exactly it is known."""
    return {"matter.acted_on", "matter.acted_on_precision", *book.derivations}


def nodes_of(book: LawBook) -> Iterator[Node]:
    """Every expression of a book."""
    for instrument in book.instruments.values():
        yield from instrument.scope.values()
        if instrument.grounds_when is not None:
            yield instrument.grounds_when
    for provision in book.provisions.values():
        yield from (n for parts in provision.rules.values() for rule in parts for n in rule.nodes)
        yield from (flag.when for flag in provision.flags)
    for derivations in book.derivations.values():
        yield from (node for derivation in derivations for node in derivation.nodes)
    yield from (cover.when for cover in book.covers)
    yield from (limit.when for limit in book.limits)


# ---- time


def _holes(book: LawBook, as_of: date) -> Iterator[Hole]:
    for level in ("use", "event"):
        for issue in load_vocabulary().domains["issue"]:
            spans = sorted(
                (p.from_, p.to or date.max) for p, _ in index_of(book).answering(level, issue)
            )
            yield from _between(spans, issue, level, as_of)


def _between(spans: list[tuple[date, date]], issue: str, level: str, as_of: date) -> Iterator[Hole]:
    end: date | None = None
    for first, last in spans:
        if end is not None and first > end:
            yield Hole(issue=issue, level=level, first=end, last=first - timedelta(days=1))
        end = last if end is None else max(end, last)
    if end is not None and end <= as_of:
        yield Hole(issue=issue, level=level, first=end, last=None)


def _unanswered(book: LawBook) -> Iterator[str]:
    grounds = {issue for i in book.instruments.values() for issue in i.grounds_issues}
    covers = {cover.issue for cover in book.covers}
    for issue in load_vocabulary().domains["issue"]:
        spoken = any(index_of(book).answering(level, issue) for level in ("use", "event"))
        if not spoken and issue not in grounds | covers:
            yield issue


# ---- words


def _unnamed(nodes: list[Node], book: LawBook, read: frozenset[str]) -> dict[str, tuple[str, ...]]:
    named: dict[str, set[str]] = {}
    for node in nodes:
        for leaf in leaves(node):
            match leaf:
                case Is() | AnyOf() | AllOf() | Within():
                    words = leaf.wanted if isinstance(leaf, Is) else leaf.members
                    named.setdefault(leaf.fact, set()).update(map(str, words))
                case Subset():
                    for fact in (leaf.left, leaf.right):
                        named.setdefault(fact, set()).update(leaf.domain)
                case _:
                    pass
    for fact, derivations in book.derivations.items():
        named.setdefault(fact, set()).update(d.member for d in derivations if d.member)
    facts = load_vocabulary().facts
    return {
        id_: rest
        for id_ in sorted(read)
        if id_ in facts
        and (rest := tuple(m for m in facts[id_].members if m not in named.get(id_, set())))
    }


def _excluded(fact: Fact) -> tuple[str, ...]:
    """Members that no matter may state, whatever else it states."""
    if fact.type != "enum":
        return ()
    alone = [a for a in axioms_of() if a.reads == {fact.id}]
    return tuple(m for m in fact.members if any(_broken(a.when, a.then, fact, m) for a in alone))


def _broken(when: Node, then: Node, fact: Fact, member: str) -> bool:
    from habeas.law.axioms import StatedView

    view = StatedView({fact.id: member})
    return when.value(view) is True and then.value(view) is False
