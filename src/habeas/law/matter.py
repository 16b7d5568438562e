"""A matter: who did what with which data, as somebody states it (matter/v1).

What is left out, or null, is unknown. Evaluative facts are judgements and need `by` and
`grounds`. Two parties may state different values; `voices` names them and each is decided.
A document that contradicts itself (an axiom of the vocabulary) is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from habeas.errors import BadInput
from habeas.law.axioms import StatedView, broken_axiom
from habeas.law.schema import Fact, Vocabulary, load_vocabulary
from habeas.law.statements import Statement, quick_readers
from habeas.law.values import Value, WrongValueError, bad_value, nearest
from habeas.law.yaml_reading import Document, read_json, read_yaml

__all__ = [
    "FORMAT",
    "Element",
    "Matter",
    "StatedView",
    "Statement",
    "broken_axiom",
    "check_axioms",
    "load_matter",
    "matter_from",
]

FORMAT = "matter/v1"
_SECTIONS = {"parties": "party", "uses": "use", "events": "event", "claims": "claim"}
_LINKS = {
    "party": (),
    "use": ("party", "issues"),
    "event": ("party", "uses", "issues"),
    "claim": ("against", "rests_on", "issues"),
}
_PLURAL = {"matter": "matter"} | {level: section for section, level in _SECTIONS.items()}
_LONG = {"value", "by", "grounds", "contested"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A party, use, event or claim: its facts by id, and what it is tied to.

    issues: the questions put; None asks everything, an empty tuple asks nothing by itself.
    """

    id: str
    level: str
    facts: Mapping[str, tuple[Statement, ...]]
    party: str | None = None
    uses: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    issues: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A matter as stated. Build one with `load_matter` or `matter_from`."""

    id: str | None
    law: tuple[str, ...]
    facts: Mapping[str, tuple[Statement, ...]]
    parties: Mapping[str, Element]
    uses: Mapping[str, Element]
    events: Mapping[str, Element]
    claims: Mapping[str, Element]
    file: str | None = field(default=None, compare=False)
    _heard: dict[Any, dict[str, Value]] = field(
        default_factory=dict, compare=False, repr=False, init=False
    )
    _disputes: list[tuple[str, ...]] = field(
        default_factory=list, compare=False, repr=False, init=False
    )

    @property
    def voices(self) -> tuple[str, ...]:
        """Those who state something another denies; empty when nobody does."""
        if not self._disputes:
            self._disputes.append(self._who_disputes() if self._several() else ())
        return self._disputes[0]

    def _who_disputes(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for _, statements in self._disputed():
            found.update((s.by, None) for s in statements if s.by)
        return tuple(found)

    def differ_on(self) -> tuple[str, ...]:
        """The facts of which two parties state different values: 'uses.u1.consent'."""
        return tuple(place for place, _ in self._disputed())

    def _several(self) -> bool:
        """Whether anything at all is stated more than once."""
        for part in (self.uses, self.events, self.parties, self.claims):
            for element in part.values():
                for statements in element.facts.values():
                    if len(statements) > 1:
                        return True
        return any(len(statements) > 1 for statements in self.facts.values())

    def said(self, id_: str) -> Value | None:
        """A fact of the matter itself; unknown where the parties dispute it."""
        statements = self.facts.get(id_)
        return None if statements is None else _heard(statements, None)

    def _disputed(self) -> Iterator[tuple[str, tuple[Statement, ...]]]:
        for id_, statements in self.facts.items():
            if len(statements) > 1 and _differ(statements):
                yield f"matter.{id_.split('.')[1]}", statements
        for section in _SECTIONS:
            for element in getattr(self, section).values():
                for id_, statements in element.facts.items():
                    if len(statements) > 1 and _differ(statements):
                        yield f"{section}.{element.id}.{id_.split('.', 1)[1]}", statements

    def facts_for(
        self, element: Element, *, use: Element | None = None, voice: str | None = None
    ) -> dict[str, Value]:
        """What a rule about this element sees: its facts, its party's and the matter's.

        Kept where no use is looked at, and then not to be changed by whoever asks.
        use: for an event, the one of its uses that is looked at.
        voice: whose version; without one, a fact the parties dispute is unknown.
        """
        key = (id(element), voice)
        if use is None and key in self._heard:
            return self._heard[key]
        parts = [self.facts, element.facts]
        party = element.party or (use.party if use else None)
        if party is not None:
            parts.append(self.parties[party].facts)
        if use is not None:
            parts.append(use.facts)
        seen: dict[str, Value] = {}
        for part in parts:
            for id_, statements in part.items():
                one = len(statements) == 1
                value = statements[0].value if one else _heard(statements, voice)
                if value is not None:
                    seen[id_] = value
        if use is None and self._holds(element):
            self._heard[key] = seen
        return seen

    def _holds(self, element: Element) -> bool:
        """Whether the element is one of its own, so that nothing else can come to have its id."""
        return getattr(self, _PLURAL[element.level], {}).get(element.id) is element


def _differ(statements: tuple[Statement, ...]) -> bool:
    return len({s.value for s in statements}) > 1


def _heard(statements: tuple[Statement, ...], voice: str | None) -> Value | None:
    if len(statements) == 1:
        return statements[0].value
    mine = [s for s in statements if voice is not None and s.by == voice]
    heard = mine or list(statements)
    first = heard[0].value
    return first if all(s.value == first for s in heard) else None


def load_matter(path: str | Path) -> Matter:
    """A matter from a YAML or JSON file."""
    file = Path(path)
    document = read_json(file) if file.suffix.lower() == ".json" else read_yaml(file)
    return _Reader(load_vocabulary(), document).matter()


def matter_from(mapping: Mapping[str, Any], *, file: str | Path | None = None) -> Matter:
    """A matter from a mapping that is already in memory."""
    name = None if file is None else Path(file).name
    document = Document(value=mapping, lines={}, file=name or "")
    return _Reader(load_vocabulary(), document).matter()


class _Reader:
    def __init__(self, vocabulary: Vocabulary, document: Document) -> None:
        self.vocabulary = vocabulary
        self.document = document
        self.file = document.file or None

    def matter(self) -> Matter:
        top = self.document.value
        if top is None:
            top = {}
        if not isinstance(top, Mapping):
            raise self._bad("a matter is a mapping", "")
        if top.get("format", FORMAT) != FORMAT:
            raise self._bad(f"the format is not {FORMAT}", "format", f"write `format: {FORMAT}`")
        self._known(top, ("format", "id", "law", "matter", *_SECTIONS), "")
        matter = Matter(
            id=top.get("id"),
            law=self._words(top.get("law"), "law"),
            facts=self._facts(self._mapping(top.get("matter"), "matter"), "matter", "matter"),
            file=self.file,
            **{name: self._section(top.get(name), name) for name in _SECTIONS},
        )
        self._check_links(matter)
        check_axioms(matter)
        return matter

    def _section(self, raw: Any, section: str) -> dict[str, Element]:
        level = _SECTIONS[section]
        return {
            str(name): self._element(str(name), level, self._mapping(body, f"{section}.{name}"))
            for name, body in self._mapping(raw, section).items()
        }

    def _element(self, name: str, level: str, body: Mapping[str, Any]) -> Element:
        place = f"{_PLURAL[level]}.{name}"
        links = {key: body[key] for key in _LINKS[level] if body.get(key) is not None}
        party = links.get("party")
        if party is not None and not isinstance(party, str):
            raise self._bad("party names one party", f"{place}.party")
        return Element(
            id=name,
            level=level,
            facts=self._facts(body, level, place),
            party=party,
            issues=self._issues(links["issues"], place) if "issues" in links else None,
            **{
                key: self._words(links[key], f"{place}.{key}")
                for key in ("uses", "against", "rests_on")
                if key in links
            },
        )

    def _issues(self, raw: Any, place: str) -> tuple[str, ...]:
        words = self._words(raw, f"{place}.issues")
        members = self.vocabulary.domains["issue"]
        for word in words:
            if word not in members:
                raise self._bad(
                    f"{word!r} is not an issue", f"{place}.issues", nearest(word, members)
                )
        return words

    def _facts(
        self, raw: Mapping[str, Any], level: str, place: str
    ) -> dict[str, tuple[Statement, ...]]:
        quick, links = quick_readers(level), _LINKS.get(level, ())
        found: dict[str, tuple[Statement, ...]] = {}
        for name, value in raw.items():
            reader = quick.get(name)
            if reader is None:
                if name not in links:
                    self._named(raw, level, place)
            elif value is not None:
                said = reader.read(value)
                if said is None:
                    self._named(raw, level, place)
                    fact = self.vocabulary.facts[reader.id]
                    said = self._statements(fact, value, f"{place}.{name}")
                    if all(s.value is None for s in said):
                        continue
                found[reader.id] = said
        return found

    def _named(self, raw: Mapping[str, Any], level: str, place: str) -> None:
        """Refuse names that are no fact of this level."""
        names = self.vocabulary.of_level(level)
        for name in raw:
            if name not in names and name not in _LINKS.get(level, ()):
                what = "there is no fact of that name here"
                raise self._bad(what, f"{place}.{name}", nearest(str(name), names))

    def _statements(self, fact: Fact, raw: Any, place: str) -> tuple[Statement, ...]:
        if isinstance(raw, list) and raw and all(_is_long(item) for item in raw):
            return tuple(self._statement(fact, item, place) for item in raw)
        return (self._statement(fact, raw, place),)

    def _statement(self, fact: Fact, raw: Any, place: str) -> Statement:
        long = raw if _is_long(raw) else {"value": raw}
        self._known(long, _LONG, place)
        if long["value"] is None:
            return Statement(value=None)
        try:
            value = fact.read(long["value"])
        except WrongValueError as wrong:
            raise bad_value(wrong, file=self.file, place=self._place(place)) from wrong
        by, grounds = long.get("by"), long.get("grounds")
        if fact.nature == "evaluative" and not (by and grounds):
            raise self._bad(
                f"{fact.id} is a legal judgement and is stated without `by` and `grounds`",
                place,
                "write {value: …, by: …, grounds: …}, or leave it out and state "
                + ", ".join(fact.factors[:3]),
            )
        return Statement(
            value=value,
            by=None if by is None else str(by),
            grounds=None if grounds is None else str(grounds),
            contested=long.get("contested") in (True, "true"),
        )

    def _check_links(self, matter: Matter) -> None:
        for section, key, target in (
            ("uses", "party", matter.parties),
            ("events", "party", matter.parties),
            ("events", "uses", matter.uses),
            ("claims", "against", matter.parties),
            ("claims", "rests_on", {**matter.uses, **matter.events} if matter.claims else {}),
        ):
            for element in getattr(matter, section).values():
                named = getattr(element, key)
                for name in (named,) if isinstance(named, str) else named or ():
                    if name not in target:
                        raise self._bad(
                            f"there is no {name!r} in this matter",
                            f"{section}.{element.id}.{key}",
                            nearest(name, target) if target else "describe it first",
                        )

    def _mapping(self, raw: Any, place: str) -> Mapping[str, Any]:
        if raw is None:
            return {}
        if not isinstance(raw, Mapping):
            raise self._bad("a mapping is expected here", place)
        return raw

    def _words(self, raw: Any, place: str) -> tuple[str, ...]:
        if raw is None:
            return ()
        if isinstance(raw, str):
            return (raw,)
        if not isinstance(raw, (list, tuple)) or not all(isinstance(w, str) for w in raw):
            raise self._bad("a list of words is expected here", place)
        return tuple(raw)

    def _known(self, raw: Mapping[str, Any], names: Any, place: str) -> None:
        for key in raw:
            if key not in names:
                where = f"{place}.{key}" if place else str(key)
                raise self._bad("there is no such key", where, nearest(str(key), names))

    def _place(self, place: str) -> str:
        keys = tuple(int(part) if part.isdigit() else part for part in place.split("."))
        if not self.document.lines:
            return place
        return f"{self.document.line(*keys)}, {place}" if place else self.document.line()

    def _bad(self, says: str, place: str, remedy: str | None = None) -> BadInput:
        return BadInput(says, file=self.file, place=self._place(place) or None, remedy=remedy)


def _is_long(raw: Any) -> bool:
    return isinstance(raw, Mapping) and "value" in raw


def check_axioms(matter: Matter) -> None:
    """Refuse a matter in which somebody contradicts themselves."""
    for voice in (None, *matter.voices):
        for section in ("uses", "events", "claims", "parties"):
            for element in getattr(matter, section).values():
                axiom = broken_axiom(matter.facts_for(element, voice=voice))
                if axiom is not None:
                    raise BadInput(
                        f"contradicts itself: {axiom.meaning.en} ({axiom.id})",
                        file=matter.file,
                        place=f"{section}.{element.id}",
                        remedy="state the facts as they are, or leave out what is not known",
                    )
