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
from habeas.tables.source import Source

COLUMNS = ("claim", "defendant", "event", "right", "law")
FORMAT = "groups/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """The groups, largest first, and what stands apart.

    lacks: missing fact -> claims that lack it. candidates: what would be one group if the event
    were the same, (defendant, right, law) -> claims; a guess for a lawyer to look at, no group.
    """

    claims: int
    grouping: Grouping
    lacks: Mapping[str, int]
    candidates: Mapping[tuple[str, str, str], int]

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
        }


def group_claims(source: Source, *, layout: str | None = None) -> Grouped:
    """Group the claims of a table: columns claim, defendant, event, right, law, or a layout."""
    cards = list(cards_of(source, layout=layout))
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
    return Grouped(claims=len(cards), grouping=grouping, lacks=lacks, candidates=candidates)


def cards_of(source: Source, *, layout: str | None = None) -> Iterator[ClaimCard]:
    """The cards of a table, row by row; an empty cell is unknown."""
    columns = {name: name for name in COLUMNS} if layout is None else _wanted(layout)
    _check_columns(source, [name for name in columns.values() if name])
    rules = None if layout is None else _layout(layout)
    row = 0
    for batch in source.batches(columns=list(dict.fromkeys(filter(None, columns.values())))):
        for cells in batch.to_pylist():
            row += 1
            facts = {fact: _text(cells.get(name or "")) for fact, name in columns.items()}
            yield _card(facts if rules is None else _mapped(facts, rules), source.name, row)


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
