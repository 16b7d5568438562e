"""All findings in the strings of an Arrow array, as columns of numbers: the fast door to text.

The machine runs the shipped patterns as programs and knows the commonest checks by heart; what it
leaves open is asked of the plain check, what it gives up of the plain reference. Findings are
those of `text.scan_plainly`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from habeas.boundary.checksums import LATEST_BIRTH, PROVINCES
from habeas.boundary.detector import Detector, InText, Needs
from habeas.boundary.detectors import email, iban, person_name
from habeas.boundary.kernel import kept, tables_of
from habeas.boundary.program import CODES, Op, Programs, folded_codes
from habeas.boundary.twins import PLAIN, TWINS, reads, seal

Array = npt.NDArray[Any]
_ROOM = 1 << 12
_STACK = 1 << 13
ASK_CHECK, ASK_ALL = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule for text and its detector."""

    detector: Detector
    rule: InText


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """One row a finding: `row` of the array, characters `start` to `stop`, bytes of the array's
    data buffer `first` to `last`, `rule` (its place among the rules), `near`: a keyword is near.

    plain: rows the machine gave up, to be read by the plain reference.
    """

    row: Array
    start: Array
    stop: Array
    first: Array
    last: Array
    rule: Array
    near: Array
    plain: Array


@dataclass(slots=True, kw_only=True)
class Engine:
    """Tables of a set of rules for the machine."""

    rules: Sequence[Rule]
    arguments: tuple[Any, ...]
    settings: Array  # as `machine.scan` reads `rules`
    twins: Array
    depends: list[tuple[tuple[dict[str, Any], str, object], ...]]

    def find(self, values: pa.Array, confirm: Callable[[int, int, int], str]) -> Array:
        """Raw findings of the machine in an array without nulls, plain checks asked.

        confirm: the folded text of a row between two characters.
        """
        settings = self.settings.copy()
        settings[:, 5] = [
            twin if all(names.get(name) is one for names, name, one in depends) else PLAIN
            for twin, depends in zip(self.twins.tolist(), self.depends, strict=True)
        ]
        found = _run(values, settings, self)
        asked = np.flatnonzero(found[:, 7] == ASK_CHECK)
        if len(asked):
            keep = np.ones(len(found), bool)
            for at in asked.tolist():
                row, start, stop, _, _, rule = found[at, :6].tolist()
                check = self.rules[rule].rule.check
                keep[at] = check is None or check(confirm(row, start, stop))
            found = found[keep]
        return found


def _run(values: pa.Array, settings: Array, engine: Engine) -> Array:
    from habeas.boundary import machine

    _, offsets, data = values.buffers()
    wide = pa.types.is_large_string(values.type) or pa.types.is_large_binary(values.type)
    kind = np.int64 if wide else np.int32
    bounds = np.frombuffer(offsets, kind)[values.offset : values.offset + len(values) + 1]
    raw = np.frombuffer(data if data is not None else b"", np.uint8)
    bounds.flags.writeable = raw.flags.writeable = False
    longest = int(np.diff(bounds).max(initial=0)) + 1
    codes, seen = np.empty(longest, np.uint16), np.empty(longest, np.uint16)
    base = np.empty((longest >> 6) + 2, np.int64)
    opens = np.empty(((longest + 127) >> 7, 2), np.uint64)
    stack = np.empty(_STACK * 8, np.int64)
    done, work = np.empty((len(settings), 2), np.int64), np.empty(64, np.int64)
    state, parts = np.zeros(1, np.int64), []
    room = max(_ROOM, int(bounds[-1] - bounds[0]) // 32)
    while state[0] < len(bounds) - 1:
        before = int(state[0])
        found = np.empty((room, 8), np.int64)
        tables, rest = engine.arguments[:14], engine.arguments[14:]
        count = machine.scan(
            raw, bounds, *tables, settings, *rest, codes, seen, base, opens, stack, done, work,
            state, found,
        )  # fmt: skip
        if state[0] == before:
            room *= 4
        parts.append(found[:count])
    return np.concatenate(parts) if parts else np.empty((0, 8), np.int64)


def is_ready() -> bool:
    """Has this process compiled or loaded the machine?"""
    return "habeas.boundary.machine" in sys.modules


def _kept(found: Array, ranks: Array, layers: Array, order: Array) -> Array:
    """Of overlapping findings the best; ordered as spans are."""
    from habeas.boundary import machine

    layer = layers[found[:, 5]]
    at = np.lexsort((found[:, 1], layer, found[:, 0]))
    found, layer = found[at], layer[at]
    rank = ranks[found[:, 5], found[:, 6]]
    better = np.lexsort((found[:, 5], found[:, 1], found[:, 1] - found[:, 2], -rank))
    place = np.empty(len(found), np.int64)
    place[better] = np.arange(len(found))
    kept = np.zeros(len(found), bool)
    columns = [np.ascontiguousarray(found[:, n]) for n in (0, 1, 2)]
    machine.settle(columns[0], layer, columns[1], columns[2], place, kept)
    found = found[kept]
    rows: Array = found[np.lexsort((order[found[:, 5]], found[:, 2], found[:, 1], found[:, 0]))]
    return rows


def settled(found: Array, ranks: Array, layers: Array, order: Array) -> Findings:
    """The findings, those given up apart. ranks: [rule, near] how sure; layers: which may overlap;
    order: of kinds by name.
    """
    plain = np.unique(found[found[:, 7] == ASK_ALL, 0])
    if len(plain):
        found = found[~np.isin(found[:, 0], plain)]
    found = _kept(found, ranks, layers, order)
    row, start, stop, first, last, rule, near = (found[:, n] for n in range(7))
    return Findings(
        row=row, start=start, stop=stop, first=first, last=last, rule=rule, near=near == 1,
        plain=plain,
    )  # fmt: skip


def engine_of(
    rules: Sequence[tuple[Detector, InText]],
    keywords: Callable[[str], Any],
    *,
    after: int,
    just_before: int,
) -> Engine:
    """The engine of the shipped rules. keywords: their pattern, as the plain reference makes it.

    Its tables are kept beside the machine code.
    """
    tables = kept("text", lambda: _tables(rules, keywords, after, just_before))
    depends = [reads(rule.check) if rule.check is not None else () for _, rule in rules]
    return Engine(
        rules=tuple(Rule(detector=d, rule=r) for d, r in rules),
        arguments=tuple(tables[f"a{n}"] for n in range(len(tables) - 1)),
        settings=tables["settings"],
        twins=np.array([_twin(d, int(r is d.text_too), r) for d, r in rules]),
        depends=depends,
    )


def _tables(
    rules: Sequence[tuple[Detector, InText]],
    keywords: Callable[[str], Any],
    after: int,
    just_before: int,
) -> dict[str, Array]:
    programs = Programs()
    programs.add(re.compile("\n"))
    settings = np.zeros((len(rules), 12), np.int64)
    for number, (detector, rule) in enumerate(rules):
        begin: Any = programs.add(rule.pattern)
        words = rule.keywords or detector.keywords
        near = _side(programs, keywords(words)) if words else (-1, -1)
        unless = _side(programs, rule.unless) if rule.unless is not None else (-1, -1)
        if begin is None or None in (near[0], unless[0]):
            raise ValueError(f"detector {detector.id}: a pattern the machine doesn't know")
        settings[number] = (
            begin, rule.group != 0, int(rule.needs), rule.alone, rule.before, PLAIN, near[0],
            unless[0], near[1], unless[1], after, just_before,
        )  # fmt: skip
    arguments = _arguments(rules, programs, settings)
    return {**{f"a{n}": one for n, one in enumerate(arguments)}, "settings": settings}


def _side(programs: Programs, pattern: Any) -> tuple[Any, int]:
    return programs.add(pattern), programs.first_of(pattern)


def _twin(detector: Detector, which: int, rule: InText) -> int:
    if rule.check is None:
        return 0
    known = TWINS.get((detector.id, which))
    return known[0] if known is not None and known[1] == seal(rule.check) else PLAIN


def _arguments(
    rules: Sequence[tuple[Detector, InText]],
    programs: Programs,
    settings: Array,
) -> tuple[Any, ...]:
    gates = tables_of([rule.pattern for _, rule in rules])
    members = np.packbits(np.array(programs.rows), axis=0, bitorder="little").T
    fold_to = folded_codes()
    gate_class = np.append(gates.classes[:CODES], gates.classes[CODES])
    marks = _marks(fold_to)
    rows = np.concatenate(
        [
            members[fold_to],
            gate_class[:, None].view(np.uint8).reshape(-1, 2),
            marks[:, None].view(np.uint8).reshape(-1, 8),
        ],
        axis=1,
    )
    view = np.ascontiguousarray(rows).view([("", np.uint8, rows.shape[1])]).ravel()
    _, first_at, classes = np.unique(view, return_index=True, return_inverse=True)
    count = len(first_at)
    of_gate = np.append(gate_class[first_at], gates.classes[CODES + 1])
    words = -(-members.shape[1] // 8)
    bits = np.zeros((count + 1, words * 8), np.uint8)
    bits[:count, : members.shape[1]] = members[fold_to][first_at]
    packed = np.ascontiguousarray(bits).view(np.uint64)
    newline = next(n for n, row in enumerate(programs.rows) if row[10] and row.sum() == 1)
    tape = _tape(programs, packed, count, newline, settings)
    from habeas.boundary import machine

    places: Array = machine.bit_places()
    return (
        classes.reshape(-1).astype(np.uint16),
        np.minimum(fold_to, CODES - 1).astype(np.uint16),
        marks[first_at],
        np.ascontiguousarray(gates.first[of_gate].transpose(1, 0, 2)),
        np.ascontiguousarray(gates.before[of_gate]),
        gates.ones,
        gates.twos,
        gates.fours,
        np.ascontiguousarray(gates.holds[of_gate]),
        gates.near,
        gates.far,
        np.ascontiguousarray(gates.wild[of_gate]),
        np.array(gates.owner, np.int64),
        places,
        tape,
        packed.reshape(-1),
        *_words(),
    )


def _marks(fold_to: Array) -> Array:
    """Of each character, what it counts as for `Needs`."""
    marks = np.zeros(CODES + 1, np.int64)
    marks[0x30:0x3A] |= int(Needs.DIGIT)
    marks[0x3400:0xA000] |= int(Needs.HAN)
    marks[0x41:0x5B] |= int(Needs.LATIN)
    marks[0x61:0x7B] |= int(Needs.LATIN)
    for sign, need in (("@", Needs.AT), (":", Needs.COLON), (".", Needs.DOT), ("*", Needs.STAR)):
        marks[ord(sign)] |= int(need)
    found: Array = marks[fold_to]
    return found


def _tape(programs: Programs, bits: Array, count: int, newline: int, settings: Array) -> Array:
    """Head, steps, choices and lists in one array of numbers; programs of `settings` moved there.

    For each choice and class stands where the list of alternatives to try begins; each ends in -1.
    """
    head = 3
    steps = np.array(programs.steps, np.int64)
    lists_at = head + steps.size
    choices_at = lists_at + len(programs.lists)
    flat_at = choices_at + len(programs.choices) * (count + 1)
    lists: dict[tuple[int, ...], int] = {}
    flat: list[int] = []
    at = np.zeros((len(programs.choices), count + 1), np.int64)
    for number, parts in enumerate(programs.choices):
        holds = np.ones((len(parts), count + 1), bool)
        for row, (first, _) in enumerate(parts):
            if first >= 0:
                word, bit = first >> 6, np.uint64(first & 63)
                holds[row] = (bits[:, word] >> bit & np.uint64(1)) != 0
                holds[row, count] = False
        targets = [head + 4 * step for _, step in parts]
        packed = np.ascontiguousarray(np.packbits(holds, axis=0).T)
        view = packed.view([("", np.uint8, packed.shape[1])]).ravel()
        _, first_at, which = np.unique(view, return_index=True, return_inverse=True)
        begins = []
        for column in first_at.tolist():
            key = tuple(step for step, yes in zip(targets, holds[:, column], strict=True) if yes)
            if key not in lists:
                lists[key] = flat_at + len(flat)
                flat += [*key, -1]
            begins.append(lists[key])
        at[number] = np.array(begins)[which.reshape(-1)]
    kinds = steps[:, 0]
    for kind in (Op.FIRST, Op.LAST, Op.JUMP, Op.LOOK):
        steps[kinds == kind, 1] = head + 4 * steps[kinds == kind, 1]
    choice = kinds == Op.CHOICE
    steps[choice, 1] = choices_at + steps[choice, 1] * (count + 1)
    sets = (kinds == Op.BEFORE) | (kinds == Op.AFTER)
    steps[sets, 1] += lists_at
    for column in (0, 6, 7):
        known = settings[:, column] >= 0
        settings[known, column] = head + 4 * settings[known, column]
    whole: list[Any] = [
        [count, bits.shape[1], newline],
        steps.reshape(-1),
        programs.lists,
        at.reshape(-1),
        flat,
    ]
    return np.concatenate([np.asarray(part, np.int64) for part in whole]).astype(np.int32)


def _words() -> tuple[Array, Array]:
    """Provinces and lengths, and one table of all word lists, as the twins look them up."""
    facts = np.zeros(101 + 26 * 26, np.int64)
    facts[0] = LATEST_BIRTH
    for code in PROVINCES:
        facts[1 + int(code)] = 1
    for name, size in iban._LENGTH.items():  # noqa: SLF001 - the twin's own detector
        facts[101 + (ord(name[0]) - 65) * 26 + ord(name[1]) - 65] = size
    lists = (
        email._NOT_DOMAINS, person_name._NOBODY, person_name._FIRST_NAMES, person_name._PLACES,  # noqa: SLF001
    )  # fmt: skip
    return facts, _hashes(lists)


def _hashes(lists: Sequence[frozenset[str]]) -> Array:
    """Open addressing; 0 stands for empty."""
    hashes = [_hash(word, salt) for salt, words in enumerate(lists, start=1) for word in words]
    size = 1 << (4 * len(hashes)).bit_length()
    table = [0] * size
    for value in hashes:
        at = value & (size - 1)
        while table[at] not in (0, value):
            at = (at + 1) & (size - 1)
        table[at] = value
    return np.array(table, np.uint64)


def _hash(word: str, salt: int) -> int:
    value = ((0xCBF29CE484222325 ^ salt) * 0x100000001B3) % 2**64
    for sign in word:
        value = ((value ^ ord(sign)) * 0x100000001B3) % 2**64
    return value
