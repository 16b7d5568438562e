"""What the keys of a home are, without any of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from habeas.procedures.custody_writes import BACKUP_RECORDS
from habeas.procedures.rotate_epoch import period
from habeas.procedures.transaction import committing
from habeas.records.custody import Epoch
from habeas.records.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Public parts only. epochs: those whose master still exists, the oldest first."""

    vkey: str
    fingerprint: str
    locked: bool
    epochs: tuple[Epoch, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "log": {"vkey": self.vkey, "fingerprint": self.fingerprint},
            "locked": self.locked,
            "epochs": [
                {
                    "name": epoch.name,
                    "began_at": epoch.began_at.isoformat(),
                    "destroy_by": epoch.destroy_by.isoformat(),
                }
                for epoch in self.epochs
            ],
        }


def show_keys(home: Home, *, now: datetime) -> Shown:
    """The keys in force at `now`; a home that never began an epoch gets the row of its first."""
    with committing(home, BACKUP_RECORDS):
        period(home)
    verifier = home.log().verifier
    alive = Epoch.objects.using(home.alias).filter(destroyed_at=None, began_at__lte=now)
    return Shown(
        vkey=verifier.vkey,
        fingerprint=verifier.fingerprint,
        locked=home.lock is not None,
        epochs=tuple(alive.order_by("pk")),
    )
