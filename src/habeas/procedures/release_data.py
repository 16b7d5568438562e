"""Handing data out: lawful, minimised, marked, committed to in the log, and only then given.

The order is the whole safety argument:

1–4. propose_release.py: scan, decide, assess, plan. Nothing is written.
5.   the rows: of the use, of persons whose choice in force lets them stay.
6.   transforms, marks, risk; over risk is refused. Nothing is written.
7.   the encrypted base and copy are kept. A crash leaves files that no record names.
8.   one transaction: if anybody chose anything since step 5, back to 5; else release, manifest
     and the entries are stored. The choices in force at this commit are the ones that count.
9.   the log. After this line the manifest is committed to for good: the code was fixed before
     the copy left, and a leak can be held against it.
10.  the manifest file, then the table under its final name: the hand-out. After this line the
     data is out, and nothing we do brings it back.
11.  the time of hand-out. A crash before it leaves the release 'committed': it counts as out.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from habeas.errors import BadInput, Refused
from habeas.law.book import LawBook
from habeas.ledger.files import landing, write_file
from habeas.procedures.digest import digest_of
from habeas.procedures.kept import copy_to_bytes, discard, keep
from habeas.procedures.outbox import Happening, add_entries, known_persons
from habeas.procedures.propose_release import Proposal, Tell, propose_release
from habeas.procedures.publish_notice import published
from habeas.procedures.record_choice import history, newest_choice, scopes
from habeas.procedures.rows_in_use import Chosen, rows_by_choice, rows_of_use, subjects_of
from habeas.procedures.sequence import opened, receipt_of, sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import BASE, COPY, DISCARD, HANDED_OUT, MANIFEST, RELEASE, TABLE
from habeas.protection.plan import ReleasePlan
from habeas.protection.release import Prepared, prepare
from habeas.records import models
from habeas.records.home import Home
from habeas.rights.choice import Choice, ChoiceState, choices_in_force, still_covered
from habeas.tables.source import SUFFIXES, Source
from habeas.tables.write import write_table

MANIFEST_FORMAT = "release-manifest/v1"
_ATTEMPTS = 5
KEPT = (".base", ".copy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Files that a plan names or asks for: where its hierarchies lie; everybody the persons of
    the table are part of, with the adversary's columns as the table has them.
    """

    folder: Path | None = None
    population: Source | None = None

    def people(self, plan: ReleasePlan) -> pa.Table | None:
        """The population's columns that the adversary knows; no others are read."""
        return None if self.population is None else self.population.read(columns=plan.adversary)


NOTHING = Beside()


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What was handed out, and what only the controller may know about it."""

    release: models.Release
    prepared: Prepared
    chosen: Chosen
    manifest_file: Path
    # Where the log has the manifest.
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A copy that is ready to be committed to, made from the choices up to `newest`."""

    release_id: str
    prepared: Prepared
    chosen: Chosen
    newest: int
    manifest: Mapping[str, Any]


def release_data(
    home: Home,
    source: Source,
    out: Path,
    *,
    activity: str,
    recipient: str,
    purpose: str,
    book: LawBook,
    now: datetime,
    plan: ReleasePlan | None = None,
    beside: Beside = NOTHING,
    tell: Tell = lambda _: None,
) -> Released:
    """Release a table to one recipient for one purpose; `out` appears last, whole.

    beside: what the plan needs besides the table.
    """
    _check_out(out)
    proposal = propose_release(
        home,
        source,
        activity=activity,
        recipient=recipient,
        purpose=purpose,
        book=book,
        now=now,
        plan=plan,
        tell=tell,
    )
    tell("rows")
    table = rows_of_use(_read(source, proposal), proposal.use)
    subjects = subjects_of(table, proposal.activity.subject_column, home)
    for _ in range(_ATTEMPTS):
        tell("prepare")
        ready = _prepare(home, proposal, table, subjects, beside=beside, now=now)
        release = _commit(home, proposal, ready, now=now)
        if release is not None:
            return _hand_out(home, release, ready, out, now=now, tell=tell)
    raise BadInput(
        "choices kept coming in while the release was prepared",
        remedy="run it again; nothing was handed out",
    )


def _check_out(out: Path) -> None:
    if out.exists():
        raise BadInput("there is a file here already", file=out, remedy="choose another name")
    if not out.parent.is_dir():
        raise BadInput("there is no such folder", file=out.parent, remedy="make it first")
    if out.suffix.lower() not in SUFFIXES:
        # Found now, and not when the release is already in the log.
        raise BadInput(
            f"files of the kind {out.suffix or 'without a suffix'!r} can't be written",
            file=out.name,
            remedy=f"use one of {', '.join(SUFFIXES)}",
        )
    if not os.access(out.parent, os.W_OK):
        raise BadInput(
            "no permission to write here", file=out.parent, remedy="choose another folder"
        )


def _read(source: Source, proposal: Proposal) -> pa.Table:
    """The columns of the plan, the subject's and those that pick the rows; no others are read."""
    wanted = {
        *(column.column for column in proposal.plan.leaving),
        *proposal.plan.adversary,
        *proposal.use.rows,
        proposal.activity.subject_column,
    }
    names = source.schema.names
    if proposal.activity.subject_column not in names:
        raise BadInput(
            f"the table has no column {proposal.activity.subject_column!r}", file=source.name
        )
    planned = {column.column for column in proposal.plan.columns}
    return source.read(columns=[name for name in names if name in wanted | planned])


def _prepare(
    home: Home,
    proposal: Proposal,
    table: pa.Table,
    subjects: list[bytes | None],
    *,
    beside: Beside,
    now: datetime,
) -> _Ready:
    """Steps 5 and 6. Writes nothing."""
    said = history(home, proposal.activity.id)
    choices = _in_force(home, proposal, said, now=now)
    chosen = rows_by_choice(table, subjects, choices, consent_needed=proposal.use.rests_on_consent)
    if chosen.table.num_rows == 0:
        raise Refused(
            "not released: no row is left after the choices of the persons (cn.pipl.art13.p1.i1)"
            if proposal.use.rests_on_consent
            else "not released: no row belongs to this use"
        )
    prepared = prepare(
        chosen.table,
        proposal.plan,
        secret=home.keys.mark,
        code=_next_code(home),
        now=now,
        folder=beside.folder,
        population=beside.people(proposal.plan),
    )
    if prepared.source_rows is not None:
        # Whom each row is about, kept with the base, so that an erased person's row can be found.
        persons = [chosen.subjects[row] for row in prepared.source_rows]
        prepared = replace(prepared, base=prepared.base.with_persons(persons))
    return _Ready(
        release_id=prepared.copy.release_id,
        prepared=prepared,
        chosen=chosen,
        newest=said[-1].number if said else 0,
        manifest=_manifest(home, proposal, prepared, now=now),
    )


def _in_force(
    home: Home, proposal: Proposal, said: list[Choice], *, now: datetime
) -> dict[bytes, ChoiceState]:
    use = proposal.use
    covered = still_covered(
        said,
        scopes(home, proposal.activity.id, use.id),
        proposal.activity.scope_of(use.id),
    )
    # Whatever is recorded by now was said before this release, whichever clock is ahead.
    at = max([now, *(choice.at for choice in said)])
    return choices_in_force(covered, at, activity=proposal.activity.id, purpose=use.purpose)


def _next_code(home: Home) -> int:
    codes = models.ReleaseCopy.objects.using(home.alias).order_by("-code")
    newest = codes.values_list("code", flat=True).first()
    return 0 if newest is None else newest + 1


def _manifest(
    home: Home, proposal: Proposal, prepared: Prepared, *, now: datetime
) -> dict[str, Any]:
    """What the recipient and a court may read: no value of a cell, no small count."""
    notice = published(home, proposal.row)
    assessment = proposal.assessment
    return {
        "format": MANIFEST_FORMAT,
        "release": prepared.copy.release_id,
        "controller": {"name": home.name, "log": home.origin},
        "recipient": proposal.use.recipient,
        "purpose": proposal.use.purpose,
        "activity": {
            "id": proposal.row.name,
            "version": proposal.row.version,
            "digest": proposal.row.digest,
            "use": proposal.use.id,
        },
        "decision": {
            "status": proposal.decision.status.value,
            "book": proposal.boundary.book,
            "book_hash": proposal.boundary.book_hash,
            "as_of": now.date().isoformat(),
        },
        "notice": None if notice is None else {"version": notice.version, "digest": notice.digest},
        "assessment": None if assessment is None else digest_of(dict(assessment.document)),
        "at": now.isoformat(),
        "copy": dict(prepared.manifest),
    }


def _commit(
    home: Home, proposal: Proposal, ready: _Ready, *, now: datetime
) -> models.Release | None:
    """Steps 7 and 8. None if a choice came in meanwhile: then nothing is stored."""
    keep(home, f"{ready.release_id}.base", ready.prepared.base.to_bytes(), step=BASE)
    keep(home, f"{ready.release_id}.copy", copy_to_bytes(ready.prepared.copy), step=COPY)
    with committing(home, RELEASE):
        # The lock is held from here: no choice can come in between this look and the commit.
        current = newest_choice(home, proposal.activity.id) == ready.newest
        release = _store(home, proposal, ready, now=now) if current else None
    # The point of no return of the records: the release is now a fact that the log will hold.
    if release is None:
        discard(home, [f"{ready.release_id}{end}" for end in KEPT], step=DISCARD)
    return release


def _store(home: Home, proposal: Proposal, ready: _Ready, *, now: datetime) -> models.Release:
    digest = digest_of(ready.manifest)
    assert proposal.use.recipient is not None
    release = models.Release.objects.using(home.alias).create(
        release_id=ready.release_id,
        activity=proposal.row,
        use=proposal.use.id,
        recipient=proposal.use.recipient,
        purpose=proposal.use.purpose,
        manifest=ready.manifest,
        manifest_digest=digest,
        at=now,
        entry=add_entries(home, _happenings(home, proposal, ready, digest), now=now)[0],
    )
    base = models.Base.objects.using(home.alias).create(
        base_id=ready.prepared.base.id,
        file=f"{ready.release_id}.base",
        rows=ready.prepared.base.table.num_rows,
        at=now,
        keep_until=now + timedelta(days=proposal.plan.base_term_days),
    )
    models.ReleaseCopy.objects.using(home.alias).create(
        release=release,
        base=base,
        code=ready.prepared.copy.code,
        file=f"{ready.release_id}.copy",
    )
    return release


def _happenings(home: Home, proposal: Proposal, ready: _Ready, digest: str) -> list[Happening]:
    """The release itself, then one for each person in it who has a record in this home."""
    person = {
        "release": ready.release_id,
        "recipient": proposal.use.recipient,
        "purpose": proposal.use.purpose,
        "columns": [column.column for column in proposal.plan.leaving],
        "manifest": digest,
    }
    return [
        Happening(kind="release", payload={"manifest": ready.manifest, "digest": digest}),
        *(
            Happening(kind="released", payload=person, subject=subject)
            for subject in known_persons(home, ready.chosen.subjects)
        ),
    ]


def _hand_out(
    home: Home,
    release: models.Release,
    ready: _Ready,
    out: Path,
    *,
    now: datetime,
    tell: Tell,
) -> Released:
    """Steps 9 to 11."""
    tell("log")
    sequence(home, now=now)
    tell("hand out")
    manifest_file = out.with_name(f"{out.name}.manifest.json")
    document = _manifest_file(home, release)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    write_file(manifest_file, text.encode() + b"\n", step=MANIFEST)
    with landing(TABLE):
        write_table(ready.prepared.table, out)
    with committing(home, HANDED_OUT):
        release.handed_out_at = now
        release.save(using=home.alias, update_fields=["handed_out_at"])
    return Released(
        release=release,
        prepared=ready.prepared,
        chosen=ready.chosen,
        manifest_file=manifest_file,
        entry=document["receipt"]["index"],
    )


def _manifest_file(home: Home, release: models.Release) -> dict[str, Any]:
    """The manifest with what shows that it was in the log before the copy left."""
    entry = models.Entry.objects.using(home.alias).get(pk=release.entry_id)
    salt, payload = opened(home, entry)
    return {
        "format": "release-manifest-file/v1",
        "manifest": release.manifest,
        "sha256": release.manifest_digest,
        "entry": {
            "leaf": base64.b64encode(bytes(entry.leaf)).decode(),
            "salt": base64.b64encode(salt).decode(),
            "payload": base64.b64encode(payload).decode(),
        },
        "receipt": receipt_of(home, entry).to_json(),
        "vkey": home.keys.signing.vkey,
    }
