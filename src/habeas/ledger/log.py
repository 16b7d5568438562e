"""A log in a folder: read by anybody, appended to by one sequencer.

The order of an append is the whole safety argument: stage, then commit, then answer.
    1. Stage.  Entry bundles and tiles get their final names, synced. A crash here leaves files
               that no checkpoint speaks of; the next append overwrites or ignores them. The bytes
               of the checkpoint are synced with theirs, under a temporary name.
    2. Commit. The checkpoint is replaced. After this the entries are in the log, whatever
               happens to us.
    3. Answer. A crash here loses the answer, not the entries: appending them again finds them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from habeas.errors import BadInput, Refused
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.commitment import own_record_id, record_id_in_log
from habeas.ledger.files import declare_step, remove_folder, unwritable, write_file, write_in_order
from habeas.ledger.growth import Edge, Growth, grow
from habeas.ledger.keys import SigningKey
from habeas.ledger.lock import release, take_lock
from habeas.ledger.reader import CHECKPOINT, VKEY, LogReader
from habeas.ledger.tiles import Folder

LOG_KEY = declare_step(
    "log.vkey",
    lands="the public key of a new log, at `log/vkey`",
    crash="a folder without a checkpoint, which is no log; making it again goes on from there",
)
LOG_STAGE = declare_step(
    "log.stage",
    lands="the entry bundles and tiles of a batch, under their final names",
    crash="whole files that no checkpoint speaks of; the next append replaces or ignores them",
)
LOG_CHECKPOINT = declare_step(
    "log.checkpoint",
    lands="the new checkpoint: **the commit point** of an append",
    crash="the log before the batch or after it; nobody was told, and appending again finds it",
)
LOG_FENCE = declare_step(
    "log.fence",
    lands="the number of the sequencer that opened the log last: no earlier one can commit",
    crash="the number before, or a number nobody uses; opening again takes the next",
)
LOG_PRUNE = declare_step(
    "log.prune",
    lands="the end of partial tiles whose full tile is in the log",
    crash="partial tiles that nobody needs any more",
)

STAGING, FENCE = ".staging", ".fence"


class Log(LogReader):
    """A log. Opened with its key it can append, and keeps every other sequencer out until
    `close`; opened without, it reads what its files say, checked against its own vkey.
    """

    def __init__(
        self,
        folder: Path,
        *,
        key: SigningKey | None,
        lock: int | None,
        also: SigningKey | None = None,
        ids_from: int = 0,
    ) -> None:
        """Not for callers: use `Log.create` or `Log.open`."""
        super().__init__(Folder(folder), where=str(folder))
        self.folder = folder
        self._key = key
        self._also = also
        self._lock = lock
        self._ids_from = ids_from
        # None after a failed append: the disk may hold the old checkpoint or the new one.
        self._edge: Edge | None = None
        self._note_before = b""  # the checkpoint that an append in progress extends
        # record id -> index; built when first asked for, dropped after a failed append.
        self._ids: dict[bytes, int] | None = None
        if key is not None and key.verifier != self.verifier:
            raise BadInput("this log was made with another key", file=folder / VKEY)
        self._number = None if key is None else _take_number(folder)
        self._load()

    # -- opening and closing

    @classmethod
    def create(cls, folder: str | Path, *, origin: str, key: SigningKey) -> Self:
        """Make an empty log named `origin`, which is also the name of its key."""
        folder = Path(folder)
        if key.name != origin:
            raise BadInput("the key's name is not the log's origin", place="origin")
        if (folder / CHECKPOINT).exists():
            raise BadInput("a log is already there", file=folder)
        write_file(folder / VKEY, f"{key.vkey}\n".encode(), step=LOG_KEY)
        empty = Checkpoint.sign(origin=origin, size=0, root=Edge().root, keys=[key])
        write_file(folder / CHECKPOINT, empty.note.encode(), step=LOG_CHECKPOINT)
        return cls.open(folder, key=key)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        key: SigningKey | None = None,
        also: Callable[[], SigningKey | None] = lambda: None,
        ids_from: int = 0,
    ) -> Self:
        """Open a log, with its key to append. NotVerified if its files don't fit its checkpoint.

        also: gives a later key that signs each head as well; asked once, under the log's lock.
        ids_from: entries before this index are known to the caller, who appends none of them
            again; `locate` doesn't look there, and the log is not read for their ids.
        """
        folder = Path(folder)
        if not (folder / CHECKPOINT).is_file():
            raise BadInput("there is no log here", file=folder, remedy="make a home: habeas init")
        lock = (
            None
            if key is None
            else take_lock(folder, says="another process is appending to this log")
        )
        try:
            if key is not None:
                _clear_staging(folder / STAGING)
            later = None if key is None else also()
            return cls(folder, key=key, lock=lock, also=later, ids_from=ids_from)
        except BaseException:
            release(lock)
            raise

    def close(self) -> None:
        """Let the next sequencer in."""
        release(self._lock)
        self._lock = self._key = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- finding

    def locate(self, record_id: bytes) -> int | None:
        """The index of the entry with this record id, None if it isn't logged."""
        return self._known_ids().get(record_id)

    def find(self, leaf: bytes) -> int | None:
        """The index of exactly this entry, None if it isn't logged."""
        index = self.locate(own_record_id(leaf))
        return index if index is not None and self._entry(index) == leaf else None

    # -- appending

    def append(
        self, leaves: Sequence[bytes], *, prune: Callable[[Path], object] | None = None
    ) -> tuple[int, Checkpoint]:
        """Log entries durably; return the index of the first and the checkpoint that covers all.

        An entry whose record id is already in the log is not logged again: `locate` gives its
        index. Refused if the same id stands there with other content.
        prune: is given each folder of partial tiles whose full tile is now there, to remove it
            when it likes (`prune_folder`); without it they are removed before this returns.
        """
        if self._key is None:
            raise Refused("the log is open for reading only", remedy="open it with its key")
        if not leaves:
            raise ValueError("there is nothing to append")
        if self._edge is None:
            self._load()
        new = self._not_logged(leaves)
        if new:
            self._commit(new, prune or prune_folder)
        first = self.locate(own_record_id(leaves[0]))
        assert first is not None
        return first, self.checkpoint()

    def _not_logged(self, leaves: Sequence[bytes]) -> dict[bytes, bytes]:
        """Record id -> entry, for entries that aren't logged yet, in the order given."""
        known, new = self._known_ids(), dict[bytes, bytes]()
        for leaf in leaves:
            record_id = own_record_id(leaf)
            index = known.get(record_id)
            there = new.get(record_id) if index is None else self._entry(index)
            if there is None:
                new[record_id] = leaf
            elif there != leaf:
                raise Refused("another entry with this record id is already logged")
        return new

    def _commit(self, new: dict[bytes, bytes], prune: Callable[[Path], object]) -> None:
        edge, key, ids = self._edge, self._key, self._known_ids()
        assert edge is not None
        assert key is not None
        self._note_before = self.checkpoint().note.encode()
        self._check_fence()
        growth = grow(edge, list(new.values()))
        # From here until the checkpoint is known to have landed, memory may be behind the disk.
        self._edge = self._head = self._ids = None
        head = self._stage_and_commit(growth, key)
        for index, record_id in enumerate(new, start=edge.size):
            ids[record_id] = index
        self._edge, self._head, self._ids = growth.edge, head, ids
        for folder in growth.outgrown:
            prune(self.folder / folder)

    def _stage_and_commit(self, growth: Growth, key: SigningKey) -> Checkpoint:
        staging = self.folder / STAGING
        staging.mkdir(exist_ok=True)
        head = Checkpoint.sign(
            origin=self.origin,
            size=growth.edge.size,
            root=growth.edge.root,
            keys=[key] if self._also is None else [key, self._also],
        )
        # All bytes are synced together; then 1. stage: names of tiles, 2. commit: the checkpoint's.
        staged = {self.folder / path: data for path, data in growth.files.items()}
        target = {self.folder / CHECKPOINT: head.note.encode()}
        write_in_order(
            [(LOG_STAGE, staged), (LOG_CHECKPOINT, target)],
            staging=staging,
            still_ours=self._check_fence,
        )
        return head

    def _check_fence(self) -> None:
        """A sequencer that lost its lock (a network folder) can't go on once another opened the
        log: its number is no longer the newest. Asked last when all is synced, just before names
        change; on a local folder the lock alone keeps two sequencers apart.
        """
        note = self._note_before
        if self._number != _read_number(self.folder) or note != self._file(CHECKPOINT):
            self._edge = self._head = self._ids = None
            raise Refused("another process has appended to this log", remedy="run it again")

    # -- inside

    def _load(self) -> None:
        self._head, self._edge = self._loaded()
        self._ids = None

    def _entry(self, index: int) -> bytes:
        return next(self.entries(index, index + 1))

    def _known_ids(self) -> dict[bytes, int]:
        if self._ids is None:
            start = min(self._ids_from, self.size)
            entries = self.entries(start, self.size)
            self._ids = {record_id_in_log(leaf): at for at, leaf in enumerate(entries, start)}
        return self._ids


def prune_folder(folder: Path) -> None:
    """Remove partial tiles that a full one has replaced; slow where a disk discards at once."""
    remove_folder(folder, step=LOG_PRUNE)


def _read_number(folder: Path) -> int:
    """The number of the sequencer that opened the log last, 0 if none did."""
    try:
        return int((folder / FENCE).read_bytes())
    except FileNotFoundError:
        return 0
    except (OSError, ValueError) as error:
        raise BadInput("can't be read", file=folder / FENCE, remedy="remove it") from error


def _take_number(folder: Path) -> int:
    """A number above every earlier sequencer's; the caller holds the lock."""
    number = _read_number(folder) + 1
    write_file(folder / FENCE, f"{number}\n".encode(), step=LOG_FENCE)
    return number


def _clear_staging(staging: Path) -> None:
    """Drop what a killed sequencer left under temporary names."""
    try:
        for left in staging.glob(".*.partial") if staging.is_dir() else ():
            left.unlink()
    except OSError as error:
        raise unwritable(error, staging) from error
