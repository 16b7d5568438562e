"""habeas incident: open, show, add, done, letters, late."""

from __future__ import annotations

import json

import pytest

from habeas.cli import door

MARK = "zq7标记"
WORDS = f"""
format: incident/v1
happened_at: "2026-11-20T10:00:00+08:00"
aware_at: "2026-11-20T11:00:00+08:00"
persons: 200
operator: other
letters:
  both: {{kinds: {MARK}, cause: {MARK}, harm: {MARK}, contact: {MARK}}}
  breach_persons: {{measures: {MARK}}}
"""


@pytest.fixture
def incident(habeas, tmp_path, monkeypatch):
    monkeypatch.setitem(door.COMMANDS, "incident", "")
    monkeypatch.setenv("HABEAS_HOME", str(tmp_path / "platform"))
    assert 0 == habeas("init", "--as", "controller", "--name", "x").code
    (tmp_path / "words.yaml").write_text(WORDS, "utf-8")
    said = habeas("incident", "open", "--by-hand", tmp_path / "words.yaml", "--json")
    assert 0 == said.code, said.err
    return said.json["incident"]


def test_from_opening_to_letters(habeas, incident, tmp_path):
    """Refused while the persons' letter lacks what they can do; then written; nothing is shown."""
    refused = habeas("incident", "letters", incident, "-o", tmp_path / "out")
    more = tmp_path / "more.yaml"
    more.write_text(
        f"format: incident/v1\nletters: {{breach_persons: {{selfhelp: {MARK}}}}}\n", "utf-8"
    )
    said = [
        refused,
        habeas("incident", "add", incident, more),
        habeas("incident", "letters", incident, "-o", tmp_path / "out", "--lang", "zh"),
        habeas("incident", "done", incident, "tell_persons"),
        habeas("incident", "show"),
        habeas("incident", "show", incident, "--lang", "zh"),
    ]

    assert [3, 0, 0, 0, 0, 0] == [each.code for each in said]
    assert "cn.pipl.art57.p1" in refused.err
    assert not [each for each in said if MARK in each.out + each.err]
    assert "尚须补报" in said[2].out
    assert "已履行" in said[5].out
    assert 8 == len(list((tmp_path / "out").iterdir()))


def test_the_state_as_json(habeas, incident):
    """Duties with clock and state; unknown ones say on what they hang."""
    found = habeas("incident", "show", incident, "--json").json
    duties = {each["duty"]: each for each in found["duties"]}

    assert ("general", None) == (found["grade"], found["graded_larger"])
    assert ("at_once", "pending") == (
        duties["tell_authority"]["counted"],
        duties["tell_authority"]["state"],
    )
    assert ["other_grade_test"] == duties["report_province"]["missing"]


def test_late_counts_what_is_unknown_apart(habeas, incident, tmp_path):
    """No home is needed; the table of the HHS has no day of discovery."""
    table = tmp_path / "t.csv"
    table.write_text(
        "persons,reported_on,discovered_on\n500,2023-03-03,2023-01-01\n500,2023-03-03,\n"
    )
    found = habeas("incident", "late", table, "--json").json

    assert (2, 1, {"discovered_on": 1}) == (found["rows"], found["late"], found["unknown"])
    assert "1 late" in habeas("incident", "late", table).out


def test_mistakes(habeas, incident, tmp_path):
    """Nothing said, no such incident or duty, an hour that is none, a file that is no trace."""
    wrong = tmp_path / "a.json"
    wrong.write_text(json.dumps({"format": "x"}))
    for words in (
        ("open",), ("open", "--from", wrong), ("show", "i9"), ("done", incident, "dance"),
        ("done", incident, "remedy", "--at", "yesterday"), ("done", incident, "remedy", "--at", "2026-11-20"),
    ):  # fmt: skip
        assert 2 == habeas("incident", *words).code, words
