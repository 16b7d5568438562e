"""Changing the key that signs a home's envelopes: a statement signed by the old and the new key.

The key of the log stays: it names the party, and receipts are proved with it. Envelopes on the
road are named in the change, so that whoever stole the old key can't add to them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from habeas.errors import HabeasError
from habeas.ledger.envelope import Envelope
from habeas.ledger.keys import SigningKey, VerifierKey
from habeas.procedures.contacts import contacts, subject_of
from habeas.procedures.exchange_keys import check_change, key_file, signed_change, signing_key
from habeas.procedures.exchange_writes import KEY_FILE, ROTATE
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.post import RECEIPT, Draft, letters, post
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records.exchange import Contact, ContactKey, Letter, OwnKey
from habeas.records.home import Home


def rotate_key(home: Home, *, now: datetime) -> list[Letter]:
    """Change the key; return the envelopes that tell every contact, to be sent."""
    old = signing_key(home)
    new = SigningKey.generate(home.origin)
    # 1. Stage: a key that no record names signs nothing.
    home.write_key(key_file(new.verifier), new.to_bytes(), step=KEY_FILE)
    statement: dict[str, str | bytes] = {
        "vkey": new.vkey,
        "signature": new.sign(signed_change(old.verifier, new.verifier)),
        "old_signature": old.sign(signed_change(old.verifier, new.verifier)),
    }
    # 2. Commit: from here on the new key signs.
    with committing(home, ROTATE):
        told = [
            post(home, _change(home, statement, contact), to=contact, now=now)
            for contact in contacts(home).order_by("pk")
        ]
        plain = {name: _plain(value) for name, value in statement.items()}
        add_entry(home, Happening(kind="key.changed", payload=plain), now=now)
        OwnKey.objects.using(home.alias).create(vkey=new.vkey, at=now, change=plain)
    sequence(home, now=now)
    return told


def _plain(value: str | bytes) -> str:
    return f"hex:{value.hex()}" if isinstance(value, bytes) else value


def _change(home: Home, statement: dict[str, Any], contact: Contact) -> Draft:
    """What one contact is told; with the envelopes to it that have no receipt yet."""
    sent = letters(home).filter(direction=Letter.OUT, contact=contact)
    waiting = sent.filter(delivered_at=None).exclude(kind=RECEIPT)
    still = [bytes(letter.digest).hex() for letter in waiting]
    return Draft(kind="key_change", body={**statement, "outstanding": sorted(still)})


def take_key_change(home: Home, letter: Letter, envelope: Envelope, *, now: datetime) -> str:
    """What a contact's change of key does here; inside a transaction."""
    keys = ContactKey.objects.using(home.alias)
    old = keys.filter(vkey=envelope.sender.vkey, contact=letter.contact, ended_at=None).first()
    outstanding = envelope.body.get("outstanding", [])
    if old is None or not isinstance(outstanding, list):
        return "malformed"
    try:
        new = check_change(VerifierKey.parse(old.vkey), envelope.body)
    except HabeasError:
        return "malformed"
    if keys.filter(vkey=new.vkey).exists():
        return "malformed"
    old.ended_at = now
    old.still = [digest for digest in outstanding if isinstance(digest, str)]
    old.save(using=home.alias)
    keys.create(contact=letter.contact, vkey=new.vkey, at=now)
    payload = {"identity": letter.contact.identity, "old": old.vkey, "new": new.vkey}
    happening = Happening(
        kind="contact.key", payload=payload, subject=subject_of(home, letter.contact)
    )
    add_entry(home, happening, now=now)
    return "key_changed"
