"""`habeas law`: provisions with their rules, the book in numbers, and its cases."""

from datetime import date

from habeas.law.cases import Case, CaseResult


def test_a_provision_with_its_rule(habeas):
    """The paraphrase, the rule that decides, and what defeats it."""
    said = habeas("law", "show", "cn.pipl.art17.p1")

    assert 0 == said.code
    for part in ("PIPL art. 17(1)", "use.notice_given", "defeated by: cn.pipl.art18.p1"):
        assert part in said.out
    assert "处理之前须醒目" in habeas("law", "show", "cn.pipl.art17.p1", "--lang", "zh").out


def test_all_provisions(habeas):
    """One line each; those not in force on the day are marked."""
    lines = habeas("law", "show", "--as-of", "2021-06-01").out.splitlines()

    assert 387 == len(lines)
    assert {"×"} == {line[0] for line in lines if "cn.pipl." in line}
    assert {" "} == {line[0] for line in lines if "cn.cc." in line}
    assert 387 == len(habeas("law", "show", "--json").json)


def test_the_book_in_numbers(habeas):
    """How much is coded, and on what it rests."""
    numbers = habeas("law", "show", "--book", "--json").json

    assert (387, 990) == (numbers["provisions_coded"], numbers["provisions_in_the_sheets"])
    assert "not coded: 603" in habeas("law", "show", "--book").out


def test_a_provision_that_is_not_there(habeas):
    """The nearest one is offered."""
    said = habeas("law", "show", "cn.pipl.art170")

    assert 2 == said.code
    assert "cn.pipl.art1" in said.err


def test_all_cases_agree(habeas):
    """Exit 0 and a count."""
    said = habeas("law", "test")

    assert 0 == said.code
    assert "0 disagree" in said.out


def test_a_case_that_disagrees_exits_3(habeas, monkeypatch):
    """The place, what the case says and what the rule says."""
    from habeas.law import cases

    case = Case(
        provision="cn.pipl.art16",
        name="a case",
        facts={},
        expect="breached",
        missing=(),
        because="it says so",
        place="x.cases.yaml, line 3",
    )
    monkeypatch.setattr(
        cases,
        "run_case",
        lambda *_a, **_k: CaseResult(case=case, outcome="not_breached", missing=()),
    )
    said = habeas("law", "test")

    assert 3 == said.code
    assert (
        "x.cases.yaml, line 3: cn.pipl.art16, 'a case': the case says breached, the rule not_breached"
        in said.out.replace("\n", " ")
    )
    report = habeas("law", "test", "--json", "--as-of", date(2026, 11, 24).isoformat())
    assert 3 == report.code
    assert "not_breached" == report.json["wrong"][0]["found"]
