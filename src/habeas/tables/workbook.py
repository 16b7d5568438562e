"""Excel and OpenDocument workbooks (.xlsx, .xlsm, .xls, .xlsb, .ods): a sheet is a table.

The first row that isn't empty is the header. A column holds one type or strings.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from habeas.errors import BadInput, ExtraMissing

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_LARGEST = 256 << 20


def sheets(path: Path) -> list[str]:
    """The names of the sheets, in order."""
    return list(_open(path).sheet_names)


def sheet(path: Path, name: str) -> pa.Table:
    """One sheet as a table; an empty one has no columns."""
    rows = [row for row in _open(path).get_sheet_by_name(name).to_python() if any(map(_full, row))]
    if not rows:
        return pa.table({})
    names = _names(rows[0], path, name)
    return pa.table({n: _column([row[at] for row in rows[1:]]) for at, n in enumerate(names)})


def _open(path: Path) -> Any:
    try:
        import python_calamine
    except ImportError as error:
        raise ExtraMissing(
            "workbooks need python-calamine", file=path.name, remedy="install habeas[sources]"
        ) from error
    if path.stat().st_size > _LARGEST:
        raise BadInput("is larger than 256 MB", file=path.name, remedy="export the sheets as CSV")
    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise BadInput(
            "is locked with a password", file=path.name, remedy="save it without"
        ) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise BadInput("is no whole workbook", file=path.name, remedy="save it again") from error


def _full(cell: Any) -> bool:
    return cell not in ("", None)


def _names(header: list[Any], path: Path, name: str) -> list[str]:
    """Names of columns; an empty one is called by its place, as a spreadsheet does."""
    found = [str(cell).strip() or f"column {at}" for at, cell in enumerate(header, start=1)]
    if len(set(found)) < len(found):
        raise BadInput(
            "two columns have the same name",
            file=path.name,
            place=f"sheet {name!r}",
            remedy="rename one of them",
        )
    return found


def _column(cells: list[Any]) -> pa.Array:
    values = [cell if _full(cell) else None for cell in cells]
    kinds = {type(value) for value in values if value is not None}
    if kinds == {float} and all(v is None or v.is_integer() for v in values):
        return pa.array([None if v is None else int(v) for v in values], pa.int64())
    if kinds <= {bool} or kinds <= {int} or kinds <= {int, float} or kinds <= {date}:
        return pa.array(values)
    return pa.array([None if v is None else _text(v) for v in values], pa.string())


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value)
