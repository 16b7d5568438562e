"""Decisions: scope, day of the act, grounds, events, versions, limits, and what is missing."""

from datetime import date

import pytest

from habeas.errors import BadInput
from habeas.law.book import load_book
from habeas.law.matter import matter_from
from habeas.law.reason import decide, outcome_of, status_of
from habeas.terms import Status

BOOK = load_book("cn")
TODAY = date(2026, 11, 24)
HERE = {"acted_on": "2026-03-01", "place_of_processing": "cn", "subjects_in": ["cn"]}
COMPANY = {"role": "controller", "kind": "company", "sector": "loan_platform", "seat": "cn"}

# What a careful lender of ordinary size keeps up whatever it does with data.
KEPT = {
    "request_channel": True,
    "cooperates": True,
    "audits_regularly": True,
    "persons_held": 50_000,
    "large_platform": False,
    "cii_operator": False,
    "licences": [],
    "logs_kept_days": 200,
    "audit_ordered": False,
    "same_auditor_times": 1,
}


def judged(value, by="court", grounds="found on the facts"):
    return {"value": value, "by": by, "grounds": grounds}


# A use about which the whole book has nothing to say against: what a careful lender would state.
CAREFUL = {
    "party": "p1",
    "data": ["name", "contact", "work"],
    "identifiability": "identified",
    "youngest_age": 30,
    "relationship": "borrower",
    "operations": ["collect", "use"],
    "purposes": ["credit_assessment"],
    "source": "subject",
    "basis_claimed": ["contract"],
    "contract_with_subject": True,
    "works_without": False,
    "outside_function": False,
    "new_purpose": False,
    "in_necessary_list": True,
    "accurate": True,
    "notice_given": True,
    "notice_clear": True,
    "notice_items": ["identity", "purpose", "method_kinds", "retention", "rights"],
    "statement_false": False,
    "secrecy_required": False,
    "service_refused_without": True,
    "consent": "not_asked",
    "kept_after_end": False,
    "recipients": ["inside"],
    "abroad": False,
    "automated": "none",
    "recorded_area": None,
    "private_sphere": [],
    "private_information": judged(False),
    "major_effect": judged(False),
    "security": [
        "written_rules",
        "access_control",
        "training",
        "incident_plan",
        "encryption",
        "graded_protection",
        "monitoring",
        "strong_login",
    ],
    "security_appropriate": judged(True),
    "in_app": False,
    "notice_by_rules": True,
    "vulnerability": "none_known",
    "important_data": False,
    "reasonable_scope": judged(True),
    "publicly_available": "not_public",
    "objected": False,
    "legal_duty": False,
    "emergency": False,
}


def matter(use=None, *, party=None, here=None, events=None, **more):
    return matter_from(
        {
            "matter": {**HERE, **(here or {})},
            "parties": {"p1": {**COMPANY, **KEPT, **(party or {})}},
            "uses": {"u1": {**CAREFUL, **(use or {})}},
            "events": events or {},
            **more,
        }
    )


def decided(*arguments, **named):
    return decide(matter(*arguments, **named), BOOK, as_of=TODAY).element("u1")


def test_a_careful_use_is_lawful_and_says_on_what_it_hangs():
    """Nothing asked is broken, the ground is named, and the judgements stand apart."""
    found = decided({"recorded_area": "workplace"})

    assert ((), Status.LAWFUL) == (found.missing, found.status)
    assert "cn.pipl.art13.p1.i2" in {r.id for r in found.satisfied}
    assert "use.security_appropriate" in found.hangs_on
    assert found.governed is True
    assert {"met"} == {d.state for d in found.duties}
    assert "coded" == found.mark


@pytest.mark.parametrize(
    ("change", "provision"),
    [
        ({"data": ["contact_list"], "works_without": True}, "cn.pipl.art16"),
        ({"works_without": True}, "cn.pipl.art6"),
        ({"notice_given": False}, "cn.pipl.art17.p1"),
        ({"statement_false": True}, "cn.pipl.art5"),
        ({"kept_after_end": True, "retention_duty": False}, "cn.pipl.art19"),
        ({"abroad": True, "notice_items": ["identity"]}, "cn.pipl.art39"),
        (
            {
                "operations": ["provide"],
                "recipients": ["third_party"],
                "contract_with_recipient": False,
            },
            "cn.pipl.art23",
        ),
        (
            {
                "recipients": ["processor"],
                "contract_with_recipient": False,
                "recipient_supervised": True,
            },
            "cn.pipl.art21.p1",
        ),
        (
            {
                "operations": ["sell"],
                "recipients": ["third_party"],
                "basis_claimed": ["nothing"],
                "works_without": True,
            },
            "cn.pipl.art10",
        ),
        ({"data": ["face"], "notice_items": ["identity"]}, "cn.pipl.art30"),
        ({"data": ["face"], "assessment": "not_done"}, "cn.pipl.art55"),
        ({"security": ["encryption"], "security_appropriate": None}, "cn.pipl.art51"),
        (
            {
                "relationship": "customer",
                "youngest_age": 12,
                "works_without": True,
                "guardian_consent": False,
            },
            "cn.pipl.art31",
        ),
        (
            {
                "works_without": True,
                "contract_with_subject": False,
                "legal_duty": False,
                "emergency": False,
            },
            "cn.pipl.art13",
        ),
    ],
)
def test_one_fact_breaks_it(change, provision):
    """The careful use with one thing done wrong is unlawful, under the provision that says so."""
    found = decided({"recorded_area": "workplace", **change})

    assert Status.UNLAWFUL is found.status
    assert provision in {r.id for r in found.breached}
    assert () == found.missing
    assert found.because.steps


def test_the_reason_is_in_both_languages():
    """Whoever reads it reads it in their language."""
    step = decided({"works_without": True}).because.steps[0]

    assert "is broken" in step.says.en
    assert "被违反" in step.says.zh
    assert step.provision in BOOK.provisions


def test_grounds_are_alternatives():
    """One ground that holds is enough, however many do not."""
    by_duty = decided(
        {
            "contract_with_subject": False,
            "basis_claimed": ["legal_duty"],
            "legal_duty": True,
            "service_refused_without": False,
            "recorded_area": "workplace",
        }
    )

    assert "cn.pipl.art13" not in {r.id for r in (*by_duty.breached, *by_duty.undetermined)}
    assert "cn.pipl.art13.p1.i3" in {r.id for r in by_duty.satisfied}


def test_what_the_book_does_not_govern_is_said_so():
    """Anonymous data: no rule on personal data applies, and none is called broken."""
    found = decided(
        {"identifiability": "anonymous", "issues": ["ground", "notice"], "notice_given": False}
    )

    assert ("not_governed", False) == (found.result, found.governed)
    assert {"cn.pipl", "cn.cc"} <= set(found.not_governed_by)


def test_abroad_and_not_aimed_at_persons_here_is_not_governed():
    """The Act follows the place, or the aim at persons in China."""
    here = {"place_of_processing": "us", "subjects_in": ["cn"]}
    aimed = decided(
        {"issues": ["notice"], "notice_given": False}, here=here, party={"targets": ["cn"]}
    )
    not_aimed = decided(
        {"issues": ["sensitive"], "data": ["face"]}, here=here, party={"targets": ["us_other"]}
    )

    assert "cn.pipl.art17.p1" in {r.id for r in aimed.breached}
    assert "not_governed" == not_aimed.result


def test_whether_it_is_governed_may_be_open():
    """Who does not say where the data is handled is asked."""
    found = decided(
        {"issues": ["notice"], "notice_given": False},
        here={"place_of_processing": None, "subjects_in": None},
    )

    assert found.governed is None
    assert Status.UNDETERMINED is found.status
    assert "matter.place_of_processing" in found.missing


OLDER = {"cn.npcsc2012.art2", "cn.csl2017.art41", "cn.cpl.art29.p1"}


@pytest.mark.parametrize(
    ("day", "breached"),
    [
        ("2012-06-01", set()),
        ("2020-06-01", OLDER),
        ("2021-06-01", OLDER | {"cn.cc.art1035"}),
        ("2021-12-01", OLDER | {"cn.cc.art1035", "cn.pipl.art17.p1", "cn.pipl.art7"}),
    ],
)
def test_the_day_of_the_act_picks_the_law(day, breached):
    """The same act before any rule, under the older ones, under the Code, and under the PIPL."""
    found = decided({"issues": ["notice"], "notice_given": False}, here={"acted_on": day})

    assert breached == {r.id for r in found.breached}
    assert (Status.UNLAWFUL if breached else Status.UNDETERMINED) is found.status
    assert breached or "no_rule_in_force" in {f.id for f in found.flags}


def test_the_first_day_counts_and_the_day_before_does_not():
    """In force from the day itself."""
    statuses = [
        decided(
            {"issues": ["sensitive"], "data": ["face"], "notice_given": False},
            here={"acted_on": day},
        ).status
        for day in ("2021-10-31", "2021-11-01")
    ]

    assert [Status.UNDETERMINED, Status.UNLAWFUL] == statuses


def test_changes_of_law_inside_the_span_are_named():
    """Only the year is known: the decision names what changed in it."""
    decision = decide(
        matter(here={"acted_on": "2021-01-01", "acted_on_precision": "year"}), BOOK, as_of=TODAY
    )

    assert {
        "cn.pipl",
        "cn.dsl",
        "cn.spcface",
        "cn.lpm",
        "cn.appscope",
        "cn.crim",
        "cn.adlaw",
        "cn.apl",
        "cn.outs",
    } == {f.under[0] for f in decision.flags}
    month = decide(
        matter(here={"acted_on": "2021-10-01", "acted_on_precision": "month"}), BOOK, as_of=TODAY
    )
    assert () == month.flags
    edge = decide(
        matter(here={"acted_on": "2021-08-01", "acted_on_precision": "month"}), BOOK, as_of=TODAY
    )
    assert () == edge.flags


def test_a_disputed_day_picks_no_law():
    """With the day disputed nothing is decided, and the day is asked for first."""
    found = decided({"notice_given": False}, here={"acted_on_precision": "disputed"})

    assert Status.UNDETERMINED is found.status
    assert "matter.acted_on" == found.missing[0]


def test_issues_limit_what_is_asked():
    """A court decides what is put before it; a compliance check asks everything."""
    assert Status.LAWFUL is decided({"notice_given": False, "issues": ["retention"]}).status
    assert Status.UNLAWFUL is decided({"notice_given": False}).status
    assert () == decide(matter({"issues": []}), BOOK, as_of=TODAY).elements


def test_a_question_without_a_coded_rule_is_never_lawful():
    """What the book cannot answer it does not call lawful."""
    for issue in ("reputation", "other", "deception"):
        found = decided({"issues": ["retention", issue]})
        covered = issue == "deception"
        assert (Status.LAWFUL if covered else Status.UNDETERMINED) is found.status
        assert covered or "not_coded" in {f.id for f in found.flags}


def test_an_area_coded_in_part_is_never_lawful():
    """Export before 22 March 2024 lacks its route, of which the older measures are not coded."""
    found = decided(
        {
            "issues": ["transfer"],
            "abroad": True,
            "notice_items": ["transfer", "recipients", "rights"],
            "consent": "given",
            "consent_form": "separate",
            "transfer_tool": "standard_contract",
        },
        here={"acted_on": "2023-03-01"},
    )

    assert Status.UNDETERMINED is found.status
    assert "not_all_coded" in {f.id for f in found.flags}


def event(**facts):
    return {
        "e1": {
            "party": "p1",
            "uses": ["u1"],
            "kind": "request",
            "reasons_given": True,
            "more_data_demanded": False,
            **facts,
        }
    }


@pytest.mark.parametrize(
    ("use", "facts", "status"),
    [
        ({}, {"right": "access", "answer": "granted"}, Status.LAWFUL),
        ({}, {"right": "access", "answer": "no_answer"}, Status.UNLAWFUL),
        ({}, {"right": "access", "answer": None}, Status.UNDETERMINED),
        (
            {"kept_after_end": True, "retention_duty": False},
            {"right": "deletion", "answer": "refused"},
            Status.UNLAWFUL,
        ),
        ({"retention_duty": False}, {"right": "deletion", "answer": "refused"}, Status.LAWFUL),
        (
            {"notice_given": False, "retention_duty": False},
            {"right": "deletion", "answer": "refused"},
            Status.UNLAWFUL,
        ),
        (
            {"accurate": False},
            {"right": "correction", "answer": "refused", "checked": True},
            Status.UNLAWFUL,
        ),
        (
            {"accurate": True},
            {"right": "correction", "answer": "refused", "checked": True},
            Status.LAWFUL,
        ),
        ({}, {"right": "opt_out", "answer": "granted"}, Status.UNDETERMINED),
    ],
)
def test_requests(use, facts, status):
    """A request is decided on what was asked and what became of the use it is about."""
    found = decide(
        matter({"recorded_area": "workplace", **use}, events=event(asker="self", **facts)),
        BOOK,
        as_of=TODAY,
    ).element("e1")

    assert status is found.status


def test_an_event_about_several_uses_is_broken_if_it_is_for_one():
    """Two uses, one of which must be deleted: the refusal is wrong."""
    stated = {
        "matter": HERE,
        "parties": {"p1": {**COMPANY, **KEPT}},
        "uses": {"u1": CAREFUL, "u2": {**CAREFUL, "kept_after_end": True, "retention_duty": False}},
        "events": {"e1": {**event(right="deletion", answer="refused")["e1"], "uses": ["u1", "u2"]}},
    }

    assert Status.UNLAWFUL is decide(matter_from(stated), BOOK, as_of=TODAY).element("e1").status


@pytest.mark.parametrize(
    ("facts", "breached"),
    [
        (
            {
                "authority_told": True,
                "persons_told": True,
                "aware_at": "2026-03-01",
                "authority_told_at": "2026-03-01",
                "persons_told_at": "2026-03-02",
            },
            False,
        ),
        ({"authority_told": False, "persons_told": True}, True),
        (
            {
                "authority_told": True,
                "persons_told": False,
                "recovered_unread": False,
                "was_encrypted": False,
            },
            True,
        ),
        (
            {
                "authority_told": True,
                "persons_told": False,
                "recovered_unread": True,
                "aware_at": "2026-03-01",
                "authority_told_at": "2026-03-01",
            },
            False,
        ),
        ({"authority_told": False, "persons_told": False, "recovered_unread": True}, True),
    ],
)
def test_a_leak_is_told_to_both(facts, breached):
    """The persons need not be told where harm was averted; the authority always must."""
    known = {"remedied": True, "grade": "general", "persons_affected": 20, "data_taken": False}
    quiet = {"published_or_sold": False, "misuse_known": False, "cause": "outside_attack"}
    incident = {
        "e1": {
            "party": "p1",
            "uses": ["u1"],
            "kind": "incident",
            "risk": judged("unlikely"),
            **known,
            **quiet,
            **facts,
        }
    }
    found = decide(matter(events=incident), BOOK, as_of=TODAY).element("e1")

    assert (Status.UNLAWFUL if breached else Status.LAWFUL) is found.status


def test_an_exemption_is_cited_only_where_it_defeats_something():
    """Secrecy is shown where notice was not given, and not where it was."""
    told = decided({"secrecy_required": True})
    untold = decided({"secrecy_required": True, "notice_given": False, "issues": ["notice"]})

    assert () == told.defeated
    assert [("cn.pipl.art17.p1", ("cn.pipl.art18.p1",))] == [
        (r.id, r.defeated_by) for r in untold.defeated
    ]


def test_the_waiver_of_separate_consent_is_flagged():
    """A waiver that is debated is used and shown, not hidden."""
    found = decided(
        {
            "data": ["financial_account"],
            "issues": ["sensitive"],
            "notice_items": ["necessity_effect"],
        }
    )

    assert Status.LAWFUL is found.status
    assert "separate_consent_likely_waived" in {f.id for f in found.flags}
    given = decided(
        {
            "data": ["financial_account"],
            "issues": ["sensitive"],
            "consent": "given",
            "consent_form": "separate",
        }
    )
    assert "separate_consent_likely_waived" not in {f.id for f in given.flags}


def test_versions_that_differ_are_decided_each():
    """Lawful on the controller's facts, unlawful on the person's: they differ on the notice."""
    found = decided(
        {
            "issues": ["notice"],
            "notice_given": [{"value": True, "by": "p1"}, {"value": False, "by": "subject"}],
            "emergency": False,
            "secrecy_required": False,
        }
    )

    assert Status.UNDETERMINED is found.status
    assert {("p1", Status.LAWFUL), ("subject", Status.UNLAWFUL)} == set(found.voices)
    assert ("uses.u1.notice_given",) == found.differ_on


def test_versions_that_come_to_the_same_settle_it():
    """Where each version is unlawful, it is unlawful."""
    found = decided(
        {
            "issues": ["notice"],
            "notice_clear": False,
            "notice_given": [{"value": True, "by": "p1"}, {"value": False, "by": "subject"}],
        }
    )

    assert Status.UNLAWFUL is found.status
    assert 2 == len(found.voices)


def test_the_dishonest_controller_is_shown():
    """ "Our consent was free", said of a consent without which the loan was refused: no lawful answer."""
    found = decided(
        {
            "consent": "given",
            "consent_form": "clear_act",
            "consent_covers": True,
            "works_without": True,
            "contract_with_subject": False,
            "legal_duty": False,
            "alternative_offered": False,
            "issues": ["ground"],
            "consent_free": judged(True, by="p1", grounds="nobody complained"),
        }
    )

    assert Status.LAWFUL is not found.status
    assert "contradiction" in {f.id for f in found.flags}


def test_the_dishonest_controller_cannot_talk_a_face_template_down():
    """A derived fact stated against the facts behind it counts as unknown."""
    found = decided({"data": ["face"], "sensitive": False, "issues": ["sensitive"]})

    assert Status.UNDETERMINED is found.status
    assert "contradiction" in {f.id for f in found.flags}


def test_a_judgement_beats_a_presumption_and_never_a_fact():
    """What works only with the data is presumed necessary, until a court says otherwise."""
    presumed = decided({"issues": ["ground"]})
    judged_otherwise = decided({"issues": ["ground"], "necessary_for_contract": judged(False)})

    assert Status.LAWFUL is presumed.status
    assert Status.UNLAWFUL is judged_otherwise.status


def test_missing_facts_are_those_that_can_still_change_it():
    """Where a thing is unlawful anyway, nothing is asked; where one fact decides, it is asked."""
    assert () == decided({"notice_given": False, "kept_after_end": None}).missing
    found = decided({"kept_after_end": None, "retention_duty": False, "recorded_area": "workplace"})
    assert ("use.kept_after_end",) == found.missing
    assert Status.UNDETERMINED is found.status


def test_what_cannot_change_the_answer_is_not_asked():
    """A retention duty matters only where something is kept."""
    found = decided({"issues": ["retention"], "retention_duty": None})

    assert (Status.LAWFUL, ()) == (found.status, found.missing)


def test_one_provision_alone():
    """`outcome_of` says what one provision says, with what it lacks."""
    facts = {
        "matter": HERE,
        "party": COMPANY,
        "use": {
            "youngest_age": 13,
            "works_without": True,
            "contract_with_subject": True,
            "legal_duty": False,
            "emergency": False,
            "publicly_available": "not_public",
            "purposes": ["service"],
        },
    }

    assert ("breached", ()) == outcome_of(
        "cn.pipl.art31", {**facts, "use": {**facts["use"], "guardian_consent": False}}, BOOK, TODAY
    )
    assert ("undetermined", ("use.guardian_consent",)) == outcome_of(
        "cn.pipl.art31", facts, BOOK, TODAY
    )
    assert ("holds", ()) == outcome_of("cn.pipl.art28.p1", facts, BOOK, TODAY)
    assert ("undetermined", ("matter.acted_on",)) == outcome_of(
        "cn.pipl.art31", {**facts, "matter": {}}, BOOK, TODAY
    )
    with pytest.raises(BadInput, match=r"art31"):
        outcome_of("cn.pipl.art31a", facts, BOOK, TODAY)


def test_the_decision_is_json_that_says_under_what():
    """Book, hash, days and weakest mark are in every decision."""
    import json

    document = json.loads(json.dumps(decide(matter(), BOOK, as_of=TODAY).to_json()))

    assert ("decision/v1", "cn", BOOK.hash) == (
        document["format"],
        document["book"],
        document["book_sha256"],
    )
    assert ("2026-11-24", "2026-03-01") == (document["as_of"], document["acted_on"])
    assert "coded" == document["weakest_mark"]
    assert {"element", "status", "breached", "missing", "hangs_on", "duties", "because"} <= set(
        document["elements"][0]
    )


def test_status_alone_is_the_same():
    """The short way gives the long way's answer."""
    stated = matter({"notice_given": False}, events=event(right="access", answer="granted"))

    assert {
        "u1": Status.UNLAWFUL,
        "e1": decide(stated, BOOK, as_of=TODAY).element("e1").status,
    } == status_of(stated, BOOK, as_of=TODAY)


def test_a_duty_of_several_parts_is_owed_if_one_is():
    """Giving data to another is owed a notice, though the part on recipients speaks to others."""
    found = decided(
        {
            "operations": ["provide"],
            "recipients": ["third_party"],
            "consent": "given",
            "consent_form": "separate",
            "notice_items": ["recipients"],
            "issues": ["recipients"],
            "contract_with_recipient": True,
        }
    )

    assert {"cn.pipl.art23": "met"} == {
        d.provision: d.state for d in found.duties if d.provision == "cn.pipl.art23"
    }


def test_an_age_is_asked_because_fourteen_is_a_bound():
    """Both sides of the bound are tried, so the age itself is named."""
    found = decided(
        {
            "youngest_age": None,
            "issues": ["minors"],
            "guardian_consent": None,
            "works_without": True,
        }
    )

    assert "use.youngest_age" in found.missing
