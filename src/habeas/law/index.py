"""What is looked up in a book again and again, gathered once: whom it asks, what it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

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
from habeas.law.provision import BREAKABLE, Flag, Provision, Rule

_KEPT = 16
_MOST_QUESTIONS = 512
Asked = tuple[tuple[Provision, tuple[Rule, ...]], ...]
_indexes: dict[int, BookIndex] = {}


def index_of(book: LawBook) -> BookIndex:
    """The index of a book; kept for the books used last.

    Kept by the book itself, not its hash: a book that somebody altered is another book.
    """
    found = _indexes.get(id(book))
    if found is None:
        if len(_indexes) >= _KEPT:
            del _indexes[next(iter(_indexes))]
        found = _indexes[id(book)] = BookIndex(book)
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """What a book says of one fact: the members it names, the numbers it compares it with."""

    members: set[str] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)


class BookIndex:
    """Lists of one book. programs: its compiled functions by level, kept by `compiled`.

    leaves: what was said of a part of an expression and a value, kept by `explain`.
    """

    def __init__(self, book: LawBook) -> None:
        self.book = book
        self.programs: dict[str, Any] = {}
        self.leaves: dict[Any, Any] = {}
        self._asked: dict[tuple[str, tuple[str, ...] | None], Asked] = {}
        self._answering: dict[tuple[str, str], Asked] = {}

    def asked(self, level: str, issues: tuple[str, ...] | None) -> Asked:
        """What can be broken at a level, with the parts that answer the issues, in order."""
        key = (level, issues)
        if key not in self._asked:
            if len(self._asked) >= _MOST_QUESTIONS:
                self._asked.clear()
            self._asked[key] = tuple(
                (provision, parts)
                for provision in self.book.provisions.values()
                if provision.kind in BREAKABLE and provision.decides
                if (parts := provision.parts(level, issues))
            )
        return self._asked[key]

    def answering(self, level: str, issue: str) -> Asked:
        """The deciding provisions of any kind with a part on an issue, and those parts."""
        key = (level, issue)
        if key not in self._answering:
            self._answering[key] = tuple(
                (provision, parts)
                for provision in self.book.provisions.values()
                if provision.decides and (parts := provision.parts(level, (issue,)))
            )
        return self._answering[key]

    @cached_property
    def flags(self) -> tuple[tuple[Provision, Flag], ...]:
        return tuple((p, flag) for p in self.book.provisions.values() for flag in p.flags)

    @cached_property
    def named(self) -> dict[str, Named]:
        """By fact: what the book's expressions say of it."""
        found: dict[str, Named] = {}
        for node in _nodes(self.book):
            for leaf in leaves(node):
                for fact, members, numbers in _said(leaf):
                    one = found.setdefault(fact, Named())
                    one.members.update(members)
                    one.numbers.update(numbers)
        return found


def _said(leaf: Node) -> Iterator[tuple[str, set[str], set[int]]]:
    match leaf:
        case AnyOf() | AllOf() | Within():
            yield leaf.fact, set(leaf.members), set()
        case Is():
            yield leaf.fact, {str(member) for member in leaf.wanted}, set()
        case Compare():
            sides = (leaf.left, leaf.right)
            numbers = {
                side.number
                for side in sides
                if isinstance(side, Literal) and isinstance(side.number, int)
            }
            yield from ((side.fact, set(), numbers) for side in sides if isinstance(side, Figure))


def _nodes(book: LawBook) -> Iterator[Node]:
    for instrument in book.instruments.values():
        yield from instrument.scope.values()
    for provision in book.provisions.values():
        for rule in (part for parts in provision.rules.values() for part in parts):
            yield from rule.nodes
    for derivations in book.derivations.values():
        for derivation in derivations:
            yield from derivation.nodes
