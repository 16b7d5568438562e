"""Acting together: groups, notice, shares, costs; and those who cheat at each."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import habeas_world as world
import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, NotVerified, Refused
from habeas.law.documents import content_list
from habeas.procedures.manage_class_costs import UNKNOWN, CostRange, compare_costs
from habeas.procedures.manage_class_fund import (
    check_share,
    load_fund,
    read_members,
    read_published,
    write_allocation,
)
from habeas.procedures.manage_class_groups import group_claims
from habeas.procedures.manage_class_notice import (
    check_class_notice,
    load_notice_words,
    publish_class_notice,
)
from habeas.records import models
from habeas.tables.source import open_source
from habeas.terms import Money

sys.path.insert(0, str(Path(__file__).parent))
from remedy_homes import copied

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CFPB = SHARED / "data/complaints/cfpb_complaints_sample.csv"
MARK = "zq7标记"


def source(**columns):
    return open_source(pa.table(columns), name="t")


# ---- groups


def test_unknown_events_are_never_one_event():
    """Two with one event are a group; two without stand apart, as a guess and no more."""
    found = group_claims(
        source(
            claim=["a", "b", "c", "d", "e", "a"],
            defendant=["X", "X", "X", "X", None, "X"],
            event=["leak", "leak", None, "", None, "leak"],
            right=["r"] * 6,
            law=["cn"] * 6,
        )
    )

    assert (6, [2], {"event": 3, "defendant": 1}) == (
        found.claims,
        found.sizes(),
        dict(found.lacks),
    )
    assert {("X", "r", "cn"): 2} == dict(found.candidates)
    assert ("a",) == found.grouping.repeated


def test_a_table_without_the_columns_names_them():
    """And a claim without an id names its row."""
    with pytest.raises(BadInput, match="no column 'defendant'"):
        group_claims(source(claim=["a"]))
    with pytest.raises(BadInput, match="row 1"):
        group_claims(source(claim=[""], defendant=["x"], event=["x"], right=["x"], law=["x"]))
    with pytest.raises(BadInput, match="no such layout"):
        group_claims(source(claim=["a"]), layout="x")


@pytest.mark.skipif(not CFPB.exists(), reason="the complaints are not beside the project")
def test_6014_real_complaints_name_no_event_so_none_is_grouped():
    """What is unknown stands apart: every one lacks the event; 3,947 lack the defendant too."""
    found = group_claims(open_source(CFPB, typed=False), layout="cfpb")
    counts = found.counts()

    assert (6014, 0, 6014) == (counts["claims"], counts["groups"], counts["apart"])
    assert (6014, 3947) == (counts["lacks"]["event"], counts["lacks"]["defendant"])
    assert counts["lacks"]["right"] == counts["lacks"]["law"]
    assert sum(found.candidates.values()) == 6014 - counts["lacks"]["right"]
    assert counts["candidate_sizes"][0] > 100
    assert {"us.fcra.1681b", "us.fcra.1681e", "us.fcra.1681i"} == {k[1] for k in found.candidates}


# ---- fund and shares

FUND = f"""
format: fund/v1
gross: {{minor: 1000000, currency: CNY}}
deductions: [{{what: 公告费, sum: {{minor: 10001, currency: CNY}}}}]
case: {MARK} 法院 案号
residue: 无人领取的部分由法院决定
objection: 三十日内向代表人提出
"""


def fund(tmp_path, text=FUND):
    path = tmp_path / "fund.yaml"
    path.write_text(text, "utf-8")
    return load_fund(path)


def members(count=7):
    return {f"m{n}": n + 1 for n in range(count)}


def test_each_member_recomputes_their_own_share_with_their_own_weight(tmp_path):
    """From the published file alone; the lines add up to the net sum."""
    made = write_allocation(fund(tmp_path), members(), tmp_path / "out")
    found = read_published(tmp_path / "out" / "allocation.json")

    assert 989999 == found.fund.minor == sum(share.minor for share in found.shares.values())
    for member, weight in members().items():
        assert found.shares[member] == check_share(found, member=member, weight=weight)
    assert () == made.missing


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40), st.integers(0, 10**12))
@settings(max_examples=60, deadline=None)
def test_shares_add_up_and_recompute_whatever_the_weights(weights, minor):
    """To the last minor unit."""
    from habeas.procedures.manage_class_fund import published
    from habeas.relief.allocation import allocate

    listed = {f"m{n:03d}": weight for n, weight in enumerate(weights)}
    if not sum(weights):
        return
    found = allocate(Money(minor=minor, currency="CNY"), listed)

    assert minor == sum(published(found)["shares"].values())
    assert all(s == check_share(found, member=m, weight=listed[m]) for m, s in found.shares.items())


def test_what_is_published_holds_no_name_and_no_weight(tmp_path):
    """One line a member number."""
    write_allocation(fund(tmp_path), members(), tmp_path / "out")
    value = json.loads((tmp_path / "out" / "allocation.json").read_text())
    sheet = openpyxl.load_workbook(tmp_path / "out" / "allocation.xlsx")["allocation"]

    assert set(value) == {
        "format",
        "rule",
        "currency",
        "fund",
        "total_weight",
        "extra_from",
        "shares",
    }
    assert (8, 2) == (sheet.max_row, sheet.max_column)
    assert MARK not in json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize(
    "columns",
    [
        {"member": ["m1", "m2", "m1"], "weight": ["1", "1", "1"]},
        {"member": ["m1", "m2", "m3"], "weight": ["1"] * 3, "identity": ["13800138000", "", "138-0013-8000"]},
        {"member": ["m1", "m2", "m3"], "weight": ["1"] * 3, "identity": ["a@B.com", "c@d.e", "A@b.com"]},
        {"member": ["m1", "m2", "m3"], "weight": ["1"] * 3, "identity": ["王 五", None, "王五"]},
    ],
)  # fmt: skip
def test_a_representative_that_registers_a_member_twice_is_caught(columns):
    """By number, or as the same person under two numbers, however the identity is typed."""
    with pytest.raises(BadInput, match="registered twice") as caught:
        read_members(source(**columns))

    said = str(caught.value)
    assert "row 3" in said
    assert "row 1" in said
    assert "138" not in said
    assert "王" not in said


@pytest.mark.parametrize(
    "columns",
    [
        {"member": ["m1"], "w": ["1"]},
        {"member": [""], "weight": ["1"]},
        {"member": ["m1"], "weight": ["1.5"]},
        {"member": ["m1"], "weight": ["-1"]},
        {"member": ["m1"], "weight": [None]},
    ],
)
def test_members_that_can_not_be_read_are_named_by_row(columns):
    """A weight that is none is not zero."""
    with pytest.raises(BadInput):
        read_members(source(**columns))


def test_a_list_in_which_somebody_takes_more_does_not_add_up(tmp_path):
    """The dishonest representative raises one line; or moves money from one line to another."""
    write_allocation(fund(tmp_path), members(), tmp_path / "out")
    path = tmp_path / "out" / "allocation.json"
    value = json.loads(path.read_text())
    raised = {**value, "shares": {**value["shares"], "m0": value["shares"]["m0"] + 500}}
    path.write_text(json.dumps(raised))
    with pytest.raises(NotVerified, match="add up"):
        read_published(path)

    raised["shares"]["m6"] -= 500
    path.write_text(json.dumps(raised))
    moved = read_published(path)
    with pytest.raises(NotVerified, match="this weight gives"):
        check_share(moved, member="m6", weight=7)
    with pytest.raises(NotVerified, match="not in the list"):
        check_share(moved, member="m9", weight=7)
    with pytest.raises(NotVerified, match="sum of all weights"):
        check_share(moved, member="m1", weight=10**9)


def test_nothing_to_share_is_shared_as_nothing(tmp_path):
    """A deduction of zero and a net of zero are sums like others."""
    text = FUND.replace("minor: 10001", "minor: 0").replace("minor: 1000000", "minor: 0")
    made = write_allocation(fund(tmp_path, text), members(), tmp_path / "out")

    assert {0} == {share.minor for share in made.allocation.shares.values()}


TAKEN_OUT = {
    "case": "case:", "deductions": "deductions:", "residue": "residue:", "objection": "objection:",
}  # fmt: skip


@pytest.mark.parametrize("item", TAKEN_OUT)
def test_the_statement_lacks_each_item_by_name(tmp_path, item):
    """Nothing is paid out; under Chinese law these are asked for by practice, and it says so."""
    text = "\n".join(row for row in FUND.splitlines() if not row.startswith(TAKEN_OUT[item]))
    label = next(i for i in content_list("cn", "allocation_statement").required if i.id == item)

    with pytest.raises(Refused) as caught:
        write_allocation(fund(tmp_path, text), members(), tmp_path / "out")
    assert label.label.en in str(caught.value)
    assert "(practice)" in str(caught.value)
    made = write_allocation(fund(tmp_path, text), members(), tmp_path / "out", draft=True)
    assert [item] == [each.item for each in made.missing]


@pytest.mark.parametrize(
    "text",
    [
        "format: x",
        "format: fund/v1\nzq7: 1",
        "format: fund/v1\ngross: zq7",
        "format: fund/v1\ngross: {minor: -1, currency: CNY}",
        "format: fund/v1\ngross: {minor: 1, currency: CNY}\ndeductions: zq7",
        "format: fund/v1\ngross: {minor: 1, currency: CNY}\ndeductions: [{what: x, sum: {minor: 2, currency: CNY}}]",
        "format: fund/v1\ngross: {minor: 1, currency: CNY}\ndeductions: [{what: x, sum: {minor: 1, currency: USD}}]",
        "format: fund/v1\ngross: {minor: 1, currency: CNY}\ncase: {a: [zq7]}",
    ],
)
def test_a_fund_that_can_not_be_read(tmp_path, text):
    """One sentence, without what was typed."""
    with pytest.raises(BadInput) as caught:
        fund(tmp_path, text)
    assert "zq7" not in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        "[]",
        '{"format": "allocation/v1"}',
        '{"format": "allocation/v1", "shares": [], "fund": 1, "currency": "CNY", "total_weight": 1, "extra_from": null}',
    ],
)
def test_a_damaged_allocation_is_bad_input(tmp_path, damage):
    """Not an internal fault."""
    path = tmp_path / "a.json"
    path.write_text(damage)
    with pytest.raises(BadInput):
        read_published(path)


# ---- notice

NOTICE = f"""
format: class_notice/v1
court_case: {MARK} 法院 案号 案由 当事人
case_claims: 事实与请求
who: 同一事件的借款人
first_day: 2026-12-01
days: 30
how: 向法院登记
"""


@pytest.fixture
def lawyer(tmp_path):
    made = copied("representative", tmp_path / "lawyer")
    yield made
    made.close()


def notice(tmp_path, text=NOTICE):
    path = tmp_path / "notice.yaml"
    path.write_text(text, "utf-8")
    return load_notice_words(path)


def publish(lawyer, tmp_path, text=NOTICE, **more):
    return publish_class_notice(
        lawyer, notice(tmp_path, text), tmp_path / "out", now=world.later(1), **more
    )


def test_a_notice_carries_a_code_that_leads_to_the_log(lawyer, tmp_path):
    """Four papers and the text, the code in all of them, an entry that names each file."""
    made = publish(lawyer, tmp_path)
    key = (lawyer.keys.signing.vkey,)
    found = check_class_notice(tmp_path / "out", trusted=key, code=made.code.lower())
    page = (tmp_path / "out" / "registration_notice.zh.html").read_text("utf-8")

    assert ("verified", made.code, 5) == (found.outcome, found.code, len(found.files))
    assert made.code in page
    assert "自2026年12月1日起至2026年12月30日止" in page
    assert "undetermined" == check_class_notice(tmp_path / "out", trusted=()).outcome


@pytest.mark.parametrize("item", ["court_case", "case_claims", "who", "how", "first_day", "days"])
def test_the_notice_lacks_each_item_by_name_and_provision(lawyer, tmp_path, item):
    """Refused and not logged; a draft has no code and is not in the log either."""
    text = "\n".join(row for row in NOTICE.splitlines() if not row.startswith(item))
    wanted = "period" if item in ("first_day", "days") else item
    label = next(i for i in content_list("cn", "registration_notice").required if i.id == wanted)

    with pytest.raises(Refused) as caught:
        publish(lawyer, tmp_path, text)
    assert label.label.en in str(caught.value)
    assert str(label.demanded_by[0]) in str(caught.value)
    assert MARK not in str(caught.value)
    made = publish(lawyer, tmp_path, text, draft=True)
    assert (None, [wanted]) == (made.code, [each.item for each in made.missing])
    assert not models.Entry.objects.using(lawyer.alias).filter(kind="class.notice").exists()


def test_a_period_of_29_days_is_refused(lawyer, tmp_path):
    """cn.cplint.art79: thirty or more; 30 days from the first day end on the thirtieth."""
    with pytest.raises(Refused, match=r"cn\.cplint\.art79"):
        publish(lawyer, tmp_path, NOTICE.replace("days: 30", "days: 29"))


def test_a_forged_class_notice_is_caught(lawyer, tmp_path):
    """Another account in the page; another home's own notice; another's code on a poster."""
    made = publish(lawyer, tmp_path)
    key = (lawyer.keys.signing.vkey,)
    page = tmp_path / "out" / "registration_notice.zh.html"
    good = page.read_text("utf-8")
    page.write_text(good.replace("向法院登记", "向此账户汇款"), "utf-8")
    with pytest.raises(NotVerified, match="not the one that was logged"):
        check_class_notice(tmp_path / "out", trusted=key)
    page.write_text(good, "utf-8")

    with pytest.raises(NotVerified, match="code"):
        check_class_notice(tmp_path / "out", trusted=key, code="AAAAAA-" * 4)

    from habeas.procedures.init_home import init_home

    forger = init_home(tmp_path / "forger", party="representative", name="x", now=world.T0)
    fake = publish_class_notice(
        forger, notice(tmp_path), tmp_path / "fake", now=world.later(1) + timedelta(minutes=1)
    )
    forger.close()
    assert made.code == fake.code
    with pytest.raises(NotVerified):
        check_class_notice(tmp_path / "fake", trusted=key)


def test_only_a_representative_gives_notice(tmp_path):
    """A person's home does not."""
    person = copied("person", tmp_path / "me")
    with pytest.raises(BadInput, match="belongs to a person"):
        publish(person, tmp_path)
    person.close()


@pytest.mark.parametrize(
    "text",
    ["format: x", "format: class_notice/v1\nzq7: 1", "format: class_notice/v1\ndays: zq7",
     "format: class_notice/v1\nfirst_day: zq7", "format: class_notice/v1\nwho: {a: [zq7]}"],
)  # fmt: skip
def test_words_of_a_notice_that_can_not_be_read(tmp_path, text):
    """One sentence, without what was typed."""
    with pytest.raises(BadInput) as caught:
        notice(tmp_path, text)
    assert "zq7" not in str(caught.value)


# ---- costs


def compared(**changed):
    facts = {
        "claimed": Money(minor=500_000, currency="CNY"),
        "members": 240,
        "average_wage": Money(minor=9_000_000, currency="CNY"),
        "only_money": True,
        "lawyer": {"alone": CostRange(low=300_000, high=800_000), "class": CostRange(low=24_000_000, high=48_000_000)},
        "class_open": True,
    }  # fmt: skip
    return {each.way: each for each in compare_costs(**(facts | changed))}


def test_three_ways_side_by_side():
    """Alone 100 to 500 yuan of fee, half as a small claim, a share of one fee as a class."""
    found = compared()

    assert (10_000, 50_000) == (found["alone"].fee.low, found["alone"].fee.high)
    assert (5_000, 25_000) == (found["small_claim"].fee.low, found["small_claim"].fee.high)
    # 1.2 million yuan: 500 + 5,500 on top of 100 to 500, over 240 heads, rounded up to the fen.
    assert (2_542, 2_709) == (found["class"].fee.low, found["class"].fee.high)
    assert (310_000, 850_000) == (found["alone"].total.low, found["alone"].total.high)
    assert (100_000, 200_000) == (found["class"].lawyer.low, found["class"].lawyer.high)
    assert [True, True, True] == [each.open_ for each in found.values()]


def test_a_lawyer_nobody_priced_is_unknown_and_not_free():
    """And so is the sum."""
    found = compared(lawyer={})

    assert UNKNOWN == found["alone"].lawyer == found["alone"].total
    assert 10_000 == found["alone"].fee.low


def test_ways_that_are_not_known_to_be_open():
    """No wage, no knowledge of what is asked, an apology asked for too, a verdict that is open."""
    assert None is compared(average_wage=None)["small_claim"].open_
    assert None is compared(only_money=None)["small_claim"].open_
    assert False is compared(only_money=False)["small_claim"].open_
    assert None is compared(class_open=None)["class"].open_
    assert None is compared(claimed=Money(minor=9_000_000, currency="CNY"))["small_claim"].open_


def test_a_class_without_members_or_a_way_there_is_not():
    """One sentence each."""
    with pytest.raises(BadInput):
        compared(members=0)
    with pytest.raises(BadInput, match="no such way"):
        compared(lawyer={"duel": UNKNOWN})
