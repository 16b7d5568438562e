"""habeas evidence: as a borrower uses it, on their own machine."""

from __future__ import annotations

import pytest

from habeas.cli import door

MARK = "zq7标记"


@pytest.fixture
def me(habeas, tmp_path, monkeypatch):
    monkeypatch.setitem(door.COMMANDS, "evidence", "")
    monkeypatch.setenv("HABEAS_HOME", str(tmp_path / "me"))
    assert 0 == habeas("init", "--as", "person", "--name", "me").code
    shots = tmp_path / "shots"
    shots.mkdir()
    (shots / "a.png").write_bytes(b"\x89PNG one")
    (shots / f"{MARK}.txt").write_text(f"{MARK} pay now")
    return shots


def collect(habeas, shots, *more):
    return habeas("evidence", "collect", shots, "--folder", "loan", "--source", "my phone", *more)


WORDS = ("--proves", "they called my friends", "--content", "a message")


def test_from_a_folder_of_screenshots_to_a_sealed_folder(habeas, me, tmp_path):
    """Collect, list, seal, check: nothing of the content is shown on the way."""
    said = [
        collect(habeas, me, *WORDS, "--known-as", "13800138000"),
        habeas("evidence", "list"),
        habeas("evidence", "list", "loan"),
        habeas("evidence", "seal", "loan", "-o", tmp_path / "out"),
        habeas("evidence", "check", tmp_path / "out"),
        habeas("verify", tmp_path / "out" / "evidence.bundle"),
    ]

    assert [0, 0, 0, 0, 4, 4] == [each.code for each in said]
    assert not [each for each in said if MARK in each.out + each.err or "138001" in each.out]
    assert "2 new" in said[0].out


def test_a_changed_file_is_named_by_its_number(habeas, me, tmp_path):
    """Exit 3; the name of the file, which may be anything, stays out of it."""
    collect(habeas, me, *WORDS)
    habeas("evidence", "seal", "loan", "-o", tmp_path / "out")
    (tmp_path / "out" / "originals" / f"002-{MARK}.txt").write_text("other")
    said = habeas("evidence", "check", tmp_path / "out")
    as_json = habeas("evidence", "check", tmp_path / "out", "--json").json

    assert (3, True) == (said.code, "2: changed" in said.out)
    assert MARK not in said.out + said.err
    assert {
        "bundle": "undetermined",
        "files": {"001": "as_logged", "002": "changed"},
        "wrong": 1,
    } == as_json


def test_with_the_persons_key_the_folder_is_verified(habeas, me, tmp_path):
    """The key got another way: exit 0."""
    collect(habeas, me, *WORDS)
    habeas("evidence", "seal", "loan", "-o", tmp_path / "out")
    key = tmp_path / "me" / "log" / "vkey"

    assert 0 == habeas("evidence", "check", tmp_path / "out", "--key", key).code


def test_what_is_not_said_is_refused_by_provision_and_can_be_said(habeas, me, tmp_path):
    """Exit 3 names the item; describe, then it goes."""
    collect(habeas, me)
    refused = habeas("evidence", "seal", "loan", "-o", tmp_path / "out")
    for number in (1, 2):
        habeas("evidence", "describe", number, "--folder", "loan", *WORDS)

    assert (3, True) == (refused.code, "cn.evid.art19" in refused.err)
    assert 0 == habeas("evidence", "seal", "loan", "-o", tmp_path / "out", "--json").code


@pytest.mark.parametrize(
    "words",
    [
        ("collect", "--folder", "loan", "--source", "x"),
        ("collect", "no-such-file", "--folder", "loan", "--source", "x"),
        ("collect", "no-such-file", "--folder", "Not A Name", "--source", "x"),
        ("describe", "1", "--folder", "loan"),
        ("seal", "nothing", "-o", "out"),
        ("check", "nowhere"),
    ],
)
def test_mistakes_are_one_sentence(habeas, me, words):
    """Exit 2, and what to do."""
    said = habeas("evidence", *words)

    assert (2, 1) == (said.code, len(said.err.strip().splitlines()))


def test_json_of_what_was_collected(habeas, me):
    """Numbers, digests, places; no name of a file."""
    found = collect(habeas, me, "--json").json

    assert (2, 0, None) == (len(found["new"]), found["there_already"], found["bundle"])
    assert ["proves", "content"] == found["new"][0]["lacks"]
    assert 2 == collect(habeas, me, "--json").json["there_already"]
