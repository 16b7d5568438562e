"""The generated loan book: valid in form, consistent, and truthful about what was planted."""

from __future__ import annotations

import ipaddress
import json
import re
import time
from collections import Counter
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.demo.book import BOOK_DAY, COLUMNS, generate
from habeas.demo.note_words import FAITH, ILLNESS, INJURY, TREATMENT
from habeas.demo.truth import LoanBook
from habeas.errors import BadInput

ROWS = 20_000
EXPECTED_TYPES = {
    "birth_date": pa.date32(),
    "disbursed_on": pa.date32(),
    "due_on": pa.date32(),
    "monthly_income": pa.int64(),
    "loan_amount": pa.int64(),
    "term_months": pa.int64(),
    "overdue_days": pa.int64(),
    "score": pa.int64(),
    "annual_rate": pa.float64(),
}


@pytest.fixture(scope="module")
def book() -> LoanBook:
    return generate(ROWS, seed=20260301)


@pytest.fixture(scope="module")
def rows(book: LoanBook) -> list[dict]:
    return book.table.to_pylist()


def resident_id_holds(number: str) -> bool:
    """ISO 7064 mod 11-2 as a polynomial in 2, not as the weights the generator uses."""
    value = 0
    for sign in number:
        value = value * 2 + (10 if sign == "X" else int(sign))
    return len(number) == 18 and value % 11 == 1


def luhn_holds(number: str) -> bool:
    """Luhn with the table of doubled digits written out."""
    doubled = "0246813579"
    signs = number[::-1]
    return sum(int(doubled[int(s)]) if at % 2 else int(s) for at, s in enumerate(signs)) % 10 == 0


def plain(phone: str) -> str:
    digits = "".join(str(int(sign)) for sign in phone if sign.isdigit())
    return digits.removeprefix("86")


def test_columns_and_types(book: LoanBook) -> None:
    """The book has exactly the declared columns, in order, in the declared types."""
    types = {field.name: field.type for field in book.table.schema}

    assert list(COLUMNS) == book.table.column_names
    assert ROWS == book.table.num_rows
    assert {name: EXPECTED_TYPES.get(name, pa.string()) for name in COLUMNS} == types


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**40), rows=st.integers(1, 300))
def test_same_seed_same_book(seed: int, rows: int) -> None:
    """The same seed and rows give the same table and the same truth, another seed another table."""
    first, second = generate(rows, seed=seed), generate(rows, seed=seed)

    assert first.table.equals(second.table)
    assert first.truth == second.truth
    assert not first.table.equals(generate(rows, seed=seed + 1).table)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**40), rows=st.integers(1, 400))
def test_any_book_holds_together(seed: int, rows: int) -> None:
    """Whatever the seed: identity number, birth date, sex, loan dates and collection agree."""
    for row in generate(rows, seed=seed).table.to_pylist():
        assert resident_id_holds(row["id_number"])
        assert row["birth_date"].strftime("%Y%m%d") == row["id_number"][6:14]
        assert ("男" if int(row["id_number"][16]) % 2 else "女") == row["sex"]
        assert row["disbursed_on"] < BOOK_DAY
        assert row["disbursed_on"] < row["due_on"]
        assert (row["overdue_days"] > 0) == (row["status"] == "逾期")
        assert (row["overdue_days"] > 0) == (row["portfolio"] is not None)
        assert (row["collection_note"] is None) == (row["portfolio"] is None)
        assert row["overdue_days"] <= (BOOK_DAY - row["disbursed_on"]).days


def test_check_digits(rows: list[dict]) -> None:
    """Identity numbers, cards and devices pass checks written here, and no person stands twice."""
    assert all(resident_id_holds(row["id_number"]) for row in rows)
    assert all(luhn_holds(row["bank_card"]) for row in rows)
    assert all(luhn_holds(row["device_id"]) for row in rows)
    assert {16, 17, 18, 19} == {len(row["bank_card"]) for row in rows}
    assert {15} == {len(row["device_id"]) for row in rows}
    assert len(rows) == len({row["id_number"] for row in rows})
    assert len(rows) == len({row["borrower_id"] for row in rows})


def test_nobody_is_a_minor(rows: list[dict]) -> None:
    """All borrowers are at least eighteen on the book's day."""
    youngest = max(row["birth_date"] for row in rows)

    assert youngest <= date(BOOK_DAY.year - 18, BOOK_DAY.month, BOOK_DAY.day)


def test_order_numbers_are_hard_negatives(rows: list[dict]) -> None:
    """Order numbers look like UnionPay cards and pass Luhn only by chance."""
    orders = [row["order_no"] for row in rows]
    share = sum(map(luhn_holds, orders)) / len(orders)

    assert all(re.fullmatch(r"62\d{17}", order) for order in orders)
    assert 0.09 < share < 0.11


def test_mobile_forms(rows: list[dict]) -> None:
    """Mobile numbers come in five surface forms, each of an ordinary eleven-digit number."""
    forms = Counter(
        "plain" if re.fullmatch(r"[0-9]{11}", m) else
        "spaced" if " " in m else "dashed" if "-" in m else "+86" if m.startswith("+86") else "full"
        for m in (row["mobile"] for row in rows)
    )  # fmt: skip

    assert {"plain", "spaced", "dashed", "+86", "full"} == set(forms)
    assert 0.67 < forms["plain"] / len(rows) < 0.73
    assert min(forms.values()) > 0.02 * len(rows)
    assert all(re.fullmatch(r"1[3-9]\d{9}", plain(row["mobile"])) for row in rows)


def test_contacts_are_other_persons(rows: list[dict]) -> None:
    """Contacts are JSON of two to four persons with a relation, and one spouse only if married."""
    for row in rows[:5000]:
        contacts = json.loads(row["contacts"])
        relations = Counter(one["relation"] for one in contacts)
        assert 2 <= len(contacts) <= 4
        assert all({"name", "relation", "phone"} == set(one) for one in contacts)
        assert all(re.fullmatch(r"1[3-9]\d{9}", one["phone"]) for one in contacts)
        assert relations["父亲"] + relations["母亲"] == 1
        assert relations["配偶"] <= (row["marital_status"] == "已婚")


def test_mailboxes_and_employers_are_clearly_invented(rows: list[dict]) -> None:
    """No mailbox has a domain that can be anybody's, no employer lacks the word for example."""
    boxes = [row["email"] for row in rows if row["email"]]
    notes = " ".join(row["collection_note"] or "" for row in rows)
    domains = {box.split("@")[1] for box in boxes} | set(re.findall(r"@([\w.]+[a-z])", notes))

    assert {"example.com", "example.org", "example.net"} == domains
    assert all("示例" in row["employer"] for row in rows if row["employer"])
    assert 0.86 < len(boxes) / len(rows) < 0.90


def test_places_agree(rows: list[dict]) -> None:
    """The address lies in the region, and one postcode belongs to one region."""
    regions: dict[str, set[str]] = {}
    for row in rows:
        regions.setdefault(row["postcode"], set()).add(row["region"])

    assert all(row["address"].startswith(row["region"]) for row in rows)
    assert all(len(found) == 1 for found in regions.values())
    assert 25 < len({row["region"] for row in rows}) <= 34


def test_most_addresses_online_count(rows: list[dict]) -> None:
    """Nine in ten addresses are globally routable, the rest are of reserved networks."""
    routable = [ipaddress.ip_address(row["ip_address"]).is_global for row in rows]

    assert 0.88 < sum(routable) / len(rows) < 0.92


def test_sparse_columns(rows: list[dict]) -> None:
    """Plates and passports are sparse and have the form their authority gives them."""
    plates = [row["plate"] for row in rows if row["plate"]]
    passports = [row["passport"] for row in rows if row["passport"]]

    assert 0.20 < len(plates) / len(rows) < 0.24
    assert 0.07 < len(passports) / len(rows) < 0.09
    assert all(
        re.fullmatch(r"[一-龥][A-HJ-NP-Z]([0-9A-HJ-NP-Z]{5}|[DF][0-9]{5})", plate)
        for plate in plates
    )
    assert all(re.fullmatch(r"E(\d{8}|[A-HJ-NP-Z]\d{7})", passport) for passport in passports)


def test_portfolios(rows: list[dict]) -> None:
    """Nine in a hundred loans are overdue, dealt to three collectors; low scores more often."""
    late = [row for row in rows if row["portfolio"]]
    dealt = Counter(row["portfolio"] for row in late)

    assert 0.08 < len(late) / len(rows) < 0.10
    assert {"P1", "P2", "P3"} == set(dealt)
    assert min(dealt.values()) > 0.2 * len(late)
    assert sum(row["score"] for row in late) / len(late) < 630


def test_nobody_is_late_in_the_first_two_months(rows: list[dict]) -> None:
    """A loan of sixty days or less is not overdue."""
    late = [row for row in rows if row["overdue_days"]]

    assert min((BOOK_DAY - row["disbursed_on"]).days for row in late) > 60


def test_people_are_mixed(rows: list[dict]) -> None:
    """Three fifths are men, the middle age is of working people, one in ten is of another people than Han."""
    ages = sorted((BOOK_DAY - row["birth_date"]).days / 365.25 for row in rows)

    assert 0.58 < sum(row["sex"] == "男" for row in rows) / len(rows) < 0.64
    assert 28 < ages[len(rows) // 2] < 40
    assert 0.07 < sum(row["ethnic_group"] != "汉族" for row in rows) / len(rows) < 0.11
    assert 0.35 < sum(row["marital_status"] == "已婚" for row in rows) / len(rows) < 0.75


def test_low_scores_pay_more(rows: list[dict]) -> None:
    """The rate falls and the amount rises with the score."""
    by_score = sorted(rows, key=lambda row: row["score"])
    low, high = by_score[: ROWS // 5], by_score[-ROWS // 5 :]

    assert sum(r["annual_rate"] for r in low) > 1.2 * sum(r["annual_rate"] for r in high)
    assert sum(r["loan_amount"] for r in high) > 1.2 * sum(r["loan_amount"] for r in low)


def test_money_is_plausible(rows: list[dict]) -> None:
    """Amounts, rates, scores and incomes stay within what the product allows."""
    assert all(1000 <= row["loan_amount"] <= 200_000 for row in rows)
    assert all(0.072 <= row["annual_rate"] <= 0.24 for row in rows)
    assert all(300 <= row["score"] <= 850 for row in rows)
    assert all(row["monthly_income"] > 0 for row in rows)


FORMS = {
    "mobile_cn": lambda text: re.fullmatch(r"1[3-9]\d{9}", plain(text)),
    "cn_resident_id": resident_id_holds,
    "bank_card": luhn_holds,
    "email": lambda text: re.fullmatch(r"[\w.]+@example\.(com|org|net)", text),
    "plate_cn": lambda text: re.fullmatch(r"[一-龥][A-Z][0-9A-Z]{5,6}", text),
    "income": lambda text: re.fullmatch(r"\d{3,6}", text),
    "person_name": lambda text: re.fullmatch(r"[一-龥]{3,4}", text),
    "ethnic_group": lambda text: text.endswith("族"),
}


def test_spans_are_exact(book: LoanBook) -> None:
    """Each planted span, read out of the table, is a thing of its kind and nothing beside it."""
    notes = book.table["collection_note"].to_pylist()

    assert len(book.truth.notes) > 300
    for one in book.truth.notes:
        found = notes[one.row][one.start : one.end]
        assert found == found.strip()
        assert found
        assert FORMS.get(one.kind, bool)(found), one.kind


def test_spans_do_not_overlap(book: LoanBook) -> None:
    """No planted thing and no look-alike share a character."""
    last: dict[int, int] = {}
    both = sorted(book.truth.notes + book.truth.decoys, key=lambda one: (one.row, one.start))
    for one in both:
        assert last.get(one.row, 0) <= one.start < one.end
        last[one.row] = one.end


def test_truth_misses_nothing(book: LoanBook) -> None:
    """Cutting the planted spans out of the notes leaves no phone, card, id or word of illness or faith."""
    notes = book.table["collection_note"].to_pylist()
    cuts: dict[int, list[tuple[int, int]]] = {}
    for one in book.truth.notes + book.truth.decoys:
        cuts.setdefault(one.row, []).append((one.start, one.end))
    rest = []
    for row, note in enumerate(notes):
        signs = list(note or "")
        for start, end in cuts.get(row, []):
            signs[start:end] = "#" * (end - start)
        rest.append("".join(signs))
    left = "\n".join(rest)

    assert re.search(r"\d{7,}", left) is None
    assert "@" not in left
    assert all(
        word not in left for word in (*ILLNESS, *TREATMENT, *INJURY, *FAITH, "住院", "确诊", "服药")
    )


def test_shares_of_notes() -> None:
    """About four in a hundred notes mention illness, three a dismissal, six a relative's phone."""
    book = generate(100_000, seed=5)
    notes = book.table.num_rows - book.table["collection_note"].null_count
    share = {
        kind: len(book.truth.rows_with(kind)) / notes
        for kind in ("health", "job_loss", "mobile_cn")
    }

    assert 0.030 < share["health"] < 0.050
    assert 0.022 < share["job_loss"] < 0.038
    assert 0.048 < share["mobile_cn"] < 0.072
    assert book.truth.rows_with("religion")
    assert book.truth.rows_with("cn_resident_id")


def test_sensitive_rows(book: LoanBook) -> None:
    """The list of sensitive notes is exactly the rows with a sensitive kind in them."""
    kinds = {"health", "religion", "bank_card", "ethnic_group"}
    expected = {row for kind in kinds for row in book.truth.rows_with(kind)}

    assert tuple(sorted(expected)) == book.truth.sensitive_rows
    assert book.truth.sensitive_rows[0] == book.truth.in_note(book.truth.sensitive_rows[0])[0].row


def test_the_table_does_not_tell(book: LoanBook) -> None:
    """A scanner that cheats finds no trace of the truth in the table's names or metadata."""
    assert book.table.schema.metadata is None
    assert all(field.metadata is None for field in book.table.schema)
    assert not {"kind", "truth", "planted", "label"} & set(book.table.column_names)


@pytest.mark.parametrize(("rows", "seed"), [(0, 1), (-5, 1), (10, -1)])
def test_bad_input(rows: int, seed: int) -> None:
    """No rows or a negative seed is bad input, said in one sentence."""
    with pytest.raises(BadInput):
        generate(rows, seed=seed)


@pytest.mark.slow
def test_whole_book_in_twelve_seconds() -> None:
    """200,000 borrowers take at most twelve seconds of one core."""
    started = time.process_time()
    book = generate(seed=1)

    assert time.process_time() - started < 12
    assert book.table.num_rows == 200_000
    assert len(set(book.table["id_number"].to_pylist())) == 200_000
