"""The keys with which a home signs and opens envelopes, and the card that names them.

The first key signs the log and names the party for good. A change of key is a statement signed
by both keys (specs/exchange-v1.md); it replaces the key of envelopes, not that of the log.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import transaction

from habeas.errors import BadInput, NotVerified
from habeas.ledger.cbor import decode, encode
from habeas.ledger.envelope import Card
from habeas.ledger.keys import SigningKey, VerifierKey
from habeas.procedures.exchange_writes import SEALING_KEY
from habeas.records.exchange import OwnKey
from habeas.records.home import KEY_BYTES, SEALING, Home

_CHANGE = b"habeas/key-change/v1\0"


def sealing_key(home: Home) -> X25519PrivateKey:
    """What opens envelopes sealed for this home; made now if the home is older than sealing."""
    path = home.folder / "keys" / SEALING
    if not path.exists():
        with transaction.atomic(using=home.alias):  # two processes make one key, not two
            if not path.exists():
                home.write_key(SEALING, secrets.token_bytes(KEY_BYTES), step=SEALING_KEY)
    secret = home.read_key(SEALING)
    if len(secret) != KEY_BYTES:
        raise BadInput(f"a key has {KEY_BYTES} bytes, this file {len(secret)}", file=path)
    return X25519PrivateKey.from_private_bytes(secret)


def key_file(key: VerifierKey) -> str:
    return f"envelope.{key.key_id.hex()}.key"


def signing_key(home: Home) -> SigningKey:
    """The key that signs this home's envelopes now."""
    row = OwnKey.objects.using(home.alias).order_by("pk").last()
    if row is None:
        return home.keys.signing
    name = key_file(VerifierKey.parse(row.vkey))
    return SigningKey.from_bytes(home.read_key(name), file=home.folder / "keys" / name)


def own_keys(home: Home) -> list[VerifierKey]:
    """Every key under which others may address this home, the newest first."""
    rows = OwnKey.objects.using(home.alias).order_by("-pk")
    return [*(VerifierKey.parse(row.vkey) for row in rows), home.keys.signing.verifier]


def signed_change(old: VerifierKey, new: VerifierKey) -> bytes:
    """The bytes that both keys sign when one takes the other's place."""
    return _CHANGE + old.vkey.encode() + b"\n" + new.vkey.encode()


def check_change(old: VerifierKey, change: Mapping[str, Any]) -> VerifierKey:
    """The new key of a change, if both keys signed it; NotVerified otherwise."""
    new, by_old, by_new = (change.get(name) for name in ("vkey", "old_signature", "signature"))
    if not (isinstance(new, str) and isinstance(by_old, bytes) and isinstance(by_new, bytes)):
        raise NotVerified("the change of key is damaged")
    key = VerifierKey.parse(new)
    old.verify(signed_change(old, key), by_old)
    key.verify(signed_change(old, key), by_new)
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """A card that was checked: the key of first contact, and the one that signs now."""

    card: Card
    current: VerifierKey


def own_card(home: Home) -> bytes:
    """This home's card as a file: the card of its first key, and every change since."""
    sealing = sealing_key(home).public_key().public_bytes_raw()
    first = home.keys.signing
    card = Card(name=home.name, party=home.party, key=first.verifier, sealing=sealing)
    changes = [
        {name: _plain(value) for name, value in row.change.items()}
        for row in OwnKey.objects.using(home.alias).order_by("pk")
    ]
    made = card.to_bytes(first)
    return encode({"card": made, "changes": changes}) if changes else made


def _plain(value: str) -> str | bytes:
    return bytes.fromhex(value[4:]) if value.startswith("hex:") else value


def read_card(data: bytes, *, file: str | None = None) -> Presented:
    """Check a card and the changes it carries; BadInput, NotVerified."""
    outer = decode(data, file=file)
    changes: Any = []
    if isinstance(outer, dict) and set(outer) == {"card", "changes"}:
        data, changes = outer["card"], outer["changes"]
    if not isinstance(changes, list) or not all(isinstance(each, dict) for each in changes):
        raise BadInput("is not a card", file=file)
    try:
        card = Card.from_bytes(data, file=file)
    except (TypeError, AttributeError) as error:
        raise BadInput("is not a card", file=file) from error
    _check_fields(card, file=file)
    key = card.key
    for change in changes:
        key = check_change(key, change)
    return Presented(card=card, current=key)


def _check_fields(card: Card, *, file: str | None) -> None:
    sound = isinstance(card.name, str) and isinstance(card.party, str) and len(card.party) <= 16
    if not sound or not isinstance(card.sealing, bytes) or len(card.sealing) != KEY_BYTES:
        raise BadInput("is not a card", file=file)
