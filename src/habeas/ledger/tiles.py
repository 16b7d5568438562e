"""Tiles and entry bundles: the tree as static files (C2SP tlog-tiles)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from habeas.errors import BadInput, NotVerified
from habeas.ledger.tree import HASH_SIZE, pair_up

WIDTH = 256  # hashes in a full tile, entries in a full bundle
HEIGHT = 8  # binary levels in a tile
ENTRY_LIMIT = 65_535


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Tile:
    """The name of one tile; `level` None is an entry bundle; `width` below 256 is partial.

    >>> Tile(level=0, index=1234067).path
    'tile/0/x001/x234/067'
    >>> Tile(level=None, index=273, width=112).path
    'tile/entries/273.p/112'
    """

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{partial}"


_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-5]?[0-9]|6[0-3])/(?P<groups>(x\d{3}/)*\d{3})(\.p/(?P<width>[1-9]\d{0,2}))?"
)


def parse_tile_path(path: str) -> Tile:
    """The tile a path names; BadInput unless it is written in the one right way."""
    found = _PATH.fullmatch(path)
    if found:
        level = None if found["level"] == "entries" else int(found["level"])
        index = int(found["groups"].replace("/", "").replace("x", ""))
        tile = Tile(level=level, index=index, width=int(found["width"] or WIDTH))
        if tile.path == path and tile.width <= WIDTH:
            return tile
    raise BadInput(f"{path!r} is not the path of a tile")


def tiles_of(size: int) -> list[Tile]:
    """Every tile and bundle that a log of `size` entries serves, rightmost partials included."""
    served = [*_level(None, size)]
    level, count = 0, size
    while count:
        served += _level(level, count)
        level, count = level + 1, count // WIDTH
    return served


def _level(level: int | None, count: int) -> Iterator[Tile]:
    for index in range(count // WIDTH):
        yield Tile(level=level, index=index)
    if count % WIDTH:
        yield Tile(level=level, index=count // WIDTH, width=count % WIDTH)


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """The bytes of an entry bundle: each entry behind its length, two bytes, big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack_entries(data: bytes, *, file: str | None = None) -> list[bytes]:
    """The entries of a bundle; BadInput if it ends in the middle of one."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data) or at + 2 > len(data):
            raise BadInput("the bundle ends inside an entry", file=file, place=f"byte {at}")
        entries.append(data[at + 2 : end])
        at = end
    return entries


def hash_entries(data: bytes, *, file: str | None = None) -> list[bytes]:
    """The leaf hashes of the entries of a bundle, without keeping the entries."""
    hashes, at, size = [], 0, len(data)
    while at < size:
        start = at + 2
        end = start + int.from_bytes(data[at:start], "big")
        if end > size or start > size:
            raise BadInput("the bundle ends inside an entry", file=file, place=f"byte {at}")
        hashes.append(sha256(b"\x00" + data[start:end]).digest())
        at = end
    return hashes


def unpack_hashes(data: bytes, *, file: str | None = None) -> list[bytes]:
    """The hashes of a tile."""
    if not data or len(data) % HASH_SIZE or len(data) > WIDTH * HASH_SIZE:
        raise BadInput(f"a tile of {len(data)} bytes is not whole hashes", file=file)
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


class Source(ABC):
    """Whoever can give the files of a log by their path: a folder, or a server elsewhere.

    Nothing it gives is trusted: what is made from wrong tiles does not lead to the root.
    """

    @abstractmethod
    def read(self, path: str) -> bytes | None:
        """The bytes at a path such as 'checkpoint', None if there are none; BadInput otherwise."""

    def hashes(self, tile: Tile) -> list[bytes]:
        return self.unpacked(tile, unpack_hashes)

    def entries(self, tile: Tile) -> list[bytes]:
        return self.unpacked(tile, unpack_entries)

    def unpacked(self, tile: Tile, unpack: Callable[..., list[bytes]]) -> list[bytes]:
        """The first `width` of a tile; for a partial one that is gone, the full one's beginning."""
        full = Tile(level=tile.level, index=tile.index)
        for each in dict.fromkeys((tile, full)):
            data = self.read(each.path)
            if data is None:
                continue
            found = unpack(data, file=each.path)
            if len(found) < tile.width or (each == tile and len(found) != tile.width):
                raise NotVerified(
                    f"holds {len(found)} where the checkpoint needs {tile.width}", file=each.path
                )
            return found[: tile.width]
        raise NotVerified("a file the checkpoint needs is missing", file=tile.path)


class Folder(Source):
    """The files of a log on this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BadInput(f"can't be read ({error.strerror})", file=path) from error


def entries_of(files: Source, size: int, start: int, stop: int) -> Iterator[bytes]:
    """Entries start, …, stop - 1 of a log of `size` as its bundles say, unchecked."""
    for number in range(start // WIDTH, -(-min(stop, size) // WIDTH)):
        first = number * WIDTH
        tile = Tile(level=None, index=number, width=min(WIDTH, size - first))
        yield from files.entries(tile)[max(0, start - first) : max(0, stop - first)]


class TileNodes:
    """Hashes of complete subtrees of a log of `size` entries, read from its tiles.

    The hashes inside the last 512 tiles read are kept; nothing here is trusted: a proof made
    from wrong tiles does not lead to the root.
    """

    def __init__(self, folder: Source, size: int) -> None:
        self._folder = folder
        self._size = size
        self._inside = lru_cache(maxsize=512)(self._levels_of)

    def node(self, level: int, index: int) -> bytes:
        tile_level, inner = divmod(level, HEIGHT)
        number, at = divmod(index << inner, WIDTH)
        return self._inside(tile_level, number)[inner][at >> inner]

    def _levels_of(self, tile_level: int, number: int) -> list[list[bytes]]:
        there = (self._size >> (HEIGHT * tile_level)) - number * WIDTH
        tile = Tile(level=tile_level, index=number, width=min(WIDTH, there))
        levels = [self._folder.hashes(tile)]
        while len(levels) < HEIGHT and len(levels[-1]) > 1:
            levels.append(pair_up(levels[-1]))
        return levels
