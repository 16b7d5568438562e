"""A person's bundle: every entry about them, opened, with what proves it to anybody."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from habeas.errors import NotVerified
from habeas.law.book import LawBook
from habeas.ledger.bundle import BundleEntry, verify_bundle, write_bundle
from habeas.ledger.commitment import open_sealed
from habeas.ledger.disclosure import write_claims
from habeas.ledger.files import write_file
from habeas.ledger.heads import evidence_for
from habeas.ledger.log import Log
from habeas.ledger.policy import Policy
from habeas.ledger.vault import Vault
from habeas.papers.cover_page import cover_page, require_qr
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
    cover: Path | None = None,
) -> int:
    """Write the bundle; return how many entries it holds. NotVerified if a record was altered.

    claims: where to write what opens the claims that its entries conceal; not to be passed on with
    the bundle unless everything is to be shown. cover: where to write its cover page; ExtraMissing
    without the extra `print`, before anything is written.
    """
    if cover is not None:
        require_qr()
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
    if cover is not None:
        _write_cover(home, out, cover, policy=found.policy)
    return len(entries)


def _write_cover(home: Home, bundle: Path, cover: Path, *, policy: str | None) -> None:
    """The page beside the bundle: it is read back from disk, as whoever checks it will read it."""
    data = bundle.read_bytes()
    named = None if policy is None else Policy.parse(policy)
    found = verify_bundle(data, trusted=[home.keys.signing.vkey], policy=named)
    write_file(cover, cover_page(data, found).encode(), mode=0o600)


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
