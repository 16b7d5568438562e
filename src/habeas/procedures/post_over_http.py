"""Carrying an envelope to another home's post box, and its receipt back."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from habeas.errors import BadInput, HabeasError, NotVerified, Refused
from habeas.ledger.envelope import SIZE_LIMIT
from habeas.procedures.serve_inbox import ENVELOPE_TYPE

_PATIENCE_SECONDS = 30
_ERRORS: dict[str, type[HabeasError]] = {
    error.code: error for error in (BadInput, NotVerified, Refused)
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
    """What the other home said, in our words where it speaks as we do."""
    try:
        said = json.loads(data)
        code, says = said["error"], said["says"]
    except (ValueError, KeyError, TypeError):
        return BadInput(f"the other home answered with HTTP {answer.status}")
    known = _ERRORS.get(code) if isinstance(code, str) else None
    if known is None or not isinstance(says, str) or not says.isprintable():
        return BadInput(f"the other home answered with HTTP {answer.status}")
    return known(f"the other home says: {says[:200]}")
