"""Papers on their way as envelopes: what was written in a folder goes out as it stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from habeas.errors import BadInput
from habeas.ledger.envelope import SIZE_LIMIT, Attachment
from habeas.procedures.contacts import contact_named
from habeas.procedures.foreign_path import read_outside
from habeas.procedures.post import Draft
from habeas.procedures.send_envelope import send_envelope
from habeas.records.exchange import Letter
from habeas.records.home import Home

# An envelope is sealed and signed as a whole: room is left for what stands around the files.
_ROOM = SIZE_LIMIT - 1024 * 1024


def check_parties(home: Home, to: Sequence[str], parties: Sequence[str], *, what: str) -> None:
    """BadInput for a contact that this is not for; checked before anything is written."""
    for name in to:
        if contact_named(home, name).party not in parties:
            raise BadInput(
                f"{what} is not for this contact", remedy=f"name one that is: {', '.join(parties)}"
            )


def files_in(folder: Path, pattern: str = "*") -> tuple[Attachment, ...]:
    """The files of a folder and those below it, by name; BadInput if they are too large to send.

    A file below the folder is named by its path with `-` between the parts.
    """
    paths = sorted(path for path in folder.rglob(pattern) if path.is_file())
    size = sum(path.stat().st_size for path in paths)
    if size > _ROOM:
        raise BadInput(
            f"{size // 1024 // 1024} MB do not go into one envelope",
            file=folder.name,
            remedy="hand the folder over, and send its list and bundle alone",
        )
    return tuple(
        Attachment(
            name="-".join(path.relative_to(folder).parts), data=read_outside(path, limit=_ROOM)
        )
        for path in paths
    )


def send_to_all(
    home: Home,
    kind: str,
    to: Sequence[str],
    *,
    body: Mapping[str, Any],
    files: tuple[Attachment, ...],
    now: datetime,
) -> list[Letter]:
    """One envelope for each contact, each a conversation of its own."""
    draft = Draft(kind=kind, body=body, attachments=files)
    return [send_envelope(home, draft, to=name, now=now) for name in dict.fromkeys(to)]
