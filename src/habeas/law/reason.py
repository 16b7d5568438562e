"""Decide: one answer for each use and event, with what it rests on and what it lacks.

    unlawful = (some prohibition or duty is broken) or (no ground holds)

is one expression over three values, each part under the scope of its instrument. The law is
that of the day of the act (`acted_on`); what was known is that of `as_of`. A question the coded
book has no rule for on that day leaves the answer undetermined, never lawful.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from habeas.law.book import Instrument, LawBook, Limit
from habeas.law.decision import (
    Decision,
    Duty,
    DutyState,
    ElementDecision,
    Notice,
    Outcome,
    ProvisionResult,
    Step,
)
from habeas.law.explain import explain, explain_provision, judgements, unknown_facts
from habeas.law.expression import Truth, k_and, k_not, k_or
from habeas.law.matter import Element, Matter, matter_from
from habeas.law.missing import deciding
from habeas.law.provision import BREAKABLE, Provision
from habeas.law.schema import load_vocabulary
from habeas.law.values import Value
from habeas.law.views import INFRINGING, FactsView, rule_truth
from habeas.terms import Citation, Status, Text

__all__ = ["Decision", "ElementDecision", "decide", "outcome_of", "status_of"]

ACTED_ON = "matter.acted_on"
_STATUS: dict[Truth, Status] = {
    True: Status.UNLAWFUL,
    False: Status.LAWFUL,
    None: Status.UNDETERMINED,
}


def decide(matter: Matter, book: LawBook, *, as_of: date) -> Decision:
    """What the book says of every use and event of a matter on which something is asked.

    as_of: the day as of which is decided; the law applied is that of the day of the act.
    """
    asked = [
        element
        for element in (*matter.uses.values(), *matter.events.values())
        if element.issues != ()
    ]
    day = _day(matter)
    return Decision(
        book=book.id,
        book_hash=book.hash,
        as_of=as_of,
        acted_on=day,
        elements=tuple(_element(matter, element, book, as_of) for element in asked),
        missing=() if asked else _first_needs(book, as_of, day),
        flags=tuple(_matter_flags(matter, book, day)),
        coded=len(book.provisions),
        in_sheets=book.sheet_size,
        matter=matter.id,
    )


def status_of(matter: Matter, book: LawBook, *, as_of: date) -> dict[str, Status]:
    """Only the status of every use and event: the same answer as `decide`, without reasons."""
    found: dict[str, Status] = {}
    for element in (*matter.uses.values(), *matter.events.values()):
        if element.issues != ():
            cases = [_Case(matter, element, book, as_of, v) for v in _voices(matter, element)]
            statuses = {case.status for case in cases}
            found[element.id] = statuses.pop() if len(statuses) == 1 else Status.UNDETERMINED
    return found


def _day(matter: Matter) -> date | None:
    """The day whose law applies; None if nobody says, or the parties dispute it."""
    view = matter.facts_for(Element(id="", level="matter", facts={}))
    if view.get("matter.acted_on_precision") == "disputed":
        return None
    day = view.get(ACTED_ON)
    return day if isinstance(day, date) else None


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


@dataclass(slots=True, weakref_slot=True)
class _Found:
    """One provision, or the lack of any ground, on one element."""

    id: str
    truth: Truth
    governed: Truth
    provision: Provision | None


class _Case:
    """One element in one voice under one book: everything worked out from its facts.

    alone: one provision is looked at by itself, so a use of which the rest of the book leaves it
    open whether it is unlawful counts as not shown to be.
    """

    def __init__(
        self,
        matter: Matter,
        element: Element,
        book: LawBook,
        as_of: date,
        voice: str | None = None,
        alone: bool = False,
    ) -> None:
        self.matter, self.element, self.book = matter, element, book
        self.as_of, self.voice = as_of, voice
        self.alone = alone
        self.known_day = _day(matter)
        self.day = self.known_day or as_of

    @cached_property
    def views(self) -> tuple[FactsView, ...]:
        """One view; for an event that names uses, one for each of them."""
        uses: Sequence[Element | None] = [self.matter.uses[u] for u in self.element.uses] or [None]
        return tuple(self._view(use) for use in uses)

    def _view(self, use: Element | None) -> FactsView:
        facts: dict[str, Value] = self.matter.facts_for(self.element, use=use, voice=self.voice)
        if use is not None:
            unlawful = _Case(self.matter, use, self.book, self.as_of, self.voice).unlawful
            if self.alone:
                facts[INFRINGING] = unlawful is True
            elif unlawful is not None:
                facts[INFRINGING] = unlawful
        return FactsView(
            facts, book=self.book, level=self.element.level, day=self.day, today=self.as_of
        )

    def asks(self, provision: Provision) -> bool:
        issues = self.element.issues
        return (
            provision.kind in BREAKABLE
            and provision.decides
            and provision.in_force(self.day)
            and bool(provision.parts(self.element.level, issues))
        )

    @cached_property
    def asked(self) -> tuple[Provision, ...]:
        return tuple(p for p in self.book.provisions.values() if self.asks(p))

    @cached_property
    def grounded(self) -> tuple[Instrument, ...]:
        """The instruments that ask this element for a ground."""
        if self.element.level != "use":
            return ()
        issues = self.element.issues
        return tuple(
            instrument
            for instrument in self.book.instruments.values()
            if instrument.grounds
            and (issues is None or not set(issues).isdisjoint(instrument.grounds_issues))
            and any(self.book.provisions[g].in_force(self.day) for g in instrument.grounds)
        )

    @cached_property
    def found(self) -> tuple[_Found, ...]:
        return (
            *(self._on_provision(p) for p in self.asked),
            *(self._on_grounds(i) for i in self.grounded),
        )

    def _on_provision(self, provision: Provision) -> _Found:
        scopes = [self.scope(provision, view) for view in self.views]
        parts = provision.parts(self.element.level, self.element.issues)
        truths = [
            k_and(scope, view.parts_truth(provision, parts))
            for scope, view in zip(scopes, self.views, strict=True)
        ]
        return _Found(provision.id, k_or(*truths), k_or(*scopes), provision)

    def _on_grounds(self, instrument: Instrument) -> _Found:
        view = self.views[0]
        scope = self.ground_scope(instrument, view)
        ground = k_or(*(view.provision(g) for g in instrument.grounds))
        return _Found(
            instrument.grounds_under or instrument.id, k_and(scope, k_not(ground)), scope, None
        )

    def scope(self, provision: Provision, view: FactsView) -> Truth:
        scope = self.instrument_scope(self.book.instruments[provision.instrument], view)
        within = [rule.within for rule in view.parts(provision) if rule.within is not None]
        return k_and(scope, *(node.value(view) for node in within))

    def instrument_scope(self, instrument: Instrument, view: FactsView) -> Truth:
        node = instrument.scope.get(view.level) or instrument.scope.get("use")
        return True if node is None else node.value(view)

    def ground_scope(self, instrument: Instrument, view: FactsView) -> Truth:
        """Whether the instrument governs this use and asks it for a ground."""
        asks = instrument.grounds_when
        return k_and(
            self.instrument_scope(instrument, view), True if asks is None else asks.value(view)
        )

    @cached_property
    def uncovered(self) -> tuple[str, ...]:
        """Questions put for which the coded book has no rule that speaks of them on that day."""
        issues = self.element.issues
        if issues is None:
            kind = self.views[0].fact("event.kind")
            named = self.book.kinds_of_event.get(kind) if isinstance(kind, str) else None
            issues = (named,) if named else ()
        return tuple(issue for issue in issues if not self._covered(issue))

    def _covered(self, issue: str) -> bool:
        level, book = self.element.level, self.book
        covers = [c for c in book.covers if c.level == level and c.issue == issue]
        if covers:
            return any(
                book.provisions[c.by].in_force(self.day) and c.when.value(view) is not False
                for c in covers
                for view in self.views
            )
        if any(issue in instrument.grounds_issues for instrument in self.grounded):
            return True
        return any(
            provision.decides and provision.in_force(self.day)
            and any(issue in rule.issues for rule in provision.parts(level))
            for provision in book.provisions.values()
        )

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Where the coded rules on what is asked are only part of the law."""
        issues = self.element.issues
        return tuple(
            limit
            for limit in self.book.limits
            if (issues is None or limit.issue in issues)
            and any(limit.when.value(view) is True for view in self.views)
        )

    @cached_property
    def breach(self) -> Truth:
        return k_or(*(found.truth for found in self.found))

    @cached_property
    def governed(self) -> Truth:
        if not self.found:
            return None
        return k_or(*(found.governed for found in self.found))

    @cached_property
    def unlawful(self) -> Truth:
        """The status as a truth value; open where the law or the question is not ours to answer."""
        if self.known_day is None or not self.found:
            return None
        if self.breach is False and (self.uncovered or self.limits):
            return None
        return self.breach

    @property
    def status(self) -> Status:
        return _STATUS[self.unlawful]


# ---- one element, explained


def _element(matter: Matter, element: Element, book: LawBook, as_of: date) -> ElementDecision:
    voices = _voices(matter, element)
    cases = [_Case(matter, element, book, as_of, voice) for voice in voices]
    first = _explained(_Case(matter, element, book, as_of) if len(cases) > 1 else cases[0])
    if len(cases) == 1:
        return first
    return _of_voices(first, [(str(c.voice), c) for c in cases], matter)


def _of_voices(
    common: ElementDecision, cases: list[tuple[str, _Case]], matter: Matter
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


def _explained(case: _Case) -> ElementDecision:
    results = {found.id: _result(found, case) for found in case.found}
    breached = tuple(results[f.id] for f in case.found if f.truth is True)
    open_ = tuple(results[f.id] for f in case.found if f.truth is None)
    steps = _deciding_steps(case, results)
    satisfied = (*_grounds_that_hold(case), *_met(case, results))
    return ElementDecision(
        element=case.element.id,
        level=case.element.level,
        governed=case.governed,
        status=case.status,
        breached=breached,
        satisfied=satisfied,
        defeated=tuple(_defeated(case)),
        undetermined=() if case.unlawful is True else open_,
        duties=tuple(_duties(case)),
        hangs_on=tuple(judgements(steps)),
        missing=_missing(case) if case.status is Status.UNDETERMINED else (),
        flags=tuple(_flags(case)),
        because=Step(says=_summary(case), truth=case.unlawful, steps=tuple(steps)),
        not_governed_by=tuple(_not_governed(case)),
        mark=_weakest([r.mark for r in (*breached, *satisfied, *open_)]),
        issues=case.element.issues,
        asked=tuple(found.id for found in case.found),
    )


_MARKS = ("none", "read", "coded", "reviewed")


def _weakest(marks: list[str]) -> str:
    return min(marks, key=_MARKS.index) if marks else "none"


def _outcome(kind: str, truth: Truth) -> Outcome:
    if truth is None:
        return "undetermined"
    if kind in BREAKABLE:
        return "breached" if truth else "not_breached"
    return "holds" if truth else "does_not_hold"


def _view_that_decides(found: _Found, case: _Case) -> FactsView:
    for view in case.views:
        if found.provision is None:
            continue
        parts = found.provision.parts(case.element.level, case.element.issues)
        truth = k_and(case.scope(found.provision, view), view.parts_truth(found.provision, parts))
        if truth is found.truth:
            return view
    return case.views[0]


def _result(found: _Found, case: _Case) -> ProvisionResult:
    if found.provision is None:
        return _no_ground(found, case)
    view = _view_that_decides(found, case)
    step = explain_provision(found.id, view, case.element.issues)
    if found.truth is None and found.governed is None:
        step = Step(
            says=step.says, truth=None, provision=step.provision,
            steps=(*_scope_steps(found.provision, case, view),
                   *(step.steps if step.truth is None else ())),
        )
    return _as_result(found.provision, found.truth, found.governed, step)


def _as_result(
    provision: Provision, truth: Truth, governed: Truth, step: Step | None,
    defeated_by: tuple[str, ...] = (),
) -> ProvisionResult:
    return ProvisionResult(
        id=provision.id,
        citation=provision.citation,
        title=provision.title,
        paraphrase=provision.paraphrase,
        outcome=_outcome(provision.kind, truth),
        governed=governed,
        mark=provision.marks.weakest,
        reading=provision.reading,
        because=step,
        defeated_by=defeated_by,
    )


def _scope_steps(provision: Provision, case: _Case, view: FactsView) -> list[Step]:
    instrument = case.book.instruments[provision.instrument]
    nodes = [instrument.scope.get(view.level) or instrument.scope.get("use")]
    nodes += [rule.within for rule in view.parts(provision)]
    return [
        step
        for node in nodes
        if node is not None and node.value(view) is None
        for step in explain(node, view)
    ]


def _no_ground(found: _Found, case: _Case) -> ProvisionResult:
    view = case.views[0]
    instrument = next(i for i in case.grounded if (i.grounds_under or i.id) == found.id)
    wanted = {True: (False,), None: (None,), False: (True,)}[found.truth]
    steps = [explain_provision(g, view) for g in instrument.grounds if view.provision(g) in wanted]
    if found.truth is None and found.governed is None:
        node = instrument.scope.get("use")
        steps = [*(explain(node, view) if node is not None else []), *steps]
    citation = Citation.parse(found.id)
    article = citation.unit.removeprefix("art")
    says = {
        True: Text(en="no ground of processing holds", zh="无任何合法性基础"),
        False: Text(en="a ground of processing holds", zh="具备合法性基础"),
        None: Text(en="it is open whether a ground of processing holds", zh="是否具备合法性基础尚不明"),
    }[found.truth]
    return ProvisionResult(
        id=found.id,
        citation=citation,
        title=Text(en=f"{instrument.short.en} art. {article}", zh=f"{instrument.short.zh}第{article}条"),
        paraphrase=Text(
            en="processing needs one of the grounds listed", zh="处理个人信息须具备所列合法性基础之一"
        ),
        outcome=_outcome("prohibit", found.truth),
        governed=found.governed,
        mark=_weakest([case.book.provisions[g].marks.weakest for g in instrument.grounds]),
        because=Step(says=says, truth=found.truth, provision=found.id, steps=tuple(steps)),
    )


def _deciding_steps(case: _Case, results: Mapping[str, ProvisionResult]) -> list[Step]:
    """The steps that carry the status: the breaches, or the open ends, or why all is well."""
    if case.breach is True:
        chosen = [f for f in case.found if f.truth is True]
    elif case.breach is None:
        chosen = [f for f in case.found if f.truth is None]
    else:
        chosen = list(case.found)
    steps = [results[f.id].because for f in chosen]
    return [step for step in steps if step is not None]


def _grounds_that_hold(case: _Case) -> list[ProvisionResult]:
    view = case.views[0]
    return [
        _as_result(provision, True, True, explain_provision(ground, view))
        for instrument in case.grounded
        for ground in instrument.grounds
        if view.provision(ground) is True
        for provision in (case.book.provisions[ground],)
    ]


def _met(case: _Case, results: Mapping[str, ProvisionResult]) -> list[ProvisionResult]:
    return [
        results[f.id]
        for f in case.found
        if f.truth is False and f.governed is True and f.provision is not None
        and f.provision.kind == "oblige" and _owed(f.provision, case, case.views[0]) is True
    ]


def _owed(provision: Provision, case: _Case, view: FactsView) -> Truth:
    """Whether a duty is owed here at all, exceptions and what defeats it counted."""
    parts = provision.parts(case.element.level, case.element.issues)
    owed = k_or(
        *(
            k_and(r.when.value(view), True if r.unless is None else k_not(r.unless.value(view)))
            for r in parts
        )
    )
    attackers = case.book.attackers.get(provision.id, ())
    return k_and(owed, k_not(k_or(*(view.provision(a) for a in attackers))))


def _defeated(case: _Case) -> list[ProvisionResult]:
    """Provisions that would be broken if an exemption did not apply."""
    found = []
    for provision in case.asked:
        for view in case.views:
            parts = provision.parts(case.element.level, case.element.issues)
            by = tuple(
                a for a in case.book.attackers.get(provision.id, ()) if view.provision(a) is True
            )
            if by and k_or(*(rule_truth(rule, view) for rule in parts)) is True:
                step = explain_provision(provision.id, view)
                found.append(_as_result(provision, False, True, step, defeated_by=by))
                break
    return found


def _duties(case: _Case) -> list[Duty]:
    found = []
    for one in case.found:
        if one.provision is None or one.provision.kind != "oblige" or one.governed is False:
            continue
        owed = k_or(*(_owed(one.provision, case, view) for view in case.views))
        if owed is False:
            continue
        state: DutyState = "breached" if one.truth is True else "unknown"
        if one.truth is False and owed is True:
            state = "met"
        found.append(Duty(provision=one.id, title=one.provision.title, state=state))
    return found


def _not_governed(case: _Case) -> list[str]:
    names: dict[str, None] = {}
    for found in case.found:
        if found.governed is False:
            name = found.provision.instrument if found.provision else Citation.parse(found.id).law
            names[name] = None
    return list(names)


# ---- flags


def _flags(case: _Case) -> list[Notice]:
    flags = [flag for view in case.views for flag in _contradictions(view)]
    for provision in case.book.provisions.values():
        for flag in provision.flags:
            tied = not flag.on or any(f.id in flag.on and f.governed is not False for f in case.found)
            if tied and provision.in_force(case.day):
                if any(flag.when.value(view) is True for view in case.views):
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
            en="the coded book has no rule on this for that day: "
            + "; ".join(w.en for w in words),
            zh="已编码法库在该日期尚无关于下列问题的规则：" + "；".join(w.zh for w in words),
        ),
    )


def _contradictions(view: FactsView) -> list[Notice]:
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


def _matter_flags(matter: Matter, book: LawBook, day: date | None) -> list[Notice]:
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


def _summary(case: _Case) -> Text:
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


def _missing(case: _Case) -> tuple[str, ...]:
    needed: dict[str, None] = {}
    if case.known_day is None:
        needed[ACTED_ON] = None
    for found in case.found:
        if found.truth is None:
            needed.update(dict.fromkeys(_missing_for(found, case)))
    return tuple(needed)


def _missing_for(found: _Found, case: _Case) -> list[str]:
    result = _result(found, case)
    candidates = unknown_facts([result.because] if result.because else [])
    view = _view_that_decides(found, case)

    def answer(facts: Mapping[str, Value]) -> object:
        tried = FactsView(
            facts, book=case.book, level=view.level, day=case.day, today=case.as_of
        )
        if found.provision is not None:
            parts = found.provision.parts(view.level, case.element.issues)
            return k_and(
                case.scope(found.provision, tried), tried.parts_truth(found.provision, parts)
            )
        instrument = next(i for i in case.grounded if (i.grounds_under or i.id) == found.id)
        ground = k_or(*(tried.provision(g) for g in instrument.grounds))
        return k_and(case.ground_scope(instrument, tried), k_not(ground))

    open_ = [c for c in candidates if c != INFRINGING]
    return deciding(open_, view.known, answer, case.book) or open_


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
    case = _Case(matter, element, book, as_of, alone=True)
    if case.known_day is None:
        return "undetermined", (ACTED_ON,)
    view = case.views[0]
    truth = view.provision(provision_id)
    outcome = _outcome(provision.kind, truth)
    return outcome, () if truth is not None else tuple(_lacking(provision_id, view, case))


def _lacking(provision_id: str, view: FactsView, case: _Case) -> list[str]:
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
            if name in names and names[name].nature == "evaluative"
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
