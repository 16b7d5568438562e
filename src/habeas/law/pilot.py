"""A pilot: every matter decided under the book and under a draft, and what changes.

Counted are uses and events, not persons. Figures are of the cases put in; whether a draft makes
anything lawful beyond them is asked separately (`pilot_proof`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from habeas.law.book import LawBook
from habeas.law.decision import ElementDecision
from habeas.law.element import ElementCase
from habeas.law.expression import Truth, k_and, k_not, k_or
from habeas.law.matter import Element, Matter
from habeas.law.pilot_change import Difference, differences, made_by
from habeas.law.provision import Provision
from habeas.law.reason import decide
from habeas.law.values import SetValue
from habeas.terms import Text

RESULTS = ("lawful", "unlawful", "undetermined", "not_governed")
GROUPINGS = ("sector", "region", "category")
NOT_STATED = "not stated"
_WITNESSES = 3
_ALLOWED = ("lawful", "not_governed")
Move = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One use or event that moved. by: what the draft changed; decided: what decides it now."""

    matter: str
    element: str
    by: tuple[str, ...]
    decided: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "matter": self.matter,
            "element": self.element,
            "by": list(self.by),
            "decided": list(self.decided),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many uses and events went from one result to another; witnesses where they differ."""

    count: int
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The same counts for one sector, region or category of data."""

    value: str
    total: int
    moves: Mapping[Move, int]

    @property
    def moved(self) -> int:
        return sum(count for (old, new), count in self.moves.items() if old != new)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChange:
    """For how many uses and events a duty is owed under each book."""

    provision: str
    title: Text
    before: int
    after: int
    added: int
    removed: int

    def to_json(self) -> dict[str, Any]:
        return {
            "provision": self.provision,
            "title": {"en": self.title.en, "zh": self.title.zh},
            "owed_before": self.before,
            "owed_after": self.after,
            "added": self.added,
            "removed": self.removed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """What a draft would have changed in some cases."""

    as_of: date
    baseline: str
    baseline_hash: str
    draft: str
    draft_hash: str
    matters: int
    elements: int
    matrix: Mapping[Move, Cell]
    groups: Mapping[str, tuple[Group, ...]]
    duties: tuple[DutyChange, ...]
    changes: tuple[Difference, ...] = field(repr=False)

    def count(self, old: str, new: str) -> int:
        cell = self.matrix.get((old, new))
        return 0 if cell is None else cell.count

    @property
    def moved(self) -> int:
        """How many uses and events have another result under the draft."""
        return sum(cell.count for (old, new), cell in self.matrix.items() if old != new)

    @property
    def legalised(self) -> int:
        """How many were unlawful and would be lawful, or no longer governed."""
        return sum(self.count("unlawful", new) for new in _ALLOWED)

    @property
    def forbidden(self) -> int:
        """How many were lawful, or not governed, and would be unlawful."""
        return sum(self.count(old, "unlawful") for old in _ALLOWED)

    def to_json(self) -> dict[str, Any]:
        return {
            "format": "pilot/v1",
            "as_of": self.as_of.isoformat(),
            "baseline": self.baseline,
            "baseline_sha256": self.baseline_hash,
            "draft": self.draft,
            "draft_sha256": self.draft_hash,
            "matters": self.matters,
            "uses_and_events": self.elements,
            "moved": self.moved,
            "legalised": self.legalised,
            "forbidden": self.forbidden,
            "matrix": {old: {new: self.count(old, new) for new in RESULTS} for old in RESULTS},
            "witnesses": [
                {"from": old, "to": new, **witness.to_json()}
                for (old, new), cell in sorted(self.matrix.items())
                for witness in cell.witnesses
            ],
            "groups": {name: [_group_json(g) for g in gs] for name, gs in self.groups.items()},
            "duties": [duty.to_json() for duty in self.duties],
            "changes": [change.to_json() for change in self.changes],
        }


def _group_json(group: Group) -> dict[str, Any]:
    moves = [
        {"from": old, "to": new, "count": count}
        for (old, new), count in sorted(group.moves.items())
        if old != new
    ]
    return {"value": group.value, "total": group.total, "moved": group.moved, "moves": moves}


def pilot(
    cases: Iterable[Matter],
    baseline: LawBook,
    draft: LawBook,
    *,
    as_of: date,
    progress: Callable[[int], None] | None = None,
) -> Pilot:
    """Decide every matter under both books. The same cases in the same order give the same.

    draft: a book from `enact`; any other book may be compared as well.
    progress: called with the number of matters done.
    """
    count = _Count(baseline, draft, as_of)
    for number, matter in enumerate(cases, start=1):
        count.take(matter, matter.id or f"#{number}")
        if progress is not None:
            progress(number)
    return count.pilot()


def result_under(matter: Matter, element: Element, book: LawBook, *, as_of: date) -> str:
    """The result of one use or event: what `decide` says, without its reasons."""
    if matter.voices:
        return decide(matter, book, as_of=as_of).element(element.id).result
    case = ElementCase(matter, element, book, as_of)
    return "not_governed" if case.governed is False else case.status.value


class _Count:
    def __init__(self, baseline: LawBook, draft: LawBook, as_of: date) -> None:
        self.old, self.new, self.as_of = baseline, draft, as_of
        self.changes = differences(baseline, draft)
        self.matters = 0
        self.counts: dict[Move, int] = {}
        self.witnesses: dict[Move, list[Witness]] = {}
        self.groups: dict[str, dict[str, dict[Move, int]]] = {name: {} for name in GROUPINGS}
        self.owed: dict[str, list[int]] = {
            change.id: [0, 0, 0, 0] for change in self.changes if change.kind == "oblige"
        }

    def take(self, matter: Matter, name: str) -> None:
        self.matters += 1
        for element in (*matter.uses.values(), *matter.events.values()):
            if element.issues != ():
                self._element(matter, name, element)

    def _element(self, matter: Matter, name: str, element: Element) -> None:
        move = (
            result_under(matter, element, self.old, as_of=self.as_of),
            result_under(matter, element, self.new, as_of=self.as_of),
        )
        self.counts[move] = self.counts.get(move, 0) + 1
        if move[0] != move[1] and len(self.witnesses.get(move, ())) < _WITNESSES:
            self.witnesses.setdefault(move, []).append(self._witness(matter, name, element))
        for grouping, value in _groups_of(matter, element):
            seen = self.groups[grouping].setdefault(value, {})
            seen[move] = seen.get(move, 0) + 1
        self._duties(matter, element)

    def _witness(self, matter: Matter, name: str, element: Element) -> Witness:
        old, new = (
            decide(matter, book, as_of=self.as_of).element(element.id)
            for book in (self.old, self.new)
        )
        decided = _decided(old, new)
        return Witness(
            matter=name,
            element=element.id,
            by=made_by(decided, self.changes, self.old, self.new),
            decided=decided,
        )

    def _duties(self, matter: Matter, element: Element) -> None:
        if not self.owed:
            return
        old, new = (ElementCase(matter, element, b, self.as_of) for b in (self.old, self.new))
        for id_, counts in self.owed.items():
            before = _owed(id_, old, known=self.old) is True
            after = _owed(id_, new, known=self.old) is True
            for index, truth in enumerate((before, after, after > before, before > after)):
                counts[index] += truth

    def pilot(self) -> Pilot:
        return Pilot(
            as_of=self.as_of,
            baseline=self.old.id,
            baseline_hash=self.old.hash,
            draft=self.new.id,
            draft_hash=self.new.hash,
            matters=self.matters,
            elements=sum(self.counts.values()),
            matrix={
                move: Cell(count=count, witnesses=tuple(self.witnesses.get(move, ())))
                for move, count in sorted(self.counts.items())
            },
            groups={name: _sorted(found) for name, found in self.groups.items()},
            duties=tuple(self._duty(id_, counts) for id_, counts in self.owed.items()),
            changes=self.changes,
        )

    def _duty(self, id_: str, counts: list[int]) -> DutyChange:
        book = self.new if id_ in self.new.provisions else self.old
        before, after, added, removed = counts
        return DutyChange(
            provision=id_,
            title=book.provisions[id_].title,
            before=before,
            after=after,
            added=added,
            removed=removed,
        )


def _sorted(found: Mapping[str, Mapping[Move, int]]) -> tuple[Group, ...]:
    groups = [
        Group(value=value, total=sum(moves.values()), moves=dict(sorted(moves.items())))
        for value, moves in found.items()
    ]
    return tuple(sorted(groups, key=lambda g: (-g.moved, -g.total, g.value)))


def _groups_of(matter: Matter, element: Element) -> Iterator[tuple[str, str]]:
    uses: list[Element | None] = [matter.uses[u] for u in element.uses]
    facts = matter.facts_for(element, use=uses[0] if uses else None)
    yield "sector", str(facts.get("party.sector") or NOT_STATED)
    code = facts.get("matter.division_code")
    yield "region", f"{code:06d}"[:2] if isinstance(code, int) else NOT_STATED
    data = [matter.facts_for(element, use=use).get("use.data") for use in uses or [None]]
    kinds = {kind for one in data if isinstance(one, SetValue) for kind in one.yes}
    yield from (("category", kind) for kind in sorted(kinds) or [NOT_STATED])


def _decided(old: ElementDecision, new: ElementDecision) -> tuple[str, ...]:
    """The provisions whose part in the answer differs: the carrying ones first."""
    found: dict[str, None] = {}
    for part in ("breached", "undetermined", "satisfied", "defeated"):
        before = {(r.id, r.outcome, r.defeated_by) for r in getattr(old, part)}
        after = {(r.id, r.outcome, r.defeated_by) for r in getattr(new, part)}
        found.update(dict.fromkeys(sorted(id_ for id_, _, _ in before ^ after)))
        found.update(dict.fromkeys(sorted(by for *_, bys in before ^ after for by in bys)))
    return tuple(found)


def _owed(id_: str, case: ElementCase, *, known: LawBook) -> Truth:
    """Whether a duty is owed here. One the draft adds is heard only when broken (`enact`), so
    to whom it is addressed stands in its `when`.
    """
    provision = case.book.provisions.get(id_)
    if provision is None or not provision.in_force(case.day):
        return False
    return k_or(*(_owed_in_view(provision, case, i, known) for i in range(len(case.views))))


def _owed_in_view(provision: Provision, case: ElementCase, index: int, known: LawBook) -> Truth:
    view = case.views[index]
    new = provision.id not in known.provisions
    parts = provision.parts(case.element.level, case.element.issues)
    owed = k_or(
        *(
            k_and(
                True if new or rule.addressed is None else rule.addressed.value(view),
                rule.when.value(view),
                True if rule.unless is None else k_not(rule.unless.value(view)),
            )
            for rule in parts
        )
    )
    attackers = case.book.attackers.get(provision.id, ())
    instrument = case.book.instruments[provision.instrument]
    scope = instrument.scope.get(case.element.level) or instrument.scope.get("use")
    within = [node.value(view) for node in (scope, *(r.within for r in parts)) if node is not None]
    return k_and(*within, owed, k_not(k_or(*(view.provision(a) for a in attackers))))
