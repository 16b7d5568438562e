"""One provision of a law book: what it says, and the same as expressions over facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from habeas.law.expression import Node
from habeas.terms import Citation, Text

Kind = Literal["scope", "define", "ground", "exempt", "prohibit", "oblige"]
KINDS: tuple[Kind, ...] = ("scope", "define", "ground", "exempt", "prohibit", "oblige")
BREAKABLE: tuple[Kind, ...] = ("prohibit", "oblige")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A provision at one level (use or event).

    Grounds, definitions, scope and exemptions: `when` is what they ask for.
    Prohibitions: `when` is the forbidden act, `unless` its exceptions.
    Duties: `when` says when they are owed, `unless` excepts, `met` is their fulfilment; a duty
    without `met` is one not to do what `when` says, such as keeping what must be deleted.
    addressed: to whom or what it speaks at all; to others it is as if it were not there.
    within: where the instrument's scope is not enough, what else must hold for it to govern.
    issues: the questions this part answers, where a provision has parts that answer others.
    """

    level: str
    when: Node
    issues: tuple[str, ...]
    unless: Node | None = None
    met: Node | None = None
    within: Node | None = None
    addressed: Node | None = None

    @property
    def nodes(self) -> tuple[Node, ...]:
        every = (self.addressed, self.when, self.unless, self.met, self.within)
        return tuple(node for node in every if node is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something a reader must see when it is true: an ambiguity of the law, a limit of ours."""

    id: str
    when: Node
    says: Text
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How far a provision has been checked. The weakest one a decision rests on is shown."""

    read: str | None
    coded: str | None
    reviewed: str | None

    @property
    def weakest(self) -> str:
        """What it has reached so far: 'reviewed', 'coded', 'read' or 'none'."""
        if not self.read:
            return "none"
        if not self.coded:
            return "read"
        return "reviewed" if self.reviewed else "coded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """A provision as the sheet has it, with its rules by level; `to` is the first day without.

    contrary_to: duties it permits to break; who prevails follows from `conflicts`.
    special_to: provisions it is the more special rule beside, as declared.
    """

    id: str
    citation: Citation
    title: Text
    paraphrase: Text
    rank: str
    kind: Kind
    from_: date
    to: date | None
    issues: tuple[str, ...]
    rules: Mapping[str, tuple[Rule, ...]]
    defeats: tuple[str, ...]
    marks: Marks
    verified: bool
    status: str
    instrument: str
    reading: Text | None = None
    source_sha256: str | None = None
    flags: tuple[Flag, ...] = field(default=())
    contrary_to: tuple[str, ...] = ()
    special_to: tuple[str, ...] = ()

    def in_force(self, day: date) -> bool:
        return self.from_ <= day and (self.to is None or day < self.to)

    def parts(self, level: str, issues: tuple[str, ...] | None = None) -> tuple[Rule, ...]:
        """Its rules at one level that answer one of the issues (None: all of them)."""
        rules = self.rules.get(level, ())
        if issues is None:
            return rules
        return tuple(rule for rule in rules if not set(issues).isdisjoint(rule.issues))

    @property
    def decides(self) -> bool:
        """Unverified and draft provisions are shown and never decide."""
        return self.verified and self.status in ("in_force", "superseded", "superseded_in_part")
