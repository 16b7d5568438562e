"""Alone, as a small claim, as a class: what each way costs one person, side by side.

Court fees come from the law's formula. What a lawyer asks and how long it takes no law says:
whoever asks brings those numbers, and where they don't, the cost is unknown, not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from habeas.errors import BadInput
from habeas.law.amounts import Track, court_fee, small_claims_track
from habeas.terms import Citation, Money, Text

Way = Literal["alone", "small_claim", "class"]
WAYS: tuple[Way, ...] = ("alone", "small_claim", "class")


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRange:
    """A sum between two bounds in minor units; None: not known."""

    low: int | None
    high: int | None

    def plus(self, other: CostRange) -> CostRange:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return CostRange(low=low, high=high)

    def share(self, members: int) -> CostRange:
        """One member's part, rounded up to the minor unit."""
        return CostRange(low=_up(self.low, members), high=_up(self.high, members))


def _up(value: int | None, members: int) -> int | None:
    return None if value is None else -(-value // members)


@dataclass(frozen=True, slots=True, kw_only=True)
class WayCost:
    """One way for one person. open_: whether it may be gone at all (None: not known).

    fee: the court fee's part, advanced and borne by who loses. lawyer: as brought. total: both.
    """

    way: Way
    open_: bool | None
    why: Text
    fee: CostRange
    lawyer: CostRange
    total: CostRange
    under: tuple[Citation, ...]

    def to_json(self) -> dict[str, Any]:
        ranges = {n: {"low": r.low, "high": r.high} for n, r in self._ranges().items()}
        why = {"en": self.why.en, "zh": self.why.zh}
        under = list(map(str, self.under))
        return {"way": self.way, "open": self.open_, "why": why, **ranges, "under": under}

    def _ranges(self) -> Mapping[str, CostRange]:
        return {"fee": self.fee, "lawyer": self.lawyer, "total": self.total}


UNKNOWN = CostRange(low=None, high=None)


def compare_costs(
    *,
    claimed: Money,
    members: int,
    average_wage: Money | None,
    only_money: bool | None,
    lawyer: Mapping[str, CostRange],
    class_open: bool | None,
) -> tuple[WayCost, ...]:
    """The three ways for a person who claims `claimed`, one of `members` with like claims.

    lawyer: way -> what a lawyer asks; for the class, of all together. class_open: the verdict of
    `class certify`.
    """
    if members < 1:
        raise BadInput("a class has members", remedy="say how many with --members")
    strange = sorted(set(lawyer) - set(WAYS))
    if strange:
        raise BadInput("there is no such way", remedy=f"name one of: {', '.join(WAYS)}")
    return (
        _way("alone", claimed, True, _ALONE, lawyer=lawyer.get("alone", UNKNOWN)),
        _small(claimed, average_wage, only_money, lawyer.get("small_claim", UNKNOWN)),
        _class(claimed, members, class_open, lawyer.get("class", UNKNOWN)),
    )


def _way(
    way: Way,
    claimed: Money,
    open_: bool | None,
    why: Text,
    *,
    lawyer: CostRange,
    simplified: bool = False,
    members: int = 1,
    extra: tuple[Citation, ...] = (),
) -> WayCost:
    whole = Money(minor=claimed.minor * members, currency=claimed.currency)
    found = court_fee(whole, simplified=simplified)
    assert found.high is not None, "a court fee has both bounds"
    fee = CostRange(low=found.low.minor, high=found.high.minor).share(members)
    own = lawyer.share(members)
    return WayCost(
        way=way,
        open_=open_,
        why=why,
        fee=fee,
        lawyer=own,
        total=fee.plus(own),
        under=(*found.under, *extra, _LOSER),
    )


def _small(
    claimed: Money, wage: Money | None, only_money: bool | None, lawyer: CostRange
) -> WayCost:
    """Half the fee; open by the track, unknown without the wage or without what is asked."""
    track: Track | None = None
    if only_money is False:
        track = "no"
    elif wage is not None and only_money:
        track = small_claims_track(claimed, average_wage=wage, only_money=True)
    open_ = None if track in (None, "by_agreement") else track == "mandatory"
    return _way(
        "small_claim",
        claimed,
        open_,
        _TRACKS[track],
        lawyer=lawyer,
        simplified=True,
        extra=_SMALL,
    )


def _class(claimed: Money, members: int, class_open: bool | None, lawyer: CostRange) -> WayCost:
    return _way("class", claimed, class_open, _CLASS, lawyer=lawyer, members=members, extra=_JOINED)


_LOSER = Citation.parse("cn.fees.art29")
_SMALL = (Citation.parse("cn.cpl_civ.art165"), Citation.parse("cn.cpl_civ.art166"))
_JOINED = (Citation.parse("cn.cpl_civ.art56"), Citation.parse("cn.cpl_civ.art57"))
_ALONE = Text(en="open", zh="可以单独起诉")
_TRACKS: dict[Track | None, Text] = {
    "mandatory": Text(en="the track applies", zh="适用小额诉讼程序"),
    "by_agreement": Text(en="only if both parties agree", zh="须双方当事人约定"),
    "no": Text(en="not open for this claim", zh="本请求不适用"),
    None: Text(
        en="not known: say the average wage, and whether only money is claimed",
        zh="不明：请说明年平均工资，以及是否仅请求金钱给付",
    ),
}
_CLASS = Text(
    en="as certified; the fee is that of one claim over the sum of all, shared by heads: the "
    "sheets have no fee rule of its own for representative actions",
    zh="以代表人诉讼条件判断为准；受理费按全体总额一案计算、按人数均摊：资料中没有代表人诉讼的专门收费规定",
)
