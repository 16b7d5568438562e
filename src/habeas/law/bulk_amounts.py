"""Amounts of a rule over the columns of a table: numbers, sums, days, hours, counts.

An amount is two expressions, its least and its greatest value; null where it is not known.
Sums are minor units; they compare only where their currencies are the same.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

from habeas.law.bulk_columns import currency_of, minor_of
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
    Number,
    Today,
)
from habeas.law.whole import Members
from habeas.law.workdays import worked_until
from habeas.terms import Money

if TYPE_CHECKING:
    from habeas.law.bulk_terms import Terms

_US = 1_000_000
_HOUR = 3_600 * _US
Read = Callable[[int], pl.Expr]


@dataclass(frozen=True, slots=True)
class _Span:
    """kind: 'number', 'day', 'instant'. currencies: one expression a sum that takes part."""

    low: pl.Expr
    high: pl.Expr
    kind: str = "number"
    currencies: tuple[pl.Expr, ...] = ()


class _NotKnownHereError(LookupError):
    """The table has no column an amount needs."""


def comparison(node: Compare, members: Members[int], terms: Terms) -> int:
    """The term of a comparison; open where a column it needs is not there."""
    if (simple := _any_at_all(node)) is not None:
        fact, some = simple
        found = terms.any_of(members(fact).values())
        return found if some else terms.no(found)
    counted = [members(a.fact) for a in _all(node) if isinstance(a, Count)]
    parts = [term for one in counted for term in one.values()]
    try:
        _written(node, terms, members, lambda _: pl.lit(value=True))
    except _NotKnownHereError:
        return terms.open
    return terms._leaf(  # noqa: SLF001 - one table's terms in two files
        ("compare", node, *parts),
        lambda read: _written(node, terms, members, read),
        parts=sorted(set(parts)),
    )


_NONE_OR_SOME = {
    (">", 0): True, (">=", 1): True, ("!=", 0): True,
    ("==", 0): False, ("<=", 0): False, ("<", 1): False,
}  # fmt: skip


def _any_at_all(node: Compare) -> tuple[str, bool] | None:
    """Whether a comparison asks only if a set is empty, and which answer makes it true."""
    match node.left, node.right:
        case Count(fact=fact), Literal(number=int(number)):
            some = _NONE_OR_SOME.get((node.op, number))
            return None if some is None else (fact, some)
        case _:
            return None


def _all(node: Compare) -> list[Amount]:
    found: list[Amount] = []
    todo: list[Amount] = [node.left, node.right]
    while todo:
        amount = todo.pop()
        found.append(amount)
        match amount:
            case Arithmetic():
                todo += [amount.left, amount.right]
            case Extreme():
                todo += amount.parts
            case Elapsed():
                todo += [amount.start, amount.end]
            case _:
                pass
    return found


_PLAIN: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def _written(node: Compare, terms: Terms, members: Members[int], read: Read) -> pl.Expr:
    writer = _Writer(terms, members, read)
    left, right = writer.span(node.left), writer.span(node.right)
    left, right = _same_kind(left, right)
    both = (*left.currencies, *right.currencies)
    if left.low is left.high and right.low is right.high:  # known or not: no bounds between
        return _one_currency(_PLAIN[node.op](left.low, right.low), both)
    low, high, low2, high2 = left.low, left.high, right.low, right.high
    match node.op:
        case "<":
            found = _three(high < low2, low >= high2)
        case ">":
            found = _three(high2 < low, low2 >= high)
        case "<=":
            found = _three(high <= low2, low > high2)
        case ">=":
            found = _three(high2 <= low, low2 > high)
        case _:
            same = (low == high) & (low2 == high2) & (low == low2)
            apart = (high < low2) | (high2 < low)
            found = _three(same, apart) if node.op == "==" else _three(apart, same)
    return _one_currency(found, both)


def _three(true: pl.Expr, false: pl.Expr) -> pl.Expr:
    """True, false, or null where neither; both are null where an amount is not known."""
    return true | (~false & pl.lit(None, dtype=pl.Boolean))


def _one_currency(found: pl.Expr, currencies: tuple[pl.Expr, ...]) -> pl.Expr:
    for other in currencies[1:]:
        found = pl.when(currencies[0] == other).then(found)
    return found


def _same_kind(left: _Span, right: _Span) -> tuple[_Span, _Span]:
    """A bare day beside an hour: the hour is somewhere in the day, so the day is a span."""
    if {left.kind, right.kind} == {"day", "instant"}:
        return _as_day(left), _as_day(right)
    return left, right


def _as_day(span: _Span) -> _Span:
    """Days in twos, so that an hour of the same day lies open on both sides."""
    if span.kind == "day":
        return _Span(span.low.cast(pl.Int64) * 2, span.high.cast(pl.Int64) * 2)
    low, high = span.low.dt.date().cast(pl.Int64), span.high.dt.date().cast(pl.Int64)
    return _Span(low * 2 - 1, high * 2 + 1)


@dataclass(frozen=True, slots=True)
class _Writer:
    terms: Terms
    members: Members[int]
    read: Read

    def span(self, amount: Amount) -> _Span:  # noqa: PLR0911 - one line a kind
        match amount:
            case Literal():
                return _literal(amount.number)
            case Today():
                day = pl.lit(self.terms.as_of)
                return _Span(day, day, "day")
            case Figure():
                return self._figure(amount.fact)
            case Minor():
                return self._column(minor_of(amount.fact))
            case Count():
                return self._count(amount)
            case Elapsed():
                return self._elapsed(amount)
            case Extreme():
                return self._extreme(amount)
            case Arithmetic():
                return self._arithmetic(amount)

    def _column(self, name: str, kind: str = "number") -> _Span:
        if name not in self.terms.columns.names:
            raise _NotKnownHereError(name)
        column = pl.col(name)
        return _Span(column, column, kind)

    def _figure(self, fact: str) -> _Span:
        type_ = self.terms.columns.facts[fact].type
        if type_ == "money":
            found = self._column(minor_of(fact))
            return _Span(found.low, found.high, "number", (pl.col(currency_of(fact)),))
        kind = "number" if type_ == "int" else self.terms.columns.kind_of_time(fact)
        return self._column(fact, kind)

    def _count(self, amount: Count) -> _Span:
        found = list(self.members(amount.fact).values())
        one = [self.read(term) for term in found]
        yes = pl.sum_horizontal([x.fill_null(value=False).cast(pl.UInt8) for x in one])
        out = pl.sum_horizontal([(~x).fill_null(value=False).cast(pl.UInt8) for x in one])
        return _Span(yes.cast(pl.Int64), amount.domain - out.cast(pl.Int64))

    def _elapsed(self, amount: Elapsed) -> _Span:
        start, end = self.span(amount.start), self.span(amount.end)
        if amount.unit == "hours":  # counted in microseconds; `_literal` numbers are scaled to it
            if start.kind == "instant" and isinstance(amount.end, Today):
                return _until_today(start.low, self.terms.as_of)
            if "day" in (start.kind, end.kind):
                raise _NotKnownHereError("hours")
            took = (end.low - start.low).dt.total_microseconds() / _HOUR
            return _Span(took, took)
        first, last = _days(start), _days(end)
        if amount.unit == "days":
            took = last - first
            return _Span(took, took)
        begins, counts = worked_until()
        table = pl.lit(pl.Series(counts, dtype=pl.Int64))
        origin = (begins - date(1970, 1, 1)).days

        def worked(day: pl.Expr) -> pl.Expr:
            place = day - origin
            inside = (place >= 0) & (place < len(counts))
            return table.gather(pl.when(inside).then(place))

        took = worked(last) - worked(first)
        return _Span(took, took)

    def _extreme(self, amount: Extreme) -> _Span:
        parts = [self.span(part) for part in amount.parts]
        if len({part.kind for part in parts}) > 1:
            raise _NotKnownHereError("times of two kinds")
        known = pl.all_horizontal([part.low.is_not_null() for part in parts])
        pick = pl.min_horizontal if amount.pick == "min" else pl.max_horizontal
        return _Span(
            pl.when(known).then(pick([part.low for part in parts])),
            pl.when(known).then(pick([part.high for part in parts])),
            parts[0].kind,
            tuple(c for part in parts for c in part.currencies),
        )

    def _arithmetic(self, amount: Arithmetic) -> _Span:
        a, b = self.span(amount.left), self.span(amount.right)
        currencies = (*a.currencies, *b.currencies)
        if amount.op == "+":
            return _Span(a.low + b.low, a.high + b.high, "number", currencies)
        if amount.op == "-":
            return _Span(a.low - b.high, a.high - b.low, "number", currencies)
        ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        return _Span(pl.min_horizontal(ends), pl.max_horizontal(ends), "number", currencies)


def _until_today(start: pl.Expr, today: date) -> _Span:
    """Hours until the day begins, and until it ends, in the zone the column is written in."""
    whole = (pl.lit(today) - start.dt.date()).dt.total_days() * 24
    into = (start - start.dt.truncate("1d")).dt.total_microseconds() / _HOUR
    return _Span(whole - into, whole - into + 24)


def _days(span: _Span) -> pl.Expr:
    """Days since 1970, in the zone the column is written in."""
    day = span.low if span.kind == "day" else span.low.dt.date()
    return day.cast(pl.Int64)


def _literal(number: Number) -> _Span:
    if isinstance(number, Money):
        value = pl.lit(number.minor)
        return _Span(value, value, "number", (pl.lit(number.currency),))
    if isinstance(number, datetime):
        found = pl.lit(number)
        return _Span(found, found, "instant")
    if isinstance(number, date):
        found = pl.lit(number)
        return _Span(found, found, "day")
    found = pl.lit(int(number))
    return _Span(found, found)
