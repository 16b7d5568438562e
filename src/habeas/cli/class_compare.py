"""`habeas class compare`: what each way to a remedy costs one person."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli.home import JsonOption, Lang, LangOption, say, words
from habeas.cli.show import err, show_json
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.procedures.manage_class_costs import CostRange, WayCost


class YesNo(StrEnum):
    yes = "yes"
    no = "no"


def yes_no(given: YesNo | None) -> bool | None:
    """What was said; None where nothing was."""
    return None if given is None else given is YesNo.yes


def compare(
    *,
    amount: Annotated[int, typer.Option("--amount", help="What one person claims, in fen.")],
    members: Annotated[int, typer.Option("--members", help="How many persons claim the like.")],
    average_wage: Annotated[
        int | None, typer.Option("--average-wage", help="The province's, last year's, in fen.")
    ] = None,
    only_money: Annotated[
        YesNo | None, typer.Option("--only-money", help="Is only money claimed?")
    ] = None,
    lawyer: Annotated[
        list[str] | None,
        typer.Option("--lawyer", help="What one asks, in fen: alone=LOW:HIGH, class=LOW:HIGH."),
    ] = None,
    certified: Annotated[
        YesNo | None, typer.Option("--certified", help="Does a class road pass?")
    ] = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Alone, as a small claim, as a class: what each costs one person; unknown is not zero."""
    from habeas.procedures.manage_class_costs import compare_costs
    from habeas.terms import Money

    if amount < 0:
        raise BadInput("a sum is not below zero", remedy="give it in fen")
    wage = None if average_wage is None else Money(minor=average_wage, currency="CNY")
    found = compare_costs(
        claimed=Money(minor=amount, currency="CNY"),
        members=members,
        average_wage=wage,
        only_money=yes_no(only_money),
        lawyer=dict(map(_lawyer, lawyer or [])),
        class_open=yes_no(certified),
    )
    if json:
        inputs = {"amount": amount, "members": members, "average_wage": average_wage}
        ways = [each.to_json() for each in found]
        show_json({"format": "cost-comparison/v1", "inputs": inputs, "ways": ways})
        return
    for each in found:
        _show_way(each, lang)
    err.print(NOTE.in_language(lang.value), markup=False, soft_wrap=True)


def _lawyer(text: str) -> tuple[str, CostRange]:
    from habeas.procedures.manage_class_costs import CostRange

    way, _, bounds = text.partition("=")
    low, _, high = bounds.partition(":")
    if not (low.isdecimal() and (high or low).isdecimal()) or int(low) > int(high or low):
        raise BadInput("a lawyer's cost is WAY=LOW:HIGH, in fen", place="--lawyer")
    return way, CostRange(low=int(low), high=int(high or low))


def _show_way(each: WayCost, lang: Lang) -> None:
    way, open_ = WAY_NAMES[each.way], OPEN[each.open_]
    say(
        words(f"{way.en}: {open_.en} ({each.why.en})", f"{way.zh}：{open_.zh}（{each.why.zh}）"),
        lang,
    )
    for label, cost in ((FEE, each.fee), (LAWYER, each.lawyer), (TOTAL, each.total)):
        amount = _cost(cost)
        say(words(f"  {label.en}: {amount.en}", f"  {label.zh}：{amount.zh}"), lang)


def _cost(cost: CostRange) -> Any:
    from habeas.procedures.claim_text import sum_of
    from habeas.terms import Money

    if cost.low is None or cost.high is None:
        return words("not known", "不明")
    low, high = (sum_of(Money(minor=each, currency="CNY")) for each in (cost.low, cost.high))
    return low if cost.low == cost.high else words(f"{low.en} to {high.en}", f"{low.zh}至{high.zh}")


WAY_NAMES = {
    "alone": words("alone", "单独起诉"),
    "small_claim": words("as a small claim", "小额诉讼"),
    "class": words("as a class, each", "代表人诉讼（每人）"),
}
OPEN = {
    True: words("open", "可行"),
    False: words("not open", "不可行"),
    None: words("not known", "不明"),
}
FEE = words("court fee, borne by who loses", "案件受理费（由败诉方负担）")
LAWYER = words("lawyer, as you said", "律师费（依所填）")
TOTAL = words("together", "合计")
NOTE = words(
    "Court fees by the law's formula; lawyers' fees are as you gave them. Legal information, not "
    "advice.",
    "案件受理费依法定公式；律师费依所填。仅为法律信息，不构成法律意见。",
)
