"""What is owed after a leak: grade, duties, clocks; who must be told, and by when.

The Act says *at once* and gives no hours; hour limits exist only for incidents graded larger or
above (cn.inc), and for whoever is under the financial regulator (cn.nfraqa). Where the number of
persons is not known the grade is unknown, and a clock that hangs on it is shown as unknown, not
left out; the same holds for the line of business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from habeas.law.clocks import (
    Due,
    State,
    days_after,
    hours_after,
    state_of,
    working_days_after,
)
from habeas.terms import Citation, Text

Operator = Literal["other", "cii", "central_organ"]
_ORDER = ("general", "larger", "major", "especially_major")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What is known of an incident. None is unknown, never no.

    aware_at: when the handler learned of it. persons: how many persons' data leaked.
    harm_avoided: whether measures effectively prevented harm, a legal judgement.
    other_grade_test: whether one of the annex's tests without a number makes it larger, another.
    sector: the line of business, a member of `party.sector`. nfra: whether the financial regulator
    supervises the handler, where the line of business leaves it open. nfra_especially_major: by
    that regulator's own grades, which the sheets don't hold. at_outsourcer: whether it happened at
    a provider the handler outsourced to. done: duty id -> when it was done.
    """

    aware_at: datetime | None
    persons: int | None
    operator: Operator | None
    harm_avoided: bool | None = None
    suspected_crime: bool | None = None
    other_grade_test: bool | None = None
    sector: str | None = None
    nfra: bool | None = None
    nfra_especially_major: bool | None = None
    at_outsourcer: bool | None = None
    handled_at: datetime | None = None
    done: Mapping[str, datetime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDuty:
    """One duty. applies None: not known whether it is owed; missing says on what that hangs."""

    id: str
    says: Text
    to: Text
    under: Citation
    applies: bool | None
    missing: tuple[str, ...]
    due: Due
    state: State
    waived_under: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverified:
    """A rule for this line of business that nobody read in its source: shown, never decides.

    under None: the sheets hold no rule of its own at all.
    """

    says: Text
    under: Citation | None


def unverified(sector: str | None) -> tuple[Unverified, ...]:
    """What may be owed in this line of business besides, as far as the sheets can't say."""
    sheet = _sheet()
    found = [
        Unverified(says=_text(row), under=Citation.parse(row["provision"]))
        for row in sheet["unverified"]
        if sector in row["sectors"]
    ]
    if sector in sheet["nothing_known"]["sectors"]:
        found.append(Unverified(says=_text(sheet["nothing_known"]), under=None))
    return tuple(found)


def _text(row: Mapping[str, Any]) -> Text:
    return Text(en=row["en"], zh=row["zh"])


def grade(persons: int | None, *, as_of: date) -> str | None:
    """The grade by number of persons (cn.inc.annex.pi); None when the number isn't known.

    Before the measures were in force there was no grade by number: also None.

    >>> grade(1_200_000, as_of=date(2026, 3, 1)), grade(999_999, as_of=date(2026, 3, 1))
    ('larger', 'general')
    """
    rule = _sheet()["grades"]
    if persons is None or as_of < date.fromisoformat(rule["in_force_from"]):
        return None
    return next(name for name in reversed(_ORDER) if persons >= rule[name]["at_least"])


def duties(incident: Incident, *, now: datetime) -> tuple[IncidentDuty, ...]:
    """Every duty that is owed or may be, with its clock, as things stand at `now`."""
    day = (incident.aware_at or now).date()
    rows = [row for row in _sheet()["duties"] if _in_force(row, day)]
    made = (_duty(row, incident, day=day, now=now) for row in rows)
    return tuple(duty for duty in made if duty.applies is not False)


def _in_force(row: Mapping[str, Any], day: date) -> bool:
    start = row.get("in_force_from")
    return start is None or day >= date.fromisoformat(start)


def _duty(row: Mapping[str, Any], incident: Incident, *, day: date, now: datetime) -> IncidentDuty:
    applies, missing = _applies(row.get("only", {}), incident, day)
    waiver = row.get("waived_by")
    waived: bool | None = incident.harm_avoided if waiver else False
    if waiver and waived is None and applies is not False:
        missing = (*missing, waiver["fact"])
    if waived:
        applies = False
    due = _due(row, incident)
    done = (incident.done or {}).get(row["id"])
    state: State = "unknown" if applies is None else _state(due, done=done, now=now)
    return IncidentDuty(
        id=row["id"],
        says=Text(en=row["en"], zh=row["zh"]),
        to=Text(en=row["to"]["en"], zh=row["to"]["zh"]),
        under=Citation.parse(row["provision"]),
        applies=applies,
        missing=missing,
        due=due,
        state=state,
        waived_under=Citation.parse(waiver["provision"]) if waiver else None,
    )


def _applies(
    only: Mapping[str, Any], incident: Incident, day: date
) -> tuple[bool | None, tuple[str, ...]]:
    """Three-valued and: one false condition settles it; otherwise unknown ones are named."""
    answers = {"operator": _is(incident.operator, only.get("operator"))}
    graded, lacking = _graded(incident, only.get("grade_at_least"), day)
    answers[lacking] = graded
    for name in ("suspected_crime", "nfra_especially_major", "at_outsourcer"):
        answers[name] = _is(getattr(incident, name), only.get(name))
    if "nfra" in only:
        regulated, lacks = _nfra(incident)
        answers[lacks] = regulated
    if any(answer is False for answer in answers.values()):
        return False, ()
    missing = tuple(name for name, answer in answers.items() if answer is None)
    return (None if missing else True), missing


def _nfra(incident: Incident) -> tuple[bool | None, str]:
    """Whether the financial regulator supervises the handler, and the fact it hangs on."""
    if incident.nfra is not None:
        return incident.nfra, "nfra"
    rule = _sheet()["nfra"]
    if incident.sector is None:
        return None, "sector"
    if incident.sector in rule["open"]:
        return None, "nfra"
    return incident.sector in rule["sectors"], "sector"


def _is(value: object, wanted: object) -> bool | None:
    if wanted is None:
        return True
    return None if value is None else value == wanted


def _graded(incident: Incident, least: str | None, day: date) -> tuple[bool | None, str]:
    """Whether the grade is reached, and the fact it hangs on.

    The number of persons can only show that it is: below it the annex has tests without a number.
    """
    if least is None:
        return True, "persons"
    found = grade(incident.persons, as_of=day)
    if found is not None and _ORDER.index(found) >= _ORDER.index(least):
        return True, "persons"
    if found is None:
        return None, "persons"
    return incident.other_grade_test, "other_grade_test"


def _due(row: Mapping[str, Any], incident: Incident) -> Due:
    if row.get("at_once"):
        return Due(at=None, counted="at_once")
    start = _start(row.get("from"), incident)
    if start is None:
        return Due(at=None, counted="unknown_start")
    if "working_days" in row:
        return Due(at=working_days_after(start, row["working_days"]), counted="working_days")
    if "hours" in row:
        return Due(at=hours_after(start, row["hours"]), counted="hours")
    return Due(at=days_after(start, row["days"]), counted="days")


def _start(origin: str | None, incident: Incident) -> datetime | None:
    """When a clock starts: awareness; the end of the handling; or when another duty was done."""
    if origin is None:
        return incident.aware_at
    if origin == "handled_at":
        return incident.handled_at
    return (incident.done or {}).get(origin)


def _state(due: Due, *, done: datetime | None, now: datetime) -> State:
    """At once has no number: done is met, not done is pending; a court says what was too late."""
    if due.counted == "at_once":
        return "met" if done is not None else "pending"
    return state_of(due.at, done=done, now=now)


@cache
def _sheet() -> Mapping[str, Any]:
    path = files("habeas.laws").joinpath("cn", "incident.yaml")
    raw: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return raw
