"""`habeas route`: plain words first, and the exit code says whether it is settled."""

from __future__ import annotations

import json

import pytest
import typer
import yaml

from habeas.cli.route import app
from habeas.errors import BadInput

MATTER = {
    "format": "matter/v1",
    "law": ["cn"],
    "matter": {
        "place_of_processing": "cn",
        "subjects_in": ["cn"],
        "division_code": 330100,
        "filing_state": "not_filed",
    },
    "parties": {"p1": {"kind": "company", "sector": "loan_platform", "licences": []}},
    "uses": {"u1": {"party": "p1", "purposes": ["debt_collection"], "data": ["contact_list"]}},
}


def run(*arguments: str) -> int:
    command = typer.main.get_command(app)
    return command.main([*arguments, "--as-of", "2026-11-23"], standalone_mode=False)


@pytest.fixture
def matter(tmp_path):
    def write(**changes):
        raw = json.loads(json.dumps(MATTER))
        for section, values in changes.items():
            raw["matter" if section == "matter" else section] = values
        path = tmp_path / "matter.yaml"
        path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
        return str(path)

    return write


def test_a_settled_matter_says_where_to_go_and_exits_0(matter, capsys):
    """The first words are the body; that only our convention settles it is said as plainly."""
    assert 0 == run(matter())
    said = capsys.readouterr().out
    assert "Go to: cyberspace administration." in said
    assert "only our convention, no law" in said
    assert "cn.pipl.art60" in said
    assert "330100" in said


def test_the_chinese_answer_uses_the_words_of_the_vocabulary(matter, capsys):
    """Bodies and levels are named as the vocabulary names them."""
    assert 0 == run(matter(), "--lang", "zh")
    said = capsys.readouterr().out
    assert "请找：网信部门。" in said
    assert "公安机关" in said
    assert "Go to" not in said


def test_a_provisional_owner_exits_4_with_the_next_question(matter, capsys):
    """Where it was filed is not known: somebody keeps it, one fact is asked for."""
    path = matter(matter={"place_of_processing": "cn"})
    assert 4 == run(path)
    said = capsys.readouterr().out
    assert "This is provisional" in said
    assert "Next question: Has the matter been filed anywhere yet?" in said


def test_the_json_has_a_stable_shape(matter, capsys):
    """One document with its format, the map's hash, each route and each candidate's standing."""
    assert 0 == run(matter(), "--json")
    found = json.loads(capsys.readouterr().out)
    assert "route/v1" == found["format"]
    assert 64 == len(found["map_hash"])
    first = found["routes"][0]
    assert ("cn_cac", "convention", False) == (
        first["leader"],
        first["settled_by"],
        first["provisional"],
    )
    assert {"leads", "may", "not_competent"} == {
        c["standing"] for c in first["candidates"] if not c["shown_only"]
    }
    assert [False] * 5 == [r["asked"] for r in found["routes"][1:]]


def test_an_office_below_the_level_is_named_as_not_competent(matter, capsys):
    """A county office holding a serious case reads that it must pass the case up, and why."""
    path = matter(
        matter={
            "place_of_processing": "cn",
            "filing_state": "one_authority",
            "first_filed_with": "cn_cac",
            "seized_level": "county",
            "serious": {"value": True, "by": "claimant", "grounds": "very many persons"},
        }
    )
    assert 0 == run(path)
    said = capsys.readouterr().out
    assert "not competent at this level" in said
    assert "cn.pipl.art66.p2" in said


def test_the_proof_prints_its_axioms_and_exits_0(capsys):
    """Proved, with shares, axioms, what was left open and what was left out."""
    pytest.importorskip("z3")
    assert 0 == run("--prove")
    said = capsys.readouterr().out
    assert "proved: one body leads, never two" in said
    assert "Axiom: only a natural person acts for the household (ax.household_person)" in said
    assert "Left uninterpreted: claim.many_harmed, use.household" in said
    assert "Left out, nothing was read: labour" in said


def test_out_of_time_is_not_proved_and_exits_4(monkeypatch, matter, capsys):
    """A settled matter doesn't make up for a proof that was not finished."""
    z3 = pytest.importorskip("z3")
    monkeypatch.setattr(z3.Solver, "check", lambda self: z3.unknown)
    assert 4 == run(matter(), "--prove")
    assert "not proved in time" in capsys.readouterr().out


def test_the_proof_as_json(capsys):
    """The proof alone is one document; its shares add up to one."""
    pytest.importorskip("z3")
    assert 0 == run("--prove", "--json")
    found = json.loads(capsys.readouterr().out)
    assert ("competence-proof/v1", True) == (found["format"], found["proved"])
    for forum in found["forums"]:
        assert 1 == pytest.approx(sum(forum["shares_governed"].values()))


def test_no_matter_and_no_proof_is_bad_input():
    """There is nothing to route."""
    with pytest.raises(BadInput, match="no matter is given"):
        run()
