"""Lists as Excel workbooks: what is text stays text, and the same list gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from habeas.errors import ExtraMissing

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST = 32_000
_WIDEST = 60
# The zip format's own first day: the time of making would make two equal lists differ.
_THEN = datetime(1980, 1, 1, tzinfo=UTC)

Cell = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: a title of at most 31 characters, the columns, and rows as long as they."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """The workbook. Raises ExtraMissing without the extra `print`.

    A text that begins like a formula is written as the text it is: a list that computes when it
    is opened could be made to send itself somewhere.
    """
    try:
        import openpyxl
        from openpyxl.styles import Font
    except ImportError as error:
        raise ExtraMissing("Excel lists need openpyxl", remedy="install habeas[print]") from error
    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    for each in sheets:
        sheet = book.create_sheet(each.title[:31])
        _fill(sheet, [each.columns, *each.rows])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    book.properties.created = book.properties.modified = _THEN.replace(tzinfo=None)
    out = BytesIO()
    book.save(out)
    return _undated(out.getvalue())


def _fill(sheet: Any, rows: Sequence[Sequence[Cell]]) -> None:
    for at, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(row=at, column=column)
            if isinstance(value, str):
                cell.value = _FORBIDDEN.sub("", value)[:_LONGEST]
                cell.data_type = "s"  # a formula's text would make it "f"
            elif value is not None:
                cell.value = value
    for column, name in enumerate(rows[0], start=1):
        widths = [len(str(row[column - 1] or "")) for row in rows]
        letter = sheet.cell(row=1, column=column).column_letter
        sheet.column_dimensions[letter].width = min(_WIDEST, max(len(str(name)), *widths) + 4)


def _undated(data: bytes) -> bytes:
    """The same parts with one date on all of them."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb">\d{4}-\d\d-\d\dT[\d:]+Z<", b">1980-01-01T00:00:00Z<", content)
            info = ZipInfo(name, date_time=_THEN.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            new.writestr(info, content)
    return out.getvalue()
