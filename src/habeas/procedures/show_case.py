"""The docket as one reads it: stage, deadline with who set it, parties, steps. No ground, no fact:
those stand in the file that `case show -o` writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from habeas.procedures.case_clock import Running, running
from habeas.procedures.case_records import STEP, case_numbered, cases, table
from habeas.procedures.contacts import name_of
from habeas.procedures.lodge_case import materials_of
from habeas.procedures.sequence import payload_of
from habeas.procedures.superior import disputes
from habeas.records.exchange import Case as CaseRow
from habeas.records.exchange import Contact, Dispute
from habeas.records.home import Home
from habeas.records.models import Entry
from habeas.supervision.docket import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One case on one line."""

    row: CaseRow
    stage: Stage
    clock: Running | None
    other: str | None
    superior: str | None

    def to_json(self, now: datetime) -> dict[str, Any]:
        return {
            "case": self.row.number,
            "stage": self.row.stage,
            "label": {"en": self.stage.label.en, "zh": self.stage.label.zh},
            "keeper": self.stage.keeper,
            "decider": self.stage.decider,
            "round": self.row.round,
            "bound": self.row.bound,
            "designated": self.row.designated,
            "received_at": self.row.received_at.isoformat(),
            "stage_since": self.row.stage_at.isoformat(),
            "other": self.other,
            "superior": self.superior,
            "clock": _clock_json(self.clock, now),
        }


def _clock_json(found: Running | None, now: datetime) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "due": None if found.due is None else found.due.isoformat(),
        "days_left": found.days_left(now),
        "provision": found.clock.provision,
        "basis": found.clock.basis,
        "then": found.clock.then,
    }


def docket(home: Home) -> list[Shown]:
    """Every case of this authority, oldest first."""
    home.must_be("authority")
    return [_shown(home, row) for row in cases(home).order_by("pk")]


def _shown(home: Home, row: CaseRow) -> Shown:
    return Shown(
        row=row,
        stage=table().stages[row.stage],
        clock=running(row),
        other=_named(home, row.other),
        superior=_named(home, row.superior),
    )


def _named(home: Home, contact: Contact | None) -> str | None:
    return None if contact is None else name_of(home, contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A dispute before this home as the common superior."""

    row: Dispute
    asking: str
    other: str | None
    designated: str | None

    def to_json(self) -> dict[str, Any]:
        return {
            "case": self.row.number,
            "asking": self.asking,
            "other": self.other,
            "designated": self.designated,
            "round": self.row.round,
            "acknowledged": self.row.acknowledged,
            "since": self.row.at.isoformat(),
        }


def asked(home: Home) -> list[Asked]:
    """Every dispute that was put to this home."""
    return [
        Asked(
            row=row,
            asking=name_of(home, row.asking),
            other=_named(home, row.other),
            designated=_named(home, row.designated),
        )
        for row in disputes(home).order_by("pk")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """One step, without its ground. index: of its entry in the log."""

    event: str
    who: str
    at: datetime
    provision: str | None
    basis: str | None
    index: int | None

    def to_json(self) -> dict[str, Any]:
        return {
            "event": self.event,
            "who": self.who,
            "at": self.at.isoformat(),
            "provision": self.provision,
            "basis": self.basis,
            "log_index": self.index,
        }


def show_case(home: Home, number: str) -> tuple[Shown, list[StepShown]]:
    row = case_numbered(home, number)
    stage: str | None = None
    found = []
    for entry, says in _steps(home, number):
        rule = table().transitions.get((stage, says["event"]))
        found.append(
            StepShown(
                event=says["event"],
                who=says["who"],
                at=datetime.fromisoformat(says["at"]),
                provision=None if rule is None else rule.provision,
                basis=None if rule is None else rule.basis,
                index=entry.index,
            )
        )
        stage = stage if rule is None else rule.end
    return _shown(home, row), found


def _steps(home: Home, number: str) -> list[tuple[Entry, Mapping[str, Any]]]:
    vault = home.vault()
    rows = Entry.objects.using(home.alias).filter(kind=STEP).order_by("pk")
    opened = [(entry, payload_of(home, entry, vault=vault)) for entry in rows]
    return [(entry, says) for entry, says in opened if says["case"] == number]


def whole_case(home: Home, number: str, *, now: datetime) -> dict[str, bytes]:
    """File name -> content: the case with its grounds, and what it was lodged with."""
    shown, _ = show_case(home, number)
    steps = [dict(says) for _, says in _steps(home, number)]
    document = {"format": "case/v1", **shown.to_json(now), "steps": steps}
    text = json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
    materials = {each.name: each.data for each in materials_of(home, shown.row)}
    return {**materials, f"case-{number}.json": text}
