"""The parts of an expression, and what each is worth when some facts are unknown.

Three values: True, False and None for unknown (Kleene). An unknown part leaves the whole
unknown unless the known parts settle it: `False and None` is False, `True or None` is True.
Nothing here turns None into False.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Protocol

from habeas.law.values import SetValue, Value
from habeas.law.workdays import working_days_between
from habeas.terms import Money

Truth = bool | None


class View(Protocol):
    """Where an expression looks its facts up: a value, or None for unknown."""

    def fact(self, id_: str) -> Value | None: ...
    def provision(self, id_: str) -> Truth: ...
    def as_of(self) -> date | None: ...


def k_not(value: Truth) -> Truth:
    return None if value is None else not value


def k_and(*values: Truth) -> Truth:
    if False in values:
        return False
    return None if None in values else True


def k_or(*values: Truth) -> Truth:
    if True in values:
        return True
    return None if None in values else False


@dataclass(frozen=True, slots=True)
class Constant:
    truth: bool

    def value(self, view: View) -> Truth:  # noqa: ARG002  (one shape for all parts)
        return self.truth


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]

    def value(self, view: View) -> Truth:
        answer: Truth = True
        for part in self.parts:
            found = part.value(view)
            if found is False:
                return False
            if found is None:
                answer = None
        return answer


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]

    def value(self, view: View) -> Truth:
        answer: Truth = False
        for part in self.parts:
            found = part.value(view)
            if found is True:
                return True
            if found is None:
                answer = None
        return answer


@dataclass(frozen=True, slots=True)
class Not:
    part: Node

    def value(self, view: View) -> Truth:
        found = self.part.value(view)
        return None if found is None else not found


@dataclass(frozen=True, slots=True)
class Is:
    """A bool fact is true, or an enum fact is one of some members."""

    fact: str
    wanted: frozenset[str | bool]

    def value(self, view: View) -> Truth:
        found = view.fact(self.fact)
        return None if found is None else found in self.wanted


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of some members is in a set fact."""

    fact: str
    members: frozenset[str]

    def value(self, view: View) -> Truth:
        found = view.fact(self.fact)
        if not isinstance(found, SetValue):
            return None
        if not self.members.isdisjoint(found.yes):
            return True
        return False if self.members <= found.no else None


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of some members are in a set fact."""

    fact: str
    members: frozenset[str]

    def value(self, view: View) -> Truth:
        found = view.fact(self.fact)
        if not isinstance(found, SetValue):
            return None
        if not self.members.isdisjoint(found.no):
            return False
        return True if self.members <= found.yes else None


@dataclass(frozen=True, slots=True)
class Within:
    """A set fact holds nothing but some members; `others` are all the rest of its domain."""

    fact: str
    members: frozenset[str]
    others: frozenset[str]

    def value(self, view: View) -> Truth:
        found = view.fact(self.fact)
        if not isinstance(found, SetValue):
            return None
        if not self.others.isdisjoint(found.yes):
            return False
        return True if self.others <= found.no else None


@dataclass(frozen=True, slots=True)
class Subset:
    """Every member of one set fact is in another of the same domain."""

    left: str
    right: str
    domain: frozenset[str]

    def value(self, view: View) -> Truth:
        left, right = view.fact(self.left), view.fact(self.right)
        if not isinstance(left, SetValue) or not isinstance(right, SetValue):
            return None
        return k_and(*(k_or(k_not(left.has(m)), right.has(m)) for m in self.domain))


@dataclass(frozen=True, slots=True)
class Stated:
    """Somebody stated the fact. Axioms only: a rule may never ask whether a fact is known."""

    fact: str

    def value(self, view: View) -> Truth:
        return view.fact(self.fact) is not None


@dataclass(frozen=True, slots=True)
class Applies:
    """Another provision: it holds (ground, scope, exemption) or is broken (duty, prohibition)."""

    provision: str

    def value(self, view: View) -> Truth:
        return view.provision(self.provision)


@dataclass(frozen=True, slots=True)
class Compare:
    """Two amounts compared; an amount that is only known within bounds may leave it open."""

    op: str
    left: Amount
    right: Amount

    def value(self, view: View) -> Truth:
        left, right = self.left.bounds(view), self.right.bounds(view)
        if left is None or right is None:
            return None
        if _other_currency(left[0], right[0]):
            return None
        if isinstance(left[0], date) and isinstance(right[0], date):
            return _compare_times(self.op, left[0], right[0])
        return _COMPARE[self.op](*left, *right)


Number = int | Fraction | Money | date | datetime
Bounds = tuple[Number, Number]


def _compare_times(op: str, left: date, right: date) -> Truth:
    """A bare day against an hour of the same day leaves the order open."""
    if isinstance(left, datetime) is isinstance(right, datetime):
        return _COMPARE[op](left, left, right, right)
    first, second = _day(left), _day(right)
    return None if first == second else _COMPARE[op](first, first, second, second)


def _other_currency(left: Number, right: Number) -> bool:
    return isinstance(left, Money) and isinstance(right, Money) and left.currency != right.currency


def _less(a: object, b: object) -> bool:
    return bool(a < b)  # type: ignore[operator]


def _lt(low: Number, high: Number, low2: Number, high2: Number) -> Truth:
    if _less(high, low2):
        return True
    return None if _less(low, high2) else False


def _le(low: Number, high: Number, low2: Number, high2: Number) -> Truth:
    return k_not(_lt(low2, high2, low, high))


def _eq(low: Number, high: Number, low2: Number, high2: Number) -> Truth:
    if low == high == low2 == high2:
        return True
    return False if _less(high, low2) or _less(high2, low) else None


_COMPARE: dict[str, Callable[[Number, Number, Number, Number], Truth]] = {
    "<": _lt,
    "<=": _le,
    ">": lambda a, b, c, d: _lt(c, d, a, b),
    ">=": lambda a, b, c, d: _le(c, d, a, b),
    "==": _eq,
    "!=": lambda a, b, c, d: k_not(_eq(a, b, c, d)),
}


@dataclass(frozen=True, slots=True)
class Literal:
    number: Number

    def bounds(self, view: View) -> Bounds | None:  # noqa: ARG002
        return (self.number, self.number)


@dataclass(frozen=True, slots=True)
class Figure:
    """The number, sum or time a fact states."""

    fact: str

    def bounds(self, view: View) -> Bounds | None:
        found = view.fact(self.fact)
        if found is None or isinstance(found, (str, SetValue)):
            return None
        return (found, found)


@dataclass(frozen=True, slots=True)
class Minor:
    """The minor units of a sum. Axioms only: a rule compares sums with their currency."""

    fact: str

    def bounds(self, view: View) -> Bounds | None:
        found = view.fact(self.fact)
        return (found.minor, found.minor) if isinstance(found, Money) else None


@dataclass(frozen=True, slots=True)
class Count:
    """How many members a set fact has: known only within bounds while members are unknown."""

    fact: str
    domain: int

    def bounds(self, view: View) -> Bounds | None:
        found = view.fact(self.fact)
        if not isinstance(found, SetValue):
            return None
        return (len(found.yes), self.domain - len(found.no))


@dataclass(frozen=True, slots=True)
class Today:
    """The day as of which is decided."""

    def bounds(self, view: View) -> Bounds | None:
        day = view.as_of()
        return None if day is None else (day, day)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Hours, days or working days from one time to another.

    Unknown when an hour is needed and not known, or a year whose holidays are not yet decreed.
    Hours until `as_of` lie between those until that day begins and until it ends.
    """

    unit: str
    start: Amount
    end: Amount

    def bounds(self, view: View) -> Bounds | None:
        start, end = self.start.bounds(view), self.end.bounds(view)
        if start is None or end is None:
            return None
        first, last = start[0], end[0]
        if self.unit == "days":
            days = (_day(last) - _day(first)).days
            return (days, days)
        if self.unit == "working_days":
            found = working_days_between(_day(first), _day(last))
            return None if found is None else (found, found)
        if isinstance(self.end, Today) and isinstance(first, datetime) and isinstance(last, date):
            begins = datetime.combine(last, time(0), first.tzinfo)
            return (_hours(begins - first), _hours(begins + timedelta(days=1) - first))
        if not isinstance(first, datetime) or not isinstance(last, datetime):
            return None
        return (_hours(last - first), _hours(last - first))


def _hours(took: timedelta) -> Fraction:
    return Fraction(took.days * 86_400 + took.seconds, 3_600)


def _day(number: Number) -> date:
    if isinstance(number, datetime):
        return number.date()
    if isinstance(number, date):
        return number
    raise TypeError("days are counted between times")


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or the greatest of some amounts; unknown while one of them is."""

    pick: str
    parts: tuple[Amount, ...]

    def bounds(self, view: View) -> Bounds | None:
        found = [part.bounds(view) for part in self.parts]
        known = [bounds for bounds in found if bounds is not None]
        if len(known) < len(found) or not _of_one_kind([low for low, _ in known]):
            return None
        choose = _least if self.pick == "min" else _greatest
        return (choose([low for low, _ in known]), choose([high for _, high in known]))


def _of_one_kind(numbers: list[Number]) -> bool:
    """Sums of one currency; and not hours beside bare days, whose order may be open."""
    first = numbers[0]
    return not any(
        _other_currency(first, other)
        or isinstance(first, datetime) is not isinstance(other, datetime)
        for other in numbers[1:]
    )


def _least(numbers: list[Number]) -> Number:
    best = numbers[0]
    for number in numbers[1:]:
        best = number if _less(number, best) else best
    return best


def _greatest(numbers: list[Number]) -> Number:
    best = numbers[0]
    for number in numbers[1:]:
        best = number if _less(best, number) else best
    return best


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two amounts added or subtracted, or one taken some number of times."""

    op: str
    left: Amount
    right: Amount

    def bounds(self, view: View) -> Bounds | None:
        left, right = self.left.bounds(view), self.right.bounds(view)
        if left is None or right is None or _other_currency(left[0], right[0]):
            return None
        ends = _ends(self.op, left, right)
        return (_least(ends), _greatest(ends))


def _ends(op: str, left: Bounds, right: Bounds) -> list[Number]:
    """What the operation makes of the ends of two spans; the least and greatest are among them."""
    (a, b), (c, d) = left, right
    if op == "+":
        return [_worked(op, a, c), _worked(op, b, d)]
    if op == "-":
        return [_worked(op, a, d), _worked(op, b, c)]
    return [_worked(op, x, y) for x in (a, b) for y in (c, d)]


def _worked(op: str, a: Number, b: Number) -> Number:
    if isinstance(a, Money) or isinstance(b, Money):
        sum_ = a if isinstance(a, Money) else b
        assert isinstance(sum_, Money)
        found = _worked(op, _plain(a), _plain(b))
        assert isinstance(found, int)
        return Money(minor=found, currency=sum_.currency)
    x, y = _plain(a), _plain(b)
    return x + y if op == "+" else x - y if op == "-" else x * y


def _plain(number: Number) -> int | Fraction:
    if isinstance(number, Money):
        return number.minor
    if isinstance(number, date):
        raise TypeError("times are not added or multiplied")
    return number


Node = Constant | And | Or | Not | Is | AnyOf | AllOf | Within | Subset | Stated | Applies | Compare
Amount = Literal | Figure | Minor | Count | Today | Elapsed | Extreme | Arithmetic


def leaves(node: Node) -> list[Node]:
    """The parts without parts of their own, in order."""
    if isinstance(node, (And, Or)):
        return [leaf for part in node.parts for leaf in leaves(part)]
    return leaves(node.part) if isinstance(node, Not) else [node]


def facts_in(node: Node) -> frozenset[str]:
    """The facts an expression reads by itself (not through other provisions)."""
    found: set[str] = set()
    for leaf in leaves(node):
        match leaf:
            case Is() | AnyOf() | AllOf() | Within() | Stated():
                found.add(leaf.fact)
            case Subset():
                found |= {leaf.left, leaf.right}
            case Compare():
                found |= _facts_of(leaf.left) | _facts_of(leaf.right)
            case _:
                pass
    return frozenset(found)


def _facts_of(amount: Amount) -> set[str]:
    match amount:
        case Figure() | Minor() | Count():
            return {amount.fact}
        case Elapsed():
            return _facts_of(amount.start) | _facts_of(amount.end)
        case Arithmetic():
            return _facts_of(amount.left) | _facts_of(amount.right)
        case Extreme():
            return {fact for part in amount.parts for fact in _facts_of(part)}
        case _:
            return set()


def provisions_in(node: Node) -> frozenset[str]:
    """The other provisions an expression reads."""
    return frozenset(leaf.provision for leaf in leaves(node) if isinstance(leaf, Applies))
