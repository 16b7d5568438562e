"""A table of reported breaches through the clock their law gives: late, inside the days, unknown.

Reporting inside the days is not the same as in time: the law also asks for no unreasonable
delay, which is a judgement and is not made here. A row whose day of discovery is not known can't
be called late, and is counted apart with what is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from habeas.errors import BadInput
from habeas.law.values import WrongValueError, read_date, read_int
from habeas.law.yaml_reading import yaml_document
from habeas.tables.source import Source
from habeas.terms import Citation

PLAIN = {"persons": "persons", "reported_on": "reported_on", "discovered_on": "discovered_on"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LateReports:
    """Counts of rows. unknown: the fact that is missing -> rows; large, small: by persons."""

    rows: int
    late: int
    inside_the_days: int
    unknown: Mapping[str, int]
    large: int
    small: int
    under: tuple[Citation, ...]


def layouts() -> tuple[str, ...]:
    return tuple(_sheet()["layouts"])


def count_late_reports(source: Source, *, layout: str | None = None) -> LateReports:
    """Count the rows of a table; BadInput for a value that is no day or no number, by its row."""
    columns = _columns(source, layout)
    wanted = [name for name in columns.values() if name is not None]
    counts: Counter[str] = Counter()
    row = 0
    for batch in source.batches(columns=wanted):
        for cells in batch.to_pylist():
            row += 1
            facts = {fact: cells.get(name or "") for fact, name in columns.items()}
            counts.update(_judged(facts, source.name, row))
    sheet = _sheet()
    cited = (sheet["large"]["days_provision"], sheet["large"]["provision"])
    return LateReports(
        rows=row,
        late=counts["late"],
        inside_the_days=counts["inside"],
        unknown={k.removeprefix("no "): n for k, n in counts.items() if k.startswith("no ")},
        large=counts["large"],
        small=counts["small"],
        under=tuple(map(Citation.parse, cited)),
    )


def _columns(source: Source, layout: str | None) -> Mapping[str, str | None]:
    known = _sheet()["layouts"]
    if layout is not None and layout not in known:
        raise BadInput("there is no such layout", remedy=f"one of: {', '.join(known)}")
    columns: Mapping[str, str | None] = PLAIN if layout is None else known[layout]
    for name in columns.values():
        if name is not None and name not in source.schema.names:
            raise BadInput(
                f"has no column {name!r}",
                file=source.name,
                remedy="name a layout, or the columns persons, reported_on, discovered_on",
            )
    return columns


def _judged(facts: Mapping[str, Any], file: str, row: int) -> list[str]:
    persons = _read(read_int, facts["persons"], file, row)
    reported = _read(read_date, facts["reported_on"], file, row)
    discovered = _read(read_date, facts["discovered_on"], file, row)
    size = [] if persons is None else ["large" if persons >= _at_least() else "small"]
    lacking = {"persons": persons, "reported_on": reported, "discovered_on": discovered}
    missing = [f"no {name}" for name, value in lacking.items() if value is None]
    if missing:
        return [*size, *missing[:1]]
    assert persons is not None
    assert reported is not None
    assert discovered is not None
    return [*size, "late" if reported > due(persons, discovered) else "inside"]


def due(persons: int, discovered: date) -> date:
    """The last day on which the Secretary may be told (us.hipaa.164_408, us.hipaa.17932a).

    >>> due(500, date(2023, 1, 1)), due(499, date(2023, 1, 1))
    (datetime.date(2023, 3, 2), datetime.date(2024, 2, 29))
    """
    sheet = _sheet()
    if persons >= _at_least():
        return discovered + timedelta(days=int(sheet["large"]["days_after_discovery"]))
    year_end = date(discovered.year, 12, 31)
    return year_end + timedelta(days=int(sheet["small"]["days_after_year_end"]))


def _at_least() -> int:
    return int(_sheet()["large"]["at_least"])


def _read(reader: Any, raw: Any, file: str, row: int) -> Any:
    if raw is None or raw == "":
        return None
    try:
        return reader(raw)
    except WrongValueError as error:
        raise BadInput(error.says, file=file, place=f"row {row}", remedy=error.remedy) from error


@cache
def _sheet() -> Mapping[str, Any]:
    where = files("habeas.laws").joinpath("us", "breach_report.yaml")
    raw: Mapping[str, Any] = yaml_document(
        where.read_text(encoding="utf-8"), file="breach_report.yaml"
    ).value
    return raw
