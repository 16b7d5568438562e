"""The boundary as a page: pictures first, then the columns, unclaimed ones on top.

One file, no script, nothing fetched; values appear as masked shapes only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from habeas.boundary.advice import first_steps
from habeas.boundary.draw import Boundary, Category, ColumnBoundary, Share
from habeas.boundary.pages import template
from habeas.boundary.registry import detector
from habeas.law.book import LawBook
from habeas.terms import Language, Text

# Short titles of standards that are no law and stand in no book; their texts were not all read.
_STANDARDS: Mapping[str, Text] = {
    "cn.std.gbt45574": Text(en="GB/T 45574-2025, annex A", zh="GB/T 45574-2025 附录A"),
    "cn.gbt45574.id_number": Text(
        en="GB/T 45574-2025 (text not read)", zh="GB/T 45574-2025（未读到正文）"
    ),
    "cn.pipl.art73.i3": Text(en="PIPL art. 73(3)", zh="个人信息保护法第七十三条第三项"),
}

_EVIDENCE: Mapping[str, Text] = {
    "validated": Text(en="validated", zh="已校验"),
    "statistical": Text(en="statistical", zh="统计推断"),
    "header": Text(en="by its name", zh="依列名"),
    "none": Text(en="nothing seen", zh="未识别"),
}

_WORDS: Mapping[str, Text] = {
    "title": Text(en="Where the line runs", zh="个人信息边界"),
    "rows": Text(en="rows", zh="行"),
    "columns": Text(en="columns", zh="列"),
    "sampled": Text(en="rows looked at", zh="已查行数"),
    "book": Text(en="law book", zh="法律规则库"),
    "as_of": Text(en="as of", zh="截至"),
    "rule_pack": Text(en="rule pack", zh="规则包"),
    "map": Text(en="The table at a glance", zh="数据表一览"),
    "map_hint": Text(
        en="One block a column, in the table's order; a notch marks a column no activity claims.",
        zh="每列一格，按表中顺序；带缺口者没有处理活动认领。",
    ),
    "first": Text(en="What to do first", zh="先做什么"),
    "all": Text(en="Every column, unclaimed ones first", zh="全部各列（未认领者在前）"),
    "column": Text(en="Column", zh="列"),
    "category": Text(en="Category", zh="类别"),
    "kinds": Text(en="What it holds", zh="内容"),
    "share": Text(en="Share of cells", zh="占比（95 %区间）"),
    "distinct": Text(en="Distinct", zh="不同取值"),
    "unique": Text(en="Unique", zh="唯一值占比"),
    "confidence": Text(en="Confidence", zh="置信度"),
    "under": Text(en="Under", zh="依据"),
    "claimed": Text(en="Claimed by", zh="认领活动"),
    "nobody": Text(en="nobody", zh="无"),
    "no_name": Text(en="(no name)", zh="（无列名）"),
    "limits": Text(en="What this page does not say", zh="本页不说明什么"),
    "limits_text": Text(
        en="A column in which nothing was seen is undecided, not safe. Names, addresses and words "
        "are found by statistics and can be missed. A sample answers what a column is; how many "
        "cells, only the full scan. This is legal information, not advice.",
        zh="未识别出内容的列属于未定，并不等于安全。姓名、住址与词语靠统计识别，可能遗漏。抽样说明一列是什么，"
        "数量须全量扫描。本页为法律信息，不是法律意见。",
    ),
    "not_in_book": Text(en="not in the book", zh="不在规则库中"),
}


def report_html(boundary: Boundary, *, book: LawBook, language: Language) -> str:
    """The whole page as text, in one language."""
    words = {name: text.in_language(language) for name, text in _WORDS.items()}
    return template("habeas.boundary", "boundary.html.j2").render(
        boundary=boundary,
        words=words,
        language="zh-CN" if language == "zh" else "en",
        tiles=_tiles(boundary, language),
        blocks=[_block(column, language) for column in boundary.columns],
        rows=[_row(column, book, language) for column in boundary.unclaimed_first],
        steps=[step.in_language(language) for step in first_steps(boundary)],
        summary=summary(boundary).in_language(language),
    )


def summary(boundary: Boundary) -> Text:
    """The result in one sentence."""
    counts = category_counts(boundary)
    sensitive, personal = counts[Category.SENSITIVE], counts[Category.PERSONAL]
    free = sum(not column.claimed_by for column in boundary.columns)
    total = len(boundary.columns)
    return Text(
        en=f"Of {total} columns, {sensitive} hold sensitive personal information, {personal} "
        f"personal information, {counts[Category.QUASI_IDENTIFIER]} help to find a person; "
        f"{counts[Category.UNDECIDED]} are undecided, {free} are claimed by no activity.",
        zh=f"共{total}列：敏感个人信息{sensitive}列，个人信息{personal}列，"
        f"准标识符{counts[Category.QUASI_IDENTIFIER]}列，未定{counts[Category.UNDECIDED]}列；"
        f"{free}列没有处理活动认领。",
    )


def category_counts(boundary: Boundary) -> dict[Category, int]:
    """How many columns lie in each category."""
    return {
        category: sum(column.category is category for column in boundary.columns)
        for category in Category
    }


def title_of(citation: str, book: LawBook) -> Text:
    """The short title of a provision; of a standard outside the book, ours; else the id."""
    if (found := book.provisions.get(citation)) is not None:
        return found.title
    return _STANDARDS.get(citation, Text(en=citation, zh=citation))


def kind_label(kind: str) -> Text:
    """What a person calls this kind of data."""
    return detector(kind).label


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    category: str
    label: str
    count: int
    percent: float


def _tiles(boundary: Boundary, language: Language) -> list[Tile]:
    total = max(1, len(boundary.columns))
    return [
        Tile(
            category=category.value,
            label=category.label.in_language(language),
            count=count,
            percent=round(100 * count / total, 1),
        )
        for category, count in category_counts(boundary).items()
    ]


def _block(column: ColumnBoundary, language: Language) -> dict[str, Any]:
    name = column.name or _WORDS["no_name"].in_language(language)
    return {
        "category": column.category.value,
        "name": name,
        "label": f"{name}: {column.category.label.in_language(language)}",
        "claimed": bool(column.claimed_by),
    }


def _row(column: ColumnBoundary, book: LawBook, language: Language) -> dict[str, Any]:
    return {
        "name": column.name or _WORDS["no_name"].in_language(language),
        "type": column.arrow_type,
        "category": column.category.value,
        "label": column.category.short.in_language(language),
        "kinds": [kind_label(kind).in_language(language) for kind in column.kinds[:5]],
        "because": column.because.in_language(language),
        "share": _percents(column.share),
        "distinct": column.distinct,
        "unique": None if column.unique_share is None else round(100 * column.unique_share, 1),
        "confidence": round(100 * column.confidence),
        "evidence": _EVIDENCE[column.evidence].in_language(language),
        "under": [
            {
                "title": title_of(citation, book).in_language(language),
                "id": citation,
                "known": citation in book.provisions,
            }
            for citation in column.citations
        ],
        "masked": column.masked,
        "claimed": list(column.claimed_by),
    }


def _percents(share: Share | None) -> dict[str, float] | None:
    if share is None:
        return None
    point, low, high = (round(100 * part, 1) for part in share)
    return {"point": point, "low": low, "high": high, "width": round(high - low, 1)}
