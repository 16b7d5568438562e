"""A user's mistake gets one sentence with file, place and remedy: exit 2, and nothing half done."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import polars as pl
import pytest

from habeas.cli.door import run

MATTER = "format: matter/v1\nid: m\nlaw: [cn]\n"


@pytest.fixture
def folder(tmp_path):
    pl.DataFrame({"a": ["x" * 50] * 5000}).write_parquet(tmp_path / "whole.parquet")
    data = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(data[: len(data) // 2])
    (tmp_path / "ragged.csv").write_text("a,b\n1,2\n3\n")
    (tmp_path / "line.jsonl").write_text('{"a": 1}\n{"a": \n')
    (tmp_path / "fine.yaml").write_text(MATTER)
    (tmp_path / "fact.yaml").write_text(MATTER + "uses: {u1: {consentt: given}}\n")
    (tmp_path / "member.yaml").write_text(MATTER + "uses: {u1: {consent: givenn}}\n")
    (tmp_path / "norway.yaml").write_text(MATTER + "matter: {place_of_processing: NO}\n")
    (tmp_path / "twice.yaml").write_text(MATTER + "uses: {}\nuses: {}\n")
    (tmp_path / "alias.yaml").write_text(MATTER + "uses: {u1: &a {}, u2: *a}\n")
    return tmp_path


def listing(folder: Path):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["scan", "nothing.csv"], "nothing.csv"),
        (["scan", "cut.parquet"], "cut.parquet"),
        (["scan", "ragged.csv", "--full"], "row 3"),
        (["scan", "line.jsonl"], "row 2"),
        (["decide", "fact.yaml"], "consent"),
        (["decide", "member.yaml"], "given"),
        (["decide", "norway.yaml"], "norway.yaml"),
        (["decide", "twice.yaml"], "twice.yaml"),
        (["decide", "alias.yaml"], "alias.yaml"),
        (["decide", "fine.yaml", "--as-of", "yesterday"], "YYYY-MM-DD"),
        (["decide", "fine.yaml", "--law", "xx"], "xx"),
        (["facts", "use.consentt"], "use.consent"),
        (["verify", "ragged.csv"], "ragged.csv"),
        (["route", "fact.yaml"], "consent"),
        (["activity", "show", "--home", "nohome"], "nohome"),
        (["trace", "ragged.csv", "--home", "nohome"], ""),
        (["init", "--as", "emperor", "--home", "h"], "emperor"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else "",
)
def test_one_sentence_and_nothing_half_done(folder, command, says, capsys, monkeypatch):
    """Exit 2; file or place is named; no traceback; no file appears."""
    monkeypatch.chdir(folder)
    before = listing(folder)
    code = run(command)
    said = capsys.readouterr().err.strip()

    assert 2 == code, said
    assert says in said
    assert 1 == len(said.splitlines()), said
    assert "Traceback" not in said
    assert before == listing(folder)


def test_the_wrong_home_is_named_with_the_right_one(folder, capsys, monkeypatch):
    """A controller's command in a person's home."""
    monkeypatch.chdir(folder)
    assert 0 == run(["init", "--as", "person", "--name", "x", "--home", "me"])
    capsys.readouterr()
    code = run(["person", "show", "x", "--home", "me"])

    assert 2 == code
    assert "controller" in capsys.readouterr().err


def test_a_home_is_not_made_over_another(folder, capsys, monkeypatch):
    """Keys are not overwritten."""
    monkeypatch.chdir(folder)
    assert 0 == run(["init", "--as", "person", "--name", "x", "--home", "me"])
    key = (folder / "me/keys/signing.key").read_bytes()

    assert 2 == run(["init", "--as", "person", "--name", "x", "--home", "me"])
    assert key == (folder / "me/keys/signing.key").read_bytes()


def test_a_full_disk_is_a_sentence(folder, capsys, monkeypatch):
    """No space: exit 2, no report, no partial file."""
    monkeypatch.chdir(folder)
    (folder / "fine.csv").write_text("mail\na@example.com\n")
    before = listing(folder)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    code = run(["scan", "fine.csv", "--report", "page.html"])
    said = capsys.readouterr().err.strip()

    assert 2 == code, said
    assert before == listing(folder)


def test_no_permission_is_a_sentence(folder, capsys, monkeypatch):
    """A report into a folder that is a file."""
    monkeypatch.chdir(folder)
    (folder / "fine.csv").write_text("mail\na@example.com\n")

    assert 2 == run(["scan", "fine.csv", "--report", "ragged.csv/page.html"])
    assert "Traceback" not in capsys.readouterr().err
