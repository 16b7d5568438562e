"""A paper: a content list with what was put in. It is complete, or it says what it lacks.

What goes in is words a person typed or a result computed elsewhere; this file checks and
arranges, and adds no fact and no law of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from habeas.errors import BadInput, Refused
from habeas.law.documents import ContentList, Item, MissingItem
from habeas.terms import Citation, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document being written.

    values: item id -> paragraphs; an empty list is an item that is missing.
    conditions: condition id -> holds, or None while unknown; one left out is unknown.
    law: the book the paper is written under; a provision of another book demands nothing of it.
    closing: a line under the last item, such as how the paper is checked.
    """

    contents: ContentList
    values: Mapping[str, tuple[str, ...]] = field(repr=False)
    conditions: Mapping[str, bool | None]
    law: str = "cn"
    closing: str = ""

    def __post_init__(self) -> None:
        unknown = sorted(set(self.values) - set(self.contents.item_ids()))
        if unknown:
            raise BadInput(
                f"{self.contents.id} has no item {unknown[0]!r}",
                remedy=f"its items are: {', '.join(self.contents.item_ids())}",
            )
        strange = sorted(set(self.conditions) - set(self.contents.conditions))
        if strange:
            known = ", ".join(sorted(self.contents.conditions)) or "none"
            raise BadInput(
                f"{self.contents.id} has no condition {strange[0]!r}",
                remedy=f"its conditions are: {known}",
            )

    def own(self, citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
        """Of the provisions that demand an item, those of this paper's own book."""
        return tuple(each for each in citations if each.law.split(".")[0] == self.law)

    def has(self, item: Item) -> bool:
        return any(paragraph.strip() for paragraph in self.values.get(item.id, ()))


def missing_items(paper: Paper) -> tuple[MissingItem, ...]:
    """The required items a paper lacks; items whose condition is unknown come as open."""
    return tuple(
        found
        for item in paper.contents.required
        if not paper.has(item) and (found := _missing(item, paper)) is not None
    )


def _missing(item: Item, paper: Paper) -> MissingItem | None:
    holds = True if item.when is None else paper.conditions.get(item.when)
    if holds is False:
        return None
    return MissingItem(
        item=item.id,
        label=item.label,
        citations=paper.own(item.demanded_by),
        blocking=item.blocking,
        state="missing" if holds else "open",
        condition=None if holds or item.when is None else paper.contents.conditions[item.when],
        needs=() if holds or item.when is None else (item.when,),
    )


def still_to_follow(paper: Paper) -> tuple[MissingItem, ...]:
    """Of what is missing, the items without which the paper may go out first (cn.inc.art7)."""
    may = {item.id for item in paper.contents.required if item.may_follow}
    return tuple(found for found in missing_items(paper) if found.item in may)


def check_complete(paper: Paper, *, language: Language = "en") -> None:
    """Return quietly if the paper may go out; Refused names the first item and its provision.

    An item that only practice asks for is refused too, and the sentence says that it is practice.
    An open item is refused with the condition that has to be answered.
    """
    later = {found.item for found in still_to_follow(paper)}
    lacking = [found for found in missing_items(paper) if found.item not in later]
    if not lacking:
        return
    first = lacking[0]
    says = paper.contents.refusal.in_language(language)
    label = first.label.in_language(language)
    more = len(lacking) - 1
    raise Refused(
        says.replace("{item}", label).rstrip("。.") + _because(first, language),
        place=f"{paper.contents.id}.{first.item}",
        remedy=_remedy(first, more, language),
    )


def _because(found: MissingItem, language: Language) -> str:
    if found.blocking == "law" and found.citations:
        cited = ", ".join(map(str, found.citations))
        return f"（{cited}）" if language == "zh" else f" ({cited})"
    return (
        "（惯例，非法律明文要求）" if language == "zh" else " (practice; no provision demands it)"
    )


def _remedy(found: MissingItem, more: int, language: Language) -> str:
    if found.condition is not None:
        condition = found.condition.in_language(language)
        ask = f"先说明是否：{condition}" if language == "zh" else f"say first whether {condition}"
    else:
        ask = "请补充" if language == "zh" else "fill it in"
    if not more:
        return ask
    return f"{ask}；另缺{more}项" if language == "zh" else f"{ask}; {more} more are missing"
