"""Whom a matter is routed to, and what settled it."""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput
from habeas.law.matter import matter_from
from habeas.law.schema import load_vocabulary
from habeas.supervision.competence import route
from habeas.supervision.competence_formula import KnownFacts
from habeas.supervision.competence_logic import contradicts, logic_of
from habeas.supervision.competence_map import load_competence
from habeas.supervision.competence_question import (
    possible_leaders,
    separating_question,
    set_to,
    too_early,
)
from habeas.supervision.competence_space import Variable, classes_of, facts_of, variables_of

_spec = importlib.util.spec_from_file_location(
    "competence_maps", Path(__file__).with_name("competence_maps.py")
)
maps = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(maps)
DAY, a_matter = maps.DAY, maps.a_matter

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
LAW = SHARED / "law"
needs_law = pytest.mark.skipif(not LAW.is_dir(), reason="the shared law sheets are not here")


def routed(**parts):
    routes = route(a_matter(**parts), as_of=DAY).routes
    assert len(routes) == 1
    return routes[0]


def standing(found, body):
    return next(c for c in found.candidates if c.body == body)


def test_credit_reporting_goes_to_the_central_bank_by_statute():
    """A statute that names one regulator leaves no tie, whoever else is competent."""
    found = routed(use={"purposes": ["credit_reporting"]}, party={"sector": "bank"})
    assert ("cn_pboc", "statute") == (found.leader, found.settled_by)
    assert "cn.cri.art4" in found.provisions
    assert "may" == standing(found, "cn_cac").standing


def test_an_app_nobody_has_opened_a_case_on_goes_by_our_convention():
    """Four departments are competent and no law names one: the answer says it is only ours."""
    found = routed(party={"sector": "app"})
    assert ("cn_cac", "convention") == (found.leader, found.settled_by)
    assert {"cn_miit", "cn_mps", "cn_samr"} == {
        c.body for c in found.candidates if c.standing == "may"
    }
    assert ("cn.comp.app4",) == standing(found, "cn_mps").provisions
    assert ("cn.bsl.art2", "cn.comp.nfra") == standing(found, "cn_nfra").provisions
    assert ("cn.pipl.art60", "cn.pipl.art61", "cn.pipl.art65") == found.provisions
    assert {"matter.place_of_processing", "party.kind"} == set(found.because)


@pytest.mark.parametrize("body", ["cn_cac", "cn_miit", "cn_mps", "cn_samr"])
def test_of_several_the_first_to_open_keeps_it(body):
    """Administrative Penalty Law 25: whichever competent body was first keeps the matter."""
    found = routed(
        party={"sector": "app"},
        matter={"filing_state": "one_authority", "first_filed_with": body},
    )
    assert (body, "procedure") == (found.leader, found.settled_by)
    assert "cn.apl.art25.p1" in found.provisions


def test_a_body_that_stands_alone_leads_by_statute():
    """With every other body known not to be competent nothing is left to convention."""
    found = routed(
        use={"security": ["written_rules", "monitoring", "encryption", "graded_protection"]},
        event={"kind": "request"},
    )
    assert ("cn_cac", "statute") == (found.leader, found.settled_by)


def test_an_open_criminal_case_comes_first():
    """A suspected crime leaves the administrative track, even for credit reporting."""
    found = routed(use={"purposes": ["credit_reporting"]}, matter={"filing_state": "criminal_case"})
    assert ("cn_mps", "statute") == (found.leader, found.settled_by)
    assert "not_competent" == standing(found, "cn_cac").standing


def test_a_price_dispute_goes_to_the_market_regulator_and_personal_data_does_not():
    """Consumer law yields where another law has its own penalty; it leads on goods and price."""
    price = routed(claim={"subject_matter": "contract"})
    assert ("cn_samr", "procedure") == (price.leader, price.settled_by)
    data = routed(use={"relationship": "customer"})
    refused = standing(data, "cn_samr")
    assert "not_competent" == refused.standing
    assert "cn.consumerpen.art14" in refused.provisions


def test_household_affairs_are_nobodys_and_a_court_still_hears_them():
    """PIPL 72 takes the authority away, not the civil court."""
    judged = {"value": True, "by": "claimant", "grounds": "a doorbell at home"}
    who = {"kind": "natural_person", "sector": "household"}
    assert "nobody" == routed(party=who, use={"household": judged}).leader
    suit = routed(
        party=who, use={"household": judged}, claim={"forum": "civil_court", "remedies": ["cease"]}
    )
    assert "cn_court" == suit.leader


def test_what_can_be_asked_of_the_handler_is_asked_first():
    """A suit for what a request could get waits for the refusal; one fact turns it."""
    ask = {"forum": "civil_court", "claimant": "subject", "remedies": ["give_access"]}
    assert "handler_first" == routed(claim=ask | {"asked_handler_first": False}).leader
    assert "cn_court" == routed(claim=ask | {"asked_handler_first": True}).leader
    assert (
        "cn_court"
        == routed(
            claim=ask | {"asked_handler_first": False, "remedies": ["give_access", "material"]}
        ).leader
    )
    unknown = routed(claim=ask)
    assert (None, "cn_court") == (unknown.leader, unknown.owner)
    assert "claim.asked_handler_first" == unknown.question.fact


def test_a_request_in_the_file_counts_as_having_asked():
    """A claim that rests on a request event needs no second statement of it."""
    ask = {"forum": "civil_court", "claimant": "subject", "remedies": ["delete"]}
    found = routed(claim=ask, event={"kind": "request", "right": "deletion"})
    assert "cn_court" == found.leader
    assert found.assumed


@pytest.mark.parametrize(
    ("serious", "lowest", "perhaps"),
    [(True, "province", None), (False, "county", None), (None, "county", "province")],
)
def test_the_serious_tier_is_for_the_province(serious, lowest, perhaps):
    """PIPL 66(2) raises the level; an unknown seriousness leaves it open and says so."""
    judged = None if serious is None else {"value": serious, "by": "authority", "grounds": "x"}
    level = routed(matter={"serious": judged}).level
    assert (lowest, perhaps) == (level.lowest, level.perhaps)
    assert (("matter.serious",) if serious is None else ()) == level.hangs_on


@pytest.mark.parametrize(("serious", "code"), [(True, 330000), (False, 330211), (None, 330211)])
def test_the_place_is_that_of_the_level(serious, code):
    """The stated county stands for its province where the province acts."""
    judged = None if serious is None else {"value": serious, "by": "authority", "grounds": "x"}
    place = routed(matter={"serious": judged, "division_code": 330211}).place
    assert code == place.code
    assert "cn.apl.art22" in place.provisions


def test_a_public_interest_suit_goes_to_the_intermediate_court_of_the_city():
    """The court's level follows from who sues; the place is the city's."""
    who = {"forum": "civil_court", "claimant": "consumer_body", "remedies": ["cease"]}
    found = routed(claim=who, matter={"division_code": 330211})
    assert ("cn_court", "city", 330200) == (found.leader, found.level.lowest, found.place.code)
    assert "cn.cplint.art283" in found.level.provisions


@pytest.mark.parametrize(
    ("sector", "provision"), [("app", "cn.cplint.art25"), ("retail", "cn.cpl_civ.art22")]
)
def test_a_wrong_done_online_can_be_sued_for_at_home(sector, provision):
    """The claimant's own domicile is named for a tort by network."""
    suit = {"forum": "civil_court", "claimant": "subject", "remedies": ["material"]}
    found = routed(party={"sector": sector}, claim=suit, matter={"division_code": 330211})
    assert ("cn_court", 330211) == (found.leader, found.place.code)
    assert provision in found.place.provisions


def test_a_disputed_fact_is_not_known():
    """Two parties state different sectors: neither is taken, and the answer stays open."""
    disputed = [{"value": "bank", "by": "claimant"}, {"value": "credit_reporting", "by": "p1"}]
    found = routed(party={"sector": disputed})
    assert None is found.leader
    assert "party.sector" == found.question.fact


@pytest.mark.parametrize("conduct", [{"operations": ["sell"]}, {"source": "bought"}])
def test_sold_data_can_be_reported_to_the_police(conduct):
    """Detention and crime are the police's alone; without such conduct nobody has that power."""
    found = routed(use=conduct, claim={"forum": "criminal_court"})
    assert ("cn_mps", "statute") == (found.leader, found.settled_by)
    plain = routed(
        use={"operations": ["collect"], "source": "subject"},
        claim={"forum": "criminal_court", "remedies": ["cease"]},
        event={"kind": "incident", "cause": "open_door"},
    )
    assert "nobody" == plain.leader


def test_an_act_without_a_link_to_china_is_nobodys():
    """Neither done here, nor to persons here whom the handler aims at."""
    abroad = {"place_of_processing": "de", "subjects_in": ["cn"]}
    assert "nobody" == routed(matter=abroad, party={"targets": ["eu"]}).leader
    assert "cn_cac" == routed(matter=abroad, party={"targets": ["cn"]}).leader


def test_a_county_office_that_claims_a_serious_case_is_not_competent():
    """A dishonest authority: it filed first, but the level is the province's."""
    judged = {"value": True, "by": "claimant", "grounds": "ten million persons"}
    seized = {"filing_state": "one_authority", "first_filed_with": "cn_cac"}
    low = routed(matter=seized | {"serious": judged, "seized_level": "county"}).seized
    assert low.competent is False
    assert "cn.pipl.art66.p2" in low.provisions
    high = routed(matter=seized | {"serious": judged, "seized_level": "province"}).seized
    assert high.competent is True
    open_ = routed(matter=seized | {"seized_level": "county"}).seized
    assert open_.competent is None


@pytest.mark.parametrize(
    ("body", "provision"),
    [("cn_pboc", "cn.cri.art4"), ("cn_nfra", "cn.bsl.art2"), ("cn_samr", "cn.consumerpen.art14")],
)
def test_a_body_that_claims_a_subject_not_its_own_is_not_competent(body, provision):
    """A dishonest authority: being first gives nothing to a body without the subject."""
    found = routed(
        matter={"filing_state": "one_authority", "first_filed_with": body},
        use={"relationship": "customer"},
    )
    assert "cn_cac" == found.leader
    assert found.seized.competent is False
    assert provision in found.seized.provisions


def test_a_body_with_no_rule_of_its_own_is_not_competent():
    """A dishonest authority: a court that takes an administrative complaint is told so."""
    found = routed(matter={"filing_state": "one_authority", "first_filed_with": "cn_court"})
    assert (False, "cn_cac") == (found.seized.competent, found.leader)


@pytest.mark.parametrize(
    ("parts", "body"),
    [
        ({"party": {"sector": "telecom"}}, "cn_miit"),
        ({"party": {"sector": "software"}}, "cn_miit"),
        ({"event": {"kind": "incident"}}, "cn_mps"),
        ({"use": {"security": {"encryption": False}}}, "cn_mps"),
        ({"use": {"data": ["face"]}}, "cn_mps"),
        ({"party": {"sector": "payment"}}, "cn_pboc"),
        ({"party": {"licences": ["payment"]}}, "cn_pboc"),
        ({"party": {"sector": "insurance"}}, "cn_nfra"),
        ({"party": {"licences": ["consumer_finance"]}}, "cn_nfra"),
        ({"party": {"sector": "health"}}, "cn_nhc"),
        ({"party": {"sector": "education"}}, "cn_moe"),
        ({"party": {"kind": "state_organ"}}, "cn_superior"),
    ],
)
def test_each_sector_body_may_act_in_its_own_field(parts, body):
    """Beside the coordinator, which leads by convention only while no case is open."""
    found = routed(**parts)
    assert "may" == standing(found, body).standing
    assert ("cn_cac", "convention") == (found.leader, found.settled_by)
    assert (
        "not_competent"
        == standing(
            routed(
                event={"kind": "request"},
                use={
                    "security": ["written_rules", "monitoring", "encryption", "graded_protection"],
                },
            ),
            body,
        ).standing
    )


def test_a_suit_against_a_state_organ_goes_to_the_court():
    """An administrative suit needs a body that exercises public power."""
    suit = {"forum": "admin_court"}
    assert "cn_court" == routed(party={"kind": "state_organ"}, claim=suit).leader
    assert "cn_court" == routed(party={"kind": "authorised_org"}, claim=suit).leader
    assert "nobody" == routed(party={"role": "controller"}, claim=suit).leader


def test_a_court_without_any_link_to_china_is_not_competent():
    """Seat, place and persons all elsewhere: no Chinese court; one of them is enough."""
    suit = {"forum": "civil_court", "remedies": ["material"]}
    away = {"place_of_processing": "de", "subjects_in": ["eu"]}
    assert "nobody" == routed(matter=away, party={"seat": "de"}, claim=suit).leader
    assert "cn_court" == routed(matter=away, party={"seat": "cn"}, claim=suit).leader


def test_labour_was_not_read_and_is_never_settled():
    """The forum is named and left open: no entry of the sheets covers it."""
    found = routed(claim={"forum": "labour", "subject_matter": "employment"})
    assert (None, "cn_labour", None) == (found.leader, found.owner, found.question)


def test_an_unverified_rule_is_shown_and_decides_nothing():
    """A micro-loan licence shows the local authority, and the answer is the same without it."""
    with_licence = routed(party={"licences": ["micro_loan"]})
    without = routed(party={"licences": []})
    assert standing(with_licence, "cn_localfin").shown_only
    assert without.leader == with_licence.leader
    assert without.settled_by == with_licence.settled_by


def test_rules_are_those_of_the_day():
    """Before the Act was in force the coordinator had no competence under it."""
    logic = logic_of(load_competence(), "authority", as_of=date(2021, 10, 31))
    assert "cn_cac" not in logic.bodies
    assert "cn_cac" in logic_of(load_competence(), "authority", as_of=date(2021, 11, 1)).bodies


def test_a_claim_without_a_forum_is_shown_every_way_its_remedies_allow():
    """Money and a fine are asked: the court and the authority, not the police."""
    found = route(a_matter(claim={"forum": None, "remedies": ["material", "penalty"]}), as_of=DAY)
    assert ["authority", "civil_court"] == [r.forum for r in found.routes]
    nothing = route(a_matter(claim={"forum": None}), as_of=DAY)
    assert list(load_competence().forums) == [r.forum for r in nothing.routes]


def test_two_uses_that_lead_elsewhere_are_two_routes():
    """Each use is worked out by itself; equal answers are one route."""
    matter = matter_from(
        {
            "law": ["cn"],
            "matter": {"place_of_processing": "cn", "filing_state": "not_filed"},
            "parties": {"p1": {"kind": "company", "sector": "bank"}},
            "uses": {
                "u1": {"party": "p1", "purposes": ["service"]},
                "u2": {"party": "p1", "purposes": ["credit_reporting"]},
                "u3": {"party": "p1", "purposes": ["advertising"]},
            },
        }
    )
    asked = [r for r in route(matter, as_of=DAY).routes if r.asked]
    assert [("cn_cac", ("u1", "u3")), ("cn_pboc", ("u2",))] == [
        (r.leader, r.elements) for r in asked
    ]


def test_a_matter_under_another_law_only_is_refused():
    """There is no map for it, and a Chinese answer would be a guess."""
    with pytest.raises(BadInput, match="does not name the law 'cn'"):
        route(matter_from({"law": ["eu"]}), as_of=DAY)


def test_the_receiving_body_keeps_it_until_it_is_known():
    """With facts missing, the body that has the matter is the provisional owner."""
    found = routed(
        party={"sector": None},
        use={"purposes": None},
        matter={"filing_state": "one_authority", "first_filed_with": "cn_miit"},
    )
    assert (None, "cn_miit") == (found.leader, found.owner)


# ---- properties


@st.composite
def assignments(draw, name="authority"):
    """Some deciding facts known, others not, as the axioms allow."""
    logic = logic_of(load_competence(), name, as_of=DAY)
    nodes = [*logic.leads.values(), *logic.competent.values()]
    chosen = {}
    for variable in variables_of(*nodes):
        options = [None, *(c.example for c in classes_of(variable, nodes))]
        value = draw(st.sampled_from(options))
        if value is not None:
            chosen[variable] = value
    return logic, nodes, chosen


@settings(max_examples=60, deadline=None)
@given(assignments(), st.randoms(use_true_random=False))
def test_an_unknown_fact_excludes_nobody_some_value_would_make_competent(drawn, random):
    """Fill in the unknown facts at random: whoever is then competent, or leads, was not excluded."""
    logic, nodes, chosen = drawn
    before = KnownFacts(facts_of(chosen))
    full = dict(chosen)
    for variable in variables_of(*nodes):
        full.setdefault(variable, random.choice(classes_of(variable, nodes)).example)
    after = KnownFacts(facts_of(full))
    for formulas in (logic.competent, logic.leads):
        for body, node in formulas.items():
            if node.value(after) is True:
                assert node.value(before) is not False, body


@settings(max_examples=60, deadline=None)
@given(assignments())
def test_never_two_leaders_and_somebody_is_always_left(drawn):
    """On any facts the axioms admit, known or not, one body at most leads and one at least may."""
    logic, _, chosen = drawn
    facts = facts_of(chosen)
    if contradicts(load_competence(), facts):
        return
    view = KnownFacts(facts)
    leading = [b for b, node in logic.leads.items() if node.value(view) is True]
    assert len(leading) <= 1
    possible = possible_leaders(logic, facts)
    assert possible
    if leading:
        assert leading == list(possible) or not set(leading) - set(possible)


@settings(max_examples=25, deadline=None)
@given(assignments())
def test_a_question_has_answers_that_differ(drawn):
    """What is asked can change something, and its answers are admissible."""
    logic, _, chosen = drawn
    facts = facts_of(chosen)
    competence = load_competence()
    if contradicts(competence, facts):
        return
    question = separating_question(competence, logic, facts)
    if question is None:
        return
    assert question.fact not in facts or question.member is not None
    assert all(set(a.leaves) <= set(possible_leaders(logic, facts)) for a in question.answers)
    assert len(question.answers) >= 2


def test_the_question_is_the_one_that_leaves_fewest():
    """Checked against every other unknown fact, one by one, by brute force."""
    competence = load_competence()
    logic = logic_of(competence, "authority", as_of=DAY)
    facts = {"matter.place_of_processing": "cn", "party.kind": "company", "party.sector": "app"}
    question = separating_question(competence, logic, facts)
    mean = sum(len(a.leaves) for a in question.answers) / len(question.answers)
    vocabulary = load_vocabulary()
    for variable in variables_of(*logic.leads.values()):
        fact = vocabulary.facts[variable.fact]
        if variable.fact in facts or variable.member is not None:
            continue
        if too_early(competence, variable.fact, facts):
            continue
        values = fact.members or {True: None, False: None}
        trials = [facts | {variable.fact: v} for v in values]
        sizes = [len(possible_leaders(logic, t)) for t in trials if not contradicts(competence, t)]
        assert mean <= sum(sizes) / len(sizes) + 1e-9, variable


def test_nobody_is_asked_with_whom_before_whether():
    """The body first filed with is asked for only once it is known that it was filed."""
    unfiled = routed(party={"sector": "app"}, matter={"filing_state": None})
    assert "matter.filing_state" == unfiled.question.fact
    filed = routed(party={"sector": "app"}, matter={"filing_state": "one_authority"})
    assert "matter.first_filed_with" == filed.question.fact
    assert {"cn_cac", "cn_miit", "cn_mps", "cn_samr"} == {
        body for a in filed.question.answers for body in a.leaves
    }


def test_asking_and_answering_ends_in_a_leader():
    """From the least that can be known, each first answer taken, questions come to an end."""
    competence = load_competence()
    logic = logic_of(competence, "authority", as_of=DAY)
    facts: dict = {"matter.place_of_processing": "cn"}
    for _ in range(30):
        question = separating_question(competence, logic, facts)
        if question is None:
            break
        variable = Variable(question.fact, question.member)
        facts = set_to(facts, variable, question.answers[-1].value)
    assert 1 == len(possible_leaders(logic, facts))


# ---- against what we did not write


@needs_law
def test_every_cited_entry_says_what_the_sheets_say():
    """Paraphrase, day and verified mark of each entry are those of the law sheets."""
    sheet = {}
    for name in ("cn.yaml", "cn_sector.yaml"):
        for entry in yaml.load((LAW / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
            sheet[entry["id"]] = entry
    for source in load_competence().sources.values():
        entry = sheet[source.id]
        assert entry["paraphrase"]["en"] == source.says.en
        assert entry["paraphrase"]["zh"] == source.says.zh
        assert entry["verified"] is source.verified
        since = None if source.since is None else source.since.isoformat()
        assert entry.get("effective_from") in (since, None)
        assert "in_force" == entry["status"]


def test_the_bodies_have_the_names_of_the_vocabulary():
    """Words are the vocabulary's; a body outside it is marked and never filed with."""
    domain = load_vocabulary().domains["authority"]
    for authority in load_competence().authorities.values():
        assert (authority.id in domain) is authority.vocabulary
        if authority.vocabulary:
            assert domain[authority.id] == authority.name


# The body expected, whether we name it, and why not where we do not.
AGREEMENT = {
    "cn-pboc-huaxia-2021": ("cn_pboc", "owner"),
    "cn-wuxi-gym-2022": ("cn_procuratorate", "owner"),
    "cn-gz-driving-2022": ("cn_cac", "possible"),
    "cn-du-shop-2022": ("handler_first", "leader"),
}


@needs_law
def test_decided_matters_whose_routing_is_scored():
    """What we say of each; the police case is open by law: several competent, nobody told first."""
    for line in (LAW / "matters_dev.jsonl").read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        if raw["id"] not in AGREEMENT:
            continue
        found = next(r for r in route(matter_from(raw["matter"]), as_of=DAY).routes if r.asked)
        expected = raw["expected"]["routing"]["body"]
        owner, how = AGREEMENT[raw["id"]]
        assert owner == found.owner
        if how == "leader":
            assert expected == found.leader
        elif how == "owner":
            assert expected == found.owner
        else:
            assert "not_competent" != standing(found, expected).standing


@needs_law
def test_every_chinese_court_matter_goes_to_a_court():
    """An internet court is a people's court; which one the sheets do not say, and we don't either."""
    authorities = load_competence().authorities
    seen = 0
    for line in (LAW / "matters_dev.jsonl").read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        expected = (raw["expected"].get("routing") or {}).get("body", "")
        if expected not in ("cn_court", "cn_internet_court"):
            continue
        seen += 1
        expected = authorities[expected].part_of or expected
        for found in route(matter_from(raw["matter"]), as_of=DAY).routes:
            assert expected == found.owner, raw["id"]
    assert 16 == seen
