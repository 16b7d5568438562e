"""Draining the outbox into the log: one sequencer, group commit, then receipts.

The order is the whole safety argument:

1. read what is pending, oldest first;
2. append it to the log: after this line it is in the log, whatever happens to us;
3. have the witnesses see it, if the home named any;
4. store index and checkpoint beside each entry: only now does a receipt exist.

A crash between 2 and 4 loses no entry and logs none twice: the next drain asks the log for each
record id before it appends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from habeas.errors import BadInput, NotVerified
from habeas.ledger.commitment import claims_in, open_sealed, split_secret
from habeas.ledger.disclosure import Claim, read_claims
from habeas.ledger.heads import receipt_of_entry
from habeas.ledger.log import Log
from habeas.ledger.receipt import Receipt
from habeas.ledger.vault import Vault
from habeas.procedures.transaction import committing
from habeas.procedures.witness_log import witness_log
from habeas.procedures.writes import RECEIPTS
from habeas.records import models
from habeas.records.home import Home

# One group commit; more pending entries are several.
GROUP = 20_000
_PLACE = 'UPDATE records_entry SET "index" = %s, checkpoint_id = %s WHERE id = %s'


def sequence(home: Home, *, now: datetime) -> int:
    """Drain the outbox; return how many entries got their receipt."""
    done = 0
    while _pending(home).exists():
        with _recorded_already(), home.sequencer(ids_from=_receipted(home)) as log:
            done += _drain(home, log, now=now)
    return done


@contextmanager
def _recorded_already() -> Iterator[None]:
    """Whoever reads that the log refused must also read that what they did is not lost."""
    try:
        yield
    except BadInput as error:
        raise BadInput(
            f"what was done is recorded and not yet in the log: {error.says}",
            file=error.file,
            place=error.place,
            remedy=f"{error.remedy or 'mend that'}; the next command of this home logs it",
        ) from error


def _pending(home: Home) -> QuerySet[models.Entry]:
    return models.Entry.objects.using(home.alias).filter(index=None).order_by("pk")


def _receipted(home: Home) -> int:
    """One beyond the last entry that has its receipt: a pending one can only stand after it."""
    rows = models.Entry.objects.using(home.alias).exclude(index=None)
    last = rows.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def pending_count(home: Home) -> int:
    """How many entries wait for the log."""
    return _pending(home).count()


def _drain(home: Home, log: Log, *, now: datetime) -> int:
    """One group commit; the log's lock is held, so what is pending is nobody else's work."""
    # 1. Read what is pending.
    pending = list(_pending(home).values_list("pk", "record_id", "leaf")[:GROUP])
    if not pending:
        return 0
    # 2. The point of no return: appended entries can't be taken back.
    _, head = log.append([bytes(leaf) for _, _, leaf in pending])
    # 3. Witnesses: their lines, or, where the owner wants no receipt without them, a stop.
    seen = witness_log(log)
    note = head.note if seen is None else seen.head.note
    # 4. Answer.
    with committing(home, RECEIPTS):
        checkpoint, _ = models.Checkpoint.objects.using(home.alias).get_or_create(
            size=head.size, defaults={"note": note, "at": now}
        )
        places = [(log.locate(bytes(record)), checkpoint.pk, pk) for pk, record, _ in pending]
        with connections[home.alias].cursor() as cursor:
            # One statement for each entry: ten times faster than one long CASE for all.
            cursor.executemany(_PLACE, places)
    return len(pending)


def receipt_of(home: Home, entry: models.Entry) -> Receipt:
    """What proves an entry to anybody; there is none before the log has it."""
    entry.refresh_from_db(using=home.alias)
    if entry.index is None:
        raise NotVerified(
            "there is no receipt before the log has the entry", remedy="run the command again"
        )
    return receipt_of_entry(home.log(), entry.index)


def opened(home: Home, entry: models.Entry, *, vault: Vault | None = None) -> tuple[bytes, bytes]:
    """Salt and payload of an entry as it was sealed. vault: one for many entries is quicker."""
    return split_secret(_secret(home, entry, vault))


def claims_of(home: Home, entry: models.Entry, *, vault: Vault | None = None) -> tuple[Claim, ...]:
    """The claims an entry conceals, each with what opens it, at its place in the log."""
    kept = claims_in(_secret(home, entry, vault))
    return tuple(replace(each, index=entry.index) for each in read_claims(kept)) if kept else ()


def _secret(home: Home, entry: models.Entry, vault: Vault | None) -> bytes:
    subject = None if entry.subject is None else bytes(entry.subject)
    record = bytes(entry.record_id)
    return (vault or home.vault()).decrypt(bytes(entry.sealed), subject, record=record)


def payload_of(home: Home, entry: models.Entry, *, vault: Vault | None = None) -> Mapping[str, Any]:
    """What an entry says; NotVerified if it is not what the leaf commits to."""
    salt, payload = opened(home, entry, vault=vault)
    return open_sealed(bytes(entry.leaf), salt, payload)


def index_of(home: Home, entry: models.Entry) -> int | None:
    """Where the log has an entry, as the records say now."""
    rows = models.Entry.objects.using(home.alias).filter(pk=entry.pk)
    return rows.values_list("index", flat=True).first()
