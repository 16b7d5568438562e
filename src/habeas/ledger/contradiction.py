"""Two checkpoints that can't both be true: the proof that a log's owner lied, for anybody
(`specs/contradiction-v1.md`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from habeas.errors import BadInput, NotVerified
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.keys import VerifierKey, unbase64
from habeas.ledger.tree import Nodes, prefix_proof, root_of_prefix

HEADER = "habeas/contradiction/v1"
HEADER_2 = "habeas/contradiction/v2"
_NONE = "is not a contradiction of Habeas"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """One key signed two logs.

    proof empty: two roots for one size. Else `a` is the smaller: the hashes lead to the root of
    `b` and to a root of its first entries that is not the one signed in `a`.
    """

    key: VerifierKey
    a: Checkpoint
    b: Checkpoint
    proof: tuple[bytes, ...] = ()

    def to_text(self) -> str:
        """A file anybody can check: header, key, the notes' lengths in bytes, hashes, notes."""
        notes = [note.note for note in (self.a, self.b)]
        sizes = " ".join(str(len(note.encode())) for note in notes)
        header = HEADER_2 if self.proof else HEADER
        hashes = [base64.b64encode(each).decode() for each in self.proof]
        between = "\n".join([str(len(hashes)), *hashes, ""]) if self.proof else ""
        return f"{header}\n{self.key.vkey}\n{sizes}\n{between}" + "".join(notes)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read the file and check it again: NotVerified if it proves nothing."""
        try:
            header, vkey, sizes, rest = text.split("\n", 3)
            first, second = (int(size) for size in sizes.split(" "))
            proof, rest = _hashes(rest) if header == HEADER_2 else ((), rest)
        except (ValueError, binascii.Error) as error:
            raise BadInput(_NONE) from error
        body = rest.encode(errors="surrogatepass")
        if header not in (HEADER, HEADER_2) or min(first, second) < 0:
            raise BadInput(_NONE)
        if len(body) != first + second:
            raise BadInput(_NONE)
        key = VerifierKey.parse(vkey)
        found = contradiction(body[:first], body[first:], key=key, proof=proof)
        return cls(key=key, a=found.a, b=found.b, proof=found.proof)


def contradiction(
    note_a: str | bytes, note_b: str | bytes, *, key: VerifierKey, proof: Sequence[bytes] = ()
) -> Contradiction:
    """The proof that `key` signed two logs; NotVerified if the two notes agree or don't verify.

    Checkpoints of different size need `proof`, which somebody makes who has the tiles of the
    larger log (`fork_of`): the notes alone can't show that they contradict each other.
    """
    a, b = open_checkpoint(note_a, key), open_checkpoint(note_b, key)
    if a.size != b.size and not proof:
        raise NotVerified("two checkpoints of different size: ask for a consistency proof")
    if a.size == b.size and proof:
        raise NotVerified("two checkpoints of one size need no proof beside them")
    if a.size > b.size:
        a, b = b, a
    there = root_of_prefix(a.size, b.size, proof, root=b.root) if proof else b.root
    if a.root == there:
        raise NotVerified("the two checkpoints agree: there is no contradiction")
    return Contradiction(key=key, a=a, b=b, proof=tuple(proof))


def fork_of(a: Checkpoint, b: Checkpoint, nodes: Nodes, *, key: VerifierKey) -> Contradiction:
    """The contradiction between two checkpoints, with the tiles of the larger one's log.

    NotVerified if they agree, or if the tiles don't lead to the larger one's root.
    """
    if a.size > b.size:
        a, b = b, a
    if a.size in (0, b.size):
        return contradiction(a.note, b.note, key=key)
    return contradiction(a.note, b.note, key=key, proof=prefix_proof(nodes, a.size, b.size))


def _hashes(rest: str) -> tuple[tuple[bytes, ...], str]:
    count, rest = rest.split("\n", 1)
    if not count.isascii() or not count.isdigit() or not 1 <= int(count) <= 64:
        raise ValueError
    *lines, rest = rest.split("\n", int(count))
    if len(lines) != int(count):
        raise ValueError
    return tuple(unbase64(line) for line in lines), rest
