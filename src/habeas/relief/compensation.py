"""What a person may be awarded: the law's formula, its inputs, and a range where it leaves one.

PIPL 69(2) and Civil Code 1182: the person's loss or the handler's gain; if both are hard to fix,
the court decides. There is no statutory minimum and no multiplier. Serious mental harm is
compensated apart (Civil Code 1183). A ceiling of 500,000 yuan exists only for personality
rights infringed over networks (cn.spcnet.art12), and that it reaches personal data which is not
also a named personality right is arguable: the estimate says so and doesn't assume it.
"""

from __future__ import annotations

from dataclasses import dataclass

from habeas.law.amounts import Range, number
from habeas.terms import Citation, Money, Text

_LOSS_OR_GAIN = tuple(map(Citation.parse, ("cn.pipl.art69.p2", "cn.cc.art1182")))
_DISTRESS = Citation.parse("cn.cc.art1183")
_CEILING = Citation.parse("cn.spcnet.art12")


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What is known of the harm; None is unknown, never zero.

    loss: the person's property loss. gain: what the handler got from it, for this person.
    costs: reasonable costs of stopping the infringement. serious_distress: a legal judgement.
    over_network: the infringement happened over a network and touches a personality right.
    """

    loss: Money | None
    gain: Money | None
    costs: Money | None
    serious_distress: bool | None
    over_network: bool | None
    currency: str = "CNY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """property: loss or gain. distress: open (True), not owed (False) or not known (None).

    costs are added only where known. arguable: points on which lawyers differ, to be shown.
    """

    property: Range
    distress: bool | None
    costs: Money | None
    under: tuple[Citation, ...]
    arguable: tuple[Text, ...]


def estimate(harm: Harm) -> Estimate:
    """The range for one person under PIPL 69 and Civil Code 1182 and 1183."""
    return Estimate(
        property=_property(harm),
        distress=harm.serious_distress,
        costs=harm.costs,
        under=(*_LOSS_OR_GAIN, _DISTRESS),
        arguable=_arguable(harm),
    )


def _property(harm: Harm) -> Range:
    known = [m for m in (harm.loss, harm.gain) if m is not None]
    zero = Money(minor=0, currency=harm.currency)
    inputs = {
        "loss": None if harm.loss is None else harm.loss.minor,
        "gain": None if harm.gain is None else harm.gain.minor,
    }
    unknown = tuple(name for name, value in inputs.items() if value is None)
    high: Money | None = max(known, key=lambda m: m.minor) if known else None
    cited = _LOSS_OR_GAIN
    if not known and harm.over_network:
        high = Money(minor=number("discretionary_damages", "cap"), currency=harm.currency)
        cited = (*cited, _CEILING)
    low = min(known, key=lambda m: m.minor) if len(known) == 2 else (known or [zero])[0]
    return Range(
        low=low,
        high=high,
        under=cited,
        formula=Text(
            en="the person's loss or the handler's gain; if both are hard to fix, "
            "the court decides",
            zh="按个人受到的损失或者处理者获得的利益确定；均难以确定的，由法院根据实际情况确定",
        ),
        inputs=inputs,
        unknown=unknown,
    )


def _arguable(harm: Harm) -> tuple[Text, ...]:
    points = []
    if harm.loss is None and harm.gain is None:
        points.append(
            Text(
                en="that the 500,000 yuan ceiling for network infringements reaches personal data",
                zh="网络侵权50万元以下酌定赔偿是否适用于个人信息，存在争议",
            )
        )
    if harm.serious_distress is None:
        points.append(
            Text(
                en="whether the mental harm is serious enough to be compensated",
                zh="精神损害是否达到“严重”程度，存在争议",
            )
        )
    return tuple(points)
