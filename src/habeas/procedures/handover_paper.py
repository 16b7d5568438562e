"""The papers of a case, from what is on record and what was typed; complete, or refused by item."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from habeas.errors import BadInput
from habeas.law.documents import content_list
from habeas.ledger.envelope import Attachment
from habeas.papers.moments import moment
from habeas.papers.paper import Paper, check_complete
from habeas.papers.render import to_html
from habeas.procedures.case_clock import due_after, running
from habeas.procedures.case_records import table
from habeas.procedures.claim_text import Line, in_language
from habeas.procedures.contacts import name_of
from habeas.procedures.foreign_path import read_outside
from habeas.procedures.typed_lines import WrongLinesError, lines_of
from habeas.records.exchange import Case as CaseRow
from habeas.records.exchange import Contact
from habeas.records.home import Home
from habeas.terms import LANGUAGES, Language, Text

PAPER_LIMIT = 1024 * 1024
# The kinds of hand-over of the content list, in its own words.
KINDS: Mapping[str, Text] = {
    "no_competence": Text(en="no competence", zh="无管辖权"),
    "first_filed": Text(en="first-filed elsewhere", zh="他处先立案"),
    "designation": Text(en="designation", zh="指定管辖"),
    "crime": Text(en="crime", zh="涉嫌犯罪"),
    "lead": Text(en="lead only", zh="线索移送"),
}
_INTERIM = Text(
    en="The sending body, until it holds the receiving body's acceptance.",
    zh="接收机关接收前，由移送机关临时负责。",
)
_NO_BOUNCE = Text(
    en="A refused case goes to the common superior, not back and forth.",
    zh="不接收的，报共同上一级机关指定，不得自行再移送。",
)


def handover_letter(
    home: Home,
    row: CaseRow,
    *,
    to: Contact,
    ground: str,
    kind: str | None,
    facts: Sequence[str],
    materials: Sequence[Attachment],
    now: datetime,
) -> dict[Language, Paper]:
    """The letter that goes with an offer, in both languages; what is missing stays missing."""
    if kind is not None and kind not in KINDS:
        raise BadInput("this is not a kind of hand-over", remedy=f"one of: {', '.join(KINDS)}")
    contents = content_list("cn", "handover_letter")
    return {
        language: Paper(
            contents=contents,
            conditions={},
            values={
                "from_to": (f"{home.name} → {name_of(home, to)}",),
                "case_ref": (f"{row.number}; {moment(row.received_at).in_language(language)}",),
                "reason": (ground,),
                "kind": () if kind is None else (KINDS[kind].in_language(language),),
                "facts": tuple(facts),
                "materials": tuple(_listed(each) for each in materials),
                "clocks": (_clock_line(row, language, now),),
                "interim": (_INTERIM.in_language(language),),
                "reply_asked": (_reply(language, now),),
                "no_bounce": (_NO_BOUNCE.in_language(language),),
            },
        )
        for language in LANGUAGES
    }


def _listed(attachment: Attachment) -> str:
    digest = hashlib.sha256(attachment.data).hexdigest()
    return f"{attachment.name} · {len(attachment.data)} B · SHA-256 {digest}"


def _clock_line(row: CaseRow, language: Language, now: datetime) -> str:
    stage, clock = table().stages[row.stage], running(row)
    label = stage.label.in_language(language)
    if clock is None or clock.due is None:
        return label
    source = clock.clock.provision or clock.clock.basis
    left = clock.days_left(now)
    unit = f"剩余{left}天" if language == "zh" else f"{left} days left"
    due = moment(clock.due).in_language(language)
    if language == "zh":
        return f"{label}：{due}（{unit}；{source}）"
    return f"{label}: {due} ({unit}; {source})"


def _reply(language: Language, now: datetime) -> str:
    clock = table().stages["offer_received"].clock
    assert clock is not None
    due = due_after(clock, now)
    when = "" if due is None else moment(due).in_language(language)
    if language == "zh":
        return f"请答复：接收或说明理由退回；答复期限：{when}（{clock.provision}）"
    return f"Accept, or refuse with reasons, by {when} ({clock.provision})."


def issued_paper(name: str, file: Path) -> dict[Language, Paper]:
    """A paper whose items were typed: JSON {"values": {item: text}, "conditions": {id: bool}}."""
    raw = _document(file)
    lines = {item: _typed(value) for item, value in raw.get("values", {}).items()}
    contents, conditions = content_list("cn", name), raw.get("conditions", {})
    return {
        language: Paper(
            contents=contents,
            values={
                item: tuple(in_language(line, language) for line in each)
                for item, each in lines.items()
            },
            conditions=conditions,
        )
        for language in LANGUAGES
    }


def _document(file: Path) -> dict[str, Any]:
    try:
        raw = json.loads(read_outside(file, limit=PAPER_LIMIT))
    except ValueError as error:
        raise BadInput("this is not JSON", file=file.name) from error
    parts = (
        [raw.get(part, {}) for part in ("values", "conditions")] if isinstance(raw, dict) else []
    )
    if not parts or not all(isinstance(part, dict) for part in parts):
        raise BadInput('this is not a paper: {"values": {…}, "conditions": {…}}', file=file.name)
    return dict(raw)


def _typed(value: object) -> tuple[Line, ...]:
    try:
        return lines_of(value)
    except WrongLinesError as error:
        raise BadInput("an item of a paper is a text or a list of texts") from error


def as_attachments(
    papers: Mapping[Language, Paper], *, language: Language, draft: bool = False
) -> tuple[Attachment, ...]:
    """The paper as pages, one in each language; Refused by item unless it is complete."""
    if not draft:
        check_complete(papers[language], language=language)
    return tuple(
        Attachment(
            name=f"{paper.contents.id}.{each}.html",
            data=to_html(paper, language=each).encode(),
        )
        for each, paper in papers.items()
    )
