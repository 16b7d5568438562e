"""Columns: what decides, what chance must not decide, and who cheats."""

import random
from datetime import date

import pyarrow as pa
import pytest

from habeas.boundary.draw import Boundary, Category
from habeas.errors import BadInput


def one(look, cells, name="c1", **more):
    table = pa.table({name: pa.array(cells), **{k: pa.array(v) for k, v in more.items()}})
    return look(table).column(name)


def digits(rng, n):
    return f"{rng.randrange(10 ** (n - 1), 10**n)}"


HARD = {
    "order numbers of 19 digits": lambda r: "62" + digits(r, 17),
    "order numbers of 16 digits": lambda r: digits(r, 16),
    "time stamps in milliseconds": lambda r: str(1_600_000_000_000 + r.randrange(10**11)),
    "time stamps in seconds": lambda r: str(1_500_000_000 + r.randrange(10**8)),
    "hashes": lambda r: f"{r.getrandbits(128):032x}",
    "uuids": lambda r: (
        f"{r.getrandbits(32):08x}-{r.getrandbits(16):04x}-4{r.getrandbits(12):03x}-a{r.getrandbits(12):03x}-{r.getrandbits(48):012x}"
    ),
    "ISBN": lambda r: "978" + digits(r, 10),
    "versions": lambda r: f"{r.randrange(9)}.{r.randrange(20)}.{r.randrange(99)}",
    "amounts": lambda r: f"{r.randrange(10**7) / 100:.2f}",
    "product codes": lambda r: f"SKU-{r.choice('ABCD')}{r.randrange(10**6):06d}",
    "codes of 18 digits": lambda r: digits(r, 18),
    "codes of 15 digits": lambda r: digits(r, 15),
    "codes of 11 digits": lambda r: digits(r, 11),
    "codes of 6 digits": lambda r: digits(r, 6),
    "tracking numbers": lambda r: f"SF{r.randrange(10**12):012d}",
}


@pytest.mark.parametrize("what", HARD)
def test_look_alikes_stay_undecided(what, look):
    """A check digit alone is passed by a tenth of all numbers: the column decides, not the hit."""
    rng = random.Random(3)
    column = one(look, [HARD[what](rng) for _ in range(1_500)])

    assert (Category.UNDECIDED, ()) == (column.category, column.kinds)


def test_look_alikes_beside_persons_stay_undecided(look, loan_book):
    """Neither does a person table make a number personal that nothing recognises."""
    rng = random.Random(4)
    table = loan_book
    for place, make in enumerate(HARD.values()):
        cells = [make(rng) for _ in range(table.num_rows)]
        table = table.append_column(f"c{place}", pa.array(cells))
    boundary = look(table)
    found = {what: boundary.column(f"c{place}").category for place, what in enumerate(HARD)}

    assert dict.fromkeys(HARD, Category.UNDECIDED) == found


HIDDEN = {
    "cn_resident_id": "id_number",
    "mobile_cn": "mobile",
    "bank_card": "bank_card",
    "email": "email",
    "person_name": "name",
    "postal_address": "address",
    "plate_cn": "plate",
    "ip_address": "ip_address",
    "device_id": "device_id",
    "contacts": "contacts",
    "birth_date": "birth_date",
    "sex": "sex",
}


def test_a_controller_who_renames_columns_is_found(look, loan_book):
    """The dishonest party: nothing in the names; birth dates and sex agree with the ids."""
    boundary = look(loan_book.rename_columns([f"f{n}" for n in range(loan_book.num_columns)]))
    for kind, name in HIDDEN.items():
        assert kind in boundary.columns[loan_book.column_names.index(name)].kinds


def full_width(text):
    return text.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})


def spaced(text):
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def dashed(text):
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


@pytest.mark.parametrize("disguise", [full_width, spaced, dashed])
@pytest.mark.parametrize("kind", ["cn_resident_id", "mobile_cn", "bank_card"])
def test_a_controller_who_disguises_numbers_is_found(kind, disguise, look, loan_book):
    """Separators and full-width digits hide a number from most tools, not from the person."""
    cells = [disguise(str(cell)) for cell in loan_book.column(HIDDEN[kind]).to_pylist()]
    column = one(look, cells)

    assert kind == column.kinds[0]
    assert column.confidence > 0.95


def test_a_misleading_name_is_not_believed_against_the_values(look):
    """A column called phone that holds small numbers is no phone."""
    column = one(look, [n % 7 for n in range(500)], name="phone")

    assert Category.UNDECIDED is column.category


def test_sparse_personal_data_is_kept_with_its_count(look, people):
    """3 % of notes that hold a phone make the column personal, and the share says how many."""
    rng = random.Random(5)
    cells = [
        f"已联系，号码{people.mobile(rng)}"
        if n % 33 == 0
        else "已提醒还款，无其他情况" + "。" * (n % 9)
        for n in range(3_000)
    ]
    column = one(look, cells, name="备注")
    (signal,) = [s for s in column.signals if s.kind == "mobile_cn"]

    assert Category.PERSONAL is column.category
    assert signal.sparse
    assert signal.share[1] <= 1 / 33 <= signal.share[2]


def test_a_note_that_begins_with_an_address_is_still_read(look):
    """An address at the start must not hide the illness and the number behind it."""
    cells = [f"家住北京市朝阳区建国路{n}号，现住院，电话1390013{n:04d}" for n in range(200)]
    column = one(look, cells)

    assert {"postal_address", "health", "mobile_cn"} <= set(column.kinds)


def test_a_note_says_what_it_holds(drawn):
    """Illness, dismissal and a relative's number in free text: the worst column is found."""
    column = drawn.column("collection_note")

    assert {"health", "employment_event", "contacts", "mobile_cn", "free_text"} <= set(column.kinds)
    assert Category.SENSITIVE is column.category
    assert ("cn.pipl.art28.p1",) == column.citations


def test_attributes_are_personal_only_where_rows_lead_to_persons(look):
    """An interest rate in a price list is nobody's; in a borrower's row it is the borrower's."""
    rates = [7.2 + n % 5 for n in range(300)]
    alone = look(pa.table({"interest_rate": rates, "loan_amount": rates}))
    mails = [f"user{n}@example.com" for n in range(300)]
    beside = look(pa.table({"interest_rate": rates, "loan_amount": rates, "x": mails}))

    assert Category.UNDECIDED is alone.column("interest_rate").category
    assert Category.PERSONAL is beside.column("interest_rate").category


def test_rows_counted_are_not_personal_unless_beside_persons(look):
    """Not personal needs a positive reason, and a key to persons is none."""
    counter = list(range(1, 301))
    alone = look(pa.table({"n": counter, "price": [n * 1.5 for n in counter]}))
    beside = look(pa.table({"n": counter, "x": [f"user{n}@example.com" for n in counter]}))

    assert Category.NOT_PERSONAL is alone.column("n").category
    assert Category.UNDECIDED is beside.column("n").category


def test_children_make_the_column_sensitive(look, people):
    """All information of persons under 14 is sensitive; their number is computed on the day."""
    rng = random.Random(6)
    born = [date(2016, 1, 1) if n % 10 == 0 else date(1980, 1, 1) for n in range(500)]
    ids = [people.resident_id(rng, day, male=n % 2 == 0) for n, day in enumerate(born)]
    column = look(pa.table({"birth": born, "id": ids})).column("birth")

    assert Category.SENSITIVE is column.category
    assert "minor_under_14" in column.kinds


def test_unclaimed_columns_come_first_and_claims_are_kept(look, loan_book):
    """What no activity answers for is what to look at first, the heaviest on top."""
    boundary = look(loan_book, claimed={"id_number": ["lending"], "bank_card": ["lending"]})
    order = boundary.unclaimed_first

    assert ("lending",) == boundary.column("id_number").claimed_by
    assert {"id_number", "bank_card"} == {column.name for column in order[-2:]}
    assert Category.SENSITIVE is order[0].category


def test_uniqueness_is_measured(look):
    """The share of cells nobody shares says how well a column singles people out."""
    column = one(look, [f"k{n // 2 if n < 500 else n}" for n in range(1_000)])

    assert (750, 0.5) == (column.distinct, column.unique_share)


def test_distinct_counts_of_long_columns_are_near(look):
    """Beyond the sketch's size the count is an estimate within a few per cent."""
    column = one(look, [f"k{n}" for n in range(50_000)])

    assert abs(column.distinct - 50_000) < 0.06 * 50_000
    assert column.unique_share > 0.94


def test_the_full_scan_counts_every_cell(drawn, look, loan_book):
    """Sampling answers what a column is, the full scan how often; both agree on what."""
    sampled, full = drawn, look(loan_book, full=True)

    assert [c.category for c in sampled.columns] == [c.category for c in full.columns]
    assert 1_000 == full.sampled
    (signal,) = [s for s in full.column("mobile").signals if s.kind == "mobile_cn"]
    assert 1_000 == signal.hits


def test_the_same_seed_sees_the_same(drawn, look, loan_book):
    """A scan can be repeated, and another seed does not move the line."""
    assert drawn == look(loan_book)
    other = look(loan_book, seed=9)
    assert [c.category for c in drawn.columns] == [c.category for c in other.columns]


def test_json_comes_back_whole(drawn):
    """What is written is what is read; another format is refused."""
    boundary = drawn

    assert boundary == Boundary.from_json(boundary.to_json())
    with pytest.raises(BadInput, match="not a boundary/v1"):
        Boundary.from_json({"format": "boundary/v0"})
    with pytest.raises(BadInput, match="incomplete"):
        Boundary.from_json({"format": "boundary/v1"})


def test_another_law_is_refused_rather_than_guessed(loan_book):
    """The categories are China's; under another book they would be wrong."""
    from types import SimpleNamespace

    from habeas.boundary.scan import scan
    from habeas.tables.source import open_source

    with pytest.raises(BadInput, match="cn only"):
        scan(
            open_source(loan_book),
            book=SimpleNamespace(id="eu", hash="", provisions={}),
            as_of=date(2026, 1, 1),
        )


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"a": pa.array([], pa.string())}),
        pa.table({"a": pa.array([None, None], pa.string())}),
        pa.table({"a": pa.nulls(3)}),
        pa.table({"a": [b"\xff", b"x"]}),
        pa.table({"a": [[1, 2], None]}),
        pa.table({"a": [{"x": 1}, {"x": None}]}),
        pa.table({"a": [float("nan"), float("inf")]}),
        pa.table({"a": ["", " ", "\u0000", "\u200b", "💥" * 50]}),
        pa.table({"": ["1"], " ": ["2"]}),
        pa.table({"a": [True, None]}),
    ],
    ids=str,
)
def test_odd_tables_are_undecided_and_do_no_harm(table, look):
    """Empty, null, binary, nested, not-a-number: no crash, no invented finding."""
    boundary = look(table)

    assert all(column.category is Category.UNDECIDED for column in boundary.columns)


DIRECT = {
    "mobile_cn": "mobile",
    "cn_resident_id": "id_number",
    "bank_card": "bank_card",
    "email": "email",
    "device_id": "device_id",
    "plate_cn": "plate",
    "person_key": "borrower_id",
    "person_name": "name",
    "postal_address": "address",
}


@pytest.mark.parametrize("kind", DIRECT)
def test_one_column_that_leads_to_a_person_makes_the_row_theirs(kind, look, loan_book):
    """Each direct identifier alone turns a loan's figures into somebody's figures."""
    table = loan_book.select([DIRECT[kind], "loan_amount"])

    assert Category.PERSONAL is look(table).column("loan_amount").category


def test_foreign_phones_and_account_names_lead_to_persons_too(look):
    """The same for what the Chinese loan book does not hold."""
    amounts = list(range(300, 0, -1))
    for name, cells in {
        "x": [f"(415) 555-{n:04d}" for n in range(300)],
        "account_number": [f"A{n:08d}" for n in range(300)],
        "ssn": [f"{100 + n}-45-{1000 + n}" for n in range(300)],
    }.items():
        boundary = look(pa.table({name: cells, "loan_amount": amounts}))
        assert Category.PERSONAL is boundary.column("loan_amount").category, name


def test_common_words_mean_a_loan_only_in_a_lenders_table(look, loan_book):
    """Status and term are anybody's words; beside loans of persons they are the loan's."""
    words = pa.table({"email": loan_book.column("email"), "status": loan_book.column("status")})
    lent = words.append_column("loan_amount", loan_book.column("loan_amount"))
    lent = lent.append_column("overdue_days", loan_book.column("overdue_days"))

    assert Category.UNDECIDED is look(words).column("status").category
    assert Category.PERSONAL is look(lent).column("status").category


def test_income_is_sensitive_in_a_lenders_file_and_says_why(drawn, look):
    """The list of article 28 does not name income: the note says what is unsettled."""
    lent = drawn.column("monthly_income")
    census = look(pa.table({"sex": ["男", "女"] * 50, "age": [30, 40] * 50, "income": [1, 2] * 50}))

    assert Category.SENSITIVE is lent.category
    assert "not named" in lent.because.en
    assert Category.PERSONAL is census.column("income").category


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("1990-01-02", date(1990, 1, 2)),
        ("1990年1月2日", date(1990, 1, 2)),
        ("19900102", date(1990, 1, 2)),
        ("12/31/1990", date(1990, 12, 31)),
        ("31/12/1990", date(1990, 12, 31)),
        ("民国79年5月6日", date(1990, 5, 6)),
        ("3 March 1984", date(1984, 3, 3)),
        ("March 3, 1984", date(1984, 3, 3)),
        ("1990-13-02", None),
        ("1990-02-30", None),
        ("1990", None),
        ("x", None),
    ],
)
def test_dates_are_read_in_the_usual_forms(cell, day):
    """Chinese, ISO, American, European, the years of the Republic, months in words."""
    from habeas.boundary.detectors.birth_date import day_of

    assert day == day_of(cell)


@pytest.mark.parametrize("cell", ["12345678901234567A", "1234567890123456AB", "abc", "1" * 16, ""])
def test_what_has_not_the_shape_of_an_id_is_not_counted_against_it(cell):
    """Shape and check are told apart: only look-alikes of the shape are compared with chance."""
    from habeas.boundary.detector import Look
    from habeas.boundary.detectors.cn_resident_id import look as judge

    assert Look.NONE is judge(cell)
    assert Look.SHAPE is judge("110105194912310021")


def test_a_mark_that_all_columns_share_is_taken_off():
    """iage, isex, irace: integer-coded exports prefix every name with one letter."""
    from habeas.boundary.header import without_shared_prefix

    names = ["iage", "isex", "irace", "istate"]
    assert ["age", "sex", "race", "state"] == without_shared_prefix(names)
    assert ["age", "sex", "a"] == without_shared_prefix(["age", "sex", "a"])


def test_names_that_share_a_letter_by_chance_keep_their_meaning(look):
    """name, note, nation, number: the mark is taken off only where the name says nothing."""
    columns = ("name", "note", "nickname", "nation")
    boundary = look(pa.table({column: ["Kim", "Lee"] * 20 for column in columns}))

    assert "person_name" in boundary.column("name").kinds


def test_english_names_and_addresses_are_found_without_a_header(look):
    """Many different given names from the list; streets with numbers."""
    given = ["James", "Mary", "Robert", "Linda", "Emily", "Kevin", "Laura", "Peter", "Susan"]
    family = ["Smith", "Jones", "Taylor", "Walker", "Carter", "Brooks", "Hughes", "Palmer"]
    names = [f"{first} {last}" for first in given for last in family]
    boundary = look(
        pa.table(
            {"c1": names, "c2": [f"{n + 1} Old Mill Road, Dayton, OH 45402" for n in range(72)]}
        )
    )

    assert ("person_name",) == boundary.column("c1").kinds
    assert "postal_address" == boundary.column("c2").kinds[0]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("education", ["本科", "大专"]),
        ("marital_status", ["已婚", "未婚"]),
        ("occupation", ["司机", "教师"]),
        ("age", [30, 41]),
        ("region", ["北京", "上海"]),
    ],
)
def test_two_descriptions_of_a_person_make_a_table_about_persons(name, cells, look):
    """Sex and one more: census-like rows are about persons though nobody is named."""
    table = pa.table(
        {"sex": ["男", "女"] * 50, name: cells * 50, "loan_amount": list(range(99, -1, -1))}
    )

    assert Category.PERSONAL is look(table).column("loan_amount").category
