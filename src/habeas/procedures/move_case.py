"""An authority's own acts on a case: each is one step of the table, one commit, one log entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from habeas.errors import BadInput, Refused
from habeas.ledger.envelope import Attachment
from habeas.papers.paper import Paper
from habeas.procedures.case_clock import due_after
from habeas.procedures.case_records import Act, case_numbered, table, take_step
from habeas.procedures.contacts import contact_named, the_superior
from habeas.procedures.exchange_writes import CASE
from habeas.procedures.handover_paper import as_attachments, handover_letter, issued_paper
from habeas.procedures.hear_case import named_superior
from habeas.procedures.lodge_case import materials_of
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.post import Draft, post, reopened
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records.exchange import Case as CaseRow
from habeas.records.exchange import Contact
from habeas.records.home import Home
from habeas.terms import Language

# Acts of which whoever complained is told.
_TOLD = ("accept", "dismiss", "decide", "close")


def move_case(
    home: Home, number: str, event: str, *, now: datetime, ground: str | None = None
) -> CaseRow:
    """Accept, dismiss, take, decline or close; Refused with what may come instead."""
    with committing(home, CASE):
        row = case_numbered(home, number)
        take_step(home, row, Act(event=event, who="holder", ground=ground), now=now)
        if event in _TOLD:
            _tell_complainant(home, row, event, ground, now=now)
    sequence(home, now=now)
    return row


def _tell_complainant(
    home: Home, row: CaseRow, event: str, ground: str | None, *, now: datetime
) -> None:
    """An answer to whoever complained by envelope; the other body's offer is no complaint."""
    letter = row.complaint
    if letter is None or letter.contact.party == "authority":
        return
    body = {"case": row.number, "event": event, "ground": ground, "at": now.isoformat()}
    draft = Draft(kind="answer", body=body, thread=bytes(letter.thread))
    post(home, draft, to=letter.contact, now=now)


def refer_case(home: Home, number: str, *, ground: str | None, now: datetime) -> CaseRow:
    """Put a case to the common superior: a dispute of the body that took it, or an offer left
    without an answer past its time.
    """
    with committing(home, CASE):
        row = case_numbered(home, number)
        if row.superior is None and row.complaint is not None:
            # It may have been trusted since the other body's offer named it.
            row.superior = named_superior(home, reopened(home, row.complaint))
        _needs_superior(row)
        act = Act(event="dispute", who="holder", ground=ground)
        if row.stage == "offered":
            clock = table().stages["offered"].clock
            due = None if clock is None else due_after(clock, row.clock_at)
            if due is None or now <= due:
                raise Refused(
                    "the other body still has time to answer",
                    place=number,
                    remedy="it is referred when the time has run out, or by the other's refusal",
                )
            act = Act(event="refer", who="clock")
        take_step(home, row, act, now=now)
    sequence(home, now=now)
    return row


def _needs_superior(row: CaseRow) -> None:
    if row.superior is None:
        raise Refused(
            "this case names no common superior",
            place=row.number,
            remedy="trust the superior's card with `habeas trust CARD --as NAME --superior`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an offer says. kind: see handover_paper.KINDS; None leaves the letter incomplete."""

    to: str
    ground: str = field(repr=False)
    kind: str | None
    facts: tuple[str, ...] = field(default=(), repr=False)
    attachments: tuple[Attachment, ...] = ()


def offer_case(
    home: Home, number: str, offer: Offer, *, now: datetime, language: Language = "zh"
) -> CaseRow:
    """Offer a case to another body; Refused by item unless the hand-over letter is complete.

    This body stays the keeper until it holds the other's acceptance.
    """
    with committing(home, CASE):
        row = case_numbered(home, number)
        to = _offered_to(home, row, offer.to)
        materials = (*materials_of(home, row), *offer.attachments)
        papers = _letter(home, row, offer, to, materials, now=now)
        pages = as_attachments(papers, language=language)
        act = Act(
            event="offer",
            who="holder",
            ground=offer.ground,
            body={"kind": offer.kind, "facts": list(offer.facts)},
            attachments=(*pages, *materials),
        )
        row.other, row.superior = to, the_superior(home)
        _needs_superior(row)
        take_step(home, row, act, now=now)
    sequence(home, now=now)
    return row


def _offered_to(home: Home, row: CaseRow, name: str) -> Contact:
    to = contact_named(home, name)
    if to.party != "authority" or to.superior:
        raise BadInput("a case is offered to another authority that is not the common superior")
    if row.other is not None and row.other != to:
        raise Refused("this case was handed over between other bodies", place=row.number)
    return to


def _letter(
    home: Home,
    row: CaseRow,
    offer: Offer,
    to: Contact,
    materials: Sequence[Attachment],
    *,
    now: datetime,
) -> dict[Language, Paper]:
    return handover_letter(
        home,
        row,
        to=to,
        ground=offer.ground,
        kind=offer.kind,
        facts=offer.facts,
        materials=materials,
        now=now,
    )


def draft_offer(home: Home, number: str, offer: Offer, *, now: datetime) -> tuple[Attachment, ...]:
    """The hand-over letter as it stands, what is missing marked; nothing is sent or recorded."""
    row = case_numbered(home, number)
    to = _offered_to(home, row, offer.to)
    materials = (*materials_of(home, row), *offer.attachments)
    papers = _letter(home, row, offer, to, materials, now=now)
    return as_attachments(papers, language="zh", draft=True)


def issue(
    home: Home,
    number: str,
    what: str,
    paper: Path,
    *,
    to: Sequence[str],
    now: datetime,
    language: Language = "zh",
) -> CaseRow:
    """Decide a case, or order a correction in it, by a complete paper sent to those it names.

    what: 'decide' or 'order'. A decision is a step of the docket; an order is an entry of its own.
    """
    name = {"decide": "authority_decision", "order": "authority_order"}[what]
    pages = as_attachments(issued_paper(name, paper), language=language)
    with committing(home, CASE):
        row = case_numbered(home, number)
        if what == "decide":
            take_step(home, row, Act(event="decide", who="holder"), now=now)
            _tell_complainant(home, row, what, None, now=now)
        else:
            _log_order(home, row, pages, now=now)
        kind = "decision" if what == "decide" else "order"
        for each in to:
            body = {"case": row.number, "event": what, "at": now.isoformat()}
            draft = Draft(kind=kind, body=body, attachments=pages)
            post(home, draft, to=contact_named(home, each), now=now)
    sequence(home, now=now)
    return row


def _log_order(home: Home, row: CaseRow, pages: Sequence[Attachment], *, now: datetime) -> None:
    if not table().stages[row.stage].decider:
        raise Refused("only the body that may decide a case may order in it", place=row.number)
    papers = {page.name: page.data.decode() for page in pages}
    payload = {"case": row.number, "order": papers, "at": now.isoformat()}
    add_entry(home, Happening(kind="case.order", payload=payload), now=now)
