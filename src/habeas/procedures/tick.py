"""What a home does when time has passed: new epoch, end of masters, end of terms, unfinished ends.

Each part finds out by itself what is due, so that running it again, late or twice does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from habeas.procedures.clean_home import clean_home
from habeas.procedures.erase_person import finish_erasures
from habeas.procedures.reduce_bases import reduce_bases
from habeas.procedures.rotate_epoch import PERIOD_DAYS, destroy_masters, rotate_if_due
from habeas.procedures.rotate_log_key import publish_log_keys
from habeas.procedures.sequence import sequence
from habeas.records.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What was done. scrubbed: False if the database was busy and is to be rewritten later."""

    epoch_began: bool
    masters_destroyed: int
    bases_reduced: int
    scrubbed: bool
    files_cleaned: int


def tick(home: Home, *, now: datetime, days: int = PERIOD_DAYS) -> Ticked:
    """Everything that is due. days: how long an epoch lasts."""
    sequence(home, now=now)
    began = rotate_if_due(home, now=now, days=days)
    destroyed = destroy_masters(home, now=now)
    reduced = reduce_bases(home, now=now)
    scrubbed = finish_erasures(home, now=now)
    publish_log_keys(home)
    # What a crash left of a base holds rows of persons, too: an erasure must reach it.
    cleaned = clean_home(home, now=now)
    return Ticked(
        epoch_began=began,
        masters_destroyed=destroyed,
        bases_reduced=reduced,
        scrubbed=scrubbed,
        files_cleaned=cleaned.encrypted + cleaned.keys + cleaned.partial,
    )
