"""The docket's rows, and the one way a case takes a step: table, row, entry, messages in one.

Runs inside a transaction of the caller. What a step says goes into a sealed entry `case.step`;
replay_case.py rebuilds the rows from those alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from habeas.errors import BadInput
from habeas.ledger.envelope import Attachment
from habeas.procedures.contacts import the_superior
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.post import Draft, post
from habeas.records.exchange import Case as CaseRow
from habeas.records.exchange import Contact, Letter
from habeas.records.home import Home
from habeas.supervision.docket import Case, Message, Table, Who, apply, load_table

STEP = "case.step"
NUMBER = re.compile(r"[0-9a-f]{16}")
_TYPES = {
    "offered": "handover_offer",
    "taken": "handover_taken",
    "declined": "handover_declined",
}


def table() -> Table:
    return load_table("cn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One step. round: of the message that brings it, None for own acts and clocks.

    details: into the entry only. body, attachments: into the messages it sends.
    """

    event: str
    who: Who
    round: int | None = None
    ground: str | None = field(default=None, repr=False)
    letter: Letter | None = None
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    attachments: tuple[Attachment, ...] = ()


def cases(home: Home) -> QuerySet[CaseRow]:
    return CaseRow.objects.using(home.alias).select_related("other", "superior")


def case_numbered(home: Home, number: str) -> CaseRow:
    """The case of this number in this authority's docket."""
    home.must_be("authority")
    row = cases(home).filter(number=number).first() if NUMBER.fullmatch(number) else None
    if row is None:
        raise BadInput("no case of this number is in this docket", remedy="see `habeas case list`")
    return row


def as_case(row: CaseRow) -> Case:
    return Case(
        stage=row.stage or None, round=row.round, bound=row.bound, designated=row.designated
    )


def new_case(
    number: str, *, thread: bytes, received_at: datetime, now: datetime, **who: Any
) -> CaseRow:
    """A case this docket has never heard of: no stage, not stored."""
    return CaseRow(
        number=number,
        thread=thread,
        stage="",
        round=0,
        bound=False,
        designated=False,
        received_at=received_at,
        stage_at=now,
        clock_at=now,
        **who,
    )


def take_step(home: Home, row: CaseRow, act: Act, *, now: datetime) -> bool:
    """Apply the table, store the step, send what it sends. False: a message that changes nothing.

    Raises Refused for an act the table doesn't allow, with the acts it does.
    """
    before = as_case(row)
    after, messages = apply(
        table(), before, act.event, who=act.who, round_=act.round, ground=act.ground
    )
    if after == before and not messages and act.round is not None:
        return False
    _move(row, before, after, act, now=now)
    row.save(using=home.alias)
    unsent = [m.event for m in messages if _addressee(home, row, m) is None]
    payload = _payload(row, act, unsent, now=now)
    add_entry(home, Happening(kind=STEP, payload=payload), now=now)
    for message in messages:
        to = _addressee(home, row, message)
        if to is not None:
            post(home, _draft(row, act, message), to=to, now=now)
    return True


def _move(row: CaseRow, before: Case, after: Case, act: Act, *, now: datetime) -> None:
    row.stage, row.round = after.stage or "", after.round
    row.bound, row.designated = after.bound, after.designated
    if after.stage != before.stage:
        row.stage_at = row.clock_at = now
    elif act.who == "clock":
        row.clock_at = now


def _payload(row: CaseRow, act: Act, unsent: list[str], *, now: datetime) -> dict[str, Any]:
    return {
        "case": row.number,
        "event": act.event,
        "who": act.who,
        "round": act.round,
        "ground": act.ground,
        "letter": None if act.letter is None else bytes(act.letter.digest).hex(),
        "other": None if row.other is None else row.other.identity,
        "superior": None if row.superior is None else row.superior.identity,
        "received_at": row.received_at.isoformat(),
        "at": now.isoformat(),
        "unsent": unsent,
        "details": dict(act.details),
    }


def _addressee(home: Home, row: CaseRow, message: Message) -> Contact | None:
    """Whom a message goes to; a reminder of a case nobody disputes to this home's own superior."""
    if message.to == "other":
        return row.other
    if row.superior is None and message.event == "reminder":
        return the_superior(home)
    return row.superior


def _draft(row: CaseRow, act: Act, message: Message) -> Draft:
    """A step as the message that tells of it."""
    body: dict[str, Any] = {
        "case": row.number,
        "event": message.event,
        "round": message.round,
        "received_at": row.received_at.isoformat(),
        "other": None if row.other is None else row.other.identity,
        "superior": None if row.superior is None else row.superior.identity,
        "ground": act.ground,
        **act.body,
    }
    return Draft(
        kind=_TYPES[message.event] if message.to == "other" else "referral",
        body=body,
        thread=bytes(row.thread),
        attachments=act.attachments if message.to == "other" else (),
    )
