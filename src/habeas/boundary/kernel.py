"""One pass over text in Arrow buffers that finds where any pattern could match.

The tables are read off the shipped patterns when the process starts (`tables`), the compiled code
knows none of them. What it reports is confirmed by the patterns and validators themselves, so
that an edited validator is obeyed at once and results are those of the plain reference.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from habeas.boundary.fold import fold
from habeas.boundary.prefixes import CODES, DEPTH, Gate, Set, anything, gates_of, set_of, wild_set
from habeas.boundary.registry import shipped_pack as rule_pack
from habeas.errors import BadInput
from habeas.ledger.files import write_file

WORTH = 1 << 20  # bytes of text from which compiling pays
_WORDS = 2
_BITS = 64
_ONES = 1 << 12
_TWOS = 1 << 15
_MOST_TWOS = 4_096
_MOST_FOURS = 512
_BLOCK = 128
_BEYOND = CODES + 1  # behind the end of the text

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What the pass is told of the patterns; `owner` says which pattern a gate belongs to."""

    classes: Array  # of each character, the class it is read as, folded
    first: Array  # [class, place, word]: gates that allow it there
    before: Array  # [class, word]: gates that allow it just before
    ones: Array  # [hash, word]: gates with a beginning told by its first character,
    twos: Array  # by its first two,
    fours: Array  # by its first four
    holds: Array  # of each class, the sets of required characters it is in, as bits
    near: Array  # of each gate, the sets it requires within a block,
    far: Array  # and anywhere behind
    wild: Array  # bool by class
    owner: tuple[int, ...]


def tables_of(patterns: Sequence[Any]) -> Tables:
    """Tables for patterns numbered by their place in the sequence."""
    gates: list[Gate] = []
    owner: list[int] = []
    for number, pattern in enumerate(patterns):
        found = gates_of(pattern)
        gates += found
        owner += [number] * len(found)
    if len(gates) > _WORDS * _BITS:
        raise ValueError(f"{len(gates)} gates: more than the kernel has bits for")
    masks = _masks(gates)
    required = list(dict.fromkeys(one for gate in gates for one, _ in gate.holds))[:64]
    held = np.zeros(CODES + 2, np.uint64)
    for bit, hold in enumerate(required):
        held[: CODES + 1] |= _members(hold).astype(np.uint64) << np.uint64(bit)
    folded = _folded()
    before = _before(gates)
    rows = np.concatenate([masks.reshape(CODES + 2, -1), before, held[:, None]], axis=1)
    kinds, classes = np.unique(rows, axis=0, return_inverse=True)
    classes = classes.reshape(-1)
    ones, twos, fours, wild = _beginnings(gates, classes)
    return Tables(
        classes=np.ascontiguousarray(
            np.append(classes[folded], classes[_BEYOND]).astype(np.uint16)
        ),
        first=np.ascontiguousarray(kinds[:, : DEPTH * _WORDS].reshape(-1, DEPTH, _WORDS)),
        before=np.ascontiguousarray(kinds[:, DEPTH * _WORDS : -1]),
        ones=ones,
        twos=twos,
        fours=fours,
        holds=np.ascontiguousarray(kinds[:, -1]),
        near=_required(gates, required, far=False),
        far=_required(gates, required, far=True),
        wild=wild,
        owner=tuple(owner),
    )


def _required(gates: Sequence[Gate], required: Sequence[Set], *, far: bool) -> Array:
    """Of each gate, as bits, the sets it requires within a block, or farther away."""
    wanted = [{one for one, reach in gate.holds if (reach > _BLOCK) == far} for gate in gates]
    return np.array(
        [sum(1 << bit for bit, one in enumerate(required) if one in sets) for sets in wanted],
        np.uint64,
    )


def _members(bits: Set) -> Array:
    """The set as a row of booleans by character."""
    raw = np.frombuffer(bits.to_bytes(CODES // 8 + 1, "little"), np.uint8)
    return np.unpackbits(raw, bitorder="little")[: CODES + 1].astype(bool)


def _masks(gates: Sequence[Gate]) -> Array:
    masks = np.zeros((CODES + 2, DEPTH, _WORDS), np.uint64)
    for number, gate in enumerate(gates):
        word, bit = number // _BITS, np.uint64(1 << number % _BITS)
        for place in range(DEPTH):
            if any(len(start) <= place for start in gate.starts):
                masks[:, place, word] |= bit
                continue
            members = np.zeros(CODES + 1, bool)
            here = {start[place] for start in gate.starts}
            if any(anything(one) for one in here):  # the text may end here too
                masks[:, place, word] |= bit
                continue
            for one in here:
                members |= _members(set_of(one))
            masks[: CODES + 1, place, word][members] |= bit
    return masks


def _before(gates: Sequence[Gate]) -> Array:
    allowed = np.full((CODES + 2, _WORDS), 2**64 - 1, np.uint64)
    for number, gate in enumerate(gates):
        word, bit = number // _BITS, np.uint64(1 << number % _BITS)
        allowed[: CODES + 1, word][_members(gate.before)] &= ~bit
    return allowed


def _folded() -> Array:
    """Each character as what it folds to: the pass reads text as the patterns see it."""
    return np.array([*(ord(fold(chr(code))) for code in range(CODES)), CODES])


def _beginnings(gates: Sequence[Gate], classes: Array) -> tuple[Array, Array, Array, Array]:
    """Hashed beginnings of one, two and four characters, and which classes pass unasked."""
    apart = _members(wild_set())
    wild = np.zeros(int(classes.max()) + 1, bool)
    wild[classes[: CODES + 1][apart]] = True
    ones, twos, fours = (np.zeros((size, _WORDS), np.uint64) for size in (_ONES, _TWOS, _TWOS))
    for number, gate in enumerate(gates):
        word, bit = number // _BITS, np.uint64(1 << number % _BITS)
        for start in {start[:4] for start in gate.starts}:
            sets = [np.flatnonzero(_members(set_of(one)) & ~apart) for one in start]
            sizes = [len(one) for one in sets]
            if len(start) == 4 and prod(sizes) <= _MOST_FOURS:
                head = _two(sets[0][:, None], sets[1][None, :]).ravel()
                tail = _two(sets[2][:, None], sets[3][None, :]).ravel()
                fours[_four(head[:, None], tail[None, :]).ravel(), word] |= bit
            elif len(start) > 1 and prod(sizes[:2]) <= _MOST_TWOS:
                twos[_two(sets[0][:, None], sets[1][None, :]).ravel() & (_TWOS - 1), word] |= bit
            elif start:
                ones[sets[0] & (_ONES - 1), word] |= bit
            else:
                ones[:, word] |= bit
    return ones, twos, fours, wild


def _two(one: Array, two: Array) -> Array:
    mixed: Array = one * 31_337 ^ two * 7
    return mixed


def _four(head: Array, tail: Array) -> Array:
    mixed: Array = (head * 61 ^ tail * 13) & (_TWOS - 1)
    return mixed


def _mark(  # type: ignore[no-untyped-def]  # noqa: ANN202, C901, PLR0913, PLR0912, PLR0915, PLR0917 - one loop, compiled as a whole
    data, offsets, classes, first, before, ones, twos, fours, holds, near_of, far_of, wild, folds,  # noqa: ANN001
    codes, seen, cells, places, masks,  # noqa: ANN001
):  # fmt: skip
    """Fill `cells`, `places`, `masks` with places any gate allows; how many, or -1: no room."""
    found = 0
    room = cells.shape[0]
    one = np.uint64(1)
    for cell in range(offsets.shape[0] - 1):
        at, end = np.int64(offsets[cell]), np.int64(offsets[cell + 1])
        size = 0
        while at < end:
            byte = data[at]
            if byte < 0x80:
                code = np.int64(byte)
                at += 1
            elif byte < 0xE0:
                code = (np.int64(byte & 0x1F) << 6) | np.int64(data[at + 1] & 0x3F)
                at += 2
            elif byte < 0xF0:
                code = (
                    (np.int64(byte & 0x0F) << 12)
                    | (np.int64(data[at + 1] & 0x3F) << 6)
                    | np.int64(data[at + 2] & 0x3F)
                )
                at += 3
            else:
                code = np.int64(0x10000)
                at += 4
            codes[size] = folds[code]
            seen[size] = classes[code]
            size += 1
        # From right to left in blocks: which required characters stand in this block or the
        # next (near), and anywhere behind (ever); then which gates may be open here.
        ever, last = np.uint64(0), np.uint64(0)
        stop = size
        while stop > 0:
            begin = max(0, stop - 128)
            block = np.uint64(0)
            for place in range(begin, stop):
                block |= holds[seen[place]]
            near = block | last
            ever |= block
            last = block
            open_low, open_high = np.uint64(0), np.uint64(0)
            for gate in range(near_of.shape[0]):
                if (near_of[gate] & ~near) | (far_of[gate] & ~ever) == 0:
                    if gate < 64:
                        open_low |= one << np.uint64(gate)
                    else:
                        open_high |= one << np.uint64(gate - 64)
            for place in range(stop - 1, begin - 1, -1):
                kind = seen[place]
                low, high = first[kind, 0, 0] & open_low, first[kind, 0, 1] & open_high
                if place > 0:
                    low &= before[seen[place - 1], 0]
                    high &= before[seen[place - 1], 1]
                if low | high == 0:
                    continue
                for depth in range(1, first.shape[1]):
                    after = seen[place + depth] if place + depth < size else classes[0x10001]
                    low &= first[after, depth, 0]
                    high &= first[after, depth, 1]
                    if low | high == 0:
                        break
                if low | high == 0:
                    continue
                tame = not wild[kind]
                for depth in range(1, 4):
                    tame = tame and (place + depth >= size or not wild[seen[place + depth]])
                if tame:
                    spot = np.int64(codes[place])
                    told_low, told_high = ones[spot & 0xFFF, 0], ones[spot & 0xFFF, 1]
                    if place + 1 < size:
                        head = spot * 31_337 ^ np.int64(codes[place + 1]) * 7
                        told_low |= twos[head & 0x7FFF, 0]
                        told_high |= twos[head & 0x7FFF, 1]
                        if place + 3 < size:
                            tail = (
                                np.int64(codes[place + 2]) * 31_337 ^ np.int64(codes[place + 3]) * 7
                            )
                            spot = (head * 61 ^ tail * 13) & 0x7FFF
                            told_low |= fours[spot, 0]
                            told_high |= fours[spot, 1]
                    low &= told_low
                    high &= told_high
                    if low | high == 0:
                        continue
                if found >= room:
                    return np.int64(-1)
                cells[found] = cell
                places[found] = place
                masks[found, 0] = low
                masks[found, 1] = high
                found += 1
            stop = begin
    return np.int64(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The compiled pass; `cached`: where its machine code is kept, None: nowhere."""

    mark: Callable[..., int]
    cached: Path | None


@cache
def compiled() -> Compiled:
    """Compile the pass, or load it: kept apart for every state of the boundary's sources."""
    import numba
    from numba import types as t

    def shut(kind: Any, dims: int) -> Any:
        return t.Array(kind, dims, "C", readonly=True)

    signatures = [
        t.int64(
            shut(t.uint8, 1), shut(width, 1), t.uint16[::1], t.uint64[:, :, ::1],
            t.uint64[:, ::1],
            t.uint64[:, ::1], t.uint64[:, ::1], t.uint64[:, ::1], t.uint64[::1], t.uint64[::1],
            t.uint64[::1],
            t.boolean[::1], t.uint16[::1], t.uint16[::1], t.uint16[::1], t.int64[::1],
            t.int64[::1], t.uint64[:, ::1],
        )
        for width in (t.int32, t.int64)
    ]  # fmt: skip
    folder = _cache_folder()
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder or "")
    try:
        mark = numba.njit(signatures, cache=folder is not None, nogil=True)(_mark)
    finally:
        config.CACHE_DIR = before
    return Compiled(mark=mark, cached=folder)


def jit(function: Any) -> Any:
    """The function, compiled at its first call; its machine code kept beside the pass's."""
    import numba

    folder = _cache_folder()
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder or "")
    try:
        return numba.njit(cache=folder is not None, nogil=True)(function)
    finally:
        config.CACHE_DIR = before


def kept(name: str, make: Callable[[], dict[str, Array]]) -> dict[str, Array]:
    """Tables made once for a state of the sources, and read from the cache ever after.

    Without a writable place, or with a damaged file there, they are made anew.
    """
    folder = _cache_folder()
    if folder is None:
        return make()
    file = folder / f"{name}.npz"
    try:
        with np.load(file, allow_pickle=False) as known:
            return dict(known)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        made = make()
    held = io.BytesIO()
    np.savez(held, **cast("dict[str, Any]", made))
    with contextlib.suppress(OSError, BadInput):  # a cache that can't be kept is made next time
        write_file(file, held.getvalue())
    return made


def is_compiled() -> bool:
    """Has this process compiled or loaded the pass?"""
    return bool(compiled.cache_info().currsize)


def _cache_folder() -> Path | None:
    """A writable folder of its own for this state of the sources; None if there is none."""
    import numba
    from numba.misc.appdirs import AppDirs

    config, dirs = cast("Any", numba.config), cast("Any", AppDirs)
    base = config.CACHE_DIR or dirs("habeas", appauthor=False).user_cache_dir
    folder = Path(base) / f"kernels-{rule_pack()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return None
    return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Places, cell by cell in order, within a cell from right to left."""

    cells: Array
    places: Array
    masks: Array


def mark(values: pa.Array, tables: Tables) -> Marks:
    """Where any gate is open in the strings of an Arrow array without nulls."""
    if not len(values):
        none = np.empty(0, np.int64)
        return Marks(cells=none, places=none, masks=np.empty((0, _WORDS), np.uint64))
    _, offsets, data = values.buffers()
    wide = pa.types.is_large_string(values.type) or pa.types.is_large_binary(values.type)
    kind = np.int64 if wide else np.int32
    bounds = np.frombuffer(offsets, kind)[values.offset : values.offset + len(values) + 1]
    raw = np.frombuffer(data if data is not None else b"", np.uint8)
    bounds.flags.writeable = raw.flags.writeable = False
    longest = int(np.diff(bounds).max(initial=0)) + 1
    room = int(bounds[-1] - bounds[0]) // 4 + 1_024
    codes, seen = np.empty(longest, np.uint16), np.empty(longest, np.uint16)
    while True:
        cells, places = np.empty(room, np.int64), np.empty(room, np.int64)
        masks = np.empty((room, _WORDS), np.uint64)
        found = compiled().mark(
            raw, bounds, tables.classes, tables.first, tables.before, tables.ones,
            tables.twos, tables.fours, tables.holds, tables.near, tables.far, tables.wild,
            _folds(), codes, seen, cells, places, masks,
        )  # fmt: skip
        if found >= 0:
            return Marks(cells=cells[:found], places=places[:found], masks=masks[:found])
        room *= 4


@cache
def _folds() -> Array:
    return np.minimum(_folded(), CODES - 1).astype(np.uint16)
