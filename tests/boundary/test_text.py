"""Spans in text: exact, in both languages, on every carrier, and never more than asked."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.boundary.fold import fold
from habeas.boundary.text import scan_text

ID, MOBILE, CARD = "11010519491231002X", "13800138000", "4539578763621486"


def full_width(text):
    return text.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})


FORMS = {
    "plain": lambda v: v,
    "spaced": lambda v: " ".join(v[i : i + 4] for i in range(0, len(v), 4)),
    "dashed": lambda v: "-".join(v[i : i + 4] for i in range(0, len(v), 4)),
    "full-width": full_width,
    "lower case": str.lower,
}
CARRIERS = {
    "alone": "{}",
    "inside Chinese": "客户的号码是{}请核对",
    "inside English": "the number is {} as agreed",
    "json": '{{"k": "{}", "n": 1}}',
    "log line": "08:12:44 INFO k={} ok",
    "csv": '"17","{}","x"',
    "url": "https://example.com/a?k={}&x=1",
    "brackets": "（{}）",
}
VALUES = {"cn_resident_id": ID, "mobile_cn": MOBILE, "bank_card": CARD}


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", VALUES)
def test_every_surface_form_on_every_carrier_is_found_exactly(kind, form, carrier):
    """Unicode word boundaries miss what touches a Chinese character; ours are ASCII."""
    value = FORMS[form](VALUES[kind])
    text = CARRIERS[carrier].format(value)

    assert value in [text[s.start : s.end] for s in scan_text(text) if s.kind == kind]


@pytest.mark.parametrize("prefix", ["+86", "+86 ", "0086", "(+86) ", "86"])
def test_country_codes_belong_to_the_number(prefix):
    """The prefix is part of how to reach the person."""
    text = f"电话{prefix}{MOBILE}。"
    found = [text[s.start : s.end] for s in scan_text(text) if s.kind == "mobile_cn"]

    assert [f"{prefix}{MOBILE}"] == found or (prefix == "86" and not found)


@pytest.mark.parametrize(
    "text",
    [
        "订单号9113800138000123已发货",
        "版本1.2.3.4发布",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "时间戳1700000000000",
        "ISBN 978-7-111-54742-6",
        "金额13800138000.50元",
        "2024-01-31 12:30:45",
        "身份证号110105194912310021",
        "卡号4539578763621487",
        "icon@2x.png",
        "10.0.0.1",
        "SKU-A000123",
        "高中毕业，本科学历",
    ],
)
def test_look_alikes_are_not_findings(text):
    """False alarms are what users of other tools complain of most."""
    assert () == tuple(s for s in scan_text(text) if s.evidence == "validated")


def test_a_collection_note_gives_its_spans():
    """Illness, dismissal, a relative and their number: each where it stands."""
    text = "客户称上月被公司辞退，现住院手术，其姐姐电话138 0013 8000"
    found = {s.kind: text[s.start : s.end] for s in scan_text(text)}

    assert "138 0013 8000" == found["mobile_cn"]
    assert "姐姐电话138 0013 8000" == found["contacts"]
    assert "被公司辞退" == found["employment_event"]
    assert found["health"] in ("住院", "手术")


def test_a_keyword_lifts_and_a_part_of_a_word_does_not():
    """The ladder: pattern, then a keyword beside it; "telly" holds no "tel"."""
    bare, lifted, part = (
        max(s.confidence for s in scan_text(text) if s.kind == "mobile_cn")
        for text in (f"x {MOBILE}", f"tel {MOBILE}", f"telly {MOBILE}")
    )

    assert bare == part < lifted


def test_masked_values_are_their_own_finding():
    """A masked number is still about its person, and is not the number."""
    for text in ("138****8000", "身份证110101********8531"):
        assert {"masked_value"} == {s.kind for s in scan_text(text)}


def test_findings_do_not_overlap_except_a_relation_and_its_number():
    """One character, one finding: what is masked by span is masked once."""
    text = f"姓名：张伟，母亲电话{MOBILE}，身份证{ID}，卡号{CARD}，zhang@example.com"
    spans = [s for s in scan_text(text) if s.kind != "contacts"]

    assert all(a.end <= b.start for a, b in pairwise(spans))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_answered(text):
    """Whatever comes in, spans lie inside the text and the fold keeps its length."""
    assert len(text) == len(fold(text))
    for span in scan_text(text):
        assert 0 <= span.start < span.end <= len(text)


PIECES = st.sampled_from(
    [
        ID,
        MOBILE,
        CARD,
        "a@b.cn",
        "8.8.8.8",
        "京A12345",
        "母亲",
        "住院",
        "，",
        " ",
        "\n",
        "０",
        "*",
        "张伟先生",
        "{",
        '"',
        "1" * 30,
        "路12号",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_mixture_of_findings_is_answered(text):
    """Fragments of real forms in any order: spans stay ordered and inside."""
    spans = scan_text(text)

    assert sorted(spans, key=lambda s: (s.start, s.end, s.kind)) == list(spans)
    assert all(0 <= s.start < s.end <= len(text) for s in spans)


@pytest.mark.parametrize(
    "unit", ["1", "1 ", "a.", "a@", "省市", "张", "(", "8.", "父亲", "A1 ", "::"]
)
def test_long_hostile_lines_take_bounded_time(unit):
    """No pattern may go quadratic over one long line (20,000 characters in a moment)."""
    import time

    start = time.perf_counter()
    scan_text(unit * (20_000 // len(unit)))

    assert time.perf_counter() - start < 5


@pytest.mark.slow
def test_ten_thousand_random_bytes_do_no_harm():
    """Broken encodings arrive as replacement characters; nothing may raise."""
    rng = random.Random(1)
    for _ in range(10_000):
        scan_text(rng.randbytes(rng.randrange(80)).decode("utf-8", "replace"))
