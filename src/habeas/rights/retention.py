"""Duties to keep: what the law makes somebody hold on to, although a person wants it erased.

laws/cn/retention.yaml holds the duties with their provisions. Whether one applies to what is held
about a person is for the controller to say; unanswered is unknown, never no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from habeas.errors import BadInput, Refused, Undetermined
from habeas.terms import Text

NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty to keep. years: from the day its period began; blocks: it may stop an erasure."""

    id: str
    provision: str
    verified: bool
    years: int
    who: Text
    what: Text
    since: Text
    in_force_from: date
    kept_without_person: bool

    @property
    def blocks(self) -> bool:
        return self.verified and not self.kept_without_person

    def ends(self, began: date) -> date:
        """The first day on which what was kept may go; 29 February ends on 1 March."""
        try:
            return began.replace(year=began.year + self.years)
        except ValueError:
            return date(began.year + self.years, 3, 1)


@cache
def duties() -> tuple[Duty, ...]:
    """Every duty of the sheet, in its order."""
    return tuple(
        Duty(
            id=row["id"],
            provision=row["provision"],
            verified=row["verified"],
            years=row["years"],
            who=_text(row["who"]),
            what=_text(row["what"]),
            since=_text(row["from"]),
            in_force_from=date.fromisoformat(row["in_force_from"]),
            kept_without_person=row.get("kept_without_person", False),
        )
        for row in _sheet()["duties"]
    )


def while_it_runs() -> str:
    """The provision on what may still be done with data that may not be erased yet."""
    return str(_sheet()["while_it_runs"])


def on_erasure() -> str:
    """The provision under which data is erased."""
    return str(_sheet()["on_erasure"])


def answers_from(given: Mapping[str, str]) -> dict[str, date | None]:
    """Duty id -> the day on which its period began, None: it doesn't apply. BadInput says which."""
    known = {duty.id for duty in duties() if duty.blocks}
    found: dict[str, date | None] = {}
    for name, value in given.items():
        if name not in known:
            raise BadInput(
                f"there is no duty to keep of this name: {name!r}",
                remedy=f"the duties are {', '.join(sorted(known))}",
            )
        try:
            found[name] = None if value == NO else date.fromisoformat(value)
        except ValueError as error:
            raise BadInput(
                "an answer is `no` or a day such as 2025-03-31", place=f"duty {name}"
            ) from error
    return found


def must_be_erasable(answers: Mapping[str, date | None], *, today: date) -> None:
    """Return quietly if no duty to keep stands in the way.

    Refused names each duty that runs, until when, and the provision; Undetermined each one that
    nobody answered.
    """
    asked = [duty for duty in duties() if duty.blocks and today >= duty.in_force_from]
    running = [
        duty for duty in asked if (began := answers.get(duty.id)) and today < duty.ends(began)
    ]
    if running:
        raise Refused(
            "not erased, the law makes it be kept: "
            + ", ".join(_until(duty, answers) for duty in running),
            remedy=f"until then only store and protect it ({while_it_runs()})",
        )
    if unknown := [duty for duty in asked if duty.id not in answers]:
        raise Undetermined(
            "not erased, because it is not known whether a duty to keep applies: "
            + ", ".join(f"{duty.id} ({duty.provision}, {duty.years} years)" for duty in unknown),
            remedy="answer each with --duty ID=no or --duty ID=the day its period began",
        )


def _runs(duty: Duty, began: date | None, *, today: date) -> bool:
    return began is not None and today < duty.ends(began)


def _until(duty: Duty, answers: Mapping[str, date | None]) -> str:
    began = answers[duty.id]
    assert began is not None
    return f"{duty.what.en} for {duty.years} years ({duty.provision}) until {duty.ends(began)}"


def _text(row: Mapping[str, str]) -> Text:
    return Text(en=row["en"], zh=row["zh"])


@cache
def _sheet() -> Mapping[str, Any]:
    path = files("habeas.laws").joinpath("cn", "retention.yaml")
    raw: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return raw
