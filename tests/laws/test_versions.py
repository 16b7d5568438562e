"""Version traps and ambiguities of the notes: the day picks the text, and what is debated is shown."""

from datetime import date

import pytest

from habeas.law.book import load_book
from habeas.law.matter import matter_from
from habeas.law.reason import decide

BOOK = load_book("cn")
TODAY = date(2026, 11, 24)
COMPANY = {"role": "controller", "kind": "company", "sector": "internet", "seat": "cn"}
USE = {
    "data": ["name", "contact"],
    "identifiability": "identified",
    "relationship": "customer",
    "operations": ["collect", "store"],
    "purposes": ["service"],
}


def decided(day, use=None, *, party=None, event=None, here=None):
    matter = {
        "matter": {
            "acted_on": day,
            "acted_on_precision": "day",
            "place_of_processing": "cn",
            "subjects_in": ["cn"],
            **(here or {}),
        },
        "parties": {"p1": {**COMPANY, **(party or {})}},
        "uses": {"u1": {"party": "p1", **USE, **(use or {})}},
    }
    if event is not None:
        matter["events"] = {"e1": {"party": "p1", "uses": ["u1"], **event}}
    return decide(matter_from(matter), BOOK, as_of=TODAY).element("e1" if event else "u1")


def asked(day, use=None, **more):
    return set(decided(day, use, **more).asked)


def flags(day, use=None, **more):
    return {flag.id for flag in decided(day, use, **more).flags}


@pytest.mark.parametrize(
    ("old", "new"),
    [("art40", "art42.p1"), ("art41", "art43"), ("art42", "art44")],
)
def test_the_cybersecurity_law_is_that_of_the_day(old, new):
    """The numbers shifted on 1 January 2026: the last day has the old text, the first the new."""
    before, after = asked("2025-12-31"), asked("2026-01-01")

    assert {f"cn.csl2017.{old}"} == {f"cn.csl2017.{old}", f"cn.csl.{new}"} & before
    assert {f"cn.csl.{new}"} == {f"cn.csl2017.{old}", f"cn.csl.{new}"} & after


def test_the_text_of_2017_says_that_a_lighter_one_goes_first():
    """A penalty follows the lighter new text; the decision on the act keeps the old one."""
    assert "text_of_2017" in flags("2025-12-31")
    assert "text_of_2017" not in flags("2026-01-01")


EXPORT = {
    "operations": ["provide"],
    "recipients": ["third_party"],
    "abroad": True,
    "transfer_tool": "no_tool",
    "important_data": False,
    "issues": ["transfer"],
}
EXPORTER = {
    "cii_operator": False,
    "persons_held": 500_000,
    "exported_since_last_year": 120_000,
    "exported_sensitive_since_last_year": 0,
    "exported_persons_ytd": 60_000,
    "exported_sensitive_persons_ytd": 0,
}


def breached(day, **more):
    return {result.id for result in decided(day, {**EXPORT, **more}, party=EXPORTER).breached}


def test_export_is_counted_as_the_day_counts_it():
    """120,000 since last January needed an assessment in 2023; 60,000 this year are free in 2024."""
    assert "cn.assess.art4" in breached("2023-07-01")
    assert "cn.assess.art4" in breached("2024-03-21")
    assert not {"cn.assess.art4", "cn.xbprov.art7", "cn.xbprov.art8"} & breached("2024-03-22")


def test_splitting_volumes_stays_forbidden():
    """The volumes of 2023 ended in 2024; the ban on splitting them did not."""
    split = {"transfer_tool": "standard_contract", "volume_split": True}

    assert "cn.scc.art4" in breached("2023-07-01", **split)
    assert "cn.scc.art4" in breached("2025-07-01", **split)
    assert "cn.scc.art4" not in breached("2025-07-01", transfer_tool="standard_contract")


def test_volumes_include_the_number_itself():
    """One million persons is a million or more, and the persons held now are counted."""
    officer = {"officer_appointed": False, "officer_filed": False}
    for held, owed in ((999_999, False), (1_000_000, True)):
        found = decided(
            "2026-03-01", {"issues": ["officer"]}, party={"persons_held": held, **officer}
        )
        assert owed == ("cn.pipl.art52" in {result.id for result in found.breached})


def test_two_audits_in_a_row_are_allowed_and_three_are_not():
    """'Three or more' in the Chinese text includes three."""
    for times, broken in ((2, False), (3, True)):
        found = decided(
            "2026-03-01", {"issues": ["assessment"]}, party={"same_auditor_times": times}
        )
        assert broken == ("cn.audit.art15" in {result.id for result in found.breached})


def test_before_the_code_the_older_statutes_are_asked():
    """2016: Decision of 2012 and Consumer Law; neither Civil Code nor PIPL."""
    found = asked("2016-06-01")

    assert {"cn.npcsc2012.art2", "cn.cpl.art29.p1"} <= found
    assert not {id_ for id_ in found if id_.startswith(("cn.pipl.", "cn.cc.", "cn.csl2017."))}


@pytest.mark.parametrize(
    ("flag", "more"),
    [
        (
            "separate_consent_likely_waived",
            {
                "use": {
                    "contract_with_subject": True,
                    "works_without": False,
                    "consent": "not_asked",
                    "basis_claimed": ["contract"],
                }
            },
        ),
        (
            "code_and_pipl",
            {
                "use": {
                    "contract_with_subject": True,
                    "works_without": False,
                    "consent": "not_asked",
                }
            },
        ),
        ("definition_width", {"use": {"identifiability": "device_only", "data": ["device_id"]}}),
        ("sensitive_list_open", {"use": {"data": ["credit_record"]}}),
        ("sensitive_list_open", {"use": {"data": ["income_assets"]}}),
        ("no_day_count", {"event": {"kind": "request", "right": "access", "answer": "no_answer"}}),
        ("at_once_no_hours", {"event": {"kind": "incident", "cause": "outside_attack"}}),
        ("fine_cap_two_numbers", {"here": {"serious": True}}),
        ("person_fine_two_readings", {"here": {"serious": False, "not_corrected_in_time": False}}),
        (
            "localisation_threshold_customary",
            {
                "use": {"abroad": True, "operations": ["store", "provide"]},
                "party": {"persons_held": 2_000_000, "cii_operator": False},
            },
        ),
        ("major_impact_undefined", {"use": {"automated": "sole"}}),
        (
            "retention_per_data_set",
            {"use": {"data": ["credit_record", "id_number"]}, "party": {"sector": "bank"}},
        ),
        ("state_organ_remedies", {"party": {"kind": "state_organ"}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_notes_leave_open_is_shown(flag, more):
    """Each ambiguity of the notes that touches a use or an event stands in the decision."""
    here = {
        name: {"value": value, "by": "authority", "grounds": "weighed"}
        if name == "serious"
        else value
        for name, value in more.get("here", {}).items()
    }
    found = flags(
        "2026-03-01",
        more.get("use"),
        party=more.get("party"),
        event=more.get("event"),
        here=here,
    )

    assert flag in found
