"""A draft: a patch of a law book (draft/v1, specs/draft-v1.md), and the book it would give.

A draft adds, replaces or repeals provisions or changes a number, everywhere or only in some
regions and sectors. `enact` gives a new book with its own hash; the baseline is not touched, and
no draft can be got from `load_book`. What the draft says is checked as rules are: file, line,
nearest right word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from habeas.errors import BadInput
from habeas.law.language import parse
from habeas.law.patch_text import EXPRESSIONS
from habeas.law.schema import Vocabulary, load_vocabulary
from habeas.law.values import WrongValueError, nearest, read_date, read_int
from habeas.law.yaml_reading import Document, Place, read_yaml
from habeas.terms import Text

FORMAT = "draft/v1"
Operation = Literal["add", "replace", "repeal", "number"]
OPERATIONS: tuple[Operation, ...] = ("add", "replace", "repeal", "number")
_KEYS = ("format", "id", "book", "title", "status", "fictional", "note", "only", "changes")
_ADD = ("id", "kind", "says", "issues", "on", "defeats", "from")
_REPLACE = ("id", "says", "issues", "on", "defeats")
_NUMBER = ("provision", "fact", "from", "to", "places")
_ID = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")
_CODE = re.compile(r"^[1-9][0-9]([0-9]{2}){0,2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Where a change applies: division codes of 2, 4 or 6 digits, and sectors; none: everywhere."""

    regions: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()

    @property
    def guard(self) -> str | None:
        """The same as an expression, or None."""
        parts = []
        if self.regions:
            parts.append(" or ".join(f"({_range(code)})" for code in self.regions))
        if self.sectors:
            members = ", ".join(repr(sector) for sector in self.sectors)
            parts.append(f"party.sector in {{{members}}}")
        return " and ".join(f"({part})" for part in parts) or None


def _range(code: str) -> str:
    size = 10 ** (6 - len(code))
    low = int(code) * size
    return f"matter.division_code >= {low} and matter.division_code < {low + size}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. target: the provision, or the derived fact whose number changes."""

    operation: Operation
    target: str
    body: Mapping[str, Any]
    only: Only
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as written. It is not law, whatever it says."""

    id: str
    book: str
    title: Text
    fictional: bool
    changes: tuple[Change, ...]
    document: Document
    note: Text | None = None

    def without(self, target: str) -> Draft:
        """The same draft with one change less."""
        kept = tuple(change for change in self.changes if change.target != target)
        return replace(self, changes=kept)


def load_draft(path: str | Path) -> Draft:
    """A draft from its file."""
    return draft_from(read_yaml(Path(path)))


def draft_from(document: Document) -> Draft:
    """A draft from a document that is already read."""
    return _Reader(document, load_vocabulary()).draft()


def is_draft(document: Document) -> bool:
    """Whether a document says that it is a draft."""
    return isinstance(document.value, dict) and document.value.get("format") == FORMAT


class _Reader:
    def __init__(self, document: Document, vocabulary: Vocabulary) -> None:
        self.document = document
        self.vocabulary = vocabulary

    def draft(self) -> Draft:
        top = self.document.value
        if not is_draft(self.document):
            raise BadInput(f"is not a {FORMAT} file", file=self.document.file)
        self._known(top, _KEYS)
        if not _ID.match(str(top.get("id"))):
            raise self._bad("a draft needs an id of small letters, digits and hyphens", "id")
        if top.get("status") != "draft":
            remedy = "write `status: draft`; what is in force belongs into the book"
            raise self._bad("only drafts are written this way", "status", remedy=remedy)
        return Draft(
            id=top["id"],
            book=str(top.get("book") or "cn"),
            title=self._text(top.get("title"), "title"),
            note=self._text(top["note"], "note") if top.get("note") else None,
            fictional=self._flag(top.get("fictional"), "fictional"),
            changes=self._changes(top),
            document=self.document,
        )

    def _changes(self, top: Mapping[str, Any]) -> tuple[Change, ...]:
        raw = top.get("changes")
        if not isinstance(raw, list) or not raw:
            raise self._bad("a draft needs a list of changes", "changes")
        everywhere = self._only(top.get("only"), ("only",))
        found: dict[str, Change] = {}
        for index, one in enumerate(raw):
            change = self._change(one, everywhere, ("changes", index))
            if change.target in found:
                says = f"{change.target} is changed twice"
                raise self._bad(says, *change.place, remedy="say it in one change")
            found[change.target] = change
        return tuple(found.values())

    def _change(self, raw: Any, everywhere: Only, place: Place) -> Change:
        said = self._mapping(raw, *place)
        self._known(said, (*OPERATIONS, "only"), *place)
        chosen = [operation for operation in OPERATIONS if operation in said]
        if len(chosen) != 1:
            raise self._bad("one change is one of add, replace, repeal and number", *place)
        operation = chosen[0]
        at = (*place, operation)
        body = {"id": said["repeal"]} if operation == "repeal" else said[operation]
        checked = getattr(self, f"_{operation}")(self._mapping(body, *at), at)
        return Change(
            operation=operation,
            target=self._target(checked, at),
            body=checked,
            only=self._only(said["only"], (*place, "only")) if "only" in said else everywhere,
            place=at,
        )

    def _target(self, body: Mapping[str, Any], place: Place) -> str:
        target = body.get("id") or body.get("provision") or body.get("fact")
        if not isinstance(target, str):
            raise self._bad("a change names a provision", *place)
        return target

    # ---- the four operations

    def _add(self, body: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
        self._known(body, _ADD, *place)
        self._text(body.get("says"), *place, "says")
        self._expressions(body, place)
        if "from" in body:
            self._day(body["from"], *place, "from")
        return body

    def _replace(self, body: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
        self._known(body, _REPLACE, *place)
        if "says" in body:
            self._text(body["says"], *place, "says")
        self._expressions(body, place)
        return body

    def _repeal(self, body: Mapping[str, Any], place: Place) -> Mapping[str, Any]:  # noqa: ARG002
        return body

    def _number(self, body: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
        self._known(body, _NUMBER, *place)
        if ("provision" in body) == ("fact" in body):
            raise self._bad("a number stands in a provision or in a derived fact", *place)
        found = dict(body)
        for key in ("from", "to", "places"):
            if key != "places" or key in body:
                found[key] = self._whole(body.get(key), *place, key)
        return found

    def _expressions(self, body: Mapping[str, Any], place: Place) -> None:
        """Each expression is read alone, so that none can reach out of its brackets."""
        on = self._mapping(body.get("on"), *place, "on")
        for level, raw in on.items():
            if level not in ("use", "event"):
                raise self._bad(f"a rule is not about a {level!r}", *place, "on", level)
            at = (*place, "on", level)
            if not isinstance(raw, list):
                self._part(self._mapping(raw, *at), at)
                continue
            for index, part in enumerate(raw):
                self._part(self._mapping(part, *at, index), (*at, index))

    def _part(self, part: Mapping[str, Any], place: Place) -> None:
        self._known(part, (*EXPRESSIONS, "issues"), *place)
        if "when" not in part:
            raise self._bad("a rule lacks `when`", *place)
        for key in EXPRESSIONS:
            if key in part:
                at = self.document.line(*place, key)
                parse(part[key], self.vocabulary, file=self.document.file, place=at)

    # ---- small parts

    def _only(self, raw: Any, place: Place) -> Only:
        if raw is None:
            return Only()
        said = self._mapping(raw, *place)
        self._known(said, ("regions", "sectors"), *place)
        regions = self._words(said.get("regions"), *place, "regions")
        for code in regions:
            if not _CODE.match(code):
                remedy = "write '33', '3301' or '330106'"
                raise self._bad(f"{code!r} is not a division code", *place, remedy=remedy)
        sectors = self._words(said.get("sectors"), *place, "sectors")
        members = self.vocabulary.fact("party.sector").members
        for sector in sectors:
            if sector not in members:
                remedy = nearest(sector, members)
                raise self._bad(f"{sector!r} is not a sector", *place, "sectors", remedy=remedy)
        return Only(regions=regions, sectors=sectors)

    def _mapping(self, raw: Any, *place: str | int) -> Mapping[str, Any]:
        if not isinstance(raw, Mapping):
            raise self._bad("a mapping is expected here", *place)
        return raw

    def _words(self, raw: Any, *place: str | int) -> tuple[str, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list) or not all(isinstance(word, str) for word in raw):
            raise self._bad("a list of words is expected here", *place)
        return tuple(raw)

    def _whole(self, raw: Any, *place: str | int) -> int:
        try:
            return read_int(raw)
        except WrongValueError as wrong:
            raise self._bad(wrong.says, *place, remedy=wrong.remedy) from wrong

    def _day(self, raw: Any, *place: str | int) -> None:
        try:
            read_date(raw)
        except WrongValueError as wrong:
            raise self._bad(wrong.says, *place, remedy=wrong.remedy) from wrong

    def _flag(self, raw: Any, *place: str | int) -> bool:
        if raw not in (None, "true", "false"):
            raise self._bad("is not yes or no", *place, remedy="write true or false")
        return bool(raw == "true")

    def _text(self, raw: Any, *place: str | int) -> Text:
        if not isinstance(raw, dict) or not raw.get("en") or not raw.get("zh"):
            raise self._bad("words are needed in both languages, en and zh", *place)
        return Text(en=raw["en"], zh=raw["zh"])

    def _known(self, raw: Mapping[str, Any], names: Sequence[str], *place: str | int) -> None:
        for key in raw:
            if key not in names:
                says = f"there is no {key!r} here"
                raise self._bad(says, *place, key, remedy=nearest(str(key), names))

    def _bad(self, says: str, *place: str | int, remedy: str | None = None) -> BadInput:
        at = self.document.line(*place)
        return BadInput(says, file=self.document.file, place=at, remedy=remedy)
