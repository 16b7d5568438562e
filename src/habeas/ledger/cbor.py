"""Canonical CBOR: one value, one encoding, so that a commitment has one opening.

We write with cbor2 (`canonical=True`: shortest heads, map keys by length, then bytewise; RFC 7049
§3.9, which for the text keys we use is also the order of RFC 8949 §4.2.1). We read with the
decoder below, which knows only what we write: no tags, no indefinite lengths, no repeated keys.
A file from a stranger can't make it build anything but plain values.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from typing import Any

import cbor2

from habeas.errors import BadInput

DEPTH_LIMIT = 32
_TEXT_LIKE = frozenset((str, bytes, bool, type(None)))


def encode(value: Any, *, place: str = "") -> bytes:
    """The canonical bytes of a plain value: text, bytes, integers of 64 bits, finite floats,
    true, false, null, lists, and maps with text keys.

    >>> encode({"b": 1, "a": [True, None]}).hex()
    'a2616182f5f6616201'
    """
    check_plain(value, place=place)
    return cbor2.dumps(value, canonical=True)


def check_plain(value: Any, *, place: str = "", depth: int = 0) -> None:
    """Raise BadInput, naming the place, if a value can't be written canonically."""
    if depth > DEPTH_LIMIT:
        raise BadInput("nested too deeply to be logged", place=place or None)
    if type(value) in _TEXT_LIKE:  # most values; the rest of this function is ten times slower
        return
    if type(value) is dict or isinstance(value, Mapping):
        for key, inner in value.items():
            if depth < DEPTH_LIMIT and type(key) is str and type(inner) in _TEXT_LIKE:
                continue  # no call: most entries of most maps
            if not isinstance(key, str):
                raise BadInput("a key that isn't text can't be logged", place=place or None)
            check_plain(inner, place=f"{place}.{key}" if place else key, depth=depth + 1)
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            check_plain(inner, place=f"{place}[{at}]", depth=depth + 1)
    elif not _is_scalar(value):
        kind = type(value).__name__
        remedy = "write it as text, bytes, whole number, true, false, null, list or map"
        raise BadInput(
            f"a value of type {kind} can't be logged", place=place or None, remedy=remedy
        )


def _is_scalar(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -(1 << 64) <= value < 1 << 64
    return value is None or isinstance(value, str | bytes)


def decode(data: bytes, *, file: str | None = None) -> Any:
    """The value whose canonical encoding `data` is; BadInput for any other bytes."""
    try:
        value, end = _Reader(data).item(0, 0)
    except (IndexError, struct.error, UnicodeDecodeError, OverflowError) as error:
        raise BadInput("the CBOR ends early or holds broken text", file=file) from error
    if end != len(data):
        raise BadInput("bytes follow the end of the CBOR", file=file, place=f"byte {end}")
    if _has_bad_float(value) or cbor2.dumps(value, canonical=True) != data:
        raise BadInput("the CBOR is not in its canonical form", file=file)
    return value


def _has_bad_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_bad_float(each) for each in value.values())
    if isinstance(value, list):
        return any(_has_bad_float(each) for each in value)
    return isinstance(value, float) and not math.isfinite(value)


_SIMPLE: dict[int, bool | None] = {20: False, 21: True, 22: None}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def item(self, at: int, depth: int) -> tuple[Any, int]:
        """The value that starts at a byte, and the byte after it."""
        if depth > DEPTH_LIMIT:
            raise BadInput("the CBOR is nested too deeply")
        major, info = divmod(self._data[at], 32)
        if major == 7:
            return self._simple(at, info)
        number, at = self._number(at, info)
        if major in (0, 1):
            return (number if major == 0 else -1 - number), at
        if major in (2, 3):
            return self._string(at, number, text=major == 3)
        if major in (4, 5):
            return self._container(at, number, depth, mapping=major == 5)
        raise BadInput("the CBOR holds a tag, which this format doesn't use")

    def _number(self, at: int, info: int) -> tuple[int, int]:
        if info < 24:
            return info, at + 1
        if info > 27:
            raise BadInput("the CBOR uses a length this format doesn't use")
        end = at + 1 + (1 << (info - 24))
        self._data[end - 1]  # an IndexError if it isn't there
        return int.from_bytes(self._data[at + 1 : end], "big"), end

    def _string(self, at: int, length: int, *, text: bool) -> tuple[str | bytes, int]:
        end = at + length
        if end > len(self._data):
            raise IndexError
        found = self._data[at:end]
        return (found.decode() if text else found), end

    def _container(self, at: int, count: int, depth: int, *, mapping: bool) -> tuple[Any, int]:
        if count > len(self._data):
            raise IndexError
        pairs: dict[str, Any] = {}
        items: list[Any] = []
        for _ in range(count):
            item, at = self.item(at, depth + 1)
            if not mapping:
                items.append(item)
            elif not isinstance(item, str) or item in pairs:
                raise BadInput("a map of the CBOR has a key twice, or one that isn't text")
            else:
                pairs[item], at = self.item(at, depth + 1)
        return (pairs if mapping else items), at

    def _simple(self, at: int, info: int) -> tuple[Any, int]:
        if info in _SIMPLE:
            return _SIMPLE[info], at + 1
        if info in _FLOATS:
            size = struct.calcsize(_FLOATS[info])
            return struct.unpack_from(_FLOATS[info], self._data, at + 1)[0], at + 1 + size
        raise BadInput("the CBOR holds a simple value this format doesn't use")
