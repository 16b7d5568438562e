"""Trust on first contact, said explicitly: a card becomes a contact of this home."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from habeas.errors import BadInput, Refused
from habeas.ledger.files import write_file
from habeas.procedures.contacts import check_name, contacts, handle_of
from habeas.procedures.exchange_keys import Presented, own_card, own_keys, read_card
from habeas.procedures.exchange_writes import CARD_FILE, TRUST
from habeas.procedures.foreign_path import read_outside, refuse_homes
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records.exchange import Contact, ContactKey
from habeas.records.home import PARTIES, Home

CARD_LIMIT = 64 * 1024


def write_card(home: Home, out: Path) -> None:
    """Write this home's own card, to be given to others."""
    refuse_homes(out)
    write_file(out, own_card(home), step=CARD_FILE)


def card_in(file: Path) -> Presented:
    """The card in a file, checked; what it says of who holds the key is not."""
    return read_card(read_outside(file, limit=CARD_LIMIT), file=file.name)


def trust_card(
    home: Home, card: Presented, *, name: str, now: datetime, superior: bool = False
) -> Contact:
    """Trust a card under a name; the same again changes nothing.

    Refused: another key under a name that is taken (a key changes by a cross-signed envelope of
    the old one), a second name for a key, the home's own key, and a second superior.
    """
    name = check_name(name)
    if card.card.party not in PARTIES:
        raise BadInput("the card is of a party this version doesn't know")
    with committing(home, TRUST):
        there = _already(home, card, name)
        if there is None:
            there = _store(home, card, name, now=now)
        if superior:
            _make_superior(home, there, now=now)
    sequence(home, now=now)
    return there


def _already(home: Home, card: Presented, name: str) -> Contact | None:
    identity = card.card.key.vkey
    if identity in {key.vkey for key in own_keys(home)}:
        raise BadInput("this is the home's own card", remedy="trust the other party's")
    by_name = contacts(home).filter(handle=handle_of(home, name)).first()
    by_key = contacts(home).filter(identity=identity).first()
    if by_name is not None and by_name != by_key:
        raise Refused(
            "another key is trusted under this name already",
            remedy="a party changes its key by an envelope signed with both keys; without one, "
            "this may be somebody else: compare fingerprints and use another name",
        )
    if by_key is not None and by_name is None:
        raise Refused("this key is trusted under another name already")
    return by_key


def _store(home: Home, card: Presented, name: str, *, now: datetime) -> Contact:
    identity = card.card.key.vkey
    subject = home.digest_of(f"contact\0{identity}") if card.card.party == "person" else None
    payload = {
        "name": name,
        "party": card.card.party,
        "identity": identity,
        "vkey": card.current.vkey,
        "sealing": card.card.sealing.hex(),
    }
    entry = add_entry(home, Happening(kind="contact", payload=payload, subject=subject), now=now)
    handle = handle_of(home, name)
    contact = contacts(home).create(
        handle=handle,
        sealed_name=home.vault().encrypt(name.encode(), subject, record=handle),
        party=card.card.party,
        identity=identity,
        sealing=card.card.sealing,
        at=now,
        entry=entry,
    )
    keys = ContactKey.objects.using(home.alias)
    keys.create(contact=contact, vkey=card.current.vkey, at=now)
    return contact


def _make_superior(home: Home, contact: Contact, *, now: datetime) -> None:
    if contact.superior:
        return
    if contact.party != "authority":
        raise BadInput("a common superior is an authority")
    if contacts(home).filter(superior=True).exists():
        raise Refused("another contact is this home's common superior already")
    payload = {"superior": contact.identity}
    add_entry(home, Happening(kind="contact.superior", payload=payload), now=now)
    contact.superior = True
    contact.save(using=home.alias)
