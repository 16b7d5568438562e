"""What a trial of a rule showed, as one page: an interval for each indicator, and plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from habeas.boundary.pages import template
from habeas.law.trial import Effect, Measured, Outcome
from habeas.terms import Language, Text

OUTCOMES: Mapping[Outcome, Text] = {
    "as_wanted": Text(en="moved as wanted", zh="朝预期方向变化"),
    "against": Text(en="moved the other way", zh="朝相反方向变化"),
    "no_difference": Text(en="no difference that matters", zh="没有实质差异"),
    "cannot_tell": Text(en="the data can't tell", zh="数据无法说明"),
}
WORDS: Mapping[str, Text] = {
    "lead": Text(
        en="Change where the rule was tried, less the change where it was not. What is measured "
        "was fixed in the log before the first day; nothing else is shown.",
        zh="试行地区的变化减去对照地区的变化。所测指标在首日之前已固定于存证日志，此外一概不列。",
    ),
    "fixed": Text(
        en="fixed {at} UTC as entry {index}, digest {digest}",
        zh="于 {at}（UTC）固定，日志第 {index} 条，摘要 {digest}",
    ),
    "counted": Text(
        en="{counted} observations counted, {outside} outside the plan",
        zh="计入观察 {counted} 条，计划之外 {outside} 条",
    ),
    "regions": Text(
        en="{trying} regions tried it, {comparing} compared, {out} left out (too few or unknown)",
        zh="试行 {trying} 地，对照 {comparing} 地，另有 {out} 地因样本不足或未知过多未计入",
    ),
    "needed": Text(
        en="for an interval as narrow as what matters: about {n} regions a side",
        zh="若要区间窄到足以判断，每侧约需 {n} 个地区",
    ),
    "band": Text(en="too small to matter", zh="小到无实质意义"),
    "limit": Text(
        en="A difference in change is not proof of cause: what else changed in these regions at "
        "that time is not seen here. Regions weigh the same, large or small.",
        zh="变化之差并不等于因果：同期这些地区的其他变化，此处无从得见。各地区不论大小权重相同。",
    ),
    "confidence": Text(
        en="intervals hold together at {percent} %", zh="各区间合并置信度 {percent}%"
    ),
}
_WIDTH = 560


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    title: str
    outcome: str
    colour: str
    numbers: str
    regions: str
    needed: str
    picture: tuple[float, float, float, float, float, float] | None


def trial_page(
    measured: Measured, *, at: datetime, index: int | None, digest: str, language: Language
) -> str:
    """The page as HTML: no script, nothing fetched."""
    said = {word: text.in_language(language) for word, text in WORDS.items()}
    trial = measured.trial
    return template("habeas.papers", "trial.html").render(
        language="zh-Hans" if language == "zh" else "en",
        title=trial.title.in_language(language),
        days=f"{trial.before_from} – {trial.starts} – {trial.ends}",
        words=said,
        fixed=said["fixed"].format(at=f"{at:%Y-%m-%d %H:%M}", index=index, digest=digest[:16]),
        counted=said["counted"].format(counted=measured.counted, outside=measured.outside),
        confidence=said["confidence"].format(percent=f"{100 * trial.confidence:g}"),
        rows=[_row(effect, language) for effect in measured.effects],
        width=_WIDTH,
    )


def line_of(effect: Effect, language: Language) -> str:
    """One indicator in a line, for a terminal."""
    numbers = _numbers(effect)
    mark = "：" if language == "zh" else ": "
    said = OUTCOMES[effect.outcome].in_language(language)
    title = effect.indicator.title.in_language(language)
    return f"{title}{mark}{said}  {numbers}".rstrip()


def _row(effect: Effect, language: Language) -> _Row:
    trying, comparing = effect.regions
    regions = WORDS["regions"].in_language(language)
    needed = WORDS["needed"].in_language(language)
    open_ = effect.outcome == "cannot_tell" and effect.needed is not None
    return _Row(
        title=effect.indicator.title.in_language(language),
        outcome=OUTCOMES[effect.outcome].in_language(language),
        colour=effect.outcome,
        numbers=_numbers(effect),
        regions=regions.format(trying=trying, comparing=comparing, out=effect.left_out),
        needed=needed.format(n=effect.needed) if open_ else "",
        picture=_picture(effect),
    )


def _numbers(effect: Effect) -> str:
    if effect.effect is None or effect.low is None or effect.high is None:
        return ""
    return f"{effect.effect:+.4g}  [{effect.low:+.4g}, {effect.high:+.4g}]"


def _picture(effect: Effect) -> tuple[float, float, float, float, float, float] | None:
    """X of low, effect, high, zero, and the edges of what is too small to matter, in pixels."""
    if effect.effect is None or effect.low is None or effect.high is None:
        return None
    matters = effect.indicator.matters
    reach = 1.1 * max(abs(effect.low), abs(effect.high), matters)
    middle = _WIDTH / 2

    def x(value: float) -> float:
        return round(middle + value / reach * middle, 1)

    return (x(effect.low), x(effect.effect), x(effect.high), middle, x(-matters), x(matters))
