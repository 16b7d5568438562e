"""The few types that several floors need: Text, Citation, Status, Finding, Money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Literal, NoReturn

from habeas.errors import BadInput

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The same words in both languages of Habeas."""

    en: str
    zh: str

    def in_language(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


_CITATION = re.compile(
    r"^(?P<law>[a-z]{2}\.[a-z0-9_]+)\.(?P<unit>[a-z0-9_]+(-[0-9]+)?(\.[a-z0-9_]+)*)$"
)


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """Where a rule is written; one syntax everywhere.

    >>> Citation.parse("cn.pipl.art13.p1.i1").law
    'cn.pipl'
    >>> Citation.parse("cn.pipl.art13.p1.i1").covers(Citation.parse("cn.pipl.art13"))
    False
    >>> Citation.parse("cn.pipl.art13").covers(Citation.parse("cn.pipl.art13.p1.i1"))
    True
    >>> Citation.parse("PIPL 13")
    Traceback (most recent call last):
    habeas.errors.BadInput: 'PIPL 13' is not a citation; write 'place.law.article', such as \
'cn.pipl.art13.p1.i1'
    """

    law: str
    unit: str

    @classmethod
    def parse(cls, text: str) -> Citation:
        if not (found := _CITATION.match(text)):
            raise BadInput(
                f"{text!r} is not a citation",
                remedy="write 'place.law.article', such as 'cn.pipl.art13.p1.i1'",
            )
        return cls(law=found["law"], unit=found["unit"])

    def covers(self, other: Citation) -> bool:
        """True if `other` is this provision or a paragraph or item of it."""
        return self.law == other.law and (
            self.unit == other.unit or other.unit.startswith(self.unit + ".")
        )

    def __str__(self) -> str:
        return f"{self.law}.{self.unit}"


class Status(Enum):
    """What a decision may say. UNDETERMINED is an answer, never a default for "no"."""

    LAWFUL = "lawful"
    UNLAWFUL = "unlawful"
    UNDETERMINED = "undetermined"

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"a status has three values; ask `status is Status.{self.name}` "
            "instead of using it as true or false"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One step of reasoning: what we say, how sure the law lets us be, under what, and why."""

    says: Text
    status: Status
    under: tuple[Citation, ...]
    because: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.status is not Status.UNDETERMINED and not self.under:
            raise ValueError(
                f"a finding that is {self.status.value} must cite its law: {self.says.en!r}"
            )


_CURRENCY = re.compile(r"^[A-Z]{3}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """A sum in integer minor units (fen, cents) of one currency (ISO 4217).

    Comparing or adding different currencies is a ValueError: rates are nobody's default.

    >>> Money(minor=50000, currency="CNY") < Money(minor=50001, currency="CNY")
    True
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("money is counted in whole minor units, such as fen or cents")
        if not _CURRENCY.match(self.currency):
            raise ValueError("a currency is three capital letters, such as CNY")

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} can't be compared or added")

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(minor=self.minor + other.minor, currency=self.currency)
