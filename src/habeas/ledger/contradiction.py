"""Two checkpoints that can't both be true: the proof that a log's owner lied, for anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from habeas.errors import BadInput, NotVerified
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.keys import VerifierKey

HEADER = "habeas/contradiction/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """One key signed two roots for one size: it showed two logs."""

    key: VerifierKey
    a: Checkpoint
    b: Checkpoint

    def to_text(self) -> str:
        """A file anybody can check: header, key, and both notes behind their lengths in bytes."""
        notes = [note.note for note in (self.a, self.b)]
        sizes = " ".join(str(len(note.encode())) for note in notes)
        return f"{HEADER}\n{self.key.vkey}\n{sizes}\n" + "".join(notes)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read the file and check it again: NotVerified if it proves nothing."""
        try:
            header, vkey, sizes, rest = text.split("\n", 3)
            first, second = (int(size) for size in sizes.split(" "))
        except ValueError as error:
            raise BadInput("is not a contradiction of Habeas") from error
        body = rest.encode()
        if header != HEADER or len(body) != first + second:
            raise BadInput("is not a contradiction of Habeas")
        key = VerifierKey.parse(vkey)
        found = contradiction(body[:first], body[first:], key=key)
        return cls(key=key, a=found.a, b=found.b)


def contradiction(note_a: str | bytes, note_b: str | bytes, *, key: VerifierKey) -> Contradiction:
    """The proof that `key` signed two logs; NotVerified if the two notes agree or don't verify.

    Two checkpoints of different size contradict each other only if no consistency proof leads
    from one to the other, which the notes alone can't show.
    """
    a, b = open_checkpoint(note_a, key), open_checkpoint(note_b, key)
    if a.size != b.size:
        raise NotVerified("two checkpoints of different size: ask for a consistency proof")
    if a.root == b.root:
        raise NotVerified("the two checkpoints agree: there is no contradiction")
    return Contradiction(key=key, a=a, b=b)
