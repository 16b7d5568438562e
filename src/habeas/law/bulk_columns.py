"""The columns of a table of uses (or events), and how each becomes a column of facts.

A column is named by its fact: `use.consent`. A set has one yes-or-no column a member
(`use.data.face`), or one column that lists all its members (a list, or words with `;` between
them, `-` for none): then what is not listed is not in it. A sum has two, `….minor` and
`….currency`. An empty cell is unknown, and so is a fact without a column. What is no value of its
fact is refused by column and count, never shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from habeas.errors import BadInput
from habeas.law.schema import LEVELS, Fact, load_vocabulary
from habeas.law.values import nearest

ZONE = "Asia/Shanghai"
NONE = "-"
_TRUE, _FALSE = ("true", "True", "1"), ("false", "False", "0")
_INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)


def of_members(fact: str, member: str) -> str:
    return f"{fact}.{member}"


def minor_of(fact: str) -> str:
    return f"{fact}.minor"


def currency_of(fact: str) -> str:
    return f"{fact}.currency"


@dataclass(frozen=True)
class Columns:
    """The fact columns a table has, after `facts_frame`. times: 'day' or 'instant' a time fact."""

    names: frozenset[str]
    times: tuple[tuple[str, str], ...] = ()

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        return load_vocabulary().facts

    @cached_property
    def _times(self) -> dict[str, str]:
        return dict(self.times)

    def members(self, fact: str) -> tuple[str, ...]:
        return tuple(self.facts[fact].members)

    def columns_of(self, fact: str) -> tuple[str, ...]:
        """The names a fact's columns may have here."""
        if self.facts[fact].type == "set":
            return tuple(of_members(fact, m) for m in self.members(fact))
        return (minor_of(fact),) if self.facts[fact].type == "money" else (fact,)

    def kind_of_time(self, fact: str) -> str:
        return self._times.get(fact, "day")


def facts_frame(frame: pl.DataFrame, *, file: str | None = None) -> tuple[pl.DataFrame, Columns]:
    """The facts of a batch, each column as rules read it; columns that are no facts are left out.

    An enum becomes the place of its member among the members, a set one column a member.
    """
    reader = _Reader(file)
    made = [series for name in frame.columns for series in reader.column(frame[name])]
    found = pl.DataFrame(made) if made else pl.DataFrame({"": [None] * frame.height}).select([])
    times = tuple(
        (s.name, "instant" if isinstance(s.dtype, pl.Datetime) else "day")
        for s in made
        if s.name in load_vocabulary().facts
        and load_vocabulary().facts[s.name].type in ("date", "instant")
    )
    return found, Columns(names=frozenset(found.columns), times=times)


def fact_columns(names: Iterable[str], *, file: str | None = None) -> dict[str, str]:
    """By column: the fact it is of. A name that only looks like one is refused."""
    found: dict[str, str] = {}
    for name in names:
        fact = _fact_of(name)
        if fact is not None:
            found[name] = fact
        elif name.split(".")[0] in LEVELS and "." in name:
            raise BadInput(
                f"the column {name!r} names no fact",
                file=file,
                remedy=_remedy(name),
            )
    _refuse_both_ways(found, file)
    return found


def _fact_of(name: str) -> str | None:
    """The fact a column is of, by its name alone."""
    facts = load_vocabulary().facts
    if name in facts:
        return None if facts[name].type == "money" else name
    fact, _, last = name.rpartition(".")
    if fact not in facts:
        return None
    ends = facts[fact].members if facts[fact].type == "set" else ("minor", "currency")
    return fact if facts[fact].type in ("set", "money") and last in ends else None


def _remedy(name: str) -> str:
    facts = load_vocabulary().facts
    fact, _, last = name.rpartition(".")
    if name in facts:
        return f"a sum has two columns, {minor_of(name)} and {currency_of(name)}"
    if fact in facts and facts[fact].type == "set":
        return nearest(last, facts[fact].members)
    return nearest(name, facts)


def _refuse_both_ways(found: Mapping[str, str], file: str | None) -> None:
    for name, fact in found.items():
        if name == fact and sum(other == fact for other in found.values()) > 1:
            raise BadInput(
                f"{fact} has both a column of its own and one for a member",
                file=file,
                remedy="keep one of the two ways",
            )
        if name == minor_of(fact) and currency_of(fact) not in found:
            raise BadInput(f"{name} has no {currency_of(fact)} beside it", file=file)


class _Reader:
    def __init__(self, file: str | None) -> None:
        self.file = file
        self.facts = load_vocabulary().facts

    def column(self, raw: pl.Series) -> list[pl.Series]:
        """The column of facts (of a set: one a member) that a column of a table is."""
        id_ = _fact_of(raw.name)
        if id_ is None:
            return []
        fact, own = self.facts[id_], raw.name == id_
        if fact.type == "set":
            return self._set(raw, fact) if own else [self._bool(raw)]
        if fact.type == "money":
            return [self._whole(raw) if raw.name == minor_of(id_) else raw.cast(pl.String)]
        if fact.type in ("date", "instant"):
            return [self._time(raw, fact)]
        return [self._enum(raw, fact) if fact.type == "enum" else self._PLAIN[fact.type](self, raw)]

    def _same_nulls(self, raw: pl.Series, made: pl.Series, what: str, remedy: str) -> pl.Series:
        lost = made.null_count() - raw.null_count()
        if lost:
            raise BadInput(
                f"the column {raw.name!r} has {lost} cells that are {what}",
                file=self.file,
                remedy=remedy,
            )
        return made

    def _bool(self, raw: pl.Series) -> pl.Series:
        if raw.dtype == pl.Boolean:
            return raw
        words = raw.cast(pl.String)
        made = words.is_in(_TRUE).set(~words.is_in([*_TRUE, *_FALSE]), None)
        return self._same_nulls(raw, made, "neither true nor false", "write true or false")

    def _enum(self, raw: pl.Series, fact: Fact) -> pl.Series:
        kind = pl.Enum(list(fact.members))
        made = raw if raw.dtype == kind else self._words(raw).cast(kind, strict=False)
        self._same_nulls(raw, made, f"no member of {fact.id}", f"see `habeas facts {fact.id}`")
        return made.to_physical()

    def _words(self, raw: pl.Series) -> pl.Series:
        return raw if raw.dtype == pl.String else raw.cast(pl.String)

    def _set(self, raw: pl.Series, fact: Fact) -> list[pl.Series]:
        if not isinstance(raw.dtype, pl.List):
            raw = self._words(raw).str.strip_chars()
            none = raw == NONE
            empty = pl.Series([[]], dtype=pl.List(pl.String))
            raw = raw.str.split(";").zip_with(~none.fill_null(value=False), empty)
        strange = ~raw.list.eval(
            pl.element().str.strip_chars().is_in(list(fact.members))
        ).list.all()
        if strange.any():
            raise BadInput(
                f"the column {raw.name!r} has {strange.sum()} cells with words that are no member",
                file=self.file,
                remedy=f"see `habeas facts {fact.id}`",
            )
        words = raw.list.eval(pl.element().str.strip_chars())
        return [words.list.contains(m).alias(of_members(fact.id, m)) for m in fact.members]

    def _whole(self, raw: pl.Series) -> pl.Series:
        if raw.dtype in _INTEGERS:
            return raw.cast(pl.Int64)
        if raw.dtype.is_float():
            made = raw.fill_nan(None).cast(pl.Int64, strict=False)
            made = made.set((made.cast(pl.Float64) != raw).fill_null(value=False), None)
            return self._same_nulls(
                raw.fill_nan(None), made, "no whole number", "write digits only"
            )
        made = raw.cast(pl.Int64, strict=False)
        return self._same_nulls(raw, made, "no whole number", "write digits only")

    _PLAIN = {"bool": _bool, "int": _whole}  # noqa: RUF012 - a table of methods, never changed

    def _time(self, raw: pl.Series, fact: Fact) -> pl.Series:
        if raw.dtype == pl.Date:
            return raw
        if isinstance(raw.dtype, pl.Datetime) and fact.type == "instant":
            if raw.dtype.time_zone is None:
                raise BadInput(
                    f"the column {raw.name!r} has times without a zone",
                    file=self.file,
                    remedy="store them with a zone",
                )
            return raw
        words = self._words(raw)
        days = words.str.to_date("%Y-%m-%d", strict=False)
        if fact.type == "date" or days.null_count() == raw.null_count():
            return self._same_nulls(raw, days, "no day", "write YYYY-MM-DD")
        made = words.str.to_datetime("%+", strict=False, time_zone="UTC")
        remedy = "write all of them as 2026-03-01T09:00:00+08:00, or all as days"
        return self._same_nulls(raw, made.dt.convert_time_zone(ZONE), "no time", remedy)
