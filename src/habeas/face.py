"""The Python face: a door like the command line, with the same five verbs.

A door reads the clock where no time is given; everything below is handed one. Nothing here
decides anything: each function opens what it is given and calls the one place that does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from habeas.boundary.draw import Boundary
from habeas.boundary.scan import scan as _scan
from habeas.law.book import load_book
from habeas.law.decision import Decision
from habeas.law.matter import load_matter, matter_from
from habeas.law.reason import decide as _decide
from habeas.ledger.bundle import Verification, verify_bundle
from habeas.relief.attribution import Attribution
from habeas.tables.source import open_source

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from habeas.procedures.release_data import Released

    Table: TypeAlias = str | Path | pa.Table | pl.DataFrame | pl.LazyFrame | pd.DataFrame


def scan(
    source: Table,
    *,
    law: str = "cn",
    as_of: date | None = None,
    claimed: Mapping[str, Sequence[str]] | None = None,
    full: bool = False,
) -> Boundary:
    """Where the legal line runs in a table: a file, or a pandas, Polars or Arrow frame.

    claimed: column -> the activities that say they use it. full: look at every cell, not at a
    sample. Raises BadInput for a file that can't be read.
    """
    book = load_book(law)
    return _scan(
        open_source(source), book=book, as_of=as_of or _today(), claimed=claimed, full=full
    )


def decide(
    matter: str | Path | Mapping[str, Any], *, law: str = "cn", as_of: date | None = None
) -> Decision:
    """Whether each use and event of a matter/v1 is lawful, unlawful or undetermined."""
    stated = matter_from(matter) if isinstance(matter, Mapping) else load_matter(matter)
    return _decide(stated, load_book(law), as_of=as_of or _today())


def verify(
    bundle: str | Path | bytes, *, trusted: Sequence[str] = (), witnesses: Sequence[str] = ()
) -> Verification:
    """Check a bundle of evidence with nothing but itself and the keys you trust."""
    return verify_bundle(bundle, trusted=trusted, witnesses=witnesses)


def release(
    home: str | Path,
    source: Table,
    out: str | Path,
    *,
    activity: str,
    recipient: str,
    purpose: str,
    law: str = "cn",
    now: datetime | None = None,
) -> Released:
    """Hand a table out from a controller's home; `out` appears last, whole.

    Raises Refused with the provisions, or Undetermined with the missing facts.
    """
    from habeas.procedures.release_data import release_data
    from habeas.records.home import open_home

    opened = open_home(Path(home))
    try:
        return release_data(
            opened,
            open_source(source),
            Path(out),
            activity=activity,
            recipient=recipient,
            purpose=purpose,
            book=load_book(law),
            now=now or datetime.now(UTC),
        )
    finally:
        opened.close()


def trace(
    home: str | Path,
    leak: Table,
    *,
    original: Table | None = None,
    now: datetime | None = None,
) -> Attribution:
    """Who a leak came from, on all releases of a controller's home; the tests made are logged."""
    from habeas.procedures.trace_leak import trace_leak
    from habeas.records.home import open_home

    opened = open_home(Path(home))
    try:
        own = None if original is None else open_source(original)
        moment = now or datetime.now(UTC)
        return trace_leak(opened, open_source(leak), original=own, now=moment).attribution
    finally:
        opened.close()


def _today() -> date:
    return datetime.now().astimezone().date()
