"""Watching somebody else's log: that it only grows, and that its tiles are those of its entries.

<folder>/vkey       whose log this is
<folder>/seen       the last checkpoint that held
<folder>/audited    how far its entries were read
<folder>/contradiction   kept when the log signed two things that can't both be true
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from habeas.errors import BadInput, NotVerified
from habeas.ledger.audit import Progress, audit_from_state
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.contradiction import Contradiction, fork_of
from habeas.ledger.files import declare_step, write_file
from habeas.ledger.keys import VerifierKey
from habeas.ledger.tiles import Source, TileNodes
from habeas.ledger.tree import consistency_proof, verify_consistency

MONITOR_SEEN = declare_step(
    "monitor.seen",
    lands="the checkpoint up to which a watched log held, or whose log it is",
    crash="the older one: the same stretch is checked again",
)
MONITOR_PROOF = declare_step(
    "monitor.proof",
    lands="the proof that a watched log signed two logs",
    crash="no proof, or the whole of it; the next look makes it again while the log shows it",
)
State = Literal["first", "same", "grew", "rolled_back", "forked", "damaged"]
ALARMS: frozenset[State] = frozenset(("rolled_back", "forked", "damaged"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look found. contradiction: what convinces anybody else, if there is any."""

    state: State
    old: Checkpoint | None
    new: Checkpoint
    says: str = ""
    contradiction: Contradiction | None = None

    @property
    def alarm(self) -> bool:
        return self.state in ALARMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """A memory of one log, in its own folder; `look` compares it with what the log shows now."""

    folder: Path
    key: VerifierKey

    def __post_init__(self) -> None:
        path = self.folder / "vkey"
        if not path.exists():
            write_file(path, f"{self.key.vkey}\n".encode(), step=MONITOR_SEEN)
        if path.read_text(encoding="utf-8").strip() != self.key.vkey:
            raise BadInput("this folder watches another log", file=self.folder)

    def last(self) -> Checkpoint | None:
        """The last checkpoint that held."""
        path = self.folder / "seen"
        return open_checkpoint(path.read_bytes(), self.key) if path.exists() else None

    def look(
        self, files: Source, *, entries: bool = True, progress: Progress | None = None
    ) -> Look:
        """Look once. entries: also read every new entry and compare the tiles with them.

        NotVerified if what the log shows is not even signed; BadInput if it can't be reached.
        Only what held becomes the new memory, so that an alarm lasts until the log mends it.
        """
        note = files.read("checkpoint")
        if note is None:
            raise BadInput("there is no log here", remedy="check the address")
        new, old = open_checkpoint(note, self.key), self.last()
        found = _compared(files, old, new, self.key)
        if not found.alarm and entries:
            found = _read(found, lambda: self._audit(files, new, progress))
        if found.contradiction is not None:
            path = self.folder / "contradiction"
            write_file(path, found.contradiction.to_text().encode(), step=MONITOR_PROOF)
        if not found.alarm and found.state != "same":
            write_file(self.folder / "seen", new.note.encode(), step=MONITOR_SEEN)
        return found

    def _audit(self, files: Source, new: Checkpoint, progress: Progress | None) -> object:
        return audit_from_state(files, new, self.folder / "audited", progress=progress)


def _read(found: Look, audit: Callable[[], object]) -> Look:
    try:
        audit()
    except NotVerified as error:
        return Look(state="damaged", old=found.old, new=found.new, says=error.sentence())
    return found


def _compared(files: Source, old: Checkpoint | None, new: Checkpoint, key: VerifierKey) -> Look:
    if old is None:
        return Look(state="first", old=None, new=new)
    if (new.size, new.root) == (old.size, old.root):
        return Look(state="same", old=old, new=new)
    if new.size == old.size:
        return _alarm(f"the log signed two roots for {new.size} entries", files, old, new, key)
    if new.size < old.size:
        says = f"the log showed {old.size} entries before and shows {new.size} now"
        return _alarm(says, files, old, new, key, otherwise="rolled_back")
    try:
        _only_grew(files, old, new)
    except NotVerified as error:
        return _alarm(error.sentence(), files, old, new, key)
    return Look(state="grew", old=old, new=new)


def _alarm(
    says: str,
    files: Source,
    old: Checkpoint,
    new: Checkpoint,
    key: VerifierKey,
    *,
    otherwise: State = "damaged",
) -> Look:
    """Forked, if the tiles at hand prove to anybody that both can't be true."""
    proof = _fork_kept(files, old, new, key)
    state: State = "forked" if proof else otherwise
    return Look(state=state, old=old, new=new, says=says, contradiction=proof)


def _only_grew(files: Source, old: Checkpoint, new: Checkpoint) -> None:
    if old.size == 0:
        return
    proof = consistency_proof(TileNodes(files, new.size), old.size, new.size)
    verify_consistency(
        old=old.size, new=new.size, proof=proof, old_root=old.root, new_root=new.root
    )


def _fork_kept(
    files: Source, old: Checkpoint, new: Checkpoint, key: VerifierKey
) -> Contradiction | None:
    """The proof that both can't be true, if the tiles at hand make one."""
    try:
        return fork_of(old, new, TileNodes(files, max(old.size, new.size)), key=key)
    except NotVerified:
        return None
