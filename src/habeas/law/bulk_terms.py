"""Three-valued truths over the columns of a table, each written once and worked out once.

A term is a number. What is constant is folded away (a column the table does not have is unknown in
every row), what is said twice is one term, and `stages` puts the terms used several times into an
order in which every one is worked out from columns and from those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from habeas.law.bulk_columns import Columns, of_members
from habeas.law.expression import Compare
from habeas.law.whole import Members

FALSE, TRUE, OPEN = 0, 1, 2
_Key = tuple[object, ...]
DAY = "day"


@dataclass(frozen=True, slots=True)
class _Term:
    """op: 'and', 'or', 'not', 'sure', 'leaf' or a constant. sure: never open."""

    op: str
    parts: tuple[int, ...]
    sure: bool
    leaf: Callable[[Callable[[int], pl.Expr]], pl.Expr] | None = None


class Terms:
    """The algebra (`whole.Algebra`) of the columns a table has, between two days of acts."""

    true, false, open = TRUE, FALSE, OPEN

    def __init__(self, columns: Columns, *, first: date, last: date, as_of: date) -> None:
        self.columns, self.first, self.last, self.as_of = columns, first, last, as_of
        self.terms: list[_Term] = [
            _Term("false", (), sure=True),
            _Term("true", (), sure=True),
            _Term("open", (), sure=False),
        ]
        self._numbers: dict[_Key, int] = {}

    # ---- joining

    def all_of(self, parts: Iterable[int]) -> int:
        return self._joined("and", parts, ends=FALSE, drops=TRUE)

    def any_of(self, parts: Iterable[int]) -> int:
        return self._joined("or", parts, ends=TRUE, drops=FALSE)

    def _joined(self, op: str, parts: Iterable[int], *, ends: int, drops: int) -> int:
        kept: dict[int, None] = {}
        for part in parts:
            below = self.terms[part]
            kept.update(dict.fromkeys(below.parts if below.op == op else (part,)))
        kept.pop(drops, None)
        if ends in kept:
            return ends
        if any(self._denied(part) in kept for part in kept):
            return ends
        if len(kept) < 2:
            return next(iter(kept), drops)
        ordered = tuple(sorted(kept))
        sure = all(self.terms[p].sure for p in ordered)
        return self._term((op, ordered), _Term(op, ordered, sure))

    def _denied(self, part: int) -> int | None:
        """What a sure denial denies: of the two one is true and the other false."""
        term = self.terms[part]
        return term.parts[0] if term.op == "not" and term.sure else None

    def no(self, part: int) -> int:
        if part in (FALSE, TRUE):
            return TRUE - part
        below = self.terms[part]
        if part == OPEN or below.op == "not":
            return OPEN if part == OPEN else below.parts[0]
        return self._term(("not", part), _Term("not", (part,), below.sure))

    def surely(self, part: int) -> int:
        if part == OPEN:
            return FALSE
        if self.terms[part].sure:
            return part
        return self._term(("sure", part), _Term("sure", (part,), sure=True))

    def pair(self, true: int, false: int) -> int:
        return self.any_of((true, self.all_of((OPEN, self.no(false)))))  # Kleene does the rest

    def _term(self, key: _Key, term: _Term) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self.terms)
            self.terms.append(term)
        return self._numbers[key]

    # ---- facts

    def _leaf(
        self,
        key: _Key,
        write: Callable[[Callable[[int], pl.Expr]], pl.Expr],
        *,
        sure: bool = False,
        parts: Sequence[int] = (),
    ) -> int:
        return self._term(("leaf", *key), _Term("leaf", tuple(parts), sure, write))

    def stated(self, id_: str) -> int:
        if id_ not in self.columns.names:
            return OPEN
        return self._leaf((id_,), lambda _: pl.col(id_))

    def stated_members(self, id_: str) -> Mapping[str, int]:
        return {
            member: self.stated(of_members(id_, member)) for member in self.columns.members(id_)
        }

    def choice(self, id_: str, wanted: frozenset[str | bool]) -> int:
        if id_ not in self.columns.names:
            return OPEN
        places = tuple(i for i, m in enumerate(self.columns.members(id_)) if m in wanted)
        return self.any_of([self._place(id_, place) for place in places])

    def _place(self, id_: str, place: int) -> int:
        return self._leaf((id_, place), lambda _: pl.col(id_) == place)

    def is_stated(self, id_: str) -> int:
        names = [n for n in self.columns.columns_of(id_) if n in self.columns.names]
        return self.any_of([self._known(name) for name in names])

    def _known(self, name: str) -> int:
        return self._leaf((name, "stated"), lambda _: pl.col(name).is_not_null(), sure=True)

    def in_force(self, first: date, last: date | None) -> int:
        begun = self._since(first)
        return begun if last is None else self.all_of((begun, self.no(self._since(last))))

    def _since(self, day: date) -> int:
        if day <= self.first:
            return TRUE
        if day > self.last:
            return FALSE
        return self._leaf((DAY, day), lambda _: pl.col(DAY) >= day, sure=True)

    def compared(self, node: Compare, members: Members[int]) -> int:
        from habeas.law.bulk_amounts import comparison

        return comparison(node, members, self)

    # ---- in order

    def stages(
        self, outputs: Iterable[int]
    ) -> tuple[list[list[pl.Expr]], Callable[[int], pl.Expr]]:
        """Lists of named expressions, each list over the columns before it; and how to read a term.

        A term used once is written out where it is used; the others are columns 't<number>'.
        """
        wanted = list(dict.fromkeys(outputs))
        uses = self._uses(wanted)
        kept = {n for n, times in uses.items() if times > 1 or n in wanted} - {FALSE, TRUE, OPEN}
        depth: dict[int, int] = {}
        for number in sorted(uses):  # parts have smaller numbers than what is made of them
            below = [depth[p] + (p in kept) for p in self.terms[number].parts]
            depth[number] = max(below, default=0)

        def read(number: int) -> pl.Expr:
            return pl.col(f"t{number}") if number in kept else self._written(number, read)

        stages: list[list[pl.Expr]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
        for number in sorted(kept):
            stages[depth[number]].append(self._written(number, read).alias(f"t{number}"))
        return [stage for stage in stages if stage], read

    def _uses(self, wanted: Iterable[int]) -> dict[int, int]:
        uses: dict[int, int] = {}
        todo = list(wanted)
        while todo:
            number = todo.pop()
            uses[number] = uses.get(number, 0) + 1
            if uses[number] == 1:
                todo += self.terms[number].parts
        return uses

    def _written(self, number: int, read: Callable[[int], pl.Expr]) -> pl.Expr:
        term = self.terms[number]
        match term.op:
            case "and" | "or":
                found = read(term.parts[0])
                for part in term.parts[1:]:
                    found = found & read(part) if term.op == "and" else found | read(part)
                return found
            case "not":
                return ~read(term.parts[0])
            case "sure":
                return read(term.parts[0]).fill_null(value=False)
            case "leaf":
                assert term.leaf is not None
                return term.leaf(read)
            case _:
                return pl.lit({TRUE: True, FALSE: False, OPEN: None}[number], dtype=pl.Boolean)
