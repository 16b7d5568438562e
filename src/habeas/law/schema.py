"""The vocabulary: every fact a matter may state, with its type, nature and question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

from habeas.errors import BadInput
from habeas.law import values
from habeas.law.compiled_law import read_law
from habeas.law.values import Value, nearest
from habeas.law.yaml_reading import Document
from habeas.terms import Money, Text

Level = Literal["matter", "party", "use", "event", "claim"]
Type = Literal["bool", "int", "money", "date", "instant", "enum", "set"]
Nature = Literal["brute", "derived", "evaluative"]
LEVELS: tuple[Level, ...] = ("matter", "party", "use", "event", "claim")
_TYPES = ("bool", "int", "money", "date", "instant", "enum", "set")
_NATURES = ("brute", "derived", "evaluative")


_PLAIN: dict[str, Callable[[Any], Value]] = {
    "bool": values.read_bool,
    "int": values.read_int,
    "money": values.read_money,
    "date": values.read_date,
    "instant": values.read_instant,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of the vocabulary. `members` is empty unless the type is enum or set."""

    id: str
    level: Level
    type: Type
    nature: Nature
    question: Text
    unit: str | None = None
    members: Mapping[str, Text] = field(default_factory=dict)
    factors: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()
    rule: str | None = None
    dpv: str | None = None
    note: str | None = None
    used_by: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The fact without its level: 'consent' for 'use.consent'."""
        return self.id.split(".", 1)[1]

    def read(self, raw: Any) -> Value:
        """A raw word, number, list or map as a value of this fact; raises `WrongValueError`."""
        if self.type == "enum":
            return values.read_enum(raw, self.members)
        if self.type == "set":
            return values.read_set(raw, self.members)
        return _PLAIN[self.type](raw)

    def say(self, value: Value | None) -> Text:
        """A value in words."""
        if value is None:
            return Text(en="not known", zh="不明")
        if isinstance(value, bool):
            return Text(en="yes", zh="是") if value else Text(en="no", zh="否")
        if isinstance(value, str) and value in self.members:
            return self.members[value]
        if isinstance(value, values.SetValue):
            return self._say_set(value)
        said = str(values.as_json(value)) if not isinstance(value, Money) else _sum(value)
        return Text(en=said, zh=said)

    def _say_set(self, value: values.SetValue) -> Text:
        chosen = [self.members[member] for member in self.members if member in value.yes]
        if not chosen:
            return Text(en="none of those asked", zh="无")
        return Text(en="; ".join(t.en for t in chosen), zh="；".join(t.zh for t in chosen))


def _sum(value: Money) -> str:
    return f"{value.currency} {value.minor / 100:,.2f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axiom:
    """What holds in every matter: if `when` then `then`, as written in the vocabulary."""

    id: str
    when: str
    then: str
    meaning: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All facts by id, the domains they share, and the axioms."""

    version: str
    facts: Mapping[str, Fact]
    domains: Mapping[str, Mapping[str, Text]]
    axioms: tuple[Axiom, ...]
    by_level: Mapping[str, Mapping[str, Fact]] = field(repr=False)

    def fact(self, id_: str) -> Fact:
        """The fact of that id, or BadInput with the nearest right one."""
        if id_ in self.facts:
            return self.facts[id_]
        raise BadInput(f"there is no fact {id_!r}", remedy=nearest(id_, self.facts))

    def of_level(self, level: str) -> Mapping[str, Fact]:
        """The facts of one level by their short name."""
        return self.by_level[level]


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary Habeas ships."""
    return vocabulary_from(read_law(Path(str(files("habeas.laws") / "facts.yaml"))))


def vocabulary_from(document: Document) -> Vocabulary:
    """A vocabulary from a facts/v1 document, refused with its line when it is not sound."""
    reader = _Reader(document)
    return reader.vocabulary()


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.domains: dict[str, Mapping[str, Text]] = {}

    def vocabulary(self) -> Vocabulary:
        top = self.document.value
        if not isinstance(top, dict) or top.get("format") != "facts/v1":
            raise BadInput("is not a facts/v1 file", file=self.document.file)
        for name, members in (top.get("domains") or {}).items():
            self.domains[name] = self._members(members, "domains", name)
        facts: dict[str, Fact] = {}
        for index, entry in enumerate(top.get("facts") or []):
            fact = self._fact(entry, index)
            if fact.id in facts:
                raise self._bad(f"the fact {fact.id!r} stands twice", "facts", index)
            facts[fact.id] = fact
        axioms = tuple(self._axiom(a, i) for i, a in enumerate(top.get("axioms") or []))
        return Vocabulary(
            version=str(top.get("version")),
            facts=MappingProxyType(facts),
            domains=MappingProxyType(self.domains),
            axioms=axioms,
            by_level={
                level: MappingProxyType({f.name: f for f in facts.values() if f.level == level})
                for level in LEVELS
            },
        )

    def _fact(self, entry: dict[str, Any], index: int) -> Fact:
        place = ("facts", index)
        id_ = str(entry.get("id"))
        kind = self._one_of(entry.get("type"), _TYPES, "type", place)
        level = self._one_of(entry.get("level"), LEVELS, "level", place)
        if not id_.startswith(f"{level}."):
            raise self._bad(f"the fact {id_!r} does not begin with its level {level!r}", *place)
        members = self._domain(entry, place)
        if (kind in ("enum", "set")) != bool(members):
            raise self._bad(f"{id_}: members and type {kind!r} do not fit", *place)
        if kind == "int" and not entry.get("unit"):
            raise self._bad(f"{id_}: a number needs its unit", *place)
        return Fact(
            id=id_,
            level=cast("Level", level),
            type=cast("Type", kind),
            nature=cast("Nature", self._one_of(entry.get("nature"), _NATURES, "nature", place)),
            question=self._text(entry.get("question"), *place, "question"),
            unit=entry.get("unit"),
            members=members,
            factors=tuple(entry.get("factors") or ()),
            derived_from=tuple(entry.get("from") or ()),
            rule=entry.get("rule"),
            dpv=entry.get("dpv"),
            note=entry.get("note"),
            used_by=tuple(entry.get("used_by") or ()),
        )

    def _domain(self, entry: dict[str, Any], place: tuple[str | int, ...]) -> Mapping[str, Text]:
        if "domain" in entry:
            name = str(entry["domain"])
            if name not in self.domains:
                raise self._bad(f"there is no domain {name!r}", *place)
            return self.domains[name]
        return self._members(entry.get("members") or {}, *place, "members")

    def _members(self, raw: dict[str, Any], *place: str | int) -> Mapping[str, Text]:
        return MappingProxyType(
            {member: self._text(words, *place, member) for member, words in raw.items()}
        )

    def _axiom(self, entry: dict[str, Any], index: int) -> Axiom:
        place = ("axioms", index)
        missing = [key for key in ("id", "if", "then", "meaning") if not entry.get(key)]
        if missing:
            raise self._bad(f"an axiom lacks {missing[0]!r}", *place)
        return Axiom(
            id=entry["id"],
            when=entry["if"],
            then=entry["then"],
            meaning=self._text(entry["meaning"], *place),
        )

    def _text(self, raw: Any, *place: str | int) -> Text:
        if not isinstance(raw, dict) or not raw.get("en") or not raw.get("zh"):
            raise self._bad("words are needed in both languages, en and zh", *place)
        return Text(en=raw["en"], zh=raw["zh"])

    def _one_of(
        self, word: Any, words: tuple[str, ...], what: str, place: tuple[str | int, ...]
    ) -> str:
        if word in words:
            return str(word)
        raise BadInput(
            f"{word!r} is not a {what}",
            file=self.document.file,
            place=self.document.line(*place),
            remedy=nearest(str(word), words),
        )

    def _bad(self, says: str, *place: str | int) -> BadInput:
        return BadInput(says, file=self.document.file, place=self.document.line(*place))
