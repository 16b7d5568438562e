"""A member who cannot check their share has to believe the lawyer; here they needn't."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import BadInput
from habeas.relief.allocation import allocate, recompute
from habeas.terms import Money

weights = st.dictionaries(
    st.text("abc123", min_size=1, max_size=4), st.integers(0, 10_000), min_size=1, max_size=30
).filter(lambda w: sum(w.values()) > 0)
funds = st.integers(0, 10**12).map(lambda n: Money(minor=n, currency="CNY"))


@given(funds, weights)
def test_shares_add_up_to_the_fund(fund, members):
    """Not a fen stays with the administrator, and none is invented."""
    assert fund.minor == sum(s.minor for s in allocate(fund, members).shares.values())


@given(funds, weights)
def test_each_member_recomputes_their_own_share(fund, members):
    """From the published lines and one's own weight alone."""
    made = allocate(fund, members)

    assert dict(made.shares) == {m: recompute(made, member=m, weight=w) for m, w in members.items()}


@given(funds, weights)
def test_a_larger_weight_never_gets_less(fund, members):
    """Monotone: nobody loses by having been harmed more."""
    shares = allocate(fund, members).shares
    ordered = sorted(members, key=lambda m: members[m])

    for less, more in pairwise(ordered):
        if members[less] < members[more]:
            assert shares[less].minor <= shares[more].minor


def test_a_member_registered_twice_shows_in_the_sum_of_weights():
    """The dishonest representative: a second entry dilutes everyone, visibly."""
    fund = Money(minor=10_000, currency="CNY")
    honest = allocate(fund, {"m1": 1, "m2": 1})
    padded = allocate(fund, {"m1": 1, "m2": 1, "m2-again": 1})

    assert honest.total_weight + 1 == padded.total_weight
    assert padded.shares["m1"] < honest.shares["m1"]


@pytest.mark.parametrize("members", [{"m1": 0}, {"m1": 2, "m2": -1}])
def test_weights_that_mean_nothing_are_refused(members):
    """A fund can't be shared by nothing or by less than nothing."""
    with pytest.raises(BadInput):
        allocate(Money(minor=1, currency="CNY"), members)
