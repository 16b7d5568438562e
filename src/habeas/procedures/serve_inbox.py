"""A home's post box over HTTP: three addresses, nothing else.

    POST /inbox           an envelope; the answer is its receipt
    GET  /card            this home's card
    GET  /log/…           the log as C2SP tlog-tiles, read only

Whoever posts is known by the signature of the envelope alone. What is refused is answered with
the error's code and sentence, in which stands no value of an envelope.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.db import connections

from habeas.errors import BadInput, HabeasError, NotVerified, Refused
from habeas.ledger.envelope import SIZE_LIMIT
from habeas.procedures.exchange_keys import own_card
from habeas.procedures.read_inbox import receive
from habeas.records.home import Home

ENVELOPE_TYPE = "application/cbor"
# The files of a log that are public: checkpoint, key, tiles and entry bundles.
_LOG = re.compile(
    r"/log/(checkpoint|vkey|tile/(?:\d{1,2}|entries)(?:/x\d{3})*/\d{3}(?:\.p/\d{1,3})?)"
)
# Bodies in memory at once; a caller beyond that waits.
_AT_ONCE = 4
_PATIENCE_SECONDS = 30


class PostBox(ThreadingHTTPServer):
    """The server; `port` says where it listens. Stops between requests, never inside one."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, home: Home, *, host: str, port: int, clock: Callable[[], datetime]) -> None:
        self.home, self.clock = home, clock
        self.room = threading.BoundedSemaphore(_AT_ONCE)
        self.one_at_a_time = threading.Lock()
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            raise BadInput(
                f"can't listen on this port ({error.strerror})", remedy="name another with --port"
            ) from error

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that goes away is no news; nothing of a request is ever printed."""


class _Handler(BaseHTTPRequestHandler):
    server: PostBox
    timeout = _PATIENCE_SECONDS
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "habeas", ""

    def do_GET(self) -> None:
        if self.path == "/card":
            self._answered(lambda: self._say(200, own_card(self.server.home)))
        elif found := _LOG.fullmatch(self.path):
            self._file(self.server.home.folder / "log" / found[1])
        else:
            self._fail(404, "not_found", "there is nothing at this address")

    def do_POST(self) -> None:
        if self.path != "/inbox":
            self._fail(404, "not_found", "envelopes are posted to /inbox")
            return
        size = self._size()
        if size is not None:
            with self.server.room:
                raw = self.rfile.read(size)
                self._answered(lambda: self._receive(raw))

    def _size(self) -> int | None:
        """The length of what is posted; None once it has been refused."""
        stated = self.headers.get("Content-Length", "")
        if not stated.isascii() or not stated.isdigit() or len(stated) > 12:
            self._fail(411, "bad_input", "the length of the envelope is not stated")
        elif int(stated) > SIZE_LIMIT:
            self._fail(413, "bad_input", "an envelope holds at most 32 MiB")
        else:
            return int(stated)
        return None

    def _receive(self, raw: bytes) -> None:
        with self.server.one_at_a_time:
            done = receive(self.server.home, raw, now=self.server.clock())
        self._say(200, done.receipt or b"", again=done.again)

    def _answered(self, do: Callable[[], None]) -> None:
        """Run a request; whatever Habeas says on purpose becomes an answer."""
        try:
            do()
        except HabeasError as error:
            codes = {NotVerified: 403, Refused: 409, BadInput: 400}
            self._fail(codes.get(type(error), 400), error.code, error.says)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception as error:  # noqa: BLE001 - said to the caller without its text
            self._fail(500, "internal_fault", type(error).__name__)
        finally:
            connections[self.server.home.alias].close()  # the connection of this thread

    def _file(self, path: Path) -> None:
        try:
            data = path.read_bytes()
        except OSError:
            self._fail(404, "not_found", "the log has no such file")
            return
        self._say(200, data, kind="application/octet-stream")

    def _say(
        self, code: int, data: bytes, *, kind: str = ENVELOPE_TYPE, again: bool = False
    ) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if again:
            self.send_header("X-Habeas-Again", "1")
        self.end_headers()
        self.wfile.write(data)

    def _fail(self, code: int, name: str, says: str) -> None:
        self.close_connection = True  # what was not read must not be taken for a request
        self._say(code, json.dumps({"error": name, "says": says}).encode(), kind="application/json")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nothing: a line of a log could hold what a caller put into a URL."""
