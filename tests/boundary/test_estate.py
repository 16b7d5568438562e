"""Effort by value, corrections that are kept, scans that are remembered, and the map of an estate."""

from __future__ import annotations

import json
from datetime import date

import pyarrow as pa
import pytest
import yaml

from habeas.boundary.corrections import corrected, read_corrections
from habeas.boundary.draw import Boundary, Category
from habeas.boundary.effort import effort, read_levels, standard_levels
from habeas.boundary.remembered import Remembered, asked
from habeas.boundary.scan import scan
from habeas.cli.door import run
from habeas.errors import BadInput
from habeas.law.book import load_book
from habeas.tables.source import open_source

DAY = date(2026, 11, 25)
MARK = "zq7标记"
TABLE = {
    "mobile": [f"138{n:08d}" for n in range(40)],
    "religion": ["佛教", "道教"] * 20,
    "x17": [f"{MARK}{n % 3}" for n in range(40)],
}


@pytest.fixture(scope="module")
def boundary():
    return scan(open_source(pa.table(TABLE), name="t.csv"), book=load_book("cn"), as_of=DAY)


@pytest.fixture
def estate(tmp_path):
    folder = tmp_path / "estate"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        rows = zip(*TABLE.values(), strict=True)
        text = ",".join(TABLE) + "\n" + "".join(",".join(row) + "\n" for row in rows)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_comment_speaks_where_the_name_says_nothing():
    """xm_1 is nothing; `customer's name` beside it in the database is something."""
    names = ["王小明", "李建国", "赵丽华", "陈思远", "周文博"] * 8
    table = pa.table({"f_07": [f"D{n:05d}" for n in range(40)], "f_08": names})
    source = open_source(table, name="t")
    source.comments = {"f_07": "宗教信仰"}
    plain = scan(open_source(table, name="t"), book=load_book("cn"), as_of=DAY)
    told = scan(source, book=load_book("cn"), as_of=DAY)

    assert Category.SENSITIVE is not plain.column("f_07").category
    assert Category.SENSITIVE is told.column("f_07").category


# ---- effort


def test_the_plan_costs_less_than_protecting_everything_equally(boundary):
    """And what it adds up is what its parts add up."""
    plan = effort([boundary])

    assert plan.hours == sum(share.hours for share in plan.shares)
    assert plan.equal == 3 * standard_levels()[Category.SENSITIVE].hours
    assert 0 < plan.ratio < 1
    assert 3 == sum(share.columns for share in plan.shares)


def test_an_undecided_column_is_protected_like_a_personal_one():
    """Silence is not safety."""
    levels = standard_levels()

    assert levels[Category.UNDECIDED].hours >= levels[Category.PERSONAL].hours
    assert levels[Category.UNDECIDED].review_days < levels[Category.PERSONAL].review_days


def test_no_columns_are_no_ratio():
    """Nothing divided by nothing is not zero per cent."""
    assert effort([]).ratio is None


def test_figures_that_leave_a_category_out_are_one_sentence(tmp_path):
    """With the category."""
    (tmp_path / "e.yaml").write_text("format: effort/v1\ncategories: {}\n", encoding="utf-8")

    with pytest.raises(BadInput, match=r"categories\."):
        read_levels(tmp_path / "e.yaml")


# ---- corrections


def _written(tmp_path, **changed):
    made = {
        "source": "t.csv",
        "column": "x17",
        "category": "personal",
        "found": "undecided",
        "by": "officer",
        "grounds": "it is our customer code",
        "on": "2026-11-01",
    } | changed
    path = tmp_path / "c.yaml"
    path.write_text(
        yaml.safe_dump({"format": "corrections/v1", "corrections": [made]}), encoding="utf-8"
    )
    return path


def test_a_correction_is_applied_and_shown_as_one(boundary, tmp_path):
    """With who made it and why; and it cites a law as every personal column does."""
    column = corrected(boundary, read_corrections(_written(tmp_path))).column("x17")

    assert Category.PERSONAL is column.category
    assert column.citations
    assert "corrected by officer" in column.because.en


def test_a_correction_made_for_another_finding_is_out_of_date(boundary, tmp_path):
    """A controller can't call a column of religion harmless once and for good."""
    path = _written(tmp_path, column="religion", category="not_personal", found="undecided")
    column = corrected(boundary, read_corrections(path)).column("religion")

    assert Category.SENSITIVE is column.category
    assert "out of date" in column.because.en


@pytest.mark.parametrize(
    "changed", [{"by": " "}, {"category": "harmless"}, {"on": "yesterday"}, {"extra": "1"}]
)
def test_a_correction_without_its_maker_or_ground_is_refused(tmp_path, changed):
    """One sentence with the line."""
    with pytest.raises(BadInput, match="line"):
        read_corrections(_written(tmp_path, **changed))


# ---- remembered


def test_only_the_same_bytes_under_the_same_question_are_taken_over(boundary):
    """Another book, depth or claim asks anew; no fingerprint is never remembered."""
    book = load_book("cn")
    question = asked(book=book, full=False, claimed={})
    memory = Remembered()
    memory.keep("t", "f1", question, boundary)
    memory.keep("u", None, question, boundary)

    assert boundary == memory.find("t", "f1", question, DAY)
    assert memory.find("t", "f2", question, DAY) is None
    assert memory.find("t", "f1", asked(book=book, full=True, claimed={}), DAY) is None
    assert memory.find("t", "f1", asked(book=book, full=False, claimed={"x": ["a"]}), DAY) is None
    assert memory.find("u", None, question, DAY) is None
    assert 1 == memory.reused


def test_what_hangs_on_the_day_is_judged_again_on_another(boundary):
    """Who was under fourteen then may not be now."""
    table = pa.table({"birth_date": [f"20{n % 20 + 1:02d}-01-01" for n in range(40)]})
    book = load_book("cn")
    found = scan(open_source(table, name="t"), book=book, as_of=DAY)
    memory, question = Remembered(), asked(book=book, full=False, claimed={})
    memory.keep("t", "f", question, found)
    memory.keep("v", "f", question, boundary)

    assert memory.find("t", "f", question, date(2026, 11, 26)) is None
    assert memory.find("v", "f", question, date(2026, 11, 26)) is not None


def test_a_memory_holds_no_value(boundary):
    """Boundaries hold counts and masked shapes."""
    memory = Remembered()
    memory.keep("t", "f", "q", boundary)
    text = memory.as_bytes().decode()

    assert MARK not in text
    assert "13800000001" not in text
    assert boundary == Boundary.from_json(json.loads(text)["scans"]["t"]["boundary"])


# ---- from the door


def test_an_unchanged_estate_is_not_read_again(estate, tmp_path, capsys):
    """The second time nothing; the third time the one file that changed."""
    ask = [
        "scan",
        str(estate),
        "--json",
        "--state",
        str(tmp_path / "s.json"),
        "--as-of",
        "2026-11-25",
    ]
    run(ask)
    capsys.readouterr()
    run(ask)
    again = json.loads(capsys.readouterr().out)
    (estate / "b.csv").write_text("mobile\n13800000001\n", encoding="utf-8")
    run(ask)
    changed = json.loads(capsys.readouterr().out)

    assert (2, 1) == (again["unchanged"], changed["unchanged"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_map_shows_every_table_and_no_value(estate, tmp_path, capsys, lang):
    """One page, no script, what could not be read named."""
    (estate / "c.parquet").write_bytes(b"PAR1")
    page = tmp_path / "p.html"
    ask = ["scan", str(estate), "--report", str(page), "--effort", "standard", "--lang", lang]
    code = run([*ask, "--as-of", "2026-11-25"])
    text = page.read_text(encoding="utf-8")
    said = capsys.readouterr()

    assert 2 == code
    for name in ("a.csv", "b.csv", "c.parquet"):
        assert name in text
    assert "<script" not in text
    for place in (text, said.out, said.err):
        assert MARK not in place
        assert "13800000001" not in place
