"""The files of a log wherever they are: a folder, a server, any store that fsspec knows.

For reading: the log of a home is written to files on a disk alone, since a store of objects has no
rename and no lock, and both the checkpoint and the fence need them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from habeas.errors import BadInput, ExtraMissing
from habeas.ledger.fetch import Remote
from habeas.ledger.tiles import Folder, Source


class Store(Source):
    """The files of a log under an fsspec address, such as s3://bucket/log; read, not trusted."""

    def __init__(self, url: str) -> None:
        self._plain = _plain(url)
        with self._explained():
            import fsspec

            self._files, self._root = fsspec.core.url_to_fs(url)

    def read(self, path: str) -> bytes | None:
        with self._explained():
            try:
                return bytes(self._files.cat_file(f"{self._root.rstrip('/')}/{path}"))
            except FileNotFoundError:
                return None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Whatever a store's library raises, as one sentence without the address's secrets."""
        try:
            yield
        except ImportError as error:
            says = "this kind of store needs a library"
            remedy = "install habeas[sources], and what fsspec needs for this address"
            raise ExtraMissing(says, file=self._plain, remedy=remedy) from error
        except Exception as error:
            says = f"the store can't be read ({type(error).__name__})"
            remedy = "check address and credentials"
            raise BadInput(says, file=self._plain, remedy=remedy) from error


def source_of(where: str) -> Source:
    """The files of the log at an address or in a folder; BadInput if there is no such folder."""
    if where.startswith(("http://", "https://")):
        return Remote(where)
    if is_address(where):
        return Store(where)
    if not Path(where).is_dir():
        raise BadInput("there is no log here", file=where)
    return Folder(Path(where))


def is_address(where: str) -> bool:
    """Whether this names a place outside the folders of this machine."""
    return "://" in where


def _plain(url: str) -> str:
    """An address without user, password and query."""
    head, _, rest = url.partition("://")
    return f"{head}://{rest.split('@')[-1].split('?')[0]}"
