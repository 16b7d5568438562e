"""The first half of a release: may this use go ahead, and how. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from habeas.boundary.draw import Boundary
from habeas.boundary.scan import scan
from habeas.errors import BadInput, Refused, Undetermined
from habeas.law.book import LawBook
from habeas.law.matter import matter_from
from habeas.law.reason import ElementDecision, decide
from habeas.procedures.declare_activity import declared
from habeas.procedures.declared_kinds import refuse_undeclared
from habeas.procedures.on_record import facts_on_record
from habeas.procedures.record_assessment import assessment_in_force
from habeas.protection.plan import ReleasePlan, draft_plan
from habeas.records import models
from habeas.records.home import Home
from habeas.rights.activity import Activity, Use
from habeas.rights.assessment import TRIGGERS, Assessment, needed_because
from habeas.tables.source import Source
from habeas.terms import Status

ASSESSMENT = "cn.pipl.art55"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """All that speaks for a release, before any row is read for it."""

    row: models.Activity
    activity: Activity
    use: Use
    boundary: Boundary
    decision: ElementDecision
    assessment: Assessment | None
    plan: ReleasePlan


def propose_release(
    home: Home,
    source: Source,
    *,
    activity: str,
    recipient: str,
    purpose: str,
    book: LawBook,
    now: datetime,
    plan: ReleasePlan | None = None,
    tell: Tell = lambda _: None,
) -> Proposal:
    """Decide, and plan. Raises Refused with provisions or Undetermined with missing facts.

    plan: a plan that a person has read and edited; None drafts one.
    """
    home.must_be("controller")
    row, about = declared(home, activity)
    use = about.use_for(recipient=recipient, purpose=purpose)
    _check_columns(source, use)
    # 1. Where the legal line runs in this very table.
    tell("scan")
    boundary = scan(source, book=book, as_of=now.date(), claimed=about.claimed())
    refuse_undeclared(boundary, use)
    # 2. Whether the use is lawful, on declared facts and on what the home's records say.
    tell("decide")
    decision = _decide(home, row, about, use, book=book, now=now)
    _refuse_unlawful(decision, use, book)
    # 3. Whether an assessment is needed, and in force.
    assessment = _assessment(home, row, about, use, book=book, now=now)
    # 4. What is done to each column.
    tell("plan")
    if plan is None:
        plan = _draft(boundary, about, use, decision)
    _check_plan(plan, use)
    return Proposal(
        row=row,
        activity=about,
        use=use,
        boundary=boundary,
        decision=decision,
        assessment=assessment,
        plan=plan,
    )


def _check_columns(source: Source, use: Use) -> None:
    names = set(source.schema.names)
    if absent := [column for column in use.columns if column not in names]:
        raise BadInput(f"the table lacks columns of the use: {', '.join(absent)}", file=source.name)


def _decide(
    home: Home, row: models.Activity, activity: Activity, use: Use, *, book: LawBook, now: datetime
) -> ElementDecision:
    records = {use.id: facts_on_record(home, row, activity, use, at=now)}
    matter = matter_from(activity.matter(acted_on=now.date(), use=use.id, on_record=records))
    decision = decide(matter, book, as_of=now.date())
    return next(each for each in decision.elements if each.element == use.id)


def _refuse_unlawful(decision: ElementDecision, use: Use, book: LawBook) -> None:
    if decision.status is Status.UNLAWFUL:
        under = [result.id for result in decision.breached]
        raise Refused(
            f"not released: use {use.id} is unlawful under {', '.join(under)}",
            place=f"book {book.id}",
            remedy=_remedy(under),
        )
    if decision.status is Status.UNDETERMINED:
        wanted = dict.fromkeys([*decision.missing, *decision.hangs_on])
        raise Undetermined(
            f"not released: whether use {use.id} is lawful can't be said without "
            f"{', '.join(wanted) or 'facts that are unknown'}",
            remedy="state them under the use's facts and declare the activity again",
        )


def _remedy(under: list[str]) -> str:
    """The commands that make what is missing, each of them; else where to read."""
    steps = []
    if any(cited.startswith("cn.pipl.art17") for cited in under):
        steps.append("publish the notice with `habeas notice publish`")
    if {ASSESSMENT, "cn.pipl.art56"} & set(under):
        steps.append("make an impact assessment and record it with `habeas report assessment`")
    return ", and ".join([*steps, "`habeas law show PROVISION` explains each"][: len(steps) or 1])


def _assessment(
    home: Home, row: models.Activity, activity: Activity, use: Use, *, book: LawBook, now: datetime
) -> Assessment | None:
    found = assessment_in_force(home, row, activity, use, at=now)
    if found is None and (because := needed_because(activity, use, book, now.date())):
        cases = ", ".join(TRIGGERS[name].en for name in because)
        raise Refused(
            f"not released: use {use.id} needs an impact assessment ({cases}) and none is in force "
            f"({ASSESSMENT})",
            remedy="make one and record it with `habeas report assessment`",
        )
    return found


def _draft(
    boundary: Boundary, activity: Activity, use: Use, decision: ElementDecision
) -> ReleasePlan:
    assert use.recipient is not None
    return draft_plan(
        boundary,
        recipient=use.recipient,
        purpose=use.purpose,
        needed=use.columns,
        identified=use.identified,
        adversary=use.adversary,
        joins=use.joins,
        decided_on=use.decided_on,
        sums=use.sums,
        canaries=use.canaries,
        decision=decision,
        subject_column=activity.subject_column,
        necessity=use.necessity,
        covered=[name for name, used in activity.columns.items() if use.purpose in used],
        mark_numbers=use.mark_numbers,
        contact_domain=use.contact_domain,
    )


def _check_plan(plan: ReleasePlan, use: Use) -> None:
    """An edited plan is still the plan of this use."""
    if (plan.recipient, plan.purpose) != (use.recipient, use.purpose):
        raise BadInput(
            f"the plan is for {plan.recipient} and {plan.purpose}",
            remedy=f"take the plan of {use.recipient} and {use.purpose}",
        )
    beyond = [c.column for c in plan.leaving if c.column not in (*use.columns, *use.joins)]
    if beyond:
        raise Refused(
            f"the plan hands out columns that the use does not declare: {', '.join(beyond)} "
            "(cn.pipl.art6)",
            remedy="drop them from the plan, or declare them under the use",
        )
