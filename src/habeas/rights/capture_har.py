"""Reads a HAR 1.2 file: what a browser or a proxy recorded a page or an app to send.

Looked at: query, form fields, JSON (also inside a string or base64), multipart names and texts,
cookies sent, and WebSocket messages as Chromium writes them. Bodies in another encoding (protobuf,
encrypted) are counted as unread: what they held is not known.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from email import message_from_string
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from habeas.errors import BadInput
from habeas.rights.capture import Capture, Sent

_LARGEST = 256 * 1024 * 1024
_DEEPEST = 24
_LONGEST = 16_384
_MOST = 500_000


def read_har(path: str | Path, *, marks: Mapping[str, str] | None = None) -> Capture:
    """A capture from a HAR file. Raises BadInput with file and entry for one that is damaged.

    marks: name -> part of an address; the first request to such an address gives its moment.
    """
    file = Path(path)
    entries = _entries(file)
    sent: list[Sent] = []
    hosts: dict[str, None] = {}
    moments: dict[str, datetime] = {}
    unread = 0
    for number, entry in enumerate(entries):
        request, at = _request(entry, file, number)
        address = _address(request, file, number)
        host = address.hostname or ""
        hosts[host] = None
        for name, part in (marks or {}).items():
            if at is not None and part in str(request["url"]):
                moments.setdefault(name, at)
        found, opened = _of_request(request, address.query, entry)
        sent += [Sent(name=n, host=host, at=at, value=v[:_LONGEST]) for n, v in found if v]
        unread += not opened
        if len(sent) > _MOST:
            raise BadInput("holds more values than we read", file=file, remedy="split the capture")
    return Capture(
        kind="har",
        sent=tuple(sent),
        hosts=tuple(host for host in hosts if host),
        requests=len(entries),
        unread=unread,
        moments=moments,
    )


def _entries(file: Path) -> list[Any]:
    try:
        if file.stat().st_size > _LARGEST:
            raise BadInput("is larger than 256 MB", file=file, remedy="split the capture")
        log = json.loads(file.read_text(encoding="utf-8-sig"))["log"]
        entries = log["entries"]
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=file) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput("is not a HAR file", file=file, remedy="export HAR 1.2") from error
    if not isinstance(entries, list):
        raise BadInput("has no list of entries", file=file, place="log.entries")
    return entries


def _request(entry: Any, file: Path, number: int) -> tuple[dict[str, Any], datetime | None]:
    place = f"log.entries[{number}]"
    if not isinstance(entry, dict) or not isinstance(entry.get("request"), dict):
        raise BadInput("is an entry without a request", file=file, place=place)
    started = entry.get("startedDateTime")
    if started is None:
        return entry["request"], None
    try:
        at = datetime.fromisoformat(str(started))
    except ValueError as error:
        raise BadInput("the time is not ISO 8601", file=file, place=place) from error
    return entry["request"], at if at.tzinfo else None


def _address(request: dict[str, Any], file: Path, number: int) -> Any:
    try:
        return urlsplit(str(request["url"]))
    except (KeyError, ValueError) as error:
        place = f"log.entries[{number}].request.url"
        raise BadInput("is no address", file=file, place=place) from error


def _of_request(
    request: dict[str, Any], query: str, entry: dict[str, Any]
) -> tuple[list[tuple[str, str]], bool]:
    """Names and values of one request, and whether its body could be read."""
    found = [pair for name, value in parse_qsl(query) for pair in _opened(name, value)]
    for cookie in request.get("cookies") or ():
        if isinstance(cookie, dict):
            found += [(f"cookie.{cookie.get('name', '')}", str(cookie.get("value", "")))]
    body, opened = _body(request.get("postData"))
    found += body
    for message in entry.get("_webSocketMessages") or ():
        if isinstance(message, dict) and message.get("type") == "send":
            inner, read = _text("message", str(message.get("data", "")))
            found += inner
            opened = opened and read
    return found, opened


def _body(posted: Any) -> tuple[list[tuple[str, str]], bool]:
    if not isinstance(posted, dict):
        return [], True
    params = [p for p in posted.get("params") or () if isinstance(p, dict)]
    if params:
        named = [(str(p.get("name", "")), str(p.get("value", ""))) for p in params]
        return [pair for name, value in named for pair in _opened(name, value)], True
    text = posted.get("text")
    if not isinstance(text, str) or not text.strip():
        return [], True
    kind = str(posted.get("mimeType", ""))
    if kind.startswith("multipart/"):
        return _parts(kind, text), True
    if "urlencoded" in kind:
        return [pair for n, v in parse_qsl(text) for pair in _opened(n, v)], True
    return _text("body", text)


def _parts(kind: str, text: str) -> list[tuple[str, str]]:
    """The fields of a multipart body (RFC 7578); of a file only its name is looked at."""
    message = message_from_string(f"Content-Type: {kind}\n\n{text}")
    found: list[tuple[str, str]] = []
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            continue
        found += [(f"{name}.filename", held)] if (held := part.get_filename()) else []
        content = part.get_payload()
        if held is None and isinstance(content, str):
            found += _opened(name, content.rstrip("\r\n"))
    return found


def _text(name: str, text: str) -> tuple[list[tuple[str, str]], bool]:
    if (document := _json(text)) is not None:
        return list(_flat("", document, _DEEPEST)), True
    return [(name, text)], text.isprintable() or "\n" in text


def _opened(name: str, value: str) -> Iterator[tuple[str, str]]:
    """A value, or what it holds where it is JSON, plain or in base64."""
    document = _json(value)
    if document is None and len(value) >= 16:
        document = _json(_unbase64(value))
    if document is None:
        yield name, value
    else:
        yield from _flat(name, document, _DEEPEST)


def _flat(name: str, value: Any, deep: int) -> Iterator[tuple[str, str]]:
    if deep and isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}" if name else str(key), inner, deep - 1)
    elif deep and isinstance(value, list):
        for inner in value:
            yield from _flat(name, inner, deep - 1)
    elif isinstance(value, str) and deep and (document := _json(value)) is not None:
        yield from _flat(name, document, deep - 1)
    elif value is not None:
        yield name, str(value)


def _json(text: str) -> Any:
    if not text[:1] or text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _unbase64(text: str) -> str:
    try:
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
