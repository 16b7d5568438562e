"""The way back from a keyed token to the value it stands for.

Whoever holds the home's secret can take it, so nothing here decides whether one may: that is a
procedure with a purpose, a second key holder and a log entry.
"""

from __future__ import annotations

import polars as pl

from habeas.errors import BadInput
from habeas.protection.columns import KEYED, ColumnPlan
from habeas.protection.transforms import Means, decrypted, transformed


def original_values(
    tokens: pl.Series,
    planned: ColumnPlan,
    means: Means,
    *,
    candidates: pl.Series | None = None,
) -> pl.Series:
    """The value behind each token; empty for a token of other data, key, recipient or epoch.

    planned, means: as the release had them (`means_of(plan, secret=…)`).
    candidates: for pseudonyms, the values to look among (a column of the source): a pseudonym is
        a one-way digest and is found again, not decrypted. FF1 codes need none.
    """
    if planned.transform not in KEYED:
        raise BadInput(
            f"from {planned.transform!r} no key leads back",
            place=planned.place,
        )
    if planned.transform == "ff1":
        return decrypted(tokens, planned, means)
    if candidates is None:
        raise BadInput(
            "a pseudonym is found again among known values, and none were given",
            place=planned.place,
            remedy="give the source's column",
        )
    known = candidates.drop_nulls().unique()
    made = transformed(known, planned, means)
    frame = pl.DataFrame({"token": made, "value": known.cast(pl.String)}).drop_nulls()
    return tokens.cast(pl.String).replace_strict(
        frame["token"], frame["value"], default=None, return_dtype=pl.String
    )
