"""The boundary of named lists of values, for callers who see no data frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa

from habeas.boundary.draw import Boundary
from habeas.boundary.scan import scan
from habeas.law.book import LawBook
from habeas.tables.source import open_source


def scan_fields(fields: Mapping[str, Sequence[str]], *, book: LawBook, as_of: date) -> Boundary:
    """The boundary of fields with the values seen under each; lists may differ in length.

    An empty list is judged by its name alone.
    """
    rows = max((len(values) for values in fields.values()), default=0)
    padded = {
        name: pa.array([*values, *[None] * (rows - len(values))], pa.string())
        for name, values in fields.items()
    }
    return scan(open_source(pa.table(padded), name="fields"), book=book, as_of=as_of)
