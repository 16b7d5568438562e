"""An activity: what a controller declares it does with which data (specs/activity-v1.md)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from habeas.errors import BadInput
from habeas.law.matter import matter_from
from habeas.law.schema import load_vocabulary
from habeas.rights.reading import Reader, nearest, read_yaml
from habeas.terms import Text

FORMAT = "activity/v1"
_HOST = re.compile(r"^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$")
_ID = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")
_KEYS = (
    *("format", "id", "title", "controller", "law", "subject_column", "columns", "purposes"),
    *("matter", "recipients", "uses", "circumstances", "notice"),
)
_USE_KEYS = (
    *("purpose", "recipient", "columns", "entrusted", "identified", "decided_on", "joins"),
    *(
        "sums",
        "adversary",
        "rows",
        "mark_numbers",
        "canaries",
        "contact_domain",
        "necessity",
        "facts",
    ),
)
CIRCUMSTANCES = ("app", "merger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets data, under the name by which releases and notices call it.

    hosts: the internet domains at which it receives.
    """

    id: str
    name: Text
    contact: str | None
    facts: Mapping[str, Any]
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Data × purpose × recipient: what one decision and one release are about."""

    id: str
    purpose: str
    recipient: str | None
    columns: tuple[str, ...]
    entrusted: bool
    identified: bool
    decided_on: tuple[str, ...]
    joins: tuple[str, ...]
    sums: tuple[str, ...]
    mark_numbers: tuple[str, ...]
    adversary: tuple[str, ...] | None
    rows: Mapping[str, tuple[str, ...]]
    canaries: int
    contact_domain: str | None
    # Sensitive column -> why the purpose can't do without it.
    necessity: Mapping[str, Text]
    facts: Mapping[str, Any]

    @property
    def rests_on_consent(self) -> bool:
        return "consent" in members_of(self.facts.get("basis_claimed"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One declared processing activity."""

    id: str
    title: Text
    controller: Text
    contact: str | None
    law: tuple[str, ...]
    subject_column: str
    columns: Mapping[str, tuple[str, ...]]
    purposes: Mapping[str, Text]
    matter_facts: Mapping[str, Any]
    party_facts: Mapping[str, Any]
    recipients: Mapping[str, Recipient]
    uses: Mapping[str, Use]
    circumstances: Mapping[str, bool]
    notice: Mapping[str, Text]
    # The controller's own internet domains.
    hosts: tuple[str, ...]
    # The declaration as written; its digest identifies a version.
    document: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 of the declaration in canonical JSON."""
        return hashlib.sha256(canonical(self.document)).hexdigest()

    def claimed(self) -> dict[str, list[str]]:
        """The columns this activity answers for: column -> [activity id]."""
        return {column: [self.id] for column in self.columns}

    def scope_of(self, use: str) -> str:
        """Digest of what a consent to a use covers: purpose, method, kinds, recipient.

        When it changes, consent has to be asked for again (cn.pipl.art14.p2); a new title or
        contact does not change it.
        """
        if use not in self.uses:
            return ""
        about = self.uses[use]
        parts = {
            "purpose": about.purpose,
            "recipient": about.recipient,
            "columns": sorted(about.columns),
            "kinds": sorted(members_of(about.facts.get("data"))),
            "methods": sorted(members_of(about.facts.get("operations"))),
            "identified": about.identified,
        }
        return hashlib.sha256(canonical(parts)).hexdigest()

    def use_for(self, *, recipient: str, purpose: str) -> Use:
        """The one use by which this recipient gets data for this purpose."""
        if recipient not in self.recipients:
            raise BadInput(
                f"activity {self.id} declares no recipient {recipient!r}",
                remedy=nearest(recipient, self.recipients),
            )
        for use in self.uses.values():
            if use.recipient == recipient and use.purpose == purpose:
                return use
        declared = sorted({u.purpose for u in self.uses.values() if u.recipient == recipient})
        raise BadInput(
            f"activity {self.id} declares no use of {recipient} for {purpose!r}",
            remedy=nearest(purpose, declared) if declared else "declare it under uses",
        )

    def matter(
        self,
        *,
        acted_on: date | None = None,
        use: str | None = None,
        on_record: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """The declaration as a matter/v1 mapping, one use or all of them.

        acted_on:  the day of the act; None leaves it unknown.
        on_record: use id -> facts that the home's own records say; they replace what is declared.
        """
        chosen = [self.uses[use]] if use else list(self.uses.values())
        others = {u.recipient: self.recipients[u.recipient] for u in chosen if u.recipient}
        day = {} if acted_on is None else {"acted_on": acted_on.isoformat()}
        return {
            "format": "matter/v1",
            "id": self.id,
            "law": list(self.law),
            "matter": {**self.matter_facts, **day},
            "parties": {
                "p1": dict(self.party_facts),
                **{name: dict(recipient.facts) for name, recipient in others.items()},
            },
            "uses": {u.id: _facts_of(u, (on_record or {}).get(u.id, {})) for u in chosen},
        }


def _facts_of(use: Use, on_record: Mapping[str, Any]) -> dict[str, Any]:
    return {"party": "p1", "purposes": [use.purpose], **use.facts, **on_record}


def members_of(value: Any) -> tuple[str, ...]:
    """The members of a set of the vocabulary that are stated true.

    >>> members_of(["consent"]), members_of({"consent": True, "contract": False}), members_of(None)
    (('consent',), ('consent',), ())
    """
    value = plain_value(value)
    if isinstance(value, Mapping):
        return tuple(name for name, stated in value.items() if plain_value(stated) is True)
    return tuple(value) if isinstance(value, list | tuple) else ()


def plain_value(fact: Any) -> Any:
    """The value of a fact, without who says so: {value: true, by: …} -> true."""
    return fact["value"] if isinstance(fact, Mapping) and "value" in fact else fact


def canonical(document: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8; one document has one digest."""
    return json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def load_activity(path: str | Path) -> Activity:
    """An activity from a file; BadInput names the place and the nearest right word."""
    file = Path(path)
    return activity_from(read_yaml(file), file=file)


def activity_from(document: Mapping[str, Any], *, file: Path | None = None) -> Activity:
    """An activity from what a file held; every fact is checked against the vocabulary."""
    top = Reader(document, place="", file=file)
    top.known(_KEYS)
    if document.get("format") != FORMAT:
        raise top.wrong("format", f"{FORMAT!r} is expected here")
    controller = top.inner("controller", needed=True)
    controller.known(("name", "contact", "facts", "hosts"))
    purposes = _purposes(top)
    columns = _columns(top, purposes)
    recipients = _recipients(top)
    activity = Activity(
        id=_identifier(top),
        title=top.text("title"),
        controller=controller.text("name"),
        contact=controller.maybe_string("contact"),
        law=top.strings("law") or ("cn",),
        subject_column=top.one_of("subject_column", tuple(columns)),
        columns=columns,
        purposes=purposes,
        matter_facts=_matter_facts(top),
        party_facts={"role": "controller", **controller.inner("facts").value},
        recipients=recipients,
        uses={
            name: _use(name, reader, columns=columns, purposes=purposes, recipients=recipients)
            for name, reader in top.members("uses", needed=True).items()
        },
        circumstances=_circumstances(top),
        notice={name: top.inner("notice").text(name) for name in top.inner("notice").value},
        hosts=_hosts(controller),
        document=document,
    )
    matter_from(activity.matter(), file=file)
    return activity


def _identifier(top: Reader) -> str:
    name = top.string("id")
    if not _ID.match(name):
        raise top.wrong("id", "an id is lower-case letters, digits and '-', at most 64")
    return name


def _matter_facts(top: Reader) -> Mapping[str, Any]:
    facts = top.inner("matter")
    if "acted_on" in facts.value:
        raise facts.wrong(
            "acted_on", "the day of the act is the day a decision is asked for", remedy="leave it"
        )
    return facts.value


def _purposes(top: Reader) -> dict[str, Text]:
    members = load_vocabulary().facts["use.purposes"].members
    inner = top.inner("purposes", needed=True)
    inner.known(members)
    return {
        name: members[name] if value is None else inner.text(name)
        for name, value in inner.value.items()
    }


def _columns(top: Reader, purposes: Mapping[str, Text]) -> dict[str, tuple[str, ...]]:
    inner = top.inner("columns", needed=True)
    columns = {name: inner.strings(name, needed=True) for name in inner.value}
    for name, used_for in columns.items():
        for purpose in used_for:
            if purpose not in purposes:
                raise inner.wrong(
                    name, f"{purpose!r} is not under purposes", remedy=nearest(purpose, purposes)
                )
    return columns


def _recipients(top: Reader) -> dict[str, Recipient]:
    recipients = {}
    for name, reader in top.members("recipients").items():
        reader.known(("name", "contact", "facts", "hosts"))
        if not _ID.match(name) or name == "p1":
            raise reader.wrong("", "an id is lower-case letters, digits and '-', and not p1")
        recipients[name] = Recipient(
            id=name,
            name=reader.text("name"),
            contact=reader.maybe_string("contact"),
            facts={"role": "recipient", **reader.inner("facts").value},
            hosts=_hosts(reader),
        )
    return recipients


def _hosts(reader: Reader) -> tuple[str, ...]:
    hosts = tuple(host.lower() for host in reader.strings("hosts"))
    for host in hosts:
        if not _HOST.match(host):
            raise reader.wrong("hosts", "a host is a domain such as loans.example, without path")
    return hosts


def _circumstances(top: Reader) -> dict[str, bool]:
    inner = top.inner("circumstances")
    inner.known(CIRCUMSTANCES)
    stated = [name for name, value in inner.value.items() if value is not None]
    return {name: inner.boolean(name, default=False) for name in stated}


def _use(
    name: str,
    reader: Reader,
    *,
    columns: Mapping[str, tuple[str, ...]],
    purposes: Mapping[str, Text],
    recipients: Mapping[str, Recipient],
) -> Use:
    reader.known(_USE_KEYS)
    recipient = reader.value.get("recipient")
    entrusted = reader.boolean("entrusted", default=False)
    use = Use(
        id=name,
        purpose=reader.one_of("purpose", tuple(purposes)),
        recipient=None if recipient is None else reader.one_of("recipient", tuple(recipients)),
        columns=reader.strings("columns", needed=True),
        entrusted=entrusted,
        identified=reader.boolean("identified", default=entrusted),
        decided_on=reader.strings("decided_on"),
        joins=reader.strings("joins"),
        sums=reader.strings("sums"),
        mark_numbers=reader.strings("mark_numbers"),
        adversary=None if reader.value.get("adversary") is None else reader.strings("adversary"),
        rows={key: reader.inner("rows").strings(key) for key in reader.inner("rows").value},
        canaries=reader.count("canaries", default=0),
        contact_domain=reader.maybe_string("contact_domain"),
        necessity={c: reader.inner("necessity").text(c) for c in reader.inner("necessity").value},
        facts=reader.inner("facts").value,
    )
    _check_columns(use, reader, columns)
    return use


def _check_columns(use: Use, reader: Reader, columns: Mapping[str, tuple[str, ...]]) -> None:
    """Every column of a use is declared, and declared for the use's purpose."""
    for key in ("columns", "decided_on", "joins", "sums", "mark_numbers", "adversary"):
        for column in getattr(use, key) or ():
            if column not in columns:
                raise reader.wrong(
                    key, f"{column!r} is not under columns", remedy=nearest(column, columns)
                )
    for key in ("rows", "necessity"):
        for column in getattr(use, key):
            if column not in columns:
                raise reader.wrong(key, f"{column!r} is not under columns")
    for column in use.columns:
        if use.purpose not in columns[column]:
            raise reader.wrong(
                "columns",
                f"column {column!r} is not declared for {use.purpose}",
                remedy=f"add {use.purpose} to columns.{column}, or leave the column out of the use",
            )
