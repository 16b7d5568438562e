"""Which unknown facts can still change the answer: tried out, not guessed.

A fact is missing if two values it may have (none breaking an axiom) lead to different answers.
Where no single fact does, the open ends of the explanation are named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache

from habeas.law.book import LawBook
from habeas.law.expression import (
    AllOf,
    AnyOf,
    Compare,
    Figure,
    Is,
    Literal,
    Node,
    Within,
    leaves,
)
from habeas.law.matter import broken_axiom
from habeas.law.schema import Fact, load_vocabulary
from habeas.law.values import SetValue, Value

Answer = Callable[[Mapping[str, Value]], object]
_TRIED_MEMBERS = 12


def deciding(
    candidates: Iterable[str], facts: Mapping[str, Value], answer: Answer, book: LawBook
) -> list[str]:
    """Those of the candidates of which two values lead to different answers."""
    return [id_ for id_ in candidates if _decides(id_, facts, answer, book)]


def _decides(id_: str, facts: Mapping[str, Value], answer: Answer, book: LawBook) -> bool:
    seen: set[object] = set()
    for value in _values(load_vocabulary().facts[id_], facts.get(id_), book):
        tried = {**facts, id_: value}
        if broken_axiom(tried) is not None:
            continue
        seen.add(answer(tried))
        if len(seen) > 1:
            return True
    return False


def _values(fact: Fact, stated: Value | None, book: LawBook) -> Iterator[Value]:
    """Values worth trying: every member, both answers, both sides of every bound in the book."""
    match fact.type:
        case "bool":
            yield from (True, False)
        case "enum":
            yield from _enum(fact, book)
        case "set":
            yield from _sets(fact, stated if isinstance(stated, SetValue) else None, book)
        case "int":
            yield from sorted({n + d for n in _bounds(fact.id, book) for d in (-1, 0, 1)} or {0, 1})
        case "date":
            yield from (date(2020, 1, 1), date(2021, 6, 1), date(2026, 1, 1))
        case "money" | "instant":
            return


def _enum(fact: Fact, book: LawBook) -> list[str]:
    """The members a book speaks of, and one it does not: all others are worth the same."""
    named = _members_named(fact.id, book)
    other = [member for member in fact.members if member not in named][:1]
    return [member for member in fact.members if member in named] + other


def _sets(fact: Fact, stated: SetValue | None, book: LawBook) -> Iterator[SetValue]:
    yes = stated.yes if stated else frozenset()
    no = stated.no if stated else frozenset()
    open_ = [member for member in fact.members if member not in yes and member not in no]
    named = _members_named(fact.id, book)
    everything = frozenset(fact.members)
    yield SetValue(yes=yes, no=everything - yes)
    for member in [m for m in open_ if m in named][:_TRIED_MEMBERS]:
        chosen = yes | {member}
        yield SetValue(yes=chosen, no=everything - chosen)
    yield SetValue(yes=yes | frozenset(open_), no=no)


def _nodes(book: LawBook) -> Iterator[Node]:
    for instrument in book.instruments.values():
        yield from instrument.scope.values()
    for provision in book.provisions.values():
        for rule in (part for parts in provision.rules.values() for part in parts):
            yield from rule.nodes
    for derivations in book.derivations.values():
        for derivation in derivations:
            yield from derivation.nodes


@cache
def _bounds(id_: str, book: LawBook) -> frozenset[int]:
    found: set[int] = set()
    for node in _nodes(book):
        for leaf in leaves(node):
            if isinstance(leaf, Compare):
                sides = (leaf.left, leaf.right)
                if any(isinstance(side, Figure) and side.fact == id_ for side in sides):
                    found |= {
                        s.number
                        for s in sides
                        if isinstance(s, Literal) and isinstance(s.number, int)
                    }
    return frozenset(found)


@cache
def _members_named(id_: str, book: LawBook) -> frozenset[str]:
    found: set[str] = set()
    for node in _nodes(book):
        for leaf in leaves(node):
            if isinstance(leaf, (AnyOf, AllOf, Within)) and leaf.fact == id_:
                found |= leaf.members
            elif isinstance(leaf, Is) and leaf.fact == id_:
                found |= {str(member) for member in leaf.wanted}
    return frozenset(found)
