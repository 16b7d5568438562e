"""habeas exposure: four commands, two homes, and no number in what they say."""

from __future__ import annotations

import io

import pytest

from habeas.cli import door

MINE = "13800138000"


@pytest.fixture
def homes(habeas, tmp_path, monkeypatch):
    monkeypatch.setitem(door.COMMANDS, "exposure", "")
    for party in ("controller", "person"):
        home = tmp_path / party
        assert 0 == habeas("init", "--as", party, "--name", "x", "--home", home).code
    (tmp_path / "list.csv").write_text(f"mobile,x\n{MINE},1\n13900000001,2\n")
    return tmp_path


def publish(habeas, homes, *more):
    return habeas(
        "exposure", "publish", homes / "list.csv", "--kind", "mobile_cn", "--leak", "l1",
        "-o", homes / "set", "--home", homes / "controller", *more,
    )  # fmt: skip


def test_ask_answer_check(habeas, homes, monkeypatch):
    """In it, by a known key: exit 0. The number comes from stdin and is in no output."""
    said = [publish(habeas, homes, "--column", "mobile")]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{MINE}\n"))
    me = ("--home", homes / "person")
    said += [
        habeas("exposure", "ask", "-", "--set", homes / "set", "-o", homes / "q.json", *me),
        habeas("exposure", "answer", homes / "q.json", "-o", homes / "a.json", "--home", homes / "controller"),
        habeas("exposure", "check", "--answer", homes / "a.json", "--set", homes / "set", "--json",
               "--key", homes / "controller" / "log" / "vkey", *me),
    ]  # fmt: skip

    assert [0, 0, 0, 0] == [each.code for each in said], [each.err for each in said]
    assert {"leak": "l1", "kind": "mobile_cn", "in_it": True, "outcome": "verified"} == said[3].json
    assert not [each for each in said if MINE in each.out + each.err]
    assert MINE not in (homes / "q.json").read_text() + (homes / "a.json").read_text()
    assert MINE.encode() not in (homes / "set" / "set.cbor").read_bytes()


def test_without_a_key_the_answer_is_not_proved(habeas, homes):
    """Exit 4, and the answer is said with its doubt."""
    publish(habeas, homes, "--column", "mobile")
    me = ("--home", homes / "person")
    habeas(
        "exposure",
        "ask",
        "13700137000",
        "--leak",
        "l1",
        "--kind",
        "mobile_cn",
        "-o",
        homes / "q.json",
        *me,
    )
    habeas(
        "exposure",
        "answer",
        homes / "q.json",
        "-o",
        homes / "a.json",
        "--home",
        homes / "controller",
    )
    said = habeas(
        "exposure",
        "check",
        "--answer",
        homes / "a.json",
        "--set",
        homes / "set",
        "--lang",
        "zh",
        *me,
    )

    assert 4 == said.code
    assert "不在" in said.out
    assert "未能证明" in said.out


def test_mistakes(habeas, homes):
    """A column that isn't there, a question about no leak, a number that is none."""
    me = ("--home", homes / "person")
    for said in (
        publish(habeas, homes),
        habeas("exposure", "ask", MINE, "-o", homes / "q.json", *me),
        habeas("exposure", "ask", "zq7", "--leak", "l1", "--kind", "mobile_cn", "-o", "q", *me),
    ):
        assert 2 == said.code
        assert "zq7" not in said.err
    assert not (homes / "set").exists()
