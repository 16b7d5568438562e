"""`habeas law pilot` and `habeas law diff`, called as a user does."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from habeas.demo.pilot_cases import draft_file, own_uses, write_pilot_cases
from habeas.law.book import load_book
from habeas.rights.activity import load_activity

TODAY = date(2026, 11, 24)
REPEAL = """format: draft/v1
id: repeal
book: cn
title: {en: Repeal, zh: 废止}
status: draft
changes:
  - repeal: cn.pipl.art55
"""


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    path = tmp_path_factory.mktemp("pilot") / "cases.jsonl"
    write_pilot_cases(path, book=load_book("cn"), count=200, seed=7, acted_on=TODAY)
    return path


@pytest.fixture
def repeal(tmp_path):
    path = tmp_path / "repeal.yaml"
    path.write_text(REPEAL, encoding="utf-8")
    return path


def _pilot(habeas, draft, cases, *more):
    return habeas(
        "law", "pilot", draft, "--cases", cases, "--as-of", "2026-11-24", "--seconds", "0", *more
    )


def test_a_pilot_in_words_and_as_a_page(habeas, cases, tmp_path):
    """The matrix, witnesses and both answers; the page lies where it was asked for."""
    report = tmp_path / "pilot.html"
    said = _pilot(habeas, draft_file(), cases, "--report", report)

    assert 0 == said.code, said.err
    for part in ("A draft, not law", "200 matters", "under the draft", "by cn.pipl.art52_1"):
        assert part in said.out
    assert "What the draft would have changed" in report.read_text(encoding="utf-8")


def test_a_pilot_in_chinese(habeas, cases):
    """Every word a person reads."""
    said = _pilot(habeas, draft_file(), cases, "--lang", "zh").out

    assert "草案，并非现行法律" in said
    assert "lawful" not in said


def test_a_pilot_as_data(habeas, cases):
    """One document; the matrix adds up to the uses and events."""
    found = _pilot(habeas, draft_file(), cases, "--json").json

    assert ("pilot/v1", 200, None) == (found["format"], found["matters"], found["proof"])
    assert 200 == sum(sum(row.values()) for row in found["matrix"].values())
    assert "cn+demo-loan-data" == found["draft"]


@pytest.fixture
def unassessed(tmp_path):
    """The platform's own scoring, in order but for the impact assessment."""
    activity = load_activity(Path(str(files("habeas.demo.platform") / "activity.yaml")))
    [made] = [
        made
        for made in own_uses(activity, acted_on=TODAY, assessed=("scoring",))
        if made["id"] == "own-scoring"
    ]
    made["uses"]["scoring"]["assessment"] = "not_done"
    path = tmp_path / "unassessed.jsonl"
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


LOOSER = """format: draft/v1
id: looser
book: cn
title: {en: Looser, zh: 放宽}
status: draft
changes:
  - replace:
      id: cn.pipl.art55
      says: {en: An assessment may be left out., zh: 可以不作评估。}
      on: {use: {when: use.assessment_due, met_when: "use.assessment in {'before', 'not_done'}"}}
"""


def test_strict_says_no_when_something_is_set_free(habeas, unassessed, tmp_path):
    """Exit 3 only with --strict, and only when unlawful becomes lawful."""
    cases, repeal = unassessed, tmp_path / "looser.yaml"
    repeal.write_text(LOOSER, encoding="utf-8")
    free = _pilot(habeas, repeal, cases, "--json").json["legalised"]

    assert free > 0
    assert 0 == _pilot(habeas, repeal, cases).code
    assert 3 == _pilot(habeas, repeal, cases, "--strict").code


def test_the_solver_alone_may_say_no(habeas, repeal, tmp_path):
    """No case shows it, and the draft is caught all the same."""
    folder = tmp_path / "matters"
    folder.mkdir()
    (folder / "m.json").write_text(json.dumps({"matter": {}, "uses": {"u1": {}}}))
    said = habeas(
        "law", "pilot", repeal, "--cases", folder, "--strict", "--json", "--seconds", "60"
    )

    assert 3 == said.code
    assert 0 == said.json["legalised"]
    assert "something" == said.json["proof"]["outcome"]


def test_records_and_other_laws(habeas, repeal, tmp_path):
    """A record may hold its matter; matters of another law are left out and counted."""
    path = tmp_path / "m.jsonl"
    one = {"format": "matter/v1", "law": ["cn"], "uses": {"u1": {}}}
    lines = [{"id": "a", "matter": one}, one, {**one, "law": ["eu"]}]
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n")
    found = _pilot(habeas, repeal, path, "--json").json

    assert (2, 1) == (found["matters"], found["other_law"])
    assert "1 matters name another law" in _pilot(habeas, repeal, path).out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no matter"),
        ("{\n", "line 1: not valid JSON"),
        ('{"uses": {"u1": {}}}\n{"uses": {"u1": {"consnt": "given"}}}\n', "line 2, uses.u1.consnt"),
    ],
)
def test_cases_that_cannot_be_read(habeas, repeal, tmp_path, text, says):
    """The line is named, never what stands in it."""
    path = tmp_path / "m.jsonl"
    path.write_text(text)
    said = _pilot(habeas, repeal, path)

    assert 2 == said.code
    assert says in said.err


def test_no_such_cases(habeas, repeal, tmp_path):
    """A file that is not there."""
    assert "no such file" in _pilot(habeas, repeal, tmp_path / "none.jsonl").err


def test_diff_of_a_draft(habeas, repeal):
    """What is repealed, with its words."""
    said = habeas("law", "diff", repeal)

    assert 0 == said.code
    assert "repealed: cn.pipl.art55" in said.out
    assert "+ use: when False" in said.out
    assert "废止: cn.pipl.art55" in habeas("law", "diff", repeal, "--lang", "zh").out
    assert ["repealed"] == [
        c["what"] for c in habeas("law", "diff", repeal, "--json").json["changes"]
    ]


def test_diff_of_a_book_with_itself(habeas):
    """Nothing differs."""
    assert "nothing differs" in habeas("law", "diff", "cn").out


def test_diff_of_a_folder(habeas):
    """A book in a folder is read as the shipped one is."""
    from importlib.resources import files

    said = habeas("law", "diff", str(files("habeas.laws") / "cn"), "--json")

    assert "cn" == said.json["new"]["book"]


def test_a_dishonest_draft_is_refused_with_its_line(habeas, repeal):
    """An addition under the id of what stands."""
    repeal.write_text(
        REPEAL.replace(
            "  - repeal: cn.pipl.art55\n",
            "  - add:\n      id: cn.pipl.art55\n      kind: exempt\n      says: {en: x, zh: 某}\n"
            "      on: {use: {when: 'True'}}\n",
        )
    )
    said = habeas("law", "diff", repeal)

    assert 2 == said.code
    assert "repeal.yaml, line 7" in said.err
    assert "stands in the book already" in said.err
