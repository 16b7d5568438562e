"""The computed lines of a claim's papers, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from habeas.law.amounts import Range, Track
from habeas.law.decision import ElementDecision
from habeas.law.schema import load_vocabulary
from habeas.relief.compensation import Estimate
from habeas.supervision.competence import Route
from habeas.supervision.competence_level import Level
from habeas.supervision.competence_map import load_competence
from habeas.terms import Language, Money, Text

# What was typed is said as typed; what was computed, in the language of the paper.
Line = str | Text


def in_language(line: Line, language: Language) -> str:
    return line if isinstance(line, str) else line.in_language(language)


def sum_of(money: Money) -> Text:
    """A sum as people write it.

    >>> sum_of(Money(minor=123450, currency="CNY")).zh
    '1,234.50元'
    """
    plain = f"{money.minor // 100:,}.{money.minor % 100:02d}"
    zh = f"{plain}元" if money.currency == "CNY" else f"{plain} {money.currency}"
    return Text(en=f"{plain} {money.currency}", zh=zh)


def range_of(found: Range) -> Text:
    """A range, with its open end said."""
    low = sum_of(found.low)
    if found.high is None:
        return Text(en=f"from {low.en}, no upper bound in law", zh=f"{low.zh}起，法律未设上限")
    high = sum_of(found.high)
    if found.low == found.high:
        return low
    return Text(en=f"{low.en} to {high.en}", zh=f"{low.zh}至{high.zh}")


def cited(provisions: Sequence[object]) -> Text:
    said = ", ".join(map(str, provisions))
    return Text(en=f" ({said})" if said else "", zh=f"（{said}）" if said else "")


def joined(*parts: Text) -> Text:
    return Text(en="".join(p.en for p in parts), zh="".join(p.zh for p in parts))


def cost_line(money: Money) -> Text:
    amount = sum_of(money)
    return Text(en=f"Sum: {amount.en}", zh=f"金额：{amount.zh}")


def amount_lines(found: Estimate) -> tuple[Text, ...]:
    """What may be awarded, for the claimant to read: what is unknown and arguable as well."""
    unknown = [
        Text(en=f"{label.en}: not known", zh=f"{label.zh}：不明")
        for name, label in _INPUTS.items()
        if found.property.inputs[name] is None
    ]
    arguable = [Text(en=f"Arguable: {p.en}.", zh=f"{p.zh}。") for p in found.arguable]
    return (*damage_lines(found), *unknown, *arguable)


def damage_lines(found: Estimate) -> tuple[Text, ...]:
    """The damage as it is pleaded: the law's formula, what is stated, the sum that follows."""
    formula, under = found.property.formula, cited(found.property.under)
    amount = range_of(found.property)
    en = f"{formula.en}{under.en}: {amount.en}."
    lines = [Text(en=en, zh=f"{formula.zh}{under.zh}：{amount.zh}。")]
    lines += [
        _input(label, minor)
        for name, label in _INPUTS.items()
        if (minor := found.property.inputs[name]) is not None
    ]
    return (*lines, _DISTRESS) if found.distress is True else tuple(lines)


def _input(label: Text, minor: int) -> Text:
    amount = sum_of(Money(minor=minor, currency="CNY"))
    return Text(en=f"{label.en}: {amount.en}", zh=f"{label.zh}：{amount.zh}")


_DISTRESS = Text(
    en="Compensation for serious mental harm is claimed besides (cn.cc.art1183).",
    zh="另请求严重精神损害赔偿（cn.cc.art1183）。",
)
_INPUTS = {
    "loss": Text(en="the person's loss", zh="个人受到的损失"),
    "gain": Text(en="the handler's gain", zh="个人信息处理者获得的利益"),
}


def reason_lines(element: ElementDecision) -> tuple[Text, ...]:
    """Each broken provision with what it says."""
    return tuple(
        Text(
            en=f"{result.title.en} ({result.id}): {result.paraphrase.en}",
            zh=f"{result.title.zh}（{result.id}）：{result.paraphrase.zh}",
        )
        for result in element.breached
    )


def judgement_lines(element: ElementDecision) -> tuple[Text, ...]:
    """The judgements an answer hangs on, for the claimant to read: each may be contested."""
    facts = load_vocabulary().facts
    asks = [facts[id_].question for id_ in element.hangs_on if id_ in facts]
    if not asks:
        return ()
    en = "This rests on judgements: " + " ".join(a.en for a in asks)
    return (Text(en=en, zh="以上有赖下列判断：" + "".join(a.zh for a in asks)),)


def addressee_lines(found: Route) -> tuple[Text, ...]:
    """To whom and why they are competent, as the complaint says it; nothing while unsettled."""
    if found.leader is None:
        return ()
    name = load_competence().authorities[found.leader].name
    under = cited(found.provisions)
    lines = [
        Text(en=f"To: {name.en}", zh=f"致：{name.zh}"),
        joined(_COMPETENT if found.settled_by == "statute" else _AMONG_OTHERS, under),
    ]
    level = () if found.level is None else (_level(found.level),)
    return (*lines, *level, *_place(found))


_COMPETENT = Text(en="This body is competent", zh="贵机关对本事项有管辖权")
_AMONG_OTHERS = Text(
    en="This body is competent; others may be too, and none has opened a case",
    zh="贵机关对本事项有管辖权；其他机关可能亦有权，均未立案",
)


def route_lines(found: Route) -> tuple[Text, ...]:
    """To whom, and what settled it, for the claimant to read; nothing while no body is settled."""
    if found.leader is None or found.why is None:
        return ()
    name = load_competence().authorities[found.leader].name
    under = cited(found.provisions)
    lines = [
        Text(en=f"To: {name.en}", zh=f"致：{name.zh}"),
        joined(found.why, under),
        SETTLED[found.settled_by or "statute"],
    ]
    if found.level is not None:
        lines.append(_level(found.level))
    return (*lines, *_place(found))


def venue_lines(found: Route) -> tuple[Text, ...]:
    return _place(found)


def _place(found: Route) -> tuple[Text, ...]:
    if found.place is None:
        return ()
    code = "" if found.place.code is None else f" · {found.place.code}"
    says, under = found.place.says, cited(found.place.provisions)
    return (Text(en=f"Place: {says.en}{code}{under.en}", zh=f"地域：{says.zh}{code}{under.zh}"),)


def _level(level: Level) -> Text:
    names = load_vocabulary().domains["lvl"]
    lowest, under = names[level.lowest], cited(level.provisions)
    return Text(en=f"Level: {lowest.en} or higher{under.en}", zh=f"级别：{lowest.zh}以上{under.zh}")


SETTLED = {
    "statute": Text(en="Settled by statute.", zh="依法律规定确定。"),
    "procedure": Text(
        en="Settled by procedure: where bodies dispute it they consult, then their common "
        "superior designates (cn.apl.art25.p2).",
        zh="依程序规则确定：有争议的先协商，协商不成报请共同的上一级行政机关指定管辖"
        "（cn.apl.art25.p2）。",
    ),
    "convention": Text(
        en="Several bodies may act; that this one is chosen rests on no law.",
        zh="多个机关有权；选择本机关并非法律规定。",
    ),
}


def track_line(track: Track) -> Text:
    return TRACKS[track]


TRACKS: dict[Track, Text] = {
    "mandatory": Text(
        en="The small-claims track applies (cn.cpl_civ.art165).",
        zh="适用小额诉讼程序（cn.cpl_civ.art165）。",
    ),
    "by_agreement": Text(
        en="The small-claims track is open if both parties agree (cn.cpl_civ.art165).",
        zh="双方当事人约定的，可以适用小额诉讼程序（cn.cpl_civ.art165）。",
    ),
    "no": Text(
        en="The small-claims track is not open (cn.cpl_civ.art165, cn.cpl_civ.art166).",
        zh="不适用小额诉讼程序（cn.cpl_civ.art165、cn.cpl_civ.art166）。",
    ),
}


def evidence_lines(pieces: Sequence[str], digest: str) -> tuple[Line, ...]:
    """The pieces by number, and how anybody checks them."""
    how = Text(
        en=f"Evidence list and bundle attached; bundle SHA-256 {digest}.",
        zh=f"附证据目录与证据包；证据包 SHA-256 {digest}。",
    )
    return (*pieces, how)
