"""Letters: the envelopes of this home as rows, and how one is written and kept.

Everything here runs inside a transaction of the caller: what a letter does and that it was
written are one commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet

from habeas.ledger.cbor import decode
from habeas.ledger.envelope import Attachment, Envelope, open_envelope, write_envelope
from habeas.ledger.keys import VerifierKey
from habeas.procedures.contacts import card_of, subject_of
from habeas.procedures.exchange_keys import sealing_key, signing_key
from habeas.procedures.outbox import Happening, add_entry
from habeas.records.exchange import Contact, Letter
from habeas.records.home import Home
from habeas.records.models import Entry

RECEIPT = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What shall be sent. thread None starts a conversation."""

    kind: str
    body: Mapping[str, Any] = field(repr=False)
    thread: bytes | None = None
    attachments: tuple[Attachment, ...] = ()


def letters(home: Home) -> QuerySet[Letter]:
    return Letter.objects.using(home.alias).select_related("contact")


def post(home: Home, draft: Draft, *, to: Contact, now: datetime) -> Letter:
    """Write an envelope and keep it until its receipt comes; inside a transaction."""
    previous = None if draft.thread is None else _last(home, to, draft.thread)
    raw = write_envelope(
        kind=draft.kind,
        body=draft.body,
        key=signing_key(home),
        to=card_of(home, to),
        now=now,
        thread=draft.thread,
        previous=previous,
        attachments=draft.attachments,
    )
    envelope = head_of(raw)
    payload = {**said_of(envelope), "to": to.identity, "body": draft.body}
    subject = subject_of(home, to)
    happening = Happening(kind="envelope.sent", payload=payload, subject=subject)
    entry = add_entry(home, happening, now=now)
    return keep(home, envelope, raw, contact=to, direction=Letter.OUT, entry=entry, now=now)


def _last(home: Home, contact: Contact, thread: bytes) -> bytes | None:
    """The newest letter of a thread with a contact, whoever wrote it."""
    rows = letters(home).filter(contact=contact, thread=thread).exclude(kind=RECEIPT)
    last = rows.order_by("pk").last()
    return None if last is None else bytes(last.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The part of an envelope that travels in the clear."""

    kind: str
    id: bytes
    sender: str
    to: str
    thread: bytes
    previous: bytes | None
    at: datetime
    digest: bytes


def head_of(raw: bytes) -> Head:
    """The head of an envelope this home wrote or has checked; nothing is verified here."""
    signed = decode(raw)["envelope"]
    found = decode(signed)
    at = datetime.strptime(found["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return Head(
        kind=found["type"],
        id=found["id"],
        sender=found["from"],
        to=found["to"],
        thread=found["thread"],
        previous=found["previous"],
        at=at,
        digest=sha256(signed).digest(),
    )


def said_of(head: Head) -> dict[str, Any]:
    """An envelope as an entry of the log names it."""
    return {
        "type": head.kind,
        "id": head.id.hex(),
        "envelope": head.digest.hex(),
        "thread": head.thread.hex(),
        "previous": None if head.previous is None else head.previous.hex(),
        "at": head.at.isoformat(),
    }


def keep(
    home: Home,
    head: Head,
    raw: bytes,
    *,
    contact: Contact,
    direction: str,
    entry: Entry | None,
    now: datetime,
    effect: str = "kept",
    answers: Letter | None = None,
) -> Letter:
    """Store an envelope as it travels, sealed under the vault; inside a transaction."""
    subject = subject_of(home, contact)
    return Letter.objects.using(home.alias).create(
        direction=direction,
        contact=contact,
        envelope_id=head.id,
        digest=head.digest,
        kind=head.kind,
        thread=head.thread,
        previous=head.previous,
        said_at=head.at,
        at=now,
        sealed=home.vault().encrypt(raw, subject, record=head.digest),
        effect=effect,
        answers=answers,
        entry=entry,
    )


def raw_of(home: Home, letter: Letter) -> bytes:
    """The envelope of a letter, byte for byte as it travels."""
    subject = subject_of(home, letter.contact)
    return home.vault().decrypt(bytes(letter.sealed), subject, record=bytes(letter.digest))


def reopened(home: Home, letter: Letter) -> Envelope:
    """The content of a letter that was received."""
    raw = raw_of(home, letter)
    head = head_of(raw)
    return open_envelope(
        raw,
        me=VerifierKey.parse(head.to),
        sealing=sealing_key(home),
        trusted=[VerifierKey.parse(head.sender)],
    )


def waiting(home: Home, to: Contact | None = None) -> Sequence[Letter]:
    """Letters sent whose receipt hasn't come, oldest first: to be sent again until it does."""
    rows = letters(home).filter(direction=Letter.OUT, delivered_at=None).exclude(kind=RECEIPT)
    return list((rows if to is None else rows.filter(contact=to)).order_by("pk"))


def last_letter(home: Home) -> int:
    """The place of the newest letter of this home, sent or received; 0 without any."""
    last = letters(home).order_by("pk").last()
    return 0 if last is None else int(last.pk)


def sent_since(home: Home, place: int) -> Sequence[Letter]:
    """Letters this home wrote after a place that `last_letter` gave, receipts apart."""
    rows = letters(home).filter(direction=Letter.OUT, pk__gt=place).exclude(kind=RECEIPT)
    return list(rows.order_by("pk"))
