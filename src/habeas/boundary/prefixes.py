"""Where could a pattern match? For each pattern, a condition every match fulfils, read off the
pattern itself: the sets of characters its first places may hold, and sets of which it must hold
one. Whatever isn't understood makes the condition wider, never narrower.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

DEPTH = 12
CODES = 0x10000  # one more place stands for all characters beyond
_MOST = 1_500
_FEW_BRANCHES = 8
_SPLITS = 2
_FULL = (1 << (CODES + 1)) - 1
UNBOUNDED = 1_600

Set = int  # characters as bits of an integer
Places = tuple[int, ...]  # numbers of the first places' sets; shorter: the match may end there
_SETS: list[Set] = []
_NUMBERS: dict[Set, int] = {}


def _number(bits: Set) -> int:
    """Sets are large: places hold their numbers."""
    if bits not in _NUMBERS:
        _NUMBERS[bits] = len(_SETS)
        _SETS.append(bits)
    return _NUMBERS[bits]


def set_of(number: int) -> Set:
    """The set of that number."""
    return _SETS[number]


def anything(number: int) -> bool:
    """Does the set of that number hold every character, so that nothing is asked there?"""
    return _SETS[number] == _FULL


@cache
def _joined(numbers: frozenset[int]) -> int:
    return _number(_union(_SETS[number] for number in numbers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A condition for a match at a place: `starts`, none of `before` just before it, and one of
    each set of `holds`, so many characters on at most.
    """

    starts: tuple[Places, ...]
    before: Set
    holds: tuple[tuple[Set, int], ...]


@cache
def wild_set() -> Set:
    """Characters that count as any: those with letter case beyond ASCII, and all above CODES."""
    bits = 1 << CODES
    for code in range(0x80, CODES):
        letter = chr(code)
        if letter.lower() != letter or letter.upper() != letter:
            bits |= 1 << code
    return bits


def gates_of(pattern: re.Pattern[str]) -> list[Gate]:
    """The gates of a pattern: where none is open, it does not match."""
    tree = list(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE.value))
    folds = bool(pattern.flags & re.IGNORECASE)
    ascii_only = bool(pattern.flags & re.ASCII)
    reader = _Reader(folds=folds, ascii_only=ascii_only)
    return [reader.gate(branch) for branch in _branches(tree)]


def _branches(tree: list[Any], splits: int = _SPLITS) -> list[list[Any]]:
    """The pattern as a few patterns, if a choice stands at its beginning."""
    for at, (code, value) in enumerate(tree):
        if code is op.BRANCH and splits and len(value[1]) <= _FEW_BRANCHES:
            return [
                part
                for choice in value[1]
                for part in _branches([*tree[:at], *choice, *tree[at + 1 :]], splits - 1)
            ]
        if code is op.SUBPATTERN and not value[1] and not value[2]:
            return _branches([*tree[:at], *value[3], *tree[at + 1 :]], splits)
        if code is op.ASSERT and value[0] > 0 and at == len(tree) - 1:
            return _branches([*tree[:at], *value[1]], splits)
        if code not in (op.ASSERT, op.ASSERT_NOT, op.AT):
            break
    return [tree]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    folds: bool
    ascii_only: bool

    def gate(self, tree: list[Any]) -> Gate:
        held: dict[Set, int] = {}
        for one, reach in self.holds(tree, 0):
            if one != _FULL:
                held[one] = min(reach, held.get(one, UNBOUNDED))
        fewest = sorted(held, key=int.bit_count)[:3]
        return Gate(
            starts=tuple(self.places(tree, DEPTH)),
            before=self.before(tree),
            holds=tuple((one, held[one]) for one in fewest),
        )

    def before(self, tree: Sequence[Any]) -> Set:
        """Characters that may not stand just before: never more than the pattern forbids."""
        bits = 0
        for code, value in tree:
            if code is op.ASSERT_NOT and value[0] < 0 and len(value[1]) == 1:
                kind, content = value[1][0]
                literal = kind is op.LITERAL or (
                    kind is op.IN and all(one in (op.LITERAL, op.RANGE) for one, _ in content)
                )
                if literal and (one := self.one(kind, content)) is not None:
                    bits |= one & ~wild_set()
            elif code not in (op.ASSERT, op.ASSERT_NOT, op.AT):
                break
        return bits

    def places(self, tree: Sequence[Any], depth: int) -> list[Places]:
        """All beginnings of what the sequence matches, to this depth."""
        open_, done = [()], []  # type: list[Places], list[Places]
        for at, (code, value) in enumerate(tree):
            last = at == len(tree) - 1
            longest = depth - min(map(len, open_), default=depth)
            nexts = self.item(code, value, longest, last=last)
            grown: dict[Places, None] = {}
            for head in open_:
                for tail in nexts:
                    grown[(*head, *tail)[:depth]] = None
            open_ = _fewer(grown)
            done += [p for p in open_ if len(p) >= depth]
            open_ = [p for p in open_ if len(p) < depth]
            if not open_:
                break
        return _fewer([*done, *open_])

    def item(  # noqa: PLR0911 - one answer for each kind of part
        self, code: Any, value: Any, depth: int, *, last: bool
    ) -> Iterable[Places]:
        """All beginnings of one part of a pattern."""
        if (one := self.one(code, value)) is not None:
            return [(_number(one),)]
        if code is op.BRANCH:
            return [p for choice in value[1] for p in self.places(list(choice), depth)]
        if code is op.SUBPATTERN:
            return self.places(list(value[3]), depth)
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            return self.repeated(value, depth)
        if code is op.ASSERT and value[0] > 0 and last:
            return self.places(list(value[1]), depth)
        if code in (op.ASSERT, op.ASSERT_NOT, op.AT):
            return [()]
        return [(_number(_FULL),) * depth]

    def repeated(self, value: Any, depth: int) -> list[Places]:
        least, most, body = value
        once = self.places(list(body), depth)
        found: dict[Places, None] = dict.fromkeys([()] if not least or depth <= 0 else [])
        open_: list[Places] = [()]
        for times in range(1, min(int(most), depth) + 1):
            grown = _fewer({(*a, *b)[:depth]: None for a in open_ for b in once})
            # A beginning that fills the depth counts whatever follows it.
            found |= dict.fromkeys(p for p in grown if times >= least or len(p) >= depth)
            open_ = [p for p in grown if len(p) < depth]
            if not open_:
                break
        if least > depth:  # parts that may be empty: more of them follow
            found |= {(*p, *(_number(_FULL),) * (depth - len(p))): None for p in open_}
        return _fewer(found)

    def one(self, code: Any, value: Any) -> Set | None:
        """The set of a part that is one character."""
        if code is op.LITERAL:
            return self.letter(value)
        if code is op.NOT_LITERAL:
            return _FULL & ~(1 << min(value, CODES)) if value < CODES else _FULL
        if code is op.ANY:
            return _FULL & ~(1 << 10)
        if code is op.IN:
            return self.among(value)
        return None

    def letter(self, code: int) -> Set:
        if code >= CODES:
            return 1 << CODES
        bits = 1 << code
        if self.folds:
            for other in (chr(code).lower(), chr(code).upper()):
                bits |= 1 << ord(other) if len(other) == 1 and ord(other) < CODES else 0
        return bits | wild_set()

    def among(self, parts: Sequence[Any]) -> Set:
        bits, negate = wild_set(), False
        for code, value in parts:
            if code is op.NEGATE:
                negate = True
            elif code is op.LITERAL:
                bits |= self.letter(value)
            elif code is op.RANGE:
                bits |= self.range(*value)
            else:
                bits |= _category(value, ascii_only=self.ascii_only) if not negate else 0
        if not negate:
            return bits
        return (_FULL & ~bits) | wild_set()

    def range(self, low: int, high: int) -> Set:
        bits = ((1 << (min(high, CODES) + 1)) - 1) & ~((1 << min(low, CODES)) - 1)
        if self.folds and low < 0x80:
            for code in range(low, min(high, 0x7F) + 1):
                bits |= 1 << ord(chr(code).lower()) | 1 << ord(chr(code).upper())
        return bits

    def width(self, item: Any) -> int:
        """The most characters a part takes, and looks ahead."""
        code, value = item
        if self.one(code, value) is not None:
            return 1
        if code is op.BRANCH:
            return max(sum(map(self.width, choice)) for choice in value[1])
        if code is op.SUBPATTERN:
            return sum(map(self.width, value[3]))
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            most = min(int(value[1]), UNBOUNDED)
            return min(most * sum(map(self.width, value[2])), UNBOUNDED)
        if code is op.ASSERT:
            return sum(map(self.width, value[1])) if value[0] > 0 else 0
        return 0 if code in (op.ASSERT_NOT, op.AT) else UNBOUNDED

    def holds(self, tree: Sequence[Any], begin: int) -> list[tuple[Set, int]]:
        """Sets of which every match holds one character each, and how far from the match's
        beginning that character is at most. begin: how far the sequence begins at most.
        """
        found: list[tuple[Set, int]] = []
        for code, value in tree:
            reach = min(begin + self.width((code, value)), UNBOUNDED)
            if (one := self.one(code, value)) is not None:
                found.append((one, reach))
            elif code is op.SUBPATTERN:
                found += self.holds(list(value[3]), begin)
            elif code is op.ASSERT and value[0] > 0:
                found += self.holds(list(value[1]), begin)
            elif code is op.BRANCH:
                each = [self.holds(list(choice), begin) for choice in value[1]]
                if all(each):
                    found.append((_union(min(one, key=_size)[0] for one in each), reach))
            elif code in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0]:
                found += self.holds(list(value[2]), begin)
            if code is not op.ASSERT:
                begin = reach
        return found


def _size(held: tuple[Set, int]) -> int:
    return held[0].bit_count()


def _union(sets: Iterable[Set]) -> Set:
    bits = 0
    for one in sets:
        bits |= one
    return bits


def _fewer(places: Iterable[Places]) -> list[Places]:
    """The same or wider, in bounded number: too many become their union, place by place.

    Behind the end of a shorter one anything may follow.
    """
    found = list(dict.fromkeys(places))
    if len(found) <= _MOST:
        return found
    every = _number(_FULL)
    for kept in (8, 6, 5, 4, 3, 2):  # rather forget the later places than the first
        cut = {p if len(p) < kept else p[:kept] + (every,) * (DEPTH - kept): None for p in found}
        if len(cut) <= _MOST:
            return list(cut)
    joined = []
    for at in range(DEPTH):
        numbers = frozenset(p[at] if at < len(p) else every for p in found)
        joined.append(every if every in numbers else _joined(numbers))
    return [tuple(joined)]


@cache
def _category(kind: Any, *, ascii_only: bool) -> Set:
    name = str(kind)
    bits = 0
    for code in range(CODES):
        sign = chr(code)
        if ascii_only and code > 0x7F:
            break
        yes = (
            sign.isspace()
            if "SPACE" in name
            else sign.isdecimal()
            if "DIGIT" in name
            else sign.isalnum() or sign == "_"
        )
        if yes:
            bits |= 1 << code
    return (_FULL & ~bits) if "_NOT_" in name else bits
