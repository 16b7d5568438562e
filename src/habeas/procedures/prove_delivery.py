"""Checking a delivery with nothing but two files and a key: for a court, without any home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from habeas.errors import BadInput, NotVerified
from habeas.ledger.cbor import decode
from habeas.ledger.envelope import open_envelope
from habeas.ledger.keys import VerifierKey
from habeas.procedures.post import Head, head_of
from habeas.procedures.receipts import check_receipt

# What an envelope's signature covers before its signed part (specs/envelope-v1.md).
SIGNED = b"habeas/envelope/v1\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What the two files prove: this envelope is entry `index` of the receiver's log."""

    kind: str
    digest: bytes
    written_at: datetime
    index: int
    size: int


def verify_delivery(
    envelope: bytes,
    receipt: bytes,
    *,
    log_key: VerifierKey,
    signer: VerifierKey | None = None,
) -> Delivered:
    """Return what is proved; NotVerified says the first thing that doesn't hold.

    log_key: the receiver's key of first contact. signer: the key that signs its envelopes now,
    if it was changed. Proves what the log of that key holds; not who the holder of the key is.
    """
    sent, answer = _head(envelope), _head(receipt)
    if answer.kind != "receipt":
        raise NotVerified("the second file is no receipt")
    opened = open_envelope(
        receipt, me=VerifierKey.parse(answer.to), sealing=None, trusted=[signer or log_key]
    )
    found = check_receipt(opened.body, digest=sent.digest, log_key=log_key)
    return Delivered(
        kind=sent.kind,
        digest=sent.digest,
        written_at=sent.at,
        index=found.index,
        size=found.size,
    )


def verify_word(envelope: bytes, *, signer: VerifierKey) -> Head:
    """What `signer` signed, if it did: type, addressee, thread, and the envelope it follows.

    The body stays sealed: that an authority wrote `handover_taken` after a certain offer stands in
    the open part.
    """
    head = _head(envelope)
    if head.sender != signer.vkey:
        raise NotVerified("the envelope is not by this key")
    outer = decode(envelope)
    signer.verify(SIGNED + outer["envelope"], outer["signature"])
    return head


def _head(raw: bytes) -> Head:
    try:
        return head_of(raw)
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput("is not an envelope") from error
