"""The outbox: what happened is stored, sealed, in the transaction that makes it happen.

Nothing here touches the log. `sequence.py` drains what was stored; until it has, there is no
receipt and no proof, and commands that promise one call it before they answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connections

from habeas.ledger.commitment import PersonLink, Sealed, seal
from habeas.ledger.disclosure import conceal, write_claims
from habeas.ledger.vault import Vault
from habeas.records.home import Home
from habeas.records.keystore import RecordKeys
from habeas.records.models import Entry, PersonCounter

# SQLite takes at most 32,766 parameters in a statement.
_CHUNK = 5_000
# From here on it is cheaper to read all keys at once.
_BULK = 50
# Written as statements, not as objects: most of the time of a large batch went into those.
_ADD = (
    "INSERT INTO records_entry (record_id, kind, subject, leaf, sealed, at) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)
_BEGIN = "INSERT INTO records_personcounter (subject, counter, previous) VALUES (%s, %s, %s)"
_ADVANCE = "UPDATE records_personcounter SET counter = %s, previous = %s WHERE id = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something to be logged. subject: keyed digest of the person it concerns, if any.

    concealed: claims each salted by itself, so that the holder can show one without the others.
    """

    kind: str
    payload: Mapping[str, Any]
    subject: bytes | None = None
    concealed: Mapping[str, Any] = field(default_factory=dict, repr=False)


def add_entries(home: Home, happenings: Sequence[Happening], *, now: datetime) -> list[Entry]:
    """Seal and store happenings; only inside a transaction of the home, in the order given.

    An entry about a person carries their counter and the commitment of their entry before it:
    a gap before an entry the person holds can then be seen.
    """
    assert connections[home.alias].in_atomic_block, "the outbox is filled inside a transaction"
    persons = {h.subject for h in happenings if h.subject is not None}
    chains = _chains(home, persons)
    keys = RecordKeys(home.alias)
    vault = home.vault(keys)
    if len(happenings) > _BULK:
        keys.preload(vault.epoch)
    entries = [_entry(h, _seal_in_chain(h, chains, now=now), vault, now=now) for h in happenings]
    keys.flush()
    _store_entries(home, entries)
    _store_chains(home, chains)
    return entries


def _store_entries(home: Home, entries: Sequence[Entry]) -> None:
    """Insert the entries and give them their numbers, which follow each other in the order given:
    the transaction that inserts is the only one that writes.
    """
    connection = connections[home.alias]
    when = connection.ops.adapt_datetimefield_value
    rows: list[tuple[Any, ...]] = [
        (e.record_id, e.kind, e.subject, e.leaf, e.sealed, when(e.at)) for e in entries
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, rows)
        cursor.execute("SELECT last_insert_rowid()")
        last = cursor.fetchone()[0]
    for number, entry in enumerate(entries, start=last + 1 - len(entries)):
        entry.pk = number
        entry._state.db, entry._state.adding = home.alias, False  # noqa: SLF001 - as Django's own


def _entry(happening: Happening, sealed: Sealed, vault: Vault, *, now: datetime) -> Entry:
    return Entry(
        record_id=sealed.record_id,
        kind=happening.kind,
        subject=happening.subject,
        leaf=sealed.leaf,
        sealed=vault.encrypt(sealed.secret, happening.subject, record=sealed.record_id),
        at=now,
    )


def chunks(items: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """The items in parts that fit into one statement."""
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


def add_entry(home: Home, happening: Happening, *, now: datetime) -> Entry:
    return add_entries(home, [happening], now=now)[0]


def _seal_in_chain(
    happening: Happening, chains: dict[bytes, PersonCounter], *, now: datetime
) -> Sealed:
    hidden, claims = conceal(happening.concealed) if happening.concealed else ({}, [])
    payload = {**happening.payload, **hidden}
    kept = write_claims(claims) if claims else b""
    if happening.subject is None:
        return seal(payload, kind=happening.kind, now=now, claims=kept)
    chain = chains[happening.subject]
    chain.counter += 1
    previous = bytes.fromhex(chain.previous) if chain.previous else None
    link = PersonLink(counter=chain.counter, previous=previous).as_payload()
    sealed = seal({**payload, "person": link}, kind=happening.kind, now=now, claims=kept)
    chain.previous = sealed.commitment.hex()
    return sealed


def _chains(home: Home, subjects: set[bytes]) -> dict[bytes, PersonCounter]:
    """The chain of each person, from the records or new at zero."""
    chains = {s: PersonCounter(subject=s, counter=0, previous="") for s in subjects}
    for chunk in chunks(sorted(subjects)):
        for row in PersonCounter.objects.using(home.alias).filter(subject__in=chunk):
            chains[bytes(row.subject)] = row
    return chains


def _store_chains(home: Home, chains: dict[bytes, PersonCounter]) -> None:
    new: list[tuple[Any, ...]] = [
        (c.subject, c.counter, c.previous) for c in chains.values() if c.pk is None
    ]
    known = [(c.counter, c.previous, c.pk) for c in chains.values() if c.pk is not None]
    with connections[home.alias].cursor() as cursor:
        cursor.executemany(_BEGIN, new)
        cursor.executemany(_ADVANCE, known)


def known_persons(home: Home, subjects: Sequence[bytes]) -> list[bytes]:
    """Those of the persons who have an entry in this home, each once, in order of digest."""
    known: set[bytes] = set()
    for chunk in chunks(sorted(set(subjects))):
        rows = PersonCounter.objects.using(home.alias).filter(subject__in=chunk)
        known |= {bytes(subject) for subject in rows.values_list("subject", flat=True)}
    return sorted(known)
