"""Whether an item of a content list is called for: yes, no, or unknown and what would tell.

Unknown is not no: a condition that hangs on an unstated fact leaves its item open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from habeas.law.book import LawBook
from habeas.law.reason import outcome_of
from habeas.rights.activity import Activity, Use, members_of, plain_value

SENSITIVE = "cn.pipl.art28.p1"
PROVIDING = frozenset({"provide", "sell", "publish"})
MARKETING = frozenset({"advertising", "direct_marketing"})
MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """holds: None while unknown; needs: the facts that would settle it."""

    holds: bool | None
    needs: tuple[str, ...] = ()


def condition(name: str, activity: Activity, book: LawBook, as_of: date) -> Condition:
    """Whether the condition `name` of a content list holds for an activity."""
    if name in _OF_PARTY:
        return _OF_PARTY[name](activity)
    if name in _CIRCUMSTANCE:
        return _stated(activity.circumstances.get(name), f"circumstances.{name}")
    return any_use(activity.uses.values(), lambda use: of_use(name, activity, use, book, as_of))


def of_use(name: str, activity: Activity, use: Use, book: LawBook, as_of: date) -> Condition:
    """Whether a condition holds for one use."""
    if name == "sensitive":
        return _sensitive(activity, use, book, as_of)
    return _OF_USE[name](use)


def any_use(uses: Iterable[Use], test: Callable[[Use], Condition]) -> Condition:
    """Kleene's or over the uses: one yes settles it, one unknown leaves it open."""
    answers = [test(use) for use in uses]
    if any(answer.holds is True for answer in answers):
        return Condition(holds=True)
    needs = tuple(need for answer in answers for need in answer.needs)
    return Condition(holds=None if needs else False, needs=needs)


def _stated(value: bool | None, place: str) -> Condition:
    return Condition(holds=value, needs=() if value is not None else (place,))


def _of_party(name: str, test: Callable[[Any], bool]) -> Callable[[Activity], Condition]:
    def answer(activity: Activity) -> Condition:
        value = plain_value(activity.party_facts.get(name))
        return _stated(None if value is None else test(value), f"controller.facts.{name}")

    return answer


def _of_fact(name: str, test: Callable[[Any], bool]) -> Callable[[Use], Condition]:
    def answer(use: Use) -> Condition:
        value = plain_value(use.facts.get(name))
        return _stated(None if value is None else test(value), f"uses.{use.id}.facts.{name}")

    return answer


def _has(name: str, wanted: Iterable[str]) -> Callable[[Use], Condition]:
    """Whether a set of the vocabulary holds one of `wanted`; a map leaves the rest unknown."""

    def answer(use: Use) -> Condition:
        value = plain_value(use.facts.get(name))
        if set(wanted) & set(members_of(value)):
            return Condition(holds=True)
        closed = isinstance(value, list | tuple) or (
            isinstance(value, dict) and all(value.get(member) is False for member in wanted)
        )
        return _stated(False if closed else None, f"uses.{use.id}.facts.{name}")

    return answer


def _provides(use: Use) -> Condition:
    if use.recipient is not None:
        return Condition(holds=True)
    return _has("operations", PROVIDING)(use)


def _marketing(use: Use) -> Condition:
    """Marketing by automated decision: both halves."""
    if not MARKETING & {use.purpose, *members_of(use.facts.get("purposes"))}:
        return Condition(holds=False)
    return _automated(use)


def _automated_major(use: Use) -> Condition:
    automated = _automated(use)
    if automated.holds is not True:
        return automated
    return _of_fact("major_effect", bool)(use)


def _under_14(use: Use) -> Condition:
    stated = plain_value(use.facts.get("under_14"))
    return (
        _stated(stated, "") if stated is not None else _of_fact("youngest_age", _is_below_14)(use)
    )


def _is_below_14(age: Any) -> bool:
    return int(age) < 14


def _sensitive(activity: Activity, use: Use, book: LawBook, as_of: date) -> Condition:
    """The book's own definition decides; a stated `sensitive` comes first."""
    stated = plain_value(use.facts.get("sensitive"))
    if stated is not None:
        return Condition(holds=bool(stated))
    facts = {
        "matter": {**activity.matter_facts, "acted_on": as_of.isoformat()},
        "party": dict(activity.party_facts),
        "use": {"purposes": [use.purpose], **use.facts},
    }
    outcome, missing = outcome_of(SENSITIVE, facts, book, as_of)
    if outcome == "undetermined":
        return Condition(holds=None, needs=tuple(f"uses.{use.id}: {fact}" for fact in missing))
    return Condition(holds=outcome == "holds")


_automated = _of_fact("automated", lambda value: value != "none")
_CIRCUMSTANCE = ("app", "merger")
_OF_PARTY: dict[str, Callable[[Activity], Condition]] = {
    "handler_1m": _of_party("persons_held", lambda held: int(held) >= MILLION),
    "overseas_handler": _of_party("seat", lambda seat: seat != "cn"),
}
_OF_USE: dict[str, Callable[[Use], Condition]] = {
    "consent_basis": _has("basis_claimed", ("consent",)),
    "provides": _provides,
    "automated": _automated,
    "automated_major": _automated_major,
    "profiling_marketing": _marketing,
    "export": _of_fact("abroad", bool),
    "under14": _under_14,
    "face": _has("data", ("face",)),
}
