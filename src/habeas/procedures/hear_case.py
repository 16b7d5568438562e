"""What another authority's message does in this docket; inside the transaction that keeps it.

A message counts only from the body it is for: the other body of the hand-over, or the common
superior. From anybody else it is kept, receipted, and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from habeas.ledger.envelope import Envelope
from habeas.procedures.case_records import NUMBER, Act, cases, new_case, take_step
from habeas.procedures.contacts import identified
from habeas.procedures.superior import hear_referral
from habeas.records.exchange import Case as CaseRow
from habeas.records.exchange import Contact, Letter
from habeas.records.home import Home

_EVENTS = {
    "handover_offer": ("offered",),
    "handover_taken": ("taken",),
    "handover_declined": ("declined",),
    "designation": ("designated_here", "designated_elsewhere"),
}
_ROUNDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The part of a docket message that moves a case."""

    number: str
    event: str
    round: int


def hear(home: Home, letter: Letter, envelope: Envelope, *, now: datetime) -> str:
    """Take a docket message: applied, no_effect, stranger or malformed."""
    said = _said(envelope)
    if said is None:
        return "malformed"
    if home.party != "authority" or letter.contact.party != "authority":
        return "stranger"
    if envelope.type == "referral":
        return hear_referral(
            home, letter, envelope, number=said.number, event=said.event, round_=said.round, now=now
        )
    if said.event not in _EVENTS[envelope.type]:
        return "malformed"
    row = cases(home).filter(number=said.number).first()
    if not _may_say(envelope.type, row, letter.contact):
        return "stranger"
    if row is None:
        row = _heard_of_first(home, said, letter, envelope, now=now)
    superior = envelope.type == "designation"
    if superior and row.superior is None:
        row.superior = letter.contact
    act = Act(
        event=said.event,
        who="superior" if superior else "other",
        round=said.round,
        letter=letter,
    )
    return "applied" if take_step(home, row, act, now=now) else "no_effect"


def _said(envelope: Envelope) -> Said | None:
    number, event, count = (envelope.body.get(name) for name in ("case", "event", "round"))
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        return None
    if not isinstance(event, str) or type(count) is not int or not 0 <= count <= _ROUNDS:
        return None
    return Said(number=number, event=event, round=count)


def _may_say(kind: str, row: CaseRow | None, contact: Contact) -> bool:
    if kind == "designation":
        known = None if row is None else row.superior
        return contact.superior if known is None else known == contact
    return row is None or row.other == contact


def _heard_of_first(
    home: Home, said: Said, letter: Letter, envelope: Envelope, *, now: datetime
) -> CaseRow:
    """A case that came by message: its number and date of receipt are kept."""
    other: Contact | None = letter.contact
    superior = named_superior(home, envelope)
    if envelope.type == "designation":
        other, superior = identified(home, envelope.body.get("other")), letter.contact
    return new_case(
        said.number,
        thread=envelope.thread,
        received_at=_received_at(envelope, now),
        now=now,
        other=other,
        superior=superior,
        complaint=letter,
    )


def named_superior(home: Home, envelope: Envelope) -> Contact | None:
    """The superior the other body named, if this home trusts it as its own superior too."""
    named = identified(home, envelope.body.get("superior"))
    return named if named is not None and named.superior else None


def _received_at(envelope: Envelope, now: datetime) -> datetime:
    """The original date of receipt as the sender states it; never later than now."""
    try:
        stated = datetime.fromisoformat(str(envelope.body.get("received_at")))
    except ValueError:
        return now
    return now if stated.tzinfo is None or stated > now else stated
