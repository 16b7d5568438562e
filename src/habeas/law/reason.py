"""Decide: one answer for each use and event, with what it rests on and what it lacks.

    unlawful = (some prohibition or duty is broken) or (no ground holds)

is one expression over three values, each part under the scope of its instrument. The law is
that of the day of the act (`acted_on`); what was known is that of `as_of`. A question the coded
book has no rule for on that day leaves the answer undetermined, never lawful.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from habeas.law.book import LawBook
from habeas.law.decision import Decision, ElementDecision, Outcome, ProvisionResult, Step
from habeas.law.element import ElementCase, Found, day_of_act
from habeas.law.explain import explain_provision, judgements, unknown_facts
from habeas.law.expression import k_and, k_not, k_or
from habeas.law.matter import Element, Matter, matter_from
from habeas.law.missing import deciding
from habeas.law.notices import flags_of, flags_of_matter
from habeas.law.results import (
    deciding_steps,
    defeated_in,
    duties_met,
    duties_of,
    grounds_that_hold,
    instruments_not_governing,
    outcome_word,
    result_of,
    view_that_decides,
    weakest,
)
from habeas.law.schema import load_vocabulary
from habeas.law.values import Value
from habeas.law.views import INFRINGING, FactsView
from habeas.terms import Status, Text

__all__ = ["Decision", "ElementDecision", "decide", "outcome_of", "status_of"]

ACTED_ON = "matter.acted_on"


def decide(matter: Matter, book: LawBook, *, as_of: date) -> Decision:
    """What the book says of every use and event of a matter on which something is asked.

    as_of: the day as of which is decided; the law applied is that of the day of the act.
    """
    asked = [
        element
        for element in (*matter.uses.values(), *matter.events.values())
        if element.issues != ()
    ]
    day = day_of_act(matter)
    return Decision(
        book=book.id,
        book_hash=book.hash,
        as_of=as_of,
        acted_on=day,
        elements=tuple(_element(matter, element, book, as_of) for element in asked),
        missing=() if asked else _first_needs(book, as_of, day),
        flags=tuple(flags_of_matter(matter, book, day)),
        coded=len(book.provisions),
        in_sheets=book.sheet_size,
        matter=matter.id,
    )


def status_of(matter: Matter, book: LawBook, *, as_of: date) -> dict[str, Status]:
    """Only the status of every use and event: the same answer as `decide`, without reasons."""
    found: dict[str, Status] = {}
    for element in (*matter.uses.values(), *matter.events.values()):
        if element.issues != ():
            cases = [ElementCase(matter, element, book, as_of, v) for v in _voices(matter, element)]
            statuses = {case.status for case in cases}
            found[element.id] = statuses.pop() if len(statuses) == 1 else Status.UNDETERMINED
    return found


def _first_needs(book: LawBook, as_of: date, day: date | None) -> tuple[str, ...]:
    """What has to be known before anything can be said: tried on a use nothing is known of."""
    blank = Element(id="u1", level="use", facts={})
    empty = matter_from({"uses": {"u1": {}}})
    decision = _element(empty, blank, book, as_of)
    return tuple(f for f in decision.missing if f != ACTED_ON or day is None)


def _voices(matter: Matter, element: Element) -> tuple[str | None, ...]:
    """Nobody in particular; or, where parties differ on what this element sees, each of them."""
    if not matter.voices:
        return (None,)
    seen = {voice: matter.facts_for(element, voice=voice) for voice in matter.voices}
    return (None,) if len({str(f) for f in seen.values()}) < 2 else tuple(seen)


# ---- one element, explained


def _element(matter: Matter, element: Element, book: LawBook, as_of: date) -> ElementDecision:
    voices = _voices(matter, element)
    cases = [ElementCase(matter, element, book, as_of, voice) for voice in voices]
    first = _explained(ElementCase(matter, element, book, as_of) if len(cases) > 1 else cases[0])
    if len(cases) == 1:
        return first
    return _of_voices(first, [(str(c.voice), c) for c in cases], matter)


def _of_voices(
    common: ElementDecision, cases: list[tuple[str, ElementCase]], matter: Matter
) -> ElementDecision:
    """Each party's version decided; where they agree on the answer, that is the answer."""
    statuses = {case.status for _, case in cases}
    chosen = common if len(statuses) > 1 else _explained(cases[0][1])
    return ElementDecision(
        **{
            **{name: getattr(chosen, name) for name in ElementDecision.__slots__},
            "status": statuses.pop() if len(statuses) == 1 else Status.UNDETERMINED,
            "voices": tuple((who, case.status) for who, case in cases),
            "differ_on": matter.differ_on(),
        }
    )


def _explained(case: ElementCase) -> ElementDecision:
    results = {found.id: result_of(found, case) for found in case.found}
    breached = tuple(results[f.id] for f in case.found if f.truth is True)
    open_ = tuple(results[f.id] for f in case.found if f.truth is None)
    steps = deciding_steps(case, results)
    satisfied = (*grounds_that_hold(case), *duties_met(case, results))
    return ElementDecision(
        element=case.element.id,
        level=case.element.level,
        governed=case.governed,
        status=case.status,
        breached=breached,
        satisfied=satisfied,
        defeated=tuple(defeated_in(case)),
        undetermined=() if case.unlawful is True else open_,
        duties=tuple(duties_of(case)),
        hangs_on=tuple(judgements(steps)),
        missing=_missing(case, results) if case.status is Status.UNDETERMINED else (),
        flags=tuple(flags_of(case)),
        because=Step(says=_summary(case), truth=case.unlawful, steps=tuple(steps)),
        not_governed_by=tuple(instruments_not_governing(case)),
        mark=weakest([r.mark for r in (*breached, *satisfied, *open_)]),
        issues=case.element.issues,
        asked=tuple(found.id for found in case.found),
    )


def _summary(case: ElementCase) -> Text:
    if case.known_day is None:
        return Text(
            en="the law cannot be picked: the day of the act is not known",
            zh="行为日期不明，无法确定适用的法律",
        )
    if case.governed is False:
        return Text(en="the book does not govern this", zh="不受该法库所载法律调整")
    return {
        True: Text(en="unlawful: a provision is broken", zh="违法：有规定被违反"),
        False: Text(en="lawful: no rule asked is broken", zh="合法：所问规则均未被违反"),
        None: Text(en="undetermined: not all that decides is known", zh="尚不能判断：关键事实未明"),
    }[case.unlawful]


# ---- what is missing


def _missing(case: ElementCase, results: Mapping[str, ProvisionResult]) -> tuple[str, ...]:
    needed: dict[str, None] = {}
    if case.known_day is None:
        needed[ACTED_ON] = None
    for found in case.found:
        if found.truth is None:
            because = results[found.id].because
            open_ = [f for f in unknown_facts([because] if because else []) if f != INFRINGING]
            needed.update(dict.fromkeys(_missing_for(found, case, open_, needed)))
    return tuple(needed)


def _missing_for(
    found: Found, case: ElementCase, open_: list[str], needed: Mapping[str, None]
) -> list[str]:
    """The open ends that can change one result; those already needed are not tried again."""
    view = view_that_decides(found, case)

    def answer(facts: Mapping[str, Value]) -> object:
        tried = FactsView(facts, book=case.book, level=view.level, day=case.day, today=case.as_of)
        if found.provision is not None:
            parts = found.provision.parts(view.level, case.element.issues)
            return k_and(
                case.scope(found.provision, tried), tried.parts_truth(found.provision, parts)
            )
        instrument = next(i for i in case.grounded if (i.grounds_under or i.id) == found.id)
        ground = k_or(*(tried.provision(g) for g in instrument.grounds))
        return k_and(case.ground_scope(instrument, tried), k_not(ground))

    again = [f for f in open_ if f in needed]
    new = deciding([f for f in open_ if f not in needed], view.known, answer, case.book)
    return [*again, *new] or open_


# ---- one provision alone


def outcome_of(
    provision_id: str, facts: Mapping[str, Mapping[str, Any]], book: LawBook, as_of: date
) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome of one provision on facts by level, and the facts it lacks.

    The provision alone: its own exceptions and what defeats it, not the rest of the book, and
    without asking whether its instrument governs the use.
    """
    provision = book.provision(provision_id)
    matter = matter_from(_as_matter(facts))
    level = "event" if "event" in facts and "event" in provision.rules else "use"
    if level not in provision.rules:
        level = next(iter(provision.rules))
    section = matter.events if level == "event" else matter.uses
    element = section.get("e1" if level == "event" else "u1") or Element(
        id="x", level=level, facts={}
    )
    case = ElementCase(matter, element, book, as_of, alone=True)
    if case.known_day is None:
        return "undetermined", (ACTED_ON,)
    view = case.views[0]
    truth = view.provision(provision_id)
    outcome = outcome_word(provision.kind, truth)
    return outcome, () if truth is not None else tuple(_lacking(provision_id, view, case))


def _lacking(provision_id: str, view: FactsView, case: ElementCase) -> list[str]:
    candidates = unknown_facts([explain_provision(provision_id, view)])

    def answer(facts: Mapping[str, Value]) -> object:
        tried = FactsView(facts, book=case.book, level=view.level, day=case.day, today=case.as_of)
        return tried.provision(provision_id)

    open_ = [c for c in candidates if c != INFRINGING]
    return deciding(open_, view.known, answer, case.book) or open_


def _as_matter(facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Facts by level as a matter; a bare judgement counts as asserted for the sake of the case."""
    vocabulary = load_vocabulary()

    def long(level: str, stated: Mapping[str, Any]) -> dict[str, Any]:
        names = vocabulary.of_level(level)
        return {
            name: {"value": raw, "by": "case", "grounds": "supposed"}
            if name in names
            and names[name].nature == "evaluative"
            and not (isinstance(raw, Mapping) and "value" in raw)
            else raw
            for name, raw in stated.items()
        }

    matter: dict[str, Any] = {"matter": dict(facts.get("matter") or {})}
    party = {"party": "p1"} if "party" in facts else {}
    if "party" in facts:
        matter["parties"] = {"p1": long("party", facts["party"] or {})}
    if "use" in facts:
        matter["uses"] = {"u1": {**party, **long("use", facts["use"] or {})}}
    if "event" in facts:
        uses = {"uses": ["u1"]} if "use" in facts else {}
        matter["events"] = {"e1": {**party, **uses, **long("event", facts["event"] or {})}}
    return matter
