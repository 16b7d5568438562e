"""Reads a law book from its documents; what is not sound is refused with file and line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from habeas.errors import BadInput
from habeas.law.book import Cover, Derivation, Instrument, LawBook, Limit, TextOnly
from habeas.law.book_checks import attackers_in, check_references
from habeas.law.conflicts import precedence_in
from habeas.law.expression import Node, Not, facts_in
from habeas.law.language import parse
from habeas.law.provision import BREAKABLE, KINDS, Flag, Marks, Provision, Rule
from habeas.law.schema import Vocabulary
from habeas.law.values import WrongValueError, nearest, read_date
from habeas.law.yaml_reading import Document
from habeas.terms import Citation, Text

_LEVELS = ("use", "event")
TEXT_ONLY_REASONS = ("not_decisive", "not_yet_coded", "unverified")
_RULE_KEYS = {"when", "unless", "met_when", "within", "issues", "addressed_when"}
_RULE_NODES = (
    ("addressed", "addressed_when"),
    ("unless", "unless"),
    ("met", "met_when"),
    ("within", "within"),
)
_ENTRY_KEYS = {
    "id",
    "kind",
    "issues",
    "on",
    "defeats",
    "contrary_to",
    "special_to",
    "reading",
    "flags",
    "coded",
    "reviewed",
}


class BookReader:
    """Builds a book part by part; what is wrong is named where it stands."""

    def __init__(
        self,
        top: Document,
        sheet: Document,
        rules: list[Document],
        derived: Document,
        vocabulary: Vocabulary,
    ) -> None:
        self.top, self.sheet, self.rules, self.derived = top, sheet, rules, derived
        self.vocabulary = vocabulary

    def book(self) -> LawBook:
        instruments = {
            id_: self._instrument(id_, raw) for id_, raw in self.top.value["instruments"].items()
        }
        entries = self.sheet.value["provisions"]
        provisions: dict[str, Provision] = {}
        for document in self.rules:
            for index, raw in enumerate(document.value["rules"]):
                found = self._provision(document, index, raw, entries, instruments)
                if found.id in provisions:
                    raise _bad(document, f"{found.id} stands twice", "rules", index)
                provisions[found.id] = found
        precedence = precedence_in(provisions)
        book = LawBook(
            id=self.top.value["id"],
            title=_text(self.top, self.top.value["title"], "title"),
            hash=self._hash(),
            provisions=MappingProxyType(provisions),
            instruments=MappingProxyType(instruments),
            derivations=MappingProxyType(self._derivations()),
            attackers=MappingProxyType(attackers_in(provisions, precedence)),
            precedence=precedence,
            covers=self._covers(),
            limits=self._limits(),
            kinds_of_event=MappingProxyType(dict(self.top.value.get("kinds_of_event") or {})),
            sheet_size=int(self.sheet.value["entries_in_the_sheets"]),
            text_only=MappingProxyType(self._text_only(provisions)),
        )
        check_references(book, self.vocabulary)
        return book

    def _text_only(self, provisions: Mapping[str, Provision]) -> dict[str, TextOnly]:
        table = self.sheet.value.get("text_only") or {}
        for id_, entry in table.items():
            if id_ in provisions:
                raise BadInput(f"{id_} is a rule and cannot be text only as well")
            if entry["reason"] not in TEXT_ONLY_REASONS:
                says = f"{id_}: {entry['reason']!r} is no reason to be text only"
                raise BadInput(says, remedy=nearest(entry["reason"], TEXT_ONLY_REASONS))
        return {id_: TextOnly(reason=e["reason"], why=e["why"]) for id_, e in table.items()}

    def _covers(self) -> tuple[Cover, ...]:
        return tuple(
            Cover(
                level=raw["level"],
                issue=raw["issue"],
                when=self._node(self.top, raw["when"], "covers", index),
                by=raw["by"],
            )
            for index, raw in enumerate(self.top.value.get("covers") or [])
        )

    def _limits(self) -> tuple[Limit, ...]:
        return tuple(
            Limit(
                issue=raw["issue"],
                when=self._node(self.top, raw["when"], "limits", index),
                says=_text(self.top, raw["says"], "limits", index),
            )
            for index, raw in enumerate(self.top.value.get("limits") or [])
        )

    def _hash(self) -> str:
        content = [self.top, self.sheet, *self.rules, self.derived]
        canonical = json.dumps(
            [document.value for document in content],
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        return hashlib.sha256(canonical.encode()).hexdigest()

    def _instrument(self, id_: str, raw: dict[str, Any]) -> Instrument:
        place = ("instruments", id_)
        grounds = raw.get("grounds") or {}
        return Instrument(
            id=id_,
            short=_text(self.top, raw["short"], *place),
            scope=MappingProxyType(
                {
                    level: self._node(self.top, text, *place, "scope", level)
                    for level, text in (raw.get("scope") or {}).items()
                }
            ),
            grounds=tuple(grounds.get("any_of") or ()),
            grounds_under=grounds.get("under"),
            grounds_when=(
                self._node(self.top, grounds["when"], *place, "grounds", "when")
                if "when" in grounds
                else None
            ),
            grounds_issues=tuple(grounds.get("issues") or ()),
        )

    def _provision(
        self,
        document: Document,
        index: int,
        raw: dict[str, Any],
        entries: dict[str, Any],
        instruments: dict[str, Instrument],
    ) -> Provision:
        place = ("rules", index)
        id_ = str(raw.get("id"))
        entry = entries.get(id_)
        if entry is None:
            says = f"the rule {id_!r} cites nothing: the sheet has no such provision"
            raise _bad(document, says, *place, remedy=nearest(id_, entries))
        for key in raw:
            if key not in _ENTRY_KEYS:
                raise _bad(
                    document,
                    f"a rule has no {key!r}",
                    *place,
                    key,
                    remedy=nearest(key, _ENTRY_KEYS),
                )
        kind = raw.get("kind")
        if kind not in KINDS:
            raise _bad(document, f"{kind!r} is not a kind of provision", *place, "kind")
        citation = Citation.parse(id_)
        if citation.law not in instruments:
            raise _bad(document, f"the book has no instrument {citation.law!r}", *place)
        rules = self._rules(document, raw, kind, place)
        return Provision(
            id=id_,
            citation=citation,
            title=_title(instruments[citation.law].short, entry["locator"]),
            paraphrase=_text(self.sheet, entry["paraphrase"], "provisions", id_, "paraphrase"),
            rank=entry["rank"],
            kind=kind,
            from_=_day(self.sheet, entry["from"], id_),
            to=None if entry.get("to") is None else _day(self.sheet, entry["to"], id_),
            issues=_all_issues(rules),
            rules=rules,
            defeats=tuple(raw.get("defeats") or ()),
            contrary_to=tuple(raw.get("contrary_to") or ()),
            special_to=tuple(raw.get("special_to") or ()),
            marks=Marks(
                read=entry.get("read"), coded=raw.get("coded"), reviewed=raw.get("reviewed")
            ),
            verified=entry["verified"] == "true",
            status=entry["status"],
            instrument=citation.law,
            reading=_text(document, raw["reading"], *place, "reading")
            if "reading" in raw
            else None,
            source_sha256=entry.get("sha256"),
            flags=self._flags(document, raw.get("flags") or [], place),
        )

    def _rules(
        self, document: Document, raw: dict[str, Any], kind: str, place: tuple[str | int, ...]
    ) -> Mapping[str, tuple[Rule, ...]]:
        issues = self._issues(document, raw.get("issues") or [], place)
        found: dict[str, tuple[Rule, ...]] = {}
        for level, body in (raw.get("on") or {}).items():
            at = (*place, "on", level)
            if level not in _LEVELS:
                raise _bad(document, f"a rule is not about a {level!r}", *at)
            parts = body if isinstance(body, list) else [body]
            if len(parts) > 1 and kind not in BREAKABLE:
                raise _bad(document, "only a duty or a prohibition has parts", *at)
            found[level] = tuple(
                self._rule(document, part, kind, issues, (*at, index) if len(parts) > 1 else at)
                for index, part in enumerate(parts)
            )
        if not found:
            raise _bad(document, "a provision needs a rule about a use or an event", *place)
        return MappingProxyType(found)

    def _rule(
        self,
        document: Document,
        body: dict[str, Any],
        kind: str,
        issues: tuple[str, ...],
        at: tuple[str | int, ...],
    ) -> Rule:
        for key in body:
            if key not in _RULE_KEYS:
                remedy = nearest(key, _RULE_KEYS)
                raise _bad(document, f"there is no {key!r} in a rule", *at, key, remedy=remedy)
        if kind != "oblige" and "met_when" in body:
            raise _bad(document, "only a duty has `met_when`", *at)
        if "when" not in body:
            raise _bad(document, "a rule lacks `when`", *at)
        nodes = {
            name: self._node(document, body[key], *at, key)
            for name, key in _RULE_NODES
            if key in body
        }
        return Rule(
            level=str(at[3]),
            when=self._node(document, body["when"], *at, "when"),
            issues=self._issues(document, body["issues"], at) if "issues" in body else issues,
            **nodes,
        )

    def _issues(
        self, document: Document, raw: list[str], place: tuple[str | int, ...]
    ) -> tuple[str, ...]:
        known = self.vocabulary.domains["issue"]
        for word in raw:
            if word not in known:
                raise _bad(
                    document,
                    f"{word!r} is not an issue",
                    *place,
                    "issues",
                    remedy=nearest(word, known),
                )
        return tuple(raw)

    def _flags(
        self, document: Document, raw: list[dict[str, Any]], place: tuple[str | int, ...]
    ) -> tuple[Flag, ...]:
        return tuple(
            Flag(
                id=flag["id"],
                when=self._node(document, flag["when"], *place, "flags", index, "when"),
                says=_text(document, flag["says"], *place, "flags", index),
                on=tuple(flag.get("on") or ()),
            )
            for index, flag in enumerate(raw)
        )

    def _derivations(self) -> dict[str, tuple[Derivation, ...]]:
        found: dict[str, list[Derivation]] = {}
        for index, raw in enumerate(self.derived.value["derived"]):
            derivation = self._derivation(raw, "derived", index)
            found.setdefault(derivation.fact, []).append(derivation)
        return {fact: tuple(items) for fact, items in found.items()}

    def _derivation(self, raw: dict[str, Any], *place: str | int) -> Derivation:
        fact = self.vocabulary.facts.get(raw["fact"])
        if fact is None:
            raise _bad(
                self.derived,
                f"there is no fact {raw['fact']!r}",
                *place,
                remedy=nearest(raw["fact"], self.vocabulary.facts),
            )
        member = raw.get("member")
        if (fact.type == "set") != (member is not None) or (member and member not in fact.members):
            raise _bad(self.derived, f"{fact.id}: `member` names a member of a set fact", *place)
        nodes = {
            key: self._node(self.derived, raw[key], *place, key)
            for key in ("is", "true_when", "false_when", "presumed_when")
            if key in raw
        }
        true, false = nodes.get("true_when"), nodes.get("false_when")
        if "is" in nodes:
            true, false = nodes["is"], Not(nodes["is"])
        reads = frozenset().union(*(facts_in(node) for node in nodes.values()))
        return Derivation(
            fact=fact.id,
            member=member,
            true_when=true,
            false_when=false,
            presumed_when=nodes.get("presumed_when"),
            cites=tuple(raw.get("cites") or ()),
            reads=reads,
            because=_text(self.derived, raw["because"], *place) if "because" in raw else None,
        )

    def _node(self, document: Document, text: Any, *place: str | int) -> Node:
        return parse(text, self.vocabulary, file=document.file, place=document.line(*place))


def _all_issues(rules: Mapping[str, tuple[Rule, ...]]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(issue for parts in rules.values() for rule in parts for issue in rule.issues)
    )


def _text(document: Document, raw: Any, *place: str | int) -> Text:
    if not isinstance(raw, dict) or not raw.get("en") or not raw.get("zh"):
        raise _bad(document, "words are needed in both languages, en and zh", *place)
    return Text(en=raw["en"], zh=raw["zh"])


def _day(document: Document, raw: Any, id_: str) -> date:
    try:
        return read_date(raw)
    except WrongValueError as wrong:
        raise _bad(document, wrong.says, "provisions", id_) from wrong


def _bad(document: Document, says: str, *place: str | int, remedy: str | None = None) -> BadInput:
    return BadInput(says, file=document.file, place=document.line(*place), remedy=remedy)


_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """A number below 10,000 as Chinese law writes it.

    >>> chinese_number(13), chinese_number(1035), chinese_number(20), chinese_number(110)
    ('十三', '一千零三十五', '二十', '一百一十')
    """
    said = ""
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            said += _DIGITS[digit] + word
        elif said and number and not said.endswith("零"):
            said += "零"
    return said.removeprefix("一") if said.startswith("一十") else said


def _title(short: Text, locator: Mapping[str, str]) -> Text:
    if "article" in locator:
        en, zh = f"{short.en} art. {locator['article']}", f"{short.zh}第{_zh(locator['article'])}条"
    elif "section" in locator:
        en = f"{short.en} section {locator['section']}"
        zh = f"{short.zh}第{_zh(locator['section'])}部分"
    else:
        en, zh = f"{short.en} ({locator['part']})", f"{short.zh}（{locator['part']}）"
    if "paragraph" in locator:
        en += f"({locator['paragraph']})"
        zh += f"第{_zh(locator['paragraph'])}款"
    if "item" in locator:
        en += f" item {locator['item']}"
        zh += f"第{_zh(locator['item'])}项"
    return Text(en=en, zh=zh)


def _zh(number: str) -> str:
    return chinese_number(int(number)) if number.isdigit() else number
