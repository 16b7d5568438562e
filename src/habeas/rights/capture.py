"""What an app, a page or a table was seen to take: fields, hosts, permissions.

Values stay in memory for as long as it takes to recognise them; nothing that leaves this room
holds one. A capture is somebody's recording: it shows what was sent while it ran, not all that is
ever sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["har", "manifest", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One value that was sent: under which name, to which host, when (None: not recorded)."""

    name: str
    host: str
    at: datetime | None
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A recording. hosts: every host that was contacted, with or without data in sight.

    unread: requests whose body we can't read. moments: when what a reader marked happened.
    """

    kind: Kind
    sent: tuple[Sent, ...] = ()
    hosts: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    requests: int = 0
    unread: int = 0
    moments: Mapping[str, datetime] = field(default_factory=dict)
