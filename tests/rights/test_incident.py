"""After a leak: an hour too late is too late, and an unknown number hides no clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from habeas.rights.incident import Incident, duties, grade, unverified

AWARE = datetime(2026, 3, 1, 2, tzinfo=UTC)


def owed(*, now=AWARE, **changed):
    facts = {
        "aware_at": AWARE,
        "persons": 1_200_000,
        "operator": "other",
        "sector": "loan_platform",
    }
    return {d.id: d for d in duties(Incident(**(facts | changed)), now=now)}


@pytest.mark.parametrize(
    ("persons", "expected"),
    [
        (0, "general"),
        (999_999, "general"),
        (1_000_000, "larger"),
        (10_000_000, "major"),
        (100_000_000, "especially_major"),
        (None, None),
    ],
)
def test_grades_include_their_number(persons, expected):
    """cn.inc.annex.pi: the thresholds count the number itself."""
    assert expected == grade(persons, as_of=AWARE.date())


def test_before_the_measures_there_was_no_grade_by_number():
    """In force from 1 November 2025; an older incident is not judged by them."""
    old = datetime(2025, 10, 31, tzinfo=UTC)

    assert grade(5_000_000, as_of=old.date()) is None
    assert "report_province" not in owed(aware_at=old, now=old)


@pytest.mark.parametrize(
    ("seconds", "state"), [(4 * 3600, "met"), (4 * 3600 + 1, "breached"), (6 * 3600, "breached")]
)
def test_four_hours_to_the_second(seconds, state):
    """1.2 million persons, reported after six hours: late (cn.inc.art4.other)."""
    reported = AWARE + timedelta(seconds=seconds)
    found = owed(done={"report_province": reported}, now=reported)["report_province"]

    assert state == found.state


def test_an_unknown_number_of_persons_leaves_the_clock_visible():
    """Nobody escapes a clock by not counting: the duty is shown with what is missing."""
    found = owed(persons=None)["report_province"]

    assert (None, ("persons",), "unknown") == (found.applies, found.missing, found.state)


def test_below_a_million_another_test_may_still_make_it_larger():
    """The annex has tests without a number: below the number it is open, not settled."""
    assert ("other_grade_test",) == owed(persons=3)["report_province"].missing
    assert owed(persons=3, other_grade_test=True)["report_province"].applies is True


def test_a_small_incident_owes_no_hours_but_owes_the_act():
    """PIPL 57 applies from the first record, at once and without a number."""
    found = owed(persons=3, other_grade_test=False)

    assert {"remedy", "tell_authority", "tell_persons", "report_crime"} == set(found)
    assert "at_once" == found["tell_authority"].due.counted


def test_telling_persons_is_waived_only_by_a_judgement():
    """cn.pipl.art57.p2: effective measures; unknown leaves the duty, and names the judgement."""
    assert "tell_persons" not in owed(harm_avoided=True)
    assert ("harm_avoided",) == owed()["tell_persons"].missing
    assert "tell_authority" in owed(harm_avoided=True)


def test_the_summary_runs_from_the_end_of_handling():
    """cn.inc.art8: thirty days, from a moment that isn't known until handling ends."""
    assert "unknown_start" == owed()["summary"].due.counted
    ended = owed(handled_at=AWARE)["summary"].due.at
    assert datetime(2026, 3, 31, 16, tzinfo=UTC) == ended


def test_a_bank_reports_in_two_and_in_twenty_four_hours_whatever_the_grade():
    """cn.nfraqa.q6: any data security incident, one person's too; five working days to close."""
    thursday = datetime(2026, 3, 5, 2, tzinfo=UTC)
    found = owed(persons=1, other_grade_test=False, sector="bank", handled_at=thursday)

    assert AWARE + timedelta(hours=2) == found["nfra_first"].due.at
    assert AWARE + timedelta(hours=24) == found["nfra_written"].due.at
    # The fifth working day after Thursday, 5 March 2026, is the next Thursday, to its end there.
    assert datetime(2026, 3, 12, 16, tzinfo=UTC) == found["nfra_closing"].due.at
    assert (True, None) == (found["nfra_leak"].applies, found["nfra_especially_major"].applies)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"sector": "insurance"}, (True, ())),
        ({"sector": "consumer_finance"}, (None, ("nfra",))),
        ({"sector": "consumer_finance", "nfra": True}, (True, ())),
        ({"sector": "consumer_finance", "nfra": False}, None),
        ({"sector": None}, (None, ("sector",))),
        ({"sector": "loan_platform"}, None),
        ({"sector": "credit_reporting"}, None),
    ],
)
def test_who_is_under_the_financial_regulator(facts, expected):
    """Known lines of business settle it; one that covers both kinds, and none stated, leave it open."""
    found = owed(**facts).get("nfra_first")

    assert expected == (None if found is None else (found.applies, found.missing))


def test_before_the_financial_measures_a_bank_had_no_such_clock():
    """In force from 27 December 2024."""
    old = datetime(2024, 12, 26, tzinfo=UTC)

    assert not [name for name in owed(aware_at=old, now=old, sector="bank") if "nfra" in name]
    assert "nfra_first" in owed(
        aware_at=datetime(2024, 12, 27, tzinfo=UTC), now=AWARE, sector="bank"
    )


def test_progress_runs_from_the_first_report():
    """Two hours after the first report was made; unknown until it was."""
    facts = {"sector": "bank", "nfra_especially_major": True}

    assert "unknown_start" == owed(**facts)["nfra_progress"].due.counted
    done = {"nfra_first": AWARE + timedelta(hours=1)}
    assert AWARE + timedelta(hours=3) == owed(**facts, done=done)["nfra_progress"].due.at


def test_a_leak_at_an_outsourcer_is_reported_by_the_bank():
    """cn.outs.art38: within twenty-four hours; not known, it is asked."""
    assert ("at_outsourcer",) == owed(sector="bank")["outsourcing"].missing
    found = owed(sector="bank", at_outsourcer=True)["outsourcing"]
    assert AWARE + timedelta(hours=24) == found.due.at
    assert "outsourcing" not in owed(sector="loan_platform", at_outsourcer=True)


@pytest.mark.parametrize(
    ("sector", "under"),
    [
        ("bank", ["cn.nfrads.s3", "cn.pbocfc.s1"]),
        ("payment", ["cn.pbocfc.s1"]),
        ("credit_reporting", [None]),
        ("loan_platform", []),
        (None, []),
    ],
)
def test_what_nobody_verified_is_shown_and_decides_nothing(sector, under):
    """The sheet's unverified entries stand apart from the duties, for their line of business."""
    found = unverified(sector)

    assert under == [None if each.under is None else str(each.under) for each in found]
    assert not {*under} & {str(duty.under) for duty in owed(sector=sector).values()}
