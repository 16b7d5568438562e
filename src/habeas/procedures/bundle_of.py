"""A bundle of entries of a home, opened, with what proves them to anybody offline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from habeas.errors import NotVerified
from habeas.ledger.bundle import BundleEntry, make_bundle
from habeas.ledger.commitment import open_sealed
from habeas.ledger.heads import evidence_for
from habeas.ledger.log import Log
from habeas.ledger.vault import Vault
from habeas.procedures.sequence import opened
from habeas.records import models
from habeas.records.home import Home


def bundle_of(
    home: Home, entries: Sequence[models.Entry], *, now: datetime, count: int | None = None
) -> bytes:
    """The bytes of a bundle signed by the home's log. count: how many entries the chain has."""
    log, vault = home.log(), home.vault()
    found = evidence_for(log, max(entry.index or 0 for entry in entries))
    return make_bundle(
        entries=[_bundled(home, entry, log, vault, found.head.size) for entry in entries],
        checkpoint=found.head,
        vkey=home.keys.signing.vkey,
        book_hash=None,
        created=now,
        subject_count=count,
        policy=found.policy,
        timestamps=found.tokens,
        key=home.keys.signing,
    )


def _bundled(home: Home, entry: models.Entry, log: Log, vault: Vault, size: int) -> BundleEntry:
    if entry.index is None:
        raise NotVerified("an entry of the bundle is not in the log yet")
    salt, payload = opened(home, entry, vault=vault)
    leaf = bytes(entry.leaf)
    return BundleEntry(
        record_id=bytes(entry.record_id),
        kind=entry.kind,
        payload=open_sealed(leaf, salt, payload),
        salt=salt,
        leaf=leaf,
        index=entry.index,
        proof=log.prove(entry.index, size=size).hashes,
    )
