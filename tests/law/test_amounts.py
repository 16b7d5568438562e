"""Fees and bounds at their edges, where a wrong comparison would hide."""

from __future__ import annotations

import pytest

from habeas.law.amounts import court_fee, number, provision, small_claims_track
from habeas.terms import Money


def yuan(n):
    return Money(minor=round(n * 100), currency="CNY")


@pytest.mark.parametrize(
    ("claimed", "low", "high"),
    [
        (0, 100, 500),
        (50_000, 100, 500),
        (60_000, 200, 600),
        (100_000, 600, 1_000),
        (200_000, 1_100, 1_500),
    ],
)
def test_court_fee_bands(claimed, low, high):
    """cn.fees.art13: nothing extra to 50,000, 1 % to 100,000, 0.5 % above."""
    fee = court_fee(yuan(claimed), simplified=False)

    assert (yuan(low), yuan(high)) == (fee.low, fee.high)


def test_half_the_fee_in_the_simplified_procedure():
    """cn.fees.art16."""
    assert yuan(50) == court_fee(yuan(0), simplified=True).low


@pytest.mark.parametrize(
    ("claimed", "track"),
    [
        (50_000, "mandatory"),
        (50_000.01, "by_agreement"),
        (200_000, "by_agreement"),
        (200_001, "no"),
    ],
)
def test_small_claims_bounds_are_inclusive(claimed, track):
    """cn.cpl_civ.art165 with an average wage of 100,000 yuan."""
    assert track == small_claims_track(yuan(claimed), average_wage=yuan(100_000), only_money=True)


def test_another_currency_is_refused():
    """Rates are nobody's default."""
    with pytest.raises(ValueError, match="CNY"):
        court_fee(Money(minor=1, currency="EUR"), simplified=False)


def test_ten_are_many():
    """cn.cplint.art75."""
    assert (10, "cn.cplint.art75") == (
        number("many_parties", "at_least"),
        str(provision("many_parties")),
    )
