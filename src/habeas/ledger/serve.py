"""A log, or a witness, over HTTP. Nothing of a request is printed or kept.

    the log      GET  /checkpoint  /vkey  /witnesses.json  /tile/…       (C2SP tlog-tiles)
    a witness    POST /add-checkpoint   GET /vkey   GET /logs/<name>/seen

A full tile never changes: it may be kept for ever. A partial one of a given width neither, but it
goes when it is full. The checkpoint is asked for anew each time.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from habeas.errors import BadInput, HabeasError
from habeas.ledger.cosigning import published
from habeas.ledger.log import Log
from habeas.ledger.tiles import parse_tile_path
from habeas.ledger.witness import REQUEST_LIMIT, TEXT, Verdict, Witness

FOR_EVER = "public, max-age=31536000, immutable"
PARTIAL = "public, max-age=3600"
ANEW = "no-cache"
_PATIENCE = 10  # seconds for a slow caller
_AT_ONCE = 32  # callers served at a time; one beyond that is told to come back
_SEEN = re.compile(r"/logs/([0-9a-f]{32})/seen")


class Server(ThreadingHTTPServer):
    """Answers callers in threads; `port` says where it listens."""

    daemon_threads = True

    def __init__(self, handler: type[_Handler], *, host: str, port: int) -> None:
        self.room = threading.BoundedSemaphore(_AT_ONCE)
        try:
            super().__init__((host, port), handler)
        except OSError as error:
            raise BadInput(
                f"can't listen on this port ({error.strerror})", remedy="name another with --port"
            ) from error

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that goes away is no news; nothing of a request is ever printed."""


class LogServer(Server):
    """Serves one log, read only."""

    def __init__(self, log: Log, *, host: str, port: int) -> None:
        super().__init__(_LogHandler, host=host, port=port)
        self.log = log
        self.reading = threading.Lock()


class WitnessServer(Server):
    """Serves one witness. clock: Unix seconds, for its signatures."""

    def __init__(self, witness: Witness, *, host: str, port: int, clock: Callable[[], int]) -> None:
        super().__init__(_WitnessHandler, host=host, port=port)
        self.witness, self.clock = witness, clock


class _Handler(BaseHTTPRequestHandler):
    timeout = _PATIENCE
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "habeas", ""

    def _say(self, status: int, body: bytes, *, kind: str, cache: str = ANEW) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", cache)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Access-Control-Allow-Origin", "*")  # a page that verifies may read it
        if status >= 400:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _nothing(self) -> None:
        self._say(404, b"there is nothing at this address\n", kind=TEXT)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nothing: a line of a log could hold what a caller put into a URL."""


class _LogHandler(_Handler):
    server: LogServer

    def do_GET(self) -> None:
        path = self.path.removeprefix("/")
        try:
            if path == "checkpoint":
                self._checkpoint()
            elif path in ("vkey", "witnesses.json"):
                self._file(path, TEXT, ANEW)
            else:
                partial = parse_tile_path(path).width != 256
                self._file(path, "application/octet-stream", PARTIAL if partial else FOR_EVER)
        except HabeasError:
            self._nothing()

    def do_HEAD(self) -> None:
        self.do_GET()

    def _checkpoint(self) -> None:
        with self.server.reading:
            self.server.log.refresh()
            head = published(self.server.log)
        if head is None:
            self._nothing()
        else:
            self._say(200, head.note.encode(), kind=TEXT)

    def _file(self, path: str, kind: str, cache: str) -> None:
        data = self.server.log.files.read(path)
        if data is None:
            self._nothing()
        else:
            self._say(200, data, kind=kind, cache=cache)


class _WitnessHandler(_Handler):
    server: WitnessServer

    def do_GET(self) -> None:
        witness, seen = self.server.witness, _SEEN.fullmatch(self.path)
        path = witness.folder / ("vkey" if self.path == "/vkey" else "")
        if seen:
            path = witness.folder / "logs" / seen[1] / "seen"
        if path.is_file():
            self._say(200, path.read_bytes(), kind=TEXT)
        else:
            self._nothing()

    def do_POST(self) -> None:
        size = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._nothing()
        elif not size.isascii() or not size.isdigit() or int(size[:12]) > REQUEST_LIMIT:
            self._say(413, b"the request is too large, or doesn't say how large\n", kind=TEXT)
        elif not self.server.room.acquire(blocking=False):
            self._say(503, b"too many at once, come back\n", kind=TEXT)
        else:
            try:
                verdict = self._judged(self.rfile.read(int(size)))
            finally:
                self.server.room.release()
            self._say(verdict.status, verdict.body.encode(), kind=verdict.kind)

    def _judged(self, request: bytes) -> Verdict:
        try:
            return self.server.witness.add(request, time=self.server.clock())
        except HabeasError as error:  # our own disk: no signature leaves
            return Verdict(status=500, body=f"{error.says}\n")
