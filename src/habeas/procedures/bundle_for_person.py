"""A person's bundle: every entry about them, opened, with what proves it to anybody."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from habeas.law.book import LawBook
from habeas.ledger.bundle import BundleEntry, write_bundle
from habeas.procedures.sequence import opened, payload_of, sequence
from habeas.procedures.show_person import must_be_known
from habeas.records import models
from habeas.records.home import Home


def bundle_for_person(home: Home, subject: str, out: Path, *, book: LawBook, now: datetime) -> int:
    """Write the bundle; return how many entries it holds. NotVerified if a record was altered."""
    home.must_be("controller")
    sequence(home, now=now)
    entries = must_be_known(home, home.digest_of(subject))
    log = home.log()
    write_bundle(
        out,
        entries=[_bundled(home, entry, log) for entry in entries],
        checkpoint=log.checkpoint(),
        vkey=home.keys.signing.vkey,
        book_hash=book.hash,
        created=now,
        subject_count=len(entries),
    )
    return len(entries)
