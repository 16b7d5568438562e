"""Reading a whole log again: every entry hashed, every tile compared, the root recomputed.

It can stop and go on. What was verified so far is an `Audited`: a size and the root of the
entries up to there, which the reader keeps; the log's own files are not believed about it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from habeas.errors import BadInput, NotVerified
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.files import declare_step, write_file
from habeas.ledger.growth import Edge, grow_tree
from habeas.ledger.keys import unbase64
from habeas.ledger.reader import LogReader
from habeas.ledger.tiles import WIDTH, Source, Tile, hash_entries
from habeas.ledger.tree import EMPTY_ROOT

AUDIT_STATE = declare_step(
    "audit.state",
    lands="how far a log was verified, at the place the reader named",
    crash="an older state, from which verifying goes on; nothing is believed that was not checked",
)
_BATCH = 16 * WIDTH
_KEEP_EVERY = 64 * _BATCH  # entries between two states kept, so that keeping costs nothing

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """The first `size` entries of the log `origin` lead to `root`, and we recomputed it."""

    origin: str
    size: int
    root: bytes

    def to_bytes(self) -> bytes:
        root = base64.b64encode(self.root).decode()
        said = {"format": "habeas/audit/v1", "origin": self.origin, "size": self.size, "root": root}
        return json.dumps(said).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes, *, file: Path) -> Self:
        """Read what `to_bytes` wrote; BadInput for anything else."""
        try:
            said = json.loads(data)
            found = cls(origin=said["origin"], size=said["size"], root=unbase64(said["root"]))
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise BadInput(
                "is not the state of a verification", file=file, remedy="name another file"
            ) from error
        if said.get("format") != "habeas/audit/v1" or type(found.size) is not int or found.size < 0:
            raise BadInput("is not the state of a verification", file=file)
        return found


def read_state(path: Path) -> Audited | None:
    """What was kept at `path`, None if there is nothing yet."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=path) from error
    return Audited.from_bytes(data, file=path)


def keep_state(path: Path, found: Audited) -> None:
    write_file(path, found.to_bytes(), step=AUDIT_STATE)


def audit(log: LogReader, *, progress: Progress | None = None) -> Checkpoint:
    """Read the whole log and recompute every tile and the root; NotVerified names the first
    file that doesn't fit. Needs the files alone.
    """
    head = log.checkpoint()
    for done in audit_steps(log.files, head):
        if progress is not None:
            progress(done.size, head.size)
    return head


def audit_from_state(
    files: Source, head: Checkpoint, state: Path, *, progress: Progress | None = None
) -> Checkpoint:
    """The same, beginning where `state` says an earlier run stopped, and keeping how far it came.

    NotVerified if the log no longer begins with what was verified then.
    """
    start, kept = read_state(state), 0
    for done in audit_steps(files, head, start):
        if done.size - kept >= _KEEP_EVERY or done.size == head.size:
            keep_state(state, done)
            kept = done.size
        if progress is not None:
            progress(done.size, head.size)
    return head


def audit_steps(files: Source, head: Checkpoint, start: Audited | None = None) -> Iterator[Audited]:
    """How far the log is verified, step by step, up to the whole of it under `head`."""
    edge = Edge() if start is None else _resumed(files, head, start)
    while edge.size < head.size:
        stop = min(head.size, edge.size // _BATCH * _BATCH + _BATCH)
        growth = grow_tree(edge, _leaf_hashes(files, head.size, edge.size, stop))
        for path, data in growth.files.items():
            if ".p/" not in path or stop == head.size:
                _compare(files, path, data)
        edge = growth.edge
        if edge.size < head.size:
            yield Audited(origin=head.origin, size=edge.size, root=edge.root)
    if edge.root != head.root:
        raise NotVerified("the entries don't lead to the root of the checkpoint")
    yield Audited(origin=head.origin, size=head.size, root=head.root)


def _leaf_hashes(files: Source, size: int, start: int, stop: int) -> list[bytes]:
    """The hashes of entries start, …, stop - 1, from their bundles."""
    found: list[bytes] = []
    for number in range(start // WIDTH, -(-stop // WIDTH)):
        first = number * WIDTH
        tile = Tile(level=None, index=number, width=min(WIDTH, size - first))
        found += files.unpacked(tile, hash_entries)[max(0, start - first) : stop - first]
    return found


def _resumed(files: Source, head: Checkpoint, start: Audited) -> Edge:
    if start.origin != head.origin:
        raise BadInput("this state is of another log", remedy="name another file with --state")
    if start.size > head.size:
        raise NotVerified(
            f"the log shows {head.size} entries, and {start.size} were verified before: "
            "its tail was dropped"
        )
    edge = Edge.read(files, start.size)
    if (edge.root if start.size else EMPTY_ROOT) != start.root:
        raise NotVerified(f"the first {start.size} entries are not those that were verified before")
    return edge


def _compare(files: Source, path: str, data: bytes) -> None:
    found = files.read(path)
    if found is None and ".p/" in path:
        found = (files.read(path.partition(".p/")[0]) or b"")[: len(data)] or None
    if found is None:
        raise NotVerified("a file the checkpoint needs is missing", file=path)
    if found != data:
        raise NotVerified("the tile doesn't fit the entries below it", file=path)
