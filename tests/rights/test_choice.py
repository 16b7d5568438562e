"""Choices: the newest before an instant is in force, and saying nothing is not saying yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.rights.choice import (
    Choice,
    ChoiceState,
    choices_in_force,
    may_stay,
    still_covered,
)

T0 = datetime(2026, 11, 24, tzinfo=UTC)


def choice(minute, state, *, number=0, purpose="", activity="a", subject=b"s"):
    return Choice(
        subject=subject,
        activity=activity,
        purpose=purpose,
        state=state,
        at=T0 + timedelta(minutes=minute),
        number=number,
    )


def in_force(history, minute=100, purpose="p"):
    at = T0 + timedelta(minutes=minute)
    return choices_in_force(history, at, activity="a", purpose=purpose)


histories = st.lists(
    st.builds(
        choice,
        st.integers(0, 50),
        st.sampled_from(ChoiceState),
        number=st.integers(0, 1000),
        purpose=st.sampled_from(["", "p", "q"]),
        activity=st.sampled_from(["a", "b"]),
        subject=st.sampled_from([b"s", b"t"]),
    ),
    max_size=12,
    unique_by=lambda each: each.number,
)


@given(histories, st.integers(0, 60))
def test_the_newest_word_is_in_force_whatever_the_order_of_reading(history, minute):
    """Against a plain restatement: filter, sort by number, take the last of each person."""
    at = T0 + timedelta(minutes=minute)
    expected = {}
    for each in sorted(history, key=lambda c: c.number):
        if each.activity == "a" and each.purpose in ("", "p") and each.at <= at:
            expected[each.subject] = each.state

    assert expected == in_force(history, minute)
    assert expected == in_force(list(reversed(history)), minute)


@given(histories)
def test_a_withdrawal_that_comes_last_always_wins(history):
    """Withdrawing must be as effective as giving, whatever was said before."""
    last = choice(60, ChoiceState.WITHDRAWN, number=2000)

    assert ChoiceState.WITHDRAWN is in_force([*history, last])[b"s"]


def test_a_choice_of_another_purpose_says_nothing():
    """Consent to scoring is no consent to advertising."""
    assert {} == in_force([choice(1, ChoiceState.GIVEN, purpose="q")])


def test_a_withdrawal_of_the_whole_ends_the_parts():
    """Who withdraws from the activity withdraws from each of its purposes."""
    said = [choice(1, ChoiceState.GIVEN, purpose="p"), choice(2, ChoiceState.WITHDRAWN, number=1)]

    assert {b"s": ChoiceState.WITHDRAWN} == in_force(said)


def test_a_choice_of_tomorrow_is_not_in_force():
    """A release today can't rest on what is said later."""
    assert {} == in_force([choice(101, ChoiceState.GIVEN)])


@pytest.mark.parametrize(
    ("state", "stays", "stays_without_consent"),
    [
        (None, False, True),
        (ChoiceState.GIVEN, True, True),
        (ChoiceState.REFUSED, False, False),
        (ChoiceState.WITHDRAWN, False, False),
    ],
)
def test_silence_is_not_consent_and_no_is_always_no(state, stays, stays_without_consent):
    """The whole table of what keeps a row in."""
    assert stays is may_stay(state, consent_needed=True)
    assert stays_without_consent is may_stay(state, consent_needed=False)


def test_a_choice_is_never_true_or_false():
    """`if choice:` would read a refusal as yes."""
    with pytest.raises(TypeError, match="ask `choice is"):
        bool(ChoiceState.REFUSED)


def test_a_clock_set_back_does_not_revive_a_consent():
    """A withdrawal recorded after a consent wins, even if the machine's clock says otherwise."""
    said = [
        choice(5, ChoiceState.GIVEN, number=1),
        choice(3, ChoiceState.WITHDRAWN, number=2),
    ]

    assert {b"s": ChoiceState.WITHDRAWN} == in_force(said)


def test_a_consent_to_something_else_no_longer_counts_and_a_no_always_does():
    """PIPL 14(2): purpose, method or kinds changed, so consent is asked for again."""
    given = choice(1, ChoiceState.GIVEN, number=1)
    refused = choice(1, ChoiceState.REFUSED, number=2, subject=b"t")
    newer = replace(given, version=2, number=3, subject=b"u")

    covered = still_covered([given, refused, newer], {1: "old", 2: "now"}, "now")

    assert [refused, newer] == covered
