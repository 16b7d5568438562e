"""One attribution out of several traces of the same leak, each over some of the releases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from habeas.relief.attribution import Attribution, Outcome


def join(parts: Sequence[Attribution], *, tests_before: int) -> Attribution:
    """The traces as one: a recipient is excluded only if every one of their copies is.

    Each part must have counted the tests of the others beforehand (its own `tests_before`): their
    bounds stay as they are. tests_before: of earlier runs alone.
    """
    if len(parts) == 1:
        return replace(parts[0], tests_before=tests_before)
    lines = tuple(copy for part in parts for copy in part.lines)
    named = {name for part in parts for name in part.named}
    everyone = {copy.recipient for copy in lines}
    excluded = everyone - {copy.recipient for copy in lines if not copy.excluded}
    return replace(
        parts[0],
        outcome=_outcome(named, excluded, everyone),
        named=tuple(sorted(named)),
        excluded=tuple(sorted(excluded)),
        consistent_with_original=_any(part.consistent_with_original for part in parts),
        lines=lines,
        bound=tuple(bound for part in parts for bound in part.bound),
        tests_made=sum(part.tests_made for part in parts),
        tests_before=tests_before,
        needed=max((part.needed for part in parts), key=lambda one: one["readable_positions"]),
        matching=tuple(table for part in parts for table in part.matching),
        read={base: bits for part in parts for base, bits in part.read.items()},
    )


def _outcome(named: set[str], excluded: set[str], everyone: set[str]) -> Outcome:
    if named:
        return "named"
    return "all_excluded" if everyone and excluded == everyone else "not_decidable"


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Yes if one says yes, not known if one doesn't know, else no."""
    said = list(answers)
    if True in said:
        return True
    return None if None in said else False
