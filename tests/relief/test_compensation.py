"""No number is invented: what the law leaves open stays a range with its unknowns named."""

from __future__ import annotations

from habeas.relief.compensation import Harm, estimate
from habeas.terms import Citation, Money

CEILING = Citation.parse("cn.spcnet.art12")


def yuan(n):
    return Money(minor=n * 100, currency="CNY")


def harm(**changed):
    base = dict.fromkeys(("loss", "gain", "costs", "serious_distress", "over_network"))
    return Harm(**(base | changed))


def test_nothing_known_has_no_upper_bound_and_says_what_is_missing():
    """Unknown is not zero, and not 500,000 either."""
    found = estimate(harm()).property

    assert (yuan(0), None, ("loss", "gain")) == (found.low, found.high, found.unknown)


def test_the_ceiling_appears_only_over_a_network_and_as_arguable():
    """cn.spcnet.art12 covers network infringements of personality rights; the rest is argument."""
    found = estimate(harm(over_network=True))

    assert yuan(500_000) == found.property.high
    assert CEILING in found.property.under
    assert any("500,000" in p.en for p in found.arguable)


def test_loss_and_gain_known_bound_the_range():
    """The Act says loss or gain, and doesn't say whose choice it is: both ends are shown."""
    found = estimate(harm(loss=yuan(300), gain=yuan(20))).property

    assert (yuan(20), yuan(300), ()) == (found.low, found.high, found.unknown)


def test_one_known_leaves_the_other_named():
    """A court may still take the unknown one."""
    found = estimate(harm(gain=yuan(20))).property

    assert (yuan(20), ("loss",)) == (found.low, found.unknown)


def test_unknown_distress_stays_unknown():
    """Whether harm is serious is a judgement (cn.cc.art1183); null never becomes no."""
    assert estimate(harm()).distress is None
    assert estimate(harm(serious_distress=False)).distress is False
