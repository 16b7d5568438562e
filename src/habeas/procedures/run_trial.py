"""A trial of a rule: what will be measured is logged before the first day, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from habeas.errors import BadInput, Refused
from habeas.law.trial import Measured, Observation, Trial, measure
from habeas.law.trial_file import trial_from
from habeas.procedures.digest import digest_of
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.sequence import index_of, payload_of, sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import RECORDS
from habeas.records import models
from habeas.records.home import Home
from habeas.tables.source import Source

KIND = "trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A trial in the log: where, when, and the digest of what was fixed."""

    trial: Trial
    digest: str
    at: datetime
    index: int | None


def open_trial(home: Home, trial: Trial, *, now: datetime) -> Opened:
    """Fix a trial in the home's log; the same trial twice is one entry.

    Raises Refused once its first day has come, and for another trial under the same id.
    """
    if found := _find(home, trial.id):
        if found.digest != digest_of(dict(trial.document)):
            raise Refused(
                "another trial is logged under this id: what was fixed can't be fixed anew",
                remedy="open it under a new id, and say in its title why",
            )
        return found
    if now.date() >= trial.starts:
        raise Refused(
            "the trial has begun: what it measures must be logged before its first day",
            remedy="choose a later first day; what happened before it can only be explored",
        )
    document = dict(trial.document)
    payload = {"trial": trial.id, "digest": digest_of(document), "document": document}
    with committing(home, RECORDS["trial"]):
        add_entry(home, Happening(kind=KIND, payload=payload), now=now)
    sequence(home, now=now)
    return logged_trial(home, trial.id)


def logged_trial(home: Home, trial: str) -> Opened:
    """The trial as it stands in the log; BadInput if there is none of this id."""
    found = _find(home, trial)
    if found is None:
        raise BadInput("no trial of this id is in the log", remedy="habeas pilot open TRIAL.yaml")
    return found


def report_trial(
    home: Home, trial: str, source: Source, *, region: str, day: str
) -> tuple[Opened, Measured]:
    """Measure what was fixed, and only that, in a table of observations.

    region, day: names of its columns. A null in an indicator is unknown, never zero.
    """
    found = logged_trial(home, trial)
    columns = [region, day, *(one.column for one in found.trial.indicators)]
    return found, measure(found.trial, observations(source, columns))


def observations(source: Source, columns: list[str]) -> Iterator[Observation]:
    """The rows of a table as observations; columns: region, day, then the indicators'."""
    region, day, *measured = columns
    row = 0
    for batch in source.batches(columns=list(dict.fromkeys(columns))):
        values = [_numbers(source, batch, column) for column in measured]
        places = batch.column(region).to_pylist()
        days = batch.column(day).to_pylist()
        for at, (where, when) in enumerate(zip(places, days, strict=True)):
            row += 1
            yield Observation(
                region=str(where),
                day=_day(source, when, row, day),
                values={c: v[at] for c, v in zip(measured, values, strict=True)},
            )


def _numbers(source: Source, batch: pa.RecordBatch, column: str) -> list[float | None]:
    found = batch.column(column)
    kind = found.type
    if not (pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        raise BadInput(
            "an indicator is a number or true/false", file=source.name, place=f'column "{column}"'
        )
    return [None if value is None else float(value) for value in found.to_pylist()]


def _day(source: Source, value: object, row: int, column: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise BadInput(
        "holds no day", file=source.name, place=f'row {row}, column "{column}"', remedy="YYYY-MM-DD"
    )


def _find(home: Home, trial: str) -> Opened | None:
    rows: Iterable[models.Entry] = models.Entry.objects.using(home.alias).filter(kind=KIND)
    for entry in rows:
        says = payload_of(home, entry)
        if says["trial"] == trial:
            return Opened(
                trial=trial_from(says["document"]),
                digest=says["digest"],
                at=entry.at,
                index=index_of(home, entry),
            )
    return None
