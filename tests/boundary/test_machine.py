"""The machine runs patterns as `re` does, and repeats a check only while that check is unedited."""

import random
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.boundary import twins
from habeas.boundary.detectors import bank_card, email, iban
from habeas.boundary.engine import _tape
from habeas.boundary.program import CODES, Programs
from habeas.boundary.registry import detector
from habeas.boundary.text import _rules, find, scan_cells, scan_plainly

PATTERNS = [
    r"a(?:b|bc|)(?=c|d)[a-c]*?d",
    r"(?<![0-9])(?:[0-9][ \-]?){3,6}(?![0-9]{2})",
    r"(?:x|(?P<g>y+))z{0,2}(?P<h>b)?c",
    r"(?<!(?<!a)bc)d+$",
    r"^[a-c]{2,}?c|\Zd",
    r"(?i)stra(?:ß|ss)e|ſon",
    r"(?=(?P<n>[A-Z][a-z]+ [A-Z]))",
    r"(?:ab|a(?P<k>b)){1,3}(?:病|人){2}[^人]",
    r"[^\n]{0,5}\*(?!\*)",
    r"[a-c]+(?:d[0-9])*(?<=[0-9])[a-z]",
]


class Alone:
    """One pattern on the machine, asked at every place of a text."""

    def __init__(self, pattern):
        self.pattern = re.compile(pattern)
        programs = Programs()
        programs.add(re.compile("\n"))
        begin = programs.add(self.pattern)
        assert begin is not None, pattern
        members = np.array(programs.rows).T
        kinds, self.classes = np.unique(members, axis=0, return_inverse=True)
        count = len(kinds)
        words = -(-kinds.shape[1] // 64)
        bits = np.zeros((count + 1, words * 8), np.uint8)
        packed = np.packbits(kinds, axis=1, bitorder="little")
        bits[:count, : packed.shape[1]] = packed
        self.bits = bits.view(np.uint64)
        settings_ = np.full((1, 12), -1, np.int64)
        settings_[0, 0] = begin
        self.tape = _tape(programs, self.bits, count, 0, settings_)
        self.begin = int(settings_[0, 0])
        self.stack = np.empty(1 << 14, np.int64)

    def at(self, text, place):
        from habeas.boundary import machine

        codes = [min(ord(c), CODES) for c in text]
        seen = (
            self.classes.reshape(-1)[codes].astype(np.uint16) if codes else np.empty(0, np.uint16)
        )
        end = machine.run(
            self.tape, self.bits.reshape(-1), seen, self.stack, self.begin, place, 0, len(text)
        )
        return end, (int(self.stack[0]), int(self.stack[1]))


ALONE = {}


def agree(pattern, text):
    if pattern not in ALONE:
        ALONE[pattern] = Alone(pattern)
    one = ALONE[pattern]
    for place in range(len(text) + 1):
        match = one.pattern.match(text, place)
        end, group = one.at(text, place)
        # `match` from a place sees what stands before it, as the machine does.
        assert (match.end() if match else -1) == end, (pattern, text, place)
        if match and match.lastgroup:
            assert match.span(match.lastgroup) == group, (pattern, text, place)


SIGNS = "aabbccdxyzZAB0129 -*\n病人ßſSson𠀀"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_program_matches_as_its_pattern_does(pattern):
    """Greedy, lazy, choices, looks both ways, groups: the same end at every place."""
    rng = random.Random(4)
    for _ in range(60):
        agree(pattern, "".join(rng.choices(SIGNS, k=rng.randrange(14))))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PATTERNS), st.text(alphabet=st.sampled_from(SIGNS), max_size=12))
def test_any_text_is_matched_alike(pattern, text):
    """Hypothesis looks for the text that differs."""
    agree(pattern, text)


def test_what_the_machine_does_not_know_is_refused():
    """Back references and word boundaries stay with `re`."""
    programs = Programs()

    assert [None] * 3 == [programs.add(re.compile(p)) for p in (r"(a)\1", r"\bx", r"(?:a?)*b")]
    assert [] == programs.steps


def test_every_shipped_pattern_is_a_program():
    """None of them is left to a slower path."""
    programs = Programs()

    assert [] == [d.id for _, d, rule in _rules() if programs.add(rule.pattern) is None]


@pytest.mark.parametrize(("kind", "which"), sorted(twins.TWINS))
def test_the_seals_are_those_of_the_checks_as_they_stand(kind, which):
    """Whoever edits a check brings its twin up to date, then the seal."""
    one = detector(kind)
    rule = one.text_too if which else one.text

    assert twins.seal(rule.check) == twins.TWINS[kind, which][1], "edit the twin, then this seal"


def found(texts):
    return {place: [s.kind for s in spans] for place, spans in scan_cells(pa.array(texts), texts)}


@pytest.mark.parametrize(
    ("module", "name", "value", "text"),
    [
        (bank_card, "luhn", lambda _: False, "卡号4539578763621486"),
        (bank_card, "_STRICT", re.compile("x"), "卡号4539578763621486"),
        (iban, "_LENGTH", {}, "IBAN GB82WEST12345698765432"),
        (email, "_NOT_DOMAINS", frozenset({"org"}), "mail a.person@example.org"),
    ],
)
def test_an_edited_check_is_obeyed_at_once(monkeypatch, module, name, value, text):
    """A function, a pattern, a word list: the twin steps aside and the plain check is asked."""
    before = found([text])
    monkeypatch.setattr(module, name, value)

    assert before
    assert {} == found([text])
    assert () == scan_plainly(text)


def test_an_edited_source_breaks_the_seal():
    """The seal is of the source: another body under the same name is another check."""

    def one(value):
        return bool(value)

    def other(value):
        return not value

    other.__qualname__, other.__name__ = one.__qualname__, one.__name__
    one.__module__ = other.__module__ = "habeas.boundary.edited"

    assert twins.seal(one) != twins.seal(other)


def test_bytes_and_characters_name_the_same_place():
    """Exact in both: characters of the text, bytes of the buffer."""
    texts = ["客户" * 90 + "电话13800138000。", "x", "𠀀 mail a.person@example.org " * 40]
    data = pa.array(texts).buffers()[2].to_pybytes()
    spans = find(pa.array(texts))
    for row, start, stop, first, last in zip(
        spans.row, spans.start, spans.stop, spans.first, spans.last, strict=True
    ):
        assert texts[row][start:stop] == data[first:last].decode()

    assert 41 == len(spans.row)


def test_a_pattern_that_backtracks_too_much_is_asked_of_the_reference():
    """The machine gives up in bounded time, and the row is read plainly."""
    hostile = "(" + "1 " * 200_000
    text = "\n".join(["电话13800138000", hostile[:4000]])

    assert dict(scan_cells(pa.array([text]), [text])).get(0, ()) == scan_plainly(text)
