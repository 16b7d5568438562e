"""Forms in which a leak comes: each change alone and all together, and the right one is named."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest


@pytest.fixture(scope="module")
def dated(loans, make):
    """Copies of a table with dates and truth values among its marked columns."""
    rng = np.random.default_rng(12)
    table = loans.select(make.scoring)
    days = np.datetime64("2015-01-01") + rng.integers(0, 1_500, table.num_rows)
    table = table.append_column("opened", pa.array(days.astype("datetime64[D]")))
    table = table.append_column("insured", pa.array(rng.random(table.num_rows) < 0.4))
    marked = ["opened", "insured", *make.marked]
    return make.released(table, 3, marked=marked, seed=50)


def replaced(table, name, values):
    return table.set_column(table.column_names.index(name), name, pa.array(values))


def other_dates(table):
    days = [f"{v.day:02d}/{v.month:02d}/{v.year}" for v in table.column("opened").to_pylist()]
    return replaced(table, "opened", days)


def chinese_dates(table):
    days = [f"{v.year}年{v.month}月{v.day}日" for v in table.column("opened").to_pylist()]
    return replaced(table, "opened", days)


def translated(table):
    said = ["是" if v else "否" for v in table.column("insured").to_pylist()]
    return replaced(table, "insured", said)


def retyped(table):
    for name in ("annual_income", "balance", "total_credit_limit"):
        said = [None if v is None else f"{v:,.2f}" for v in table.column(name).to_pylist()]
        table = replaced(table, name, said)
    return table


def rounded(table):
    for name in ("annual_income", "balance", "total_credit_limit", "total_debit_limit"):
        said = [None if v is None else float(f"{v:.2g}") for v in table.column(name).to_pylist()]
        table = replaced(table, name, said)
    return table


def everything(table):
    return retyped(translated(other_dates(table)))


CHANGES = {
    "other dates": other_dates,
    "chinese dates": chinese_dates,
    "translated truth": translated,
    "retyped": retyped,
    "some rounded": rounded,
    "all at once": everything,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_leak_in_another_form_names_the_right_one(dated, make, change):
    """Renamed, permuted, shuffled, without ids, a tenth of the cells others', and changed."""
    leak = make.leaked(CHANGES[change](dated.copy_of(2)), 51, rows=700, alter=0.1)

    found = make.find(leak, dated)

    assert ("recipient 2",) == found.named
    assert found.matching[0]["columns_matched"] >= leak.num_columns - 1


@pytest.mark.parametrize("column", ["opened", "insured"])
def test_marks_in_changed_columns_are_read(dated, make, column):
    """Dates as day/month/year and truth as words: their marks are read as in the plain leak."""
    copy = dated.copy_of(1)
    names = [
        n
        for n in copy.column_names
        if n in (column, "total_credit_limit", "balance", "annual_income")
    ]
    plain = make.find(make.leaked(copy.select(names), 52), dated)
    other = make.find(make.leaked(translated(other_dates(copy)).select(names), 52), dated)

    assert plain.needed["readable_positions"] == other.needed["readable_positions"]
    assert plain.named == other.named == ("recipient 1",)


def test_foreign_rows_and_half_the_columns_at_once(dated, make):
    """Half the rows are strangers', nine columns are gone: the rest still names."""
    ours = make.leaked(dated.copy_of(0), 53, rows=2_500, alter=0.1, drop=9)
    strange = make.leaked(dated.base.table, 53, rows=2_500, alter=1.0, drop=9)

    found = make.find(pa.concat_tables([ours, strange]), dated)

    assert ("recipient 0",) == found.named
