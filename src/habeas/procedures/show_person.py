"""What this home holds about one person, and whether its records still say what was logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from habeas.errors import BadInput, HabeasError
from habeas.ledger.commitment import Leaf
from habeas.procedures.sequence import payload_of
from habeas.records import models
from habeas.records.home import Home

# How much of a keyed digest is shown: enough to tell two persons apart, useless elsewhere.
SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry about a person, in the order it happened."""

    counter: int
    kind: str
    at: datetime
    says: Mapping[str, Any]
    index: int | None
    # None: all is as it was logged. Else what is not, in words.
    wrong: str | None

    def to_json(self) -> dict[str, Any]:
        return {
            "counter": self.counter,
            "kind": self.kind,
            "at": self.at.isoformat(),
            "says": dict(self.says),
            "index": self.index,
            "wrong": self.wrong,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The answer; `person` is the start of the keyed digest, never the id."""

    person: str
    lines: tuple[Line, ...]
    in_force: Mapping[str, str]

    @property
    def sound(self) -> bool:
        return all(line.wrong is None for line in self.lines)

    def to_json(self) -> dict[str, Any]:
        return {
            "person": self.person,
            "entries": [line.to_json() for line in self.lines],
            "choices_in_force": dict(self.in_force),
            "records_agree_with_log": self.sound,
        }


def show_person(home: Home, subject: str) -> Held:
    """All entries about a person, each compared with what was sealed when it happened."""
    home.must_be("controller")
    digest = home.digest_of(subject)
    entries = entries_about(home, digest)
    lines = []
    previous: str | None = None
    for number, entry in enumerate(entries, start=1):
        lines.append(_line(home, entry, number=number, previous=previous))
        previous = Leaf.parse_own(bytes(entry.leaf)).commitment.hex()
    return Held(person=digest.hex()[:SHOWN], lines=tuple(lines), in_force=_in_force(home, digest))


def entries_about(home: Home, digest: bytes) -> list[models.Entry]:
    rows = models.Entry.objects.using(home.alias).filter(subject=digest)
    return list(rows.order_by("pk"))


def _line(home: Home, entry: models.Entry, *, number: int, previous: str | None) -> Line:
    try:
        says = dict(payload_of(home, entry))
    except HabeasError as error:
        return Line(
            counter=number,
            kind=entry.kind,
            at=entry.at,
            says={},
            index=entry.index,
            wrong=error.says,
        )
    person = says.pop("person", {})
    return Line(
        counter=person.get("counter", 0),
        kind=entry.kind,
        at=entry.at,
        says=says,
        index=entry.index,
        wrong=_broken_chain(person, number, previous) or _altered(home, entry, says),
    )


def _broken_chain(person: Mapping[str, Any], number: int, previous: str | None) -> str | None:
    if person.get("counter") != number or person.get("previous") != previous:
        return "an entry before this one is gone from the records"
    return None


def altered(entry: models.Entry, row: models.Choice | None, says: Mapping[str, Any]) -> str | None:
    """Whether a choice in clear still says what its sealed entry says."""
    if row is None:
        return "the choice is gone from the records"
    stated = (row.activity, row.version, row.purpose, row.state, row.at.isoformat())
    subject = None if entry.subject is None else bytes(entry.subject)
    names = ("activity", "activity_version", "purpose", "choice", "at")
    same = stated == tuple(says[name] for name in names) and bytes(row.subject) == subject
    return None if same else "the record was changed after it was logged"


def _altered(home: Home, entry: models.Entry, says: Mapping[str, Any]) -> str | None:
    if entry.kind != "choice":
        return None
    return altered(entry, models.Choice.objects.using(home.alias).filter(entry=entry).first(), says)


def _in_force(home: Home, digest: bytes) -> dict[str, str]:
    """'activity/purpose' -> newest choice, as the records say."""
    rows = models.Choice.objects.using(home.alias).filter(subject=digest).order_by("at", "pk")
    return {f"{row.activity}/{row.purpose or '*'}": row.state for row in rows}


def must_be_known(home: Home, digest: bytes) -> list[models.Entry]:
    entries = entries_about(home, digest)
    if not entries:
        raise BadInput(
            "this home has no entry about this person",
            remedy="check the id: it is the one in the controller's table",
        )
    return entries
