"""Values of facts: how a word in a document becomes a value of the fact's type.

Unknown is None everywhere in this room. It is a value of its own and never reads as false.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from habeas.errors import BadInput
from habeas.terms import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class SetValue:
    """A set, one three-valued column per member: in `yes`, in `no`, or unknown."""

    yes: frozenset[str]
    no: frozenset[str]

    def has(self, member: str) -> bool | None:
        if member in self.yes:
            return True
        return False if member in self.no else None


Value = bool | int | str | Money | date | datetime | SetValue

_WHOLE = re.compile(r"^-?(0|[1-9][0-9]{0,17})$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def nearest(word: str, words: Iterable[str]) -> str:
    """A remedy that offers the right word: "did you mean 'x'?", or the words there are."""
    known = sorted(set(words))
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return "use one of: " + ", ".join(known) if len(known) <= 12 else "see `habeas facts`"


class WrongValueError(ValueError):
    """A value that is not of its fact's type; carries what is wrong and the remedy."""

    def __init__(self, says: str, remedy: str | None = None) -> None:
        super().__init__(says)
        self.says = says
        self.remedy = remedy


def read_bool(raw: Any) -> bool:
    if raw is True or raw == "true":
        return True
    if raw is False or raw == "false":
        return False
    raise WrongValueError("is not yes or no", "write true or false, or leave it out if unknown")


def read_int(raw: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and _WHOLE.match(raw):
        return int(raw)
    raise WrongValueError(
        "is not a whole number", "write digits only, without leading zeros or separators"
    )


def read_date(raw: Any) -> date:
    if isinstance(raw, datetime):
        raise WrongValueError("is not a day", "write YYYY-MM-DD")
    if isinstance(raw, date):
        return raw
    if isinstance(raw, str) and _DAY.match(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            raise WrongValueError("is not a day of the calendar", "write YYYY-MM-DD") from None
    raise WrongValueError("is not a day", "write YYYY-MM-DD")


def read_instant(raw: Any) -> date | datetime:
    """A time with offset, or a bare day where no hour is known."""
    if isinstance(raw, datetime):
        found = raw
    elif isinstance(raw, date):
        return raw
    elif isinstance(raw, str) and _DAY.match(raw):
        return read_date(raw)
    elif isinstance(raw, str):
        try:
            found = datetime.fromisoformat(raw)
        except ValueError:
            raise WrongValueError(
                "is not a time", "write 2026-03-01T09:30:00+08:00 or a day"
            ) from None
    else:
        raise WrongValueError("is not a time", "write 2026-03-01T09:30:00+08:00 or a day")
    if found.tzinfo is None:
        raise WrongValueError("is a time without its offset", "add the offset, such as +08:00")
    return found


def read_money(raw: Any) -> Money:
    if isinstance(raw, Money):
        return raw
    if not isinstance(raw, Mapping) or set(raw) != {"minor", "currency"}:
        raise WrongValueError("is not a sum of money", "write {minor: 100000, currency: CNY}")
    currency = raw["currency"]
    if not isinstance(currency, str) or not re.match(r"^[A-Z]{3}$", currency):
        raise WrongValueError("has no currency", "write three capital letters, such as CNY")
    return Money(minor=read_int(raw["minor"]), currency=currency)


def read_enum(raw: Any, members: Mapping[str, Any]) -> str:
    if isinstance(raw, str) and raw in members:
        return raw
    if isinstance(raw, str):
        raise WrongValueError("is not a member of this fact", nearest(raw, members))
    raise WrongValueError("is not one word", "use one of: " + ", ".join(sorted(members)[:12]))


def read_set(raw: Any, members: Mapping[str, Any]) -> SetValue:
    """A list closes the set; a map says only what it names."""
    if isinstance(raw, SetValue):
        return raw
    if isinstance(raw, (list, tuple, set, frozenset)):
        yes = frozenset(read_enum(word, members) for word in raw)
        return SetValue(yes=yes, no=frozenset(members) - yes)
    if isinstance(raw, Mapping):
        said = {
            read_enum(word, members): read_bool(value)
            for word, value in raw.items()
            if value is not None
        }
        return SetValue(
            yes=frozenset(word for word, value in said.items() if value),
            no=frozenset(word for word, value in said.items() if not value),
        )
    raise WrongValueError("is neither a list nor a map", "write [a, b] or {a: true, b: false}")


def as_json(value: Value | None) -> Any:
    """A value as JSON can hold it, in the spelling of matter/v1."""
    if isinstance(value, SetValue):
        return dict.fromkeys(sorted(value.yes), True) | dict.fromkeys(sorted(value.no), False)
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value


def bad_value(wrong: WrongValueError, *, file: str | None, place: str) -> BadInput:
    return BadInput(wrong.says, file=file, place=place, remedy=wrong.remedy)
