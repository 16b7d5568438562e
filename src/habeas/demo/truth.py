"""What the generator planted and where: for tests and measurements, kept apart from the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pyarrow as pa

# Whole cells of a column are of this kind wherever they aren't null.
CELL_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "name": "person_name",
        "id_number": "cn_resident_id",
        "mobile": "mobile_cn",
        "bank_card": "bank_card",
        "birth_date": "birth_date",
        "address": "postal_address",
        "email": "email",
        "monthly_income": "income",
        "ip_address": "ip_address",
        "plate": "plate_cn",
        "passport": "cn_passport",
    }
)
# What is inside the cells of a column with structure.
INSIDE: Mapping[str, tuple[str, ...]] = MappingProxyType({"contacts": ("person_name", "mobile_cn")})
# Columns that look like something they aren't: no finding of these kinds may stand.
DECOY_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "order_no": ("bank_card", "cn_resident_id", "mobile_cn"),
        "product_code": ("cn_passport", "bank_card", "birth_date", "plate_cn"),
        "device_id": ("bank_card", "cn_resident_id", "mobile_cn"),
        "last_login": ("birth_date",),
        "disbursed_on": ("birth_date",),
        "due_on": ("birth_date",),
        "borrower_id": ("cn_passport", "mobile_cn"),
    }
)
# Kinds of article 28, and ethnic group, which its open list may hold.
SENSITIVE_KINDS = frozenset({"health", "religion", "bank_card", "ethnic_group"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One thing in one cell: characters start to end (end not included) of the cell's text."""

    row: int
    column: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Everything planted in one book.

    cells:     column -> kind of every cell that isn't null.
    inside:    column -> kinds found in every cell that isn't null.
    notes:     what stands in the collection notes, by row.
    decoys:    in the notes, what only looks like a finding (order numbers, masked phones …).
    sensitive_rows: rows whose note holds sensitive personal information.
    """

    cells: Mapping[str, str]
    inside: Mapping[str, tuple[str, ...]]
    decoy_columns: Mapping[str, tuple[str, ...]]
    notes: tuple[Planted, ...]
    decoys: tuple[Planted, ...]
    sensitive_rows: tuple[int, ...]

    def rows_with(self, kind: str) -> tuple[int, ...]:
        """Rows whose note holds this kind, in order."""
        return tuple(sorted({one.row for one in self.notes if one.kind == kind}))

    def in_note(self, row: int) -> tuple[Planted, ...]:
        """What was planted in the note of one row, from left to right."""
        return tuple(one for one in self.notes if one.row == row)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanBook:
    """A generated table and the truth about it."""

    table: pa.Table
    truth: Truth
