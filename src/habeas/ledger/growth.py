"""How a log grows: which files a batch of entries makes. No disk, no clock, no key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from habeas.ledger.tiles import HEIGHT, WIDTH, Source, Tile, pack_entries
from habeas.ledger.tree import EMPTY_ROOT, leaf_hash, pair_up, root_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The right edge of a log: what its next entry is added to.

    levels: for each tile level the hashes of its last tile, if that is partial, else none.
    entries: those of the last entry bundle, if that is partial, else none.
    """

    size: int = 0
    levels: tuple[tuple[bytes, ...], ...] = ()
    entries: tuple[bytes, ...] = ()

    @classmethod
    def read(cls, folder: Source, size: int) -> Self:
        """The edge of the first `size` entries of a log; what lies beyond is not looked at."""
        levels, level = [], 0
        while size >> (HEIGHT * level):
            number, width = divmod(size >> (HEIGHT * level), WIDTH)
            tile = Tile(level=level, index=number, width=width) if width else None
            levels.append(tuple(folder.hashes(tile)) if tile else ())
            level += 1
        last = Tile(level=None, index=size // WIDTH, width=size % WIDTH) if size % WIDTH else None
        entries = tuple(folder.entries(last)) if last else ()
        return cls(size=size, levels=tuple(levels), entries=entries)

    @property
    def root(self) -> bytes:
        """The root of the log: each level's hashes, followed by what is above nothing yet."""
        head: list[bytes] = []
        for hashes in self.levels:
            if hashes or head:
                head = [root_hash([*hashes, *head])]
        return head[0] if head else EMPTY_ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The edge after a batch, the files it needs, and the partial folders no longer needed."""

    edge: Edge
    files: dict[str, bytes]
    outgrown: tuple[str, ...]


def grow(edge: Edge, entries: Sequence[bytes]) -> Growth:
    """Add entries to a log, on paper: every tile and bundle that its new size serves and its
    old size did not.
    """
    files: dict[str, bytes] = {}
    tail = _add_entries(files, edge, entries)
    tree = grow_tree(edge, [leaf_hash(entry) for entry in entries])
    new = Edge(size=tree.edge.size, levels=tree.edge.levels, entries=tail)
    return Growth(edge=new, files=files | tree.files, outgrown=_outgrown(edge, new))


def grow_tree(edge: Edge, hashes: list[bytes]) -> Growth:
    """Add leaf hashes to a log whose entries are elsewhere: the tiles alone."""
    files: dict[str, bytes] = {}
    size, levels = edge.size + len(hashes), []
    for level in range(max(len(edge.levels), 1) + HEIGHT):
        old = edge.levels[level] if level < len(edge.levels) else ()
        kept, hashes = _add_hashes(files, level, edge.size >> (HEIGHT * level), old, hashes)
        levels.append(kept)
        if not hashes and level + 1 >= len(edge.levels):
            break
    return Growth(edge=Edge(size=size, levels=tuple(levels)), files=files, outgrown=())


def _add_entries(
    files: dict[str, bytes], edge: Edge, entries: Sequence[bytes]
) -> tuple[bytes, ...]:
    row, first = [*edge.entries, *entries], edge.size // WIDTH
    for at in range(0, len(row), WIDTH):
        part = row[at : at + WIDTH]
        tile = Tile(level=None, index=first + at // WIDTH, width=len(part))
        files[tile.path] = pack_entries(part)
    return tuple(row[len(row) // WIDTH * WIDTH :])


def _add_hashes(
    files: dict[str, bytes], level: int, before: int, old: Sequence[bytes], new: Sequence[bytes]
) -> tuple[tuple[bytes, ...], list[bytes]]:
    """Add hashes to one level: its partial tile's hashes afterwards, and its new parents."""
    if not new:
        return tuple(old), []
    row, parents = [*old, *new], []
    for at in range(0, len(row), WIDTH):
        part = row[at : at + WIDTH]
        tile = Tile(level=level, index=before // WIDTH + at // WIDTH, width=len(part))
        files[tile.path] = b"".join(part)
        if len(part) == WIDTH:
            parents.append(_top(part))
    return tuple(row[len(row) // WIDTH * WIDTH :]), parents


def _top(hashes: Sequence[bytes]) -> bytes:
    """The root of a full tile."""
    row = list(hashes)
    while len(row) > 1:
        row = pair_up(row)
    return row[0]


def _outgrown(old: Edge, new: Edge) -> tuple[str, ...]:
    """Folders of partial tiles whose full tile now exists."""
    found = []
    for level in (None, *range(len(old.levels))):
        number, width = divmod(old.size >> (HEIGHT * (level or 0)), WIDTH)
        if width and (new.size >> (HEIGHT * (level or 0))) // WIDTH > number:
            found.append(Tile(level=level, index=number).path + ".p")
    return tuple(found)
