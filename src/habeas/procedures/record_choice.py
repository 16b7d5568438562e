"""Recording choices: giving, refusing and withdrawing are the same act with another word.

Thousands of choices are one transaction and one group commit: all of them, or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from habeas.errors import BadInput
from habeas.procedures.declare_activity import declared
from habeas.procedures.outbox import Happening, add_entries
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import RECORDS
from habeas.records import models
from habeas.records.home import Home
from habeas.rights.activity import activity_from
from habeas.rights.choice import Choice, ChoiceState
from habeas.tables.source import open_source

_LONGEST_SUBJECT = 512
# What a file of choices may say: our words and the verbs of the command line.
_WORDS = {
    **{state.value: state for state in ChoiceState},
    "give": ChoiceState.GIVEN,
    "refuse": ChoiceState.REFUSED,
    "withdraw": ChoiceState.WITHDRAWN,
}
_CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one person said. `repr` hides the subject: it may be printed in a traceback."""

    subject: str
    state: ChoiceState
    # '' speaks of the whole activity.
    purpose: str = ""

    def __repr__(self) -> str:
        return f"Said({self.state.value})"


def record_choice(
    home: Home, said: Sequence[Said], *, activity: str, now: datetime
) -> list[models.Choice]:
    """Record what persons said about an activity; a withdrawal counts from this commit on."""
    home.must_be("controller")
    with committing(home, RECORDS["choice"]):
        row, about = declared(home, activity)
        for each in said:
            _check(each, about.purposes)
        choices = _store(home, said, activity=row, now=now)
    sequence(home, now=now)
    return choices


def _check(said: Said, purposes: Iterable[str]) -> None:
    if not 0 < len(said.subject) <= _LONGEST_SUBJECT:
        raise BadInput("the subject is the person's id in the controller's table, not empty")
    if said.purpose and said.purpose not in purposes:
        raise BadInput(
            "the activity has no such purpose", remedy=f"it has {', '.join(sorted(purposes))}"
        )


def _store(
    home: Home, said: Sequence[Said], *, activity: models.Activity, now: datetime
) -> list[models.Choice]:
    digests = [home.digest_of(each.subject) for each in said]
    happenings = [
        Happening(
            kind="choice",
            subject=digest,
            payload={
                "activity": activity.name,
                "activity_version": activity.version,
                "purpose": each.purpose,
                "choice": each.state.value,
                "at": now.isoformat(),
            },
        )
        for each, digest in zip(said, digests, strict=True)
    ]
    entries = add_entries(home, happenings, now=now)
    rows = [
        models.Choice(
            subject=digest,
            activity=activity.name,
            version=activity.version,
            purpose=each.purpose,
            state=each.state.value,
            at=now,
            entry=entry,
        )
        for each, digest, entry in zip(said, digests, entries, strict=True)
    ]
    return models.Choice.objects.using(home.alias).bulk_create(rows, batch_size=_CHUNK)


def read_choices(path: Path, *, only: ChoiceState | None = None, purpose: str = "") -> list[Said]:
    """Choices from a table with the columns subject_id, choice and perhaps purpose.

    only: every row says this; then the column choice may be left out. purpose: where no column
    says otherwise.
    """
    source = open_source(path, typed=False)
    names = source.schema.names
    needed = ["subject_id"] if only is not None else ["subject_id", "choice"]
    if absent := [name for name in needed if name not in names]:
        raise BadInput(f"there is no column {absent[0]!r}", file=source.name)
    wanted = [name for name in ("subject_id", "choice", "purpose") if name in names]
    rows = source.read(columns=wanted).to_pylist()
    return [
        _said(row, only=only, purpose=purpose, file=source.name, number=number)
        for number, row in enumerate(rows, start=1)
    ]


def _said(
    row: dict[str, str | None], *, only: ChoiceState | None, purpose: str, file: str, number: int
) -> Said:
    state = only if "choice" not in row else _WORDS.get((row["choice"] or "").strip().lower())
    if state is None:
        # The word itself is not repeated: in a misaligned file it may be anything.
        raise BadInput(
            "this is not a choice",
            file=file,
            place=f'row {number}, column "choice"',
            remedy="write given, refused or withdrawn",
        )
    if only not in (None, state):
        raise BadInput(
            "this row says another choice than the command",
            file=file,
            place=f'row {number}, column "choice"',
            remedy="use `habeas choice record` for a file of mixed choices",
        )
    if not row["subject_id"]:
        raise BadInput(
            "the subject is missing", file=file, place=f'row {number}, column "subject_id"'
        )
    said_of = (row.get("purpose") or "").strip() or purpose
    return Said(subject=row["subject_id"], state=state, purpose=said_of)


def history(home: Home, activity: str) -> list[Choice]:
    """Every choice recorded about an activity, oldest first."""
    rows = models.Choice.objects.using(home.alias).filter(activity=activity).order_by("pk")
    return [
        Choice(
            subject=bytes(row["subject"]),
            activity=activity,
            purpose=row["purpose"],
            state=ChoiceState(row["state"]),
            at=row["at"],
            number=row["pk"],
            version=row["version"],
        )
        for row in rows.values("pk", "subject", "purpose", "state", "at", "version")
    ]


def scopes(home: Home, activity: str, use: str) -> dict[int, str]:
    """Version of the activity -> what a consent to the use covered then."""
    rows = models.Activity.objects.using(home.alias).filter(name=activity)
    return {row.version: activity_from(row.document).scope_of(use) for row in rows}


def newest_choice(home: Home, activity: str) -> int:
    """The number of the newest choice about an activity: it grows with every choice."""
    rows = models.Choice.objects.using(home.alias).filter(activity=activity)
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0
