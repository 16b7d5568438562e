"""Canaries: plausible, nobody's, only this recipient's, and made again by the secret alone."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput
from habeas.protection.canaries import distinctive_cells, make_canaries
from habeas.protection.contacts import Digits, bits_of, plain, shapes_of

SECRET = bytes(range(32))


def resident(rng):
    body = f"{rng.integers(110000, 659999)}19{rng.integers(60, 99)}0101{rng.integers(0, 999):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def luhn(digits):
    odd = sum(int(d) for d in digits[-1::-2])
    return (odd + sum(sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])) % 10 == 0


def card(rng):
    body = f"6222{rng.integers(0, 10**11):011d}"
    return next(body + str(d) for d in range(10) if luhn(body + str(d)))


@pytest.fixture(scope="module")
def book():
    rng = np.random.default_rng(4)
    rows = 2000
    return pa.table(
        {
            "borrower_id": [f"B{at:09d}" for at in range(rows)],
            "name": [f"name {v}" for v in rng.integers(0, 500, rows)],
            "id_number": [resident(rng) for _ in range(rows)],
            "mobile": [f"1{rng.integers(3, 10)}{rng.integers(0, 10**9):09d}" for _ in range(rows)],
            "card": [card(rng) for _ in range(rows)],
            "email": [f"u{at}@example.org" for at in range(rows)],
            "token": [f"{rng.integers(0, 2**62):016x}" for _ in range(rows)],
            "region": [f"r{v}" for v in rng.integers(0, 30, rows)],
            "age": rng.integers(20, 60, rows),
            "note": [f"call 13900{at:06d} about the loan" for at in range(rows)],
        }
    )


def made(book, count=8, code=1, **options):
    return make_canaries(
        book, count, secret=SECRET, code=code, contact_domain="post.example.net", **options
    )


def test_contact_points_are_recognised_by_shape(book):
    """Five kinds, whatever the column is called; ordinary columns are none."""
    kinds = {name: shape.name for name, shape in shapes_of(book).items()}

    assert {
        "borrower_id": "token",
        "id_number": "resident_id",
        "mobile": "mobile",
        "card": "card",
        "email": "email",
        "token": "token",
    } == kinds


def test_canaries_have_the_tables_schema_and_nobodys_numbers(book):
    """Same columns and types; no contact point or number of a real row."""
    canaries = made(book, 20)

    assert book.schema == canaries.schema
    assert 20 == canaries.num_rows
    for name in ("borrower_id", "id_number", "mobile", "card", "email", "token"):
        values = canaries.column(name).to_pylist()
        assert not set(values) & set(book.column(name).to_pylist())
        assert len(values) == len(set(values))
    real = set(re.findall(r"\d{7,}", " ".join(book.column("note").to_pylist())))
    assert not real & set(re.findall(r"\d{7,}", " ".join(canaries.column("note").to_pylist())))


def test_canaries_pass_the_checks_of_real_rows(book):
    """Check digits hold, mail goes to the owner, other cells are values of their column."""
    for row in made(book, 20).to_pylist():
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        total = sum(int(d) * w for d, w in zip(row["id_number"], weights, strict=False))
        assert row["id_number"][17] == "10X98765432"[total % 11]
        assert luhn(row["card"])
        assert row["email"].endswith("@post.example.net")
        assert re.fullmatch(r"1[3-9]\d{9}", row["mobile"])
        assert re.fullmatch(r"B\d{9}", row["borrower_id"])
        assert row["region"] in set(book.column("region").to_pylist())
        assert 20 <= row["age"] < 60


def test_the_secret_makes_them_again_and_another_does_not(book):
    """The same code gives the same rows; another code or secret has no value in common."""
    first = made(book)

    assert first.equals(made(book))
    for other in (
        made(book, code=2),
        make_canaries(book, 8, secret=b"z" * 32, code=1, contact_domain="post.example.net"),
    ):
        for name in ("email", "mobile", "card", "token"):
            mine, theirs = first.column(name).to_pylist(), other.column(name).to_pylist()
            assert not set(mine) & set(theirs)


def test_together_columns_come_from_one_row(book):
    """Quasi-identifiers stand together as in a real row, so that no new group appears."""
    pairs = set(zip(*(book.column(n).to_pylist() for n in ("region", "age")), strict=True))
    canaries = made(book, 20, together=("region", "age"))

    for row in canaries.to_pylist():
        assert (row["region"], row["age"]) in pairs


def test_distinctive_cells_are_those_the_base_lacks(book):
    """Each canary is recognised by its six drawn cells and its note's number, far beyond 64 bits."""
    cells = distinctive_cells(made(book), book)

    assert 8 == len(cells)
    for row in cells:
        drawn = {"borrower_id", "id_number", "mobile", "card", "email", "token"}
        assert drawn | {"note"} == set(row)
        assert sum(bits for _, bits in row.values()) > 150
        assert row["note"][1] <= 3.32 * 10


def test_bits_are_not_more_than_what_was_drawn():
    """Drawing 20,000 values of 8 free digits gives about as many collisions as the bits say."""
    shapes = shapes_of(pa.table({"m": ["13800138000", "15912345678"]}))
    lots = np.random.default_rng(1).integers(0, 2**63, (20_000, 16)).tolist()
    drawn = [shapes["m"].draw("13800138000", Digits(lot), "") for lot in lots]
    collisions = len(drawn) - len(set(drawn))
    expected = 20_000**2 / 2 / 2 ** bits_of(shapes["m"], drawn[0])

    assert collisions <= 5 + 4 * expected
    assert bits_of(shapes["m"], drawn[0]) <= np.log2(10**8)


@settings(max_examples=50, deadline=None)
@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_telephone_is_the_same_in_every_way_of_writing(number):
    """Spaces, hyphens, full-width digits."""
    wide = "".join(chr(ord("０") + int(d)) for d in number)

    assert number == plain(f"{number[:3]} {number[3:7]} {number[7:]}")
    assert number == plain(f"{number[:3]}-{number[3:7]}-{number[7:]}")
    assert number == plain(wide)


def test_a_table_without_contact_points_gets_no_canaries(book):
    """A canary that anybody's row could equal would accuse by chance: refused with a remedy."""
    with pytest.raises(BadInput, match="contact points"):
        made(book.select(["region", "age"]))
    assert 0 == made(book, 0).num_rows
