"""A release on one page: the two dials, what was done to each column, and what to know before.

The dials belong side by side: what makes a person harder to find (fewer, coarser columns) also
leaves fewer places for marks, and a release is good only if both needles stand well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from habeas.boundary.pages import template
from habeas.protection.columns import ColumnPlan
from habeas.protection.power import positions_needed
from habeas.protection.release import Prepared
from habeas.protection.risk import SMALL, small
from habeas.terms import Language, Text

_WORDS: dict[str, Text] = {
    "title": Text(en="Release", zh="数据交付"),
    "to": Text(en="to", zh="接收方"),
    "purpose": Text(en="purpose", zh="目的"),
    "risk": Text(en="Highest re-identification risk", zh="最高重标识风险"),
    "leak": Text(en="Smallest leak that could still be traced", zh="仍可溯源的最小泄露量"),
    "bound": Text(en="bound", zh="上限"),
    "before": Text(en="before", zh="处理前"),
    "now": Text(en="handed out", zh="交付时"),
    "rows": Text(en="rows", zh="行"),
    "of": Text(en="of {rows} rows", zh="共 {rows} 行"),
    "known": Text(en="for someone who knows", zh="对知晓下列字段者"),
    "nobody": Text(
        en="no columns taken as known; the recipient knows whom it deals with",
        zh="未设定攻击者已知字段；接收方知晓所涉个人",
    ),
    "whole": Text(
        en="{share} of rows alone for someone who knows a whole row",
        zh="对知晓整行者，{share} 的行唯一",
    ),
    "positions": Text(en="readable positions", zh="可用标记位置"),
    "needed": Text(en="needed for one leaker", zh="指向单一泄露方所需"),
    "none": Text(en="not by marks", zh="无法凭标记"),
    "columns": Text(en="What was done to each column", zh="对各字段的处理"),
    "column": Text(en="Column", zh="字段"),
    "category": Text(en="Category", zh="类别"),
    "done": Text(en="What was done", zh="处理方式"),
    "because": Text(en="Because", zh="理由"),
    "under": Text(en="Under", zh="依据"),
    "warnings": Text(en="Before you hand it out", zh="交付前须知"),
    "rows_in": Text(en="rows in", zh="输入行数"),
    "gone": Text(en="rows removed", zh="已移除的行"),
    "starred": Text(en="rows blanked", zh="已遮蔽的行"),
    "groups": Text(en="groups", zh="等价组"),
    "smallest": Text(en="smallest group", zh="最小等价组"),
    "worst": Text(en="largest error of a column", zh="误差最大的字段"),
    "affected": Text(
        en="error of the most affected 1% of persons", zh="受影响最大的 1% 个人的误差"
    ),
    "auc": Text(
        en="credit model's AUC before → transformed → handed out",
        zh="信用模型 AUC：处理前 → 转换后 → 交付时",
    ),
    "nature": Text(en="What it is", zh="性质"),
    "foot": Text(
        en="Legal information, not advice. Risk is measured on this table for the columns named; "
        "it is not a statement about what else the recipient may know.",
        zh="法律信息，不构成法律意见。风险系就所列字段在本数据上测得，不代表接收方是否掌握其他信息。",
    ),
}
_CATEGORIES = {
    "sensitive": Text(en="sensitive", zh="敏感个人信息"),
    "personal": Text(en="personal", zh="个人信息"),
    "quasi_identifier": Text(en="quasi-identifier", zh="准标识符"),
    "not_personal": Text(en="not personal", zh="非个人信息"),
    "undecided": Text(en="undecided", zh="未定"),
}


def what_was_done(planned: ColumnPlan) -> Text:
    """The transform in words.

    >>> from habeas.terms import Text
    >>> why = Text(en="-", zh="-")
    >>> what_was_done(ColumnPlan(column="a", transform="round", params={"to": 100}, reason=why)).en
    'rounded to 100'
    """
    given = planned.params
    plain = {
        "keep": Text(en="kept as it is", zh="保留原值"),
        "drop": Text(en="not handed out", zh="不交付"),
        "mask": Text(en="masked", zh="脱敏（遮蔽）"),
        "mask_spans": Text(en="personal information in it masked", zh="其中的个人信息已脱敏"),
        "pseudonym": Text(en="replaced by a keyed pseudonym", zh="替换为带密钥的假名"),
        "ff1": Text(
            en="encrypted under a key, form kept (FF1)", zh="以密钥加密，格式保持不变（FF1）"
        ),
        "date_shift": Text(
            en="all dates of a person moved by one number of days",
            zh="同一人的日期整体平移若干天",
        ),
        "date_month": Text(en="date to the month", zh="日期泛化至月"),
        "clip": Text(en="extreme values capped", zh="极端值已截断"),
    }
    if planned.transform in plain:
        return plain[planned.transform]
    if planned.transform == "round":
        return Text(en=f"rounded to {given['to']}", zh=f"取整至 {given['to']}")
    if planned.transform == "bin":
        edges = ", ".join(str(edge) for edge in given["edges"])
        return Text(en=f"binned at {edges}", zh=f"按 {edges} 分箱")
    return _generalised(planned)


_STEPS = {
    "month": Text(en="month", zh="月"),
    "quarter": Text(en="quarter", zh="季度"),
    "year": Text(en="year", zh="年"),
    "five_years": Text(en="five years", zh="五年"),
    "decade": Text(en="decade", zh="十年"),
}


_DIVISIONS = {
    "county": Text(en="county", zh="县级"),
    "prefecture": Text(en="prefecture", zh="地级"),
    "province": Text(en="province", zh="省级"),
    "region": Text(en="region", zh="大区"),
}
_WAYS = {
    "regions": Text(en="generalised to the region", zh="泛化至大区"),
    "provinces": Text(en="generalised to the province", zh="泛化至省级"),
    "occupations": Text(en="generalised to the major group of occupations", zh="泛化至职业大类"),
    "all": Text(en="one form for all values", zh="全部归为同一形式"),
}


def _generalised(planned: ColumnPlan) -> Text:
    given = planned.params
    match given["by"]:
        case "date":
            step = _STEPS[given["to"]]
            return Text(en=f"generalised to the {step.en}", zh=f"泛化至{step.zh}")
        case "bands":
            return Text(en=f"in bands of {given['width']}", zh=f"泛化为 {given['width']} 宽的区间")
        case "prefix":
            kept = given["keep_first"]
            return Text(en=f"first {kept} characters", zh=f"仅保留前 {kept} 位")
        case "hierarchy":
            return Text(
                en=f"generalised to level {given['level']} of its hierarchy",
                zh=f"泛化至层级 {given['level']}",
            )
        case "divisions":
            step = _DIVISIONS[given["to"]]
            return Text(en=f"generalised to the {step.en}", zh=f"泛化至{step.zh}")
        case by:
            return _WAYS[by]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """A half-circle scale: needle and ticks as shares of the way from left to right."""

    label: str
    value: str
    needle: float | None
    good: float  # where the good part ends
    ticks: tuple[tuple[float, str], ...]
    below: tuple[str, ...]

    @staticmethod
    def at(share: float, radius: float) -> tuple[float, float]:
        """A point of the half circle around (0, 0); left is 0, right is 1."""
        angle = math.pi * (1 - min(1.0, max(0.0, share)))
        return radius * math.cos(angle), -radius * math.sin(angle)

    def arc(self, start: float, end: float, radius: float) -> str:
        """The path of an arc from one share to another."""
        x0, y0 = self.at(start, radius)
        x1, y1 = self.at(end, radius)
        return f"M {x0:.1f} {y0:.1f} A {radius} {radius} 0 0 1 {x1:.1f} {y1:.1f}"


_LOWEST_RISK = 1e-4


def _on_risk_scale(risk: float) -> float:
    """0.0001 at the left, 1 at the right, tenfold steps alike."""
    return 1 + math.log10(max(risk, _LOWEST_RISK)) / -math.log10(_LOWEST_RISK)


def risk_dial(made: Prepared, language: Language) -> Dial:
    """How findable the most findable person is, for the adversary's columns."""
    word = _in(language)
    known = made.plan.adversary
    after, before = made.risk.marked, made.risk.before
    alone = small(after.whole_row.unique_rows)
    share = f"{after.whole_row.unique_share:.1%}" if isinstance(alone, int) else alone
    whole = word["whole"].format(share=share)
    if not known:
        return Dial(
            label=word["risk"],
            value="—",
            needle=None,
            good=0.0,
            ticks=(),
            below=(word["nobody"], whole),
        )
    risk, was = after.adversary.prosecutor_max, before.adversary.prosecutor_max
    return Dial(
        label=word["risk"],
        value=f">{1 / SMALL:.0%}" if risk > 1 / SMALL else f"{risk:.2%}",
        needle=_on_risk_scale(risk),
        good=_on_risk_scale(made.plan.max_risk),
        ticks=(
            (_on_risk_scale(made.plan.max_risk), f"{word['bound']} {made.plan.max_risk:.0%}"),
            (_on_risk_scale(was), word["before"]),
        ),
        below=(f"{word['known']}: {', '.join(known)}", whole),
    )


def leak_dial(made: Prepared, language: Language) -> Dial:
    """How little of the copy is enough for marks to name its recipient."""
    word = _in(language)
    rows, smallest = made.base.table.num_rows, made.smallest_traceable_rows
    below: tuple[str, ...] = (
        f"{word['positions']}: {made.usable_positions:,}",
        f"{word['needed']}: {positions_needed()}",
    )

    def scale(count: float) -> float:
        return math.log10(max(1.0, count)) / math.log10(max(10, rows))

    ticks = tuple((scale(rows * q), label) for q, label in ((0.01, "1%"), (0.1, "10%")))
    value = word["none"]
    if smallest is not None:
        value = f"{smallest:,} {word['rows']}"
        below = (word["of"].format(rows=f"{rows:,}"), *below)
    return Dial(
        label=word["leak"],
        value=value,
        needle=None if smallest is None else scale(smallest),
        good=scale(rows * 0.05),
        ticks=ticks,
        below=below,
    )


def _in(language: Language) -> dict[str, str]:
    return {name: text.in_language(language) for name, text in _WORDS.items()}


def render(made: Prepared, *, language: Language = "en") -> str:
    """The page as HTML with its picture inside: no script, nothing loaded from elsewhere."""
    local = {each["column"] for each in made.manifest["copy"]["columns"] if "local" in each}
    return template("habeas.protection", "release.html").render(
        language="zh-CN" if language == "zh" else "en",
        word=_in(language),
        plan=made.plan,
        dials=[risk_dial(made, language), leak_dial(made, language)],
        figures=_figures(made, language),
        warnings=[text.in_language(language) for text in made.warnings],
        nature=made.manifest["nature"][language],
        rows=[
            _row(planned, language, local=planned.column in local) for planned in made.plan.columns
        ],
    )


def _figures(made: Prepared, language: Language) -> list[tuple[str, Any]]:
    word = _in(language)
    risk = made.risk
    shown: list[tuple[str, Any]] = [
        (word["rows_in"], small(risk.rows_in)),
        (word["gone"], small(risk.rows_suppressed)),
    ]
    if risk.rows_starred:
        shown.append((word["starred"], small(risk.rows_starred)))
    if made.plan.adversary:
        shown += [
            (word["groups"], small(risk.marked.adversary.groups)),
            (word["smallest"], small(risk.marked.adversary.k)),
        ]
    shown += _useful(made, word)
    return [(name, f"{value:,}" if isinstance(value, int) else value) for name, value in shown]


def _useful(made: Prepared, word: dict[str, str]) -> list[tuple[str, Any]]:
    """What marks cost. The page is the controller's, so it may name the column."""
    found = made.utility
    if found is None:
        return []
    column = "" if found.worst_column is None else f" ({found.worst_column})"
    shown: list[tuple[str, Any]] = [
        (word["worst"], f"{found.worst_error:.2%}{column}"),
        (word["affected"], f"{found.most_affected:.2%}"),
    ]
    if found.auc_source is not None:
        steps = (found.auc_source, found.auc_base, found.auc_copy)
        shown.append((word["auc"], " → ".join(f"{step:.3f}" for step in steps if step is not None)))
    return shown


def _done(planned: ColumnPlan, *, local: bool) -> Text:
    done = what_was_done(planned)
    if not local:
        return done
    return Text(
        en=f"{done.en}, or finer where the group stays large enough",
        zh=f"{done.zh}；等价组足够大时保留更细的形式",
    )


def _row(planned: ColumnPlan, language: Language, *, local: bool) -> dict[str, Any]:
    reason = planned.reason.in_language(language)
    if planned.necessity is not None:
        reason = f"{reason}: {planned.necessity.in_language(language)}"
    return {
        "column": planned.column,
        "category": _CATEGORIES[planned.category].in_language(language),
        "kind": planned.category,
        "done": _done(planned, local=local).in_language(language),
        "reason": reason,
        "citations": planned.citations,
        "leaves": planned.leaves,
    }
