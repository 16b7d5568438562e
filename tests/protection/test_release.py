"""A prepared copy: within its bounds, marked inside groups only, and silent about values."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.boundary.scan import scan
from habeas.errors import BadInput, HabeasError, Refused
from habeas.law.book import load_book
from habeas.protection.groups import codes_of, group_ids, group_sizes
from habeas.protection.manifest import canaries_commitment, keyed_digest, manifest_digest
from habeas.protection.marks import code_bits, commitment, embed
from habeas.protection.plan import check_plan, draft_plan
from habeas.protection.power import positions_needed, smallest_leak
from habeas.protection.release import prepare
from habeas.tables.source import open_source
from habeas.terms import Text

WHY = Text(en="the score is about it", zh="评分以此为据")


def distinct_values(groups, codes):
    """For each group, how many different values it holds."""
    pairs = set(zip(groups.tolist(), codes.tolist(), strict=True))
    return np.bincount([group for group, _ in pairs], minlength=int(groups.max()) + 1)


def _prepare(table, plan, secret, now, **more):
    return prepare(table, plan, secret=secret, code=7, now=now, **more)


def test_a_copy_meets_its_plan(loans, loan_plan, secret, now):
    """k holds on what leaves, dropped columns are absent, and the figures say the truth."""
    made = _prepare(loans, loan_plan(), secret, now)
    sizes = group_sizes(group_ids(made.table, made.plan.adversary))

    assert [c.column for c in made.plan.leaving] == made.table.column_names
    assert "mobile" not in made.table.column_names
    assert sizes.min() >= 5
    assert sizes.min() == made.risk.marked.adversary.k
    assert made.risk.before.adversary.k == 1
    assert loans.num_rows - made.risk.rows_suppressed == made.table.num_rows
    assert made.risk.share_suppressed <= 0.05
    assert made.search is not None


def test_marks_leave_groups_l_and_sums_as_they_were(loans, loan_plan, secret, now):
    """Swaps inside groups change no group size, no l and no column's values taken together."""
    plan = loan_plan(l={"status": 2})
    made = _prepare(loans, plan, secret, now)
    base, copy = made.base.table, made.table
    assert not base.equals(copy), "something must have been marked"
    before, after = (group_ids(t, made.plan.adversary) for t in (base, copy))

    assert before.tolist() == after.tolist()
    assert made.risk.transformed == replace(
        made.risk.marked, whole_row=made.risk.transformed.whole_row
    )
    for name in copy.column_names:
        assert sorted(base.column(name).to_pylist()) == sorted(copy.column(name).to_pylist())
        l_before = distinct_values(before, codes_of(base.column(name)))
        assert l_before.tolist() == distinct_values(after, codes_of(copy.column(name))).tolist()
        if not made.plan.column(name).mark:
            assert base.column(name).equals(copy.column(name)), name


def test_the_code_in_the_copy_is_the_one_committed_to(loans, loan_plan, secret, now):
    """The manifest's commitment is to this recipient's code on this base: made before hand-out,
    it can be made again from what the home keeps."""
    made = _prepare(loans, loan_plan(), secret, now)
    base = made.base
    bits = code_bits(secret, base.salt, base.carriers, [7])[0]

    assert embed(base.table, base.carriers, bits).equals(made.table)
    sealed = commitment(secret, base.salt, base.carriers, 7)
    assert sealed == made.manifest["commitments"]["marks"] == made.copy.commitment
    assert sealed != commitment(secret, base.salt, base.carriers, 8)
    base.verify()


def test_recipients_of_one_base_get_different_copies_of_it(loans, loan_plan, secret, now):
    """With the base given, another recipient's copy differs only by its code."""
    first = _prepare(loans, loan_plan(), secret, now)
    second = prepare(loans, loan_plan(), secret=secret, code=8, now=now, base=first.base)

    assert first.base is second.base
    assert not first.table.equals(second.table)
    assert first.copy.release_id != second.copy.release_id
    with pytest.raises(BadInput, match="isn't of this table"):
        prepare(loans.slice(0, 1_500), loan_plan(), secret=secret, code=9, now=now, base=first.base)
    changed = loans.set_column(6, "amount", pc.add(loans.column("amount"), 1))
    with pytest.raises(BadInput, match="isn't of this table"):
        prepare(changed, loan_plan(), secret=secret, code=9, now=now, base=first.base)


def test_rows_are_shuffled_and_carry_no_number_of_ours(loans, loan_plan, secret, now):
    """Neither the order nor a column tells where a row stood in the source."""
    made = _prepare(loans, loan_plan(suppression="rows", k=1, max_risk=1.0), secret, now)
    source = loans.column("amount").to_pylist()

    assert sorted(source) == sorted(made.table.column("amount").to_pylist())
    assert source != made.table.column("amount").to_pylist()
    assert "row_id" not in made.table.column_names


def test_over_risk_is_refused_with_the_figure(loans, loan_plan, secret, now):
    """The refusal says which bound, how far over, for whom, and what to change."""
    with pytest.raises(Refused) as caught:
        _prepare(loans, loan_plan(k=2, max_risk=0.1, search=False), secret, now)

    assert re.search(r"highest risk after the transforms is 0\.\d+", str(caught.value))
    assert "bound of 0.100" in str(caught.value)
    assert "birth_date, sex, region" in str(caught.value)
    assert "raise k to 10" in str(caught.value)


def test_too_much_suppression_is_refused_with_the_figure(loans, loan_plan, secret, now):
    """Reaching k by throwing rows away beyond the plan's bound is no release either."""
    with pytest.raises(Refused, match=r"\d+\.\d% of rows would have to be suppressed for k = 40"):
        _prepare(loans, loan_plan(k=40, search=False), secret, now)


def test_l_is_kept_by_suppression(loans, loan_plan, secret, now):
    """Groups in which all have one status would tell it, so their rows go."""
    plan = loan_plan(l={"status": 3}, max_suppressed=1.0, search=False, max_risk=1.0, k=1)
    made = _prepare(loans, plan, secret, now)

    assert 3 == made.risk.marked.adversary.distinct_l["status"]
    assert made.risk.rows_suppressed > 0


def test_stars_blank_what_finds_a_person_and_keep_the_row(loans, loan_plan, secret, now):
    """With 'stars' the rest of the row stays for statistics; the blank rows are one group."""
    plan = loan_plan(suppression="stars", search=False, k=8, max_suppressed=1.0)
    made = _prepare(loans, plan, secret, now)

    assert made.risk.rows_starred >= 8
    assert made.table.num_rows == loans.num_rows - made.risk.rows_suppressed
    blank = [made.table.column(name).null_count for name in made.plan.adversary]
    assert {made.risk.rows_starred} == set(blank)
    assert made.risk.marked.adversary.k >= 8


def test_too_few_stars_are_removed(column_plan, plan_of, secret, now):
    """Two odd rows can't hide among each other when k is five."""
    table = pa.table({"sex": ["f"] * 10 + ["x", "y"], "v": list(range(12))})
    plan = plan_of(
        column_plan("sex", role="quasi_identifier"),
        column_plan("v"),
        adversary=("sex",),
        suppression="stars",
        max_suppressed=0.5,
    )
    made = _prepare(table, plan, secret, now)

    assert (2, 0, 10) == (
        made.risk.rows_suppressed,
        made.risk.rows_starred,
        made.table.num_rows,
    )


def test_an_entrusted_copy_is_the_original_with_canaries(loans, column_plan, plan_of, secret, now):
    """No cell altered, the recipient's own canaries among the rows, and nothing marked."""
    plan = plan_of(
        column_plan("borrower_id", role="identifier"),
        column_plan("mobile", role="identifier"),
        column_plan("amount"),
        identified=True,
        k=1,
        max_risk=1.0,
        canaries=6,
        contact_domain="canary.example",
    )
    made = _prepare(loans, plan, secret, now)
    canaries = made.copy.canaries

    assert 6 == canaries.num_rows
    assert loans.num_rows + 6 == made.table.num_rows
    original = {tuple(row.values()) for row in loans.select(plan.needed).to_pylist()}
    handed = [tuple(row.values()) for row in made.table.to_pylist()]
    assert original <= set(handed)
    assert {tuple(row.values()) for row in canaries.to_pylist()} == set(handed) - original
    assert made.base.carriers is None
    assert made.copy.code is None
    assert made.smallest_traceable_rows is None
    assert "no cell is marked" in made.warnings[-1].en
    places = [n for n, row in enumerate(handed) if row not in original]
    assert places != list(range(loans.num_rows, loans.num_rows + 6)), "not all at the end"
    other = prepare(loans, plan, secret=secret, code=7, now=now)
    assert not other.copy.canaries.equals(canaries), "another base has other canaries"


def test_no_warning_where_even_the_whole_row_hides_a_person(column_plan, plan_of, secret, now):
    """A warning that is always there is read by nobody: it comes only with unique rows."""
    table = pa.table({"sex": ["f", "m"] * 10, "grade": ["A", "A", "B", "B"] * 5})
    plan = plan_of(
        column_plan("sex", role="quasi_identifier"), column_plan("grade"), adversary=("sex",)
    )
    made = _prepare(table, plan, secret, now)

    assert 0 == made.risk.marked.whole_row.unique_rows
    assert not any("whole row" in text.en for text in made.warnings)


def test_an_unowned_canary_domain_is_a_warning(loans, loan_plan, secret, now):
    """A mailbox nobody reads is no tripwire."""
    made = _prepare(loans, loan_plan(canaries=2), secret, now)

    assert any("contact_domain" in text.en for text in made.warnings)


def test_too_few_positions_is_a_warning_before_hand_out(loans, loan_plan, secret, now):
    """Whoever hands out a copy that marks can't trace is told so, with the number needed."""
    made = _prepare(loans, loan_plan(mark_rate=0.01), secret, now)

    assert made.usable_positions < 150
    assert made.smallest_traceable_rows is None
    assert any("of 150 needed" in text.en for text in made.warnings)
    assert any("需要 150" in text.zh for text in made.warnings)


def test_the_smallest_traceable_leak_shows_the_positions_needed(loans, loan_plan, secret, now):
    """A random leak of that many rows really shows about as many carriers as a trace needs."""
    made = _prepare(loans, loan_plan(mark_rate=0.5), secret, now)
    rows, carriers = made.base.table.num_rows, made.base.carriers
    rng = np.random.default_rng(3)
    seen = []
    for _ in range(40):
        leaked = np.zeros(rows, dtype=bool)
        leaked[rng.choice(rows, made.smallest_traceable_rows, replace=False)] = True
        seen.append(int((leaked[carriers.row_a] | leaked[carriers.row_b]).sum()))

    assert 0.9 * positions_needed() < np.mean(seen) < 1.1 * positions_needed()


def test_power_at_its_edges():
    """As many positions as needed means the whole copy; one fewer means never."""
    assert (1_000, None) == (smallest_leak(150, rows=1_000), smallest_leak(149, rows=1_000))
    assert smallest_leak(10**6, rows=1_000) == 1
    with pytest.raises(ValueError, match="at least one leaker"):
        positions_needed(leakers=0)


MARKED = {
    "key": "ZQMARKEDKEY77",
    "phone": "13977665544",
    "note": "沉默的标记XYZZY",
    "city": "Xanadu-Marked",
}


def test_no_cell_value_is_in_manifest_warnings_or_refusals(column_plan, plan_of, secret, now):
    """What is signed, logged and printed holds names of columns, counts and digests only."""
    rows = 40
    table = pa.table(
        {
            **{name: [f"{value}{n % 7}" for n in range(rows)] for name, value in MARKED.items()},
            "key": [f"{MARKED['key']}{n}" for n in range(rows)],
            "born": ["31/31/MARKEDDATE"] + ["1990-05-05"] * (rows - 1),
        }
    )
    plan = plan_of(
        column_plan("key", "pseudonym", role="identifier"),
        column_plan("phone", "mask", params={"keep_last": 2}, role="identifier"),
        column_plan("note", mark=True),
        column_plan("city", role="quasi_identifier"),
        column_plan("born", "date_month", role="quasi_identifier"),
        adversary=("city",),
        max_suppressed=1.0,
        canaries=1,
    )
    made = _prepare(table, plan, secret, now)
    with pytest.raises(Refused) as refused:
        _prepare(table, replace(plan, k=30, max_suppressed=0.0), secret, now)
    out = json.dumps(made.manifest, ensure_ascii=False) + str(made.warnings) + str(refused.value)

    assert any("could not be read" in text.en for text in made.warnings)
    for value in [*MARKED.values(), "MARKEDDATE"]:
        for hidden in (value, value[2:9], quote(value), value.encode().hex()):
            assert hidden not in out, "a value of the table got out"


def test_the_manifest_names_everything_it_should(loans, loan_plan, secret, now):
    """A recipient can countersign it and a court can read it: digests, commitments, figures."""
    plan = loan_plan(canaries=3, contact_domain="canary.example")
    made = _prepare(loans, plan, secret, now)
    manifest = made.manifest

    assert json.loads(json.dumps(manifest)) == manifest
    assert ("manifest/v1", "示例评分公司", "scoring") == (
        manifest["format"],
        manifest["recipient"],
        manifest["purpose"],
    )
    assert plan.digest() == manifest["plan"]["drafted"]
    assert made.plan.digest() == manifest["plan"]["applied"]
    assert keyed_digest(loans, secret) == manifest["source"]["keyed_digest"]
    assert made.base.id == manifest["base"]["id"]
    assert "2029-02-28T09:00:00+00:00" == manifest["base"]["until"]
    assert ["mobile"] == manifest["copy"]["dropped"]
    assert made.table.num_rows == manifest["copy"]["rows"]
    expected = canaries_commitment(made.copy, secret=secret, salt=made.base.salt)
    assert expected == manifest["commitments"]["canaries"] is not None
    assert "not anonymised" in manifest["nature"]["en"]
    assert "未匿名化" in manifest["nature"]["zh"]


def test_the_manifest_does_not_tell_where_marks_stand(loans, loan_plan, secret, now):
    """A recipient who reads it learns how much was altered, not which columns to scrub."""
    made = _prepare(loans, loan_plan(), secret, now)
    told = json.dumps(made.manifest)
    marked = {c.column for c in made.plan.columns if c.mark}

    assert marked
    assert '"mark"' not in told
    assert not any("positions" in key for key in made.manifest["copy"])
    other = replace(made.plan, columns=tuple(replace(c, mark=False) for c in made.plan.columns))
    shown = [column for column in made.manifest["copy"]["columns"] if column["column"] in marked]
    assert all("mark" not in column for column in shown)
    assert other.digest() != made.plan.digest()


def test_the_manifest_tells_how_much_the_marks_altered(loans, loan_plan, secret, now):
    """The recipient is owed the truth about its copy: at most so many cells differ, and the
    share told is the smallest whole percent that covers them."""
    made = _prepare(loans, loan_plan(mark_rate=0.5), secret, now)
    pairs = zip(made.base.table.columns, made.table.columns, strict=True)
    differ = sum(
        left != right
        for base, copy in pairs
        for left, right in zip(base.to_pylist(), copy.to_pylist(), strict=True)
    )
    share = differ / (made.table.num_rows * made.table.num_columns)
    told = made.manifest["cells"]["altered_share_at_most"]

    assert told - 0.01 < share <= told
    untouched = _prepare(loans, loan_plan(mark_rate=0), secret, now)
    assert untouched.manifest["cells"]["altered_share_at_most"] == 0
    assert untouched.manifest["commitments"]["marks"] is None


def test_a_changed_manifest_has_another_digest(loans, loan_plan, secret, now):
    """What is countersigned is this manifest and no other."""
    manifest = _prepare(loans, loan_plan(), secret, now).manifest

    assert manifest_digest(manifest) == manifest_digest(json.loads(json.dumps(manifest)))
    assert manifest_digest(manifest) != manifest_digest({**manifest, "recipient": "another"})


def test_the_source_digest_knows_a_changed_cell_and_needs_the_key(loans, secret):
    """Two states are told apart; without the home's key the digest can't be guessed at."""
    changed = loans.set_column(6, "amount", pc.add(loans.column("amount"), 1))
    halves = pa.concat_tables([loans.slice(0, 900), loans.slice(900)])

    assert keyed_digest(loans, secret) == keyed_digest(halves, secret)
    assert keyed_digest(loans, secret) != keyed_digest(changed, secret)
    assert keyed_digest(loans, secret) != keyed_digest(loans, b"x" * 32)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (lambda loans: loans.slice(0, 0), "no rows"),
        (lambda loans: loans.drop_columns("amount"), "unknown column 'amount'"),
        (lambda loans: loans.slice(0, 3), "fewer than k = 5 rows"),
    ],
)
def test_what_cannot_be_prepared_says_why(loans, loan_plan, now, table, says):
    """One sentence each; nothing half done."""
    with pytest.raises(HabeasError, match=says):
        _prepare(table(loans), loan_plan(), bytes(32), now)


def test_a_short_secret_and_a_time_without_zone_are_refused(loans, loan_plan, secret, now):
    """A weak key would let anyone make the marks; a naive time would be the wrong one."""
    with pytest.raises(BadInput, match="32 bytes"):
        _prepare(loans, loan_plan(), secret[:31], now)
    with pytest.raises(ValueError, match="aware"):
        _prepare(loans, loan_plan(), secret, now.replace(tzinfo=None))


def test_a_plan_that_hands_out_nothing_is_refused(loans, column_plan, plan_of, secret, now):
    """If every column is dropped there is nothing to release."""
    with pytest.raises(Refused, match="hands out no column"):
        _prepare(loans, plan_of(column_plan("amount", "drop")), secret, now)


def test_a_column_the_plan_does_not_know_stays_behind(loans, loan_plan, secret, now):
    """A column added to the source after planning is not handed out, and that is said."""
    extra = loans.append_column("illness", pa.array(["secret"] * loans.num_rows))
    made = _prepare(extra, loan_plan(), secret, now)

    assert "illness" not in made.table.column_names
    assert any("not in the plan" in text.en and "illness" in text.en for text in made.warnings)


def test_progress_is_told_in_order(loans, loan_plan, secret, now):
    """The caller can show a bar that only moves forward."""
    told = []
    _prepare(loans, loan_plan(), secret, now, progress=lambda *step: told.append(step))

    assert [0, 1, 2, 3, 4, 5] == [done for _, done, _ in told]


@given(data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_leaves_meets_k_or_nothing_leaves(data, column_plan, plan_of, secret, now):
    """For any small table and any bounds: either the copy meets k, l and risk, or it is refused."""
    rows = data.draw(st.integers(1, 40))
    cells = st.lists(st.sampled_from("abc"), min_size=rows, max_size=rows)
    table = pa.table({name: data.draw(cells) for name in ("q1", "q2", "s", "m")})
    k, least = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 2))
    plan = plan_of(
        column_plan("q1", role="quasi_identifier"),
        column_plan("q2", role="quasi_identifier"),
        column_plan("s"),
        column_plan("m", mark=True),
        adversary=("q1", "q2"),
        k=k,
        l={"s": least},
        max_risk=data.draw(st.sampled_from([0.2, 0.5, 1.0])),
        max_suppressed=data.draw(st.sampled_from([0.1, 1.0])),
        suppression=data.draw(st.sampled_from(["rows", "stars"])),
        search=data.draw(st.booleans()),
        mark_rate=0.5,
    )
    try:
        made = _prepare(table, plan, secret, now)
    except (Refused, BadInput):
        return
    groups = group_ids(made.table, ["q1", "q2"])
    sizes = group_sizes(groups)

    assert sizes.min() >= k
    assert 1 / sizes.min() <= plan.max_risk
    assert distinct_values(groups, codes_of(made.table.column("s"))).min() >= least


# Real data


MARKS = (
    "emp_length", "debt_to_income", "total_credit_lines", "open_credit_lines",
    "total_credit_limit", "total_credit_utilized", "num_satisfactory_accounts",
    "total_debit_limit", "num_total_cc_accounts", "num_open_cc_accounts",
    "num_cc_carrying_balance", "num_mort_accounts", "inquiries_last_12m", "loan_purpose",
)  # fmt: skip


def test_ten_thousand_real_loans_are_released_within_their_bounds(
    shared_tables, column_plan, plan_of, secret, now
):
    """On real loans the copy is traceable from a few hundred rows and meets k = 5, while the
    whole row still tells nearly everyone apart: the report must say so."""
    table = open_source(shared_tables / "loans_full_schema.csv").read()
    table = table.rename_columns([name or "row" for name in table.column_names])
    known = ("state", "homeownership", "annual_income")
    columns = [
        column_plan("row", "pseudonym", role="identifier"),
        column_plan("state", role="quasi_identifier"),
        column_plan("homeownership", role="quasi_identifier"),
        column_plan(
            "annual_income",
            "bin",
            role="quasi_identifier",
            params={"edges": [20_000, 50_000, 100_000, 200_000]},
        ),
        *(
            column_plan(name, "drop" if name == "emp_title" else "keep", mark=name in MARKS)
            for name in table.column_names
            if name not in ("row", *known)
        ),
    ]
    made = _prepare(table, plan_of(*columns, adversary=known, search=True), secret, now)

    assert made.risk.marked.adversary.k >= 5
    assert made.risk.share_suppressed <= 0.05
    assert made.risk.marked.whole_row.unique_share > 0.9
    assert any("whole row" in text.en for text in made.warnings)
    assert made.smallest_traceable_rows < 500
    assert made.manifest["cells"]["altered_share_at_most"] <= 0.02


def test_a_plan_drafted_from_the_scan_of_real_loans_can_be_released(shared_tables, secret, now):
    """From file to copy with nothing set by hand: the scan draws the line, the draft follows it,
    sensitive columns leave only for the stated reason, and the copy meets the plan."""
    source = open_source(shared_tables / "loans_full_schema.csv")
    boundary = scan(source, book=load_book("cn"), as_of=now.date())
    credit = {c.name for c in boundary.columns if c.category.value == "sensitive"}
    plan = draft_plan(
        boundary,
        recipient="R",
        purpose="scoring",
        needed=source.schema.names,
        subject_column="",
        necessity=dict.fromkeys(credit - {"tax_liens"}, WHY),
        mark_numbers=MARKS,
    )
    check_plan(plan, boundary)
    made = _prepare(source.read(), plan, secret, now)

    assert ("pseudonym", "drop") == (plan.column("").transform, plan.column("tax_liens").transform)
    assert {"state", "homeownership"} <= set(plan.adversary)
    assert not set(plan.adversary) & {c.column for c in plan.columns if c.mark}
    assert made.risk.marked.adversary.k >= 5
    assert made.smallest_traceable_rows is not None
