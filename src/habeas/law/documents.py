"""Content lists of documents: what each paper must hold, item by item, and who demands it.

The lists are data (`laws/<place>/documents/*.yaml`). Where only practice asks for an item, the
refusal says so, and doesn't say that the law demands it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from habeas.errors import BadInput
from habeas.law.book import LawBook
from habeas.terms import Citation, Text

Blocking = Literal["law", "product"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a content list."""

    id: str
    label: Text
    # Empty: no provision found demands it, practice does.
    demanded_by: tuple[Citation, ...]
    # A condition's id; None: demanded of every document of this kind.
    when: str | None
    blocking: Blocking
    filled_from: str
    # True: the document may go out without it and stays open until it follows.
    may_follow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentList:
    """All that one kind of document must and may hold."""

    id: str
    title: Text
    refusal: Text
    conditions: Mapping[str, Text]
    required: tuple[Item, ...]
    optional: tuple[Item, ...]
    signature: Text | None
    note: Text | None

    def item_ids(self) -> tuple[str, ...]:
        return tuple(item.id for item in (*self.required, *self.optional))


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingItem:
    """An item that a document lacks, or (state open) may lack: a condition is unknown."""

    item: str
    label: Text
    citations: tuple[Citation, ...]
    blocking: Blocking
    state: Literal["missing", "open"]
    # Only with state open: what has to be stated first.
    condition: Text | None
    needs: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "item": self.item,
            "label": {"en": self.label.en, "zh": self.label.zh},
            "citations": [str(citation) for citation in self.citations],
            "blocking": self.blocking,
            "state": self.state,
            "needs": list(self.needs),
        }


def document_names(law: str) -> tuple[str, ...]:
    """The documents there is a content list for, by file name."""
    folder = files("habeas.laws") / law / "documents"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


@cache
def content_list(law: str, name: str) -> ContentList:
    """The content list `laws/<law>/documents/<name>.yaml`; BadInput if there is none."""
    if name not in document_names(law):
        known = ", ".join(document_names(law))
        raise BadInput(f"there is no document {name!r} in {law}", remedy=f"one of: {known}")
    where = files("habeas.laws") / law / "documents" / f"{name}.yaml"
    raw = yaml.safe_load(where.read_text(encoding="utf-8"))
    signature = raw["form"]["signature"]
    return ContentList(
        id=raw["id"],
        title=_text(raw["title"]),
        refusal=_text(raw["refusal"]),
        conditions={key: _text(value) for key, value in raw["conditions"].items()},
        required=tuple(map(_item, raw["required"])),
        optional=tuple(map(_item, raw["optional"])),
        signature=_text(signature) if "en" in signature else None,
        note=_text(raw["note"]) if "note" in raw else None,
    )


def _text(raw: Mapping[str, str]) -> Text:
    return Text(en=raw["en"], zh=raw["zh"])


def _item(raw: Mapping[str, Any]) -> Item:
    demanded = raw["demanded_by"]
    # A standard (std.…) is not law of the book: it stands behind a product item only.
    laws = [] if isinstance(demanded, str) else [d for d in demanded if not d.startswith("std.")]
    return Item(
        id=raw["id"],
        label=_text(raw["label"]),
        demanded_by=tuple(Citation.parse(law) for law in laws),
        when=raw.get("when"),
        blocking=raw.get("blocking", "product"),
        filled_from=raw["filled_from"],
        may_follow=raw.get("may_follow", False),
    )


def demanded_on(item: Item, book: LawBook, as_of: date) -> tuple[Citation, ...]:
    """The provisions that demand an item on a day.

    A provision that the book holds counts only while it is in force; one that the book does not
    hold yet is taken from the content list as it stands.
    """
    in_force = {str(provision.id) for provision in book.in_force(as_of)}
    return tuple(
        citation
        for citation in item.demanded_by
        if str(citation) not in book.provisions or str(citation) in in_force
    )
