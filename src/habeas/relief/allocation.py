"""Sharing a fund among members so that each can compute their own share again.

The rule is weights and largest remainders: shares are whole minor units, they add up to the fund,
and ties go by member number, not by chance. What is published is the rule, the fund, the sum of
weights and one line per member number; a member recomputes with their own weight alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from habeas.errors import BadInput
from habeas.terms import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """shares: member number -> sum. They add up to the fund, to the last minor unit."""

    fund: Money
    total_weight: int
    extra_from: tuple[int, str] | None
    shares: Mapping[str, Money]


def allocate(fund: Money, weights: Mapping[str, int]) -> Allocation:
    """Share `fund` by `weights` (whole numbers, at least one above zero).

    Largest remainder (Hamilton): everyone gets the floor of their exact share; the minor units
    left over go one by one to the largest remainders, ties by member number.

    Raises BadInput for a negative weight, or when nobody has any.

    >>> allocate(Money(minor=100, currency="CNY"), {"m1": 1, "m2": 1, "m3": 1}).shares["m1"].minor
    34
    """
    total = sum(weights.values())
    if total <= 0 or min(weights.values()) < 0:
        raise BadInput(
            "an allocation needs weights of zero or more, and one above zero",
            remedy="give each member a whole-number weight",
        )
    floors = {m: fund.minor * w // total for m, w in weights.items()}
    order = sorted(weights, key=lambda m: (-(fund.minor * weights[m] % total), m))
    extra = order[: fund.minor - sum(floors.values())]
    shares = {
        m: Money(minor=floors[m] + (m in extra), currency=fund.currency) for m in sorted(weights)
    }
    last = (fund.minor * weights[extra[-1]] % total, extra[-1]) if extra else None
    return Allocation(fund=fund, total_weight=total, extra_from=last, shares=shares)


def recompute(allocation: Allocation, *, member: str, weight: int) -> Money:
    """One member's share from what is published and their own weight; no other weight is needed."""
    exact = allocation.fund.minor * weight
    share, remainder = divmod(exact, allocation.total_weight)
    gets_extra = False
    if allocation.extra_from is not None:
        least, who = allocation.extra_from
        gets_extra = (-remainder, member) <= (-least, who)
    return Money(minor=share + gets_extra, currency=allocation.fund.currency)
