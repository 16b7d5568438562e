"""The one way a file becomes durable, and the one place where a test can break it.

A file is written beside its final name, synced, renamed, and its folder is synced: whoever
reads the final name finds the old bytes or the new ones, never half of them.

Every durable write is a declared `Step`. `docs/reference/writes.md` is the table of them, and
a test fails when a step is missing there. A room declares its own with `declare_step` and wraps
whatever makes the change last (a rename, a database commit) in `landing(step)`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from pathlib import Path

from habeas.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One kind of durable write: what lands, and what a crash in the middle of it leaves."""

    id: str
    lands: str
    crash: str


STEPS: dict[str, Step] = {}
_SYNCS = 16  # files synced at a time
_pools: dict[int, ThreadPoolExecutor] = {}


def declare_step(id: str, *, lands: str, crash: str) -> Step:  # noqa: A002 - the word of the table
    """Name a durable write. Its id is a row in `docs/reference/writes.md`."""
    if id in STEPS:
        raise ValueError(f"two writes are called {id!r}; a name stands for one write")
    STEPS[id] = Step(id=id, lands=lands, crash=crash)
    return STEPS[id]


class Disk:
    """What surrounds every durable write. This one only lets it through; tests break it.

    part: 'write' (bytes synced under a temporary name), 'rename' (they get their final name),
    'settle' (the folder is synced), 'remove', or whatever a room calls its own ('commit').
    """

    def before(self, step: Step, part: str) -> None:
        """Called before a part of a write; to raise here is a crash before it landed."""

    def after(self, step: Step, part: str) -> None:
        """Called after it; to raise here is a crash after it landed and before anybody knew."""


_disk: ContextVar[Disk | None] = ContextVar("_disk", default=None)
_PLAIN = Disk()


@contextmanager
def writing_through(disk: Disk) -> Iterator[None]:
    """Let every write inside go through `disk`: the seam for faults and for counting."""
    token = _disk.set(disk)
    try:
        yield
    finally:
        _disk.reset(token)


@contextmanager
def landing(step: Step, part: str = "commit") -> Iterator[None]:
    """Wrap the statement that makes a change last, such as a database commit."""
    disk = _disk.get() or _PLAIN
    disk.before(step, part)
    yield
    disk.after(step, part)


FILE = declare_step(
    "file",
    lands="one file under its final name",
    crash="the old file or the new one; perhaps a hidden `.partial` beside it that nobody reads",
)


def write_file(path: str | Path, data: bytes, *, mode: int = 0o644, step: Step = FILE) -> None:
    """Put `data` at `path` for good; on any failure the old file is still there, whole.

    mode: permissions of the new file. Raises BadInput when the disk is full or the folder
    can't be written.
    """
    path = Path(path)
    write_files({path: data}, step=step, staging=path.parent, mode=mode)


def write_files(
    files: Mapping[Path, bytes],
    *,
    step: Step,
    staging: Path,
    mode: int = 0o644,
    still_ours: Callable[[], None] | None = None,
) -> None:
    """Put several files at their final names; each is whole or absent, in no promised order.

    staging, still_ours: see `write_in_order`.
    """
    write_in_order([(step, files)], staging=staging, mode=mode, still_ours=still_ours)


def write_in_order(
    parts: Sequence[tuple[Step, Mapping[Path, bytes]]],
    *,
    staging: Path,
    mode: int = 0o644,
    still_ours: Callable[[], None] | None = None,
) -> None:
    """Put files at their final names part by part; one part's names last before the next's change.

    staging: a folder of the same file system for the temporary names. All bytes are synced before
    the first name changes, and every folder touched is synced before this returns.
    still_ours: asked when all is synced, before each part's names change; what it raises stops it.
    """
    files = {path: data for _, part in parts for path, data in part.items()}
    partial = {path: staging / f".{path.name}.{secrets.token_hex(6)}.partial" for path in files}
    try:
        new_folders = _make_folders({path.parent for path in files})
        with ExitStack() as all_land:
            for step, _ in parts:
                all_land.enter_context(landing(step, "write"))
            _write_all({partial[path]: data for path, data in files.items()}, mode)
        for step, part in parts:
            with landing(step, "rename"):
                if still_ours is not None:
                    still_ours()
                for path in part:
                    partial[path].replace(path)
            with landing(step, "settle"):
                _sync_folders({path.parent for path in part} | new_folders)
            new_folders = set()
    except OSError as error:
        raise unwritable(error, next(iter(files))) from error
    finally:
        for left in partial.values():
            with suppress(OSError):
                left.unlink(missing_ok=True)


def remove_files(paths: list[Path], *, step: Step) -> None:
    """Remove files for good; one that is already gone is no error."""
    try:
        with landing(step, "remove"):
            for path in paths:
                path.unlink(missing_ok=True)
        with landing(step, "settle"):
            for folder in {path.parent for path in paths}:
                sync_folder(folder)
    except OSError as error:
        raise unwritable(error, paths[0]) from error


def shred_files(paths: list[Path], *, step: Step) -> None:
    """Overwrite and remove secrets; one that is already gone is no error.

    A disk that writes elsewhere than it was told (flash, snapshots) may keep the old bytes.
    """
    there = [path for path in paths if path.exists()]
    if not there:
        return
    try:
        with landing(step, "remove"):
            for path in there:
                size = path.stat().st_size
                with path.open("r+b", buffering=0) as file:
                    file.write(secrets.token_bytes(size))
                    os.fsync(file.fileno())
                path.unlink()
        with landing(step, "settle"):
            for folder in {path.parent for path in there}:
                sync_folder(folder)
    except OSError as error:
        raise unwritable(error, there[0]) from error


def remove_folder(folder: Path, *, step: Step) -> None:
    """Remove a folder of plain files that nobody needs; one that is already gone is no error.

    Not synced: after a power cut it may be there again, and nobody waits for a disk for its sake.
    """
    if not folder.exists():
        return
    try:
        with landing(step, "remove"):
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()
    except OSError as error:
        raise unwritable(error, folder) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(error: OSError, path: Path) -> BadInput:
    """The sentence for a write the system refused."""
    if error.errno in (ENOSPC, EDQUOT):
        return BadInput("the disk is full", file=path, remedy="make room and run it again")
    says = f"can't be written ({error.strerror or type(error).__name__})"
    return BadInput(says, file=path, remedy="check the folder and its permissions")


def _write_all(files: Mapping[Path, bytes], mode: int) -> None:
    """Write and sync; many at once, because a disk answers many syncs as fast as one."""
    _all_at_once(lambda path: _write_synced(path, files[path], mode), list(files))


def _sync_folders(folders: set[Path]) -> None:
    _all_at_once(sync_folder, list(folders))


def _all_at_once(act: Callable[[Path], None], paths: list[Path]) -> None:
    """Do it for each path, in threads; the first error is raised after all have ended."""
    others = [_pool().submit(act, path) for path in paths[1:]]
    try:
        act(paths[0])
    finally:
        wait(others)
    for each in others:
        each.result()


def _pool() -> ThreadPoolExecutor:
    pool = _pools.get(os.getpid())
    if pool is None:  # the first write of this process; a forked one inherits no threads
        _pools.clear()
        pool = _pools[os.getpid()] = ThreadPoolExecutor(_SYNCS, thread_name_prefix="sync")
    return pool


def _write_synced(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        os.fchmod(handle, mode)  # whatever the umask says
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_folders(folders: set[Path]) -> set[Path]:
    """Make what is missing; return the folders whose listing changed and must be synced."""
    changed: set[Path] = set()
    for folder in folders:
        missing = folder
        while not missing.exists():
            changed.add(missing.parent)
            missing = missing.parent
        folder.mkdir(parents=True, exist_ok=True)
    return changed
