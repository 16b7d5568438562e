"""What a reader of a decision must mind: ambiguities, contradictions, changes and limits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from habeas.law.book import LawBook
from habeas.law.decision import Notice
from habeas.law.element import ElementCase
from habeas.law.index import index_of
from habeas.law.matter import Element, Matter
from habeas.law.schema import load_vocabulary
from habeas.law.views import ElementView
from habeas.terms import Text


def flags_of(case: ElementCase) -> list[Notice]:
    flags = [flag for view in case.views for flag in _contradictions(view)]
    governed = {found.id for found in case.found if found.governed is not False}
    for provision, flag in index_of(case.book).flags:
        if not provision.in_force(case.day):
            continue
        tied = not flag.on or not governed.isdisjoint(flag.on)
        if tied and any(view.truth(flag.when) is True for view in case.views):
            flags.append(Notice(id=flag.id, says=flag.says, under=(provision.id,)))
    if case.known_day is not None and not case.found:
        flags.append(Notice(id="no_rule_in_force", says=_NO_RULE))
    elif case.uncovered:
        flags.append(_not_coded(case.uncovered))
    flags += [Notice(id="not_all_coded", says=limit.says) for limit in case.limits]
    return list({(flag.id, flag.says.en): flag for flag in flags}.values())


_NO_RULE = Text(
    en="no coded provision was in force on the day of the act for what is asked",
    zh="就所问事项，行为发生时尚无已编码的有效规定",
)


def _not_coded(issues: tuple[str, ...]) -> Notice:
    words = [load_vocabulary().domains["issue"][issue] for issue in issues]
    return Notice(
        id="not_coded",
        says=Text(
            en="the coded book has no rule on this for that day: " + "; ".join(w.en for w in words),
            zh="已编码法库在该日期尚无关于下列问题的规则：" + "；".join(w.zh for w in words),
        ),
    )


def _contradictions(view: ElementView) -> list[Notice]:
    facts = load_vocabulary().facts
    return [
        Notice(
            id="contradiction",
            says=Text(
                en=f"{id_} is stated otherwise than the other facts show, and counts as unknown: "
                + facts[id_].question.en,
                zh=f"所称事实与其他事实矛盾，按不明处理：{facts[id_].question.zh}",
            ),
            under=tuple(c for d in view.book.derivations[id_] for c in d.cites),
        )
        for id_ in sorted(view.contradicted)
    ]


def flags_of_matter(matter: Matter, book: LawBook, day: date | None) -> list[Notice]:
    """Changes of law inside the span the stated day stands for."""
    facts = matter.facts_for(Element(id="", level="matter", facts={}))
    span = _span(day, facts.get("matter.acted_on_precision"))
    if span is None:
        return []
    first, last = span
    changes = {
        (provision.instrument, change)
        for provision in book.provisions.values()
        for change in (provision.from_, provision.to)
        if change is not None and first < change <= last
    }
    return [
        Notice(
            id="law_changes_within",
            says=Text(
                en=f"{book.instruments[name].short.en} changed on {change}, within the time stated",
                zh=f"所述期间内，{book.instruments[name].short.zh}于{change}发生变化",
            ),
            under=(name,),
        )
        for name, change in sorted(changes)
    ]


def _span(day: date | None, precision: Any) -> tuple[date, date] | None:
    if day is None or precision not in ("month", "year"):
        return None
    if precision == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date(day.year, day.month, 1), after - timedelta(days=1)
