"""Which rows of a table may go into a release: those of the use, of persons who did not object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habeas.errors import BadInput
from habeas.records.home import Home
from habeas.rights.activity import Use
from habeas.rights.choice import ChoiceState, may_stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The rows that stay, and how many left for which reason. Counts stay inside the home.

    subjects: keyed digest of each row's person, in the order of the table.
    """

    table: pa.Table
    subjects: tuple[bytes, ...]
    objected: int
    silent: int
    nameless: int


def rows_of_use(table: pa.Table, use: Use) -> pa.Table:
    """The rows that belong to a use: those whose codes are listed under `rows`."""
    for column, values in use.rows.items():
        if column not in table.column_names:
            raise BadInput(f"there is no column {column!r} in the table", place="rows")
        text = pc.cast(table.column(column), pa.string())
        table = table.filter(pc.is_in(text, value_set=pa.array(values, pa.string())))
    return table


def subjects_of(table: pa.Table, column: str, home: Home) -> list[bytes | None]:
    """The keyed digest of each row's person; None where the id is missing."""
    if column not in table.column_names:
        raise BadInput(
            f"the table has no column {column!r}, which says whom a row is about",
            remedy="correct subject_column in the declaration of the activity",
        )
    ids = pc.cast(table.column(column), pa.string()).to_pylist()
    return [home.digest_of(each) if each else None for each in ids]


def rows_by_choice(
    table: pa.Table,
    subjects: list[bytes | None],
    choices: Mapping[bytes, ChoiceState],
    *,
    consent_needed: bool,
) -> Chosen:
    """Drop the rows of persons who said no, or (where consent is the ground) did not say yes.

    A row that names no person can't be matched with a choice, so it does not stay.
    """
    states = [None if subject is None else choices.get(subject) for subject in subjects]
    stays = np.array(
        [
            subject is not None and may_stay(state, consent_needed=consent_needed)
            for subject, state in zip(subjects, states, strict=True)
        ],
        dtype=bool,
    )
    no = (ChoiceState.REFUSED, ChoiceState.WITHDRAWN)
    objected = sum(state in no for state in states)
    nameless = sum(subject is None for subject in subjects)
    return Chosen(
        table=table.filter(pa.array(stays)),
        subjects=tuple(s for s, kept in zip(subjects, stays, strict=True) if kept and s),
        objected=objected,
        silent=len(stays) - int(stays.sum()) - objected - nameless,
        nameless=nameless,
    )
