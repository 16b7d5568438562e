"""An estate on one page: a map of every table and column by category, and what to do first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from habeas.boundary.advice import first_steps
from habeas.boundary.draw import Boundary, Category
from habeas.boundary.effort import Effort
from habeas.boundary.pages import template
from habeas.boundary.report import kind_label, title_of
from habeas.law.book import LawBook
from habeas.terms import Language, Text

_WORDS = {
    "title": Text(en="Where the line runs in this estate", zh="这批数据的法律边界"),
    "lead": Text(
        en="One row a table, one cell a column, the heaviest first. What was not recognised is "
        "undecided, not safe.",
        zh="一行一表，一格一列，最重者在前。未识别者为“未定”，并非安全。",
    ),
    "first": Text(en="What to do first", zh="先做什么"),
    "map": Text(en="The map", zh="全图"),
    "plan": Text(en="Effort by value", zh="按价值分配力量"),
    "plan_lead": Text(
        en="{hours} hours a year by category, {equal} if everything were protected like sensitive "
        "data: {ratio}. The hours are a convention of ours, not law; put in your own.",
        zh="按类别每年约 {hours} 小时；若一律按敏感信息保护则为 {equal} 小时，比例 {ratio}。"
        "工时为本软件的约定，并非法律规定，可换成您自己的数字。",
    ),
    "category": Text(en="category", zh="类别"),
    "columns": Text(en="columns", zh="列数"),
    "unclaimed": Text(en="claimed by nobody", zh="无人认领"),
    "measures": Text(en="measures", zh="措施"),
    "access": Text(en="access", zh="访问"),
    "review": Text(en="review every … days", zh="复核周期（天）"),
    "hours": Text(en="hours a year", zh="年工时"),
    "tables": Text(en="Table by table", zh="逐表"),
    "column": Text(en="column", zh="列"),
    "holds": Text(en="holds", zh="内容"),
    "under": Text(en="under", zh="依据"),
    "looks": Text(en="looks like", zh="样式"),
    "claimed": Text(en="claimed by", zh="认领活动"),
    "nobody": Text(en="nobody", zh="无"),
    "rows": Text(en="rows", zh="行"),
    "wide": Text(en="columns", zh="列"),
    "unread": Text(en="Not read", zh="未能读取"),
    "limit": Text(en="Legal information, not advice.", zh="仅为法律信息，不构成法律意见。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    name: str
    category: str
    label: str
    holds: str
    under: str
    looks: str
    claimed: str


def estate_html(
    boundaries: Sequence[Boundary],
    *,
    book: LawBook,
    effort: Effort,
    unread: Sequence[tuple[str, str]],
    language: Language,
) -> str:
    """The page as HTML: no script, nothing fetched, masked previews only."""
    words = {name: text.in_language(language) for name, text in _WORDS.items()}
    ordered = sorted(boundaries, key=_heaviest)
    return template("habeas.boundary", "estate.html").render(
        language="zh-Hans" if language == "zh" else "en",
        words=words,
        legend=[(c.value, c.label.in_language(language)) for c in _by_weight()],
        steps=_steps(ordered, language),
        tables=[_table(boundary, book, language) for boundary in ordered],
        plan=_plan(effort, language),
        plan_lead=words["plan_lead"].format(
            hours=f"{effort.hours:,.0f}",
            equal=f"{effort.equal:,.0f}",
            ratio="–" if effort.ratio is None else f"{effort.ratio:.0%}",
        ),
        unread=unread,
    )


def _by_weight() -> list[Category]:
    return sorted(Category, key=lambda category: -category.weight)


def _heaviest(boundary: Boundary) -> tuple[int, int, str]:
    heavy = sum(column.category is Category.SENSITIVE for column in boundary.columns)
    personal = sum(column.category is Category.PERSONAL for column in boundary.columns)
    return -heavy, -personal, boundary.source


def _steps(boundaries: Sequence[Boundary], language: Language) -> list[tuple[str, str]]:
    """The first two steps of each table, heaviest tables first, at most eight."""
    found = [
        (boundary.source, step.in_language(language))
        for boundary in boundaries
        for step in first_steps(boundary)[:2]
    ]
    return found[:8]


def _table(boundary: Boundary, book: LawBook, language: Language) -> dict[str, Any]:
    nobody = _WORDS["nobody"].in_language(language)
    mark = "、" if language == "zh" else ", "
    columns = sorted(boundary.columns, key=lambda c: (-c.category.weight, c.name))
    return {
        "name": boundary.source,
        "rows": f"{boundary.rows:,}",
        "cells": [
            _Cell(
                name=column.name or "–",
                category=column.category.value,
                label=column.category.label.in_language(language),
                holds=mark.join(kind_label(k).in_language(language) for k in column.kinds[:3]),
                under=title_of(column.citations[0], book).in_language(language)
                if column.citations
                else "",
                looks=column.masked or "",
                claimed=mark.join(column.claimed_by) or nobody,
            )
            for column in columns
        ],
    }


def _plan(effort: Effort, language: Language) -> list[dict[str, Any]]:
    mark = "；" if language == "zh" else "; "
    return [
        {
            "category": share.level.category.value,
            "label": share.level.category.label.in_language(language),
            "columns": share.columns,
            "unclaimed": share.unclaimed,
            "measures": mark.join(m.in_language(language) for m in share.level.measures),
            "access": share.level.access.in_language(language),
            "review": share.level.review_days,
            "hours": f"{share.hours:,.1f}",
        }
        for share in effort.shares
        if share.columns
    ]
