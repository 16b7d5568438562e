"""Having the newest checkpoint of a home's log stamped by a time-stamp authority (RFC 3161)."""

from __future__ import annotations

from datetime import datetime

from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.cosigning import witnessed
from habeas.ledger.log import Log
from habeas.ledger.note import parse_note
from habeas.ledger.timestamp import Roots, Stamp, claimed_stamp, keep_stamp, request_stamp
from habeas.procedures.sequence import sequence
from habeas.records.home import Home


def stamp_log(
    home: Home, url: str, *, now: datetime, roots: Roots | None = None
) -> tuple[Checkpoint, Stamp]:
    """Log what is pending, have the newest checkpoint stamped, keep the token beside the log.

    roots: refuse a stamp of anybody else. Bundles made from now on carry it.
    """
    sequence(home, now=now)
    return stamp_head(home.log(), url, roots=roots)


def stamp_head(log: Log, url: str, *, roots: Roots | None = None) -> tuple[Checkpoint, Stamp]:
    """Have the newest checkpoint of a log stamped, with the lines it has."""
    head, seen = log.checkpoint(), witnessed(log)
    text = parse_note(head.note).text
    if seen is not None and parse_note(seen.note).text == text:
        head = seen
    token = request_stamp(url, text, roots=roots)
    keep_stamp(log.folder, head, token)
    return head, claimed_stamp(token, text)
