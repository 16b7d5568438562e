"""A new key for the log: cross-signed, logged, and from then on beside the first on every head."""

from __future__ import annotations

from datetime import datetime

from habeas.ledger.files import shred_files, write_file
from habeas.ledger.key_change import KeyChain, KeyChange
from habeas.ledger.keys import SigningKey
from habeas.procedures.custody_writes import LOG_KEY, LOG_KEY_END, LOG_KEY_RECORDS, LOG_KEYS
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records.custody import LogKey
from habeas.records.home import LOG_KEY_CHAIN, Home, log_key_file


def rotate_log_key(home: Home, *, now: datetime) -> KeyChain:
    """Change the log's newest key; return the chain of all of them.

    Between the two keys no head is signed: the log's lock is held while the records change.
    """
    sequence(home, now=now)
    new = SigningKey.generate(home.origin)
    # 1. Stage: a key that no record names signs nothing.
    home.write_key(log_key_file(new.verifier), new.to_bytes(), step=LOG_KEY)
    # 2. Commit: from here on the new key signs beside the first.
    with home.sequencer() as log, committing(home, LOG_KEY_RECORDS):
        old = home.newest_log_key() or home.keys.signing
        change = KeyChange.sign(old=old, new=new, size=log.size)
        entry = add_entry(home, Happening(kind="log.key", payload={"note": change.note}), now=now)
        LogKey.objects.using(home.alias).create(
            vkey=new.vkey, at=now, statement=change.note, entry=entry
        )
    sequence(home, now=now)
    return publish_log_keys(home)


def log_keys(home: Home) -> KeyChain:
    """The first key of the home's log and every change since."""
    rows = LogKey.objects.using(home.alias).order_by("pk")
    changes = tuple(KeyChange.parse(row.statement) for row in rows)
    return KeyChain(first=home.keys.signing.verifier, changes=changes)


def publish_log_keys(home: Home) -> KeyChain:
    """Put the chain beside the log, where a crash may have kept it from; end keys of before."""
    chain = log_keys(home)
    place = home.folder / "log" / LOG_KEY_CHAIN
    if chain.changes and (not place.exists() or place.read_bytes() != chain.to_bytes()):
        write_file(place, chain.to_bytes(), step=LOG_KEYS)
    ended = [home.folder / "keys" / log_key_file(change.new) for change in chain.changes[:-1]]
    shred_files(ended, step=LOG_KEY_END)
    return chain
