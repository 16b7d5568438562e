"""An incident in the controller's home: opened, filled in, its duties done, each an entry.

What is known is what the entries say together, the later over the earlier; nothing is ever
taken back. Grade, duties and clocks are worked out anew each time: they are law, not records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from habeas.errors import BadInput, NotVerified
from habeas.procedures.claim_text import Line
from habeas.procedures.digest import digest_of
from habeas.procedures.incident_words import TIMES, IncidentWords
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.remedy_writes import REMEDY_RECORDS
from habeas.procedures.sequence import payload_of, sequence
from habeas.procedures.transaction import committing
from habeas.procedures.typed_lines import lines_of
from habeas.records import models
from habeas.records.home import Home
from habeas.rights.incident import Incident, IncidentDuty, duties, grade

OPENED, FACTS, DONE = "incident.opened", "incident.facts", "incident.done"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFile:
    """One incident as the entries tell it. leak: the outcome and sentences of a trace, if any."""

    id: str
    opened_at: datetime
    facts: Mapping[str, Any]
    letters: Mapping[str, Mapping[str, tuple[Line, ...]]] = field(repr=False)
    done: Mapping[str, datetime]
    leak: Mapping[str, Any] | None

    @property
    def incident(self) -> Incident:
        known = {k: v for k, v in self.facts.items() if k not in TIMES}
        return Incident(
            aware_at=self.time("aware_at"),
            handled_at=self.time("handled_at"),
            persons=known.get("persons"),
            operator=known.get("operator"),
            harm_avoided=known.get("harm_avoided"),
            suspected_crime=known.get("suspected_crime"),
            other_grade_test=known.get("other_grade_test"),
            sector=known.get("sector"),
            nfra=known.get("nfra"),
            nfra_especially_major=known.get("nfra_especially_major"),
            at_outsourcer=known.get("at_outsourcer"),
            done=self.done,
        )

    def time(self, name: str) -> datetime | None:
        text = self.facts.get(name)
        return None if text is None else datetime.fromisoformat(text)

    @property
    def grade(self) -> str | None:
        """By the number of persons; None while that is unknown, or before the measures."""
        day = (self.time("aware_at") or self.opened_at).date()
        return grade(self.facts.get("persons"), as_of=day)

    @property
    def graded(self) -> bool | None:
        """Whether it is graded larger or above; None while that is open."""
        if self.grade not in (None, "general"):
            return True
        if self.grade is None:
            return True if self.facts.get("other_grade_test") else None
        return self.facts.get("other_grade_test")

    def duties(self, *, now: datetime) -> tuple[IncidentDuty, ...]:
        return duties(self.incident, now=now)


def open_incident(
    home: Home, words: IncidentWords, *, now: datetime, leak: Mapping[str, Any] | None = None
) -> IncidentFile:
    """Open an incident from what is known. leak: an attribution/v1 document of this home.

    Raises NotVerified for an attribution that no trace of this home made.
    """
    home.must_be("controller")
    if leak is not None:
        _check_traced(home, leak)
    with committing(home, REMEDY_RECORDS["incident"]):
        name = _next_id(home, now)
        payload = {"incident": name, **words.as_payload(), "leak": _said_of_leak(leak)}
        add_entry(home, Happening(kind=OPENED, payload=payload), now=now)
    sequence(home, now=now)
    return incident_file(home, name)


def _check_traced(home: Home, leak: Mapping[str, Any]) -> None:
    rows = models.Trace.objects.using(home.alias).filter(attribution_digest=digest_of(leak))
    if not rows.exists():
        raise NotVerified(
            "no trace of this home made this attribution",
            remedy="trace the leak here, and give the file that `habeas trace -o` wrote",
        )


def _said_of_leak(leak: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if leak is None:
        return None
    sentences = {part: dict(leak[part]) for part in ("summary", "does_not_show")}
    return {"outcome": leak["outcome"], "attribution": digest_of(leak), **sentences}


def _next_id(home: Home, now: datetime) -> str:
    count = models.Entry.objects.using(home.alias).filter(kind=OPENED).count()
    return f"i{now:%Y%m%d}-{count + 1}"


def add_to_incident(home: Home, name: str, words: IncidentWords, *, now: datetime) -> IncidentFile:
    """Say what has become known since; the later over the earlier, item by item."""
    home.must_be("controller")
    incident_file(home, name)
    payload = {"incident": name, **words.as_payload()}
    return _add(home, name, FACTS, payload, now=now)


def mark_done(home: Home, name: str, duty: str, *, at: datetime, now: datetime) -> IncidentFile:
    """Record that a duty was done, and when; the entry tells also when that was recorded."""
    home.must_be("controller")
    found = incident_file(home, name)
    known = [each.id for each in found.duties(now=now)]
    if duty not in known:
        raise BadInput(
            "there is no such duty in this incident", remedy=f"its duties are: {', '.join(known)}"
        )
    if at > now:
        raise BadInput("nothing is done before it is done", remedy="give the time it was done")
    if duty in found.done:
        raise BadInput(f"{duty} was recorded as done already")
    payload = {"incident": name, "duty": duty, "at": at.isoformat()}
    return _add(home, name, DONE, payload, now=now)


def _add(
    home: Home, name: str, kind: str, payload: Mapping[str, Any], *, now: datetime
) -> IncidentFile:
    with committing(home, REMEDY_RECORDS["incident"]):
        add_entry(home, Happening(kind=kind, payload=payload), now=now)
    sequence(home, now=now)
    return incident_file(home, name)


def incident_file(home: Home, name: str) -> IncidentFile:
    """One incident; BadInput names those there are."""
    found = incidents(home)
    if name not in found:
        known = ", ".join(found) or "none yet"
        raise BadInput("there is no such incident", remedy=f"the incidents are: {known}")
    return found[name]


def incidents(home: Home) -> dict[str, IncidentFile]:
    """Every incident of the home, by id, as its entries tell it."""
    home.must_be("controller")
    rows = models.Entry.objects.using(home.alias).filter(kind__in=(OPENED, FACTS, DONE))
    found: dict[str, IncidentFile] = {}
    for entry in rows.order_by("pk"):
        says = payload_of(home, entry)
        name = says["incident"]
        if entry.kind == OPENED:
            blank = IncidentFile(
                id=name, opened_at=entry.at, facts={}, letters={}, done={}, leak=says["leak"]
            )
            found[name] = _with(blank, says)
        elif entry.kind == FACTS:
            found[name] = _with(found[name], says)
        else:
            done = {**found[name].done, says["duty"]: datetime.fromisoformat(says["at"])}
            found[name] = _changed(found[name], done=done)
    return found


def _with(old: IncidentFile, says: Mapping[str, Any]) -> IncidentFile:
    letters = {name: dict(items) for name, items in old.letters.items()}
    for name, items in says["letters"].items():
        lines = {item: lines_of(list(each)) for item, each in items.items()}
        letters[name] = {**letters.get(name, {}), **lines}
    return _changed(old, facts={**old.facts, **says["facts"]}, letters=letters)


def _changed(old: IncidentFile, **new: Any) -> IncidentFile:
    return IncidentFile(**{**{f: getattr(old, f) for f in old.__slots__}, **new})
