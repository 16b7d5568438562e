"""Cells written in another way are the same cell; different cells are not."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.relief.cells import cells_of
from habeas.relief.rounding import EXACT, Rounding, fixed_shares, rounding_between


def keys(values, kind=None):
    return cells_of(pa.table({"x": pa.array(values, kind)}))[0].keys.tolist()


def one(values, kind=None):
    return cells_of(pa.table({"x": pa.array(values, kind)}))[0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=30))
def test_whole_numbers_are_the_same_in_every_form(values):
    """As integers, floats, text, text with a decimal point, text with spaces."""
    plain = keys(values, pa.int64())

    assert plain == keys([float(v) for v in values])
    assert plain == keys([str(v) for v in values])
    assert plain == keys([f" {v}.0" for v in values])
    assert len(set(values)) == len(set(plain))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1, max_size=30))
def test_amounts_are_the_same_in_every_form(values):
    """As floats, text, with thousands marks and a currency sign."""
    plain = keys([float(v) for v in values])

    assert plain == keys([str(v) for v in values])
    assert plain == keys([f"{v:,}" for v in values])
    assert plain == keys([f"{v:f}%" for v in values])
    assert len(set(values)) == len(set(plain))


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%d.%m.%Y",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%Y%m%d",
        "%Y年%m月%d日",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%SZ",
        "%d-%b-%Y",
    ],
)
def test_dates_are_the_same_in_every_form(form):
    """The form is found from the column as a whole."""
    days = [date(2018, 1 + at % 12, 1 + at % 28) for at in range(60)]
    written = [datetime(d.year, d.month, d.day).strftime(form) for d in days]  # noqa: DTZ001

    assert keys(days) == keys(written)


def test_months_in_words_are_months():
    """`Mar-2018` and `2018-03` are the same month."""
    assert keys(["Mar-2018", "Jan-2018", "Feb-2017"]) == keys(["2018-03", "2018-01", "2017-02"])


@pytest.mark.parametrize(
    "words", [("true", "false"), ("Yes", "no"), ("是", "否"), ("Y", "N"), ("1", "0")]
)
def test_booleans_are_the_same_in_every_language(words):
    """Translated booleans, and 1 and 0."""
    truth = [True, False, False, True, None]
    written = [None if value is None else words[not value] for value in truth]

    assert keys(truth) == keys(written)


def test_nothing_is_nothing_in_every_form():
    """Empty, NA and null are no value, and full-width text is its plain form."""
    assert [0, 0, 0] == keys(["NA", "", None])
    assert keys(["13800138000", "ａｂｃ"]) == keys(["１３８ 0013 8000", "ABC "])


def test_long_numbers_are_not_run_together():
    """Two identity numbers that differ in the last digit are different, as text and as integer."""
    assert 2 == len(set(keys(["110101199003070011", "110101199003070012"])))
    assert keys(["110101199003070011"]) == keys([110101199003070011])


@pytest.mark.parametrize(
    ("how", "to"), [("decimals", 0), ("decimals", -3), ("digits", 2), ("digits", 1)]
)
def test_rounding_is_seen_and_undone(how, to):
    """A rounded column is recognised, and its values meet those they were made from."""
    rng = np.random.default_rng(2)
    base = one(np.round(rng.lognormal(10, 1, 3000), 2).tolist())
    scale = Rounding(how, to)
    leak = one(scale.apply(base.numbers).tolist())

    found = rounding_between(fixed_shares(leak), fixed_shares(base))

    assert (found.keys(base) == leak.keys).mean() > 0.95
    assert found.close(leak.numbers, base.numbers).mean() > 0.95


def test_an_unrounded_column_is_left_exact():
    """Round amounts that were round before are not taken for rounding."""
    rng = np.random.default_rng(3)
    values = one((rng.integers(1, 40, 2000) * 1000.0).tolist())

    assert EXACT == rounding_between(fixed_shares(values), fixed_shares(values))
