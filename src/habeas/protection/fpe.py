"""FF1: encryption that keeps the form of a code (NIST SP 800-38G, algorithms 7 and 8, over AES).

A code of n digits becomes another code of n digits of the same alphabet, and back with the key.
FF3 is not offered: NIST withdrew it in the second draft of revision 1 (February 2025), which also
asks for at least a million possible codes of a length; shorter ones are not encrypted.

There are two forms with the same results: whole numbers of any length, one code at a time
(`ff1_numerals`, the reference), and columns of codes, where each of the ten rounds is one call
of AES over all rows (`ff1_column`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from numpy.typing import NDArray

LEAST_DOMAIN = 1_000_000
_ROUNDS = 10
_BLOCK = 16
_WORD = 2**56  # halves below this stay exact in uint64 while a byte is shifted in
ALPHABETS = {
    "digits": "0123456789",
    "digits_x": "0123456789X",
    "lower": "0123456789abcdefghijklmnopqrstuvwxyz",
    "upper": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}


@dataclass(frozen=True, slots=True)
class _Shape:
    """What stays the same for all codes of one length under one key and tweak."""

    radix: int
    left: int  # numerals of the left half: u
    right: int  # of the right half: v
    width: int  # bytes of a half as a number: b
    taken: int  # bytes of the round function's result that are used: d
    first: bytes  # the constant first block P
    head: bytes  # tweak and padding, before round number and half: the head of Q


def _shape(radix: int, length: int, tweak: bytes) -> _Shape:
    left = length // 2
    right = length - left
    width = ((radix**right - 1).bit_length() + 7) // 8
    first = (
        bytes([1, 2, 1])
        + radix.to_bytes(3, "big")
        + bytes([10, left % 256])
        + length.to_bytes(4, "big")
        + len(tweak).to_bytes(4, "big")
    )
    return _Shape(
        radix=radix,
        left=left,
        right=right,
        width=width,
        taken=4 * ((width + 3) // 4) + 4,
        first=first,
        head=tweak + bytes((-len(tweak) - width - 1) % _BLOCK),
    )


def large_enough(radix: int, length: int) -> bool:
    """Whether there are codes enough of this length for FF1 to be used on them."""
    return length >= 2 and radix**length >= LEAST_DOMAIN


def _checked(radix: int, length: int) -> None:
    if not 2 <= radix <= 2**16:
        raise ValueError(f"a radix lies between 2 and 65536, not {radix}")
    if not large_enough(radix, length):
        raise ValueError(f"codes of {length} numerals of radix {radix} are fewer than a million")


def _aes(key: bytes) -> CipherContext:
    # ECB is the bare block cipher that the standard builds its round function from.
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305


def ff1_numerals(
    numerals: Sequence[int], *, radix: int, key: bytes, tweak: bytes = b"", decrypt: bool = False
) -> list[int]:
    """One code, given and returned as numerals 0 … radix-1, of any length. The reference."""
    _checked(radix, len(numerals))
    if any(not 0 <= numeral < radix for numeral in numerals):
        raise ValueError("a numeral lies between 0 and the radix")
    shape, cipher = _shape(radix, len(numerals), tweak), _aes(key)
    a = _number(numerals[: shape.left], radix)
    b = _number(numerals[shape.left :], radix)
    for turn in range(_ROUNDS):
        i = _ROUNDS - 1 - turn if decrypt else turn
        size = radix ** (shape.left if i % 2 == 0 else shape.right)
        if decrypt:
            a, b = (b - _round(cipher, shape, i, a)) % size, a
        else:
            a, b = b, (a + _round(cipher, shape, i, b)) % size
    return [*_numerals(a, radix, shape.left), *_numerals(b, radix, shape.right)]


def _round(cipher: CipherContext, shape: _Shape, i: int, half: int) -> int:
    chained = cipher.update(shape.first)
    whole = shape.head + bytes([i]) + half.to_bytes(shape.width, "big")
    for at in range(0, len(whole), _BLOCK):
        chained = cipher.update(_xor(chained, whole[at : at + _BLOCK]))
    stream = chained
    for j in range(1, -(-shape.taken // _BLOCK)):
        stream += cipher.update(_xor(chained, j.to_bytes(_BLOCK, "big")))
    return int.from_bytes(stream[: shape.taken], "big")


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _number(numerals: Sequence[int], radix: int) -> int:
    value = 0
    for numeral in numerals:
        value = value * radix + numeral
    return value


def _numerals(value: int, radix: int, length: int) -> list[int]:
    found = []
    for _ in range(length):
        value, rest = divmod(value, radix)
        found.append(rest)
    return found[::-1]


def ff1_column(
    numerals: NDArray[np.uint16],
    *,
    radix: int,
    key: bytes,
    tweak: bytes = b"",
    decrypt: bool = False,
) -> NDArray[np.uint16]:
    """Many codes of one length: uint16[codes, length] in and out, each below the radix."""
    rows, length = numerals.shape
    _checked(radix, length)
    if rows and int(numerals.max()) >= radix:
        raise ValueError("a numeral lies between 0 and the radix")
    shape = _shape(radix, length, tweak)
    if radix**shape.right > _WORD or shape.taken > _BLOCK:
        made = [
            ff1_numerals(row, radix=radix, key=key, tweak=tweak, decrypt=decrypt)
            for row in numerals.tolist()
        ]
        return np.array(made, dtype=np.uint16).reshape(rows, length)
    cipher = _aes(key)
    a = _numbers(numerals[:, : shape.left], radix)
    b = _numbers(numerals[:, shape.left :], radix)
    for turn in range(_ROUNDS):
        i = _ROUNDS - 1 - turn if decrypt else turn
        size = np.uint64(radix ** (shape.left if i % 2 == 0 else shape.right))
        if decrypt:
            # Both terms lie below `size`, so the sum can't wrap around.
            a, b = (b + (size - _rounds(cipher, shape, i, a, size))) % size, a
        else:
            a, b = b, (a + _rounds(cipher, shape, i, b, size)) % size
    return np.hstack([_columns(a, radix, shape.left), _columns(b, radix, shape.right)])


def _rounds(
    cipher: CipherContext, shape: _Shape, i: int, halves: NDArray[np.uint64], size: np.uint64
) -> NDArray[np.uint64]:
    """The round function of every row, already modulo `size`."""
    rows = len(halves)
    whole = np.zeros((rows, len(shape.head) + 1 + shape.width), dtype=np.uint8)
    whole[:, : len(shape.head)] = np.frombuffer(shape.head, dtype=np.uint8)
    whole[:, len(shape.head)] = i
    big = np.ascontiguousarray(halves.astype(">u8")).view(np.uint8).reshape(rows, 8)
    whole[:, -shape.width :] = big[:, 8 - shape.width :]
    chained = np.broadcast_to(
        np.frombuffer(cipher.update(shape.first), dtype=np.uint8), (rows, _BLOCK)
    )
    for at in range(0, whole.shape[1], _BLOCK):
        mixed = cipher.update((chained ^ whole[:, at : at + _BLOCK]).tobytes())
        chained = np.frombuffer(mixed, dtype=np.uint8).reshape(rows, _BLOCK)
    value = np.zeros(rows, dtype=np.uint64)
    for byte in range(shape.taken):
        value = (value * np.uint64(256) + chained[:, byte]) % size
    return value


def _numbers(numerals: NDArray[np.uint16], radix: int) -> NDArray[np.uint64]:
    value = np.zeros(len(numerals), dtype=np.uint64)
    for at in range(numerals.shape[1]):
        value = value * np.uint64(radix) + numerals[:, at]
    return value


def _columns(values: NDArray[np.uint64], radix: int, length: int) -> NDArray[np.uint16]:
    out = np.empty((len(values), length), dtype=np.uint16)
    for at in range(length - 1, -1, -1):
        out[:, at] = values % np.uint64(radix)
        values = values // np.uint64(radix)
    return out


def ff1_texts(
    texts: Sequence[str], *, alphabet: str, key: bytes, tweak: bytes = b"", decrypt: bool = False
) -> list[str | None]:
    """Codes as text; None where a character is outside the alphabet or the code too short.

    What can't be encrypted does not pass through: the caller leaves the cell empty.
    """
    radix, place = len(alphabet), {ord(c): at for at, c in enumerate(alphabet)}
    if radix != len(set(alphabet)):
        raise ValueError("an alphabet names each character once")
    out: list[str | None] = [None] * len(texts)
    by_length: dict[int, list[int]] = {}
    for at, text in enumerate(texts):
        if large_enough(radix, len(text)):
            by_length.setdefault(len(text), []).append(at)
    shown = np.array(list(alphabet))
    for length, found in by_length.items():
        coded = _coded([texts[at] for at in found], length, place)
        fits = (coded >= 0).all(axis=1)
        made = ff1_column(
            coded[fits].astype(np.uint16), radix=radix, key=key, tweak=tweak, decrypt=decrypt
        )
        joined = shown[made].reshape(-1, length).view(f"<U{length}").reshape(-1).tolist()
        for at, code in zip(np.array(found)[fits].tolist(), joined, strict=True):
            out[at] = code
    return out


def _coded(texts: Sequence[str], length: int, place: dict[int, int]) -> NDArray[np.int32]:
    """The numeral of each character, int32[texts, length]; -1 where the alphabet lacks it."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    distinct, inverse = np.unique(points, return_inverse=True)
    coded = np.array([place.get(int(point), -1) for point in distinct], dtype=np.int32)
    return coded[inverse].reshape(len(texts), length)
