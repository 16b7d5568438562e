"""Signed messages between homes (specs/envelope-v1.md).

An envelope says who wrote what to whom, after which message of the thread. It may be lost, come
twice or late; what it means doesn't change, and its id shows that it came before.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from habeas.errors import BadInput, NotVerified
from habeas.ledger.cbor import decode, encode
from habeas.ledger.keys import SigningKey, VerifierKey

TYPES = frozenset(
    [
        "notice",
        "choice",
        "request",
        "answer",
        "bundle",
        "complaint",
        "handover_offer",
        "handover_taken",
        "handover_declined",
        "referral",
        "designation",
        "order",
        "decision",
        "release_manifest",
        "countersignature",
        "claim",
        "class_notice",
        "opt_out",
        "account",
        "incident_letter",
        "key_change",
        "receipt",
    ]
)
SIZE_LIMIT = 32 * 1024 * 1024
_SIGNED = b"habeas/envelope/v1\0"
_CARD = b"habeas/card/v1\0"
_INFO = b"habeas/envelope/v1"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_FIELDS = frozenset(
    ("v", "type", "id", "from", "to", "thread", "previous", "at", "sealed", "body", "attachments")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What one party gives another at first contact: a key and the name it goes by."""

    name: str
    party: str
    key: VerifierKey
    sealing: bytes

    def to_bytes(self, signing: SigningKey) -> bytes:
        """The card as a file, signed by the key it names."""
        body = {
            "v": 1,
            "name": self.name,
            "party": self.party,
            "vkey": self.key.vkey,
            "sealing": self.sealing,
        }
        card = encode(body)
        return encode({"card": card, "signature": signing.sign(_CARD + card)})

    @classmethod
    def from_bytes(cls, data: bytes, *, file: str | None = None) -> Self:
        """Read a card and check that its holder has the key; BadInput, NotVerified."""
        outer = _mapping(data, {"card", "signature"}, file=file)
        body = _mapping(outer["card"], {"v", "name", "party", "vkey", "sealing"}, file=file)
        key = VerifierKey.parse(body["vkey"])
        key.verify(_CARD + outer["card"], outer["signature"])
        return cls(name=body["name"], party=body["party"], key=key, sealing=body["sealing"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that travels with an envelope: its name without folders, and its bytes."""

    name: str
    data: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not self.name or "/" in self.name or "\\" in self.name or self.name in (".", ".."):
            raise BadInput("the name of an attachment is a file name without folders")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An envelope that has been checked, or was written by us. digest names it in its thread."""

    type: str
    id: bytes
    sender: VerifierKey
    to: VerifierKey
    thread: bytes
    previous: bytes | None
    at: datetime
    sealed: bool
    body: Mapping[str, Any] = field(repr=False)
    attachments: tuple[Attachment, ...]
    digest: bytes


def write_envelope(
    *,
    kind: str,
    body: Mapping[str, Any],
    key: SigningKey,
    to: Card,
    now: datetime,
    thread: bytes | None = None,
    previous: bytes | None = None,
    attachments: Sequence[Attachment] = (),
    seal: bool = True,
) -> bytes:
    """The bytes of a new envelope. now: the sender's clock, aware; thread None starts a new one."""
    if kind not in TYPES:
        raise BadInput(f"{kind!r} is not a type of envelope", remedy="see specs/envelope-v1.md")
    number = secrets.token_bytes(16)
    public = X25519PublicKey.from_public_bytes(to.sealing) if seal else None
    carried = [_seal(a.data, public, number, at) for at, a in enumerate(attachments, start=1)]
    signed = encode(
        {
            "v": 1,
            "type": kind,
            "id": number,
            "from": key.vkey,
            "to": to.key.vkey,
            "thread": thread or secrets.token_bytes(16),
            "previous": previous,
            "at": _second(now),
            "sealed": seal,
            "body": _seal(encode(body), public, number, 0),
            "attachments": [
                {"name": a.name, "size": len(data), "sha256": sha256(data).digest()}
                for a, data in zip(attachments, carried, strict=True)
            ],
        }
    )
    signature = key.sign(_SIGNED + signed)
    made = encode({"envelope": signed, "signature": signature, "attachments": carried})
    if len(made) > SIZE_LIMIT:
        raise BadInput("an envelope holds at most 32 MiB", remedy="send the files in parts")
    return made


def open_envelope(
    data: bytes,
    *,
    me: VerifierKey,
    sealing: X25519PrivateKey | None,
    trusted: Sequence[VerifierKey],
    file: str | None = None,
) -> Envelope:
    """Check an envelope in the order of its specification and return its content.

    Raises BadInput for something that is no envelope, NotVerified for one that doesn't hold,
    naming the first thing wrong. Nothing of it may be used before this returns.
    """
    if len(data) > SIZE_LIMIT:
        raise BadInput("is larger than an envelope may be (32 MiB)", file=file)
    outer = _mapping(data, {"envelope", "signature", "attachments"}, file=file)
    signed = _mapping(outer["envelope"], _FIELDS, file=file)
    sender = _trusted_sender(signed, trusted, file=file)
    sender.verify(_SIGNED + outer["envelope"], outer["signature"])
    if signed["to"] != me.vkey:
        raise NotVerified("the envelope is addressed to somebody else", file=file)
    carried = _attachments(signed["attachments"], outer["attachments"], file=file)
    private = sealing if signed["sealed"] else None
    if signed["sealed"] and sealing is None:
        raise BadInput("the envelope is sealed and no sealing key was given", file=file)
    return Envelope(
        type=signed["type"],
        id=signed["id"],
        sender=sender,
        to=me,
        thread=signed["thread"],
        previous=signed["previous"],
        at=_instant(signed["at"], file=file),
        sealed=signed["sealed"],
        body=decode(_unseal(signed["body"], private, signed["id"], 0)),
        attachments=tuple(
            Attachment(name=name, data=_unseal(sealed, private, signed["id"], at))
            for at, (name, sealed) in enumerate(carried, start=1)
        ),
        digest=sha256(outer["envelope"]).digest(),
    )


def read_unverified_sender(data: bytes, *, file: str | None = None) -> str:
    """The vkey an envelope claims to come from, before anything is checked: to ask for trust."""
    outer = _mapping(data, {"envelope", "signature", "attachments"}, file=file)
    claimed = _mapping(outer["envelope"], _FIELDS, file=file)["from"]
    return VerifierKey.parse(claimed).vkey


def _trusted_sender(
    signed: Mapping[str, Any], trusted: Sequence[VerifierKey], *, file: str | None
) -> VerifierKey:
    if signed["v"] != 1 or signed["type"] not in TYPES:
        raise BadInput("is an envelope of a version or type this Habeas doesn't know", file=file)
    for key in trusted:
        if key.vkey == signed["from"]:
            return key
    raise NotVerified(
        "the sender's key is not one you trust",
        file=file,
        remedy="compare its fingerprint with the sender's, then run `habeas trust`",
    )


def _attachments(
    named: Sequence[Mapping[str, Any]], carried: Sequence[bytes], *, file: str | None
) -> list[tuple[str, bytes]]:
    if len(named) != len(carried):
        raise NotVerified("an attachment is missing or was added", file=file)
    for at, (entry, data) in enumerate(zip(named, carried, strict=True), start=1):
        if entry["size"] != len(data) or entry["sha256"] != sha256(data).digest():
            raise NotVerified(f"attachment {at} is not the one that was signed", file=file)
    return [(entry["name"], data) for entry, data in zip(named, carried, strict=True)]


def _seal(data: bytes, public: X25519PublicKey | None, number: bytes, at: int) -> bytes:
    return data if public is None else _SUITE.encrypt(data, public, _info(number, at))


def _unseal(data: bytes, private: X25519PrivateKey | None, number: bytes, at: int) -> bytes:
    if private is None:
        return data
    try:
        return _SUITE.decrypt(data, private, _info(number, at))
    except (InvalidTag, ValueError) as error:
        raise NotVerified("the sealed content doesn't open with this home's key") from error


def _info(number: bytes, at: int) -> bytes:
    return _INFO + number + (at.to_bytes(2, "big") if at else b"")


def _mapping(data: object, keys: set[str] | frozenset[str], *, file: str | None) -> dict[str, Any]:
    if not isinstance(data, bytes):
        raise BadInput("is not an envelope", file=file)
    found = decode(data, file=file)
    if not isinstance(found, dict) or set(found) != keys:
        raise BadInput("is not an envelope or card of version 1", file=file)
    return found


def _second(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise BadInput("an instant has no time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instant(text: str, *, file: str | None) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadInput("the time of the envelope is damaged", file=file) from error
