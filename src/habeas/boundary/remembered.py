"""What was scanned before: unchanged inputs are not read again, and changed rules judge again.

The file holds boundaries, which hold no values. A boundary is taken from it only if the bytes,
the detectors, the book, and what was asked are the same, and nothing in it hangs on the day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from habeas.boundary.draw import Boundary
from habeas.boundary.registry import rule_pack
from habeas.errors import BadInput
from habeas.law.book import LawBook

FORMAT = "scans/v1"
# Kinds from which an age follows: who was under fourteen then may not be now.
_OF_THE_DAY = frozenset({"minor_under_14", "birth_date", "cn_resident_id", "age"})


def asked(*, book: LawBook, full: bool, claimed: Mapping[str, Any]) -> str:
    """A digest of what a scan is asked, besides the bytes: detectors, book, depth, claims."""
    whole = [rule_pack(), book.hash, full, sorted((k, sorted(v)) for k, v in claimed.items())]
    return sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()


@dataclass(slots=True, kw_only=True)
class Remembered:
    """Earlier boundaries by the name of their table; `reused` counts those taken over."""

    scans: dict[str, dict[str, Any]] = field(default_factory=dict)
    reused: int = 0

    @classmethod
    def load(cls, path: Path) -> Remembered:
        """From a scans/v1 file; one that isn't there yet is an empty memory."""
        if not path.exists():
            return cls()
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadInput("can't be read as scans/v1", file=path, remedy="remove it") from error
        if not isinstance(raw, dict) or raw.get("format") != FORMAT:
            raise BadInput(f"is not in the format {FORMAT}", file=path, remedy="remove it")
        return cls(scans=dict(raw["scans"]))

    def find(
        self, name: str, fingerprint: str | None, asked_for: str, day: date
    ) -> Boundary | None:
        """The boundary of the same bytes under the same question, if the day doesn't matter."""
        known = self.scans.get(name)
        if fingerprint is None or known is None:
            return None
        if (known["fingerprint"], known["asked"]) != (fingerprint, asked_for):
            return None
        found = Boundary.from_json(known["boundary"])
        if found.as_of != day and any(_OF_THE_DAY & set(c.kinds) for c in found.columns):
            return None
        self.reused += 1
        return found

    def keep(self, name: str, fingerprint: str | None, asked_for: str, found: Boundary) -> None:
        """Remember a boundary; what has no fingerprint is read anew each time."""
        if fingerprint is not None:
            self.scans[name] = {
                "fingerprint": fingerprint,
                "asked": asked_for,
                "boundary": found.to_json(),
            }

    def as_bytes(self) -> bytes:
        whole = {"format": FORMAT, "scans": self.scans}
        return (json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
