"""habeas scan: what a person sees, what a program reads, and what neither may."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from habeas.tables.write import write_table

MARK = "zq7-marked-value"
PHONE = "13912345678"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "loans.csv"
    write_table(
        pa.table(
            {
                "name": [f"王{c}" for c in "伟芳娜秀英敏静丽强磊" * 3],
                "mobile": [f"1391234{n:04d}" for n in range(30)],
                "note": [f"客户住院，{MARK}，号码{PHONE}"] * 30,
                "grade_of_steel": ["a", "b"] * 15,
            }
        ),
        path,
    )
    return path


def test_the_terminal_shows_picture_sentence_and_columns(habeas, table):
    """Exit 0; the bar before the table, plain words, the provision by its short title."""
    said = habeas("scan", table)

    assert 0 == said.code
    assert said.out.index("█") < said.out.index("column ")
    assert "claimed by no activity" in " ".join(said.out.split())
    assert "PIPL" in said.out


def test_chinese_is_chinese(habeas, table):
    """The same in the other language."""
    said = habeas("scan", table, "--lang", "zh")

    assert "敏感" in said.out
    assert "个人信息保护法" in said.out.replace("\n", "")


def test_json_is_the_documented_document(habeas, table):
    """One document on stdout, nothing else; it reads back."""
    from habeas.boundary.draw import Boundary

    said = habeas("scan", table, "--json", "--as-of", "2026-11-24")

    assert ("boundary/v1", "2026-11-24") == (said.json["format"], said.json["as_of"])
    boundary = Boundary.from_json(said.json)
    assert "mobile_cn" in boundary.column("mobile").kinds
    assert "undecided" == boundary.column("grade_of_steel").category.value


def test_full_looks_at_every_row(habeas, table):
    """--full says how many rows it looked at: all."""
    assert 30 == habeas("scan", table, "--full", "--json").json["sampled"]


def test_no_value_gets_out_by_any_door(habeas, table, tmp_path):
    """Terminal, JSON, page, both languages, and an error about the same file."""
    said = habeas("scan", table, "--report", tmp_path / "r.html")
    more = [
        habeas("scan", table, *extra)
        for extra in (["--json"], ["--lang", "zh"], ["--full", "--json"])
    ]
    broken = tmp_path / "broken.csv"
    broken.write_text(f"a,b\n1,2\n{MARK}{PHONE}\n")
    more.append(habeas("scan", broken))
    page = (tmp_path / "r.html").read_text("utf-8")
    everything = page + "".join(s.out + s.err for s in [said, *more])

    for secret in (MARK, MARK[4:], PHONE, PHONE[3:], "王伟", "1391234"):
        assert secret not in everything


def test_a_folder_is_scanned_file_by_file(habeas, table):
    """Each table is a document of its own; what is no table is passed over."""
    write_table(
        pa.table({"email": [f"u{n}@example.com" for n in range(9)]}), table.with_name("b.parquet")
    )
    table.with_name("readme.pdf").write_text("x")
    said = habeas("scan", table.parent, "--json")

    assert ["b.parquet", "loans.csv"] == [document["source"] for document in said.json]


def test_text_from_stdin_gives_spans(habeas, monkeypatch, tmp_path):
    """Offsets in characters, and not the words."""
    import io
    import sys
    from types import SimpleNamespace

    text = f"客户电话{PHONE}，现住院"
    for extra in ([], ["--json"]):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
        said = habeas("scan", "-", *extra)
        assert 0 == said.code
        assert PHONE not in said.out
    spans = json.loads(said.out)["spans"]
    assert ["13912345678", "住院"] == [text[s["start"] : s["end"]] for s in spans]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none.csv"], "no such file"),
        (["x.docx"], "can't be read"),
        (["loans.csv", "--law", "xx"], "no law book"),
        (["loans.csv", "--as-of", "soon"], "not a day"),
        (["loans.csv", "--lang", "fr"], "no language"),
        (["loans.csv", "--report", "none/r.html"], "no such folder"),
        (["empty"], "no table"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_two(habeas, table, monkeypatch, arguments, says):
    """File, place, remedy; nothing written."""
    monkeypatch.chdir(table.parent)
    Path("empty").mkdir()
    Path("x.docx").write_text("x")
    said = habeas("scan", *arguments)

    assert 2 == said.code
    assert says in said.err
    assert "" == said.out
    assert 1 == said.err.count("\n")


def test_columns_an_activity_declares_are_claimed(habeas, table, tmp_path):
    """--activity: who answers for which column."""
    example = Path(__file__).resolve().parents[2] / "specs" / "activity-v1.md"
    text = example.read_text("utf-8") if example.is_file() else ""
    if "```yaml" not in text:
        pytest.skip("no example of an activity here")
    body = text.split("```yaml", 1)[1].split("```", 1)[0]
    path = tmp_path / "activity.yaml"
    path.write_text(body, "utf-8")
    said = habeas("scan", table, "--activity", path, "--json")

    assert 0 == said.code, said.err
    claimed = {c["name"]: c["claimed_by"] for c in said.json["columns"]}
    assert claimed["name"] or claimed["mobile"]
