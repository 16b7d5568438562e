"""A log's later keys: each one cross-signed, so that who trusts the first can follow to the newest.

The first key names the log and goes on signing; from a change on, every checkpoint carries a line
of the newest key as well. Whoever holds the first key alone then convinces nobody who knows of the
change. A change is a signed note (specs/log-keys-v1.md):

    habeas/log-key-change/v1
    <origin>
    <vkey of the key that signed before>
    <vkey of the key that signs from here>
    <size of the log at the change, decimal>
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from habeas.errors import BadInput, NotVerified
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.keys import SigningKey, VerifierKey
from habeas.ledger.note import parse_note, sign_note, signers

HEAD = "habeas/log-key-change/v1"
FORMAT = "habeas/log-keys/v1"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """One change. size: checkpoints of a larger log need a line of the new key too."""

    origin: str
    old: VerifierKey
    new: VerifierKey
    size: int
    note: str

    @classmethod
    def sign(cls, *, old: SigningKey, new: SigningKey, size: int) -> Self:
        """State that `new` signs beside the first key from a log of this size on."""
        lines = (HEAD, old.name, old.vkey, new.vkey, str(size))
        note = sign_note("\n".join(lines) + "\n", [old, new])
        return cls.parse(str(note))

    @classmethod
    def parse(cls, note: str) -> Self:
        """Read and check a change: both keys must have signed it. BadInput, NotVerified."""
        read = parse_note(note)
        lines = read.text[:-1].split("\n")
        if len(lines) != 5 or lines[0] != HEAD or not _SIZE.fullmatch(lines[4]):
            raise BadInput("is not a change of a log's key")
        old, new = VerifierKey.parse(lines[2]), VerifierKey.parse(lines[3])
        if not old.name == new.name == lines[1] or old.vkey == new.vkey:
            raise BadInput("the change is not of one log's key for another of the same log")
        if len(signers(read, [old, new])) != 2:
            raise NotVerified("the change of key was not signed by the old key and the new one")
        return cls(origin=lines[1], old=old, new=new, size=int(lines[4]), note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChain:
    """The first key of a log and the changes since, each signed by the key before it."""

    first: VerifierKey
    changes: tuple[KeyChange, ...]

    def __post_init__(self) -> None:
        key, size = self.first, 0
        for change in self.changes:
            if change.old != key or change.size < size:
                raise NotVerified("a change of key doesn't follow from the one before it")
            key, size = change.new, change.size

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        return (self.first, *(change.new for change in self.changes))

    def required(self, size: int) -> VerifierKey | None:
        """The key that must have signed a log of this size beside the first; None: no other."""
        newer = [change.new for change in self.changes if change.size < size]
        return newer[-1] if newer else None

    def check(self, head: Checkpoint) -> None:
        """NotVerified unless the key in force at this size signed the checkpoint."""
        key = self.required(head.size)
        if key is not None and not signers(parse_note(head.note), [key]):
            raise NotVerified(
                "the checkpoint carries no line of the log's newest key: its first key was "
                "replaced, and alone it proves nothing any more"
            )

    def to_bytes(self) -> bytes:
        about = {"format": FORMAT, "first": self.first.vkey}
        return json.dumps({**about, "changes": [c.note for c in self.changes]}).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes, *, file: str | None = None) -> Self:
        """Read and check what `to_bytes` wrote; BadInput, NotVerified."""
        try:
            about: Any = json.loads(data)
            notes: Sequence[Any] = about["changes"]
            if about["format"] != FORMAT or not all(isinstance(note, str) for note in notes):
                raise BadInput("is not a chain of a log's keys", file=file)
            first = VerifierKey.parse(about["first"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput("is not a chain of a log's keys", file=file) from error
        return cls(first=first, changes=tuple(KeyChange.parse(note) for note in notes))
