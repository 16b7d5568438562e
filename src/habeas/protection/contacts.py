"""The cells of a canary that nobody else has: how to make them, and how sure a match is.

A column is recognised by the shape of its values. For each shape there is a rule that draws a
new value from keyed digits, and the number of bits that such a draw can't be guessed by; the
bits add up over the matched cells of one row and are what a trace accuses with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

_LOOK_AT = 2_000
_MOST = 0.8
_UNIQUE = 0.95
_LONG = 7  # digits: a telephone number, a card, an identity number
_BASE32 = "abcdefghijkmnpqrstuvwxyz23456789"


class Digits:
    """Keyed random digits and letters, in order; the same key gives the same ones."""

    def __init__(self, words: list[int]) -> None:
        self._words = words
        self._next = 0

    def below(self, limit: int) -> int:
        """Uniform in 0..limit-1; the bias of 64 random bits modulo a small limit is nothing."""
        word = self._words[self._next % len(self._words)]
        turn = self._next // len(self._words)
        self._next += 1
        return (word + turn * 0x9E3779B97F4A7C15) % 2**64 % limit

    def digits(self, count: int) -> str:
        return "".join(str(self.below(10)) for _ in range(count))

    def letters(self, count: int) -> str:
        return "".join(_BASE32[self.below(32)] for _ in range(count))


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of distinctive cell: looks: its pattern; bits: of a fresh draw; draw: makes one."""

    name: str
    looks: re.Pattern[str]
    bits: float
    draw: Callable[[str, Digits, str], str]


def _email(_: str, lot: Digits, domain: str) -> str:
    return f"{lot.letters(13)}@{domain}"


def _mobile(like: str, lot: Digits, _: str) -> str:
    digits = re.sub(r"\D", "", like)[-11:]
    return digits[:3] + lot.digits(8)


def _resident(like: str, lot: Digits, _: str) -> str:
    """Region and day of birth of a twin, a new order number, the check character of GB 11643."""
    body = like[:14] + lot.digits(3)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def _card(like: str, lot: Digits, _: str) -> str:
    """Issuer digits of a twin, new account digits, the check digit of Luhn."""
    digits = re.sub(r"\D", "", like)
    body = digits[:6] + lot.digits(len(digits) - 7)
    doubled = (int(d) * (2 - (at % 2)) for at, d in enumerate(reversed(body)))
    total = sum(d - 9 if d > 9 else d for d in doubled)
    return body + str(-total % 10)


def _token(like: str, lot: Digits, _: str) -> str:
    """A key or pseudonym of the same form: digits for digits, hex for hex, the rest kept."""
    return re.sub(r"[0-9a-f]", lambda found: _same_kind(found[0], like, lot), like)


def _same_kind(char: str, like: str, lot: Digits) -> str:
    if _HEX.search(like):
        return "0123456789abcdef"[lot.below(16)]
    return str(lot.below(10)) if char.isdigit() else char


_HEX = re.compile(r"[0-9a-f]{12,}$")

SHAPES: tuple[Shape, ...] = (
    Shape("email", re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), 65.0, _email),
    Shape("mobile", re.compile(r"^(\+?86)?1[3-9]\d{9}$"), 26.5, _mobile),
    Shape("resident_id", re.compile(r"^\d{17}[\dXx]$"), 9.9, _resident),
    Shape("card", re.compile(r"^\d{16,19}$"), 29.8, _card),
)
TOKEN = Shape("token", re.compile(r"^[A-Za-z_\-]*[0-9a-f\-]{6,}$"), 0.0, _token)


def plain(text: str) -> str:
    """A cell's text without the ways of writing it: spaces, hyphens, full-width digits."""
    wide = {ord("０") + at: str(at) for at in range(10)} | {ord("＋"): "+"}
    return re.sub(r"[\s]|(?<=\d)-(?=\d)", "", str(text).translate(wide)).strip()


def shapes_of(table: pa.Table) -> Mapping[str, Shape]:
    """The columns whose values are contact points, numbers of persons, or (text only) keys."""
    found: dict[str, Shape] = {}
    for field in table.schema:
        text = pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        if not (text or pa.types.is_integer(field.type)):
            continue
        head = pl.Series(pl.from_arrow(table.column(field.name).slice(0, _LOOK_AT)))
        values = [plain(str(value)) for value in head.drop_nulls().to_list()]
        shape = _shape(values)
        if shape is not None and (text or shape is not TOKEN):
            found[field.name] = shape
    return found


def _shape(values: list[str]) -> Shape | None:
    if not values:
        return None
    for shape in SHAPES:
        if sum(bool(shape.looks.match(value)) for value in values) >= _MOST * len(values):
            return shape
    unique = len(set(values)) >= _UNIQUE * len(values)
    like = sum(bool(TOKEN.looks.match(value)) for value in values) >= _MOST * len(values)
    return TOKEN if unique and like else None


def bits_of(shape: Shape, value: str) -> float:
    """How many bits a guesser lacks for this cell, drawn by its shape's rule."""
    if shape is not TOKEN:
        return shape.bits
    if tail := _HEX.search(value):
        return 4.0 * len(tail[0])
    return 3.32 * sum(char.isdigit() for char in value)


def bits_in_text(text: str) -> float:
    """How many bits a guesser lacks for a text that `scrubbed` made: its long numbers' digits."""
    drawn = sum(len(found) - 1 for found in re.findall(rf"\d{{{_LONG},}}", text))
    return min(64.0, 3.32 * drawn)


def scrubbed(text: str, lot: Digits) -> str:
    """Free text with every long number replaced, so that no real person's number is copied."""
    return re.sub(
        rf"\d{{{_LONG},}}", lambda found: found[0][:1] + lot.digits(len(found[0]) - 1), text
    )
