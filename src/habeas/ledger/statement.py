"""Statements of account (`specs/account-v1.md`): how many entries the log holds about a person at
a checkpoint, and which is the last, signed with the log's key.

Two of them about one person that disagree prove that the controller lied, to anybody. The file
holds the person's id: it is theirs, as a bundle is.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Self

from habeas.errors import BadInput, NotVerified
from habeas.ledger.cbor import decode, encode
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.files import declare_step, write_file
from habeas.ledger.keys import SigningKey, VerifierKey, unbase64
from habeas.ledger.note import parse_note, sign_note, signers
from habeas.terms import Text

ACCOUNT_FILE = declare_step(
    "account.file",
    lands="a statement of account, at the place the user named",
    crash="no statement, or a whole one; the log is not touched",
)
FORMAT = "habeas/account/v1"
SIZE_LIMIT = 2 * 1024 * 1024
_TAG = b"habeas/account/v1\x00"
_TEXT = re.compile(
    r"habeas/account/v1\n"
    r"person (?P<person>\S+)\n"
    r"count (?P<count>0|[1-9][0-9]{0,15})\n"
    r"first (?P<first>-|\S+)\n"
    r"head (?P<head>-|\S+)\n"
    r"checkpoint (?P<size>0|[1-9][0-9]{0,18}) (?P<root>\S+)\n"
    r"time (?P<time>0|[1-9][0-9]{0,10})\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A statement as it was read; nothing is believed before `verify`.

    first, head: commitments of the person's entries 1 and `count`; None where count is 0. size,
    root: of the log when it was made. salt and subject open `person`; never printed.
    """

    vkey: str
    note: str
    checkpoint: str
    salt: bytes = field(repr=False)
    subject: str = field(repr=False)
    person: bytes
    count: int
    first: bytes | None
    head: bytes | None
    size: int
    root: bytes
    time: datetime

    def to_bytes(self) -> bytes:
        return encode(
            {
                "format": FORMAT,
                "vkey": self.vkey,
                "note": self.note,
                "checkpoint": self.checkpoint,
                "salt": self.salt,
                "id": self.subject,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes, *, file: str | None = None) -> Self:
        """Read a statement; BadInput unless it is one, in its one encoding."""
        wrong = BadInput(f"is not a statement of account ({FORMAT})", file=file)
        if len(data) > SIZE_LIMIT:
            raise wrong
        value = decode(data, file=file)
        kinds = {"format": str, "vkey": str, "note": str, "checkpoint": str, "salt": bytes}
        kinds["id"] = str
        if not isinstance(value, dict) or {k: type(v) for k, v in value.items()} != kinds:
            raise wrong
        if value["format"] != FORMAT or len(value["salt"]) != 32:
            raise wrong
        try:
            return cls._parsed(
                vkey=value["vkey"],
                note=value["note"],
                checkpoint=value["checkpoint"],
                salt=value["salt"],
                subject=value["id"],
            )
        except (BadInput, ValueError, binascii.Error, OverflowError) as error:
            raise wrong from error

    @classmethod
    def _parsed(cls, *, vkey: str, note: str, checkpoint: str, salt: bytes, subject: str) -> Self:
        said = _TEXT.fullmatch(parse_note(note).text)
        if said is None:
            raise BadInput("the statement's text doesn't have its form")
        count, first, head = int(said["count"]), _optional(said["first"]), _optional(said["head"])
        if (count == 0) != (first is None) or (count == 0) != (head is None):
            raise BadInput("a statement of nothing names no entries, and the reverse")
        return cls(
            vkey=vkey,
            note=note,
            checkpoint=checkpoint,
            salt=salt,
            subject=subject,
            person=_digest(said["person"]),
            count=count,
            first=first,
            head=head,
            size=int(said["size"]),
            root=_digest(said["root"]),
            time=datetime.fromtimestamp(int(said["time"]), UTC),
        )

    def verify(self, key: VerifierKey) -> None:
        """Return quietly if `key` signed this statement, about this id, at this checkpoint."""
        if self.vkey != key.vkey or not signers(parse_note(self.note), [key]):
            raise NotVerified(f"the statement carries no signature of {key.name}")
        head = open_checkpoint(self.checkpoint, key)
        if (head.size, head.root) != (self.size, self.root):
            raise NotVerified("the statement speaks of another checkpoint than it carries")
        if _person(self.salt, self.subject) != self.person:
            raise NotVerified("the statement was signed about another person")


def state_account(
    *,
    subject: str,
    count: int,
    first: bytes | None,
    head: bytes | None,
    checkpoint: Checkpoint,
    key: SigningKey,
    now: datetime,
) -> Account:
    """A statement of account. subject: the person's id, as they know it; first, head: commitments
    of their entries number 1 and `count`. key: the log's own.
    """
    salt = secrets.token_bytes(32)
    text = (
        f"{FORMAT}\nperson {_base64(_person(salt, subject))}\ncount {count}\n"
        f"first {'-' if first is None else _base64(first)}\n"
        f"head {'-' if head is None else _base64(head)}\n"
        f"checkpoint {checkpoint.size} {_base64(checkpoint.root)}\ntime {int(now.timestamp())}\n"
    )
    made = Account._parsed(  # noqa: SLF001 - our own class
        vkey=key.vkey,
        note=str(sign_note(text, [key])),
        checkpoint=checkpoint.note,
        salt=salt,
        subject=subject,
    )
    made.verify(key.verifier)
    return made


def write_account(path: Path, account: Account) -> None:
    """Write a statement, readable by its owner alone."""
    write_file(path, account.to_bytes(), mode=0o600, step=ACCOUNT_FILE)


def read_account(path: Path) -> Account:
    """The statement in a file, unverified."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=path) from error
    return Account.from_bytes(data, file=str(path))


def disagreement(a: Account, b: Account, *, key: VerifierKey) -> Text | None:
    """How two statements about one person contradict each other; None if both can be true.

    NotVerified if `key` did not sign both; BadInput if they are not about one id.
    """
    a.verify(key)
    b.verify(key)
    if a.subject != b.subject:
        raise BadInput("the two statements are about two persons")
    if a.size > b.size:
        a, b = b, a
    if a.size == b.size and a.root != b.root:
        return _two_logs(a.size)
    if a.count > b.count:
        return _fewer(a, b)
    if a.count and a.first != b.first:
        return _OTHER_ENTRIES
    if a.count == b.count and a.head != b.head:
        return _OTHER_ENTRIES
    if a.size == b.size and a.count != b.count:
        return _fewer(b, a)
    return None


def _two_logs(size: int) -> Text:
    return Text(
        en=f"They stand on two logs of {size} entries: the controller signed both.",
        zh=f"两份声明基于两个不同的日志（均为 {size} 条）：个人信息处理者都签了名。",
    )


def _fewer(a: Account, b: Account) -> Text:
    return Text(
        en=f"The controller signed {a.count} entries when the log had {a.size}, and {b.count} "
        f"when it had {b.size}. Entries of a log don't go away.",
        zh=f"日志有 {a.size} 条时个人信息处理者签名称 {a.count} 条，有 {b.size} 条时称 "
        f"{b.count} 条。日志中的条目不会消失。",
    )


_OTHER_ENTRIES = Text(
    en="They name different entries under one number: two accounts of one person.",
    zh="两份声明在同一序号下所指条目不同：对同一个人有两本账。",
)


def _person(salt: bytes, subject: str) -> bytes:
    return sha256(_TAG + salt + subject.encode(errors="surrogatepass")).digest()


def _digest(text: str) -> bytes:
    found = unbase64(text)
    if len(found) != 32:
        raise BadInput("a digest has 32 bytes")
    return found


def _optional(text: str) -> bytes | None:
    return None if text == "-" else _digest(text)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
