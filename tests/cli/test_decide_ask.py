"""`habeas decide --ask`: questions in either language, the answered matter, and when it stops."""

import io
import json

import pytest

MATTER = """format: matter/v1
matter: {acted_on: "2026-03-01", place_of_processing: cn, subjects_in: [cn]}
parties: {p1: {role: controller, kind: company, sector: loan_platform}}
uses:
  u1: {party: p1, identifiability: identified, issues: [retention], consent: not_asked, operations: [collect]}
"""
DAY = ("--as-of", "2026-11-24")


@pytest.fixture
def ask(habeas, tmp_path, monkeypatch):
    """Run with answers; what was said, and the answered matter."""

    def run(answers, *more, text=MATTER, out="answered.yaml"):
        path = tmp_path / "matter.yaml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(answers) + "\n"))
        return habeas("decide", path, "--ask", "-o", tmp_path / out, *DAY, *more), tmp_path / out

    return run


def test_it_stops_when_all_is_decided(ask, habeas):
    """Kept after its end, and no law asks for it: unlawful, after two of the answers. The matter written decides the same without asking."""
    said, out = ask(["yes"] + ["no"] * 20)
    again = habeas("decide", out, *DAY)

    assert "kept_after_end" in said.err
    assert (3, 3) == (said.code, again.code)
    assert 2 == said.err.count("Why:")


def test_not_known_is_not_asked_again_and_stopping_keeps_what_was_said(ask):
    """`?` goes on to the next question; q ends; what is undecided stays so."""
    said, out = ask(["?", "q"])

    assert 4 == said.code
    assert out.exists()
    asked = [line for line in said.err.splitlines() if line.startswith("uses.u1.")]
    assert len(asked) == len(set(asked))


def test_a_wrong_answer_is_asked_again(ask):
    """Neither yes nor no is no answer."""
    said, _ = ask(["perhaps", "yes", "no"])

    assert 3 == said.code
    assert "That is no answer" in said.err


def test_in_chinese_and_as_json(ask):
    """Questions in Chinese on stderr, one JSON document on stdout."""
    said, out = ask(["是", "否"], "--lang", "zh", "--json", out="answered.json")

    assert "原因" in said.err
    assert "unlawful" == json.loads(said.out)["status"]
    assert json.loads(out.read_text(encoding="utf-8"))["uses"]["u1"]["kept_after_end"] is True
