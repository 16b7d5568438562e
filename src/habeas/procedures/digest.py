"""One digest for one document: SHA-256 over canonical JSON."""

from __future__ import annotations

import hashlib
from typing import Any

from habeas.rights.activity import canonical


def digest_of(document: Any) -> str:
    """SHA-256 in hex over the document's canonical JSON.

    >>> digest_of({"b": 1, "a": 2}) == digest_of({"a": 2, "b": 1})
    True
    """
    return hashlib.sha256(canonical(document)).hexdigest()
