"""The end of a base's term: only carrier positions and sketches stay, under a new key."""

from __future__ import annotations

import secrets
from datetime import datetime

from habeas.procedures.custody_writes import ERASE_FILES, REDUCE, REDUCE_BASE
from habeas.procedures.kept import discard, file_subject, keep, kept_base
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records import models
from habeas.records.home import Home
from habeas.relief.sketch import sketch_table


def reduce_bases(home: Home, *, now: datetime) -> int:
    """Reduce every base whose term has run out; return how many. Done twice, it is done once."""
    due = models.Base.objects.using(home.alias).filter(keep_until__lte=now, reduced_at=None)
    done = sum(_reduce(home, row, now=now) for row in due.order_by("pk"))
    sequence(home, now=now)
    return done


def _reduce(home: Home, row: models.Base, *, now: datetime) -> bool:
    base = kept_base(home, row)
    old, new = row.file, f"{row.file.split('.')[0]}.{secrets.token_hex(8)}.base"
    sketches = sketch_table(base.table, secret=home.keys.mark, salt=base.salt)
    keep(home, new, base.reduce(sketches).to_bytes(), step=REDUCE_BASE)
    with committing(home, REDUCE):
        # An erasure may have put another file in its place since we read it.
        mine = models.Base.objects.using(home.alias).filter(pk=row.pk, file=old, reduced_at=None)
        changed = mine.update(file=new, reduced_at=now) == 1
        if changed:
            home.vault().destroy(file_subject(old))
            payload = {"base": row.base_id, "term": row.keep_until.isoformat()}
            add_entry(home, Happening(kind="base.reduced", payload=payload), now=now)
    discard(home, [old if changed else new], step=ERASE_FILES)
    return changed
