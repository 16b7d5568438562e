"""A paper as an editable Word document and as a web page, in either language.

Both hold the same words in the same order. Items that are missing or open are shown as such in a
draft: a draft that looks finished would be filed unfinished.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from habeas.boundary.pages import template
from habeas.errors import ExtraMissing
from habeas.law.documents import Item
from habeas.papers.paper import Paper, missing_items
from habeas.terms import Language, Text

_DRAFT = Text(en="Draft, not complete. ", zh="草稿，内容尚不完整。")
_ADVICE = Text(
    en="Legal information, not legal advice. A form prescribed by the body prevails.",
    zh="仅为法律信息，不构成法律意见；受理机关另有格式的，以其格式为准。",
)
_TYPED = Text(
    en=" Words in another language stand as they were typed.",
    zh="外文部分为填写时的原文，未经翻译。",
)
# Writing that is not the paper's own: Han in an English one, whole English sentences in a Chinese.
_OTHER = {"en": re.compile("[\u3400-\u9fff]"), "zh": re.compile(r"(?:[A-Za-z']+ ){5}")}
_MISSING = Text(en="[missing]", zh="【缺】")
_OPEN = Text(en="[open: say first whether {}]", zh="【待定：先说明是否{}】")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    heading: str
    paragraphs: tuple[str, ...]
    cited: str
    lacking: bool


def to_html(paper: Paper, *, language: Language) -> str:
    """One self-contained page: no script, no outside resource."""
    return template("habeas.papers", "paper.html").render(**_view(paper, language))


def to_docx(paper: Paper, *, language: Language) -> bytes:
    """An editable Word document. Raises ExtraMissing without the extra `print`."""
    try:
        import docx
        from docx.oxml.ns import qn
    except ImportError as error:
        raise ExtraMissing(
            "Word documents need python-docx", remedy="install habeas[print]"
        ) from error
    view = _view(paper, language)
    document: Any = docx.Document()
    style = document.styles["Normal"]
    style.font.name = "Times New Roman"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    document.add_heading(view["title"], level=0)
    if view["draft"]:
        document.add_paragraph(view["draft"])
    for section in view["sections"]:
        document.add_heading(section.heading, level=2)
        for paragraph in section.paragraphs:
            document.add_paragraph(paragraph)
    for line in (view["note"], view["closing"], view["signature"]):
        if line:
            document.add_paragraph(line)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _view(paper: Paper, language: Language) -> dict[str, Any]:
    lacking = {found.item: found for found in missing_items(paper)}
    items = [*paper.contents.required, *(i for i in paper.contents.optional if paper.has(i))]
    shown = [item for item in items if paper.has(item) or item.id in lacking]
    contents = paper.contents
    return {
        "language": "zh-Hans" if language == "zh" else "en",
        "title": contents.title.in_language(language),
        "draft": _above(paper, language, complete=not lacking),
        "sections": [_section(item, paper, lacking, language) for item in shown],
        "note": contents.note.in_language(language) if contents.note and lacking else "",
        "closing": paper.closing,
        "signature": contents.signature.in_language(language) if contents.signature else "",
    }


def _above(paper: Paper, language: Language, *, complete: bool) -> str:
    """What stands over the first item: whether it is finished, its worth, what stays as typed."""
    typed = " ".join(line for lines in paper.values.values() for line in lines)
    parts = [] if complete else [_DRAFT]
    parts.append(_ADVICE)
    if _OTHER[language].search(typed):
        parts.append(_TYPED)
    return "".join(part.in_language(language) for part in parts)


def _section(item: Item, paper: Paper, lacking: dict[str, Any], language: Language) -> _Section:
    found = lacking.get(item.id)
    if found is None:
        paragraphs = paper.values[item.id]
    elif found.condition is None:
        paragraphs = (_MISSING.in_language(language),)
    else:
        asked = found.condition.in_language(language)
        paragraphs = (_OPEN.in_language(language).replace("{}", asked),)
    return _Section(
        heading=item.label.in_language(language),
        paragraphs=tuple(paragraphs),
        cited=", ".join(map(str, paper.own(item.demanded_by))),
        lacking=found is not None,
    )
