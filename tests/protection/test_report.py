"""The page: both dials, every column, both languages, no value of the table."""

from __future__ import annotations

import math
from html.parser import HTMLParser

import pytest

from habeas.protection.release import prepare
from habeas.protection.report import Dial, leak_dial, render, risk_dial, what_was_done


class _Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "path", "line", "circle"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("path", "line", "circle"):
            assert tag == self.open.pop()


@pytest.fixture
def made(loans, loan_plan, secret, now):
    return prepare(loans, loan_plan(mark_rate=0.5), secret=secret, code=1, now=now)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_whole_and_loads_nothing(made, language):
    """Well-formed, in the language asked for, without script or anything from elsewhere."""
    page = render(made, language=language)
    seen = _Seen()
    seen.feed(page)

    assert not seen.open
    assert {"en": "en", "zh": "zh-CN"}[language] == dict(seen.tags)["html"]["lang"]
    assert "script" not in {tag for tag, _ in seen.tags}
    assert not any({"src", "href"} & set(attrs) for _, attrs in seen.tags)
    assert 2 == sum(tag == "svg" for tag, _ in seen.tags)
    for planned in made.plan.columns:
        assert f">{planned.column}<" in page
        assert what_was_done(planned).in_language(language) in page


def test_the_page_shows_the_figures_of_the_release(made):
    """What stands on the page is what was measured."""
    page = render(made)

    assert f"{made.smallest_traceable_rows:,} rows" in page
    assert f"{made.risk.marked.adversary.prosecutor_max:.2%}" in page
    assert "birth_date, sex, region" in page


def test_the_page_holds_no_value_and_escapes_names(loans, loan_plan, secret, now):
    """A recipient called like markup stays text, and no key or telephone number is shown."""
    plan = loan_plan(recipient="<script>alert(1)</script>")
    page = render(prepare(loans, plan, secret=secret, code=1, now=now))

    assert "<script" not in page
    for value in loans.column("borrower_id").to_pylist()[:200]:
        assert value not in page
    assert "1380" not in page


def test_dials_point_where_the_figures_are(made):
    """At its bound the risk needle stands where the good part ends; a smaller leak is further
    left."""
    risk, leak = risk_dial(made, "en"), leak_dial(made, "en")

    assert risk.needle <= risk.good + 1e-9
    assert 0 < leak.needle < 1
    rows = made.base.table.num_rows
    assert math.isclose(
        leak.needle, math.log10(made.smallest_traceable_rows) / math.log10(rows), rel_tol=1e-9
    )


def test_a_copy_without_marks_or_adversary_has_empty_dials(
    loans, column_plan, plan_of, secret, now
):
    """Where there is nothing to measure the dial says so instead of pointing."""
    plan = plan_of(column_plan("amount"), identified=True, k=1, max_risk=1.0)
    made = prepare(loans, plan, secret=secret, code=1, now=now)

    assert risk_dial(made, "en").needle is None
    assert leak_dial(made, "en").needle is None
    assert "not by marks" in render(made)
    assert "无法凭标记" in render(made, language="zh")


def test_the_scale_runs_from_left_to_right():
    """0 is left, 1 is right, what lies beyond is held at the ends."""
    ends = [tuple(round(v, 6) for v in Dial.at(share, 10)) for share in (-1, 0, 0.5, 1, 2)]

    assert [(-10, 0), (-10, 0), (0, -10), (10, 0), (10, 0)] == [(x + 0.0, y + 0.0) for x, y in ends]
