"""habeas case: the docket as a clerk uses it."""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from habeas.law.documents import content_list

_PATH = Path(__file__).parent / "exchange_door.py"
if "habeas_exchange_door" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("habeas_exchange_door", _PATH)
    sys.modules["habeas_exchange_door"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["habeas_exchange_door"])
door = sys.modules["habeas_exchange_door"]
_at_the_door, homes, carry = door._at_the_door, door.homes, door.carry


MATTER = "format: matter/v1\nmatter: {acted_on: '2026-03-01', place_of_processing: cn}\n"


@pytest.fixture
def docket(habeas, homes):
    """Two authorities with a common superior, a borrower, and a case lodged by a."""
    folder = homes(superior="s", a="authority", b="authority", s="authority", p="person")
    (folder / "matter.yaml").write_text(MATTER)

    def case(*arguments, home="a"):
        return habeas("case", *arguments, "--json", "--home", folder / home)

    number = case("lodge", folder / "matter.yaml").json["case"]
    return folder, number, case


def offered(number, case):
    return case(
        "offer", number, "--to", "b", "--ground", "g", "--kind", "no_competence", "--facts", "f"
    )


def test_a_case_shows_its_deadline_and_who_set_it(habeas, docket):
    """Seven working days by procedure, ninety days by statute, ten working days by our word."""
    _, number, case = docket
    clocks = [case("show", number).json["clock"]]
    clocks.append(case("accept", number).json["clock"])
    clocks.append(offered(number, case).json["clock"])

    assert [
        ("cn.cacproc.art18.p2", "procedure"),
        ("cn.apl.art60", "statute"),
        (None, "convention"),
    ] == [(each["provision"], each["basis"]) for each in clocks]
    # Monday 2 March 2026, 17:00 in Shanghai: 7 working days end with 11 March there.
    assert "2026-03-11T16:00:00+00:00" == clocks[0]["due"]
    assert "2026-05-31T16:00:00+00:00" == clocks[1]["due"]
    assert "2026-03-16T16:00:00+00:00" == clocks[2]["due"]


def test_a_hand_over_from_offer_to_decision_and_close(habeas, docket, carry):
    """Offer, letter, acceptance, decision, close: each step with provision and log entry."""
    folder, number, case = docket
    offered(number, case)
    assert [("handover_offer", "applied")] == carry("a", "b")
    came = habeas("inbox", "list", "--json", "--home", folder / "b").json["letters"][0]["letter"]
    habeas("inbox", "read", came, "-o", folder / "offer", "--home", folder / "b")
    names = sorted(path.name for path in (folder / "offer").iterdir())
    assert [
        "01-handover_letter.en.html",
        "02-handover_letter.zh.html",
        "03-matter.json",
        "body.json",
    ] == names

    zh, en = ((folder / "offer" / name).read_text() for name in (names[1], names[0]))
    assert ("剩余" in zh, "days left" in en) == (True, True)
    assert ("days left" in zh, "剩余" in en) == (False, False)

    assert "accepted" == case("take", number, home="b").json["stage"]
    assert [("handover_taken", "applied")] == carry("b", "a")
    assert "passed_on" == case("show", number).json["stage"]
    paper = folder / "decision.json"
    paper.write_text(json.dumps(filled("authority_decision")))
    assert (
        "decided" == case("decide", number, "--paper", paper, "--to", "p", home="b").json["stage"]
    )
    assert [("decision", "kept")] == carry("b", "p")
    assert "closed" == case("close", number, home="b").json["stage"]
    shown = case("show", number, home="b").json
    assert ["offered", "take", "decide", "close"] == [step["event"] for step in shown["steps"]]
    assert all(step["log_index"] is not None for step in shown["steps"])
    for home in "abs":
        assert case("replay", home=home).json["agrees"]


def filled(name):
    """A paper with every item and every condition answered."""
    contents = content_list("cn", name)
    return {
        "values": {item.id: "x" for item in contents.required},
        "conditions": dict.fromkeys(contents.conditions, True),
    }


@pytest.mark.parametrize("what", ["authority_decision", "authority_order"])
def test_a_paper_without_an_item_is_refused_by_name(habeas, docket, what):
    """Each required item in turn: exit 3, the item named, and the case where it was."""
    folder, number, case = docket
    case("accept", number)
    verb = {"authority_decision": "decide", "authority_order": "order"}[what]
    for item in content_list("cn", what).required:
        document = filled(what)
        del document["values"][item.id]
        paper = folder / "paper.json"
        paper.write_text(json.dumps(document))
        said = case(verb, number, "--paper", paper)
        assert 3 == said.code, item.id
        assert f"{what}.{item.id}" in said.err
        if item.blocking == "law":
            assert str(item.demanded_by[0]) in said.err
    assert "accepted" == case("show", number).json["stage"]
    paper.write_text(json.dumps(filled("authority_order")))
    assert 0 == case("order", number, "--paper", paper, "--to", "p").code


def test_an_order_is_for_the_body_that_may_decide(habeas, docket):
    """Before the case is opened there is nothing to order."""
    folder, number, case = docket
    paper = folder / "paper.json"
    paper.write_text(json.dumps(filled("authority_order")))

    assert 3 == case("order", number, "--paper", paper).code


@pytest.mark.parametrize(("left_out", "item"), [("--kind", "kind"), ("--facts", "facts")])
def test_a_hand_over_letter_without_an_item_is_refused(habeas, docket, left_out, item):
    """The law's items and practice's: refused by name, nothing sent; a draft shows the hole."""
    folder, number, case = docket
    said = {"--ground": "g", "--kind": "lead", "--facts": "f"}
    del said[left_out]
    arguments = [word for pair in said.items() for word in pair]

    refused = case("offer", number, "--to", "b", *arguments)
    assert 3 == refused.code
    assert f"handover_letter.{item}" in refused.err
    assert "lodged" == case("show", number).json["stage"]
    drafted = case("offer", number, "--to", "b", *arguments, "--draft", folder / "draft")
    assert 0 == drafted.code
    assert "【缺】" in (folder / "draft" / "handover_letter.zh.html").read_text()
    assert [] == habeas("send", "--pending", "--json", "--home", folder / "a").json["letters"]


def test_without_a_superior_nothing_is_offered(habeas, homes):
    """A dispute would have nowhere to go: the offer says so first."""
    folder = homes(a="authority", b="authority")
    (folder / "m.yaml").write_text(MATTER)
    number = habeas("case", "lodge", folder / "m.yaml", "--json", "--home", folder / "a").json[
        "case"
    ]

    said = habeas(
        "case",
        "offer",
        number,
        "--to",
        "b",
        "--ground",
        "g",
        "--kind",
        "lead",
        "--facts",
        "f",
        "--home",
        folder / "a",
    )

    assert 3 == said.code
    assert "names no common superior" in said.err


def test_an_act_the_table_does_not_allow_says_what_may_come(habeas, docket):
    """Exit 3 with the next acts."""
    _, number, case = docket
    said = case("close", number)

    assert 3 == said.code
    assert "next may come: accept, dismiss" in said.err


def test_a_ground_is_asked_for(habeas, docket):
    """To dismiss, decline, offer and designate without a ground is no act."""
    _, number, case = docket
    for arguments in (("dismiss", number), ("decline", number), ("designate", number, "--to", "b")):
        assert 2 == case(*arguments).code


def test_clocks_that_ran_out_are_told_once(habeas, docket, monkeypatch):
    """The tick sends the reminder to the superior; the next one on that day does nothing."""
    folder, number, case = docket
    monkeypatch.setattr("habeas.cli.case.clock", lambda: door.T0 + timedelta(days=10))

    assert [number] == [each["case"] for each in case("tick").json["ran_out"]]
    assert [] == case("tick").json["ran_out"]
    assert case("show", number).json["clock"]["days_left"] < 0
    waits = habeas("send", "--pending", "--json", "--home", folder / "a").json["letters"]
    assert ["referral"] == [each["type"] for each in waits]


def test_a_complaint_is_lodged_once(habeas, docket, carry):
    """The clerk runs it twice; what is no complaint isn't lodged."""
    folder, _, case = docket
    habeas("send", "complaint", "--to", "a", "--home", folder / "p")
    habeas("send", "opt_out", "--to", "a", "--home", folder / "p")
    carry("p", "a")
    letters = habeas("inbox", "list", "--json", "--home", folder / "a").json["letters"]
    first, second = (each["letter"] for each in letters)

    assert case("lodge", first).json["case"] == case("lodge", first).json["case"]
    assert 2 == case("lodge", second).code


def test_the_docket_is_an_authoritys(habeas, docket):
    """A borrower's home has none: exit 2, by name of the party."""
    _, number, case = docket
    for arguments in (("list",), ("show", number), ("tick",), ("replay",), ("accept", number)):
        said = case(*arguments, home="p")
        assert 2 == said.code
        assert "belongs to a person" in said.err


@pytest.mark.parametrize("number", ["x", "0" * 16, "../../etc"])
def test_a_case_that_isnt_there_is_bad_input(habeas, docket, number):
    """Exit 2, and the number isn't repeated: it may be a name typed by mistake."""
    _, _, case = docket
    said = case("show", number)

    assert 2 == said.code
    assert number not in said.err


def test_the_docket_in_words(habeas, docket, carry):
    """Both languages, with stage, deadline and basis; the superior sees who asks."""
    folder, number, case = docket
    offered(number, case)
    carry("a", "b")
    case("decline", number, "--ground", "g", home="b")
    carry("b", "a")
    carry("a", "s")

    zh = habeas("case", "list", "--lang", "zh", "--home", folder / "a").out
    en = habeas("case", "list", "--home", folder / "s").out
    assert "已报请共同上级指定管辖" in zh
    assert "法定程序 cn.cacproc.art13" in zh
    assert "asks this home to designate" in en
    steps = habeas("case", "show", number, "--home", folder / "a").out
    assert "cn.cacproc.art14.p1" in steps
    written = habeas("case", "show", number, "-o", folder / "whole", "--home", folder / "a")
    assert 0 == written.code
    assert (folder / "whole" / f"case-{number}.json").is_file()


def test_a_year_whose_working_days_are_not_announced_has_no_made_up_deadline(
    habeas, homes, monkeypatch
):
    """At the end of December the seven working days run into a year nobody has published."""
    folder = homes(superior="s", a="authority", b="authority", s="authority", p="person")
    (folder / "m.yaml").write_text(MATTER)
    monkeypatch.setattr(
        "habeas.cli.case.clock", lambda: door.T0.replace(year=2090, month=12, day=28)
    )

    def case(*arguments):
        return habeas("case", *arguments, "--home", folder / "a")

    number = habeas("case", "lodge", folder / "m.yaml", "--json", "--home", folder / "a").json[
        "case"
    ]
    assert (
        habeas("case", "list", "--json", "--home", folder / "a").json["cases"][0]["clock"]["due"]
        is None
    )
    assert "isn't known yet" in case("list").out
    assert [] == habeas("case", "tick", "--json", "--home", folder / "a").json["ran_out"]
    said = case("offer", number, "--to", "b", "--ground", "g", "--kind", "lead", "--facts", "f")
    assert 0 == said.code
