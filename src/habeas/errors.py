"""Errors: part of the API. Each says what is wrong, where, and what to do about it.

An error names files, rows, columns, counts and digests, never the value of a cell and never
a person: errors are printed, logged and sent to people who may not see the data.
"""

from __future__ import annotations

from os import PathLike, fspath
from typing import ClassVar


class HabeasError(Exception):
    """Anything Habeas says on purpose; its text is one sentence a user can act on.

    says:   what is wrong, a lower-case fragment without a full stop.
    file:   the file it is wrong in, if any.
    place:  where in the file or object: 'row 17, column "amount"', 'line 3', 'uses.u1.consent'.
    remedy: what to do about it, an imperative fragment.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        says: str,
        *,
        file: str | PathLike[str] | None = None,
        place: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.says = says
        self.file = None if file is None else fspath(file)
        self.place = place
        self.remedy = remedy
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The whole error as one sentence: `file, place: what is wrong; remedy`."""
        where = ", ".join(part for part in (self.file, self.place) if part)
        head = f"{where}: {self.says}" if where else self.says
        return f"{head}; {self.remedy}" if self.remedy else head

    def as_json(self) -> dict[str, str | None]:
        """The error for `--json`: the code is stable, the sentence is not."""
        return {
            "error": self.code,
            "says": self.says,
            "file": self.file,
            "place": self.place,
            "remedy": self.remedy,
        }


class BadInput(HabeasError):
    """What we were given cannot be used as it is: exit 2, nothing half done."""

    code = "bad_input"
    exit_code = 2


class ExtraMissing(BadInput):
    """An optional part of Habeas is needed and not installed."""

    code = "extra_missing"


class Refused(HabeasError):
    """The answer is no, with the provisions that say so: exit 3."""

    code = "refused"
    exit_code = 3


class NotVerified(HabeasError):
    """Evidence that does not hold; says the first thing wrong: exit 3."""

    code = "not_verified"
    exit_code = 3


class Undetermined(HabeasError):
    """The answer cannot be given on what is known; says what is missing: exit 4."""

    code = "undetermined"
    exit_code = 4
