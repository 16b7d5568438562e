"""One trace over all a home keeps: whole bases, and what is left of those past their term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from habeas.procedures.kept import Kept
from habeas.protection.base import Base
from habeas.records.home import Home
from habeas.relief.attribution import Attribution
from habeas.relief.joined import join
from habeas.relief.mark_scores import TESTS
from habeas.relief.sketch import sketch_table
from habeas.relief.trace import trace


def trace_kept(
    home: Home,
    leak: pa.Table,
    kept: Kept,
    *,
    originals: Sequence[pa.Table],
    tests_before: int,
) -> Attribution:
    """Whole bases are compared as they are, reduced ones by sketches of the leak and marks alone.

    Each part counts the most tests that the others can make, so that the bound covers them all.
    """
    whole = [base for base in kept.bases if not base.reduced]
    reduced = [base for base in kept.bases if base.reduced]
    parts = [(whole, leak, tuple(originals))] if whole or not reduced else []
    parts += [([base], _sketched(home, leak, base), ()) for base in reduced]
    found = [
        _trace(home, table, kept, bases, own, before=tests_before + _most(kept, bases))
        for bases, table, own in parts
    ]
    return join(found, tests_before=tests_before)


def _sketched(home: Home, leak: pa.Table, base: Base) -> pa.Table:
    return sketch_table(leak, secret=home.keys.mark, salt=base.salt)


def _most(kept: Kept, bases: Sequence[Base]) -> int:
    """The most tests that are made on copies of other bases than these."""
    ours = {base.id for base in bases}
    return (TESTS + 1) * sum(copy.base_id not in ours for copy in kept.copies)


def _trace(
    home: Home,
    leak: pa.Table,
    kept: Kept,
    bases: Sequence[Base],
    originals: tuple[pa.Table, ...],
    *,
    before: int,
) -> Attribution:
    ours = {base.id: base for base in bases}
    copies = [copy for copy in kept.copies if copy.base_id in ours]
    return trace(
        leak,
        bases=bases,
        # Canary rows are told apart by values of the base, which a reduced one has no more.
        copies=[replace(c, canaries=None) if ours[c.base_id].reduced else c for c in copies],
        secrets={base.id: (home.keys.mark, base.salt) for base in bases},
        originals=originals,
        tests_before=before,
    )
