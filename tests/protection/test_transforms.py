"""Transforms: nothing of a hidden column gets out, and coarser means coarser."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.boundary.text import scan_text
from habeas.errors import BadInput
from habeas.protection.columns import ColumnPlan
from habeas.protection.transforms import Means, apply_plan_to_columns, transformed
from habeas.terms import Text

WHY = Text(en="why", zh="为何")
MEANS = Means(secret=bytes(32), purpose="scoring", epoch="1")


def _do(values, transform, means=MEANS, **params):
    planned = ColumnPlan(column="c", transform=transform, params=params, reason=WHY)
    series = values if isinstance(values, pl.Series) else pl.Series("c", values)
    return transformed(series, planned, means)


# Short alphabets make outputs that look like inputs likely.
texts = st.lists(st.none() | st.text(alphabet="a*[1]0", max_size=6), min_size=1, max_size=30)
free = st.lists(st.none() | st.text(max_size=12), min_size=1, max_size=30)


@given(texts | free, st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_no_original_value_of_a_masked_column_is_emitted(values, first, last):
    """Masked means masked, even where a value already looks like a mask."""
    out = _do(pl.Series("c", values, dtype=pl.String), "mask", keep_first=first, keep_last=last)

    assert not set(out.drop_nulls()) & {v for v in values if v is not None}
    assert len(values) == len(out)


@given(free)
@settings(max_examples=60, deadline=None)
def test_no_original_value_of_a_pseudonymised_column_is_emitted(values):
    """A pseudonym is no value of the column, and an empty cell stays empty."""
    series = pl.Series("c", values, dtype=pl.String)
    out = _do(series, "pseudonym")

    assert not set(out.drop_nulls()) & {v for v in values if v is not None}
    assert [v is None for v in values] == out.is_null().to_list()


def test_a_dropped_column_is_not_in_the_table():
    """Dropped is absent, not emptied; asking for its values is a mistake in our code."""
    planned = ColumnPlan(column="c", transform="drop", reason=WHY)

    with pytest.raises(ValueError, match="dropped"):
        transformed(pl.Series("c", ["x"]), planned, MEANS)


def test_pseudonyms_join_within_a_purpose_and_not_across():
    """The same person has one token for one purpose, and another one elsewhere."""
    values = ["B1", "B2", "B1", None]
    here = _do(values, "pseudonym").to_list()
    others = [
        _do(values, "pseudonym", Means(secret=bytes(32), purpose="collection", epoch="1")),
        _do(values, "pseudonym", Means(secret=bytes(32), purpose="scoring", epoch="2")),
        _do(values, "pseudonym", Means(secret=b"x" * 32, purpose="scoring", epoch="1")),
        _do(values, "pseudonym", domain="other"),
    ]

    assert here == _do(values, "pseudonym").to_list()
    assert here[0] == here[2] != here[1]
    assert here[3] is None
    assert {16} == {len(token) for token in here[:3]}
    for other in others:
        assert not set(here[:3]) & set(other.drop_nulls())


def test_a_pseudonym_key_cannot_be_confused_by_where_names_are_cut():
    """Purpose 'a' with domain 'bc' is not purpose 'ab' with domain 'c'."""
    left = Means(secret=bytes(32), purpose="a", epoch="1").pseudonym_key("bc")
    right = Means(secret=bytes(32), purpose="ab", epoch="1").pseudonym_key("c")

    assert left != right


@pytest.mark.parametrize(
    ("values", "transform", "params", "expected"),
    [
        (["13800138000", "12", None], "mask", {"keep_last": 4}, ["***8000", "***", None]),
        (["abcdef"], "mask", {"keep_first": 1, "keep_last": 1}, ["a***f"]),
        ([27, 30, None, -1], "generalise", {"by": "bands", "width": 10}, ["20-29", "30-39", None, "-10--1"]),
        ([15, 40, 95], "generalise", {"by": "bands", "width": 10, "low": 18, "high": 90}, ["<18", "40-49", "≥90"]),
        ([0.5, 1.0], "generalise", {"by": "bands", "width": 0.5}, ["[0.5,1)", "[1,1.5)"]),
        (["518000", "51", ""], "generalise", {"by": "prefix", "keep_first": 2}, ["51*", "51*", "*"]),
        (["广东省", "广东", "黑龙江省", "新加坡", None], "generalise", {"by": "regions"}, ["华南", "华南", "东北", "其他", None]),
        (["a", None], "generalise", {"by": "all"}, ["*", "*"]),
        ([149, 150, -150, None], "round", {"to": 100}, [100, 200, -100, None]),
        ([0.14, 0.26], "round", {"to": 0.1}, [0.1, 0.3]),
        ([5, 10, 19, 20], "bin", {"edges": [10, 20]}, ["<10", "[10,20)", "[10,20)", "≥20"]),
        ([5, 50, None], "clip", {"low": 10, "high": 20}, [10, 20, None]),
        ([float("nan"), float("inf"), 5.0], "bin", {"edges": [1]}, [None, None, "≥1"]),
        ([date(2019, 7, 5), None], "date_month", {}, ["2019-07", None]),
        (["Mar-2018", "2018-04-02"], "date_month", {}, ["2018-03", "2018-04"]),
        (["12", "x"], "round", {"to": 10}, [10.0, None]),
    ],
)  # fmt: skip
def test_transforms_do_what_they_say(values, transform, params, expected):
    """One line of each transform's contract."""
    assert expected == _do(values, transform, **params).to_list()


@pytest.mark.parametrize(
    ("to", "expected"),
    [("month", "1987-08"), ("quarter", "1987-Q3"), ("year", "1987"), ("five_years", "1985-1989"), ("decade", "1980-1989")],
)  # fmt: skip
@pytest.mark.parametrize(
    "value",
    [date(1987, 8, 14), datetime(1987, 8, 14, 23, 59, tzinfo=UTC), "1987-08-14", "1987/08/14", "1987年08月14日", "19870814", "1987-08-14 23:59:59"],
)  # fmt: skip
def test_a_date_is_coarsened_however_it_is_written(value, to, expected):
    """A birth date must not slip through because it was stored as text."""
    assert [expected] == _do([value], "generalise", by="date", to=to).to_list()


def test_what_cannot_be_read_is_left_empty_and_counted(loan_plan, loans):
    """A cell that is no date is not passed on as it was; the count says how many."""
    born = [*loans.column("birth_date").cast(pa.string()).to_pylist()[:-2], "unknown", "n/a"]
    table = loans.set_column(2, "birth_date", pa.array(born))
    out, lost = apply_plan_to_columns(
        table.select([c.column for c in loan_plan().leaving]), loan_plan().leaving, MEANS
    )

    assert {"birth_date": 2} == lost
    assert [None, None] == out.column("birth_date").to_pylist()[-2:]


@pytest.mark.parametrize(
    ("values", "transform", "params"),
    [
        (["a", "b"], "round", {"to": 1}),
        ([date(2020, 1, 1)], "bin", {"edges": [1]}),
        ([True], "clip", {"low": 0}),
        (["a", "b"], "generalise", {"by": "date", "to": "year"}),
    ],
)
def test_a_transform_that_does_not_fit_the_column_is_named(values, transform, params):
    """A plan for numbers or dates on other values is bad input, with the column's name only."""
    with pytest.raises(BadInput, match=r"columns\.c: column 'c' holds no"):
        _do(values, transform, **params)


@given(
    st.lists(st.none() | st.integers(-(10**9), 10**9), min_size=1, max_size=40),
    st.integers(1, 1000),
)
@settings(max_examples=60, deadline=None)
def test_rounding_moves_a_number_by_half_a_unit_at_most(values, unit):
    """Whole numbers stay whole, and none moves farther than it must."""
    out = _do(pl.Series("c", values, dtype=pl.Int64), "round", to=unit).to_list()

    for was, now in zip(values, out, strict=True):
        if was is None:
            assert now is None
        else:
            assert isinstance(now, int)
            assert now % unit == 0
            assert abs(now - was) * 2 <= unit


@given(st.lists(st.integers(-500, 500), min_size=2, max_size=60), st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_wider_bands_only_merge(values, width):
    """What is alike in narrow bands is alike in bands twice as wide: coarser is never finer."""
    narrow = _do(values, "generalise", by="bands", width=width).to_list()
    wide = _do(values, "generalise", by="bands", width=2 * width).to_list()

    assert len(set(zip(narrow, wide, strict=True))) == len(set(narrow))


def test_a_hierarchy_file_is_followed_level_by_level(tmp_path):
    """The file's own forms are what leaves; a value it lacks is named by row."""
    (tmp_path / "h.csv").write_text("teacher;education;*\nnurse;health;*\n", encoding="utf-8")
    means = Means(secret=bytes(32), purpose="p", epoch="1", folder=tmp_path)
    params = {"by": "hierarchy", "file": "h.csv"}

    assert ["education", None] == _do(
        ["teacher", None], "generalise", means, level=1, **params
    ).to_list()
    with pytest.raises(BadInput, match="row 2: the hierarchy of column 'c' lacks a value"):
        _do(["nurse", "pilot"], "generalise", means, level=1, **params)
    with pytest.raises(BadInput, match="above the hierarchy's coarsest, 2"):
        _do(["nurse"], "generalise", means, level=3, **params)
    with pytest.raises(BadInput, match="no folder to look for it"):
        _do(["nurse"], "generalise", level=1, **params)


def test_free_text_leaves_without_what_was_found_in_it():
    """Telephone, mail and identity numbers in a collection note go; the rest of it stays."""
    notes = [
        "客户称已失业，其兄手机13800138000，邮箱 wang@example.com，同意周五还款",
        "no answer, call again",
        None,
    ]
    out = _do(notes, "mask_spans").to_list()

    assert "13800138000" not in out[0]
    assert "wang@example.com" not in out[0]
    assert "[email]" in out[0]
    assert out[0].endswith("同意周五还款")
    assert ["no answer, call again", None] == out[1:]


@given(st.lists(st.text(alphabet="兄手机：1380a@b.cn ,", max_size=40), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_no_span_that_was_found_is_left_in_free_text(texts):
    """Whatever the scanner finds in a text, nested or side by side, is not in what leaves."""
    out = _do(pl.Series("c", texts, dtype=pl.String), "mask_spans").to_list()

    for text, masked in zip(texts, out, strict=True):
        spans = scan_text(text)
        assert bool(spans) == (masked != text)
        if spans:
            hidden = {at for span in spans for at in range(span.start, span.end)}
            kept = "".join(c for at, c in enumerate(text) if at not in hidden)
            assert kept == re.sub(r"\[\w+\]", "", masked)


def test_200k_pseudonyms_are_all_different():
    """Sixteen hex digits keep a loan book's keys apart."""
    out = _do(pl.Series("c", np.arange(200_000)).cast(pl.String), "pseudonym")

    assert 200_000 == out.n_unique()
