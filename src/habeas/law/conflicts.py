"""Which of two contrary provisions prevails, worked out once when a book is loaded.

An exemption or ground may be declared `contrary_to` duties or prohibitions: it permits what they
forbid. Where the book does not say outright that it defeats them, the higher rank prevails (lex
superior), then the one declared `special_to` the other (lex specialis), then the later one (lex
posterior). A permission that prevails defeats; one that does not leaves the duty as it is. What
none of these settles has no winner, changes nothing, and is reported by `habeas law check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from habeas.errors import BadInput
from habeas.law.provision import BREAKABLE, Provision
from habeas.law.values import nearest

By = Literal["explicit", "superior", "specialis", "posterior"]
# Ranks that stand one above another. A judicial interpretation stands beside this order.
RANKS = {"law": 0, "administrative_regulation": 1, "departmental_rule": 2, "standard": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedence:
    """Of two contrary provisions the one that prevails, and by which rule; by None: neither."""

    winner: str
    loser: str
    by: By | None


def precedence_in(provisions: Mapping[str, Provision]) -> tuple[Precedence, ...]:
    """Every contrary pair of a book with its winner. Raises BadInput for a pair that is none."""
    return tuple(
        _between(one, other) for one in provisions.values() for other in _contrary(one, provisions)
    )


def _contrary(one: Provision, provisions: Mapping[str, Provision]) -> Iterator[Provision]:
    for id_ in (*one.contrary_to, *one.special_to):
        if id_ not in provisions:
            raise BadInput(
                f"{one.id} is contrary to {id_!r}, which the book does not hold",
                remedy=nearest(id_, provisions),
            )
    for id_ in one.contrary_to:
        other = provisions[id_]
        if one.kind in BREAKABLE or other.kind not in BREAKABLE:
            raise BadInput(
                f"{one.id} ({one.kind}) cannot be contrary to {id_} ({other.kind})",
                remedy="a permission is contrary to a duty; where a duty gives way, write `unless`",
            )
        yield other


def _between(one: Provision, other: Provision) -> Precedence:
    if other.id in one.defeats:
        return Precedence(winner=one.id, loser=other.id, by="explicit")
    ranks = RANKS.get(one.rank), RANKS.get(other.rank)
    if None not in ranks and ranks[0] != ranks[1]:
        higher = RANKS[one.rank] < RANKS[other.rank]
        return _won(one, other, first=higher, by="superior")
    if (other.id in one.special_to) != (one.id in other.special_to):
        return _won(one, other, first=other.id in one.special_to, by="specialis")
    if one.from_ != other.from_:
        return _won(one, other, first=one.from_ > other.from_, by="posterior")
    return Precedence(winner=one.id, loser=other.id, by=None)


def _won(one: Provision, other: Provision, *, first: bool, by: By) -> Precedence:
    winner, loser = (one, other) if first else (other, one)
    return Precedence(winner=winner.id, loser=loser.id, by=by)


def defeating(
    precedence: tuple[Precedence, ...], provisions: Mapping[str, Provision]
) -> Iterator[tuple[str, str]]:
    """The pairs (who defeats, whom) that follow and that no provision states itself."""
    for one in precedence:
        if one.by not in (None, "explicit") and provisions[one.loser].kind in BREAKABLE:
            yield one.winner, one.loser
