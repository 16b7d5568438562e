"""Whatever may travel or happen has its words, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from habeas.cli.case_words import EVENTS, WHO
from habeas.cli.letter_words import EFFECTS, TYPES
from habeas.ledger.envelope import TYPES as TRAVEL
from habeas.procedures.case_records import table

SRC = Path(__file__).resolve().parents[2] / "src/habeas"


def test_every_type_of_envelope_has_a_name():
    """The list of the envelope format itself."""
    assert {*TRAVEL} == {*TYPES}


def test_every_effect_that_is_documented_has_its_words():
    """The effects that read_inbox names, and what a sent letter waits for."""
    said = (SRC / "procedures/read_inbox.py").read_text("utf-8")
    listed = re.search(r"Effects of a letter: (.+?)\.\n", said, re.DOTALL)[1]

    assert {"waits", *re.findall(r"[a-z_]{4,}", re.sub(r"\(.+?\)", "", listed))} == {*EFFECTS}


def test_every_step_of_the_docket_has_its_words():
    """Events and who takes them, out of the transition table."""
    rows = table().transitions.values()

    assert {row.event for row in rows} == {*EVENTS}
    assert {row.who for row in rows} == {*WHO}


def test_no_word_is_the_same_in_both_languages():
    """A missing translation would stand as the other language's word."""
    assert not [
        text for each in (TYPES, EFFECTS, EVENTS, WHO) for text in each.values()
        if text.en == text.zh
    ]  # fmt: skip
