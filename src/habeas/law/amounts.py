"""Amounts the law fixes: court fees, small-claims bounds, damages. Formulas with their inputs.

Everything is in integer minor units; nothing is rounded in favour of anybody unsaid: shares of
a fee are rounded half up to the fen, which is printed with the amount.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from habeas.terms import Citation, Money, Text

Track = Literal["mandatory", "by_agreement", "no"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A sum the law leaves open between two bounds; high None: the law sets no upper bound.

    inputs: what went in, by name, so that anybody can compute it again.
    unknown: inputs that were not known and keep the range wide.
    """

    low: Money
    high: Money | None
    under: tuple[Citation, ...]
    formula: Text
    inputs: Mapping[str, int | None]
    unknown: tuple[str, ...] = ()


@cache
def _book(jurisdiction: str) -> Mapping[str, Any]:
    path = files("habeas.laws").joinpath(jurisdiction, "amounts.yaml")
    raw: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return raw


def number(name: str, field: str, *, jurisdiction: str = "cn") -> int:
    """One number of the sheet: the least count of "many parties", the days of a notice."""
    value = _book(jurisdiction)[name][field]
    assert isinstance(value, int)
    return value


def provision(name: str, *, jurisdiction: str = "cn") -> Citation:
    """The provision an amount of the sheet rests on."""
    return Citation.parse(_book(jurisdiction)[name]["provision"])


def court_fee(claimed: Money, *, simplified: bool, jurisdiction: str = "cn") -> Range:
    """The fee to file a personality-right case over `claimed`.

    The base lies in a range the court fills; the bands are shares of the part of the claim above
    each bound (cn.fees.art13). In the simplified procedure half is due (cn.fees.art16).

    >>> fee = court_fee(Money(minor=6_000_000, currency="CNY"), simplified=True)
    >>> fee.low.minor, fee.high.minor
    (10000, 30000)
    """
    rule = _book(jurisdiction)["court_fee"]
    _in_currency(claimed, jurisdiction)
    share = sum(_band(claimed.minor, band) for band in rule["bands"])
    divisor = rule["simplified"]["divisor"] if simplified else 1
    cited = [rule["provision"], *([rule["simplified"]["provision"]] if simplified else [])]
    return Range(
        low=Money(minor=_divide(rule["base"]["low"] + share, divisor), currency=claimed.currency),
        high=Money(minor=_divide(rule["base"]["high"] + share, divisor), currency=claimed.currency),
        under=tuple(Citation.parse(c) for c in cited),
        formula=Text(
            en="base (100 to 500 yuan) + 1% of the part from 50,000 to 100,000 yuan "
            "+ 0.5% of the part above; half of it in the simplified procedure",
            zh="基数（100元至500元）+ 5万元至10万元部分的1% "
            "+ 超过10万元部分的0.5%；适用简易程序减半",
        ),
        inputs={"claimed": claimed.minor, "simplified": int(simplified)},
    )


def _band(claimed: int, band: Mapping[str, Any]) -> int:
    top = claimed if band["up_to"] is None else min(claimed, band["up_to"])
    return _divide(max(0, top - band["above"]) * band["permille"], 1000)


def _divide(value: int, divisor: int) -> int:
    """Half up, to the minor unit."""
    return (2 * value + divisor) // (2 * divisor)


def _in_currency(money: Money, jurisdiction: str) -> None:
    if money.currency != _book(jurisdiction)["currency"]:
        raise ValueError(f"the {jurisdiction} amounts are in {_book(jurisdiction)['currency']}")


def small_claims_track(
    claimed: Money, *, average_wage: Money, only_money: bool, jurisdiction: str = "cn"
) -> Track:
    """Whether the small-claims track is open: mandatory, by agreement of the parties, or not.

    average_wage: the province's yearly average wage of employed persons, last year's; it is data
    that the user brings. A claim that also asks for deletion or an apology falls out
    (cn.cpl_civ.art166).

    >>> wage = Money(minor=9_000_000, currency="CNY")
    >>> small_claims_track(Money(minor=4_500_000, currency="CNY"), average_wage=wage,
    ...                    only_money=True)
    'mandatory'
    >>> small_claims_track(Money(minor=4_500_000, currency="CNY"), average_wage=wage,
    ...                    only_money=False)
    'no'
    """
    rule = _book(jurisdiction)["small_claims"]
    _in_currency(claimed, jurisdiction)
    if not only_money:
        return "no"
    if claimed.minor * 100 <= rule["mandatory_percent"] * average_wage.minor:
        return "mandatory"
    if claimed.minor * 100 <= rule["by_agreement_percent"] * average_wage.minor:
        return "by_agreement"
    return "no"
