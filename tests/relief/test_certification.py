"""Whether people may act together: an open point is not a failed one."""

from __future__ import annotations

from habeas.relief.certification import Answer, public_interest, representatives
from habeas.terms import Status


def roads(**changed):
    facts = {
        "members": 200,
        "number_fixed": False,
        "same_group": True,
        "court_and_parties_agree": True,
        "representatives_named": 3,
    }
    return {c.road: c.verdict for c in representatives(**(facts | changed))}


def test_an_open_number_leads_to_registration_and_not_to_fixed_representation():
    """CPL 56 and 57 exclude each other once it is known whether the number is fixed."""
    assert {
        "representatives_fixed": Answer.FAIL,
        "representatives_open": Answer.PASS,
    } == roads()


def test_nine_are_not_many_and_unknown_is_open():
    """cn.cplint.art75: in general ten or more."""
    assert Answer.FAIL is roads(members=9)["representatives_open"]
    assert Answer.PASS is roads(members=10)["representatives_open"]
    assert Answer.OPEN is roads(members=None)["representatives_open"]


def test_six_representatives_are_too_many():
    """cn.cplint.art78: two to five."""
    assert Answer.FAIL is roads(representatives_named=6)["representatives_open"]


def test_nothing_known_fails_nothing():
    """Every predicate of an empty file is open."""
    made = representatives(
        members=None,
        number_fixed=None,
        same_group=None,
        court_and_parties_agree=None,
        representatives_named=None,
    )

    assert {Answer.OPEN} == {p.answer for c in made for p in c.predicates}


def suit(**changed):
    facts = {
        "applicant": "procuratorate",
        "processing": [Status.UNLAWFUL],
        "persons": 5_000,
        "notice_days": 30,
    }
    return public_interest(**(facts | changed))


def test_who_may_bring_a_public_interest_suit():
    """City bodies support only; no designated organisation has been published."""
    expected = {
        "procuratorate": Answer.PASS,
        "consumer_body_national": Answer.PASS,
        "consumer_body_province": Answer.PASS,
        "consumer_body_city": Answer.FAIL,
        "designated_organisation": Answer.OPEN,
        "members": Answer.FAIL,
    }

    assert expected == {a: suit(applicant=a).verdict for a in expected}


def test_an_undetermined_decision_leaves_the_suit_open():
    """Undetermined is not unlawful, and not lawful either."""
    assert Answer.OPEN is suit(processing=[Status.UNDETERMINED]).verdict
    assert Answer.FAIL is suit(processing=[Status.LAWFUL]).verdict
    assert Answer.OPEN is suit(processing=[]).verdict


def test_notice_before_the_suit_counts_days():
    """cn.pilint.art13: thirty days; not known is open."""
    assert Answer.FAIL is suit(notice_days=29).verdict
    assert Answer.OPEN is suit(notice_days=None).verdict
