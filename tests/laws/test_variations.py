"""Typical disputes in the words of the vocabulary: what is asked of them needlessly shows here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from habeas.law.book import load_book
from habeas.law.matter import matter_from
from habeas.law.reason import decide

BOOK = load_book("cn")
TODAY = date(2026, 11, 24)
FILE = Path(__file__).with_name("variations.yaml")
VARIATIONS = yaml.safe_load(FILE.read_text(encoding="utf-8"))["variations"]


def matter_of(variation):
    matter = {
        "format": "matter/v1",
        "id": "variation",
        "law": ["cn"],
        "matter": {
            "acted_on": variation["acted_on"],
            "acted_on_precision": "day",
            "place_of_processing": "cn",
            "subjects_in": ["cn"],
        },
        "parties": {"p1": variation["party"]},
        "uses": {"u1": {"party": "p1", **variation["use"]}},
    }
    if "event" in variation:
        matter["events"] = {"e1": {"party": "p1", "uses": ["u1"], **variation["event"]}}
    return matter


@pytest.mark.parametrize("variation", VARIATIONS, ids=lambda v: v["name"])
def test_a_typical_dispute_is_decided(variation):
    """Where `ours` differs, the answer is open for a reason the file's reader can look up."""
    decision = decide(matter_from(matter_of(variation)), BOOK, as_of=TODAY)
    found = decision.element(variation["element"])

    assert variation.get("ours", variation["decided"]) == found.result


def test_what_is_not_decided_is_left_open():
    """None of the differences is a wrong answer, and nine of ten are decided."""
    open_ = [v for v in VARIATIONS if "ours" in v]

    assert {"undetermined"} == {v["ours"] for v in open_}
    assert 10 * len(open_) <= len(VARIATIONS) + 9
