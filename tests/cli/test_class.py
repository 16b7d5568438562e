"""habeas class: group, certify, notice, allocate, recompute, compare."""

from __future__ import annotations

import sys

import pytest

import habeas.cli.class_ as class_module
from habeas.cli import door

MARK = "zq7标记"
CLAIMS = "claim,defendant,event,right,law\n" + "".join(
    f"c{n},{MARK},leak,r,cn\n" for n in range(12)
) + f"c20,{MARK},,r,cn\n"  # fmt: skip
NOTICE = f"""
format: class_notice/v1
court_case: {MARK}
case_claims: {MARK}
who: {MARK}
first_day: 2026-12-01
days: 30
how: {MARK}
"""
FUND = f"""
format: fund/v1
gross: {{minor: 100001, currency: CNY}}
deductions: []
case: {MARK}
residue: {MARK}
objection: {MARK}
"""


@pytest.fixture
def folder(habeas, tmp_path, monkeypatch):
    if "class" not in door.COMMANDS:
        monkeypatch.setitem(door.COMMANDS, "class", "")
        monkeypatch.setitem(sys.modules, "habeas.cli.class", class_module)
    (tmp_path / "claims.csv").write_text(CLAIMS, "utf-8")
    (tmp_path / "notice.yaml").write_text(NOTICE, "utf-8")
    (tmp_path / "fund.yaml").write_text(FUND, "utf-8")
    (tmp_path / "members.csv").write_text(f"member,name,weight\nm1,{MARK},1\nm2,{MARK},2\nm3,x,0\n")
    return tmp_path


def test_group_then_certify(habeas, folder):
    """Counts on screen, names in the file; the group's size goes into the test."""
    said = habeas("class", "group", folder / "claims.csv", "-o", folder / "g.json")
    as_json = habeas("class", "group", folder / "claims.csv", "--json").json
    tested = habeas("class", "certify", "--groups", folder / "g.json", "--fixed", "no", "--json")
    known = habeas("class", "certify", "--groups", folder / "g.json", "--fixed", "no",
                   "--agreed", "yes", "--representatives", "3", "--lang", "zh")  # fmt: skip

    assert MARK not in said.out + said.err
    assert MARK in (folder / "g.json").read_text("utf-8")
    assert (13, 1, [12], {"event": 1}) == tuple(
        as_json[k] for k in ("claims", "groups", "sizes", "lacks")
    )
    assert (4, 0) == (tested.code, known.code)
    assert "cn.cplint.art75" in known.out


def test_all_roads_closed_is_no(habeas, folder):
    """Nine persons, different events: exit 3."""
    said = habeas("class", "certify", "--members", "9", "--same", "no", "--applicant", "members")

    assert 3 == said.code
    assert "cn.pipl.art70" in said.out


def test_a_notice_and_its_check(habeas, folder):
    """Published, checked with a known key (0), without (4), forged (3)."""
    home = folder / "lawyer"
    habeas("init", "--as", "representative", "--name", "x", "--home", home)
    made = habeas(
        "class", "notice", folder / "notice.yaml", "-o", folder / "n", "--home", home, "--json"
    )
    key = ("--key", home / "log" / "vkey")
    checks = [
        habeas("class", "check-notice", folder / "n", *key, "--code", made.json["code"]),
        habeas("class", "check-notice", folder / "n"),
    ]
    (folder / "n" / "registration_notice.en.html").write_text("pay here")
    forged = habeas("class", "check-notice", folder / "n", *key)
    (folder / "notice.yaml").write_text(NOTICE.replace("days: 30", "days: 7"), "utf-8")
    short = habeas("class", "notice", folder / "notice.yaml", "-o", folder / "n2", "--home", home)

    assert ([0, 4], 3, 3) == ([each.code for each in checks], forged.code, short.code)
    assert not [each for each in (made, *checks, forged, short) if MARK in each.out + each.err]


def test_allocate_and_recompute(habeas, folder):
    """A member's own share is right (0); with a weight they don't have it is not (3)."""
    said = habeas(
        "class",
        "allocate",
        folder / "fund.yaml",
        folder / "members.csv",
        "-o",
        folder / "a",
        "--json",
    )
    own = habeas(
        "class", "recompute", folder / "a" / "allocation.json", "--member", "m2", "--weight", "2"
    )
    other = habeas(
        "class", "recompute", folder / "a" / "allocation.json", "--member", "m2", "--weight", "1"
    )

    assert (0, 3, 100001) == (said.code, said.json["members"], said.json["fund"]), said.err
    assert (0, 3) == (own.code, other.code)
    assert MARK not in said.out + said.err + (folder / "a" / "allocation.json").read_text("utf-8")


def test_a_member_twice_is_refused_by_row(habeas, folder):
    """Exit 2, no folder."""
    (folder / "members.csv").write_text("member,weight\nm1,1\nm1,1\n")
    said = habeas(
        "class", "allocate", folder / "fund.yaml", folder / "members.csv", "-o", folder / "a"
    )

    assert (2, True, False) == (said.code, "row 2" in said.err, (folder / "a").exists())


def test_compare(habeas, folder):
    """Three ways, unknown said as such; mistakes are exit 2."""
    found = habeas("class", "compare", "--amount", "500000", "--members", "240", "--json",
                   "--lawyer", "alone=300000:800000").json  # fmt: skip
    ways = {each["way"]: each for each in found["ways"]}
    shown = habeas("class", "compare", "--amount", "500000", "--members", "240", "--lang", "zh")

    assert (310000, None) == (ways["alone"]["total"]["low"], ways["class"]["total"]["low"])
    assert "不明" in shown.out
    for words in (("--lawyer", "alone=x"), ("--lawyer", "duel=1:2"), ("--lawyer", "alone=2:1")):
        assert 2 == habeas("class", "compare", "--amount", "1", "--members", "1", *words).code


def test_a_notice_goes_to_members_by_the_command(habeas, folder):
    """Each member gets the whole folder, which checks against the log they know; a draft doesn't go."""
    for name, party in (("lawyer", "representative"), ("eve", "person")):
        home = ("--home", folder / name)
        habeas("init", "--as", party, "--name", name, *home)
        habeas("trust", "--card", "-o", folder / f"{name}.card", *home)
    habeas("trust", folder / "eve.card", "--as", "eve", "--home", folder / "lawyer")
    habeas("trust", folder / "lawyer.card", "--as", "lawyer", "--home", folder / "eve")
    notice = ("class", "notice", folder / "notice.yaml", "-o", folder / "n")
    home = ("--home", folder / "lawyer")
    draft = habeas(*notice, "--draft", "--send-to", "eve", *home)
    sent = habeas(*notice, "--send-to", "eve", "--outbox", folder / "box", *home, "--json").json
    letter = folder / "box" / sent["sent"][0]["file"]
    came = habeas("inbox", "receive", letter, "--home", folder / "eve", "--json").json
    read = folder / "read"
    habeas("inbox", "read", came["letter"], "-o", read, "--home", folder / "eve")
    for path in read.iterdir():
        path.rename(path.with_name(path.name[3:]) if path.name[:2].isdigit() else path)
    checked = habeas("class", "check-notice", read, "--key", folder / "lawyer/log/vkey", "--json")

    assert 2 == draft.code
    assert "class_notice" == came["type"]
    assert (0, sent["code"]) == (checked.code, checked.json["code"])


def test_alike_words_are_suggested_and_grouped_only_when_confirmed(habeas, folder):
    """Before somebody says the event they stand apart; confirmed by number, they are a group."""
    words = "the list of the collection agency with my name is outside"
    lines = ["claim,defendant,event,right,law,narrative"]
    lines += [f"c{n},{MARK},,r,cn,{words} {MARK} {n}" for n in range(5)]
    lines += [f"d{n},other,,r,cn,{words} {MARK} {n}" for n in range(2)]
    (folder / "told.csv").write_text("\n".join(lines), "utf-8")
    group = ("class", "group", folder / "told.csv")
    said = habeas(*group, "--alike", "-o", folder / "first.json")
    first = habeas(*group, "--alike", "--json").json
    confirm = ("--suggested", folder / "first.json", "--confirm")
    second = habeas(*group, *confirm, "1=leak", "--json").json
    wrong = [habeas(*group, *confirm, each) for each in ("9=leak", "x=leak", "1=")]

    assert MARK not in said.out + said.err
    assert (0, [5, 2]) == (first["groups"], first["suggestions"])
    assert ([5], 2, []) == (second["sizes"], second["apart"], second["suggestions"])
    assert [2, 2, 2] == [each.code for each in wrong]
    assert 2 == habeas(*group, "--confirm", "1=leak").code
