"""Receiving an envelope, once however often it comes, and reading what came.

1. check it: nothing of an envelope that doesn't hold is kept or used;
2. one commit: the letter, what it does here, what that makes this home send, and the entries;
3. the log;
4. the receipt, which carries the proof that the log holds it.

A crash after 2 loses nothing: the sender has no receipt and sends it again, and 3 and 4 follow.

Effects of a letter: kept · applied, no_effect, stranger, malformed (docket) · delivered, not_ours,
contradiction (receipts) · key_changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from habeas.errors import BadInput, NotVerified, Refused
from habeas.ledger.envelope import Envelope, open_envelope
from habeas.ledger.keys import VerifierKey
from habeas.procedures.contacts import keys_of, subject_of
from habeas.procedures.exchange_keys import own_keys, sealing_key
from habeas.procedures.exchange_writes import RECEIVE
from habeas.procedures.hear_case import hear
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.post import RECEIPT, head_of, keep, letters, said_of
from habeas.procedures.receipts import receipt_for, take_receipt
from habeas.procedures.rotate_key import take_key_change
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records.exchange import Contact, Forked, Letter
from habeas.records.home import Home

Effect = Callable[[Home, Letter, Envelope, datetime], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """again: it had come before. receipt None: receipts are not acknowledged."""

    letter: Letter
    again: bool
    receipt: bytes | None = field(repr=False)


def receive(home: Home, raw: bytes, *, now: datetime, file: str | None = None) -> Received:
    """Take an envelope in. NotVerified if it doesn't hold; Refused if its id is another's."""
    envelope, contact = _checked(home, raw, file=file)
    with committing(home, RECEIVE):
        there = (
            letters(home)
            .filter(direction=Letter.IN, contact=contact, envelope_id=envelope.id)
            .first()
        )
        fork = there is not None and bytes(there.digest) != envelope.digest
        letter = _keep(home, envelope, raw, contact, now=now) if there is None else there
        if fork:
            _keep_fork(home, letter, envelope, raw, now=now)
    sequence(home, now=now)
    if fork:
        raise Refused(
            "another envelope with this id came before; both are kept as evidence", file=file
        )
    receipt = None if letter.kind == RECEIPT else receipt_for(home, letter, now=now)
    return Received(letter=letter, again=there is not None, receipt=receipt)


def _checked(home: Home, raw: bytes, *, file: str | None) -> tuple[Envelope, Contact]:
    """The opened envelope and the contact that signed it."""
    keys = keys_of(home)
    envelope = _opened(home, raw, file=file)
    if not _well_formed(envelope):
        raise BadInput("is not an envelope of version 1", file=file)
    row = keys[envelope.sender.vkey]
    known = letters(home).filter(digest=envelope.digest).exists()
    if row.ended_at is not None and envelope.digest.hex() not in row.still and not known:
        raise NotVerified("the sender's key was replaced, and this was not on the road", file=file)
    return envelope, row.contact


def _opened(home: Home, raw: bytes, *, file: str | None) -> Envelope:
    trusted = [VerifierKey.parse(vkey) for vkey in keys_of(home)]
    mine, sealing = own_keys(home), sealing_key(home)
    for number, me in enumerate(mine, start=1):
        try:
            return open_envelope(raw, me=me, sealing=sealing, trusted=trusted, file=file)
        except NotVerified:
            if number == len(mine):
                raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput("is not an envelope of version 1", file=file) from error
    raise NotVerified("the envelope is addressed to somebody else", file=file)


def _well_formed(envelope: Envelope) -> bool:
    """Sizes that the reader of the format leaves open."""
    ids = all(
        isinstance(each, bytes) and len(each) == 16 for each in (envelope.id, envelope.thread)
    )
    previous = envelope.previous
    linked = previous is None or (isinstance(previous, bytes) and len(previous) == 32)
    return ids and linked and isinstance(envelope.body, Mapping)


def _keep(home: Home, envelope: Envelope, raw: bytes, contact: Contact, *, now: datetime) -> Letter:
    head = head_of(raw)
    payload = {**said_of(head), "from": contact.identity}
    happening = Happening(
        kind="envelope.received", payload=payload, subject=subject_of(home, contact)
    )
    entry = add_entry(home, happening, now=now)
    letter = keep(home, head, raw, contact=contact, direction=Letter.IN, entry=entry, now=now)
    if envelope.type in _EFFECTS:
        letter.effect = _EFFECTS[envelope.type](home, letter, envelope, now)
    letter.save(using=home.alias)
    return letter


def _keep_fork(home: Home, first: Letter, envelope: Envelope, raw: bytes, *, now: datetime) -> None:
    """A second content under one id: the sender signed both, so both are evidence."""
    rows = Forked.objects.using(home.alias)
    if rows.filter(digest=envelope.digest).exists():
        return
    payload = {
        "id": envelope.id.hex(),
        "first": bytes(first.digest).hex(),
        "second": envelope.digest.hex(),
        "from": first.contact.identity,
    }
    subject = subject_of(home, first.contact)
    happening = Happening(kind="envelope.refused", payload=payload, subject=subject)
    entry = add_entry(home, happening, now=now)
    sealed = home.vault().encrypt(raw, subject, record=envelope.digest)
    rows.create(first=first, digest=envelope.digest, sealed=sealed, at=now, entry=entry)


def _receipt(home: Home, letter: Letter, envelope: Envelope, now: datetime) -> str:
    return take_receipt(home, letter, envelope, now=now)


def _key_change(home: Home, letter: Letter, envelope: Envelope, now: datetime) -> str:
    return take_key_change(home, letter, envelope, now=now)


def _docket(home: Home, letter: Letter, envelope: Envelope, now: datetime) -> str:
    return hear(home, letter, envelope, now=now)


_EFFECTS: dict[str, Effect] = {
    RECEIPT: _receipt,
    "key_change": _key_change,
    "handover_offer": _docket,
    "handover_taken": _docket,
    "handover_declined": _docket,
    "referral": _docket,
    "designation": _docket,
}


def has_gap(home: Home, letter: Letter) -> bool:
    """True if the letter names one before it in its thread that hasn't come."""
    if letter.previous is None:
        return False
    return not letters(home).filter(digest=bytes(letter.previous)).exists()


def letter_with(home: Home, start: str) -> Letter:
    """The letter whose digest begins so (8 hex digits or more); BadInput if none or several."""
    wanted = start.lower()
    if len(wanted) < 8 or any(c not in "0123456789abcdef" for c in wanted):
        raise BadInput("a letter is named by 8 or more hex digits; see `habeas inbox list`")
    rows = letters(home).values_list("pk", "digest")
    found = [pk for pk, digest in rows if bytes(digest).hex().startswith(wanted)]
    if len(found) != 1:
        says = "more than one letter begins" if found else "no letter here begins"
        raise BadInput(f"{says} with these digits")
    return letters(home).get(pk=found[0])
