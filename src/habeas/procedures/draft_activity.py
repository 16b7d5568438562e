"""A template of a declaration from a scanned table: what was seen is filled in, the rest is asked.

Nothing is declared by it: every fact is unknown, every notice item missing, until somebody says
it. Column names stand in it, and what was found in them; no cell does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from habeas.boundary.draw import Boundary, ColumnBoundary
from habeas.law.documents import content_list

TO_FILL = "TO FILL 待填"
_KEY_SHARE = 0.99
# Of a use, the facts on which most decisions hang; the others are listed by `habeas facts`.
_FACTS = (
    *("data", "relationship", "identifiability", "operations", "purposes", "source"),
    *("youngest_age", "basis_claimed", "consent_form", "service_refused_without", "necessary"),
    *("recipients", "abroad", "automated", "security", "security_appropriate"),
)


def activity_template(boundary: Boundary, *, name: str) -> str:
    """The template as YAML (activity/v1), which loads as it is and decides nothing."""
    return "\n".join(_lines(boundary, name)) + "\n"


def _lines(boundary: Boundary, name: str) -> Iterator[str]:
    columns = boundary.columns
    yield "# A template: say what stands behind TO FILL. A fact left at null is unknown, not no."
    yield "# 模板：请填写“待填”之处。事实为 null 表示不明，不表示否。"
    yield "format: activity/v1"
    yield f"id: {_said(name)}"
    yield f"title: {{en: {TO_FILL}, zh: {TO_FILL}}}"
    yield "controller:"
    yield f"  name: {{en: {TO_FILL}, zh: {TO_FILL}}}"
    yield "  contact: null"
    yield "  # `habeas facts --level party` lists them, such as kind: company"
    yield "  facts: {kind: null, sector: null, seat: null, persons_held: null}"
    yield "law: [cn]"
    yield f"subject_column: {_said(_key_of(columns))}  # which column says whose row it is?"
    yield "matter: {place_of_processing: null, subjects_in: null, ongoing: null}"
    yield "# a purpose is a member of use.purposes: `habeas facts use.purposes`"
    yield "purposes:"
    yield "  service: null"
    yield "columns:"
    for column in columns:
        seen = ", ".join(column.kinds) or "nothing seen"
        yield f"  {_said(column.name)}: [service]  # {column.category.value}: {seen}"
    yield "recipients: {}"
    yield "uses:"
    yield "  own:"
    yield "    purpose: service"
    yield f"    columns: [{', '.join(_said(column.name) for column in columns)}]"
    yield "    facts:"
    for fact in _FACTS:
        yield f"      {fact}: null"
    yield "circumstances: {}"
    yield "# what the notice says, each item {en: …, zh: …}; `habeas notice check` says what lacks"
    for item in content_list("cn", "notice").required:
        yield f"#   {item.id}: {item.label.en}  {item.label.zh}"
    yield "notice: {}"


def _key_of(columns: tuple[ColumnBoundary, ...]) -> str:
    """The first column that nearly tells each row from the others; else the first."""
    told = (c.name for c in columns if c.unique_share is not None and c.unique_share >= _KEY_SHARE)
    return next(told, columns[0].name)


def _said(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
