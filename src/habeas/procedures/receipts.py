"""Receipts of delivery: the receiver's signed word with the proof that its log holds the entry.

A receipt is open for anybody: with the envelope it acknowledges it shows, without either home,
that the receiver's log holds that envelope (procedures/prove_delivery.py checks it).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from habeas.errors import BadInput, HabeasError, NotVerified
from habeas.ledger.commitment import open_sealed
from habeas.ledger.contradiction import contradiction
from habeas.ledger.envelope import Envelope, write_envelope
from habeas.ledger.keys import VerifierKey
from habeas.ledger.receipt import Receipt
from habeas.procedures.contacts import card_of, subject_of
from habeas.procedures.exchange_keys import signing_key
from habeas.procedures.exchange_writes import RECEIPT as RECEIPT_WRITE
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.post import RECEIPT, head_of, keep, letters, raw_of
from habeas.procedures.sequence import opened, receipt_of
from habeas.procedures.transaction import committing
from habeas.records.exchange import Contact, Letter, SeenHead
from habeas.records.home import Home


def receipt_for(home: Home, letter: Letter, *, now: datetime) -> bytes:
    """The receipt of a letter received: the one already written, or a new one.

    One that an earlier key signed is written anew: the sender may know only the newer key.
    """
    key = signing_key(home)
    with committing(home, RECEIPT_WRITE):
        there = letters(home).filter(direction=Letter.OUT, answers=letter).order_by("pk").last()
        if there is not None:
            raw = raw_of(home, there)
            if head_of(raw).sender == key.vkey:
                return raw
        raw = write_envelope(
            kind=RECEIPT,
            body=_body(home, letter),
            key=key,
            to=card_of(home, letter.contact),
            now=now,
            thread=bytes(letter.thread),
            previous=bytes(letter.digest),
            seal=False,
        )
        keep(
            home,
            head_of(raw),
            raw,
            contact=letter.contact,
            direction=Letter.OUT,
            entry=None,
            now=now,
            answers=letter,
        )
        return raw


def _body(home: Home, letter: Letter) -> dict[str, Any]:
    assert letter.entry is not None
    receipt = receipt_of(home, letter.entry)
    salt, payload = opened(home, letter.entry)
    return {
        "of": bytes(letter.digest),
        "leaf": bytes(letter.entry.leaf),
        "salt": salt,
        "payload": payload,
        "receipt": receipt.to_json(),
    }


def check_receipt(body: Mapping[str, Any], *, digest: bytes, log_key: VerifierKey) -> Receipt:
    """The log receipt in a body, if it proves that the log holds the envelope `digest`."""
    try:
        if body["of"] != digest:
            raise NotVerified("the receipt is of another envelope")
        says = open_sealed(body["leaf"], body["salt"], body["payload"])
        receipt = Receipt.from_json(body["receipt"])
        receipt.verify(body["leaf"], log_key)
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput("the receipt is damaged") from error
    if says.get("envelope") != digest.hex():
        raise NotVerified("the entry of the log is of another envelope")
    return receipt


def take_receipt(home: Home, letter: Letter, envelope: Envelope, *, now: datetime) -> str:
    """What a receipt does here: the letter it is of counts as delivered; inside a transaction."""
    digest = envelope.body.get("of")
    if not isinstance(digest, bytes):
        return "malformed"
    own = letters(home).filter(direction=Letter.OUT, digest=digest, contact=letter.contact)
    of = own.exclude(kind=RECEIPT).first()
    if of is None:
        return "not_ours"
    key = VerifierKey.parse(letter.contact.identity)
    try:
        receipt = check_receipt(envelope.body, digest=digest, log_key=key)
    except HabeasError:
        return "malformed"
    letter.answers = of
    if of.delivered_at is None:
        of.delivered_at = now
        of.save(using=home.alias)
        payload = {"envelope": digest.hex(), "receipt": envelope.digest.hex()}
        subject = subject_of(home, letter.contact)
        happening = Happening(kind="envelope.delivered", payload=payload, subject=subject)
        add_entry(home, happening, now=now)
    forked = see_head(home, letter.contact, receipt.checkpoint, now=now)
    return "contradiction" if forked else "delivered"


def see_head(home: Home, contact: Contact, note: str, *, now: datetime) -> bool:
    """Remember a head of another log; True if it contradicts one that was shown before."""
    key = VerifierKey.parse(contact.identity)
    size = Receipt.from_json({"index": 0, "proof": [], "checkpoint": note}).size
    heads = SeenHead.objects.using(home.alias)
    there, new = heads.get_or_create(contact=contact, size=size, defaults={"note": note})
    if new:
        return False
    try:
        proof = contradiction(there.note, note, key=key).to_text()
    except NotVerified:
        return False
    if not there.contradiction:
        there.contradiction = proof
        there.save(using=home.alias)
        payload = {"identity": contact.identity, "size": size, "proof": proof}
        happening = Happening(
            kind="contradiction", payload=payload, subject=subject_of(home, contact)
        )
        add_entry(home, happening, now=now)
    return True
