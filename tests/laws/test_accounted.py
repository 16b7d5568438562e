"""Every provision of the Chinese law sheets is a rule or says why it is none."""

from pathlib import Path

import pytest
import yaml

from habeas.errors import BadInput
from habeas.law.book import book_from, load_book
from habeas.law.enact import text_of
from habeas.law.schema import load_vocabulary
from habeas.law.yaml_reading import Document

SHEETS = Path(__file__).resolve().parents[3] / "shared" / "law"
BOOK = load_book("cn")


def with_table(table):
    text = text_of("cn")
    sheet = Document(value={**text.sheet.value, "text_only": table}, lines={}, file="sheet.yaml")
    return book_from(
        text.top,
        sheet=sheet,
        rules=list(text.rules),
        derived=text.derived,
        vocabulary=load_vocabulary(),
    )


@pytest.mark.skipif(not (SHEETS / "cn.yaml").exists(), reason="the law sheets are not here")
def test_every_provision_of_the_sheets_is_accounted_for():
    """990 entries: each a rule or text only, none both, none of them made up."""
    entries = {
        entry["id"]: entry
        for name in ("cn.yaml", "cn_sector.yaml")
        for entry in yaml.load((SHEETS / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    }
    unread = {id_ for id_, entry in entries.items() if not entry["verified"]}
    unverified = {id_ for id_, text in BOOK.text_only.items() if text.reason == "unverified"}

    assert entries.keys() == BOOK.provisions.keys() | BOOK.text_only.keys()
    assert set() == BOOK.provisions.keys() & BOOK.text_only.keys()
    assert 990 == len(entries) == BOOK.sheet_size
    assert unread <= unverified | {"cn.spcnet2014.art12"}


def test_each_reason_is_given_in_words():
    """A reader sees why a provision decides nothing."""
    reasons = {text.reason for text in BOOK.text_only.values()}

    assert {"not_decisive", "not_yet_coded", "unverified"} == reasons
    assert all(text.why for text in BOOK.text_only.values())


def test_the_table_is_part_of_the_book():
    """A reason that changes makes another book."""
    table = text_of("cn").sheet.value["text_only"]
    first = next(iter(table))

    same = with_table(dict(table))
    changed = with_table({**table, first: {"reason": "not_yet_coded", "why": "another"}})

    assert BOOK.hash == same.hash
    assert BOOK.hash != changed.hash


@pytest.mark.parametrize(
    ("id_", "reason", "says"),
    [
        ("cn.pipl.art16", "not_decisive", "is a rule and cannot be text only"),
        ("cn.pipl.art1", "not_decisve", "is no reason"),
    ],
)
def test_a_table_that_is_not_sound_is_refused(id_, reason, says):
    """Neither a rule hidden as text nor a reason nobody knows."""
    with pytest.raises(BadInput, match=says):
        with_table({id_: {"reason": reason, "why": "x"}})
