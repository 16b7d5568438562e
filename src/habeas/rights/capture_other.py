"""Reads the other captures: an Android manifest as text, and a table."""

from __future__ import annotations

import re
from pathlib import Path

from habeas.errors import BadInput
from habeas.rights.capture import Capture, Sent
from habeas.tables.source import Source

_LARGEST = 8 * 1024 * 1024
_PERMISSION = re.compile(r"\bandroid\.permission\.([A-Z][A-Z0-9_]{2,60})\b")
_ROWS = 200


def read_manifest(path: str | Path) -> Capture:
    """The permissions named in a manifest: decoded XML, or what a packaging tool prints."""
    file = Path(path)
    try:
        if file.stat().st_size > _LARGEST:
            raise BadInput("is larger than a manifest can be", file=file, remedy="8 MB at most")
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=file) from error
    except UnicodeDecodeError as error:
        remedy = "decode the binary manifest first, for example with apktool"
        raise BadInput("is not text", file=file, remedy=remedy) from error
    found = tuple(dict.fromkeys(_PERMISSION.findall(text)))
    if not found and "<manifest" not in text and "package:" not in text:
        raise BadInput("is no Android manifest", file=file)
    return Capture(kind="manifest", permissions=found)


def read_table(source: Source) -> Capture:
    """The columns of a table that somebody really keeps, with some of its values."""
    sent = []
    for batch in source.batches(rows=_ROWS):
        for name in batch.schema.names:
            values = [v for v in batch.column(name).to_pylist() if v is not None] or [""]
            sent += [Sent(name=name, host="", at=None, value=str(value)) for value in values]
        break
    return Capture(kind="table", sent=tuple(sent))
