"""Which tables of an estate are looked at: by name, before anything of them is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Patterns as in a shell. No `include` takes everything; `exclude` has the last word.

    >>> Choice(include=("crm.*",), exclude=("*.tmp",)).takes("crm.customers")
    True
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    @classmethod
    def of(cls, patterns: Sequence[str]) -> Choice:
        """From a list in which `!` stands before what is left out."""
        return cls(
            include=[p for p in patterns if not p.startswith("!")],
            exclude=[p[1:] for p in patterns if p.startswith("!")],
        )

    def takes(self, name: str) -> bool:
        wanted = not self.include or any(fnmatchcase(name, p) for p in self.include)
        return wanted and not any(fnmatchcase(name, p) for p in self.exclude)
