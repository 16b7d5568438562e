"""A jurist's signature covers what was read, and stops covering it when a word changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from habeas.errors import BadInput
from habeas.law.book import load_book
from habeas.law.review import (
    check_reviews,
    provision_hash,
    read_reviews,
    reviewed_book,
    reviews_as_bytes,
    sign_review,
)
from habeas.ledger.keys import SigningKey
from habeas.terms import Text

ART = "cn.pipl.art16"
DAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def book():
    return load_book("cn")


@pytest.fixture(scope="module")
def key():
    return SigningKey.generate("chambers.example/reviewer")


def _review(book, key, provision=ART):
    return sign_review(
        book.provision(provision), book, key=key, reviewer="A. Jurist (fictional)", at=DAY
    )


def _changed(book, **what):
    changed = replace(book.provision(ART), **what)
    return replace(book, provisions={**book.provisions, ART: changed})


def test_a_review_holds_for_whoever_trusts_its_key(book, key):
    """The mark rises for that provision and no other; the rules stay the same book."""
    checked = check_reviews([_review(book, key)], book, trusted=[key.vkey])
    marked = reviewed_book(book, checked)

    assert ["holds"] == [one.standing for one in checked]
    assert "reviewed" == marked.provision(ART).marks.weakest
    assert book.hash == marked.hash
    assert {ART} == {p.id for p in marked.provisions.values() if p.marks.reviewed}


def test_a_review_by_a_key_nobody_named_lifts_nothing(book, key):
    """The key that comes with a file is not a reason to trust it."""
    checked = check_reviews([_review(book, key)], book, trusted=[])

    assert ["not_trusted"] == [one.standing for one in checked]
    assert reviewed_book(book, checked).provision(ART).marks.reviewed is None


@pytest.mark.parametrize(
    "what",
    [
        {"paraphrase": Text(en="Other words.", zh="别的话。")},
        {"defeats": ("cn.pipl.art13.p2",)},
        {"to": date(2027, 1, 1)},
        {"reading": Text(en="read otherwise", zh="另一种解读")},
    ],
    ids=lambda what: next(iter(what)),
)
def test_a_changed_rule_is_no_longer_the_one_reviewed(book, key, what):
    """Whoever edits a rule after the review can't keep the jurist's name on it."""
    checked = check_reviews([_review(book, key)], _changed(book, **what), trusted=[key.vkey])

    assert ["outdated"] == [one.standing for one in checked]


@pytest.mark.parametrize("field", ["reviewer", "remark", "provision", "provision_sha256", "at"])
def test_no_field_of_a_review_can_be_changed(book, key, field):
    """A forger moves a signature to another provision, day or name: it doesn't fit."""
    other = date(2020, 1, 1) if field == "at" else "cn.pipl.art17.p1"
    forged = replace(_review(book, key), **{field: other})

    assert ["forged"] == [one.standing for one in check_reviews([forged], book, trusted=[key.vkey])]


def test_marks_and_days_asked_about_are_not_part_of_what_is_signed(book):
    """A second review must not outdate the first."""
    before = provision_hash(book.provision(ART), book)
    marks = replace(book.provision(ART).marks, reviewed="2026-01-01")

    assert before == provision_hash(replace(book.provision(ART), marks=marks), book)


def test_a_file_of_reviews_is_read_as_it_was_written(book, key, tmp_path):
    """Reviews travel as a file."""
    reviews = (_review(book, key), _review(book, key, "cn.pipl.art6"))
    (tmp_path / "r.json").write_bytes(reviews_as_bytes(reviews))

    assert reviews == read_reviews(tmp_path / "r.json")


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"format": "reviews/v1"}',
        '{"format": "reviews/v1", "reviews": [{}]}',
        '{"format": "reviews/v2", "reviews": []}',
    ],
)
def test_a_damaged_file_is_one_sentence(tmp_path, text):
    """File and place, no traceback."""
    (tmp_path / "r.json").write_text(text)

    with pytest.raises(BadInput, match=r"r\.json"):
        read_reviews(tmp_path / "r.json")
