"""Epochs: a new master for the surviving keys, and an end for the old one on a day promised before.

A backup is encrypted under the master of its epoch, and so are the keys of persons in it. Once
that master is destroyed, the backup opens nothing, whoever holds it. Two epochs lie between:

    epoch begins ... next one begins: keys re-wrapped ... two periods after its begin: destroyed

The day is promised when the epoch begins and kept by `habeas tick`, even where the rotation
itself came late.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from habeas.errors import BadInput
from habeas.ledger.files import shred_files
from habeas.ledger.vault import epoch_of
from habeas.procedures.custody_writes import EPOCH_END, MASTER, MASTER_END, ROTATE_EPOCH
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records.custody import Epoch
from habeas.records.epochs import master_file
from habeas.records.home import KEY_BYTES, SECRETS, Home
from habeas.records.keystore import RecordKeys

PERIOD_DAYS = 30
FIRST_MASTER = SECRETS[1]


def period(home: Home, *, days: int = PERIOD_DAYS) -> Epoch:
    """The epoch in force, recorded if it is the home's first; only inside a transaction."""
    rows = Epoch.objects.using(home.alias)
    newest = rows.order_by("-pk").first()
    if newest is not None:
        return newest
    return rows.create(
        name=epoch_of(home.keys.master),
        began_at=home.created,
        destroy_by=home.created + timedelta(days=2 * days),
    )


def is_due(epoch: Epoch, *, now: datetime, days: int = PERIOD_DAYS) -> bool:
    return now >= epoch.began_at + timedelta(days=days)


def rotate_if_due(home: Home, *, now: datetime, days: int = PERIOD_DAYS) -> bool:
    """Begin a new epoch if the old one has lasted its days; whether it did."""
    newest = Epoch.objects.using(home.alias).order_by("-pk").first()
    began = home.created if newest is None else newest.began_at
    if now < began + timedelta(days=days):
        return False
    return rotate_epoch(home, now=now, days=days)


def rotate_epoch(
    home: Home, *, now: datetime, days: int = PERIOD_DAYS, early: bool = False
) -> bool:
    """Wrap every surviving key under a new master. False if another process just did.

    early: before the epoch has lasted its days. The old master stays until the day promised, so
    that backups of its epoch can be restored until then.
    """
    if days < 1:
        raise BadInput("an epoch lasts a day at least", place="days")
    # 1. Stage: a master that no record names opens nothing.
    master = secrets.token_bytes(KEY_BYTES)
    home.write_key(master_file(epoch_of(master)), master, step=MASTER)
    # 2. Commit: from here on the new master is in force, in every process.
    with committing(home, ROTATE_EPOCH):
        old = period(home, days=days)
        done = early or is_due(old, now=now, days=days)
        if done:
            _rewrap(home, old, master, now=now, days=days)
    if not done:
        shred_files([home.folder / "keys" / master_file(epoch_of(master))], step=MASTER_END)
    sequence(home, now=now)
    return done


def _rewrap(home: Home, old: Epoch, master: bytes, *, now: datetime, days: int) -> None:
    keys = RecordKeys(home.alias)
    vault = home.vault(keys)
    keys.preload(vault.epoch)
    fresh = Epoch.objects.using(home.alias).create(
        name=epoch_of(master), began_at=now, destroy_by=now + timedelta(days=2 * days)
    )
    old.ended_at = now
    old.save(using=home.alias, update_fields=["ended_at"])
    vault.rotate(master)
    keys.flush()
    RecordKeys(home.alias).drop(old.name)
    says = {
        "epoch": fresh.name,
        "ends": old.name,
        "old_master_destroyed_by": old.destroy_by.isoformat(),
    }
    add_entry(home, Happening(kind="epoch.began", payload=says), now=now)


def destroy_masters(home: Home, *, now: datetime) -> int:
    """Destroy each master whose day has come; return how many."""
    rows = Epoch.objects.using(home.alias).filter(ended_at__isnull=False, destroyed_at=None)
    due = list(rows.filter(destroy_by__lte=now).order_by("pk"))
    for epoch in due:
        shred_files(
            [home.folder / "keys" / name for name in _files_of(home, epoch)], step=MASTER_END
        )
        with committing(home, EPOCH_END):
            epoch.destroyed_at = now
            epoch.save(using=home.alias, update_fields=["destroyed_at"])
            add_entry(home, Happening(kind="epoch.ended", payload={"epoch": epoch.name}), now=now)
    sequence(home, now=now)
    return len(due)


def _files_of(home: Home, epoch: Epoch) -> list[str]:
    """The files that hold this master."""
    names = [master_file(epoch.name)]
    if (home.folder / "keys" / FIRST_MASTER).exists():
        first = home.read_key(FIRST_MASTER)
        if epoch_of(first) == epoch.name:
            names.append(FIRST_MASTER)
    return names


def overdue(home: Home, *, now: datetime) -> int:
    """How many masters should have been destroyed and were not: a promise that is broken."""
    rows = Epoch.objects.using(home.alias).filter(destroyed_at=None, destroy_by__lte=now)
    return rows.count()


def masters_kept(home: Home) -> dict[str, bytes]:
    """The masters that exist, by epoch: they open this home's backups."""
    rows = Epoch.objects.using(home.alias).filter(destroyed_at=None).order_by("pk")
    found = {epoch_of(home.keys.master): home.keys.master} if not rows.exists() else {}
    for epoch in rows:
        for name in _files_of(home, epoch):
            if (home.folder / "keys" / name).exists():
                found[epoch.name] = home.read_key(name)
    return found
