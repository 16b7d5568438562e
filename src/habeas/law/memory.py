"""What was explained once is not explained again for the same facts.

A provision's result, its open ends and which of them can change it hang on the facts it reads,
through other provisions, derived facts and axioms, on the law in force and on the day. Under the
same ones they are the same, whoever's matter it is. Kept per book, in memory only, and forgotten
by the thousand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from habeas.law.axioms import facts_beside
from habeas.law.compiled import Program, force_of, scope_key
from habeas.law.decision import ProvisionResult
from habeas.law.index import index_of
from habeas.law.missing import broken_in
from habeas.law.seen import Seen
from habeas.law.values import Value

_MOST = 8_192
_MOST_ELEMENTS = 256
_MOST_WORDS = 50_000


@dataclass(slots=True)
class Remembered:
    """One result with what was found out about it.

    decides: those of the ends that were tried and can change it; untried: those not tried yet.
    """

    result: ProvisionResult
    ends: list[str]
    judged: list[str]
    decides: list[str] = field(default_factory=list)
    untried: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.untried = set(self.ends)


class Memory:
    """The results of one book at one level."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._young: dict[object, Remembered] = {}
        self._old: dict[object, Remembered] = {}
        self._elements: dict[object, dict[str, Any]] = {}
        self._reads: dict[str, frozenset[str]] = {}
        self._numbers: dict[tuple[str, object], int] = {}
        self._last = 0

    def recall(
        self,
        id_: str,
        view: Seen,
        issues: tuple[str, ...] | None,
        make: Callable[[], Remembered],
    ) -> Remembered:
        """The result of a provision or ground on what the view sees, made if it is new."""
        reads = self.reads(id_)
        key = (id_, issues, *[number for fact, number in self._words(view) if fact in reads])
        found = self._young.get(key) or self._old.get(key)
        if found is None:
            found = make()
        if key not in self._young:
            if len(self._young) >= _MOST:
                self._old, self._young = self._young, {}
            self._young[key] = found
        return found

    def of_element(self, view: Seen, asked: object) -> dict[str, Any]:
        """The fields worked out so far of whoever states all the same and is asked the same."""
        stated = frozenset([(id_, _token(value)) for id_, value in view.known.items()])
        found = self._elements.get(key := (asked, stated))
        if found is None:
            if len(self._elements) >= _MOST_ELEMENTS:
                self._elements.pop(next(iter(self._elements)), None)
            found = self._elements[key] = {}
        return found

    def reads(self, id_: str) -> frozenset[str]:
        """Every fact a result hangs on, and the three words for the law and the day."""
        if id_ not in self._reads:
            facts = self.program.reads_of(self._starts(id_))
            beside = {other for fact in facts for other in facts_beside(fact)}
            self._reads[id_] = frozenset({_LAW, _DAY, _BROKEN}) | facts | beside
        return self._reads[id_]

    def _words(self, view: Seen) -> list[tuple[str, int]]:
        """What is stated, in one order, each value as a number that stands for it here."""
        words: list[tuple[str, int]] | None = view.steps.get(_WORDS)
        if words is None:
            tokens = [(id_, _token(value)) for id_, value in sorted(view.known.items(), key=_first)]
            tokens += [
                (_LAW, bisect_right(self.changes, view.number)),
                (_DAY, view.today),
                (_BROKEN, broken_in(view)),
            ]
            words = [(token[0], self._number(token)) for token in tokens]
            view.steps[_WORDS] = words
        return words

    def _number(self, token: tuple[str, object]) -> int:
        if token not in self._numbers:
            if len(self._numbers) >= _MOST_WORDS:  # then no number may mean two things
                self._numbers, self._young, self._old = {}, {}, {}
            self._last += 1
            self._numbers[token] = self._last
        return self._numbers[token]

    def _starts(self, id_: str) -> list[str]:
        book = self.program.book
        if id_ in book.provisions:
            return [id_, scope_key(id_), scope_key(book.provisions[id_].instrument)]
        instrument = book.instruments[id_]
        return [scope_key(id_), *instrument.grounds, *self.program.asks_for(instrument)]

    @cached_property
    def changes(self) -> list[int]:
        """The days on which the law in force changes."""
        forces = [force_of(p) for p in self.program.book.provisions.values()]
        return sorted({day for force in forces for day in force})


_LAW, _DAY, _BROKEN, _WORDS = "law in force", "day", "axioms broken", "words"


def memory_of(view: Seen) -> Memory:
    """The memory for views of one book and level."""
    programs = index_of(view.book).programs
    key = f"{view.level} memory"
    if key not in programs:
        programs[key] = Memory(view.program)
    found: Memory = programs[key]
    return found


def _first(item: tuple[str, Value]) -> str:
    return item[0]


def _token(value: Value) -> object:
    """A value as it is told apart: hours as they are written, with their offset."""
    return value.isoformat() if isinstance(value, datetime) else value
