"""Choices: given, refused, withdrawn; the newest one recorded is in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NoReturn


class ChoiceState(Enum):
    """What a person said. Never read as true or false: not having said anything is a fourth."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    def __bool__(self) -> NoReturn:
        raise TypeError(f"a choice is not true or false; ask `choice is ChoiceState.{self.name}`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing a person said about one activity.

    subject: keyed digest of the person's id, never the id.
    purpose: '' speaks of the whole activity.
    version: the version of the activity that the person was told of.
    number:  the order in which the home recorded it; a clock may be set back, this can't.
    """

    subject: bytes
    activity: str
    purpose: str
    state: ChoiceState
    at: datetime
    number: int
    version: int = 1


def choices_in_force(
    history: Iterable[Choice], at: datetime, *, activity: str, purpose: str
) -> dict[bytes, ChoiceState]:
    """Subject -> the choice in force at an instant for one purpose of one activity.

    The one recorded last wins, whether it was said of this purpose or of the whole activity; what
    was said after `at` does not count. A person who said nothing is not in the answer.
    """
    newest: dict[bytes, Choice] = {}
    for choice in history:
        if choice.activity != activity or choice.purpose not in ("", purpose) or choice.at > at:
            continue
        before = newest.get(choice.subject)
        if before is None or before.number < choice.number:
            newest[choice.subject] = choice
    return {subject: choice.state for subject, choice in newest.items()}


def may_stay(state: ChoiceState | None, *, consent_needed: bool) -> bool:
    """Whether a person's row stays in a release.

    consent_needed: the ground claimed is consent, so silence is not enough.
    """
    if state is None:
        return not consent_needed
    return state is ChoiceState.GIVEN


def still_covered(
    history: Iterable[Choice], scopes: Mapping[int, str], current: str
) -> list[Choice]:
    """The history without consents to something else (cn.pipl.art14.p2).

    scopes:  version of the activity -> digest of what the use did then.
    current: the same of the version in force. A consent to a version of another scope does not
             count any more; a refusal and a withdrawal always do.
    """
    return [
        choice
        for choice in history
        if choice.state is not ChoiceState.GIVEN or scopes.get(choice.version) == current
    ]
