"""The docket: what may happen to a matter in an authority's hands, as a table.

The table is data (`laws/<place>/docket.yaml`): from, event, who, guard, provision, clock.
This file only applies it. The hand-over between two bodies and their common superior keeps,
for every order in which messages arrive, are lost or come twice, these four properties, which
tests/supervision/test_handover_model.py searches to the last state:

1. somebody answers for the matter (is its keeper),
2. no two bodies may decide it,
3. a dispute can end: from every state a single decider can be reached,
4. every stage that waits has a clock, and its running out has a consequence.

The offering body stays the keeper until it holds the other's acceptance; the superior
designates a body that has been silent, or, with a refusal or a dispute in hand, either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from habeas.errors import BadInput, Refused
from habeas.terms import Text

Basis = Literal["statute", "procedure", "convention"]
Who = Literal["complainant", "holder", "other", "superior", "clock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How long a stage may last. basis says who set it: the law, or only our convention."""

    amount: int
    unit: Literal["days", "working_days"]
    provision: str | None
    basis: Basis
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """keeper: answers for the matter. decider: may decide it. final: nothing follows."""

    name: str
    label: Text
    keeper: bool
    decider: bool
    final: bool
    clock: Clock | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of the table."""

    start: str | None
    event: str
    end: str
    who: Who
    provision: str | None
    basis: Basis
    condition: str | None
    forbidden_if: str | None
    needs_ground: bool
    next_round: bool
    take_round: bool
    binds: bool
    designates: bool
    send: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The stages and transitions of one jurisdiction."""

    jurisdiction: str
    stages: Mapping[str, Stage]
    transitions: Mapping[tuple[str | None, str], Transition]

    def events_from(self, stage: str | None) -> tuple[str, ...]:
        return tuple(event for start, event in self.transitions if start == stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A matter as one body sees it. stage None: the body has never heard of it.

    round: the number of the last transfer this body took part in; older messages change nothing.
    bound: it came by transfer and may not be passed on, only put to the common superior.
    designated: the common superior has named this body; that settles it.
    """

    stage: str | None = None
    round: int = 0
    bound: bool = False
    designated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a step sends: to the other body or to the common superior."""

    to: Literal["other", "superior"]
    event: str
    round: int


def apply(
    table: Table,
    case: Case,
    event: str,
    *,
    who: Who,
    round_: int | None = None,
    ground: str | None = None,
) -> tuple[Case, tuple[Message, ...]]:
    """Take one step; return the case after it and what must be sent.

    round_: the round a message carries; None for the body's own acts and clocks.
    A message of an earlier round, or one that repeats what is known, changes nothing: messages
    are lost, doubled and late. Raises Refused for an act the table doesn't allow, with the acts
    it does allow, and BadInput where a ground must be given.
    """
    row = table.transitions.get((case.stage, event))
    if round_ is not None and (row is None or round_ < case.round):
        return case, ()
    if row is None:
        raise Refused(_not_allowed(table, case, event))
    if not _guard(row, case):
        if round_ is not None:
            return case, ()
        raise Refused(f"{event} is not open to a body that received the matter by transfer")
    if row.who != who:
        raise Refused(f"{event} is for the {row.who}, not for the {who}")
    if row.needs_ground and not ground:
        raise BadInput(f"{event} needs a ground", remedy="state the ground; it is sent with it")
    after = _after(row, case, round_)
    return after, _outgoing(row, after)


def _guard(row: Transition, case: Case) -> bool:
    met = {"bound": case.bound, "not bound": not case.bound, "designated": case.designated}
    return (row.condition is None or met[row.condition]) and not (
        row.forbidden_if is not None and met[row.forbidden_if]
    )


def _after(row: Transition, case: Case, round_: int | None) -> Case:
    number = case.round + 1 if row.next_round else case.round
    if row.take_round and round_ is not None:
        number = round_
    return replace(
        case,
        stage=row.end,
        round=number,
        bound=case.bound or row.binds or row.designates,
        designated=case.designated or row.designates,
    )


def _outgoing(row: Transition, after: Case) -> tuple[Message, ...]:
    if row.send is None:
        return ()
    to, event = row.send.split(".")
    assert to in ("other", "superior")
    return (Message(to=to, event=event, round=after.round),)  # type: ignore[arg-type]


def _not_allowed(table: Table, case: Case, event: str) -> str:
    stage = "not here yet" if case.stage is None else case.stage
    may = ", ".join(table.events_from(case.stage)) or "nothing, it is closed"
    return f"the matter is {stage} and {event} cannot follow; next may come: {may}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """What the common superior knows of a matter: its designation, and whether it has arrived."""

    round: int = 0
    designated: str | None = None
    acknowledged: bool = False


def may_designate(request: str, *, asking: str, other: str) -> tuple[str, ...]:
    """Whom the superior may name, by what it was told.

    A body that has been silent may already have taken the matter, so only that body may be named;
    with its refusal in hand, or when the taker itself disputes, either may. A repeated request
    whose first letter was lost carries no refusal, and counts as silence.
    """
    if request in ("refer_declined", "refer_disputed"):
        return (asking, other)
    return (other,)


@cache
def load_table(jurisdiction: str) -> Table:
    """The docket of a jurisdiction, from `laws/<jurisdiction>/docket.yaml`.

    Raises BadInput naming the row that doesn't fit.
    """
    path = files("habeas.laws").joinpath(jurisdiction, "docket.yaml")
    raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    stages = {
        name: _stage(name, row, raw["clocks"].get(name)) for name, row in raw["stages"].items()
    }
    transitions: dict[tuple[str | None, str], Transition] = {}
    for number, row in enumerate(raw["transitions"], start=1):
        made = _transition(row)
        if made.end not in stages or (made.start is not None and made.start not in stages):
            raise BadInput("names an unknown stage", file=path.name, place=f"transition {number}")
        if (made.start, made.event) in transitions:
            raise BadInput("stands twice", file=path.name, place=f"transition {number}")
        transitions[made.start, made.event] = made
    return Table(jurisdiction=jurisdiction, stages=stages, transitions=transitions)


def _stage(name: str, row: Mapping[str, Any], clock: Mapping[str, Any] | None) -> Stage:
    return Stage(
        name=name,
        label=Text(en=row["en"], zh=row["zh"]),
        keeper=row["keeper"],
        decider=row["decider"],
        final=row.get("final", False),
        clock=None
        if clock is None
        else Clock(
            amount=clock["amount"],
            unit=clock["unit"],
            provision=clock["provision"],
            basis=clock["basis"],
            then=clock["then"],
        ),
    )


def _transition(row: Mapping[str, Any]) -> Transition:
    return Transition(
        start=row["from"],
        event=row["event"],
        end=row["to"],
        who=row["who"],
        provision=row["provision"],
        basis=row["basis"],
        condition=row.get("if"),
        forbidden_if=row.get("unless"),
        needs_ground="needs" in row,
        next_round=row.get("next_round", False),
        take_round=row.get("take_round", False),
        binds=row.get("binds", False),
        designates=row.get("designates", False),
        send=row.get("send"),
    )
