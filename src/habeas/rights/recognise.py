"""Which of the fields in a capture are personal, by the detectors of `habeas scan`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from habeas.boundary.draw import Category
from habeas.boundary.fields import scan_fields
from habeas.boundary.text import Span, scan_text
from habeas.law.book import LawBook
from habeas.rights.capture import Capture, Sent

_PERSONAL = (Category.SENSITIVE, Category.PERSONAL)
# Quasi-identifiers that say something of a person by themselves, not of a page or an order.
_ABOUT_A_PERSON = frozenset(
    {"age", "sex", "education", "marital_status", "occupation", "coordinates", "region", "postcode"}
)
_SURE = 0.85
# An identifier that a third party can recognise a device by: long, mixed, not a word.
_TOKEN = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_.~-]{16,160}")
_DEVICE = "device_id"
OTHERS = "contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A field that was sent and is personal: which kind, to whom, when; no value."""

    name: str
    kind: str
    host: str
    at: datetime | None


def recognise(
    capture: Capture, *, book: LawBook, as_of: date, own: Sequence[str]
) -> tuple[Seen, ...]:
    """Every personal field of a capture, one a value sent; own: the controller's domains."""
    columns: dict[str, list[str]] = {}
    for sent in capture.sent:
        columns.setdefault(sent.name, []).append(sent.value)
    by_name = _by_column(columns, book=book, as_of=as_of)
    others = _of_others(columns, book=book, as_of=as_of)
    found = []
    for sent in capture.sent:
        known = OTHERS if sent.name in others else by_name.get(sent.name)
        kind = known or _by_value(sent) or _by_token(sent, own)
        if kind:
            found.append(Seen(name=sent.name, kind=kind, host=sent.host, at=sent.at))
    return tuple(found)


def kinds_of_names(
    names: Sequence[str], *, book: LawBook, as_of: date
) -> Mapping[str, tuple[str, ...]]:
    """The kinds that columns are by their names alone."""
    boundary = scan_fields({name: [] for name in names}, book=book, as_of=as_of)
    return {column.name: column.kinds[:1] for column in boundary.columns if column.kinds}


def _by_column(
    columns: Mapping[str, Sequence[str]], *, book: LawBook, as_of: date
) -> dict[str, str]:
    boundary = scan_fields(columns, book=book, as_of=as_of)
    return {
        column.name: column.kinds[0]
        for column in boundary.columns
        if column.kinds
        and (
            column.category in _PERSONAL
            or (column.category is Category.QUASI_IDENTIFIER and column.kinds[0] in _ABOUT_A_PERSON)
        )
    }


def _of_others(names: Iterable[str], *, book: LawBook, as_of: date) -> frozenset[str]:
    """Fields inside a list of other persons: contacts.phone is a contact's phone, not one's own."""
    above = {name: name.split(".")[:-1] for name in names}
    parents = sorted({part for parts in above.values() for part in parts})
    kinds = kinds_of_names(parents, book=book, as_of=as_of)
    lists = {parent for parent in parents if OTHERS in kinds.get(parent, ())}
    return frozenset(name for name, parts in above.items() if lists.intersection(parts))


def _by_value(sent: Sent) -> str | None:
    """The surest personal thing inside a value, such as a number in a message.

    A value that is nothing but a validated form needs no word beside it.
    """
    spans = [s for s in scan_text(sent.value) if s.category in _PERSONAL]
    sure = [s for s in spans if s.confidence >= _SURE or _is_whole(s, sent.value)]
    return max(sure, key=lambda s: s.confidence).kind if sure else None


def _is_whole(span: Span, value: str) -> bool:
    return span.evidence == "validated" and span.end - span.start == len(value.strip())


def _by_token(sent: Sent, own: Sequence[str]) -> str | None:
    """A long identifier sent to somebody else's host; to one's own it may be a session."""
    if not sent.host or any(sent.host == d or sent.host.endswith(f".{d}") for d in own):
        return None
    return _DEVICE if _TOKEN.fullmatch(sent.value) else None
