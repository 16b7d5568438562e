"""Which claims belong together: same defendant, same event, same right, same law.

A claim whose event is not known is never put with others: unknown is not "the same". It is listed
apart with what would have to be known, so that nobody is silently left out of a group either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupKey:
    """What makes claims alike in law."""

    defendant: str
    event: str
    right: str
    law: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCard:
    """The part of a claim that grouping reads: no name, no sum. None is unknown."""

    claim: str
    defendant: str | None
    event: str | None
    right: str | None
    law: str | None

    def missing(self) -> tuple[str, ...]:
        fields = ("defendant", "event", "right", "law")
        return tuple(name for name in fields if getattr(self, name) is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """groups: key -> claim ids in order. apart: claim id -> the facts missing to place it."""

    groups: dict[GroupKey, tuple[str, ...]]
    apart: dict[str, tuple[str, ...]]
    repeated: tuple[str, ...]


def group(claims: Iterable[ClaimCard]) -> Grouping:
    """Group claims; a claim id that comes twice counts once and is reported as repeated."""
    placed: defaultdict[GroupKey, list[str]] = defaultdict(list)
    apart: dict[str, tuple[str, ...]] = {}
    seen: set[str] = set()
    repeated: list[str] = []
    for card in claims:
        if card.claim in seen:
            repeated.append(card.claim)
            continue
        seen.add(card.claim)
        key = _key(card)
        if key is None:
            apart[card.claim] = card.missing()
        else:
            placed[key].append(card.claim)
    return Grouping(
        groups={key: tuple(sorted(ids)) for key, ids in placed.items()},
        apart=apart,
        repeated=tuple(repeated),
    )


def _key(card: ClaimCard) -> GroupKey | None:
    if card.defendant is None or card.event is None or card.right is None or card.law is None:
        return None
    return GroupKey(defendant=card.defendant, event=card.event, right=card.right, law=card.law)
