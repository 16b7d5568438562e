"""habeas claim: estimate and papers, with every missing item named."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from habeas.cli import door

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "procedures"))
from claim_world import MARK, MATTER, WORDS

DAY = ("--as-of", "2026-11-24")


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setitem(door.COMMANDS, "claim", "")
    (tmp_path / "matter.json").write_text(json.dumps(MATTER), "utf-8")
    (tmp_path / "words.yaml").write_text(WORDS, "utf-8")
    return tmp_path


def draft(habeas, files, *more):
    return habeas(
        "claim", "draft", files / "matter.json", "--words", files / "words.yaml",
        "-o", files / "out", *DAY, *more,
    )  # fmt: skip


def test_the_estimate_needs_no_home(habeas, files):
    """Where to go, the range, the fee: JSON with inputs."""
    said = habeas(
        "claim", "estimate", files / "matter.json", "--words", files / "words.yaml", "--json", *DAY
    )

    assert 0 == said.code, said.err
    assert ("unlawful", "cn_cac", "cn_court") == tuple(
        said.json[key] for key in ("decision", "complaint_to", "court")
    )
    assert {"loss": 320000, "gain": None} == said.json["property"]["inputs"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_missing_items_are_listed_with_their_provision_or_practice(habeas, files, lang):
    """Exit 3, nothing written, nothing that was typed repeated."""
    said = draft(habeas, files, "--lang", lang)

    assert 3 == said.code
    assert "cn.cpl_civ.art124" in said.err
    assert ("practice" if lang == "en" else "惯例") in said.err
    assert MARK not in said.out + said.err
    assert not (files / "out").exists()


def test_a_draft_is_written_as_it_is(habeas, files):
    """--draft: four files, and what each lacks."""
    said = draft(habeas, files, "--draft", "--json")

    assert (0, 8) == (said.code, len(said.json["files"]))
    assert {"complaint": ["evidence"], "statement_of_claim": ["evidence"]} == said.json["missing"]


def test_a_decision_is_compared(habeas, files):
    """The file of `decide --json` agrees; changed, it is exit 3."""
    decided = habeas("decide", files / "matter.json", "--json", *DAY).json
    (files / "d.json").write_text(json.dumps(decided))
    good = draft(habeas, files, "--draft", "--decision", files / "d.json")
    decided["elements"][0]["status"] = "lawful"
    (files / "d.json").write_text(json.dumps(decided))
    bad = draft(habeas, files, "--draft", "--decision", files / "d.json")

    assert 0 == good.code, good.err
    assert (3, True) == (bad.code, "u1 differ" in bad.err)


def test_one_paper_and_a_record(habeas, files):
    """The complaint alone, its digests logged in the person's own home."""
    home = files / "me"
    habeas("init", "--as", "person", "--name", "me", "--home", home)
    said = draft(
        habeas, files, "--draft", "--paper", "complaint", "--record", "--home", home, "--json"
    )

    assert (0, 4, 1) == (said.code, len(said.json["files"]), said.json["index"])


def test_mistakes(habeas, files):
    """A paper there is none of, a file that is no decision."""
    assert 2 == draft(habeas, files, "--paper", "poem").code
    assert 2 == draft(habeas, files, "--decision", files / "matter.json").code
    assert 2 == draft(habeas, files, "--attribution", files / "matter.json").code
