"""The pilot's page: self-contained, in both languages, with every count it claims."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from habeas.demo.pilot_cases import draft_file, pilot_cases
from habeas.law.enact import enact, text_of
from habeas.law.matter import matter_from
from habeas.law.patch import load_draft
from habeas.law.pilot import RESULTS, pilot
from habeas.law.pilot_proof import Proof
from habeas.papers.pilot_page import in_cases, kind_of, pilot_page, summary
from habeas.papers.provinces import PROVINCES, province
from habeas.rights.activity import load_activity

TODAY = date(2026, 11, 24)
TEXT = text_of("cn")
BOOK = TEXT.book()
DRAFT = load_draft(draft_file())
ACTIVITY = load_activity(Path(str(files("habeas.demo.platform") / "activity.yaml")))
CASES = [
    matter_from(case)
    for case in pilot_cases(ACTIVITY, book=BOOK, count=150, seed=3, acted_on=TODAY)
]
PILOT = pilot(CASES, BOOK, enact(DRAFT, TEXT), as_of=TODAY)
SAME = pilot(CASES[:10], BOOK, BOOK, as_of=TODAY)
WITNESS = Proof(
    outcome="something",
    witness={
        "matter": {"division_code": 330000},
        "uses": {
            "u1": {
                "data": {"face": True, "iris": False},
                "consent_free": {"value": True, "by": "solver", "grounds": "supposed"},
                "operations": [],
            }
        },
    },
)


def page(language="en", made=PILOT, proof=WITNESS):
    return pilot_page(made, draft=DRAFT, proof=proof, language=language)


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert tag == self.open.pop()

    def handle_data(self, data):
        self.text.append(data)


def read(text):
    parser = _Tags()
    parser.feed(text)
    assert [] == parser.open
    return parser


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_file_without_script_or_anything_fetched(language):
    """It opens from a mail, offline."""
    parser = read(page(language))
    tags = [tag for tag, _ in parser.seen]

    assert "script" not in tags
    assert not [a for _, a in parser.seen if "href" in a or "src" in a]
    assert "url(" not in page(language)
    assert ("en" if language == "en" else "zh-CN") == parser.seen[0][1]["lang"]


def test_every_cell_of_the_matrix_is_drawn():
    """Sixteen squares with the pilot's counts, in order, and one picture for who hears it."""
    text = page()
    drawn = re.findall(r'class="n[^"]*"[^>]*>([\d,]+)</text>', text)

    expected = [PILOT.count(old, new) for old in RESULTS for new in RESULTS]
    assert expected == [int(one.replace(",", "")) for one in drawn]
    assert 'role="img" aria-label="From today' in text


def test_the_page_is_in_one_language():
    """No English sentence on the Chinese page; the law's own words from the book."""
    words = " ".join(read(page("zh")).text)

    assert "草案会改变什么" in words
    for english in ("What the draft", "lawful", "undetermined", "not stated", "Zhejiang"):
        assert english not in words
    assert "浙江" in words


def test_a_draft_is_never_shown_as_law():
    """The banner stands on every page, and a fictional draft says that it is."""
    for language, only, fiction in (
        ("en", "A draft, not law", "no legislator has proposed it"),
        ("zh", "并非现行法律", "并无立法机关提出"),
    ):
        assert only in page(language)
        assert fiction in page(language)


def test_the_answers_are_said_plainly():
    """In the cases and over all facts, each apart; the matter that shows it is printed."""
    text = page()

    assert in_cases(PILOT).en in text
    assert "The draft makes something lawful" in text
    for part in ("division_code: 330000", "data: face (and not 1 others)", "operations: none"):
        assert part in text
    assert "Over all facts" not in page(proof=None)
    assert "Proved: on no facts" in page(proof=Proof(outcome="nothing"))


def test_nothing_moves():
    """Equal books: no witness, no change, and the page says so."""
    text = page(made=SAME, proof=None)

    assert "No result changes." in text
    assert "0 would have another result" in text
    assert in_cases(SAME).en.startswith("No")


def test_summary_adds_up():
    """Forbidden, set free and the rest are all that moved."""
    said = [int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", summary(PILOT).en)]

    assert PILOT.moved == said[2] == sum(said[3:])


def test_kinds_of_moves():
    """Set free, forbidden, otherwise, the same."""
    assert "legal" == kind_of("unlawful", "lawful") == kind_of("unlawful", "not_governed")
    assert "forbidden" == kind_of("lawful", "unlawful") == kind_of("not_governed", "unlawful")
    for old, new in (
        ("undetermined", "lawful"),
        ("unlawful", "undetermined"),
        ("undetermined", "unlawful"),
    ):
        assert "other" == kind_of(old, new)
    assert "same" == kind_of("unlawful", "unlawful")


def test_where_a_change_applies_is_named():
    """Provinces and sectors in words."""
    text = page()

    assert "only: Zhejiang" in text
    assert "only: loan facilitation platform without a financial licence" in text


def test_provinces():
    """Thirty-four, each once."""
    assert 34 == len(PROVINCES)
    assert 34 == len({text.zh for text in PROVINCES.values()})
    assert ("Inner Mongolia", "内蒙古") == (province("150100").en, province("15").zh)
