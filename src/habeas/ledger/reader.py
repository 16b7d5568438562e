"""A log as anybody reads it: from its files, wherever they are, checked against its own vkey."""

from __future__ import annotations

from collections.abc import Iterator

from habeas.errors import BadInput, NotVerified
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.growth import Edge
from habeas.ledger.keys import VerifierKey
from habeas.ledger.receipt import InclusionProof, Receipt
from habeas.ledger.tiles import Source, TileNodes, entries_of
from habeas.ledger.tree import EMPTY_ROOT, consistency_proof, inclusion_proof, range_hash

CHECKPOINT, VKEY = "checkpoint", "vkey"


class LogReader:
    """What the files of a log say. where: what its place is called in messages, if it has a name.

    NotVerified if the newest tiles don't lead to the root that the checkpoint signs. Whose key
    `vkey` is must be known from elsewhere: who serves a log can serve another with its own key.
    """

    def __init__(self, files: Source, *, where: str = "") -> None:
        self.files = files
        self._where = where
        self.verifier = self._read_vkey()
        self._head: Checkpoint | None = None

    @property
    def origin(self) -> str:
        return self.verifier.name

    @property
    def size(self) -> int:
        return self.checkpoint().size

    def checkpoint(self) -> Checkpoint:
        """The newest checkpoint this object knows of; `refresh` looks again."""
        if self._head is None:
            self._load()
        assert self._head is not None
        return self._head

    def refresh(self) -> Checkpoint:
        """Read the checkpoint anew, for a reader beside a sequencer."""
        self._load()
        return self.checkpoint()

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Entries start, …, stop - 1, unchecked against the root: `prove` or `audit` do that."""
        yield from entries_of(self.files, self.size, start, stop)

    def prove(self, index: int, *, size: int | None = None) -> InclusionProof:
        """The proof that entry `index` is under the root of the first `size` entries (all)."""
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            raise BadInput(f"there is no entry {index}", remedy=f"the log has {self.size}")
        hashes = inclusion_proof(TileNodes(self.files, self.size), index, size)
        return InclusionProof(index=index, size=size, hashes=tuple(hashes))

    def receipt(self, index: int) -> Receipt:
        """Proof and checkpoint for entry `index`."""
        proof = self.prove(index)
        note = self.checkpoint().note
        return Receipt(index=index, size=proof.size, proof=proof.hashes, checkpoint=note)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The proof that the first `new` entries (all) begin with the first `old` ones."""
        new = self.size if new is None else new
        if not 0 <= old <= new <= self.size:
            raise BadInput(f"the log has {self.size} entries", place="sizes")
        return consistency_proof(TileNodes(self.files, self.size), old, new)

    def root_at(self, size: int) -> bytes:
        """The root of the first `size` entries, as the tiles say."""
        if not 0 <= size <= self.size:
            raise BadInput(f"the log has {self.size} entries", place="sizes")
        return range_hash(TileNodes(self.files, self.size), 0, size) if size else EMPTY_ROOT

    def _load(self) -> None:
        self._head, _ = self._loaded()

    def _loaded(self) -> tuple[Checkpoint, Edge]:
        """The checkpoint as the files have it now, and the edge it speaks of, nothing beyond."""
        head = open_checkpoint(self._file(CHECKPOINT), self.verifier)
        edge = Edge.read(self.files, head.size)
        if edge.root != head.root:
            raise NotVerified(
                "the newest tiles don't lead to the root of the checkpoint",
                file=self._named(CHECKPOINT),
            )
        return head, edge

    def _read_vkey(self) -> VerifierKey:
        try:
            return VerifierKey.parse(self._file(VKEY).decode())
        except UnicodeDecodeError as error:
            raise BadInput("is no public key of a log", file=self._named(VKEY)) from error

    def _file(self, name: str) -> bytes:
        data = self.files.read(name)
        if data is None:
            remedy = "check where the log is"
            raise BadInput("there is no log here", file=self._named(name), remedy=remedy)
        return data

    def _named(self, name: str) -> str:
        return f"{self._where}/{name}" if self._where else name
