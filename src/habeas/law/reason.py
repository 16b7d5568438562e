"""Decide: one answer for each use and event, with what it rests on and what it lacks.

    unlawful = (some prohibition or duty is broken) or (no ground holds)

is one expression over three values, each part under the scope of its instrument. The law is
that of the day of the act (`acted_on`); what was known is that of `as_of`. A question the coded
book has no rule for on that day leaves the answer undetermined, never lawful.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from habeas.law.book import Instrument, LawBook
from habeas.law.decision import (
    ClaimDecision,
    Decision,
    ElementDecision,
    Outcome,
    ProvisionResult,
    Step,
)
from habeas.law.element import STATUS, ElementCase, Found, day_of_act
from habeas.law.explain import explain_provision, judgements, unknown_facts
from habeas.law.matter import Element, Matter, matter_from
from habeas.law.memory import Remembered, memory_of
from habeas.law.missing import deciding
from habeas.law.notices import flags_of, flags_of_matter
from habeas.law.quick import one_status, quick_status, unlawful, voices_on
from habeas.law.results import (
    deciding_found,
    defeated_in,
    duties_met,
    duties_of,
    grounds_that_hold,
    instruments_not_governing,
    mark_of,
    outcome_word,
    result_of,
    view_that_decides,
    weakest,
)
from habeas.law.schema import load_vocabulary
from habeas.law.seen import Seen
from habeas.law.views import INFRINGING, ElementView
from habeas.terms import Status, Text

__all__ = ["Decision", "ElementDecision", "decide", "outcome_of", "status_of"]

ACTED_ON = "matter.acted_on"


def decide(matter: Matter, book: LawBook, *, as_of: date, by_tree: bool = False) -> Decision:
    """What the book says of every use and event of a matter on which something is asked.

    as_of: the day as of which is decided; the law applied is that of the day of the act.
    by_tree: by the reference, which walks the expressions; the answer is the same, later.
    """
    asked = [
        element
        for element in (*matter.uses.values(), *matter.events.values())
        if element.issues != ()
    ]
    day = day_of_act(matter)
    elements = tuple([_element(matter, element, book, as_of, by_tree) for element in asked])
    return Decision(
        book=book.id,
        book_hash=book.hash,
        as_of=as_of,
        acted_on=day,
        elements=elements,
        missing=() if asked else _first_needs(book, as_of, day, by_tree),
        flags=tuple(flags_of_matter(matter, book, day)),
        coded=len(book.provisions),
        in_sheets=book.sheet_size,
        matter=matter.id,
        claims=tuple([_claim(claim, elements) for claim in matter.claims.values()]),
    )


def _claim(claim: Element, elements: tuple[ElementDecision, ...]) -> ClaimDecision:
    """A claim by what it rests on."""
    decided = {element.element: element.status for element in elements}
    on = tuple((id_, decided[id_]) for id_ in claim.rests_on if id_ in decided)
    statuses = {status for _, status in on}
    found = Status.UNDETERMINED
    if Status.UNLAWFUL in statuses:
        found = Status.UNLAWFUL
    elif statuses == {Status.LAWFUL} and len(on) == len(claim.rests_on):
        found = Status.LAWFUL
    return ClaimDecision(
        claim=claim.id,
        against=claim.against,
        status=found,
        rests_on=on,
        not_asked=tuple(id_ for id_ in claim.rests_on if id_ not in decided),
    )


def status_of(
    matter: Matter, book: LawBook, *, as_of: date, by_tree: bool = False
) -> dict[str, Status]:
    """Only the status of every use and event: the same answer as `decide`, without reasons."""
    if not by_tree:
        return quick_status(matter, book, as_of=as_of)
    return {
        element.id: one_status(
            {
                ElementCase(matter, element, book, as_of, voice, by_tree=True).status
                for voice in voices_on(matter, element)
            }
        )
        for element in (*matter.uses.values(), *matter.events.values())
        if element.issues != ()
    }


def _first_needs(book: LawBook, as_of: date, day: date | None, by_tree: bool) -> tuple[str, ...]:
    """What has to be known before anything can be said: tried on a use nothing is known of."""
    blank = Element(id="u1", level="use", facts={})
    empty = matter_from({"uses": {"u1": {}}})
    decision = _element(empty, blank, book, as_of, by_tree)
    return tuple(f for f in decision.missing if f != ACTED_ON or day is None)


# ---- one element, explained


def _element(
    matter: Matter, element: Element, book: LawBook, as_of: date, by_tree: bool
) -> ElementDecision:
    def case(voice: str | None) -> ElementCase:
        return ElementCase(matter, element, book, as_of, voice, by_tree=by_tree)

    voices = voices_on(matter, element)
    if len(voices) == 1:
        return _explained(case(None)) if by_tree else _later(case(None))
    return _of_voices(_explained(case(None)), [(str(v), case(v)) for v in voices], matter)


def _of_voices(
    common: ElementDecision, cases: list[tuple[str, ElementCase]], matter: Matter
) -> ElementDecision:
    """Each party's version decided; where they agree on the answer, that is the answer."""
    statuses = {case.status for _, case in cases}
    chosen = common if len(statuses) > 1 else _explained(cases[0][1])
    return replace(
        chosen,
        status=one_status(statuses),
        voices=tuple((who, case.status) for who, case in cases),
        differ_on=matter.differ_on(),
    )


class _Results(dict[str, Remembered]):
    """What is said of each provision found, made when it is first looked at."""

    def __init__(self, case: ElementCase) -> None:
        super().__init__()
        self.case = case
        self.found = {found.id: found for found in case.found}

    def __missing__(self, id_: str) -> Remembered:
        case, found = self.case, self.found[id_]
        view = case.views[0]
        if len(case.views) == 1 and isinstance(view, Seen):
            of = id_ if found.provision is not None else _instrument_of(found, case).id
            made = memory_of(view).recall(of, view, case.element.issues, lambda: _made(found, case))
        else:
            made = _made(found, case)
        self[id_] = made
        return made

    def of(self, found: Iterable[Found]) -> tuple[ProvisionResult, ...]:
        return tuple([self[one.id].result for one in found])


def _made(found: Found, case: ElementCase) -> Remembered:
    result = result_of(found, case)
    steps = [result.because] if result.because else []
    ends = [fact for fact in unknown_facts(steps) if fact != INFRINGING]
    return Remembered(result, ends, judgements(steps))


def _explained(case: ElementCase) -> ElementDecision:
    """The decision on one element."""
    results = _Results(case)
    if case.by_tree:
        _read_all(case, results)
    return _from_results(case, results)


def _read_all(case: ElementCase, results: _Results) -> None:
    """What the reference reads is what contradictions are named of: all of it."""
    for found in case.found:
        results[found.id]


def _naming_contradictions(case: ElementCase) -> ElementCase:
    """The case whose flags are told: where facts contradict each other, the reference's."""
    if case.by_tree or not any(view.contradictions() for view in case.views):
        return case
    tree = case.again_by_tree()
    reasons = _reasons(tree, results := _Results(tree))
    _read_all(tree, results)
    for name in _READING:
        reasons[name]()
    return tree


def _later(case: ElementCase) -> ElementDecision:
    """The status now, by the compiled book; what explains it when somebody reads it."""
    element = case.element
    known = {
        "element": element.id,
        "level": element.level,
        "issues": element.issues,
        "status": STATUS[unlawful(case)],
        "voices": (),
        "differ_on": (),
    }

    return ElementDecision.later(known, _Reasons(case))


class _Reasons:
    """The rest of a decision, field by field as each is read; of the same facts once."""

    def __init__(self, case: ElementCase) -> None:
        self.case = case
        self.fields: Mapping[str, Callable[[], Any]] | None = None
        self.known: dict[str, Any] | None = None

    def __call__(self, name: str) -> Mapping[str, Any]:
        if self.known is None:
            self.known = _known_of(self.case)
        if name not in self.known:
            if self.fields is None:
                self.fields = _reasons(self.case, _Results(self.case))
            self.known[name] = self.fields[name]()
        return {name: self.known[name]}


def _known_of(case: ElementCase) -> dict[str, Any]:
    """What was worked out of the same facts, asked the same under the same law and day."""
    view = case.views[0]
    if len(case.views) > 1 or not isinstance(view, Seen):
        return {}
    return memory_of(view).of_element(view, (case.element.issues, case.known_day, case.as_of))


def _from_results(case: ElementCase, results: _Results) -> ElementDecision:
    return ElementDecision(
        element=case.element.id,
        level=case.element.level,
        status=case.status,
        issues=case.element.issues,
        **{name: work_out() for name, work_out in _reasons(case, results).items()},
    )


def _reasons(case: ElementCase, results: _Results) -> dict[str, Callable[[], Any]]:
    """How each field that explains a decision is worked out."""
    open_ = [f for f in case.found if f.truth is None]
    undetermined = case.status is Status.UNDETERMINED

    def breached() -> tuple[ProvisionResult, ...]:
        return results.of(f for f in case.found if f.truth is True)

    def satisfied() -> tuple[ProvisionResult, ...]:
        return (*grounds_that_hold(case), *results.of(duties_met(case)))

    def hangs_on() -> tuple[str, ...]:
        carrying = deciding_found(case)
        return tuple(dict.fromkeys(f for one in carrying for f in results[one.id].judged))

    def because() -> Step:
        found = results.of(deciding_found(case))
        steps = tuple(step for r in found if (step := r.because) is not None)
        return Step(says=_summary(case), truth=case.unlawful, steps=steps)

    def mark() -> str:
        marks = [r.mark for r in (*breached(), *satisfied())]
        return weakest(marks + [mark_of(f, case) for f in open_])

    return {
        "governed": lambda: case.governed,
        "breached": breached,
        "satisfied": satisfied,
        "defeated": lambda: tuple(defeated_in(case)),
        "undetermined": lambda: () if case.unlawful is True else results.of(open_),
        "duties": lambda: tuple(duties_of(case)),
        "hangs_on": hangs_on,
        "missing": lambda: _missing(case, results) if undetermined else (),
        "flags": lambda: tuple(flags_of(_naming_contradictions(case))),
        "because": because,
        "not_governed_by": lambda: tuple(instruments_not_governing(case)),
        "mark": mark,
        "asked": lambda: tuple([found.id for found in case.found]),
    }


# The fields whose working out reads what nobody stated, besides what is tried.
_READING = ("governed", "satisfied", "defeated", "duties", "hangs_on", "because", "mark")


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
        None: Text(en="undetermined: not all that decides is known", zh="不能确定：关键事实未明"),
    }[case.unlawful]


# ---- what is missing


def _missing(case: ElementCase, results: _Results) -> tuple[str, ...]:
    needed: dict[str, None] = {}
    if case.known_day is None:
        needed[ACTED_ON] = None
    for found in case.found:
        if found.truth is None:
            needed.update(dict.fromkeys(_missing_for(found, case, results[found.id], needed)))
    for view in case.views:
        view.trials.clear()  # each holds its view: a ring that only a collection would free
    return tuple(needed)


def _missing_for(
    found: Found, case: ElementCase, known: Remembered, needed: Mapping[str, None]
) -> list[str]:
    """The open ends that can change one result; those already needed are not tried again."""
    if not known.untried <= needed.keys():
        new = [f for f in known.ends if f in known.untried and f not in needed]
        view = view_that_decides(found, case)
        known.decides += deciding(new, view, _answer_of(found, case))
        known.untried.difference_update(new)
    changing = [f for f in known.decides if f not in needed]
    if changing or not needed.keys().isdisjoint(known.ends):
        return sorted(changing, key=known.ends.index)
    return known.ends


def _answer_of(found: Found, case: ElementCase) -> Callable[[ElementView], object]:
    issues = case.element.issues
    if (provision := found.provision) is not None:
        return lambda tried: tried.asked_truth(provision, issues)
    instrument = _instrument_of(found, case)
    return lambda tried: tried.no_ground(instrument)


def _instrument_of(found: Found, case: ElementCase) -> Instrument:
    return next(i for i in case.grounded if (i.grounds_under or i.id) == found.id)


# ---- one provision alone


def outcome_of(
    provision_id: str,
    facts: Mapping[str, Mapping[str, Any]],
    book: LawBook,
    as_of: date,
    *,
    by_tree: bool = False,
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
    case = ElementCase(matter, element, book, as_of, alone=True, by_tree=by_tree)
    if case.known_day is None:
        return "undetermined", (ACTED_ON,)
    view = case.views[0]
    truth = view.provision(provision_id)
    outcome = outcome_word(provision.kind, truth)
    return outcome, () if truth is not None else tuple(_lacking(provision_id, view))


def _lacking(provision_id: str, view: ElementView) -> list[str]:
    candidates = unknown_facts([explain_provision(provision_id, view)])
    open_ = [c for c in candidates if c != INFRINGING]
    return deciding(open_, view, lambda tried: tried.provision(provision_id)) or open_


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
