"""Tokens under a key: who can link them, who can lead them back; dates moved by person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput
from habeas.protection.columns import ColumnPlan
from habeas.protection.plan_file import plan_from
from habeas.protection.release import means_of, prepare
from habeas.protection.reversal import original_values
from habeas.protection.transforms import Means, transformed
from habeas.terms import Text

WHY = Text(en="why", zh="为何")
MEANS = Means(secret=bytes(32), purpose="scoring", epoch="1", recipient="甲公司")


def _planned(transform, **params):
    return ColumnPlan(column="c", transform=transform, params=params, reason=WHY)


OTHERS = [
    replace(MEANS, recipient="乙公司"),
    replace(MEANS, recipient=None),
    replace(MEANS, purpose="collection"),
    replace(MEANS, epoch="2"),
    replace(MEANS, secret=b"x" * 32),
]


@pytest.mark.parametrize("transform", ["pseudonym", "ff1"])
def test_another_recipient_purpose_epoch_or_controller_has_other_tokens(transform):
    """Two copies can't be joined on tokens unless the plan says so."""
    values = pl.Series("c", [f"{n:011d}" for n in range(13_800_000_000, 13_800_000_050)])
    here = set(transformed(values, _planned(transform), MEANS))

    for means in OTHERS:
        assert not here & set(transformed(values, _planned(transform), means))


def test_shared_pseudonyms_are_declared_in_the_plan(loans, loan_plan, secret, now):
    """By default two recipients of one purpose can't join their copies; a plan that says so
    lets them, and the file carries the word."""
    keys = {}
    for shared in (False, True):
        plan = loan_plan(shared_pseudonyms=shared)
        assert plan == plan_from(plan.to_mapping())
        keys[shared] = [
            set(
                prepare(loans, replace(plan, recipient=name), secret=secret, code=1, now=now)
                .table.column("borrower_id")
                .to_pylist()
            )
            for name in ("甲公司", "乙公司")
        ]

    assert not keys[False][0] & keys[False][1]
    assert keys[True][0] == keys[True][1]


@given(st.lists(st.none() | st.text(alphabet="0123456789", max_size=24), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_codes_keep_their_form_and_lead_back(values):
    """FF1: same length, same alphabet, and the key gives back what it could encrypt; a shorter
    code leaves nothing behind."""
    series, planned = pl.Series("c", values, dtype=pl.String), _planned("ff1")
    out = transformed(series, planned, MEANS)
    back = original_values(out, planned, MEANS)

    for was, code, again in zip(values, out, back, strict=True):
        if was is None or len(was) < 6:
            assert (None, None) == (code, again)
        else:
            assert code is not None
            assert code.isdigit()
            assert (len(was), was) == (len(code), again)


def test_identity_numbers_with_a_check_letter_are_codes_too():
    """The X of a resident number belongs to an alphabet of eleven."""
    values = pl.Series("c", ["11010519491231002X", "440106199003078811"])
    planned = _planned("ff1", alphabet="digits_x")
    out = transformed(values, planned, MEANS)

    assert values.to_list() == original_values(out, planned, MEANS).to_list()
    assert [None, "x" * 18] == [
        None if code is None else "x" * len(code)
        for code in transformed(values, _planned("ff1"), MEANS)
    ]


def test_a_pseudonym_is_found_again_among_the_values_it_was_made_of():
    """The digest is one-way: without candidates there is no way back, and with another
    recipient's means nothing is found."""
    values = pl.Series("c", ["B1", "B2", None, "B1"])
    planned = _planned("pseudonym")
    tokens = transformed(values, planned, MEANS)

    assert ["B1", "B2", None, "B1"] == original_values(
        tokens, planned, MEANS, candidates=pl.Series("c", ["B2", "B1", "B9"])
    ).to_list()
    assert [None] * 4 == original_values(tokens, planned, OTHERS[0], candidates=values).to_list()
    with pytest.raises(BadInput, match="none were given"):
        original_values(tokens, planned, MEANS)
    with pytest.raises(BadInput, match="no key leads back"):
        original_values(tokens, _planned("mask"), MEANS)


def test_the_means_of_a_plan_lead_its_release_back(loans, loan_plan, secret, now):
    """What a procedure with two key holders needs: the plan as applied and the secret."""
    made = prepare(loans, loan_plan(), secret=secret, code=1, now=now)
    back = original_values(
        pl.Series(made.table.column("borrower_id").to_pylist()),
        made.plan.column("borrower_id"),
        means_of(made.plan, secret=secret),
        candidates=pl.Series(loans.column("borrower_id").to_pylist()),
    )

    assert 0 == back.null_count()
    assert set(back) <= set(loans.column("borrower_id").to_pylist())


people = st.lists(
    st.tuples(st.none() | st.sampled_from("abc"), st.dates(date(1950, 1, 1), date(2020, 1, 1))),
    min_size=1,
    max_size=20,
)


@given(people, st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_a_persons_dates_move_together_and_never_stay(rows, days):
    """Intervals within a person are exact, no date leaves as it was, none moves farther than
    said; a row about nobody has no date."""
    who = pl.Series("s", [person for person, _ in rows], dtype=pl.String)
    dates = pl.Series("c", [day for _, day in rows], dtype=pl.Date)
    out = transformed(dates, _planned("date_shift", days=days), MEANS, subjects=who)
    moves: dict[str, set[timedelta]] = {}
    for (person, day), moved in zip(rows, out, strict=True):
        if person is None:
            assert moved is None
        else:
            moves.setdefault(person, set()).add(moved - day)

    assert all(len(steps) == 1 for steps in moves.values())
    assert all(1 <= abs(step.days) <= days for steps in moves.values() for step in steps)


def test_shifted_dates_need_a_person_and_no_search(column_plan, plan_of):
    """A plan that can't be carried out is refused when it is made."""
    shifted = column_plan("day", "date_shift", params={"days": 30})
    with pytest.raises(BadInput, match="whom a row is about isn't said"):
        plan_of(shifted)
    with pytest.raises(BadInput, match="no coarser forms to search over"):
        plan_of(
            shifted,
            column_plan("who", "drop"),
            subject_column="who",
            adversary=("day",),
            search=True,
        )
    with pytest.raises(BadInput, match="between 1 and 3650"):
        column_plan("day", "date_shift", params={"days": 0})
    with pytest.raises(BadInput, match="different characters"):
        column_plan("day", "ff1", params={"alphabet": "aab"})
    with pytest.raises(BadInput, match="whom a row is about isn't known"):
        transformed(pl.Series("c", [date(2020, 1, 1)]), shifted, MEANS)


def test_the_subject_may_be_dropped_and_still_shift(loans, loan_plan, column_plan, secret, now):
    """The column that says whom a row is about need not leave."""
    plan = loan_plan(adversary=("sex", "region"))
    columns = tuple(
        column_plan("birth_date", "date_shift", params={"days": 20})
        if c.column == "birth_date"
        else column_plan("borrower_id", "drop", role="identifier")
        if c.column == "borrower_id"
        else c
        for c in plan.columns
    )
    kept = tuple(c.column for c in columns if c.leaves)
    made = prepare(
        loans, replace(plan, columns=columns, needed=kept), secret=secret, code=1, now=now
    )

    assert pa.types.is_date(made.table.schema.field("birth_date").type)
    assert "borrower_id" not in made.table.column_names


@pytest.mark.parametrize(
    ("params", "values", "expected"),
    [
        ({"by": "provinces"}, ["广东省深圳市", "内蒙古自治区", "新加坡", None], ["广东", "内蒙古", "其他", None]),
        ({"by": "divisions", "to": "county"}, ["440305", 440305, "440305199001011234", "990101", "44"], ["440305", "440305", None, None, None]),
        ({"by": "divisions", "to": "prefecture"}, ["440305", "440305001002"], ["440300", "440300"]),
        ({"by": "divisions", "to": "province"}, ["440305", "110101", None], ["广东", "北京", None]),
        ({"by": "divisions", "to": "region"}, ["440305", "110101", "650100"], ["华南", "华北", "西北"]),
        ({"by": "occupations"}, ["网约车司机", "小学教师", "6-29-01-01", "巫师", None], ["社会生产服务和生活服务人员", "专业技术人员", "生产制造及有关人员", "其他", None]),
    ],
)  # fmt: skip
def test_built_in_hierarchies(params, values, expected):
    """Places and occupations get coarser without a file; what is no code is left empty."""
    series = pl.Series("c", [None if v is None else str(v) for v in values], dtype=pl.String)

    assert expected == transformed(series, _planned("generalise", **params), MEANS).to_list()
