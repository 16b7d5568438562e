"""Expressions written back in the language of rules, for whoever reads a book."""

from __future__ import annotations

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
    Within,
)
from habeas.terms import Money


def write(node: Node) -> str:  # noqa: C901, PLR0911 - one line a kind
    """An expression as it may be written in a book; reading it again gives the same parts."""
    match node:
        case Constant():
            return str(node.truth)
        case And():
            return " and ".join(_inner(part) for part in node.parts)
        case Or():
            return " or ".join(_inner(part) for part in node.parts)
        case Not():
            return f"not {_inner(node.part)}"
        case Is():
            return _is(node)
        case AnyOf():
            return f"{node.fact} & {_set(node.members)}"
        case AllOf():
            return f"{node.fact} >= {_set(node.members)}"
        case Within():
            return f"{node.fact} <= {_set(node.members)}"
        case Subset():
            return f"{node.left} <= {node.right}"
        case Stated():
            return f"{node.fact} is not None"
        case Applies():
            return node.provision
        case Compare():
            return f"{_amount(node.left)} {node.op} {_amount(node.right)}"


def _inner(node: Node) -> str:
    return f"({write(node)})" if isinstance(node, (And, Or)) else write(node)


def _is(node: Is) -> str:
    if node.wanted == {True}:
        return node.fact
    if node.wanted == {False}:
        return f"{node.fact} == False"
    if len(node.wanted) == 1:
        return f"{node.fact} == {next(iter(node.wanted))!r}"
    return f"{node.fact} in {_set(frozenset(str(word) for word in node.wanted))}"


def _set(members: frozenset[str]) -> str:
    return "{" + ", ".join(repr(member) for member in sorted(members)) + "}"


def _amount(amount: Amount) -> str:  # noqa: PLR0911 - one line a kind
    match amount:
        case Literal(number=Money() as sum_):
            return f"money({sum_.minor}, {sum_.currency!r})"
        case Literal():
            return str(amount.number)
        case Figure():
            return amount.fact
        case Minor():
            return f"{amount.fact}.minor"
        case Count():
            return f"len({amount.fact})"
        case Elapsed():
            return f"{amount.unit}({_amount(amount.start)}, {_amount(amount.end)})"
        case Extreme():
            return f"{amount.pick}({', '.join(_amount(part) for part in amount.parts)})"
        case Arithmetic():
            return f"{_operand(amount.left)} {amount.op} {_operand(amount.right)}"
        case _:
            return "as_of"


def _operand(amount: Amount) -> str:
    return f"({_amount(amount)})" if isinstance(amount, Arithmetic) else _amount(amount)
