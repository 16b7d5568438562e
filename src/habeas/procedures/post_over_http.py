"""Carrying an envelope to another home's post box, and its receipt back."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from habeas.errors import BadInput, HabeasError, NotVerified, Refused
from habeas.ledger.envelope import SIZE_LIMIT
from habeas.procedures.serve_inbox import ENVELOPE_TYPE

_PATIENCE_SECONDS = 30
# What the other home's code means, in our words: its own sentence is not repeated, since a
# stranger's server could put anything into it.
_ERRORS: dict[str, tuple[type[HabeasError], str]] = {
    "bad_input": (BadInput, "the other home can't use this envelope"),
    "not_verified": (
        NotVerified,
        "the other home doesn't accept this envelope: it must trust our key and be the addressee",
    ),
    "refused": (Refused, "the other home has another envelope under this id"),
}


def deliver(raw: bytes, url: str) -> bytes:
    """Post an envelope; return the receipt. What the other home refuses is raised as it says it.

    Raises BadInput when it can't be reached: the envelope waits and can be sent again.
    """
    connection = _connection(url)
    try:
        connection.request("POST", "/inbox", body=raw, headers={"Content-Type": ENVELOPE_TYPE})
        answer = connection.getresponse()
        data = answer.read(SIZE_LIMIT + 1)
    except (OSError, HTTPException) as error:
        raise BadInput(
            f"the other home can't be reached ({type(error).__name__})",
            remedy="the envelope is kept; send it again with `habeas send --pending`",
        ) from error
    finally:
        connection.close()
    if answer.status != 200:
        raise _refusal(answer, data)
    return data


def _connection(url: str) -> HTTPConnection:
    """A connection to the host of a URL that names a host and nothing else."""
    remedy = "write the address of the post box alone, such as http://127.0.0.1:8470"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadInput("this is not an address", remedy=remedy) from error
    extra = parts.query or parts.fragment or parts.username or parts.path not in ("", "/")
    if parts.scheme not in ("http", "https") or not parts.hostname or extra:
        raise BadInput("this is not the address of a post box", remedy=remedy)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname, port, timeout=_PATIENCE_SECONDS)


def _refusal(answer: HTTPResponse, data: bytes) -> HabeasError:
    """What the other home's code means; a code we don't know is told as the number of HTTP."""
    try:
        code = json.loads(data)["error"]
    except (ValueError, KeyError, TypeError):
        code = None
    known = _ERRORS.get(code) if isinstance(code, str) else None
    if known is None:
        return BadInput(f"the other home answered with HTTP {answer.status}")
    kind, says = known
    return kind(says)
