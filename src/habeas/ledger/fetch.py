"""Asking other machines over HTTP, with limits: bytes, seconds, no redirects, no proxies.

What comes back is believed by nobody here; whoever asks checks signatures and proofs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from habeas.errors import BadInput
from habeas.ledger.tiles import ENTRY_LIMIT, WIDTH, Source

PATIENCE = 20.0  # seconds for one whole exchange
_FILE_LIMIT = WIDTH * (ENTRY_LIMIT + 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server answered; `kind` is its content type."""

    status: int
    kind: str
    body: bytes


class Address:
    """A server and a path prefix on it; keeps one connection open between requests."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        remedy = "write it like https://log.example/prefix"
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise BadInput("this is not an address", remedy=remedy) from error
        extra = parts.query or parts.fragment or parts.username
        plain = url.isascii() and url.isprintable() and " " not in url
        if parts.scheme not in ("http", "https") or not host or extra or not plain:
            raise BadInput("this is not an address", remedy=remedy)
        self._prefix, self._patience = parts.path.rstrip("/"), patience
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(host, port, timeout=patience)

    def get(self, path: str, *, limit: int = _FILE_LIMIT) -> Reply:
        """Fetch `prefix/path`; asks again once, since a kept connection may have been closed."""
        try:
            return self._ask("GET", path, None, None, limit)
        except (OSError, HTTPException):
            self.close()
        return self._told("GET", path, None, None, limit)

    def post(self, path: str, body: bytes, *, kind: str, limit: int) -> Reply:
        """Send `body` to `prefix/path`; never sent twice."""
        self.close()
        return self._told("POST", path, body, kind, limit)

    def close(self) -> None:
        self._connection.close()

    def _told(
        self, method: str, path: str, body: bytes | None, kind: str | None, limit: int
    ) -> Reply:
        try:
            return self._ask(method, path, body, kind, limit)
        except (OSError, HTTPException) as error:
            self.close()
            raise BadInput(
                f"the server can't be reached ({type(error).__name__})",
                remedy="check the address and try again",
            ) from error

    def _ask(
        self, method: str, path: str, body: bytes | None, kind: str | None, limit: int
    ) -> Reply:
        until = time.monotonic() + self._patience
        where = f"{self._prefix}/{path}" if path else (self._prefix or "/")
        headers = {} if kind is None else {"Content-Type": kind}
        self._connection.request(method, where, body=body, headers=headers)
        answer = self._connection.getresponse()
        found = _read(answer, limit, until)
        return Reply(status=answer.status, kind=answer.getheader("Content-Type", ""), body=found)


def _read(answer: HTTPResponse, limit: int, until: float) -> bytes:
    """The body, if it comes in time and is not larger than `limit` bytes."""
    found = bytearray()
    while part := answer.read1(65_536):
        found += part
        if len(found) > limit:
            raise HTTPException("too large")
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(found)


class Remote(Source):
    """The files of a log on a server, as C2SP tlog-tiles serves them."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self._address = Address(url, patience=patience)

    def read(self, path: str) -> bytes | None:
        reply = self._address.get(path)
        if reply.status == 404:
            return None
        if reply.status != 200:
            raise BadInput(f"the server answered with HTTP {reply.status}", file=path)
        return reply.body

    def close(self) -> None:
        self._address.close()
