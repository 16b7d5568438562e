"""Lodging: a complaint, or a matter on file, becomes a case in this authority's docket."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from habeas.errors import BadInput
from habeas.law.matter import matter_from
from habeas.ledger.envelope import Attachment
from habeas.procedures.case_records import Act, cases, new_case, take_step
from habeas.procedures.exchange_writes import CASE
from habeas.procedures.foreign_path import read_outside
from habeas.procedures.post import reopened
from habeas.procedures.read_inbox import letter_with
from habeas.procedures.sequence import payload_of, sequence
from habeas.procedures.transaction import committing
from habeas.records.exchange import Case as CaseRow
from habeas.records.exchange import Letter
from habeas.records.home import Home
from habeas.records.models import Entry

MATTER_LIMIT = 1024 * 1024
_COMPLAINTS = ("complaint", "incident_letter", "request")


def lodge_letter(home: Home, start: str, *, now: datetime) -> CaseRow:
    """Lodge a complaint that came as an envelope; the same one again is the case already there."""
    home.must_be("authority")
    letter = letter_with(home, start)
    if letter.direction != Letter.IN or letter.kind not in _COMPLAINTS:
        raise BadInput("this letter is no complaint, report or request that was received")
    with committing(home, CASE):
        there = cases(home).filter(complaint=letter).first()
        if there is not None:
            return there
        row = new_case(
            secrets.token_hex(8),
            thread=bytes(letter.thread),
            received_at=letter.at,
            now=now,
            complaint=letter,
        )
        take_step(home, row, Act(event="lodge", who="complainant", letter=letter), now=now)
    sequence(home, now=now)
    return row


def lodge_matter(home: Home, file: Path, *, now: datetime) -> CaseRow:
    """Lodge a matter from a file (YAML or JSON), checked against the vocabulary."""
    home.must_be("authority")
    matter = _matter(file)
    row = new_case(secrets.token_hex(8), thread=secrets.token_bytes(16), received_at=now, now=now)
    with committing(home, CASE):
        act = Act(event="lodge", who="complainant", details={"matter": matter})
        take_step(home, row, act, now=now)
    sequence(home, now=now)
    return row


def _matter(file: Path) -> Mapping[str, Any]:
    """The matter as plain values, once its facts have been checked."""
    text = read_outside(file, limit=MATTER_LIMIT)
    try:
        raw = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise BadInput("this is neither YAML nor JSON", file=file.name) from error
    if not isinstance(raw, dict):
        raise BadInput("this is not a matter", file=file.name)
    matter_from(raw, file=file.name)
    plain: Mapping[str, Any] = json.loads(json.dumps(raw, default=str))
    return plain


def materials_of(home: Home, row: CaseRow) -> tuple[Attachment, ...]:
    """What the case was lodged with, as files to hand on: the complaint and what came with it."""
    if row.complaint is not None:
        letter = reopened(home, row.complaint)
        said = json.dumps(plain(letter.body), ensure_ascii=False, indent=2).encode()
        return (Attachment(name="complaint.json", data=said), *letter.attachments)
    rows = Entry.objects.using(home.alias).filter(kind="case.step").order_by("pk")
    for entry in rows:
        says = payload_of(home, entry)
        if says["case"] == row.number and "matter" in says["details"]:
            said = json.dumps(says["details"]["matter"], ensure_ascii=False, indent=2).encode()
            return (Attachment(name="matter.json", data=said),)
    return ()


def plain(value: Any) -> Any:
    """A CBOR value as JSON can write it: bytes in hex."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value
