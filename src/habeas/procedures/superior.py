"""The common superior: hears what two bodies dispute, names one, and says it until it is heard.

Whom it may name hangs on what it was told (docket.may_designate): a silent body may have taken
the matter already, so only it may be named; with its refusal in hand, either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from habeas.errors import BadInput, Refused
from habeas.ledger.envelope import Envelope
from habeas.procedures.contacts import contact_named, identified
from habeas.procedures.exchange_writes import CASE
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.post import Draft, post
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records.exchange import Contact, Dispute, DisputeRequest, Letter
from habeas.records.home import Home
from habeas.supervision.docket import may_designate

STEP = "dispute.step"
REQUESTS = ("refer_declined", "refer_silent", "refer_disputed", "refer_again")


def hear_referral(
    home: Home,
    letter: Letter,
    envelope: Envelope,
    *,
    number: str,
    event: str,
    round_: int,
    now: datetime,
) -> str:
    """Take a body's word to its superior; inside the transaction that keeps it."""
    if event not in (*REQUESTS, "ack", "reminder"):
        return "malformed"
    said = {"case": number, "event": event, "round": round_, "from": letter.contact.identity}
    if event == "reminder":
        _log(home, said, now=now)
        return "applied"
    dispute = _dispute(home, letter, envelope, number, now=now)
    if dispute is None:
        return "stranger"
    _log(home, said, now=now)
    if event == "ack":
        _acknowledge(home, dispute, letter.contact, round_)
    else:
        DisputeRequest.objects.using(home.alias).get_or_create(
            dispute=dispute, event=event, round=round_, asking=letter.contact
        )
    if dispute.designated is not None:
        _tell(home, dispute, now=now)
    return "applied"


def _log(home: Home, said: dict[str, Any], *, now: datetime) -> None:
    add_entry(home, Happening(kind=STEP, payload={**said, "at": now.isoformat()}), now=now)


def disputes(home: Home) -> QuerySet[Dispute]:
    rows = Dispute.objects.using(home.alias)
    return rows.select_related("asking", "other", "designated")


def _dispute(
    home: Home, letter: Letter, envelope: Envelope, number: str, *, now: datetime
) -> Dispute | None:
    """The dispute this is about; None if it is one between two others."""
    there = disputes(home).filter(number=number).first()
    named = identified(home, envelope.body.get("other"))
    if named is not None and (named.party != "authority" or named == letter.contact):
        named = None
    if there is None:
        rows = Dispute.objects.using(home.alias)
        return rows.create(
            number=number, thread=envelope.thread, asking=letter.contact, other=named, at=now
        )
    if letter.contact == there.asking:
        if there.other is None and named is not None:
            there.other = named
            there.save(using=home.alias)
    elif there.other is None and named == there.asking:
        there.other = letter.contact
        there.save(using=home.alias)
    elif letter.contact != there.other:
        return None
    return there


def _acknowledge(home: Home, dispute: Dispute, contact: Contact, round_: int) -> None:
    if contact == dispute.designated and round_ == dispute.round:
        dispute.acknowledged = True
        dispute.save(using=home.alias)


def _tell(home: Home, dispute: Dispute, *, now: datetime) -> None:
    """Name the body until it has acknowledged; then tell the other that it is not it."""
    designated = dispute.designated
    assert designated is not None
    left = dispute.asking if designated == dispute.other else dispute.other
    to, event = (
        (left, "designated_elsewhere") if dispute.acknowledged else (designated, "designated_here")
    )
    if to is None:
        return
    about = left if to == designated else designated
    body = {
        "case": dispute.number,
        "event": event,
        "round": dispute.round,
        "other": None if about is None else about.identity,
        "received_at": dispute.at.isoformat(),
    }
    draft = Draft(kind="designation", body=body, thread=bytes(dispute.thread))
    post(home, draft, to=to, now=now)


def designate(home: Home, number: str, *, to: str, ground: str, now: datetime) -> Dispute:
    """Name the body that has the matter: binding, and sent until it acknowledges."""
    home.must_be("authority")
    if not ground.strip():
        raise BadInput("a designation needs a ground", remedy="state it with --ground")
    contact = contact_named(home, to)
    with committing(home, CASE):
        dispute = disputes(home).filter(number=number).first()
        if dispute is None:
            raise BadInput("no dispute of this number is before this home")
        if dispute.designated is not None:
            if dispute.designated == contact:
                return dispute
            raise Refused("another body is designated already, and that binds")
        dispute.round = _round_to_open(home, dispute, contact)
        dispute.designated = contact
        dispute.save(using=home.alias)
        said = {"case": number, "event": "designate", "round": dispute.round}
        _log(home, {**said, "designated": contact.identity, "ground": ground}, now=now)
        _tell(home, dispute, now=now)
    sequence(home, now=now)
    return dispute


def _round_to_open(home: Home, dispute: Dispute, contact: Contact) -> int:
    """The round a designation opens; Refused if nothing this home was told allows the body."""
    other = dispute.other
    if other is None:
        raise Refused("the other body is no contact of this home", remedy="trust its card")
    rows = DisputeRequest.objects.using(home.alias).filter(dispute=dispute)
    requests = [
        Request(event=row.event, round=row.round, asking=row.asking.identity)
        for row in rows.select_related("asking")
    ]
    bodies = (dispute.asking.identity, other.identity)
    opened = round_to_open(requests, named=contact.identity, bodies=bodies)
    if opened is None:
        raise Refused(
            "this body may not be designated on what this home was told",
            remedy="a body that was only silent may have taken the matter: name it, or wait for "
            "its refusal",
        )
    return opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one body asked of the superior, in which round."""

    event: str
    round: int
    asking: str


def round_to_open(
    requests: Sequence[Request], *, named: str, bodies: tuple[str, str]
) -> int | None:
    """The round that naming a body opens; None if no request allows that body to be named."""
    allowed = [
        request.round
        for request in requests
        if named
        in may_designate(
            request.event,
            asking=request.asking,
            other=bodies[1] if request.asking == bodies[0] else bodies[0],
        )
    ]
    return max(allowed) + 1 if allowed else None
