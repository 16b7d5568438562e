"""The results of a case, provision by provision: broken, satisfied, defeated, open; duties."""

from __future__ import annotations

from habeas.law.decision import Duty, DutyState, Outcome, ProvisionResult, Step
from habeas.law.due import pending_until
from habeas.law.element import ElementCase, Found
from habeas.law.explain import explain, explain_provision
from habeas.law.expression import Truth, k_or
from habeas.law.provision import BREAKABLE, Provision
from habeas.law.views import ElementView
from habeas.terms import Citation, Text

_MARKS = ("none", "read", "coded", "reviewed")


def weakest(marks: list[str]) -> str:
    return min(marks, key=_MARKS.index) if marks else "none"


def mark_of(found: Found, case: ElementCase) -> str:
    """How far the provision a result rests on has been checked."""
    if found.provision is not None:
        return found.provision.marks.weakest
    instrument = next(i for i in case.grounded if (i.grounds_under or i.id) == found.id)
    return weakest([case.book.provisions[g].marks.weakest for g in instrument.grounds])


def outcome_word(kind: str, truth: Truth) -> Outcome:
    if truth is None:
        return "undetermined"
    if kind in BREAKABLE:
        return "breached" if truth else "not_breached"
    return "holds" if truth else "does_not_hold"


def view_that_decides(found: Found, case: ElementCase) -> ElementView:
    for view in case.views if len(case.views) > 1 else ():
        if found.provision is None:
            continue
        if view.asked_truth(found.provision, case.element.issues) is found.truth:
            return view
    return case.views[0]


def result_of(found: Found, case: ElementCase) -> ProvisionResult:
    if found.provision is None:
        return _no_ground(found, case)
    view = view_that_decides(found, case)
    step = explain_provision(found.id, view, case.element.issues)
    if found.truth is None and found.governed is None:
        step = Step(
            says=step.says,
            truth=None,
            provision=step.provision,
            steps=(
                *_scope_steps(found.provision, case, view),
                *(step.steps if step.truth is None else ()),
            ),
        )
    return _as_result(found.provision, found.truth, found.governed, step)


def _as_result(
    provision: Provision,
    truth: Truth,
    governed: Truth,
    step: Step | None,
    defeated_by: tuple[str, ...] = (),
) -> ProvisionResult:
    return ProvisionResult(
        id=provision.id,
        citation=provision.citation,
        title=provision.title,
        paraphrase=provision.paraphrase,
        outcome=outcome_word(provision.kind, truth),
        governed=governed,
        mark=provision.marks.weakest,
        reading=provision.reading,
        because=step,
        defeated_by=defeated_by,
    )


def _scope_steps(provision: Provision, case: ElementCase, view: ElementView) -> list[Step]:
    instrument = case.book.instruments[provision.instrument]
    nodes = [instrument.scope.get(view.level) or instrument.scope.get("use")]
    nodes += [rule.within for rule in view.parts(provision)]
    return [
        step
        for node in nodes
        if node is not None and view.truth(node) is None
        for step in explain(node, view)
    ]


def _no_ground(found: Found, case: ElementCase) -> ProvisionResult:
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
        None: Text(
            en="it is open whether a ground of processing holds", zh="是否具备合法性基础尚不明"
        ),
    }[found.truth]
    return ProvisionResult(
        id=found.id,
        citation=citation,
        title=Text(
            en=f"{instrument.short.en} art. {article}", zh=f"{instrument.short.zh}第{article}条"
        ),
        paraphrase=Text(
            en="processing needs one of the grounds listed",
            zh="处理个人信息须具备所列合法性基础之一",
        ),
        outcome=outcome_word("prohibit", found.truth),
        governed=found.governed,
        mark=weakest([case.book.provisions[g].marks.weakest for g in instrument.grounds]),
        because=Step(says=says, truth=found.truth, provision=found.id, steps=tuple(steps)),
    )


def deciding_found(case: ElementCase) -> list[Found]:
    """What carries the status: the breaches, or what is open, or that all is well."""
    if case.breach is True:
        return [f for f in case.found if f.truth is True]
    if case.breach is None:
        return [f for f in case.found if f.truth is None]
    return list(case.found)


def grounds_that_hold(case: ElementCase) -> list[ProvisionResult]:
    view = case.views[0]
    return [
        _as_result(provision, True, True, explain_provision(ground, view))
        for instrument in case.grounded
        for ground in instrument.grounds
        if view.provision(ground) is True
        for provision in (case.book.provisions[ground],)
    ]


def duties_met(case: ElementCase) -> list[Found]:
    return [
        f
        for f in case.found
        if f.truth is False
        and f.governed is True
        and f.provision is not None
        and f.provision.kind == "oblige"
        and case.views[0].owed(f.provision, case.element.issues) is True
    ]


def defeated_in(case: ElementCase) -> list[ProvisionResult]:
    """Provisions that would be broken if an exemption did not apply."""
    found = []
    for provision in case.asked:
        attackers = case.book.attackers.get(provision.id, ())
        for view in case.views if attackers else ():
            parts = provision.parts(case.element.level, case.element.issues)
            by = tuple(a for a in attackers if view.provision(a) is True)
            if by and k_or(*(view.rule(rule) for rule in parts)) is True:
                step = explain_provision(provision.id, view)
                found.append(_as_result(provision, False, True, step, defeated_by=by))
                break
    return found


def duties_of(case: ElementCase) -> list[Duty]:
    """The duties owed here: broken, met, still running with their last day, or not known."""
    return [
        duty
        for one in case.found
        if one.provision is not None and one.provision.kind == "oblige"
        if one.governed is not False and (duty := _duty(one, one.provision, case)) is not None
    ]


def _duty(one: Found, provision: Provision, case: ElementCase) -> Duty | None:
    """None where nothing is owed and nothing will be."""
    state: DutyState = "breached" if one.truth is True else "unknown"
    due = pending_until(provision, case) if one.truth is not True else None
    # what is broken or may be is owed; only the reference looks again, for what it reads
    if due is not None:
        state = "pending"
    elif one.truth is False or case.by_tree:
        owed = k_or(*[view.owed(provision, case.element.issues) for view in case.views])
        if owed is False:
            return None
        if one.truth is False and owed is True:
            state = "met"
    return Duty(provision=one.id, title=provision.title, state=state, due=due)


def instruments_not_governing(case: ElementCase) -> list[str]:
    names: dict[str, None] = {}
    for found in case.found:
        if found.governed is False:
            name = found.provision.instrument if found.provision else Citation.parse(found.id).law
            names[name] = None
    return list(names)
