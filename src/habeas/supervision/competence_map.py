"""The competence map as data: bodies, forums, rules, levels, places and what the law leaves open.

`laws/authorities.yaml` names the bodies, `laws/<jurisdiction>/competence.yaml` says who may
act. A rule that cites an entry which was not verified, or no entry, is shown and never decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from habeas.errors import BadInput
from habeas.law.expression import AllOf, AnyOf, Constant, Is, Node, leaves
from habeas.law.language import parse
from habeas.law.schema import load_vocabulary
from habeas.law.values import nearest
from habeas.law.yaml_reading import Document, read_yaml
from habeas.supervision.competence_formula import ALWAYS
from habeas.terms import Text

Basis = Literal["statute", "procedure", "convention"]
Force = Literal["competent", "sole", "yields"]
LevelName = Literal["county", "city", "province", "national"]
LEVEL_ORDER: tuple[LevelName, ...] = ("county", "city", "province", "national")
_BASES = ("statute", "procedure", "convention")
_FORCES = ("competent", "sole", "yields")
_FINITE = (Is, AnyOf, AllOf, Constant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An entry of the law sheets: what it says, whether it was read, and when it holds."""

    id: str
    says: Text
    verified: bool
    since: date | None
    until: date | None

    def in_force(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A body. vocabulary False: no matter can say that it was filed there."""

    id: str
    name: Text
    kind: str
    superior: Text
    vocabulary: bool = True
    part_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One ground of competence. `over` names the rules that give way to it."""

    id: str
    body: str
    force: Force
    basis: Basis
    when: Node
    over: tuple[str, ...]
    provisions: tuple[str, ...]
    says: Text | None
    decides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How one of several competent bodies is picked. pick: 'filed', or the body itself."""

    id: str
    basis: Basis
    pick: str
    when: Node
    provisions: tuple[str, ...]
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Forum:
    """One way to a remedy. otherwise: who leads when no rule gives anybody the power.

    unread: the sheets hold nothing about it; it is shown and never settled.
    """

    id: str
    label: Text
    claim_forums: tuple[str, ...]
    remedies: frozenset[str]
    rules: tuple[Rule, ...]
    settle: tuple[Settlement, ...]
    otherwise: str | None
    unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRule:
    """The lowest level of a body that may act, under a condition."""

    id: str
    forum: str
    bodies: tuple[str, ...]
    when: Node
    level: LevelName
    provisions: tuple[str, ...]
    says: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRule:
    """Which place's body. here: the place stated in matter.division_code is meant."""

    forum: str
    bodies: tuple[str, ...]
    when: Node
    here: bool
    provisions: tuple[str, ...]
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What the law leaves open. lacks: kinds of body of which none may be competent there."""

    id: str
    forum: str
    when: Node
    lacks: tuple[str, ...]
    example: Mapping[str, Any]
    provisions: tuple[str, ...]
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A value taken as said, or worked out from an event; printed with the answer."""

    fact: str
    value: str | bool
    from_event: Node | None
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAxiom:
    """What holds in every admissible matter, beside the axioms of the vocabulary."""

    id: str
    when: Node
    then: Node
    meaning: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetenceMap:
    """Everything the two files say, checked. `hash` is of both files."""

    jurisdiction: str
    hash: str
    authorities: Mapping[str, Authority]
    sources: Mapping[str, Source]
    forums: Mapping[str, Forum]
    levels: tuple[LevelRule, ...]
    places: tuple[PlaceRule, ...]
    gaps: tuple[Gap, ...]
    assume: tuple[Assumption, ...]
    derive: tuple[Assumption, ...]
    axioms: tuple[OwnAxiom, ...]

    def in_force(self, rule: Rule, day: date) -> bool:
        """The first entry a rule cites carries it; a rule without one is never out of force."""
        return not rule.provisions or self.sources[rule.provisions[0]].in_force(day)


@cache
def load_competence(jurisdiction: str = "cn") -> CompetenceMap:
    """The map Habeas ships for a jurisdiction; BadInput names the row that doesn't fit."""
    laws = Path(str(files("habeas.laws")))
    path = laws / jurisdiction / "competence.yaml"
    if not path.is_file():
        raise BadInput(f"there is no competence map for {jurisdiction!r}", remedy="use 'cn'")
    names = read_yaml(laws / "authorities.yaml")
    return competence_from(read_yaml(path), names)


def competence_from(document: Document, authorities: Document) -> CompetenceMap:
    """A map from the two documents, refused with the row when it is not sound."""
    return _Reader(document, authorities).map()


class _Reader:
    def __init__(self, document: Document, authorities: Document) -> None:
        self.document = document
        self.top: dict[str, Any] = document.value
        self.names: dict[str, Any] = authorities.value
        self.vocabulary = load_vocabulary()
        self.sources = {id_: _source(id_, row) for id_, row in self.top["provisions"].items()}
        self.authorities = self._authorities()
        self.macros: dict[str, str] = {}
        for name, text in self.top["define"].items():
            self.macros[name] = self._expand(text)

    def map(self) -> CompetenceMap:
        if self.top.get("format") != "competence/v1":
            raise BadInput("is not a competence/v1 file", file=self.document.file)
        return CompetenceMap(
            jurisdiction=self.top["jurisdiction"],
            hash=_digest(self.top, self.names),
            authorities=self.authorities,
            sources=self.sources,
            forums={row["id"]: self._forum(row) for row in self.top["forums"]},
            levels=tuple(self._level(row) for row in self.top["levels"]),
            places=tuple(self._place(row) for row in self.top["places"]),
            gaps=tuple(self._gap(row) for row in self.top["gaps"]),
            assume=tuple(self._assumption(row) for row in self.top["assume"]),
            derive=tuple(self._assumption(row) for row in self.top["derive"]),
            axioms=tuple(self._axiom(row) for row in self.top["axioms"]),
        )

    def _authorities(self) -> dict[str, Authority]:
        lines = self.names["lines"]
        return {
            id_: Authority(
                id=id_,
                name=_text(row),
                kind=row["kind"],
                superior=_text(lines[row["line"]]),
                vocabulary=row.get("vocabulary") != "false",
                part_of=row.get("part_of"),
            )
            for id_, row in self.names["authorities"].items()
        }

    def _forum(self, row: Mapping[str, Any]) -> Forum:
        ids = tuple(rule["id"] for rule in row["rules"])
        return Forum(
            id=row["id"],
            label=_text(row),
            claim_forums=tuple(row["claim_forums"]),
            remedies=frozenset(row["remedies"]),
            rules=tuple(self._rule(rule, ids) for rule in row["rules"]),
            settle=tuple(self._settlement(step) for step in row.get("settle") or ()),
            otherwise=row.get("otherwise"),
            unread=row.get("unread") == "true",
        )

    def _rule(self, row: Mapping[str, Any], ids: tuple[str, ...]) -> Rule:
        place, over = row["id"], row.get("over") or ()
        named = tuple(id_ for id_ in ids if id_ != place) if over == "all" else tuple(over)
        for id_ in named:
            if id_ not in ids:
                raise self._bad(f"{id_!r} is not a rule of this forum", place, nearest(id_, ids))
        provisions = self._cited(row, place)
        return Rule(
            id=place,
            body=self._body(row["body"], place),
            force=_one_of(row["force"], _FORCES),
            basis=_one_of(row.get("basis", "statute"), _BASES),
            when=self._when(row, place),
            over=named,
            provisions=provisions,
            says=_text(row) if "en" in row else None,
            decides=bool(provisions) and all(self.sources[id_].verified for id_ in provisions),
        )

    def _settlement(self, row: Mapping[str, Any]) -> Settlement:
        pick = row["pick"]
        return Settlement(
            id=row["id"],
            basis=_one_of(row["basis"], _BASES),
            pick=pick if pick == "filed" else self._body(pick, row["id"]),
            when=self._when(row, row["id"]),
            provisions=self._cited(row, row["id"]),
            says=_text(row),
        )

    def _level(self, row: Mapping[str, Any]) -> LevelRule:
        return LevelRule(
            id=row["id"],
            forum=row["forum"],
            bodies=tuple(self._body(body, row["id"]) for body in row.get("bodies") or ()),
            when=self._when(row, row["id"]),
            level=_one_of(row["level"], LEVEL_ORDER),
            provisions=self._cited(row, row["id"]),
            says=_text(row) if "en" in row else None,
        )

    def _place(self, row: Mapping[str, Any]) -> PlaceRule:
        place = f"places, {row['forum']}"
        return PlaceRule(
            forum=row["forum"],
            bodies=tuple(self._body(body, place) for body in row.get("bodies") or ()),
            when=self._when(row, place),
            here=row.get("here") == "true",
            provisions=self._cited(row, place),
            says=_text(row),
        )

    def _gap(self, row: Mapping[str, Any]) -> Gap:
        return Gap(
            id=row["id"],
            forum=row["forum"],
            when=self._when(row, row["id"]),
            lacks=tuple(row.get("lacks") or ()),
            example=row.get("example") or {},
            provisions=self._cited(row, row["id"]),
            says=_text(row),
        )

    def _assumption(self, row: Mapping[str, Any]) -> Assumption:
        fact, event = self.vocabulary.fact(row["fact"]), row.get("from_event")
        value = fact.read(row["value"])
        assert isinstance(value, (str, bool))
        return Assumption(
            fact=fact.id,
            value=value,
            from_event=None if event is None else self._parse(event, fact.id),
            says=_text(row),
        )

    def _axiom(self, row: Mapping[str, Any]) -> OwnAxiom:
        return OwnAxiom(
            id=row["id"],
            when=self._parse(row["if"], row["id"]),
            then=self._parse(row["then"], row["id"]),
            meaning=_text(row),
        )

    def _when(self, row: Mapping[str, Any], place: str) -> Node:
        return self._parse(row["when"], place) if "when" in row else ALWAYS

    def _parse(self, text: str, place: str) -> Node:
        node = parse(self._expand(text), self.vocabulary, file=self.document.file, place=place)
        if not all(isinstance(leaf, _FINITE) for leaf in leaves(node)):
            raise self._bad("a condition here asks only yes/no, enums and members", place)
        return node

    def _expand(self, text: str) -> str:
        for name, meaning in self.macros.items():
            text = text.replace("{" + name + "}", f"({meaning})")
        return text

    def _body(self, id_: str, place: str) -> str:
        if id_ not in self.authorities:
            raise self._bad(f"{id_!r} is not an authority", place, nearest(id_, self.authorities))
        return id_

    def _cited(self, row: Mapping[str, Any], place: str) -> tuple[str, ...]:
        for id_ in row["provisions"]:
            if id_ not in self.sources:
                raise self._bad(f"{id_!r} is not among the provisions", place)
        return tuple(row["provisions"])

    def _bad(self, says: str, place: str, remedy: str | None = None) -> BadInput:
        return BadInput(says, file=self.document.file, place=place, remedy=remedy)


def _source(id_: str, row: Mapping[str, Any]) -> Source:
    about = row["about"]
    return Source(
        id=id_,
        says=_text(row),
        verified=about["verified"] == "true",
        since=date.fromisoformat(about["from"]) if "from" in about else None,
        until=date.fromisoformat(about["to"]) if "to" in about else None,
    )


def _text(row: Mapping[str, Any]) -> Text:
    return Text(en=row["en"], zh=row["zh"])


def _one_of(word: str, words: tuple[str, ...]) -> Any:
    if word not in words:
        raise BadInput(f"{word!r} is not one of: {', '.join(words)}")
    return word


def _digest(*tops: Any) -> str:
    return hashlib.sha256(repr(tops).encode()).hexdigest()
