"""Claims into cards, cards into groups; what can't be placed is counted apart, by what it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from habeas.errors import BadInput
from habeas.law.yaml_reading import yaml_document
from habeas.relief.grouping import ClaimCard, Grouping, group
from habeas.relief.likeness import Story, Suggestion, suggest
from habeas.tables.source import Source

COLUMNS = ("claim", "defendant", "event", "right", "law")
NARRATIVE = "narrative"
FORMAT = "groups/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """The groups, largest first, and what stands apart.

    lacks: missing fact -> claims that lack it. candidates: what would be one group if the event
    were the same, (defendant, right, law) -> claims; a guess for a lawyer to look at, no group.
    suggestions: claims whose own words are alike; none of them is in a group before somebody
    confirms its event.
    """

    claims: int
    grouping: Grouping
    lacks: Mapping[str, int]
    candidates: Mapping[tuple[str, str, str], int]
    suggestions: tuple[Suggestion, ...] = ()

    def sizes(self) -> list[int]:
        return sorted(map(len, self.grouping.groups.values()), reverse=True)

    def to_json(self) -> dict[str, Any]:
        ordered = sorted(self.grouping.groups.items(), key=lambda kv: (-len(kv[1]), str(kv[0])))
        candidates = sorted(self.candidates.items(), key=lambda kv: (-kv[1], kv[0]))
        return {
            "format": FORMAT,
            "claims": self.claims,
            "groups": [
                {
                    "group": number,
                    "defendant": key.defendant,
                    "event": key.event,
                    "right": key.right,
                    "law": key.law,
                    "claims": list(ids),
                }
                for number, (key, ids) in enumerate(ordered, start=1)
            ],
            "apart": {claim: list(facts) for claim, facts in sorted(self.grouping.apart.items())},
            "repeated": list(self.grouping.repeated),
            "candidates": [
                {"defendant": key[0], "right": key[1], "law": key[2], "claims": count}
                for key, count in candidates
            ],
            "suggestions": [
                {
                    "suggestion": number,
                    **dict(zip(("defendant", "right", "law"), each.block, strict=True)),
                    "event": each.event,
                    "likeness": each.likeness,
                    "claims": list(each.claims),
                }
                for number, each in enumerate(self.suggestions, start=1)
            ],
        }

    def counts(self) -> dict[str, Any]:
        """Numbers only: what may be printed."""
        return {
            "claims": self.claims,
            "groups": len(self.grouping.groups),
            "sizes": self.sizes(),
            "apart": len(self.grouping.apart),
            "lacks": dict(self.lacks),
            "repeated": len(self.grouping.repeated),
            "candidates": len(self.candidates),
            "candidate_sizes": sorted(self.candidates.values(), reverse=True),
            "suggestions": [len(each.claims) for each in self.suggestions],
        }


def group_claims(
    source: Source,
    *,
    layout: str | None = None,
    alike: bool = False,
    confirmed: Mapping[str, str] | None = None,
) -> Grouped:
    """Group the claims of a table: columns claim, defendant, event, right, law, or a layout.

    alike: also look for claims whose narratives are alike. confirmed: claim -> the event somebody
    says it is about; it counts only where the claim itself states none.
    """
    read = list(_read(source, layout=layout, confirmed=confirmed or {}))
    cards = [card for card, _ in read]
    grouping = group(cards)
    first = {card.claim: card for card in reversed(cards)}
    lacks = Counter(fact for facts in grouping.apart.values() for fact in facts)
    candidates = Counter(
        (card.defendant, card.right, card.law)
        for claim, facts in grouping.apart.items()
        if facts == ("event",)
        and (card := first[claim])
        and card.defendant is not None
        and card.right is not None
        and card.law is not None
    )
    return Grouped(
        claims=len(cards),
        grouping=grouping,
        lacks=lacks,
        candidates=candidates,
        suggestions=_suggested(read, source.name) if alike else (),
    )


def _suggested(read: list[tuple[ClaimCard, str | None]], file: str) -> tuple[Suggestion, ...]:
    """Candidate events among claims that lack no more than their event; each claim once."""
    stories: dict[str, Story] = {}
    for card, text in read:
        if text is None or card.defendant is None or card.right is None or card.law is None:
            continue
        block = (card.defendant, card.right, card.law)
        story = Story(claim=card.claim, block=block, event=card.event, text=text)
        stories.setdefault(card.claim, story)
    if not stories:
        raise BadInput(
            "no claim has a narrative, a defendant, a right and a law",
            file=file,
            remedy="name its own words in a column `narrative`",
        )
    return suggest(stories.values())


def confirmed_events(file: Mapping[str, Any], choices: Mapping[int, str]) -> dict[str, str]:
    """Claim -> event, from suggestions of a groups file that somebody confirmed by number."""
    known = {each["suggestion"]: each["claims"] for each in file.get("suggestions", ())}
    found: dict[str, str] = {}
    for number, event in choices.items():
        if number not in known:
            raise BadInput("there is no such suggestion", remedy=f"there are {len(known)}")
        found.update(dict.fromkeys(known[number], event))
    return found


def cards_of(source: Source, *, layout: str | None = None) -> Iterator[ClaimCard]:
    """The cards of a table, row by row; an empty cell is unknown."""
    return (card for card, _ in _read(source, layout=layout, confirmed={}))


def _read(
    source: Source, *, layout: str | None, confirmed: Mapping[str, str]
) -> Iterator[tuple[ClaimCard, str | None]]:
    """Each card with the claim's own words, if the table has them."""
    columns = {name: name for name in COLUMNS} if layout is None else _wanted(layout)
    _check_columns(source, [name for name in columns.values() if name])
    if NARRATIVE in source.schema.names:
        columns = {**columns, NARRATIVE: NARRATIVE}
    rules = None if layout is None else _layout(layout)
    row = 0
    for batch in source.batches(columns=list(dict.fromkeys(filter(None, columns.values())))):
        for cells in batch.to_pylist():
            row += 1
            facts = {fact: _text(cells.get(name or "")) for fact, name in columns.items()}
            text = facts.pop(NARRATIVE, None)
            facts["event"] = facts["event"] or confirmed.get(facts["claim"] or "")
            yield _card(facts if rules is None else _mapped(facts, rules), source.name, row), text


def _wanted(layout: str) -> dict[str, str | None]:
    rules = _layout(layout)
    return {key: rules[key] for key in ("claim", "defendant", "event", "issue", "product")}


def _mapped(facts: Mapping[str, str | None], rules: Mapping[str, Any]) -> dict[str, str | None]:
    """The right the complainant's own issue points to, where the layout names one."""
    product = facts["product"] or ""
    about = rules["product_contains"] in product.casefold()
    right = rules["rights"].get(facts["issue"]) if about else None
    return {
        **{key: facts[key] for key in ("claim", "defendant", "event")},
        "right": right,
        "law": rules["law"] if right else None,
    }


def _card(facts: Mapping[str, str | None], file: str, row: int) -> ClaimCard:
    claim = facts["claim"]
    if claim is None:
        raise BadInput("a claim has no id", file=file, place=f"row {row}")
    return ClaimCard(claim=claim, **{name: facts[name] for name in COLUMNS[1:]})


def _text(value: Any) -> str | None:
    text = "" if value is None else str(value).strip()
    return text or None


def _check_columns(source: Source, wanted: list[str]) -> None:
    for name in wanted:
        if name not in source.schema.names:
            raise BadInput(
                f"has no column {name!r}",
                file=source.name,
                remedy=f"its columns should be {', '.join(COLUMNS)}, or name a --layout",
            )


def _layout(name: str) -> Mapping[str, Any]:
    known = _layouts()
    if name not in known:
        raise BadInput("there is no such layout", remedy=f"one of: {', '.join(known)}")
    found: Mapping[str, Any] = known[name]
    return found


@cache
def _layouts() -> Mapping[str, Any]:
    where = files("habeas.laws").joinpath("us", "complaints.yaml")
    document = yaml_document(where.read_text(encoding="utf-8"), file="complaints.yaml")
    found: Mapping[str, Any] = document.value["layouts"]
    return found
