"""A person's account: how many entries the log holds about them now, signed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from habeas.errors import NotVerified
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.commitment import Leaf
from habeas.ledger.heads import evidence_for
from habeas.ledger.log import Log
from habeas.ledger.statement import Account, state_account, write_account
from habeas.procedures.sequence import sequence
from habeas.procedures.show_person import entries_about
from habeas.records import models
from habeas.records.home import Home


def state_account_of(home: Home, subject: str, out: Path, *, now: datetime) -> Account:
    """Sign and write the statement; also for a person about whom there is nothing (count 0).

    NotVerified rather than signing what the log doesn't say. Nothing is logged: what was signed
    is in the person's hands.
    """
    home.must_be("controller")
    sequence(home, now=now)
    entries, log = entries_about(home, home.digest_of(subject)), home.log()
    commitments = [_commitment(log, entry) for entry in entries]
    last = max((entry.index or 0 for entry in entries), default=0)
    # The newest checkpoint: an older one would leave out what came since.
    head = log.checkpoint() if not log.size else _newest(log, last)
    account = state_account(
        subject=subject,
        count=len(commitments),
        first=commitments[0] if commitments else None,
        head=commitments[-1] if commitments else None,
        checkpoint=head,
        key=home.keys.signing,
        now=now,
    )
    write_account(out, account)
    return account


def _newest(log: Log, last: int) -> Checkpoint:
    """The newest checkpoint, with its witnesses' lines if it has any."""
    found, newest = evidence_for(log, last).head, log.checkpoint()
    return found if found.size == newest.size else newest


def _commitment(log: Log, entry: models.Entry) -> bytes:
    leaf = bytes(entry.leaf)
    if entry.index is None or next(log.entries(entry.index, entry.index + 1), None) != leaf:
        raise NotVerified("a record about this person is not what the log says")
    return Leaf.parse_own(leaf).commitment
