"""Corrections by a person who knows: kept beside the data, applied on every run, and shown as such.

A correction says who made it and why. It holds for a column by name; where the column's type or
what the detectors see in it has changed since, it is shown as out of date and not applied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from habeas.boundary.detector import ART4
from habeas.boundary.draw import Boundary, Category, ColumnBoundary
from habeas.errors import BadInput
from habeas.law.yaml_reading import read_yaml
from habeas.terms import Text

FORMAT = "corrections/v1"
_KEYS = {"source", "column", "category", "found", "by", "grounds", "on"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """found: the category the detectors gave when it was made; it is applied only to that."""

    source: str
    column: str
    category: Category
    found: Category
    by: str
    grounds: str
    on: date


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """A corrections/v1 file; BadInput with file and line."""
    document = read_yaml(path)
    raw = document.value
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise BadInput(f"is not in the format {FORMAT}", file=path)
    listed = raw.get("corrections")
    if not isinstance(listed, list):
        raise BadInput("has no list of corrections", file=path, place="corrections")
    return tuple(
        _correction(one, path, document.line("corrections", at)) for at, one in enumerate(listed)
    )


def corrected(boundary: Boundary, corrections: Sequence[Correction]) -> Boundary:
    """The boundary with the corrections that are about it."""
    mine = {c.column: c for c in corrections if c.source == boundary.source}
    columns = tuple(
        _applied(column, mine[column.name]) if column.name in mine else column
        for column in boundary.columns
    )
    return replace(boundary, columns=columns)


def _applied(column: ColumnBoundary, made: Correction) -> ColumnBoundary:
    if column.category is not made.found:
        en = f"a correction of {made.on} was made for another finding and is out of date"
        zh = f"{made.on}的更正针对另一结果，现已过时"
        return replace(column, because=_joined(column.because, Text(en=en, zh=zh)))
    en = f"corrected by {made.by} on {made.on}: {made.grounds} (found: {made.found.value})"
    zh = f"{made.by}于{made.on}更正：{made.grounds}（检测结果：{made.found.label.zh}）"
    heavy = made.category in (Category.SENSITIVE, Category.PERSONAL)
    cited = column.citations or (ART4 if heavy else ())
    return replace(
        column,
        category=made.category,
        citations=cited,
        because=_joined(Text(en=en, zh=zh), column.because),
    )


def _joined(first: Text, then: Text) -> Text:
    return Text(en=f"{first.en}; {then.en}", zh=f"{first.zh}；{then.zh}")


def _correction(raw: Any, path: Path, line: str) -> Correction:
    if not isinstance(raw, dict) or set(raw) != _KEYS:
        says = f"a correction has exactly: {', '.join(sorted(_KEYS))}"
        raise BadInput(says, file=path, place=line)
    if any(not isinstance(raw[key], str) or not raw[key].strip() for key in _KEYS):
        raise BadInput("a correction leaves nothing empty", file=path, place=line)
    try:
        return Correction(
            source=raw["source"],
            column=raw["column"],
            category=Category(raw["category"]),
            found=Category(raw["found"]),
            by=raw["by"],
            grounds=raw["grounds"],
            on=date.fromisoformat(raw["on"]),
        )
    except ValueError as error:
        words = ", ".join(category.value for category in Category)
        says = "a day is YYYY-MM-DD and a category one of the known ones"
        raise BadInput(says, file=path, place=line, remedy=words) from error
