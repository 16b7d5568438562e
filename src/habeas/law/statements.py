"""What somebody states of a fact, and the short way to read the plain spellings of it.

Most of a matter is single words, yes or no, numbers and closed lists. These are looked up; what
is spelt otherwise, is a judgement, has an author or is wrong is left to `matter`, which says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from habeas.law.schema import Fact, load_vocabulary
from habeas.law.values import SetValue, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One value of one fact, and who says so. `value` None: somebody says it is not known."""

    value: Value | None
    by: str | None = None
    grounds: str | None = None
    contested: bool = False


Statements = tuple[Statement, ...]


class QuickReader:
    """One fact's plain spellings. `read` gives None for whatever needs a closer look."""

    __slots__ = ("every", "id", "number", "words")

    def __init__(self, fact: Fact) -> None:
        self.id = fact.id
        self.words: dict[Any, Statements] = {}
        self.every: frozenset[str] | None = None
        self.number = False
        if fact.nature == "evaluative":
            return
        if fact.type == "bool":
            for word, value in ((True, True), ("true", True), (False, False), ("false", False)):
                self.words[word] = (Statement(value=value),)
        elif fact.type == "enum":
            self.words = {member: (Statement(value=member),) for member in fact.members}
        elif fact.type == "set":
            self.every = frozenset(fact.members)
        self.number = fact.type == "int"

    def read(self, raw: Any) -> Statements | None:
        kind = type(raw)
        if kind is str or kind is bool:
            return self.words.get(raw)
        if kind is list and self.every is not None:
            return self._closed(raw, self.every)
        if kind is int and self.number:
            return (Statement(value=raw),)
        return None

    def _closed(self, raw: list[Any], every: frozenset[str]) -> Statements | None:
        if any(type(word) is not str for word in raw):
            return None
        yes = frozenset(raw)
        if not yes <= every:
            return None
        return (Statement(value=SetValue(yes=yes, no=every - yes)),)


@cache
def quick_readers(level: str) -> dict[str, QuickReader]:
    """The facts of a level by their short name."""
    return {name: QuickReader(fact) for name, fact in load_vocabulary().of_level(level).items()}
