"""The language of rules: typed expressions over facts, read with Python's grammar, never run.

    use.service_refused_without and not cn.pipl.art13.p1.i2
    use.consent in {'refused', 'withdrawn'}          one of some members
    'face' in use.data                                 one member of a set
    use.data & {'face', 'iris'}                        at least one of them
    use.security >= {'encryption', 'access_control'}   all of them
    use.recipients <= {'inside', 'subject_only'}       none but them
    len(use.recipients) == 0
    hours(event.aware_at, event.authority_told_at) > 72
    working_days(event.at, event.answered_at) > 15     by the Chinese calendar
    use.illegal_gain >= money(500000, 'CNY')
    party.turnover * 5 > money(100, 'CNY') + use.illegal_gain
    max(use.retention_days, 30) - 7 <= 180             of one unit only

Everything else is refused when a book is loaded, with file and line: names that are no fact,
misspelt members, a number compared with another unit, a sum without its currency, calls.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from habeas.errors import BadInput
from habeas.law.expression import (
    AllOf,
    Amount,
    And,
    AnyOf,
    Applies,
    Arithmetic,
    Compare,
    Constant,
    Count,
    Elapsed,
    Extreme,
    Figure,
    Is,
    Literal,
    Minor,
    Node,
    Not,
    Or,
    Stated,
    Subset,
    Today,
    Within,
)
from habeas.law.schema import Fact, Vocabulary
from habeas.law.values import nearest
from habeas.terms import Money

_LONGEST = 4_000
_SIGNS: dict[type, str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_WORKED: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_ELAPSED = ("hours", "days", "working_days")
_CALLS = ("len", "min", "max", "money", *_ELAPSED)


def parse(
    text: str,
    vocabulary: Vocabulary,
    *,
    file: str | None = None,
    place: str | None = None,
    axiom: bool = False,
) -> Node:
    """An expression as its parts, checked against the vocabulary.

    >>> from habeas.law.schema import load_vocabulary
    >>> parse("use.consent == 'gven'", load_vocabulary())
    Traceback (most recent call last):
    habeas.errors.BadInput: 'gven' is not a member of use.consent; did you mean 'given'?
    """
    reader = _Parser(vocabulary, file=file, place=place, axiom=axiom)
    if not isinstance(text, str) or not text.strip():
        raise reader.bad("an expression is missing")
    if len(text) > _LONGEST:
        raise reader.bad("the expression is too long", "split it over several provisions")
    try:
        tree = ast.parse(" ".join(text.split()), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise reader.bad(f"cannot read the expression {_short(text)!r}") from None
    return reader.truth(tree.body)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "…"


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


@dataclass(frozen=True, slots=True)
class _Typed:
    """An amount with what may be compared with it: its kind and its unit."""

    amount: Amount
    kind: str
    unit: str | None


class _Parser:
    def __init__(
        self, vocabulary: Vocabulary, *, file: str | None, place: str | None, axiom: bool
    ) -> None:
        self.vocabulary = vocabulary
        self.file = file
        self.place = place
        self.axiom = axiom

    def bad(self, says: str, remedy: str | None = None) -> BadInput:
        return BadInput(says, file=self.file, place=self.place, remedy=remedy)

    def refuse(self, node: ast.AST) -> BadInput:
        return self.bad(
            f"{_short(ast.unparse(node))!r} is not part of the language of rules",
            "see habeas.law.language for what may be written",
        )

    # ---- truths

    def truth(self, node: ast.expr) -> Node:
        match node:
            case ast.BoolOp():
                parts = tuple(self.truth(value) for value in node.values)
                return And(parts) if isinstance(node.op, ast.And) else Or(parts)
            case ast.UnaryOp(op=ast.Not()):
                return Not(self.truth(node.operand))
            case ast.Constant(value=bool()):
                return Constant(bool(node.value))
            case ast.Compare():
                return self._comparison(node)
            case ast.BinOp(op=ast.BitAnd()):
                return self._any_of(node)
            case ast.Attribute():
                return self._atom(node)
            case _:
                raise self.refuse(node)

    def _atom(self, node: ast.Attribute) -> Node:
        path = self._path(node)
        if path.split(".", 1)[0] not in ("matter", "party", "use", "event", "claim"):
            return Applies(path)
        fact = self._fact(node)
        if fact.type != "bool":
            raise self.bad(
                f"{fact.id} is a {fact.type}, not a yes or no", "compare it with a value"
            )
        return Is(fact.id, frozenset({True}))

    def _comparison(self, node: ast.Compare) -> Node:
        operands = [node.left, *node.comparators]
        parts = tuple(
            self._pair(left, op, right)
            for left, op, right in zip(operands, node.ops, operands[1:], strict=False)
        )
        return parts[0] if len(parts) == 1 else And(parts)

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Node:
        if isinstance(op, (ast.Is, ast.IsNot)):
            return self._stated(left, op, right)
        if isinstance(op, (ast.In, ast.NotIn)):
            found = self._membership(left, right)
            return Not(found) if isinstance(op, ast.NotIn) else found
        sign = _SIGNS.get(type(op))
        if sign is None:
            raise self.refuse(left)
        fact = self._maybe_fact(left)
        if fact is not None and fact.type in ("bool", "enum"):
            return self._equals(fact, sign, right)
        if fact is not None and fact.type == "set":
            return self._set_pair(fact, sign, right)
        return self._amounts(left, sign, right)

    def _stated(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Node:
        if not self.axiom or not (isinstance(right, ast.Constant) and right.value is None):
            raise self.bad(
                "a rule may not ask whether a fact is known: unknown would read as an answer",
                "compare the fact with a value",
            )
        fact = self._maybe_fact(left)
        if fact is None:
            raise self.refuse(left)
        return Stated(fact.id) if isinstance(op, ast.IsNot) else Not(Stated(fact.id))

    def _membership(self, left: ast.expr, right: ast.expr) -> Node:
        if isinstance(left, ast.Constant):
            fact = self._set_fact(right)
            return AnyOf(fact.id, frozenset({self._member(fact, left)}))
        fact = self._fact(left)
        if fact.type != "enum":
            raise self.bad(f"{fact.id} is a {fact.type}; `in` asks an enum or a set")
        return Is(fact.id, frozenset(self._members(fact, right)))

    def _equals(self, fact: Fact, sign: str, right: ast.expr) -> Node:
        if sign not in ("==", "!="):
            raise self.bad(f"{fact.id} has no order", "use == or !=")
        if not isinstance(right, ast.Constant):
            raise self.refuse(right)
        if fact.type == "bool":
            if not isinstance(right.value, bool):
                raise self.bad(f"{fact.id} is yes or no", "compare it with True or False")
            wanted: frozenset[str | bool] = frozenset({right.value})
        else:
            wanted = frozenset({self._member(fact, right)})
        node = Is(fact.id, wanted)
        return node if sign == "==" else Not(node)

    def _set_pair(self, fact: Fact, sign: str, right: ast.expr) -> Node:
        if isinstance(right, ast.Attribute) and sign == "<=":
            other = self._set_fact(right)
            if set(other.members) != set(fact.members):
                raise self.bad(f"{fact.id} and {other.id} do not hold the same kind of thing")
            return Subset(fact.id, other.id, frozenset(fact.members))
        members = frozenset(self._members(fact, right))
        if sign == ">=":
            return AllOf(fact.id, members)
        if sign == "<=":
            return Within(fact.id, members, frozenset(fact.members) - members)
        raise self.bad(f"{fact.id} is a set", "use `in`, &, >= or <=")

    def _any_of(self, node: ast.BinOp) -> Node:
        left, right = node.left, node.right
        if isinstance(left, ast.Set):
            left, right = right, left
        fact = self._set_fact(left)
        return AnyOf(fact.id, frozenset(self._members(fact, right)))

    # ---- amounts

    def _amounts(self, left: ast.expr, sign: str, right: ast.expr) -> Node:
        a, b = self._amount(left), self._amount(right)
        times = ("date", "instant")
        if a.kind != b.kind and not (a.kind in times and b.kind in times):
            raise self.bad(
                f"cannot compare {_short(ast.unparse(left))} ({a.kind}) with "
                f"{_short(ast.unparse(right))} ({b.kind})",
                "write money(50000, 'CNY') for a sum" if "money" in (a.kind, b.kind) else None,
            )
        if a.unit and b.unit and a.unit != b.unit:
            raise self.bad(f"cannot compare {a.unit} with {b.unit}")
        return Compare(sign, a.amount, b.amount)

    def _amount(self, node: ast.expr) -> _Typed:  # noqa: PLR0911 - one line a kind
        match node:
            case ast.Constant(value=bool()):
                raise self.refuse(node)
            case ast.Constant(value=int()):
                return _Typed(Literal(_whole(node.value)), "int", None)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
                return _Typed(Literal(-number), "int", None)
            case ast.Name(id="as_of"):
                return _Typed(Today(), "date", None)
            case ast.Call():
                return self._call(node)
            case ast.BinOp() if type(node.op) in _WORKED:
                return self._worked(node)
            case ast.Attribute(attr="minor") if self.axiom:
                return _Typed(Minor(self._fact(node.value).id), "int", None)
            case ast.Attribute():
                return self._figure(self._fact(node))
            case _:
                raise self.refuse(node)

    def _figure(self, fact: Fact) -> _Typed:
        if fact.type in ("set", "enum", "bool"):
            raise self.bad(f"{fact.id} is a {fact.type}, not a number")
        return _Typed(Figure(fact.id), fact.type, fact.unit)

    def _call(self, node: ast.Call) -> _Typed:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _CALLS or node.keywords:
            raise self.refuse(node)
        arguments = node.args
        if name == "len" and len(arguments) == 1:
            fact = self._set_fact(arguments[0])
            return _Typed(Count(fact.id, len(fact.members)), "int", None)
        if name in _ELAPSED and len(arguments) == 2:
            return self._elapsed(name, arguments)
        if name in ("min", "max") and len(arguments) >= 2:
            return self._extreme(name, arguments)
        if name == "money" and len(arguments) == 2:
            return self._money(arguments)
        raise self.refuse(node)

    def _elapsed(self, name: str, arguments: list[ast.expr]) -> _Typed:
        start, end = (self._amount(argument) for argument in arguments)
        for part in (start, end):
            if part.kind not in ("date", "instant"):
                raise self.bad(f"{name}() counts between two times")
        return _Typed(Elapsed(name, start.amount, end.amount), "int", name)

    def _worked(self, node: ast.BinOp) -> _Typed:
        """Sums of one kind and unit; a number of times some amount. Times are not reckoned with."""
        left, right, sign = (
            self._amount(node.left),
            self._amount(node.right),
            _WORKED[type(node.op)],
        )
        said = _short(ast.unparse(node))
        if {left.kind, right.kind} - {"int", "money"}:
            raise self.bad(f"{said!r} reckons with times", "count with hours(), days()")
        if sign == "*":
            if (left.unit and right.unit) or left.kind == right.kind == "money":
                raise self.bad(f"{said!r} multiplies two things that have a unit")
        elif left.kind != right.kind:
            raise self.bad(
                f"{said!r} mixes {left.kind} and {right.kind}",
                "write money(50000, 'CNY') for a sum",
            )
        elif left.unit and right.unit and left.unit != right.unit:
            raise self.bad(f"{said!r} mixes {left.unit} and {right.unit}")
        kind = "money" if "money" in (left.kind, right.kind) else "int"
        return _Typed(Arithmetic(sign, left.amount, right.amount), kind, left.unit or right.unit)

    def _extreme(self, name: str, arguments: list[ast.expr]) -> _Typed:
        parts = [self._amount(argument) for argument in arguments]
        kinds = {part.kind for part in parts}
        if len(kinds) > 1:
            raise self.bad(f"{name}() needs amounts of one kind")
        units = {part.unit for part in parts} - {None}
        if len(units) > 1:
            raise self.bad(f"{name}() needs amounts of one unit")
        unit = next(iter(units), None)
        return _Typed(Extreme(name, tuple(part.amount for part in parts)), parts[0].kind, unit)

    def _money(self, arguments: list[ast.expr]) -> _Typed:
        minor, currency = arguments
        if not isinstance(minor, ast.Constant) or not isinstance(currency, ast.Constant):
            raise self.bad("money() takes minor units and a currency", "write money(50000, 'CNY')")
        if not isinstance(minor.value, int) or not isinstance(currency.value, str):
            raise self.bad("money() takes minor units and a currency", "write money(50000, 'CNY')")
        try:
            return _Typed(Literal(Money(minor=minor.value, currency=currency.value)), "money", None)
        except (ValueError, TypeError):
            raise self.bad(
                f"{currency.value!r} is not a currency", "write three capitals, such as CNY"
            ) from None

    # ---- names

    def _path(self, node: ast.expr) -> str:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            raise self.refuse(node)
        return ".".join([node.id, *reversed(parts)])

    def _fact(self, node: ast.expr) -> Fact:
        if not isinstance(node, ast.Attribute):
            raise self.refuse(node)
        path = self._path(node)
        if path in self.vocabulary.facts:
            return self.vocabulary.facts[path]
        raise self.bad(f"there is no fact {path!r}", nearest(path, self.vocabulary.facts))

    def _maybe_fact(self, node: ast.expr) -> Fact | None:
        """The fact a bare path names; None for a number, a call or `x.minor` in an axiom."""
        if not isinstance(node, ast.Attribute) or (self.axiom and node.attr == "minor"):
            return None
        return self._fact(node)

    def _set_fact(self, node: ast.expr) -> Fact:
        fact = self._fact(node)
        if fact.type != "set":
            raise self.bad(f"{fact.id} is a {fact.type}, not a set")
        return fact

    def _members(self, fact: Fact, node: ast.expr) -> list[str]:
        if not isinstance(node, ast.Set):
            raise self.refuse(node)
        return [self._member(fact, element) for element in node.elts]

    def _member(self, fact: Fact, node: ast.expr) -> str:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            raise self.refuse(node)
        if node.value not in fact.members:
            raise self.bad(
                f"{node.value!r} is not a member of {fact.id}", nearest(node.value, fact.members)
            )
        return node.value
