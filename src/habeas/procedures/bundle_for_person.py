"""A person's bundle: every entry about them, opened, with what proves it to anybody."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from habeas.errors import NotVerified
from habeas.law.book import LawBook
from habeas.ledger.bundle import BundleEntry, write_bundle
from habeas.ledger.commitment import open_sealed
from habeas.ledger.disclosure import write_claims
from habeas.ledger.files import write_file
from habeas.ledger.heads import evidence_for
from habeas.ledger.log import Log
from habeas.ledger.vault import Vault
from habeas.procedures.sequence import claims_of, opened, sequence
from habeas.procedures.show_person import must_be_known
from habeas.records import models
from habeas.records.home import Home


def bundle_for_person(
    home: Home,
    subject: str,
    out: Path,
    *,
    book: LawBook,
    now: datetime,
    claims: Path | None = None,
) -> int:
    """Write the bundle; return how many entries it holds. NotVerified if a record was altered.

    claims: where to write what opens the claims that its entries conceal; not to be passed on with
    the bundle unless everything is to be shown.
    """
    home.must_be("controller")
    sequence(home, now=now)
    entries = must_be_known(home, home.digest_of(subject))
    log, vault = home.log(), home.vault()
    found = evidence_for(log, max(entry.index or 0 for entry in entries))
    write_bundle(
        out,
        entries=[_bundled(home, entry, log, vault, found.head.size) for entry in entries],
        checkpoint=found.head,
        vkey=home.keys.signing.vkey,
        book_hash=book.hash,
        created=now,
        subject_count=len(entries),
        policy=found.policy,
        timestamps=found.tokens,
        key=home.keys.signing,
    )
    if claims is not None:
        kept = [c for entry in entries for c in claims_of(home, entry, vault=vault)]
        write_file(claims, write_claims(kept), mode=0o600)
    return len(entries)


def _bundled(home: Home, entry: models.Entry, log: Log, vault: Vault, size: int) -> BundleEntry:
    if entry.index is None:
        raise NotVerified("an entry about this person is not in the log")
    leaf = bytes(entry.leaf)
    if next(log.entries(entry.index, entry.index + 1), None) != leaf:
        raise NotVerified(
            "a record is not what the log says: it was changed after it was logged",
            place=f"entry {entry.index}",
        )
    salt, payload = opened(home, entry, vault=vault)
    return BundleEntry(
        record_id=bytes(entry.record_id),
        kind=entry.kind,
        payload=open_sealed(leaf, salt, payload),
        salt=salt,
        leaf=leaf,
        index=entry.index,
        proof=log.prove(entry.index, size=size).hashes,
    )
