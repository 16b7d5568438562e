"""The page: self-contained, in two languages, and without a single value of a cell."""

import hashlib
import json
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from habeas.boundary.advice import first_steps
from habeas.boundary.draw import Category
from habeas.boundary.report import report_html

VOID = {"meta", "br", "link", "img", "hr"}


class Balance(HTMLParser):
    """Every element that opens closes, in order; nothing is fetched and nothing runs."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "iframe", "object", "link", "img"):
            self.wrong.append(tag)
        self.wrong += [
            name for name, _ in attrs if name.startswith("on") or name in ("src", "href")
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_stands_alone(language, drawn, loan_book, book):
    """No script, nothing fetched, one language, every column named."""
    page = report_html(drawn, book=book, language=language)
    parsed = Balance()
    parsed.feed(page)

    assert ([], []) == (parsed.open, parsed.wrong)
    assert "http" not in page
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page
    assert all(name in parsed.text for name in loan_book.column_names)


def test_column_names_cannot_inject(look, book):
    """A column name is somebody else's text: it is shown, not run."""
    import pyarrow as pa

    name = '<script>alert("x")</script>'
    page = report_html(look(pa.table({name: ["a"]})), book=book, language="en")

    assert "<script" not in page


MARKS = ["zq7-marked-value", "张三丰李四光王五", "13912345678", "xyzzyplugh@marked.example.com"]


def test_no_value_of_a_cell_gets_out(look, loan_book, book):
    """A leak through our own report would be the worst we could ship: values, parts, hashes."""
    import pyarrow as pa

    table = loan_book.slice(0, 400)
    for place, mark in enumerate(MARKS):
        table = table.append_column(f"m{place}", pa.array([mark] * 400))
        table = table.append_column(
            f"t{place}", pa.array([f"备注内容 note for you {mark} end."] * 400)
        )
    boundary = look(table)
    said = json.dumps(boundary.to_json(), ensure_ascii=False) + repr(boundary)
    said += "".join(report_html(boundary, book=book, language=lang) for lang in ("en", "zh"))
    said += "".join(step.en + step.zh for step in first_steps(boundary))
    real = [
        v
        for name in ("name", "id_number", "mobile", "email", "address")
        for v in table.column(name).to_pylist()[:50]
    ]

    for value in [*MARKS, *real]:
        for form in forms_of(value):
            assert form not in said


def forms_of(value):
    """The value, its URL form and digests, and every part long enough to be a disclosure."""
    size, alike = (7, str.isascii) if value.isascii() else (3, is_han)
    parts = {value[i : i + size] for i in range(max(1, len(value) - size + 1))}
    telling = {part for part in parts if alike(part) and "example" not in part}
    digests = {
        hash_of(value.encode()).hexdigest()[:16] for hash_of in (hashlib.sha256, hashlib.md5)
    }
    return {value, quote(value), *digests, *telling}


def is_han(part):
    return all("\u4e00" <= c <= "\u9fff" for c in part)


def test_what_to_do_first_names_the_worst(drawn, look, loan_book):
    """Unclaimed sensitive columns come first; a claimed table has less to do."""
    steps = first_steps(drawn)
    claimed = first_steps(look(loan_book, claimed={n: ["a"] for n in loan_book.column_names}))

    assert "sensitive" in steps[0].en
    assert len(claimed) < len(steps)


def test_every_category_and_kind_has_both_languages():
    """Whatever a person reads exists in English and Chinese."""
    from habeas.boundary.registry import detectors

    texts = [d.label for d in detectors()] + [d.note for d in detectors() if d.note]
    texts += [c.label for c in Category] + [c.short for c in Category]

    assert all(text.en and text.zh and not text.zh.isascii() for text in texts)
