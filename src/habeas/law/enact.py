"""The book a draft would give: the baseline's documents, patched, read and checked anew.

Nothing of the baseline is shared or altered. A repealed provision stays as a husk that never
applies: what it answered stays answered, so that taking a prohibition away shows as lawful and
not as unknown. A new duty or prohibition answers only what it decides, so that it never makes
anything more lawful. Acts of before the draft are judged as if it had been in force as long as
its instrument, unless it says `from`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from habeas.errors import BadInput
from habeas.law.book import BOOKS, LawBook, book_from, read_sheet
from habeas.law.expression import Constant, Node, provisions_in
from habeas.law.patch import Change, Draft
from habeas.law.patch_text import (
    EXPRESSIONS,
    SIDES,
    Body,
    expressions_in,
    guarded,
    heard_only_when_broken,
    levels_of,
    parts_of,
    places_of,
    repealed,
    replaced,
    switch,
    with_number,
)
from habeas.law.provision import BREAKABLE, KINDS, Provision
from habeas.law.schema import load_vocabulary
from habeas.law.values import nearest
from habeas.law.yaml_reading import Document, Place, read_yaml
from habeas.terms import Citation, Text

_RULE = ("id", "kind", "issues", "on", "defeats")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookText:
    """The documents a book is read from."""

    top: Document
    sheet: Document
    rules: tuple[Document, ...]
    derived: Document

    def book(self) -> LawBook:
        return book_from(
            self.top,
            sheet=self.sheet,
            rules=list(self.rules),
            derived=self.derived,
            vocabulary=load_vocabulary(),
        )


def text_of(book: str) -> BookText:
    """The documents of a book Habeas ships."""
    if book not in BOOKS:
        raise BadInput(f"there is no law book {book!r}", remedy=nearest(book, BOOKS))
    return text_in(Path(str(files("habeas.laws") / book)))


def text_in(folder: Path) -> BookText:
    """The documents of a book in a folder."""
    top = read_yaml(folder / "book.yaml")
    return BookText(
        top=top,
        sheet=read_sheet(folder),
        rules=tuple(read_yaml(folder / f"{name}.yaml") for name in top.value["files"]),
        derived=read_yaml(folder / "derived.yaml"),
    )


def enact(draft: Draft, text: BookText | None = None) -> LawBook:
    """The book as it would be under a draft.

    text: the baseline's documents; those of the shipped book the draft names, if left out.
    """
    return _Enactment(draft, text or text_of(draft.book)).book()


class _Enactment:
    def __init__(self, draft: Draft, text: BookText) -> None:
        self.draft = draft
        self.file = draft.document.file
        self.top = deepcopy(text.top.value)
        self.entries = deepcopy(text.sheet.value)
        self.derived = deepcopy(text.derived.value)
        every = [rule for document in text.rules for rule in document.value["rules"]]
        self.rules: dict[str, Body] = {rule["id"]: deepcopy(rule) for rule in every}
        self.standing = tuple(self.rules)
        self.changed: dict[str, Change] = {}

    def book(self) -> LawBook:
        for change in self.draft.changes:
            getattr(self, f"_{change.operation}")(change)
        self.top["id"] = f"{self.top['id']}+{self.draft.id}"
        book = BookText(
            top=self._document(self.top),
            sheet=self._document(self.entries),
            rules=(self._untouched(), self._touched()),
            derived=self._document(self.derived),
        ).book()
        self._refuse_gaps(book)
        return self._in_order(book)

    def _document(self, value: Any) -> Document:
        return Document(value=value, lines={}, file=self.file)

    def _untouched(self) -> Document:
        kept = [rule for id_, rule in self.rules.items() if id_ not in self.changed]
        return self._document({"rules": kept})

    def _touched(self) -> Document:
        """The rules the draft writes, each part with its line in the draft."""
        lines: dict[Place, int] = {}
        rules = []
        for index, (id_, change) in enumerate(self.changed.items()):
            rules.append(self.rules[id_])
            size = len(change.place)
            for place, line in self.draft.document.lines.items():
                if place[:size] == change.place:
                    lines["rules", index, *place[size:]] = line
        return Document(value={"rules": rules}, lines=lines, file=self.file)

    def _in_order(self, book: LawBook) -> LawBook:
        order = [*self.standing, *(id_ for id_ in self.rules if id_ not in self.standing)]
        marked = {id_: self._marked(book.provisions[id_]) for id_ in order}
        return replace(book, provisions=MappingProxyType(marked))

    def _marked(self, provision: Provision) -> Provision:
        if provision.id not in self.changed:
            return provision
        title = provision.title
        return replace(provision, title=Text(en=f"{title.en} (draft)", zh=f"{title.zh}（草案）"))

    # ---- add

    def _add(self, change: Change) -> None:
        id_, body = change.target, change.body
        if id_ in self.rules or id_ in self.entries["provisions"]:
            remedy = "write replace or repeal: what stands must not vanish behind an addition"
            raise self._bad(f"{id_} stands in the book already", change, remedy=remedy)
        law = self._instrument(change)
        kind = body.get("kind")
        if kind not in KINDS:
            remedy = nearest(str(kind), KINDS)
            raise self._bad(f"{kind!r} is not a kind of provision", change, "kind", remedy=remedy)
        if kind in BREAKABLE and body.get("defeats"):
            remedy = "write an exemption for what is to be lifted"
            raise self._bad("a duty or a prohibition defeats nothing", change, remedy=remedy)
        rule = guarded({key: body[key] for key in _RULE if key in body}, change.only.guard)
        if kind in BREAKABLE:
            rule = heard_only_when_broken(rule, self._scopes(law))
        if kind == "ground":
            self._add_ground(change, law)
        self.entries["provisions"][id_] = self._entry(change, law)
        self._set(change, rule)

    def _instrument(self, change: Change) -> str:
        law, known = Citation.parse(change.target).law, self.top["instruments"]
        if law not in known:
            remedy = nearest(law, known)
            raise self._bad(f"the book has no instrument {law!r}", change, "id", remedy=remedy)
        return law

    def _scopes(self, law: str) -> Mapping[str, str]:
        return self.top["instruments"][law].get("scope") or {}

    def _add_ground(self, change: Change, law: str) -> None:
        grounds = self.top["instruments"][law].get("grounds")
        if not grounds:
            raise self._bad(f"{law} asks nobody for a ground", change, "kind")
        grounds["any_of"] = [*grounds["any_of"], change.target]

    def _entry(self, change: Change, law: str) -> dict[str, Any]:
        body = change.body
        if body.get("kind") == "ground":
            first = self.top["instruments"][law]["grounds"]["any_of"][:-1]
        else:
            first = [id_ for id_ in self.standing if Citation.parse(id_).law == law]
        beside = [self.entries["provisions"][id_] for id_ in first]
        if not beside:
            raise self._bad(f"the book has no provision of {law} to stand beside", change)
        return {
            "locator": {"article": _number_of(change.target)},
            "rank": beside[0]["rank"],
            "from": body.get("from") or min(entry["from"] for entry in beside),
            "status": "in_force",  # in the book that would be
            "verified": "true",
            "paraphrase": dict(body["says"]),
        }

    # ---- replace, repeal

    def _replace(self, change: Change) -> None:
        old = self._standing(change)
        body = {key: change.body[key] for key in _RULE if key in change.body}
        if gone := [level for level in levels_of(old) if level not in levels_of(body)]:
            says = f"the replacement says nothing about a {gone[0]}, which {change.target} does"
            raise self._bad(says, change, remedy="write that part out, or repeal the provision")
        if change.only.guard and "defeats" in body:
            raise self._bad("what a provision defeats cannot change in one region only", change)
        if "says" in change.body:
            self.entries["provisions"][change.target]["paraphrase"] = dict(change.body["says"])
        self._set(change, replaced(old, body, change.only.guard))

    def _repeal(self, change: Change) -> None:
        self._set(change, repealed(self._standing(change), change.only.guard))

    def _standing(self, change: Change) -> Body:
        if change.target in self.standing:
            return self.rules[change.target]
        remedy = nearest(change.target, self.standing)
        raise self._bad(f"the book has no provision {change.target!r}", change, remedy=remedy)

    def _set(self, change: Change, rule: Body) -> None:
        self.rules[change.target] = rule
        self.changed[change.target] = change

    # ---- number

    def _number(self, change: Change) -> None:
        if "fact" in change.body:
            self._number_of_fact(change)
            return
        old = self._standing(change)
        texts = [
            text
            for level in levels_of(old)
            for text in expressions_in(parts_of(old, level), EXPRESSIONS)
        ]
        self._check_places(change, texts)
        on = {
            level: [self._renumbered(part, EXPRESSIONS, change) for part in parts_of(old, level)]
            for level in levels_of(old)
        }
        single = {level: parts[0] if len(parts) == 1 else parts for level, parts in on.items()}
        self._set(change, replaced(old, {"on": single}, change.only.guard))

    def _number_of_fact(self, change: Change) -> None:
        chosen = [raw for raw in self.derived["derived"] if raw["fact"] == change.target]
        if not chosen:
            known = {raw["fact"] for raw in self.derived["derived"]}
            remedy = nearest(change.target, known)
            raise self._bad(f"nothing derives {change.target!r}", change, "fact", remedy=remedy)
        self._check_places(change, expressions_in(chosen, SIDES))
        guard = change.only.guard
        for raw in chosen:
            new = self._renumbered(raw, SIDES, change)
            for key in SIDES:
                if key in raw:
                    raw[key] = switch(guard, new[key], raw[key]) if guard else new[key]

    def _renumbered(self, body: Body, keys: tuple[str, ...], change: Change) -> Body:
        old, new = change.body["from"], change.body["to"]
        return {k: with_number(v, old, new) if k in keys else v for k, v in body.items()}

    def _check_places(self, change: Change, texts: list[str]) -> None:
        number = change.body["from"]
        found = sum(len(places_of(text, number)) for text in texts)
        if not found:
            says = f"the number {number} does not stand in {change.target}"
            raise self._bad(says, change, "from")
        if found != change.body.get("places", 1):
            says = f"the number {number} stands in {found} places in {change.target}"
            raise self._bad(says, change, remedy=f"write places: {found} to change all of them")

    # ---- what would be broken or hidden

    def _refuse_gaps(self, book: LawBook) -> None:
        for id_, change in self.changed.items():
            silent = never_applies(book.provisions[id_])
            if change.operation == "replace" and silent:
                raise self._bad(f"{id_} would never apply", change, remedy="write repeal")
            if change.operation == "repeal":
                self._refuse_leaning(book, change)

    def _refuse_leaning(self, book: LawBook, change: Change) -> None:
        for who, node in _leaners(book):
            if who != change.target and change.target in provisions_in(node):
                says = f"{who} leans on {change.target}"
                raise self._bad(says, change, remedy="replace what leans on it in the same draft")

    def _bad(
        self, says: str, change: Change, *place: str | int, remedy: str | None = None
    ) -> BadInput:
        at = self.draft.document.line(*change.place, *place)
        return BadInput(says, file=self.file, place=at, remedy=remedy)


def is_enacted(book: LawBook) -> bool:
    """Whether a book is what a draft would give, and not one that Habeas ships."""
    return "+" in book.id


def never_applies(provision: Provision) -> bool:
    """Whether every part of a provision is written so as never to apply."""
    rules = [rule for parts in provision.rules.values() for rule in parts]
    return all(rule.when == Constant(truth=False) for rule in rules)


def _leaners(book: LawBook) -> Iterator[tuple[str, Node]]:
    for provision in book.provisions.values():
        for parts in provision.rules.values():
            yield from ((provision.id, node) for rule in parts for node in rule.nodes)
    for fact, derivations in book.derivations.items():
        yield from ((fact, node) for derivation in derivations for node in derivation.nodes)
    for instrument in book.instruments.values():
        yield from ((f"the scope of {instrument.id}", node) for node in instrument.scope.values())
    yield from ((f"the book on {cover.issue}", cover.when) for cover in book.covers)
    yield from ((f"the book on {limit.issue}", limit.when) for limit in book.limits)


def _number_of(id_: str) -> str:
    """'23-1' for cn.pipl.art23_1; paragraphs and items as they are written."""
    return Citation.parse(id_).unit.removeprefix("art").replace("_", "-")
