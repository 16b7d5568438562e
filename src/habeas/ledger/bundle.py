"""Bundles: one file with which a person proves what a log holds about them, to anybody, offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from habeas.errors import BadInput, NotVerified
from habeas.ledger.answer import Answer, Outcome
from habeas.ledger.answers import Examination
from habeas.ledger.bundle_file import About, Bundle, Item, statement_text
from habeas.ledger.cbor import encode
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.commitment import Leaf
from habeas.ledger.files import declare_step, write_file
from habeas.ledger.keys import SigningKey, VerifierKey
from habeas.ledger.note import sign_note
from habeas.ledger.policy import Policy
from habeas.ledger.statement import Account
from habeas.ledger.timestamp import Roots
from habeas.terms import Text

BUNDLE_FILE = declare_step(
    "bundle.file",
    lands="a bundle, at the place the user named",
    crash="no bundle, or a whole one; the log is not touched",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleEntry:
    """One entry to put into a bundle: the leaf and what opens it, and its path to the root.

    proof: leaf first, to the root of the checkpoint that the bundle carries.
    """

    record_id: bytes
    kind: str
    payload: Mapping[str, Any]
    salt: bytes
    leaf: bytes
    index: int
    proof: Sequence[bytes]

    def __post_init__(self) -> None:
        leaf = Leaf.parse(self.leaf)
        if (leaf.record_id, leaf.kind) != (self.record_id, self.kind):
            raise BadInput("the record id or type is not that of the entry", place="entry")


def make_bundle(
    *,
    entries: Sequence[BundleEntry],
    checkpoint: Checkpoint,
    vkey: str,
    book_hash: str | None,
    created: datetime,
    subject_count: int | None = None,
    policy: str | None = None,
    key: SigningKey | None = None,
    timestamps: Sequence[bytes] = (),
) -> bytes:
    """The bytes of a bundle; NotVerified rather than one that would not verify.

    subject_count: how many entries the log holds about this person; policy: a C2SP tlog-policy.
    key: the log's own key. With it the controller signs `created`, `book_hash`, `policy` and
        `subject_count`; without it they are the maker's words, and `verify` says so.
    timestamps: RFC 3161 responses over the text of the checkpoint; with any, the bundle is of
        version 2.
    """
    if created.tzinfo is None:
        raise ValueError("a time needs its zone")
    stamp = f"{created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    about = About(created=stamp, book=book_hash, policy=policy, count=subject_count)
    items = tuple(_item(entry) for entry in sorted(entries, key=lambda entry: entry.index))
    statement = None
    if key is not None:
        leaves = [item.leaf for item in items]
        text = statement_text(about, leaves, size=checkpoint.size, root=checkpoint.root)
        statement = str(sign_note(text, [key]))
    bundle = Bundle(
        vkey=vkey,
        checkpoint=checkpoint.note,
        items=items,
        about=about,
        statement=statement,
        timestamps=tuple(timestamps),
    )
    data = bundle.to_bytes()
    found = verify_bundle(data, trusted=[vkey])
    if found.wrong is not None:
        raise NotVerified(f"such a bundle would not verify: {found.wrong.en}")
    return data


def write_bundle(
    path: str | Path,
    *,
    entries: Sequence[BundleEntry],
    checkpoint: Checkpoint,
    vkey: str,
    book_hash: str | None,
    created: datetime,
    subject_count: int | None = None,
    policy: str | None = None,
    key: SigningKey | None = None,
    timestamps: Sequence[bytes] = (),
) -> int:
    """Write a bundle (see `make_bundle`); returns its size in bytes."""
    data = make_bundle(
        entries=entries,
        checkpoint=checkpoint,
        vkey=vkey,
        book_hash=book_hash,
        created=created,
        subject_count=subject_count,
        policy=policy,
        key=key,
        timestamps=timestamps,
    )
    write_file(path, data, step=BUNDLE_FILE)
    return len(data)


def read_bundle(source: str | Path | bytes) -> Bundle:
    """A bundle, unverified. BadInput if it is not one."""
    if isinstance(source, bytes):
        return Bundle.from_bytes(source)
    try:
        data = Path(source).read_bytes()
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=source) from error
    return Bundle.from_bytes(data, file=str(source))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a bundle is worth: five answers in their order.

    outcome: 'not_verified' if an answer is no; 'undetermined' if no trusted key was given, so
        that everything rests on a key anybody can make; else 'verified'.
    wrong: the first thing wrong. signed: whether the controller stands behind `bundle.about`.
    """

    bundle: Bundle
    answers: tuple[Answer, ...]
    outcome: Outcome
    wrong: Text | None
    signed: bool

    def to_json(self) -> dict[str, Any]:
        """For `habeas verify --json`; holds no content of any entry."""
        wrong = None if self.wrong is None else {"en": self.wrong.en, "zh": self.wrong.zh}
        return {
            "format": "habeas/verification/v1",
            "outcome": self.outcome,
            "wrong": wrong,
            "vkey": self.bundle.vkey,
            "entries": [item.index for item in self.bundle.items],
            "about": {**self.bundle.about.as_map(), "signed": self.signed},
            "answers": [answer.to_json() for answer in self.answers],
        }


def verify_bundle(
    source: str | Path | bytes,
    *,
    trusted: Sequence[str] = (),
    witnesses: Sequence[str] = (),
    policy: Policy | None = None,
    roots: Roots | None = None,
    accounts: Sequence[Account] = (),
) -> Verification:
    """Examine a bundle with nothing but itself and the keys you trust: no home, no network.

    trusted: vkeys of the controller's log, got elsewhere than from the bundle. witnesses: vkeys
    of witnesses you hold for independent. policy: your own, its witnesses are named by it and its
    quorum asked for. roots: time-stamp authorities you believe. accounts: statements of account
    about the same person. BadInput if the file is no bundle.
    """
    bundle = read_bundle(source)
    logs = () if policy is None else [each.key for each in policy.logs]
    named = () if policy is None else policy.keys
    examination = Examination(
        bundle=bundle,
        trusted=[*(VerifierKey.parse(each) for each in trusted), *logs],
        witnesses=[*(VerifierKey.parse(each) for each in witnesses), *named],
        policy=policy,
        roots=roots,
        accounts=accounts,
    )
    answers = examination.answers()
    wrong = next((answer.says for answer in answers if answer.ok is False), None)
    outcome: Outcome = "verified" if answers[0].ok else "undetermined"
    return Verification(
        bundle=bundle,
        answers=answers,
        outcome="not_verified" if wrong else outcome,
        wrong=wrong,
        signed=bundle.statement is not None and answers[0].ok is not False,
    )


def _item(entry: BundleEntry) -> Item:
    return Item(
        index=entry.index,
        leaf=entry.leaf,
        salt=entry.salt,
        payload=encode(entry.payload),
        path=tuple(entry.proof),
    )
