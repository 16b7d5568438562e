"""Matters for the demo's pilot: its own uses, complaint and claims, and invented variants.

Each variant is one declared use with a few brute facts altered or forgotten, in some province,
by a handler of some sector. They are not persons and no sample of anything. The same seed makes
the same matters.
"""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from habeas.errors import BadInput
from habeas.law.book import LawBook
from habeas.law.matter import matter_from
from habeas.law.reason import decide
from habeas.law.schema import Fact, load_vocabulary
from habeas.ledger.files import write_file
from habeas.rights.activity import Activity, load_activity, plain_value
from habeas.tables.source import open_source
from habeas.terms import Status

_SECTORS = (
    "loan_platform",
    "loan_platform",
    "loan_platform",
    "bank",
    "consumer_finance",
    "ecommerce",
)
_REGIONS = (110000, 310000, 330100, 330200, 420100, 440300, 510100, None)
_PERSONS = (20_000, 200_000, 600_000, 3_000_000)
_AGES = (15, 18, 18, 18, 18)
_NOTICE_ITEMS = (
    *("identity", "purpose", "method_kinds", "retention", "rights"),
    *("necessity_effect", "recipients", "logic", "basis"),
)
# What a home's own records say of a use that is in order; an activity does not declare it.
_ON_RECORD: Mapping[str, Any] = {
    "notice_given": True,
    "notice_items": list(_NOTICE_ITEMS),
    "assessment": "before",
}
# The uses for which the demo records an impact assessment (platform/assessment.yaml).
_ASSESSED = ("scoring", "collection")
_MOST_ALTERED = 2
_MOST_COMPLETED = 24
_TRIES = 40
_BEST = (Status.LAWFUL, Status.UNDETERMINED, Status.UNLAWFUL)
_FORGOTTEN = 0.2
_APPOINTED = 0.7
# Facts on which loan data turns are altered more often than others.
_OF_INTEREST = 0.3
_TELLING = ("assessment", "identifiability", "consent_form", "consent", "notice_given")


def draft_file() -> Path:
    """The demo's draft, a fictional one."""
    return Path(str(files("habeas.demo.platform") / "draft.yaml"))


def pilot_cases(
    activity: Activity, *, book: LawBook, count: int, seed: int, acted_on: date
) -> tuple[dict[str, Any], ...]:
    """Varied matters (matter/v1) from a declared activity.

    What the book asks and the declaration leaves open is first filled in as it is where all is
    in order, so that what varies is what was altered.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, guards nothing
    bases = [_base(activity, use, book, acted_on) for use in sorted(activity.uses)]
    return tuple(_variant(chance.choice(bases), n, chance) for n in range(1, count + 1))


def _base(activity: Activity, use: str, book: LawBook, day: date) -> dict[str, Any]:
    consent = {"consent": "given"} if activity.uses[use].rests_on_consent else {}
    made = activity.matter(acted_on=day, use=use, on_record={use: {**_ON_RECORD, **consent}})
    made["id"] = use
    for _ in range(_MOST_COMPLETED):
        missing = decide(matter_from(made), book, as_of=day).element(use).missing
        if not missing:
            break
        made = min(_completions(made, use, missing[0]), key=lambda m: _rank(m, use, book, day))
    return made


def _completions(made: dict[str, Any], use: str, id_: str) -> list[dict[str, Any]]:
    """The matter with one fact stated, in each of the ways in which it may be."""
    fact = load_vocabulary().facts[id_]
    found = []
    for value in _possible(fact):
        tried = deepcopy(made)
        level = {"use": tried["uses"][use], "party": tried["parties"]["p1"]}
        stated = {"value": value, "by": "controller", "grounds": "invented for the demo"}
        place = level.get(fact.level, tried["matter"])
        place[fact.name] = stated if fact.nature == "evaluative" else value
        found.append(tried)
    return [tried for tried in found if _consistent(tried)] or [made]


def _possible(fact: Fact) -> list[Any]:
    if fact.type == "bool":
        return [True, False]
    if fact.type == "enum":
        return list(fact.members)
    return [[]] if fact.type == "set" else [0]


def _rank(made: dict[str, Any], use: str, book: LawBook, day: date) -> tuple[int, int]:
    decision = decide(matter_from(made), book, as_of=day).element(use)
    return _BEST.index(decision.status), len(decision.missing)


def own_uses(activity: Activity, *, acted_on: date, assessed: Collection[str]) -> list[Any]:
    """The declared uses as the platform's own records know them after notice and release.

    Consent is given where it is the ground and was asked for: rows without it stay out of the
    release. assessed: the uses whose impact assessment is in force.
    """
    told = {name: _ON_RECORD[name] for name in ("notice_given", "notice_items")}
    found = []
    for use in sorted(activity.uses):
        known = {**told, "assessment": "before" if use in assessed else "not_done"}
        if activity.uses[use].rests_on_consent and use in assessed:
            known["consent"] = "given"
        made = activity.matter(acted_on=acted_on, use=use, on_record={use: known})
        found.append({**made, "id": f"own-{use}"})
    return found


def own_claims(complaint: Path, claims: Path) -> list[Any]:
    """The borrower's complaint, and each claim as the matter it is about.

    A claim that names no event has only the use in it: unknown is not the same event.
    """
    matter = yaml.load(complaint.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    found = [matter]
    for row in open_source(claims, typed=False).read(columns=["claim", "event"]).to_pylist():
        made = {**deepcopy(matter), "id": f"claim-{row['claim']}"}
        if not row["event"]:
            del made["events"]
            for asked in made["claims"].values():
                asked["rests_on"] = ["u1"]
        found.append(made)
    return found


def write_pilot_cases(
    path: Path,
    *,
    book: LawBook,
    count: int,
    seed: int,
    acted_on: date,
    complaint: Path | None = None,
    claims: Path | None = None,
) -> int:
    """The platform's own uses and variants of them, complaint and claims: one a line.

    Returns how many.
    """
    source = Path(str(files("habeas.demo.platform") / "activity.yaml"))
    activity = load_activity(source)
    cases: list[Any] = []
    if complaint is not None and claims is not None:
        cases += own_uses(activity, acted_on=acted_on, assessed=_ASSESSED)
        cases += own_claims(complaint, claims)
    cases += pilot_cases(activity, book=book, count=count, seed=seed, acted_on=acted_on)
    lines = [json.dumps(case, ensure_ascii=False, sort_keys=True) for case in cases]
    write_file(path, "".join(f"{line}\n" for line in lines).encode())
    return len(lines)


def _variant(base: Mapping[str, Any], number: int, chance: random.Random) -> dict[str, Any]:
    """One variant; facts that contradict each other are drawn again."""
    for _ in range(_TRIES):
        drawn = _draw(base, number, chance)
        if _consistent(drawn):
            return drawn
    raise BadInput("no variant of this activity is free of contradictions", place=f"case {number}")


def _consistent(drawn: Mapping[str, Any]) -> bool:
    try:
        matter_from(drawn)
    except BadInput:
        return False
    return True


def _draw(base: Mapping[str, Any], number: int, chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = deepcopy(dict(base))
    use = made["id"]
    made["id"] = f"variant-{number:05d}-{use}"
    region = chance.choice(_REGIONS)
    made["matter"].update({} if region is None else {"division_code": region})
    made["parties"]["p1"].update(
        sector=chance.choice(_SECTORS),
        persons_held=chance.choice(_PERSONS),
        officer_appointed=chance.random() < _APPOINTED,
    )
    facts = made["uses"][use]
    facts["youngest_age"] = chance.choice(_AGES)
    altered = sorted(
        {*chance.sample(sorted(_alterable(facts)), k=chance.randint(0, _MOST_ALTERED))}
    )
    if chance.random() < _OF_INTEREST:
        altered.append(chance.choice(_TELLING))
    for name in altered:
        _alter(facts, name, chance)
    return made


def _alter(facts: dict[str, Any], name: str, chance: random.Random) -> None:
    if chance.random() < _FORGOTTEN:
        facts.pop(name, None)
    elif name in facts:
        facts[name] = _other(_fact(name), facts[name], chance)


def _fact(name: str) -> Fact:
    return load_vocabulary().of_level("use")[name]


def _alterable(facts: Mapping[str, Any]) -> Iterator[str]:
    names = load_vocabulary().of_level("use")
    for name in facts:
        fact = names.get(name)
        if fact is None or fact.nature != "brute" or name == "purposes":
            continue
        if fact.type in ("bool", "enum", "set"):
            yield name


def _other(fact: Fact, stated: Any, chance: random.Random) -> Any:
    value = plain_value(stated)
    if fact.type == "bool":
        return not (value is True or value == "true")
    if fact.type == "enum":
        return chance.choice([member for member in fact.members if member != value])
    kept = [member for member in value if chance.random() < 0.7]
    return [*kept, *(m for m in [chance.choice(list(fact.members))] if m not in kept)]
