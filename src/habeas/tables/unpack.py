"""Files inside other files: gzip, zip, UTF-16, and files elsewhere, each as a plain file of ours.

Unpacked bytes go into a private folder that is removed when the last source from it is closed.
Limits are on what comes out: a small file that unfolds into a very large one is refused (CWE-409).
"""

from __future__ import annotations

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Self

from habeas.errors import BadInput, ExtraMissing

PACKED = (".gz", ".zip")
_BLOCK = 1 << 20
_RATIO = 200
_LONGEST_NAME = 60
_SMALL = 16 << 20  # below this any ratio is let pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """largest: bytes that may come out of one input; members: files in one archive."""

    largest: int = 64 << 30
    members: int = 10_000


class Workspace:
    """A private folder for unpacked bytes; `close` removes it, as does the end of the process."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._folder = TemporaryDirectory(prefix="habeas-")
        self.limits = limits or Limits()
        self._made = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was unpacked."""
        self._folder.cleanup()

    def place(self, name: str) -> Path:
        """A new path in a folder of its own; of `name` only the last part, so that errors name it.

        No archive chooses a place.
        """
        self._made += 1
        folder = Path(self._folder.name) / str(self._made)
        folder.mkdir()
        path = Path(name.replace("\\", "/").replace("\0", ""))
        return folder / f"{path.stem[-_LONGEST_NAME:] or 'file'}{path.suffix.lower()[:16]}"


def ungzipped(path: Path, work: Workspace) -> Path:
    """The file inside a .gz, named as it was without it."""
    inner = path.name[: -len(path.suffix)]
    try:
        with gzip.open(path) as stream:
            return _copied(stream, path.name, inner, path.stat().st_size, work)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadInput(
            "the gzip file is damaged", file=path.name, remedy="fetch it again"
        ) from error
    except OSError as error:
        raise _not_unpacked(error, path.name) from error


def unzipped(path: Path, work: Workspace) -> Iterator[tuple[str, Path]]:
    """The files of a .zip, one by one: their name inside, and where they are now."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) > work.limits.members:
                raise BadInput(
                    f"holds more than {work.limits.members} files",
                    file=path.name,
                    remedy="split it",
                )
            for info in members:
                yield info.filename, _member(archive, info, path.name, work)
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise BadInput(
            "the zip file is damaged", file=path.name, remedy="fetch it again"
        ) from error
    except NotImplementedError as error:
        says = "the zip file is packed in a way we don't read"
        raise BadInput(says, file=path.name, remedy="unpack it yourself") from error
    except OSError as error:
        raise _not_unpacked(error, path.name) from error


def _not_unpacked(error: OSError, name: str) -> BadInput:
    """A full disk or a missing right is no damage of the file."""
    says = f"can't be unpacked ({error.strerror or type(error).__name__})"
    return BadInput(says, file=name, remedy="make room, or unpack it yourself")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, work: Workspace) -> Path:
    if info.flag_bits & 0x1:
        remedy = "unpack it with its password"
        raise BadInput("a file in the archive is locked", file=name, remedy=remedy)
    with archive.open(info) as stream:
        return _copied(stream, name, info.filename, info.compress_size, work)


def as_utf8(path: Path, work: Workspace) -> Path:
    """A UTF-16 text file as UTF-8; any other file as it is."""
    with path.open("rb") as stream:
        start = stream.read(2)
    if start not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return path
    made = work.place(path.name)
    try:
        with path.open(encoding="utf-16", newline="") as text, made.open("wb") as out:
            while block := text.read(_BLOCK):
                out.write(block.encode())
    except UnicodeError as error:
        raise BadInput(
            "the UTF-16 text is damaged", file=path.name, remedy="export it again"
        ) from error
    return made


def fetched(url: str, work: Workspace) -> Iterator[tuple[str, Path]]:
    """Files at an fsspec address (s3://, https://, memory://, a glob): name and local copy."""
    for file in _found(url):
        name = file.path.rsplit("/", 1)[-1]
        with _explained(url), file as stream:
            yield name, _copied(stream, name, name, None, work)


def _found(url: str) -> list[Any]:
    try:
        import fsspec
    except ImportError as error:
        raise ExtraMissing(
            "files elsewhere need fsspec", file=_plain(url), remedy="install habeas[sources]"
        ) from error
    with _explained(url):
        files = list(fsspec.open_files(url, "rb"))
    if not files:
        raise BadInput("there is no such file", file=_plain(url), remedy="check the address")
    return files


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Whatever a store's library raises, as one sentence without the address's secrets."""
    try:
        yield
    except BadInput:
        raise
    except ImportError as error:
        remedy = f"install what fsspec needs for {url.split(':', 1)[0]}"
        raise ExtraMissing(
            "this kind of store needs a library", file=_plain(url), remedy=remedy
        ) from error
    except Exception as error:
        says = f"can't be fetched ({type(error).__name__})"
        raise BadInput(says, file=_plain(url), remedy="check address and credentials") from error


def _plain(url: str) -> str:
    """An address without user, password and query."""
    head, _, rest = url.partition("://")
    return f"{head}://{rest.split('@')[-1].split('?')[0]}"


def _copied(
    stream: IO[bytes] | gzip.GzipFile, name: str, inner: str, packed: int | None, work: Workspace
) -> Path:
    """Copy into the workspace, counting; stop at the limit or at a bomb's ratio."""
    made, size = work.place(inner), 0
    with made.open("wb") as out:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > work.limits.largest:
                raise BadInput(
                    "unpacks into more than is allowed", file=name, remedy="unpack it yourself"
                )
            if packed is not None and size > _SMALL and size > _RATIO * max(packed, 1):
                raise BadInput(
                    f"unfolds more than {_RATIO}-fold, like a zip bomb",
                    file=name,
                    remedy="unpack it yourself if you trust it",
                )
            out.write(block)
    return made
