"""Who this home knows, under which name, and by which keys."""

from __future__ import annotations

from django.db.models import QuerySet

from habeas.errors import BadInput
from habeas.ledger.envelope import Card
from habeas.ledger.keys import VerifierKey
from habeas.records.exchange import Contact, ContactKey
from habeas.records.home import Home

_LONGEST = 100


def handle_of(home: Home, name: str) -> bytes:
    """The keyed digest under which a contact's name is found again."""
    return home.digest_of(f"contact\0{name}")


def subject_of(home: Home, contact: Contact) -> bytes | None:
    """Whose entries these are: a person's letters are under the person's own key."""
    return home.digest_of(f"contact\0{contact.identity}") if contact.party == "person" else None


def check_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= _LONGEST or not name.isprintable():
        raise BadInput(f"the name of a contact is one line of 1 to {_LONGEST} characters")
    return name


def contact_named(home: Home, name: str) -> Contact:
    found = contacts(home).filter(handle=handle_of(home, name.strip())).first()
    if found is None:
        raise BadInput(
            "no contact of this name is trusted here",
            remedy="get the party's card and run `habeas trust CARD --as NAME`",
        )
    return found


def contacts(home: Home) -> QuerySet[Contact]:
    return Contact.objects.using(home.alias)


def name_of(home: Home, contact: Contact) -> str:
    """The name this home gave a contact."""
    sealed, record = bytes(contact.sealed_name), bytes(contact.handle)
    return home.vault().decrypt(sealed, subject_of(home, contact), record=record).decode()


def keys_of(home: Home) -> dict[str, ContactKey]:
    """Every key a contact ever signed envelopes with, by vkey."""
    rows = ContactKey.objects.using(home.alias).select_related("contact")
    return {row.vkey: row for row in rows}


def current_key(home: Home, contact: Contact) -> VerifierKey:
    row = ContactKey.objects.using(home.alias).get(contact=contact, ended_at=None)
    return VerifierKey.parse(row.vkey)


def card_of(home: Home, contact: Contact) -> Card:
    """What an envelope to this contact is addressed to."""
    return Card(
        name="",
        party=contact.party,
        key=current_key(home, contact),
        sealing=bytes(contact.sealing),
    )


def identified(home: Home, identity: object) -> Contact | None:
    """The contact of an identity that another party named, if it is trusted here."""
    if not isinstance(identity, str):
        return None
    return contacts(home).filter(identity=identity).first()


def the_superior(home: Home) -> Contact | None:
    """The one contact trusted as this home's common superior."""
    return contacts(home).filter(superior=True).first()
