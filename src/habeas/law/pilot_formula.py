"""What one book says of one use or event, as formulas over a space of facts (`pilot_space`).

The reading is that of `whole`; here truths are pairs of the solver's booleans. A test compares it
with `decide`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import z3

from habeas.law.book import LawBook
from habeas.law.expression import (
    Amount,
    Arithmetic,
    Compare,
    Count,
    Elapsed,
    Extreme,
    Figure,
    Literal,
    Minor,
    Today,
)
from habeas.law.pilot_space import (
    DAY,
    FALSE,
    OPEN,
    TRUE,
    YES,
    Pair,
    Questions,
    Space,
    Span,
    all_of,
    any_of,
    compared,
    no,
    number_of,
    point,
)
from habeas.law.whole import Members, Whole


class SolverAlgebra:
    """Truths as pairs of the solver's booleans, facts as the variables of a space."""

    true, false, open = TRUE, FALSE, OPEN

    def __init__(self, space: Space) -> None:
        self.space = space

    def all_of(self, parts: Iterable[Pair]) -> Pair:
        return all_of(parts)

    def any_of(self, parts: Iterable[Pair]) -> Pair:
        return any_of(parts)

    def no(self, part: Pair) -> Pair:
        return no(part)

    def surely(self, part: Pair) -> Pair:
        return Pair(part.t, z3.Not(part.t))

    def pair(self, true: Pair, false: Pair) -> Pair:
        return Pair(true.t, false.t)

    def stated(self, id_: str) -> Pair:
        return self.space.pair(id_)

    def stated_members(self, id_: str) -> Mapping[str, Pair]:
        return self.space.set(id_)

    def choice(self, id_: str, wanted: frozenset[str | bool]) -> Pair:
        known, place = self.space.number(id_)
        members = self.space.facts[id_].members
        chosen = z3.Or([place == i for i, m in enumerate(members) if m in wanted])
        return Pair(z3.And(known, chosen), z3.And(known, z3.Not(chosen)))

    def is_stated(self, id_: str) -> Pair:
        fact = self.space.facts[id_]
        if fact.type == "bool":
            known = z3.Or(self.space.pair(id_).t, self.space.pair(id_).f)
        elif fact.type == "set":
            known = z3.Or([z3.Or(p.t, p.f) for p in self.space.set(id_).values()])
        else:
            known = self.space.number(id_)[0]
        return Pair(known, z3.Not(known))

    def in_force(self, first: date, last: date | None) -> Pair:
        _, day = self.space.number(DAY)
        begun = day >= first.toordinal()
        force = begun if last is None else z3.And(begun, day < last.toordinal())
        return Pair(force, z3.Not(force))

    # ---- amounts

    def compared(self, node: Compare, members: Members[Pair]) -> Pair:
        left, right = self._span(node.left, members), self._span(node.right, members)
        if left is None or right is None:
            return self.space.atom(node)
        true, false = compared(node.op, left, right)
        known = z3.And(left.known, right.known)
        return Pair(z3.And(known, true), z3.And(known, false))

    def _span(  # noqa: PLR0911 - one line a kind
        self, amount: Amount, members: Members[Pair]
    ) -> Span | None:
        match amount:
            case Literal():
                return point(YES, number_of(amount.number))
            case Today():
                return point(YES, z3.IntVal(self.space.as_of.toordinal()))
            case Figure() | Minor() if self.space.facts[amount.fact].type != "instant":
                return point(*self.space.number(amount.fact))
            case Count():
                pairs = list(members(amount.fact).values())
                out = z3.Sum([z3.If(p.f, 1, 0) for p in pairs])
                low = z3.Sum([z3.If(p.t, 1, 0) for p in pairs])
                return Span(YES, low, amount.domain - out)
            case Elapsed(unit="days", start=Figure() as start, end=Figure() as end):
                (some, first), (other, last) = map(self.space.number, (start.fact, end.fact))
                return point(z3.And(some, other), last - first)
            case Arithmetic():
                return self._worked(amount, members)
            case Extreme():
                return self._extreme(amount, members)
            case _:
                return None

    def _worked(self, amount: Arithmetic, members: Members[Pair]) -> Span | None:
        """Only what stays linear; a product of two things that vary is left to an atom."""
        left, right = self._span(amount.left, members), self._span(amount.right, members)
        if left is None or right is None:
            return None
        known = z3.And(left.known, right.known)
        if amount.op == "+":
            return Span(known, left.low + right.low, left.high + right.high)
        if amount.op == "-":
            return Span(known, left.low - right.high, left.high - right.low)
        number, span = (left, right) if isinstance(amount.left, Literal) else (right, left)
        if not z3.is_int_value(number.low):
            return None
        ends = (span.low * number.low, span.high * number.low)
        return Span(known, *(ends if number.low.as_long() >= 0 else ends[::-1]))

    def _extreme(self, amount: Extreme, members: Members[Pair]) -> Span | None:
        spans = [self._span(part, members) for part in amount.parts]
        found = [span for span in spans if span is not None]
        if len(found) < len(spans):
            return None
        low, high = found[0].low, found[0].high
        for span in found[1:]:
            low, high = _pick(amount.pick, low, span.low), _pick(amount.pick, high, span.high)
        return Span(z3.And([span.known for span in found]), low, high)


def _pick(pick: str, a: Any, b: Any) -> Any:
    return z3.If((a < b) if pick == "min" else (b < a), a, b)


class Formula(Whole[Pair]):
    """What one book says of one use (or event) whose facts are the variables of a space.

    asks: which issues are put.
    """

    def __init__(self, book: LawBook, space: Space, *, level: str, asks: Questions) -> None:
        self.space, self.questions = space, asks
        super().__init__(
            book,
            SolverAlgebra(space),
            level=level,
            asks=_Put(asks),
            of_use=_Put(Questions("of the use ")),
        )

    def unlawful(self) -> Any:
        return self.broken().t

    def lawful(self) -> Any:
        """Something was asked, nothing is broken, and the coded law answers all that was put."""
        return z3.And(self.broken().f, self.answered().t)


class _Put:
    """Questions as truths."""

    def __init__(self, questions: Questions) -> None:
        self.questions = questions
        self.everything = _sure(questions.everything)

    def by_name(self, issue: str) -> Pair:
        return _sure(self.questions.by_name(issue))

    def __call__(self, issue: str) -> Pair:
        return _sure(self.questions(issue))


def _sure(term: Any) -> Pair:
    return Pair(term, z3.Not(term))
