"""Formulas over finite facts: joined and negated with what is plain worked out at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from habeas.law.expression import And, Constant, Node, Not, Or, Truth
from habeas.law.values import SetValue, Value

ALWAYS: Node = Constant(truth=True)
NEVER: Node = Constant(truth=False)


def both(*parts: Node) -> Node:
    """All of some parts; what is plainly true or false is worked out at once."""
    kept = [p for p in parts if not (isinstance(p, Constant) and p.truth)]
    if any(isinstance(p, Constant) for p in kept):
        return Constant(truth=False)
    flat = tuple(dict.fromkeys(q for p in kept for q in (p.parts if isinstance(p, And) else (p,))))
    return ALWAYS if not flat else flat[0] if len(flat) == 1 else And(flat)


def either(*parts: Node) -> Node:
    """At least one of some parts."""
    kept = [p for p in parts if not (isinstance(p, Constant) and not p.truth)]
    if any(isinstance(p, Constant) for p in kept):
        return ALWAYS
    flat = tuple(dict.fromkeys(q for p in kept for q in (p.parts if isinstance(p, Or) else (p,))))
    return Constant(truth=False) if not flat else flat[0] if len(flat) == 1 else Or(flat)


def negation(part: Node) -> Node:
    """The opposite of a part."""
    if isinstance(part, Constant):
        return Constant(truth=not part.truth)
    return part.part if isinstance(part, Not) else Not(part)


class KnownFacts:
    """Facts as stated, nothing worked out; what is not stated is unknown."""

    __slots__ = ("facts",)

    def __init__(self, facts: Mapping[str, Value]) -> None:
        self.facts = facts

    def fact(self, id_: str) -> Value | None:
        return self.facts.get(id_)

    def provision(self, id_: str) -> Truth:  # noqa: ARG002  (conditions here name no provision)
        return None

    def as_of(self) -> date | None:
        return None


def with_member(value: Value | None, member: str, *, has: bool) -> SetValue:
    """A set of which one more member is known."""
    held = value if isinstance(value, SetValue) else SetValue(yes=frozenset(), no=frozenset())
    if has:
        return SetValue(yes=held.yes | {member}, no=held.no - {member})
    return SetValue(yes=held.yes - {member}, no=held.no | {member})
