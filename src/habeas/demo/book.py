"""The demo's loan book: invented borrowers of a lender that does not exist, with planted truth.

Every value is generated. Identity numbers, cards and devices carry valid check digits and mobile
numbers have a real form, because a detector could not be tried otherwise: a number may by chance
be somebody's. Mailboxes use the domains kept for examples, employers carry the word 示例.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa

from habeas.demo.draws import Draws
from habeas.demo.loans import loans
from habeas.demo.notes import write_notes
from habeas.demo.people import people
from habeas.demo.truth import (
    CELL_KINDS,
    DECOY_COLUMNS,
    INSIDE,
    SENSITIVE_KINDS,
    LoanBook,
    Planted,
    Truth,
)
from habeas.errors import BadInput

BOOK_DAY = date(2026, 3, 1)  # the day the generated book is of
ROWS = 200_000

COLUMNS = (
    "borrower_id",
    "name",
    "id_number",
    "mobile",
    "bank_card",
    "birth_date",
    "sex",
    "ethnic_group",
    "address",
    "postcode",
    "email",
    "employer",
    "occupation",
    "monthly_income",
    "education",
    "marital_status",
    "contacts",
    "device_id",
    "ip_address",
    "plate",
    "passport",
    "order_no",
    "product_code",
    "loan_amount",
    "term_months",
    "annual_rate",
    "disbursed_on",
    "due_on",
    "overdue_days",
    "status",
    "score",
    "region",
    "portfolio",
    "collection_note",
    "last_login",
)


def generate(rows: int = ROWS, *, seed: int, day: date = BOOK_DAY) -> LoanBook:
    """A loan book of `rows` borrowers as of `day`; the same arguments give the same book."""
    if rows < 1:
        raise BadInput("a loan book needs at least one row", remedy="ask for one row or more")
    if seed < 0:
        raise BadInput("a seed is a whole number from 0 up", remedy="give another seed")
    draws = Draws(seed, rows)
    columns = people(draws, day) | loans(draws, day)
    columns["collection_note"], planted, decoys = _notes(draws, columns, day)
    frame = pl.DataFrame({name: columns[name].alias(name) for name in COLUMNS})
    return LoanBook(table=_plain(frame), truth=_truth(planted, decoys))


def _notes(
    draws: Draws, columns: dict[str, pl.Series], day: date
) -> tuple[pl.Series, list[Planted], list[Planted]]:
    """Notes for the loans that are in collection; null for all others."""
    rows = np.flatnonzero(columns["portfolio"].is_not_null().to_numpy())
    repeated = {"id": "id_number", "address": "address", "plate": "plate", "mail": "email"}
    own = pl.DataFrame(
        {slot: columns[column].gather(rows) for slot, column in repeated.items()}
        | {"people": columns["ethnic_group"].gather(rows), "sex": columns["sex"].gather(rows)}
    ).with_columns(
        people=pl.when(pl.col("people") != "汉族").then("people"),
        expecting=pl.when(pl.col("sex") == "女").then(pl.lit("已")).otherwise(pl.lit("女友已")),
    )
    texts, planted, decoys = write_notes(draws, rows.tolist(), own.to_dicts(), day)
    at = pl.DataFrame({"row": rows, "note": pl.Series(texts, dtype=pl.String)})
    every = pl.DataFrame({"row": np.arange(draws.rows)})
    return every.join(at, on="row", how="left", maintain_order="left")["note"], planted, decoys


def _truth(planted: list[Planted], decoys: list[Planted]) -> Truth:
    rows = sorted({one.row for one in planted if one.kind in SENSITIVE_KINDS})
    return Truth(
        cells=CELL_KINDS,
        inside=INSIDE,
        decoy_columns=DECOY_COLUMNS,
        notes=tuple(planted),
        decoys=tuple(decoys),
        sensitive_rows=tuple(rows),
    )


def _plain(frame: pl.DataFrame) -> pa.Table:
    """The frame in the plainest Arrow types: string, int64, double, date32."""
    table = frame.to_arrow()
    plain = {pa.large_string(): pa.string(), pa.string_view(): pa.string()}
    fields = [pa.field(one.name, plain.get(one.type, one.type)) for one in table.schema]
    return table.cast(pa.schema(fields)).combine_chunks()
