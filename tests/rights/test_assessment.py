"""Impact assessments: complete item by item, in force only for what they judged."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from habeas.errors import BadInput
from habeas.law.book import load_book
from habeas.rights.activity import load_activity
from habeas.rights.assessment import (
    assessment_from,
    assessment_gaps,
    check_belongs,
    in_force_for,
    needed_because,
)
from habeas.rights.reading import parse_yaml

HERE = Path(__file__).resolve().parent.parent / "procedures"
DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def document():
    return copy.deepcopy(dict(parse_yaml((HERE / "assessment.yaml").read_text(encoding="utf-8"))))


@pytest.fixture(scope="module")
def activity():
    return load_activity(HERE / "activity.yaml")


def gaps(document, activity):
    return assessment_gaps(assessment_from(document), activity, load_book("cn"), DAY)


def test_a_complete_assessment_has_no_gap(document, activity):
    """The floor under the tests below."""
    assert () == gaps(document, activity)


@pytest.mark.parametrize("item", ["lawfulness", "rights_impact", "risk_sources", "measures"])
def test_each_item_of_the_law_left_out_is_named(document, activity, item):
    """PIPL 56 names three contents; an assessment without one is none."""
    del document["items"][item]

    (gap,) = gaps(document, activity)

    assert (item, "missing", "law") == (gap.item, gap.state, gap.blocking)
    assert "cn.pipl.art56" in map(str, gap.citations)


def test_an_item_only_practice_asks_for_is_not_said_to_be_law(document, activity):
    """A refusal must not put words into the law's mouth."""
    del document["items"]["scope"]

    (gap,) = gaps(document, activity)

    assert ("product", ()) == (gap.blocking, gap.citations)


@pytest.mark.parametrize(
    ("change", "at", "changed_at", "expected"),
    [
        ({}, AT, AT, True),
        ({"uses": ["collection"]}, AT, AT, False),
        ({"activity": "another"}, AT, AT, False),
        ({"conclusion": "may_not_start"}, AT, AT, False),
        ({"expires_on": "2026-11-23"}, AT, AT, False),
        ({"expires_on": "2026-11-24"}, AT, AT, True),
        ({}, AT - timedelta(days=1), AT - timedelta(days=2), False),
        ({}, AT + timedelta(days=1), AT + timedelta(days=1), False),
    ],
)
def test_an_assessment_is_in_force_only_for_what_it_judged(
    document, activity, *, change, at, changed_at, expected
):
    """Use, day, expiry, conclusion, and the activity as it stood: each by itself ends it."""
    made = assessment_from({**document, **change})

    assert expected is made.in_force(
        activity, activity.uses["scoring"], changed_at=changed_at, at=at
    )


def test_the_newest_in_force_is_taken(document, activity):
    """Two assessments of one use: the later one speaks."""
    older = assessment_from({**document, "made_on": "2026-11-20"})
    newer = assessment_from(document)

    found = in_force_for(
        [newer, older],
        activity,
        activity.uses["scoring"],
        changed_at=AT - timedelta(days=9),
        at=AT,
    )

    assert newer is found


def test_giving_to_others_calls_for_an_assessment(activity):
    """PIPL 55: providing and entrusting are named cases."""
    because = needed_because(activity, activity.uses["collection"], load_book("cn"), DAY)

    assert "provides" in because


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"uses": ["scorng"]}, "uses"),
        ({"made_on": "2026-11-25"}, "made_on"),
    ],
)
def test_an_assessment_of_something_else_is_refused(document, activity, change, place):
    """A misspelt use would leave the real one unassessed."""
    with pytest.raises(BadInput) as caught:
        check_belongs(assessment_from({**document, **change}), activity, at=AT)
    assert place == caught.value.place


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("made_on", "yesterday"),
        ("made_on", None),
        ("conclusion", "may"),
        ("uses", []),
        ("itms", {}),
    ],
)
def test_a_file_with_a_mistake_names_it(document, key, value):
    """One sentence with the key."""
    with pytest.raises(BadInput) as caught:
        assessment_from({**document, key: value})
    assert key == caught.value.place
