"""Erasing a person: their keys, records and rows; the log and everybody else's proofs stay.

1. the law: a duty to keep that runs refuses, one that nobody answered is undetermined.
2. the day until which a backup could be opened is that of the epoch in force.
3. bases that hold a row of theirs are written again without it, under new names and keys.
4. one transaction: the person's keys, sealed entries, choices and counter end, the keys of the
   old bases end, and an entry says that somebody was erased. After this line nothing in the home
   opens what was theirs. A crash before it leaves files that no record names.
5. the log; the old files are removed; free pages and write-ahead log of the database are
   rewritten. `tick` does what a crash left of this.
6. the receipt: what was erased, and until when a backup could undo it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db.models.functions import TruncHour

from habeas.errors import BadInput
from habeas.ledger.files import landing, remove_files
from habeas.procedures.custody_writes import ERASE, ERASE_BASE, ERASE_FILES, SCRUB, SCRUBBED
from habeas.procedures.kept import discard, file_subject, keep, kept_base
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.rotate_epoch import destroy_masters, period, rotate_if_due
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records import database, models
from habeas.records.custody import Erasure
from habeas.records.home import Home
from habeas.rights.retention import must_be_erasable, on_erasure

GROUNDS = (
    "withdrawn",
    "request",
    "purpose_achieved",
    "period_expired",
    "unlawful",
    "service_ended",
)
TIE = b"habeas/erasure/v1\0"
_ATTEMPTS = 5
_SALT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased. records: ids of the entries, which only the person's receipt may name.

    scrubbed: False: the database was busy, and `tick` has yet to rewrite it.
    """

    row: Erasure
    records: tuple[bytes, ...]
    tie_salt: bytes
    bases: int
    rows: int
    bases_not_searchable: int
    scrubbed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Staged:
    """The bases as they were looked at, and the new file of each that held the person."""

    seen: Mapping[int, str]
    files: Mapping[int, str]
    rows: int
    not_searchable: int


def erase_person(
    home: Home,
    subject: str,
    *,
    ground: str,
    answers: Mapping[str, date | None],
    now: datetime,
) -> Erased:
    """Erase what this home holds about a person; `answers` to the duties to keep, see retention.

    Raises Refused with the provision while a duty runs, Undetermined while one is unanswered,
    BadInput if the home holds nothing about the person.
    """
    home.must_be("controller")
    if ground not in GROUNDS:
        raise BadInput(f"{ground!r} is no ground to erase", remedy=f"one of {', '.join(GROUNDS)}")
    must_be_erasable(answers, today=now.date())
    rotate_if_due(home, now=now)
    destroy_masters(home, now=now)
    sequence(home, now=now)
    person = home.digest_of(subject)
    erased = _erase(home, person, ground=ground, answers=answers, now=now)
    sequence(home, now=now)
    scrubbed = finish_erasures(home, now=now)
    erased.row.refresh_from_db(using=home.alias)
    return Erased(**{**_fields(erased), "scrubbed": scrubbed})


def _fields(erased: Erased) -> dict[str, Any]:
    return {name: getattr(erased, name) for name in Erased.__slots__}


def _erase(
    home: Home,
    person: bytes,
    *,
    ground: str,
    answers: Mapping[str, date | None],
    now: datetime,
) -> Erased:
    """Steps 3 and 4, again if a release or another erasure came in between."""
    for _ in range(_ATTEMPTS):
        staged = _stage(home, person)
        with committing(home, ERASE):
            current = _files(home) == staged.seen
            done = (
                _commit(home, person, staged, ground=ground, answers=answers, now=now)
                if current
                else None
            )
        if done is not None:
            return done
        discard(home, list(staged.files.values()), step=ERASE_FILES)
    raise BadInput("releases kept coming in meanwhile", remedy="run it again; nothing was erased")


def _files(home: Home) -> dict[int, str]:
    return dict(models.Base.objects.using(home.alias).values_list("pk", "file"))


def _stage(home: Home, person: bytes) -> _Staged:
    """Write each base that holds the person without them; the records don't name it yet."""
    files, rows, blind = {}, 0, 0
    seen = _files(home)
    for row in models.Base.objects.using(home.alias).order_by("pk"):
        base = kept_base(home, row)
        blind += base.persons is None and not base.reduced
        theirs = base.rows_of(person)
        if theirs:
            rows += len(theirs)
            files[row.pk] = f"{row.file.split('.')[0]}.{secrets.token_hex(8)}.base"
            keep(home, files[row.pk], base.without_rows(theirs).to_bytes(), step=ERASE_BASE)
    if not files and not _knows(home, person):
        raise BadInput(
            "this home holds nothing about this person",
            remedy="check the id: it is the one in the controller's table"
            + (f"; {blind} bases of before can't be searched" if blind else ""),
        )
    return _Staged(seen=seen, files=files, rows=rows, not_searchable=blind)


def _knows(home: Home, person: bytes) -> bool:
    return models.Entry.objects.using(home.alias).filter(subject=person).exists()


def _commit(
    home: Home,
    person: bytes,
    staged: _Staged,
    *,
    ground: str,
    answers: Mapping[str, date | None],
    now: datetime,
) -> Erased:
    records = _end_records(home, person)
    old_files = _swap_bases(home, staged)
    salt = secrets.token_bytes(_SALT)
    until = period(home).destroy_by
    payload = {
        "ground": ground,
        "provision": on_erasure(),
        "entries": len(records),
        "bases": len(staged.files),
        "rows": staged.rows,
        "bases_not_searchable": staged.not_searchable,
        "backups_until": until.isoformat(),
        # The days themselves could tell whose they are.
        "duties": {name: "over" if began else "does not apply" for name, began in answers.items()},
        "tie": tie_of(salt, records).hex(),
    }
    row = Erasure.objects.using(home.alias).create(
        ground=ground,
        at=now,
        backups_until=until,
        files=old_files,
        entry=add_entry(home, Happening(kind="erased", payload=payload), now=now),
    )
    return Erased(
        row=row,
        records=records,
        tie_salt=salt,
        bases=len(staged.files),
        rows=staged.rows,
        bases_not_searchable=staged.not_searchable,
        scrubbed=False,
    )


def _end_records(home: Home, person: bytes) -> tuple[bytes, ...]:
    """Everything in the records that says or opens something about the person."""
    theirs = models.Entry.objects.using(home.alias).filter(subject=person)
    records = tuple(bytes(record) for record in theirs.values_list("record_id", flat=True))
    models.Choice.objects.using(home.alias).filter(subject=person).delete()
    models.PersonCounter.objects.using(home.alias).filter(subject=person).delete()
    home.vault().destroy(person)
    # The leaf and its place stay, as in the log; the minute would tie entries together.
    theirs.update(subject=None, sealed=b"", at=TruncHour("at"))
    return tuple(sorted(records))


def _swap_bases(home: Home, staged: _Staged) -> list[str]:
    vault = home.vault()
    old = [staged.seen[number] for number in staged.files]
    for number, name in staged.files.items():
        models.Base.objects.using(home.alias).filter(pk=number).update(file=name)
        vault.destroy(file_subject(staged.seen[number]))
    return old


def tie_of(salt: bytes, records: tuple[bytes, ...]) -> bytes:
    """What ties an erasure to the entries it ended, for who holds the salt and their ids."""
    return sha256(TIE + salt + b"".join(sorted(records))).digest()


def finish_erasures(home: Home, *, now: datetime) -> bool:
    """Step 5, as far as it is still to be done; False if the database was busy."""
    rows = Erasure.objects.using(home.alias)
    for row in rows.exclude(files=[]):
        remove_files([home.bases / name for name in row.files], step=ERASE_FILES)
        with committing(home, SCRUBBED):
            rows.filter(pk=row.pk).update(files=[])
    if not rows.filter(scrubbed_at=None).exists():
        return True
    waiting = list(rows.filter(scrubbed_at=None).values_list("pk", flat=True))
    with landing(SCRUB):
        done = database.scrub(home.alias)
    if done:
        with committing(home, SCRUBBED):
            rows.filter(pk__in=waiting).update(scrubbed_at=now)
    return done
