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

from habeas.law.axioms import all_broken, facts_beside
from habeas.law.compiled import Program, force_of, scope_key
from habeas.law.decision import ProvisionResult
from habeas.law.index import index_of
from habeas.law.seen import Seen
from habeas.law.values import SetValue, Value

_MOST = 4_096


@dataclass(slots=True)
class Remembered:
    """One result with what was found out about it. decides: by fact, whether it can change it."""

    result: ProvisionResult
    ends: list[str]
    judged: list[str]
    decides: dict[str, bool] = field(default_factory=dict)


class Memory:
    """The results of one book at one level."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._young: dict[object, Remembered] = {}
        self._old: dict[object, Remembered] = {}
        self._reads: dict[str, tuple[str, ...]] = {}

    def recall(
        self,
        id_: str,
        view: Seen,
        issues: tuple[str, ...] | None,
        make: Callable[[], Remembered],
    ) -> Remembered:
        """The result of a provision or ground on what the view sees, made if it is new."""
        tokens = tokens_of(view)
        key = (id_, issues, *map(tokens.get, self.reads(id_)))
        found = self._young.get(key) or self._old.get(key)
        if found is None:
            found = make()
        if key not in self._young:
            if len(self._young) >= _MOST:
                self._old, self._young = self._young, {}
            self._young[key] = found
        return found

    def reads(self, id_: str) -> tuple[str, ...]:
        """Every fact a result hangs on, and the three words for the law and the day."""
        if id_ not in self._reads:
            facts = self.program.reads_of(self._starts(id_))
            beside = {other for fact in facts for other in facts_beside(fact)}
            self._reads[id_] = (_LAW, _DAY, _BROKEN, *sorted(facts | beside))
        return self._reads[id_]

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


_LAW, _DAY, _BROKEN = "law in force", "day", "axioms broken"


def memory_of(view: Seen) -> Memory:
    """The memory for views of one book and level."""
    programs = index_of(view.book).programs
    key = f"{view.level} memory"
    if key not in programs:
        programs[key] = Memory(view.program)
    found: Memory = programs[key]
    return found


def tokens_of(view: Seen) -> dict[str, Any]:
    """What is stated, as words that are the same only where an explanation would be the same."""
    tokens: dict[str, Any] | None = view.steps.get("tokens")
    if tokens is None:
        tokens = {id_: _token(value) for id_, value in view.known.items()}
        tokens[_LAW] = bisect_right(memory_of(view).changes, view.number)
        tokens[_DAY] = view.today
        tokens[_BROKEN] = all_broken(view.known)
        view.steps["tokens"] = tokens
    return tokens


def _token(value: Value) -> object:
    """Sets by what is in them and what is not; hours as they are written, with their offset."""
    if isinstance(value, SetValue):
        return _Members(value)
    return value.isoformat() if isinstance(value, datetime) else value


class _Members:
    """A set's members, hashed once."""

    __slots__ = ("hash", "value")

    def __init__(self, value: SetValue) -> None:
        self.value = value
        self.hash = hash(value)

    def __hash__(self) -> int:
        return self.hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, _Members) and self.value == other.value)
