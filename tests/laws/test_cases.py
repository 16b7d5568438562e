"""Every case of the Chinese book, written by a second reader from the paraphrases alone."""

from collections import Counter
from datetime import date

import pytest

from habeas.errors import BadInput
from habeas.law.book import load_book
from habeas.law.cases import case_files, cases_from, read_cases, run_case
from habeas.law.yaml_reading import yaml_document

BOOK = load_book("cn")
TODAY = date(2026, 11, 24)
CASES = [case for path in case_files("cn") for case in read_cases(path)]


@pytest.mark.parametrize("file", case_files("cn"), ids=lambda path: path.name)
def test_rules_agree_with_the_cases(file):
    """A rule and a case that disagree are settled in the open, in disagreements.md."""
    wrong = [
        f"{result.case.place}: {result.case.name}: {result.case.expect} expected, {result.outcome} found"
        for result in (run_case(case, BOOK, as_of=TODAY) for case in read_cases(file))
        if not result.ok
    ]

    assert [] == wrong


def test_every_provision_has_cases_that_flip():
    """Each has both answers and an unknown one; helpers are exercised through what leans on them."""
    answers = {}
    for case in CASES:
        answers.setdefault(case.provision, set()).add(case.expect)
    without = set(BOOK.provisions) - set(answers)

    assert {
        "cn.pipl.art3.p2",
        "cn.pipl.art18.p2",
        "cn.pipl.art35",
        "cn.pipl.art72.p2",
        "cn.ndsr.art25",
        "cn.audit.art4",
        "cn.audit.art12",
        "cn.xbprov.art13",
        "cn.spcnet2014.art12",
    } == without
    for provision, found in answers.items():
        assert len(found - {"undetermined"}) == 2, provision
    assert sum("undetermined" in found for found in answers.values()) >= 130


def test_every_case_has_a_reason():
    """A case without its because teaches nobody."""
    assert [] == [case.place for case in CASES if not case.because]
    assert 2800 <= len(CASES)
    assert 1 == max(Counter((c.provision, c.name) for c in CASES).values())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("format: cases/v2\n", "not a cases/v1"),
        (
            "format: cases/v1\nprovisions: {a: {cases: [{name: x, expect: maybe}]}}\n",
            "not an outcome",
        ),
        (
            "format: cases/v1\nprovisions: {a: {cases: [{name: x, like: y, expect: holds}]}}\n",
            "no case 'y'",
        ),
        (
            "format: cases/v1\nprovisions: {a: {cases: [{name: x, facts: {thing: {}}, expect: holds}]}}\n",
            "not a level",
        ),
        (
            "format: cases/v1\nprovisions: {a: {cases: [{name: x, expect: holds}, {name: x, expect: holds}]}}\n",
            "two cases",
        ),
    ],
)
def test_a_wrong_case_file_is_refused(text, says):
    """A case that is not read as written would prove nothing."""
    with pytest.raises(BadInput, match=says):
        cases_from(yaml_document(text, file="x.cases.yaml"))


def test_like_change_and_forget():
    """A case like another changes only what it says, and the other stays as it was."""
    text = """format: cases/v1
provisions:
  cn.pipl.art31:
    cases:
      - {name: a, facts: {use: {youngest_age: 13, minor: true}}, expect: breached}
      - {name: b, like: a, change: {use.youngest_age: 14, event.kind: request}, forget: [use.minor], expect: not_breached}
      - {name: c, like: a, expect: breached}
"""
    first, second, third = cases_from(yaml_document(text, file="x.cases.yaml"))

    assert {"use": {"youngest_age": "14"}, "event": {"kind": "request"}} == second.facts
    assert first.facts == third.facts
    assert first.place.startswith("x.cases.yaml, line ")


def test_a_case_with_a_mistake_in_its_facts_is_named():
    """The place in the case file is in the error."""
    text = "format: cases/v1\nprovisions: {cn.pipl.art31: {cases: [{name: a, facts: {use: {yungest_age: 1}}, expect: breached}]}}\n"

    with pytest.raises(BadInput, match=r"x\.cases\.yaml, line 2.*youngest_age"):
        run_case(cases_from(yaml_document(text, file="x.cases.yaml"))[0], BOOK, as_of=TODAY)


def test_a_named_missing_fact_must_be_named_by_the_rule():
    """Undetermined for the wrong reason is not agreement."""
    text = """format: cases/v1
provisions:
  cn.pipl.art31:
    cases:
      - {name: a, facts: {matter: {acted_on: '2026-03-01'}, use: {youngest_age: 13}}, expect: undetermined, missing: [use.data]}
"""
    assert (
        run_case(cases_from(yaml_document(text, file="x.cases.yaml"))[0], BOOK, as_of=TODAY).ok
        is False
    )
