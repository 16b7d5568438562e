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


@pytest.fixture
def parties(habeas, tmp_path, monkeypatch):
    """A platform with an incident, an authority and a borrower, who know each other."""
    for name, party in (("platform", "controller"), ("city", "authority"), ("eve", "person")):
        home = ("--home", tmp_path / name)
        assert 0 == habeas("init", "--as", party, "--name", name, *home).code
        assert 0 == habeas("trust", "--card", "-o", tmp_path / f"{name}.card", *home).code
    for one, other in (("platform", "city"), ("platform", "eve")):
        for me, them in ((one, other), (other, one)):
            card = tmp_path / f"{them}.card"
            assert 0 == habeas("trust", card, "--as", them, "--home", tmp_path / me).code
    monkeypatch.setenv("HABEAS_HOME", str(tmp_path / "platform"))
    (tmp_path / "words.yaml").write_text(
        WORDS.replace(f"measures: {MARK}", f"measures: {MARK}, selfhelp: {MARK}"), "utf-8"
    )
    opened = habeas("incident", "open", "--by-hand", tmp_path / "words.yaml", "--json")
    return opened.json["incident"]


def test_letters_go_to_whom_they_are_for_and_come_back_proved(habeas, parties, tmp_path):
    """An authority gets the report, a person the letter; sent, then proved by the receipt alone."""
    box = tmp_path / "box"
    to = ("--send-to", "city", "--send-to", "eve", "--outbox", box)
    made = habeas("incident", "letters", parties, "-o", tmp_path / "letters", *to, "--json")
    waits = habeas("incident", "show", parties, "--json").json["letters"]
    names = {}
    for line, home in zip(made.json["sent"], ("city", "eve"), strict=True):
        receipt = tmp_path / f"{home}.receipt"
        got = ("inbox", "receive", box / line["file"], "-o", receipt, "--home", tmp_path / home)
        letter = habeas(*got, "--json").json["letter"]
        into = tmp_path / f"read-{home}"
        habeas("inbox", "read", letter, "-o", into, "--home", tmp_path / home)
        names[home] = sorted(path.name for path in into.iterdir())
    assert 0 == habeas("inbox", "receive", tmp_path / "city.receipt").code
    after = habeas("incident", "show", parties, "--json").json["letters"]
    shown = habeas("incident", "show", parties, "--lang", "zh").out

    assert [False, False] == [each["delivered"] for each in waits]
    assert [True, False] == [each["delivered"] for each in after]
    assert all("breach_authority" in name for name in names["city"][:4])
    assert all("breach_persons" in name for name in names["eve"][:4])
    assert "已送达" in shown
    assert "送达未获证明" in shown


def test_a_recipient_cannot_unsay_its_receipt(habeas, parties, tmp_path):
    """The receipt of another letter proves nothing of this one: it stays not proved."""
    for number in (1, 2):
        to = ("--send-to", "city", "--outbox", tmp_path / f"box{number}")
        out = tmp_path / f"letters{number}"
        assert 0 == habeas("incident", "letters", parties, "-o", out, *to).code
    first = next((tmp_path / "box1").iterdir())
    receipt = tmp_path / "first.receipt"
    habeas("inbox", "receive", first, "-o", receipt, "--home", tmp_path / "city")
    habeas("inbox", "receive", receipt)
    habeas("inbox", "receive", receipt)
    found = habeas("incident", "show", parties, "--json").json["letters"]
    line = found[0]["letter"][:16]
    proof = tmp_path / "proof"
    assert 0 == habeas("inbox", "proof", line, "-o", proof).code
    key = (proof / "vkey").read_text().strip()
    second = next((tmp_path / "box2").iterdir())
    checked = habeas("inbox", "verify", proof / "envelope", proof / "receipt", "--key", key)
    swapped = habeas("inbox", "verify", second, proof / "receipt", "--key", key)

    assert [True, False] == [each["delivered"] for each in found]
    assert (0, 3) == (checked.code, swapped.code)


def test_what_cannot_be_sent_is_refused_before_anything_is_written(habeas, parties, tmp_path):
    """A draft, an outbox for nobody, a contact nobody knows."""
    out = ("incident", "letters", parties, "-o", tmp_path / "letters")
    said = [
        habeas(*out, "--draft", "--send-to", "city"),
        habeas(*out, "--outbox", tmp_path / "box"),
        habeas(*out, "--send-to", "nobody"),
    ]

    assert [2, 2, 2] == [each.code for each in said]
    assert not (tmp_path / "letters").exists()


def test_a_bank_sees_its_clocks_and_what_nobody_verified(habeas, incident, tmp_path):
    """Two hours by the regulator's own word; the unread articles stand apart and decide nothing."""
    more = tmp_path / "more.yaml"
    more.write_text("format: incident/v1\nsector: bank\n", "utf-8")
    shown = habeas("incident", "add", incident, more)
    stated = habeas("incident", "show", incident, "--json").json

    assert "by 20 Nov 2026, 13:00 Beijing time" in shown.out
    assert 2 == shown.out.count("not verified, decides nothing")
    assert ["cn.nfrads.s3", "cn.pbocfc.s1"] == [each["under"] for each in stated["unverified"]]


def test_the_letters_of_another_incident_are_not_shown(habeas, parties, tmp_path):
    """Each incident lists its own; the other's receipt proves nothing for it."""
    other = habeas("incident", "open", "--by-hand", tmp_path / "words.yaml", "--json").json
    habeas("incident", "letters", parties, "-o", tmp_path / "letters", "--send-to", "city")

    assert 1 == len(habeas("incident", "show", parties, "--json").json["letters"])
    assert [] == habeas("incident", "show", other["incident"], "--json").json["letters"]
