"""Receipts: the proof that an entry is in a log, to be kept by whoever the entry concerns."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from habeas.errors import BadInput
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.keys import VerifierKey, unbase64
from habeas.ledger.tree import HASH_SIZE, leaf_hash, verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionProof:
    """The path from entry `index` to the root of the first `size` entries, leaf first."""

    index: int
    size: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """An inclusion proof with the checkpoint it leads to, signatures and all."""

    index: int
    size: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def verify(self, leaf: bytes, key: VerifierKey) -> Checkpoint:
        """The checkpoint, if `key` signed it and the entry `leaf` is under it."""
        found = open_checkpoint(self.checkpoint, key)
        verify_inclusion(
            leaf_hash(leaf), index=self.index, size=found.size, proof=self.proof, root=found.root
        )
        return found

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON; hashes in base64."""
        proof = [base64.b64encode(each).decode() for each in self.proof]
        return {
            "index": self.index,
            "size": self.size,
            "proof": proof,
            "checkpoint": self.checkpoint,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; BadInput for anything else."""
        try:
            index, note = value["index"], value["checkpoint"]
            if type(index) is not int or index < 0 or not isinstance(note, str):
                raise BadInput("the receipt is damaged", place="index, checkpoint")
            return cls._checked(index, [unbase64(each) for each in value["proof"]], note)
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise BadInput("the receipt is damaged") from error

    def to_tlog_proof(self, *, extra: bytes | None = None) -> str:
        """The receipt as a C2SP tlog-proof; `extra` is not authenticated by anything."""
        lines = [HEADER]
        if extra is not None:
            lines.append(f"extra {base64.b64encode(extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(each).decode() for each in self.proof]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def from_tlog_proof(cls, text: str) -> tuple[Self, bytes | None]:
        """The receipt in a tlog-proof, and its unauthenticated extra data."""
        head, gap, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        extra = lines.pop(0)[6:] if lines and lines[0].startswith("extra ") else None
        index = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines[0]) if lines else None
        if first != HEADER or not gap or not index:
            raise BadInput("is not a tlog-proof: header, index, hashes, checkpoint")
        try:
            proof = [unbase64(line) for line in lines[1:]]
            found = cls._checked(int(index[1]), proof, note)
            return found, None if extra is None else unbase64(extra)
        except (ValueError, binascii.Error) as error:
            raise BadInput("a line of the tlog-proof is damaged") from error

    @classmethod
    def _checked(cls, index: int, proof: list[bytes], note: str) -> Self:
        if len(proof) > 64 or any(len(each) != HASH_SIZE for each in proof):
            raise BadInput("a proof is at most 64 hashes of 32 bytes")
        size = Checkpoint.parse(note).size
        return cls(index=index, size=size, proof=tuple(proof), checkpoint=note)
