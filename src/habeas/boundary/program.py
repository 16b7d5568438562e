"""Patterns as programs for the compiled machine: the same matches as `re`, in the same order.

A pattern is taken from its own parse tree; what isn't understood is refused (`None`), and the
pattern is then tried by `re` itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from re import _compiler as compiler  # type: ignore[attr-defined]
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import numpy as np
import numpy.typing as npt

from habeas.boundary.fold import fold

Array = npt.NDArray[Any]
CODES = 0x10000  # one more place stands for all characters beyond
_MOST_STEPS = 6_000
_MOST_COPIES = 40
_ASTRAL = "\U00020000\U0001f600"


class Op(IntEnum):
    """What a step does; x, y, z are its three numbers."""

    MATCH = 0
    ONE = 1  # a character of set x
    MANY = 2  # set x, y to z times, as many as possible
    FEW = 3  # set x, y to z times, as few as possible
    FIRST = 4  # the next step, or else step x
    LAST = 5  # step x, or else the next step
    JUMP = 6  # to step x
    CHOICE = 7  # the alternatives of choice x, in order
    OPEN = 8
    CLOSE = 9
    BEFORE = 10  # z sets from x stand before (y: they must not)
    AFTER = 11  # z sets from x follow (y: they must not)
    LOOK = 12  # what follows up to DONE matches from here, z characters back; then step x; y: not
    DONE = 13
    BEGIN = 14
    END = 15
    END_EXACT = 16
    ALL = 17  # as MANY, and what follows begins with none of the set: never fewer


class Unknown(Exception):
    """A construct the machine doesn't know."""


Step = tuple[int, int, int, int]
_UNKNOWN: list[Any] = [(None, None)]


@dataclass(slots=True)
class Programs:
    """Steps of all patterns, and the sets of characters they speak of."""

    steps: list[Step] = field(default_factory=list)
    atoms: dict[bytes, int] = field(default_factory=dict)  # membership over all codes -> its number
    rows: list[Array] = field(default_factory=list)
    lists: list[int] = field(default_factory=list)  # sets of BEFORE and AFTER, one after another
    choices: list[list[tuple[int, int]]] = field(default_factory=list)  # (first set or -1, step)

    def add(self, pattern: re.Pattern[str]) -> int | None:
        """Where its program begins; None: not for the machine."""
        begin = steps = len(self.steps)
        choices = len(self.choices)
        tree = list(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE.value))
        try:
            self._sequence(tree, pattern.flags, [])
            self._emit(Op.MATCH)
        except Unknown:
            begin = -1
        if begin >= 0 and len(self.steps) - begin <= _MOST_STEPS:
            return begin
        del self.steps[steps:], self.choices[choices:]
        return None

    def first_of(self, pattern: re.Pattern[str]) -> int:
        """The set a match begins with; -1: any character, or none."""
        tree = list(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE.value))
        try:
            return self._first(tree, pattern.flags)
        except Unknown:
            return -1

    def _emit(self, kind: Op, x: int = 0, y: int = 0, z: int = 0) -> int:
        self.steps.append((int(kind), x, y, z))
        return len(self.steps) - 1

    def _number(self, members: Array) -> int:
        key = np.packbits(members).tobytes()
        if key not in self.atoms:
            self.atoms[key] = len(self.rows)
            self.rows.append(members)
        return self.atoms[key]

    def _atom(self, code: Any, value: Any, flags: int) -> int | None:
        """The number of the set of a part that is one character."""
        if code not in (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY):
            return None
        return self._number(_members(_frozen(code), _frozen(value), flags))

    def _sequence(self, tree: Sequence[Any], flags: int, after: list[Any]) -> None:
        """after: what follows the sequence, to see where a repeat can't end earlier."""
        for at, (code, value) in enumerate(tree):
            self._part(code, value, flags, [*tree[at + 1 :], *after])

    def _part(self, code: Any, value: Any, flags: int, after: list[Any]) -> None:
        if (one := self._atom(code, value, flags)) is not None:
            self._emit(Op.ONE, one)
        elif code is op.SUBPATTERN:
            self._group(value, flags, after)
        elif code is op.BRANCH:
            self._branch([list(part) for part in value[1]], flags, after)
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT):
            self._repeat(value, flags, after, greedy=code is op.MAX_REPEAT)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            self._look(value[0], list(value[1]), flags, negative=code is op.ASSERT_NOT)
        elif code is op.AT:
            self._at(value)
        else:
            raise Unknown

    def _group(self, value: Any, flags: int, after: list[Any]) -> None:
        number, more, less, body = value
        if more or less:
            raise Unknown
        if number is not None:
            self._emit(Op.OPEN)
        self._sequence(list(body), flags, after)
        if number is not None:
            self._emit(Op.CLOSE)

    def _branch(self, parts: list[list[Any]], flags: int, after: list[Any]) -> None:
        number = len(self.choices)
        self.choices.append([])
        self._emit(Op.CHOICE, number)
        jumps = []
        for part in parts:
            self.choices[number].append((self._first(part, flags), len(self.steps)))
            self._sequence(part, flags, after)
            jumps.append(self._emit(Op.JUMP))
        for jump in jumps:
            self.steps[jump] = (int(Op.JUMP), len(self.steps), 0, 0)

    def _repeat(self, value: Any, flags: int, after: list[Any], *, greedy: bool) -> None:
        least, most, body = int(value[0]), value[1], list(value[2])
        if len(body) == 1 and (one := self._atom(body[0][0], body[0][1], flags)) is not None:
            limit = 1 << 30 if most is op.MAXREPEAT else int(most)
            kind = Op.MANY if greedy else Op.FEW
            if greedy and self._apart(one, after, flags):
                kind = Op.ALL
            self._emit(kind, one, least, limit)
            return
        if most is op.MAXREPEAT:
            self._endless(least, body, flags, greedy=greedy)
            return
        if int(most) > _MOST_COPIES:
            raise Unknown
        for _ in range(least):
            self._sequence(body, flags, _UNKNOWN)
        tries = []
        for _ in range(int(most) - least):
            tries.append(self._emit(Op.FIRST if greedy else Op.LAST))
            self._sequence(body, flags, _UNKNOWN)
        for at in tries:
            if greedy:
                self.steps[at] = (int(Op.FIRST), len(self.steps), 0, 0)
            else:
                self.steps[at] = (int(Op.LAST), len(self.steps), 0, 0)

    def _apart(self, one: int, after: list[Any], flags: int) -> bool:
        """Does what follows begin with characters of another set only?"""
        follow = self._first(after, flags)
        return follow >= 0 and not (self.rows[one] & self.rows[follow]).any()

    def _endless(self, least: int, body: list[Any], flags: int, *, greedy: bool) -> None:
        if _may_be_empty(body) or least > _MOST_COPIES:
            raise Unknown
        for _ in range(least):
            self._sequence(body, flags, _UNKNOWN)
        at = self._emit(Op.FIRST if greedy else Op.LAST)
        self._sequence(body, flags, _UNKNOWN)
        self._emit(Op.JUMP, at)
        self.steps[at] = (int(Op.FIRST if greedy else Op.LAST), len(self.steps), 0, 0)

    def _look(self, way: int, body: list[Any], flags: int, *, negative: bool) -> None:
        atoms = [self._atom(code, value, flags) for code, value in body]
        if all(one is not None for one in atoms):
            begin = len(self.lists)
            self.lists += [one for one in atoms if one is not None]
            self._emit(Op.AFTER if way > 0 else Op.BEFORE, begin, int(negative), len(atoms))
            return
        back = 0
        if way < 0:
            low, high = parser.SubPattern(parser.State(), body).getwidth()
            if low != high:
                raise Unknown
            back = low
        at = self._emit(Op.LOOK)
        self._sequence(body, flags, _UNKNOWN)
        self._emit(Op.DONE)
        self.steps[at] = (int(Op.LOOK), len(self.steps), int(negative), back)

    def _at(self, value: Any) -> None:
        kinds = {
            op.AT_BEGINNING: Op.BEGIN, op.AT_BEGINNING_STRING: Op.BEGIN,
            op.AT_END: Op.END, op.AT_END_STRING: Op.END_EXACT,
        }  # fmt: skip
        if value not in kinds:
            raise Unknown
        self._emit(kinds[value])

    def _any(self, firsts: Sequence[int]) -> int:
        if -1 in firsts:
            return -1
        return self._number(np.logical_or.reduce([self.rows[one] for one in firsts]))

    def _first(self, tree: Sequence[Any], flags: int) -> int:  # noqa: PLR0911 - one answer a part
        """The set of the first character of every match; -1: not told."""
        for at, (code, value) in enumerate(tree):
            if (one := self._atom(code, value, flags)) is not None:
                return one
            if code is op.SUBPATTERN:
                if value[1] or value[2]:
                    return -1
                return self._first([*value[3], *tree[at + 1 :]], flags)
            if code is op.BRANCH:
                rest = tree[at + 1 :] if any(_may_be_empty(list(p)) for p in value[1]) else []
                return self._any([self._first([*part, *rest], flags) for part in value[1]])
            if code in (op.MAX_REPEAT, op.MIN_REPEAT):
                if value[0] and not _may_be_empty(list(value[2])):
                    return self._first(list(value[2]), flags)
                rest = list(tree[at + 1 :])
                return self._any([self._first([*value[2], *rest], flags), self._first(rest, flags)])
            if code is op.ASSERT and value[0] > 0:
                ahead = self._first(list(value[1]), flags)
                return ahead if ahead >= 0 else self._first(tree[at + 1 :], flags)
            if code not in (op.ASSERT, op.ASSERT_NOT, op.AT):
                return -1
        return -1


def _may_be_empty(body: list[Any]) -> bool:
    return bool(parser.SubPattern(parser.State(), body).getwidth()[0] == 0)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value


@cache
def _every() -> tuple[str, Array]:
    """All characters of the plane, lone surrogates too, and where each stands."""
    codes = np.arange(CODES)
    return "".join(map(chr, codes)), codes


@cache
def _members(code: Any, value: Any, flags: int) -> Array:
    """Which characters one part of a pattern matches, as `re` itself says."""
    found = np.zeros(CODES + 1, bool)
    if code is op.LITERAL and not flags & re.IGNORECASE:
        if value >= CODES:
            raise Unknown
        found[value] = True
        return found
    state = parser.State()
    state.flags, state.str = flags & ~re.UNICODE.value | re.UNICODE.value, ""
    if flags & re.ASCII:
        state.flags = flags & ~re.UNICODE.value
    tree = parser.SubPattern(state, [(code, list(value) if code is op.IN else value)])
    one = compiler.compile(tree, state.flags)
    text, codes = _every()
    starts = [match.start() for match in one.finditer(text)]
    found[codes[starts]] = True
    beyond = {bool(one.match(sign)) for sign in _ASTRAL}
    if len(beyond) > 1:
        raise Unknown
    found[CODES] = beyond.pop()
    return found


@cache
def folded_codes() -> Array:
    """Each character as what it folds to."""
    return np.array([*(ord(fold(chr(code))) for code in range(CODES)), CODES])
