"""The draft answers for each column whether it is needed, what it is, and what is done to it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from habeas.errors import BadInput, Refused, Undetermined
from habeas.protection.plan import check_plan, draft_plan
from habeas.terms import Status, Text

NEED = Text(en="the model is about it", zh="模型以此为据")


@pytest.fixture
def boundary(boundary_column, boundary_of):
    c = boundary_column
    return boundary_of(
        c("borrower_id", kinds=(), distinct=9_000, unique_share=1.0),
        c("name", kinds=("person_name",)),
        c("mobile", kinds=("mobile_cn",)),
        c("bank_card", "sensitive", ("bank_card",)),
        c("birth_date", "quasi_identifier", ("birth_date",), "date32[day]"),
        c("postcode", "quasi_identifier", ("postcode",)),
        c("region", "quasi_identifier", ("region",), distinct=31),
        c("employer", "quasi_identifier", ("employer",), distinct=5_000),
        c("age", "quasi_identifier", ("age",), "int64"),
        c("children", "quasi_identifier", (), "int64", distinct=5),
        c("income", "personal", ("income",), "int64", distinct=4_000),
        c("amount", "personal", ("loan_record",), "int64", distinct=400),
        c("rate", "undecided", (), "double", distinct=400),
        c("grade", "undecided", (), distinct=7),
        c("illness", "sensitive", ("health",)),
        c("note", "personal", ("mobile_cn", "free_text"), distinct=9_000, unique_share=1.0),
        c("contacts", "personal", ("contacts", "mobile_cn")),
        c("order_no", "not_personal", (), distinct=9_000, unique_share=1.0),
    )


ALL = (
    "borrower_id", "name", "mobile", "bank_card", "birth_date", "postcode", "region", "employer",
    "age", "children", "income", "amount", "rate", "grade", "illness", "note", "contacts",
    "order_no",
)  # fmt: skip


def _draft(boundary, **more):
    given = {
        "recipient": "R",
        "purpose": "scoring",
        "needed": ALL,
        "subject_column": "borrower_id",
        "decision": SimpleNamespace(status=Status.LAWFUL, element="u1"),
        **more,
    }
    return draft_plan(boundary, **given)


def test_each_column_gets_the_transform_its_kind_asks_for(boundary):
    """A pseudonymised release: the key is a pseudonym, names go, what is known is coarser."""
    plan = _draft(boundary)

    assert {
        "borrower_id": "pseudonym",
        "name": "drop",
        "mobile": "drop",
        "bank_card": "drop",
        "birth_date": "generalise",
        "postcode": "generalise",
        "region": "keep",
        "employer": "drop",
        "age": "generalise",
        "children": "keep",
        "income": "bin",
        "amount": "keep",
        "rate": "keep",
        "grade": "keep",
        "illness": "drop",
        "note": "mask_spans",
        "contacts": "drop",
        "order_no": "drop",
    } == {c.column: c.transform for c in plan.columns}
    assert ("birth_date", "postcode", "region", "age", "children") == plan.adversary
    assert {
        "birth_date": {"by": "date", "to": "year"},
        "postcode": {"by": "prefix", "keep_first": 2},
        "age": {"by": "bands", "width": 5},
        "income": {"edges": [n * 10**p for p in range(3, 7) for n in (1, 2, 5)]},
    } == {c.column: c.params for c in plan.columns if c.params}
    assert (5, 0.2, 0.05) == (plan.k, plan.max_risk, plan.max_suppressed)
    assert plan.search


def test_what_is_not_needed_is_dropped_with_its_article(boundary):
    """Minimisation is the first rule and says so."""
    plan = _draft(boundary, needed=("amount",))

    assert ("amount",) == tuple(c.column for c in plan.leaving)
    dropped = [c for c in plan.columns if c.column != "amount"]
    assert {("cn.pipl.art6",)} == {c.citations for c in dropped}


def test_a_recipient_who_asks_for_more_than_the_activity_covers_does_not_get_it(boundary):
    """A vendor may call everything needed; the declared activity decides what the purpose is."""
    plan = _draft(boundary, covered=("borrower_id", "amount", "grade"))

    assert {"borrower_id", "amount", "grade"} == {c.column for c in plan.leaving}
    assert "declared activity" in plan.column("birth_date").reason.en


def test_sensitive_columns_leave_only_with_a_stated_necessity(boundary):
    """Necessity is stated per column and travels with the plan."""
    plan = _draft(boundary, necessity={"illness": NEED})

    assert "keep" == plan.column("illness").transform
    assert plan.column("illness").necessity == NEED
    assert ("cn.pipl.art28.p2",) == plan.column("illness").citations
    assert "drop" == plan.column("bank_card").transform
    assert ("cn.pipl.art28.p2",) == plan.column("bank_card").citations


def test_an_entrusted_release_keeps_needed_columns_unaltered_and_marks_nothing(boundary):
    """A collector must reach the borrower: values as they are, the rest stays behind."""
    asked = ("borrower_id", "name", "mobile", "amount", "bank_card")
    plan = _draft(boundary, needed=asked, identified=True, canaries=4)

    assert {"borrower_id", "name", "mobile", "amount"} == {c.column for c in plan.leaving}
    assert {"keep"} == {c.transform for c in plan.leaving}
    assert not any(c.mark for c in plan.columns)
    assert (1, (), 0.0, 4) == (plan.k, plan.adversary, plan.mark_rate, plan.canaries)


def test_marks_stay_off_numbers_unless_named_and_off_what_is_decided_on(boundary):
    """Unnamed numbers are exact; a field that decides over a person is exact in any case."""
    plain = _draft(boundary)
    named = _draft(boundary, mark_numbers=("rate", "amount"), decided_on=("amount", "grade"))

    assert {"grade"} == {c.column for c in plain.columns if c.mark}
    assert {"rate"} == {c.column for c in named.columns if c.mark}


def test_sums_and_decisions_keep_amounts_exact(boundary):
    """Income is binned unless it is decided on or added up."""
    assert "keep" == _draft(boundary, sums=("income",)).column("income").transform
    assert "keep" == _draft(boundary, decided_on=("income",)).column("income").transform


def test_a_named_adversary_makes_its_columns_quasi_identifiers(boundary):
    """What the adversary is said to know is treated as known, whatever the scan called it."""
    plan = _draft(boundary, adversary=("amount", "region", "name"))

    assert "quasi_identifier" == plan.column("amount").role
    assert "bin" == plan.column("amount").transform
    assert ("amount", "region") == plan.adversary, "a dropped column can't be known from the copy"


def test_an_unlawful_use_has_no_plan(boundary):
    """The refusal names the provisions that say so."""
    breached = (SimpleNamespace(id="cn.pipl.art23"),)
    unlawful = SimpleNamespace(status=Status.UNLAWFUL, element="u1", breached=breached)

    with pytest.raises(Refused, match=r"u1: the use is unlawful under cn\.pipl\.art23"):
        _draft(boundary, decision=unlawful)


@pytest.mark.parametrize(
    ("missing", "hangs_on", "named"),
    [
        (("use.consent",), (), "use.consent"),
        ((), ("use.necessary",), "use.necessary"),
        ((), (), "a fact not stated"),
    ],
)
def test_an_undetermined_use_has_no_plan(boundary, missing, hangs_on, named):
    """Unknown is not lawful: the missing fact is named."""
    open_ = SimpleNamespace(
        status=Status.UNDETERMINED, element="u1", missing=missing, hangs_on=hangs_on
    )

    with pytest.raises(Undetermined, match=named):
        _draft(boundary, decision=open_)


@pytest.mark.parametrize(
    "place", ["needed", "adversary", "joins", "sums", "decided_on", "mark_numbers", "covered"]
)
def test_a_column_that_is_not_there_is_named_with_the_nearest(boundary, place):
    """A typing error in any list is caught before anything is planned."""
    with pytest.raises(BadInput, match=rf"{place}: unknown column 'amuont'; did you mean 'amount'"):
        _draft(boundary, **{place: ("amuont",)})


def test_an_edited_plan_cannot_call_a_column_lighter_than_the_data_shows(boundary):
    """Someone who relabels a sensitive column or a telephone number to slip it past the plan's
    own checks is caught by the scan of the data."""
    plan = _draft(boundary)
    check_plan(plan, boundary)

    def edited(column, **more):
        columns = tuple(replace(c, **more) if c.column == column else c for c in plan.columns)
        return replace(plan, columns=columns)

    with pytest.raises(
        Refused, match="'illness' personal and attribute, and the data shows it is sensitive"
    ):
        check_plan(edited("illness", category="personal", transform="keep"), boundary)
    with pytest.raises(Refused, match=r"'mobile' personal and attribute.*a direct identifier"):
        check_plan(edited("mobile", role="attribute", transform="keep"), boundary)


def test_a_plan_for_another_table_is_named(boundary, boundary_of):
    """A plan with a column that the scanned table lacks is not this table's plan."""
    with pytest.raises(BadInput, match="unknown column 'order_no'"):
        check_plan(_draft(boundary), boundary_of(*boundary.columns[:-1]))
