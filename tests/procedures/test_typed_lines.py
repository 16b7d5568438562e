"""Words typed once stay as they are; typed in two languages, each paper takes its own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.procedures.claim_text import in_language
from habeas.procedures.typed_lines import WrongLinesError, lines_of, plain
from habeas.terms import Text


@pytest.mark.parametrize(
    ("raw", "en", "zh"),
    [
        ("one", ["one"], ["one"]),
        (["one", {"en": "two", "zh": "二"}], ["one", "two"], ["one", "二"]),
        ({"en": {"Name": "A", "Phone": "1"}, "zh": {"姓名": "甲"}}, ["Name: A\nPhone: 1"], ["姓名：甲"]),
        ({"name": "A", "phone": "1"}, ["name: A", "phone: 1"], ["name: A", "phone: 1"]),
        (None, [], []),
    ],
)  # fmt: skip
def test_lines_in_each_language(raw, en, zh):
    """One, several, named, in both languages, none."""
    found = lines_of(raw)

    assert (en, zh) == tuple([in_language(line, lang) for line in found] for lang in ("en", "zh"))


@pytest.mark.parametrize("raw", [7, [7], {"a": 7}, {"en": "x", "zh": 7}, [["x"]], [{"en": "x"}]])
def test_what_is_no_line_is_refused(raw):
    """Numbers, lists in lists, half of a pair: never guessed."""
    with pytest.raises(WrongLinesError):
        lines_of(raw)


@settings(max_examples=50)
@given(st.lists(st.text(min_size=1) | st.builds(Text, en=st.text(), zh=st.text())))
def test_lines_come_back_from_an_entry_of_the_log(lines):
    """What `plain` stores, `lines_of` reads back."""
    assert tuple(lines) == lines_of([plain(line) for line in lines])
