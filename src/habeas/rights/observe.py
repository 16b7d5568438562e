"""Declared against collected: what a capture shows that the activity or its notice doesn't say.

The detectors are those of `habeas scan`, the provisions those of the book. A finding says what
was seen and where, in counts and kinds, never in values. A capture can show that something was
sent; that nothing else is ever sent it can't show, and the report says so.
Format of the report: specs/observe-v1.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from habeas.boundary.draw import Category
from habeas.boundary.registry import detectors
from habeas.boundary.text import scan_text
from habeas.law.book import LawBook
from habeas.law.schema import load_vocabulary
from habeas.rights.activity import Activity, members_of
from habeas.rights.capture import Capture
from habeas.rights.notice import missing_items
from habeas.rights.recognise import OTHERS, Seen, kinds_of_names, recognise
from habeas.terms import Text

Weight = Literal["breach", "open", "note"]
WEIGHTS: tuple[Weight, ...] = ("breach", "open", "note")
What = Literal[
    "undeclared_field",
    "undeclared_recipient",
    "before_consent",
    "after_refusal",
    "permission_beyond",
    "not_necessary",
    "notice_silent",
    "time_unknown",
]
_DIGITS = re.compile(r"[0-9]{5,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference. subject: a field, host or permission, never a value; count: how often."""

    what: What
    weight: Weight
    subject: str
    kinds: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    count: int = 0
    citations: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "weight": self.weight,
            "subject": self.subject,
            "kinds": list(self.kinds),
            "hosts": list(self.hosts),
            "count": self.count,
            "citations": list(self.citations),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """All differences between one capture and one activity."""

    activity: str
    kind: str
    as_of: date
    book: str
    findings: tuple[Finding, ...]
    requests: int
    unread: int
    fields: int

    def of(self, weight: Weight) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if found.weight == weight)

    def to_json(self) -> dict[str, Any]:
        return {
            "format": "observe/v1",
            "activity": self.activity,
            "capture": self.kind,
            "as_of": self.as_of.isoformat(),
            "book_sha256": self.book,
            "requests": self.requests,
            "requests_unread": self.unread,
            "personal_fields_seen": self.fields,
            "findings": [found.to_json() for found in self.findings],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """When the person agreed, and when they refused; None: not known."""

    consented: datetime | None = None
    refused: datetime | None = None


def observe(
    capture: Capture,
    activity: Activity,
    *,
    book: LawBook,
    as_of: date,
    moments: Moments | None = None,
) -> Observed:
    """Compare a capture with what an activity and its notice declare."""
    rules, when = _rules(), moments or Moments()
    seen = recognise(capture, book=book, as_of=as_of, own=activity.hosts)
    declared = _Declared.of(activity, book, as_of)
    findings = [
        *_undeclared_fields(seen, declared),
        *_undeclared_recipients(seen, activity),
        *_timing(seen, capture, activity, when),
        *_permissions(capture.permissions, declared, rules),
        *_not_necessary(seen, activity, rules),
        *_notice(activity, book, as_of),
    ]
    return Observed(
        activity=activity.id,
        kind=capture.kind,
        as_of=as_of,
        book=book.hash,
        findings=tuple(sorted(findings, key=_order)),
        requests=capture.requests,
        unread=capture.unread,
        fields=len({one.name for one in seen}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    """What an activity answers for: column names, the kinds they are, and kinds of the law."""

    names: frozenset[str]
    kinds: frozenset[str]
    data: frozenset[str]

    @classmethod
    def of(cls, activity: Activity, book: LawBook, as_of: date) -> _Declared:
        columns = [name for name, purposes in activity.columns.items() if purposes]
        kinds = kinds_of_names(columns, book=book, as_of=as_of)
        stated = [members_of(use.facts.get("data")) for use in activity.uses.values()]
        return cls(
            names=frozenset(map(plain_name, columns)),
            kinds=frozenset(kind for found in kinds.values() for kind in found),
            data=frozenset(member for members in stated for member in members),
        )

    def covers(self, one: Seen) -> bool:
        """Whether a field is declared by its name, or as a kind some declared column has."""
        if one.kind == OTHERS:
            return OTHERS in self.kinds
        last = plain_name(one.name.rsplit(".", 1)[-1])
        return plain_name(one.name) in self.names or last in self.names or one.kind in self.kinds


def _order(found: Finding) -> tuple[int, str, str]:
    return WEIGHTS.index(found.weight), found.what, found.subject


def plain_name(name: str) -> str:
    """A field's name without the ways of writing it: idNumber, id_number and ID-Number are one."""
    return re.sub(r"[^0-9a-z\u3400-\u9fff]", "", name.lower())


def _undeclared_fields(seen: Sequence[Seen], declared: _Declared) -> Iterable[Finding]:
    groups: dict[str, list[Seen]] = {}
    for one in seen:
        if not declared.covers(one):
            groups.setdefault(one.name, []).append(one)
    for name, found in groups.items():
        yield _finding("undeclared_field", "breach", shown(name), found)


def _undeclared_recipients(seen: Sequence[Seen], activity: Activity) -> Iterable[Finding]:
    """Hosts that got personal data and belong neither to the controller nor to a recipient."""
    known = (*activity.hosts, *(h for r in activity.recipients.values() for h in r.hosts))
    groups: dict[str, list[Seen]] = {}
    for one in seen:
        if one.host and not belongs(one.host, known):
            groups.setdefault(one.host, []).append(one)
    for host, found in groups.items():
        yield _finding("undeclared_recipient", "breach", shown(host), found)


def _timing(
    seen: Sequence[Seen], capture: Capture, activity: Activity, when: Moments
) -> Iterable[Finding]:
    if capture.kind != "har" or not any(use.rests_on_consent for use in activity.uses.values()):
        return
    timed = [one for one in seen if one.at is not None]
    if when.consented is None and when.refused is None and seen:
        yield _finding("time_unknown", "open", "", seen)
    if when.consented is not None:
        early = [one for one in timed if one.at is not None and one.at < when.consented]
        if early:
            yield _finding("before_consent", "breach", "", early)
    if when.refused is not None:
        late = [one for one in timed if one.at is not None and one.at > when.refused]
        if late:
            yield _finding("after_refusal", "breach", "", late)
    if len(timed) < len(seen) and (when.consented or when.refused):
        untimed = [one for one in seen if one.at is None]
        yield _finding("time_unknown", "open", "", untimed)


def _permissions(
    permissions: Sequence[str], declared: _Declared, rules: Mapping[str, Any]
) -> Iterable[Finding]:
    for name in permissions:
        opens = rules["permissions"].get(name)
        if opens and not set(opens) & declared.data:
            yield Finding(
                what="permission_beyond",
                weight="breach",
                subject=name,
                kinds=tuple(opens),
                count=1,
                citations=_cited("permission_beyond"),
            )


def _not_necessary(
    seen: Sequence[Seen], activity: Activity, rules: Mapping[str, Any]
) -> Iterable[Finding]:
    """What may be asked for, but not made a condition of the service (only apps have a list)."""
    if not activity.circumstances.get("app"):
        return
    service = rules["sectors"].get(str(activity.party_facts.get("sector")))
    if service is None:
        return
    listed = rules["services"][service]
    groups: dict[str, list[Seen]] = {}
    for one in seen:
        if one.kind not in listed["kinds"]:
            groups.setdefault(one.kind, []).append(one)
    for kind, found in groups.items():
        made = _finding("not_necessary", "note", kind, found)
        yield Finding(
            what=made.what,
            weight=made.weight,
            subject=kind,
            kinds=made.kinds,
            hosts=made.hosts,
            count=made.count,
            citations=(*made.citations, listed["provision"]),
        )


def _notice(activity: Activity, book: LawBook, as_of: date) -> Iterable[Finding]:
    for item in missing_items(activity, book, as_of):
        yield Finding(
            what="notice_silent",
            weight="breach" if item.state == "missing" else "open",
            subject=item.item,
            count=1,
            citations=tuple(map(str, item.citations)) or _cited("notice_silent"),
        )


def _finding(what: What, weight: Weight, subject: str, found: Sequence[Seen]) -> Finding:
    kinds = Counter(one.kind for one in found)
    return Finding(
        what=what,
        weight=weight,
        subject=subject,
        kinds=tuple(kind for kind, _ in kinds.most_common()),
        hosts=tuple(sorted({shown(one.host) for one in found if one.host})),
        count=len(found),
        citations=_cited(what),
    )


def belongs(host: str, domains: Iterable[str]) -> bool:
    """Whether a host is one of the domains or below one of them."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def shown(name: str) -> str:
    """A name as a report may print it: a personal value or a long number in it is masked."""
    for span in reversed(scan_text(name)):
        if span.category in (Category.SENSITIVE, Category.PERSONAL):
            name = f"{name[: span.start]}▒{name[span.end :]}"
    return _DIGITS.sub("▒", name)[:80]


def label_of(kind: str) -> Text:
    """The name of a kind: a detector's, or a member of the vocabulary's data."""
    for detector in detectors():
        if detector.id == kind:
            return detector.label
    return load_vocabulary().facts["use.data"].members.get(kind, Text(en=kind, zh=kind))


def _cited(what: str) -> tuple[str, ...]:
    return tuple(_rules()["findings"][what])


@cache
def _rules() -> dict[str, Any]:
    text = files("habeas.laws").joinpath("cn/observe.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found
