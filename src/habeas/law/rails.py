"""An expression as two Python expressions: one for true, one for false; neither is unknown.

Each part becomes code that reads plain values and stops as early as Python does. No word of a
book ever stands in the code: every fact, member and number is a constant with a made-up name.
What is rare (times, money, counts of sets) is left to the part itself.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from habeas.law.expression import (
    AllOf,
    And,
    AnyOf,
    Applies,
    Compare,
    Constant,
    Figure,
    Is,
    Literal,
    Node,
    Not,
    Or,
    Stated,
    Subset,
    Within,
)
from habeas.law.schema import load_vocabulary
from habeas.law.values import SetValue

Function = Callable[..., Any]
NOTHING: frozenset[str] = frozenset()
_EMPTY = SetValue(yes=NOTHING, no=NOTHING)
_SIGNS = {"<", "<=", ">", ">=", "==", "!="}


class Rails:
    """Writes expressions that read a view by subscript; it keeps the constants they need.

    A set fact is read as two keys, `members(fact)`: those in it and those not.
    """

    def __init__(self, dear: Container[str] = ()) -> None:
        """dear: what takes long to look up, such as derived facts; asked last."""
        self.dear = dear
        self.constants: dict[str, Any] = {}
        self._names: dict[tuple[str, Any], str] = {}

    def constant(self, value: Any) -> str:
        """The name of a constant; equal words share one."""
        key = (type(value).__name__, value if isinstance(value, (str, int)) else id(value))
        if key not in self._names:
            self._names[key] = f"K{len(self.constants)}"
            self.constants[self._names[key]] = value
        return self._names[key]

    def value(self, id_: str) -> str:
        return f"v[{self.constant(id_)}]"

    def inside(self, fact: str) -> str:
        return f"v[{self.constant(members(fact)[0])}]"

    def outside(self, fact: str) -> str:
        return f"v[{self.constant(members(fact)[1])}]"

    def left_to(self, node: Node) -> str:
        """The three-valued answer of the part itself."""
        return f"{self.constant(node.value)}(v)"

    def true(self, node: Node) -> str:
        return self._write(node, truth=True)

    def false(self, node: Node) -> str:
        return self._write(node, truth=False)

    def _write(self, node: Node, *, truth: bool) -> str:  # noqa: C901, PLR0911 - one line a kind
        match node:
            case Constant():
                return str(node.truth is truth)
            case And():
                return self._joined(node.parts, truth=truth, every=truth)
            case Or():
                return self._joined(node.parts, truth=truth, every=not truth)
            case Not():
                return self._write(node.part, truth=not truth)
            case Is():
                return self._is(node, truth=truth)
            case AnyOf():
                return self._any(node.fact, node.members, truth=truth)
            case AllOf():
                return self._all(node, truth=truth)
            case Within():
                return self._within(node, truth=truth)
            case Stated():
                return f"{self.value(node.fact)} is {'not ' if truth else ''}None"
            case Applies():
                return f"{self.value(node.provision)} is {truth}"
            case Compare() if (found := _plain(node)) is not None:
                return self._compare(*found, truth=truth)
            case Compare() | Subset():
                return f"{self.left_to(node)} is {truth}"

    def _joined(self, parts: tuple[Node, ...], *, truth: bool, every: bool) -> str:
        if not parts:
            return str(every)
        word = " and " if every else " or "
        ordered = sorted(parts, key=self.price)
        return "(" + word.join(self._write(part, truth=truth) for part in ordered) + ")"

    def price(self, node: Node) -> int:
        """How long a part takes at most, roughly; the order of parts changes no answer."""
        match node:
            case And() | Or():
                return sum(map(self.price, node.parts))
            case Not():
                return self.price(node.part)
            case Applies():
                return 30
            case Is() | AnyOf() | AllOf() | Within() | Stated():
                return 12 if node.fact in self.dear else 1
            case _:
                return 4

    def _is(self, node: Is, *, truth: bool) -> str:
        value = self.value(node.fact)
        if len(node.wanted) == 1:
            (word,) = node.wanted
            if isinstance(word, bool):
                return f"{value} is {word is truth}"
            if truth:
                return f"{value} == {self.constant(word)}"
        if truth:
            return f"{value} in {self.constant(node.wanted)}"
        return f"{value} not in {self.constant(node.wanted | {None})}"

    def _any(self, fact: str, wanted: frozenset[str], *, truth: bool) -> str:
        inside, outside = self.inside(fact), self.outside(fact)
        if len(wanted) == 1:
            return f"{self.constant(next(iter(wanted)))} in {inside if truth else outside}"
        if truth:
            return f"not {self.constant(wanted.isdisjoint)}({inside})"
        return self._known(fact, f"{self.constant(wanted)} <= {outside}", wanted)

    def _all(self, node: AllOf, *, truth: bool) -> str:
        if len(node.members) == 1:
            return self._any(node.fact, node.members, truth=truth)
        if truth:
            inside = self.inside(node.fact)
            return self._known(
                node.fact, f"{self.constant(node.members)} <= {inside}", node.members
            )
        return f"not {self.constant(node.members.isdisjoint)}({self.outside(node.fact)})"

    def _within(self, node: Within, *, truth: bool) -> str:
        if truth:
            outside = self.outside(node.fact)
            return self._known(node.fact, f"{self.constant(node.others)} <= {outside}", node.others)
        return f"not {self.constant(node.others.isdisjoint)}({self.inside(node.fact)})"

    def _known(self, fact: str, code: str, wanted: frozenset[str]) -> str:
        """Of no member at all even an unknown set would hold all: it has to be known."""
        return code if wanted else f"({self.value(fact)} is not None and {code})"

    def _compare(self, fact: str, sign: str, number: int, *, truth: bool) -> str:
        told = f"x {sign} {self.constant(number)}"
        return f"((x := {self.value(fact)}) is not None and {told if truth else f'not {told}'})"


class StatedRails(Rails):
    """The same over facts as they are stated, in a plain mapping: `g` is its `get`."""

    def value(self, id_: str) -> str:
        return f"g({self.constant(id_)})"

    def inside(self, fact: str) -> str:
        return f"g({self.constant(fact)}, {self.constant(_EMPTY)}).yes"

    def outside(self, fact: str) -> str:
        return f"g({self.constant(fact)}, {self.constant(_EMPTY)}).no"


def members(fact: str) -> tuple[str, str]:
    """The two keys under which a view keeps the members in a set fact and those not in it."""
    return f"{fact} +", f"{fact} -"


def _plain(node: Compare) -> tuple[str, str, int] | None:
    """A whole-number fact beside a number."""
    match node.left, node.right:
        case Figure(fact=fact), Literal(number=int(number)):
            sign = node.op
        case Literal(number=int(number)), Figure(fact=fact):
            sign = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(node.op, node.op)
        case _:
            return None
    whole = load_vocabulary().facts[fact].type == "int"
    return (fact, sign, number) if whole and sign in _SIGNS else None


def function(name: str, arguments: str, lines: list[str], constants: Mapping[str, Any]) -> Function:
    """A function from lines that `Rails` wrote."""
    text = "\n    ".join([f"def {name}({arguments}):", *lines])
    space: dict[str, Any] = {"__builtins__": {}, **constants}
    exec(compile(text, f"<law: {name}>", "exec"), space)  # noqa: S102 - our own text only
    made: Function = space[name]
    return made
