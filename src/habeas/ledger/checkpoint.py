"""Checkpoints: the signed size and root of a log (C2SP tlog-checkpoint)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from habeas.errors import BadInput, NotVerified
from habeas.ledger.keys import SigningKey, VerifierKey, unbase64
from habeas.ledger.note import UnverifiedNote, parse_note, sign_note, signers
from habeas.ledger.tree import HASH_SIZE

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log states of itself, with the note it stands in.

    `note` holds the signatures; `Checkpoint.parse` doesn't check them, `open_checkpoint` does.
    """

    origin: str
    size: int
    root: bytes
    note: str

    @classmethod
    def parse(cls, note: str | bytes) -> Self:
        """Read a checkpoint without checking who signed it."""
        return cls._from(parse_note(note))

    @classmethod
    def _from(cls, note: UnverifiedNote) -> Self:
        origin, size, root, *_ = [*note.text.split("\n"), "", ""]
        try:
            digest = unbase64(root)
        except (ValueError, binascii.Error):
            digest = b""
        if not origin or not _SIZE.fullmatch(size) or len(digest) != HASH_SIZE:
            raise BadInput("the note is not a checkpoint: origin, size, root")
        return cls(origin=origin, size=int(size), root=digest, note=str(note))

    @classmethod
    def sign(cls, *, origin: str, size: int, root: bytes, keys: Sequence[SigningKey]) -> Self:
        """State size and root; one signature line for each key."""
        text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        return cls._from(sign_note(text, keys))


def open_checkpoint(note: str | bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint, if `key` signed it and it speaks for the log of that name."""
    found = Checkpoint.parse(note)
    if not signers(parse_note(note), [key]):
        raise NotVerified(f"the checkpoint carries no signature of {key.name}")
    if found.origin != key.name:
        raise NotVerified("the checkpoint speaks for another log than its key")
    return found
