"""Notices: what is told to persons, complete by the law's own list or not published at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from habeas.law.book import LawBook
from habeas.law.documents import ContentList, Item, MissingItem, content_list, demanded_on
from habeas.law.schema import load_vocabulary
from habeas.rights.activity import Activity, Use, members_of
from habeas.rights.conditions import Condition, condition
from habeas.terms import Citation, Language, Text

# Written by publishing, not by the declaration.
VERSION_ITEM = "version_date"
# Items of the list -> members of use.notice_items that a notice holding them names.
_NAMES = {
    "identity": ("controller_name", "controller_contact"),
    "purpose": ("purposes",),
    "method_kinds": ("methods", "categories_list"),
    "retention": ("retention",),
    "rights": ("rights_routes",),
    "recipients": ("recipients_list",),
    "transfer": ("export_notice",),
    "basis": ("lawful_basis",),
    "necessity_effect": ("sensitive_necessity", "sensitive_impact"),
    "logic": ("automated_logic",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    id: str
    label: Text
    text: Text
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice as persons read it, of one version of one activity."""

    activity: str
    title: Text
    items: tuple[NoticeItem, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "format": "notice/v1",
            "activity": self.activity,
            "title": _json(self.title),
            "items": [
                {
                    "item": item.id,
                    "label": _json(item.label),
                    "text": _json(item.text),
                    "citations": [str(citation) for citation in item.citations],
                }
                for item in self.items
            ],
        }

    def in_words(self, language: Language) -> str:
        """The notice as plain Markdown."""
        parts = [f"# {self.title.in_language(language)}"]
        parts += [
            f"## {item.label.in_language(language)}\n\n{item.text.in_language(language)}"
            for item in self.items
        ]
        return "\n\n".join(parts) + "\n"


def _json(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def missing_items(activity: Activity, book: LawBook, as_of: date) -> tuple[MissingItem, ...]:
    """What a notice of this activity lacks by the law's own list; empty: it may be published."""
    listed = content_list(activity.law[0], "notice")
    texts = notice_texts(activity)
    missing = []
    for item in listed.required:
        if item.id in texts or item.id == VERSION_ITEM:
            continue
        asked = Condition(holds=True)
        if item.when is not None:
            asked = condition(item.when, activity, book, as_of)
        if asked.holds is not False:
            missing.append(_missing(item, asked, listed, demanded_on(item, book, as_of)))
    return tuple(missing)


def _missing(
    item: Item, asked: Condition, listed: ContentList, demanded: tuple[Citation, ...]
) -> MissingItem:
    return MissingItem(
        item=item.id,
        label=item.label,
        citations=demanded,
        # No provision in force stands behind it: the product asks, the law does not.
        blocking=item.blocking if demanded else "product",
        state="missing" if asked.holds else "open",
        condition=listed.conditions[item.when] if item.when else None,
        needs=asked.needs,
    )


def draft_notice(
    activity: Activity, book: LawBook, as_of: date, *, version: int, changed: Text | None = None
) -> Notice:
    """The notice as it can be written now, in the order of the list; it may be incomplete.

    version: the number this version will have.
    changed: what changed since the version before; None for the first.
    """
    listed = content_list(activity.law[0], "notice")
    texts = {**notice_texts(activity), VERSION_ITEM: _version(version, as_of, changed)}
    return Notice(
        activity=activity.id,
        title=Text(
            en=f"{listed.title.en}: {activity.title.en}",
            zh=f"{listed.title.zh}：{activity.title.zh}",
        ),
        items=tuple(
            NoticeItem(
                id=item.id,
                label=item.label,
                text=texts[item.id],
                citations=demanded_on(item, book, as_of),
            )
            for item in (*listed.required, *listed.optional)
            if item.id in texts
        ),
    )


def _version(version: int, as_of: date, changed: Text | None) -> Text:
    change = changed or (
        Text(en="First version.", zh="首个版本。")
        if version == 1
        else Text(
            en="The declaration of this processing changed.", zh="本处理活动的登记内容有变更。"
        )
    )
    return Text(
        en=f"Version {version}, in force from {as_of.isoformat()}. {change.en}",
        zh=f"第{version}版，自{as_of.isoformat()}起生效。{change.zh}",
    )


def notice_texts(activity: Activity) -> dict[str, Text]:
    """Item id -> text: what the declaration itself says, then what was written for the notice."""
    texts = {
        "controller_name": activity.controller,
        "purposes": _listed(activity.purposes.values()),
        "categories_list": _categories(activity),
    }
    if activity.contact:
        texts["controller_contact"] = Text(en=activity.contact, zh=activity.contact)
    if recipients := _recipients(activity):
        texts["recipients_list"] = recipients
    known = content_list(activity.law[0], "notice").item_ids()
    written = {name: text for name, text in activity.notice.items() if name in known}
    return {**texts, **written}


def unknown_items(activity: Activity) -> tuple[str, ...]:
    """Texts written for items that the list does not have: a misspelt id would be lost."""
    known = content_list(activity.law[0], "notice").item_ids()
    return tuple(name for name in activity.notice if name not in known)


def _listed(texts: Any) -> Text:
    texts = list(texts)
    return Text(
        en="\n".join(f"- {text.en}" for text in texts),
        zh="\n".join(f"- {text.zh}" for text in texts),
    )


def _categories(activity: Activity) -> Text:
    """The table of kinds per purpose: one line a purpose, its columns named."""
    lines = []
    for purpose, title in activity.purposes.items():
        columns = [name for name, used in activity.columns.items() if purpose in used]
        lines.append(
            Text(en=f"{title.en}: {', '.join(columns)}", zh=f"{title.zh}：{'、'.join(columns)}")
        )
    return _listed(lines)


def _recipients(activity: Activity) -> Text | None:
    """One line a recipient and use; None while a recipient's contact or the kinds are unknown."""
    lines = []
    for use in activity.uses.values():
        if use.recipient is None:
            continue
        line = _recipient_line(activity, use)
        if line is None:
            return None
        lines.append(line)
    return _listed(lines) if lines else None


def _recipient_line(activity: Activity, use: Use) -> Text | None:
    assert use.recipient is not None
    recipient = activity.recipients[use.recipient]
    kinds = _labels("use.data", members_of(use.facts.get("data")))
    methods = _labels("use.operations", members_of(use.facts.get("operations")))
    if not (recipient.contact and kinds and methods):
        return None
    purpose = activity.purposes[use.purpose]
    en = [recipient.name.en, recipient.contact, purpose.en]
    zh = [recipient.name.zh, recipient.contact, purpose.zh]
    en += ["; ".join(text.en for text in group) for group in (methods, kinds)]
    zh += ["；".join(text.zh for text in group) for group in (methods, kinds)]
    return Text(en=" | ".join(en), zh=" | ".join(zh))


def _labels(fact: str, members: tuple[str, ...]) -> list[Text]:
    labels = load_vocabulary().facts[fact].members
    return [labels[member] for member in members]


def items_named(items: Mapping[str, Any] | set[str]) -> dict[str, bool]:
    """The fact use.notice_items of a notice that holds these items."""
    return {member: all(i in items for i in needed) for member, needed in _NAMES.items()}
