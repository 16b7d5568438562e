"""Duties with a clock, claims by what they rest on, and what each party's version leads to."""

from __future__ import annotations

import importlib.util
import json
import pickle
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.law.matter import matter_from
from habeas.law.reason import decide
from habeas.terms import Status


def _beside(name):
    if f"habeas_{name}" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            f"habeas_{name}", Path(__file__).with_name(f"{name}.py")
        )
        sys.modules[f"habeas_{name}"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[f"habeas_{name}"])
    return sys.modules[f"habeas_{name}"]


small = _beside("test_book")
LATE = """format: rules/v1
rules:
  - id: xx.act.art1
    kind: oblige
    issues: [breach_notice]
    coded: '2026-11-24'
    on:
      event:
        when: >-
          event.kind == 'incident'
          and ({asks} or event.authority_told)
        met_when: event.authority_told
"""
HOURS = "hours(event.aware_at, as_of) > 72 and event.authority_told == False"
WORKING = "working_days(event.aware_at, as_of) > 5 and event.authority_told == False"
TOP = small.TOP.replace("{use: matter.place_of_processing == 'cn'}", "{}")


def book(asks=HOURS):
    return small.book(LATE.replace("{asks}", asks), top=TOP)


def incident(**facts):
    return matter_from(
        {
            "matter": {"acted_on": "2026-03-02", "place_of_processing": "cn"},
            "events": {"e1": {"kind": "incident", **facts}},
        }
    )


AWARE = "2026-03-02T09:00:00+08:00"


def duty(of, matter, day):
    found = [decide(matter, of, as_of=day, by_tree=tree).element("e1").duties for tree in (0, 1)]

    assert found[0] == found[1]
    return [(one.state, one.due) for one in found[0]]


@pytest.mark.parametrize(
    ("day", "told", "expected"),
    [
        ("2026-03-03", False, [("pending", date(2026, 3, 5))]),
        ("2026-03-05", False, [("pending", date(2026, 3, 5))]),
        ("2026-03-06", False, [("breached", None)]),
        ("2026-03-03", True, [("met", None)]),
        ("2026-03-03", None, []),
    ],
)
def test_a_duty_is_pending_until_its_last_day(day, told, expected):
    """Seventy-two hours from Monday at nine end on Thursday at nine; on Friday it is broken."""
    facts = {} if told is None else {"authority_told": told}
    found = duty(book(), incident(aware_at=AWARE, **facts), date.fromisoformat(day))
    open_ = [one for one in found if one[0] == "unknown"]

    assert expected == (found if told is not None else [one for one in found if one not in open_])


def test_working_days_run_over_the_holidays_of_october():
    """Five working days from the last of September end on the thirteenth of October."""
    matter = incident(aware_at="2026-09-30T09:00:00+08:00", authority_told=False)

    assert [("pending", date(2026, 10, 13))] == duty(book(WORKING), matter, date(2026, 10, 8))


@given(st.integers(0, 20))
@settings(max_examples=15, deadline=None)
def test_pending_ends_on_the_day_before_it_is_broken(days):
    """Whatever the day asked about: the day named is the last on which it is not broken."""
    of, matter = book(), incident(aware_at=AWARE, authority_told=False)
    ((state, due),) = duty(of, matter, date(2026, 3, 2) + timedelta(days=days))

    assert (state == "pending") == (days <= 3)
    assert (state == "breached") == (days > 3)
    if due is not None:
        assert [("breached", None)] == duty(of, matter, due + timedelta(days=1))


CLAIMS = """
format: matter/v1
matter: {acted_on: "2026-03-01", place_of_processing: cn}
parties: {p1: {}}
uses:
  u1: {minor: true}
  u2: {minor: false}
  u3: {}
  u4: {issues: []}
claims:
  c1: {against: [p1], rests_on: [u1, u3]}
  c2: {against: [p1], rests_on: [u2]}
  c3: {against: [p1], rests_on: [u2, u3]}
  c4: {against: [p1], rests_on: [u2, u4]}
"""


def test_a_claim_stands_on_what_it_rests_on():
    """One unlawful use carries it; all lawful ones carry nothing; the rest is open."""
    import yaml

    decision = decide(matter_from(yaml.safe_load(CLAIMS)), small.book(), as_of=date(2026, 11, 24))
    told = {claim.claim: (claim.status, claim.not_asked) for claim in decision.claims}

    assert {
        "c1": (Status.UNLAWFUL, ()),
        "c2": (Status.LAWFUL, ()),
        "c3": (Status.UNDETERMINED, ()),
        "c4": (Status.UNDETERMINED, ("u4",)),
    } == told
    assert {"u1": "unlawful", "u3": "undetermined"} == decision.to_json()["claims"][0]["rests_on"]


def test_what_is_read_later_is_what_was_decided():
    """Reasons are worked out when read: in any order, in a copy, or by the reference, the same."""
    matter = matter_from(
        {
            "matter": {"acted_on": "2026-03-01", "place_of_processing": "cn"},
            "uses": {"u1": {"youngest_age": 13}, "u2": {}},
        }
    )
    of, day = small.book(), date(2026, 11, 24)
    slow = decide(matter, of, as_of=day, by_tree=True)
    first, second, third = (decide(matter, of, as_of=day) for _ in range(3))
    copied = pickle.loads(pickle.dumps(third))

    assert ("xx.act.art1",) == tuple(r.id for r in first.element("u1").breached)
    assert "use.youngest_age" in (*second.element("u2").missing, "use.minor")
    assert slow == first == second == copied
    for one in (first, second, copied):
        assert json.dumps(slow.to_json()) == json.dumps(one.to_json())
    with pytest.raises(AttributeError):
        _ = first.element("u1").no_such_thing
