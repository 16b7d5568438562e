"""The docket rebuilt from the log's own sealed entries, and compared with the records.

Reads the log leaf by leaf: a step the records no longer hold is a step somebody removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from habeas.errors import HabeasError, NotVerified
from habeas.ledger.commitment import Leaf
from habeas.procedures import case_records, superior
from habeas.procedures.case_records import as_case, cases, table
from habeas.procedures.sequence import payload_of
from habeas.procedures.superior import disputes
from habeas.records.home import Home
from habeas.records.models import Entry
from habeas.supervision.docket import Case, Dispute, apply


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """differ: numbers of cases whose row is not what the log says."""

    steps: int
    cases: Mapping[str, Case]
    disputes: Mapping[str, Dispute]
    differ: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not self.differ


def replay(home: Home) -> Replayed:
    """Rebuild every case and dispute; NotVerified if the log holds a step that can't be opened."""
    home.must_be("authority")
    rebuilt: dict[str, tuple[Case, str]] = {}
    judged: dict[str, Dispute] = {}
    steps = 0
    for kind, says in _steps(home):
        steps += 1
        if kind == case_records.STEP:
            rebuilt[says["case"]] = _after(rebuilt.get(says["case"]), says)
        else:
            judged[says["case"]] = _judged(judged.get(says["case"], Dispute()), says)
    differ = sorted({*_cases_that_differ(home, rebuilt), *_disputes_that_differ(home, judged)})
    return Replayed(
        steps=steps,
        cases={number: case for number, (case, _) in rebuilt.items()},
        disputes=judged,
        differ=tuple(differ),
    )


def _steps(home: Home) -> list[tuple[str, Mapping[str, Any]]]:
    """Every docket step in the order of the log, opened and held to its leaf."""
    log, vault = home.log(), home.vault()
    entries = Entry.objects.using(home.alias)
    rows = {bytes(row.record_id): row for row in entries.filter(kind__in=_KINDS)}
    found = []
    for index, leaf in enumerate(log.entries(0, log.size)):
        about = Leaf.parse(leaf)
        if about.kind not in _KINDS:
            continue
        row = rows.get(about.record_id)
        if row is None or bytes(row.leaf) != leaf:
            says = "a step of the docket is in the log and not in the records"
            raise NotVerified(says, place=f"entry {index}")
        found.append((about.kind, payload_of(home, row, vault=vault)))
    return found


_KINDS = (case_records.STEP, superior.STEP)


def _after(before: tuple[Case, str] | None, says: Mapping[str, Any]) -> tuple[Case, str]:
    """The case after a step, and when its stage began."""
    case, since = before or (Case(), "")
    try:
        after, _ = apply(
            table(),
            case,
            says["event"],
            who=says["who"],
            round_=says["round"],
            ground=says["ground"],
        )
    except HabeasError as error:
        raise NotVerified(
            f"a step in the log is none the table allows: {error.says}", place=says["case"]
        ) from error
    return after, since if after.stage == case.stage else says["at"]


def _judged(before: Dispute, says: Mapping[str, Any]) -> Dispute:
    """The dispute after a step, by the same rule as the superior's."""
    if says["event"] == "designate":
        return Dispute(round=says["round"], designated=says["designated"])
    named = says["event"] == "ack" and says["from"] == before.designated
    if named and says["round"] == before.round:
        return Dispute(round=before.round, designated=before.designated, acknowledged=True)
    return before


def _cases_that_differ(home: Home, rebuilt: Mapping[str, tuple[Case, str]]) -> set[str]:
    stored = {row.number: (as_case(row), row.stage_at) for row in cases(home)}
    said = {
        number: (case, datetime.fromisoformat(since)) for number, (case, since) in rebuilt.items()
    }
    return {n for n in stored.keys() | said.keys() if stored.get(n) != said.get(n)}


def _disputes_that_differ(home: Home, judged: Mapping[str, Dispute]) -> set[str]:
    stored = {
        row.number: Dispute(
            round=row.round,
            designated=None if row.designated is None else row.designated.identity,
            acknowledged=row.acknowledged,
        )
        for row in disputes(home)
    }
    # A reminder opens no dispute: it is a step without a row.
    return {
        number
        for number in stored.keys() | judged.keys()
        if stored.get(number, Dispute()) != judged.get(number, Dispute())
    }
