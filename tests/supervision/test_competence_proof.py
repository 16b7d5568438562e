"""One body leads and never two: proved, counted, and shown by witness when it is broken."""

from __future__ import annotations

import importlib.util
import random
import time
from pathlib import Path

import pytest
import yaml

from habeas.errors import BadInput
from habeas.law.expression import facts_in
from habeas.law.matter import matter_from
from habeas.supervision.competence import route
from habeas.supervision.competence_atlas import gaps, overlaps, page
from habeas.supervision.competence_formula import ALWAYS, KnownFacts, both
from habeas.supervision.competence_logic import BASES, logic_of
from habeas.supervision.competence_map import load_competence
from habeas.supervision.competence_proof import not_exactly_one, prove, witness_against
from habeas.supervision.competence_space import (
    Space,
    axioms_over,
    classes_of,
    facts_of,
    variables_of,
)

z3 = pytest.importorskip("z3", reason="proofs need the extra `prove`")
_spec = importlib.util.spec_from_file_location(
    "competence_maps", Path(__file__).with_name("competence_maps.py")
)
maps = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(maps)
DAY = maps.DAY
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "competence_cn.md"


@pytest.fixture(scope="module")
def proof():
    return prove(load_competence(), as_of=DAY)


def test_one_body_leads_and_never_two_in_every_forum(proof):
    """The solver finds no facts and no filing state with nobody or two; labour was not read."""
    assert {"proved"} == {forum.outcome for forum in proof.forums}
    assert ("labour",) == proof.left_out
    assert proof.proved


def test_the_shares_add_up_and_the_count_agrees_with_the_solver(proof):
    """Statute, procedure and convention settle everything; the count finds no exception either."""
    for forum in proof.forums:
        assert 1 == sum(forum.shares.values())
        assert 1 == sum(forum.shares_governed.values())
        logic = logic_of(load_competence(), forum.forum, as_of=DAY)
        space = Space([a.holds for a in forum.axioms], list(logic.leads.values()))
        assert 0 == space.count(not_exactly_one(logic))


def test_the_count_is_that_of_plain_enumeration():
    """On a small forum every combination is written out and counted by hand."""
    logic = logic_of(load_competence(), "procuratorate", as_of=DAY)
    nodes = list(logic.leads.values())
    space = Space([], nodes)
    want = logic.leads["cn_procuratorate"]
    total = held = 0
    stack = [({}, 1, 0)]
    variables = variables_of(*nodes)
    while stack:
        chosen, weight, at = stack.pop()
        if at == len(variables):
            total += weight
            held += weight if want.value(KnownFacts(facts_of(chosen))) else 0
            continue
        stack += [
            (chosen | {variables[at]: group.example}, weight * group.size, at + 1)
            for group in classes_of(variables[at], nodes)
        ]
    assert (total, held) == (space.count(ALWAYS), space.count(want))


def test_the_shares_agree_with_a_random_sample():
    """Counted shares lie within four standard errors of a plain sample of 3,000 combinations."""
    competence = load_competence()
    logic = logic_of(competence, "authority", as_of=DAY)
    nodes = list(logic.leads.values())
    space = Space([], nodes)
    draw = random.Random(7)
    formulas = [logic.settled_by(basis) for basis in BASES]
    hits = [0] * len(formulas)
    for _ in range(3_000):
        chosen = {
            v: draw.choices([g.example for g in c], [g.size for g in c])[0]
            for v, c in space.classes.items()
        }
        view = KnownFacts(facts_of(chosen))
        for number, node in enumerate(formulas):
            hits[number] += node.value(view) is True
    for number, node in enumerate(formulas):
        share = space.count(node) / space.count(ALWAYS)
        assert abs(hits[number] / 3_000 - share) <= 4 * (share * (1 - share) / 3_000) ** 0.5 + 1e-9


def test_a_removed_authority_leaves_a_matter_with_nobody_and_shows_it():
    """Without the coordinator some matter has no leader: the witness is found in a second."""
    rules, names = maps.documents()
    authority = maps.forum(rules, "authority")
    authority["rules"] = [r for r in authority["rules"] if r["body"] != "cn_cac"]
    broken = maps.changed(rules, names)
    start = time.perf_counter()
    outcome, witness = witness_against(broken, "authority", as_of=DAY)
    took = time.perf_counter() - start
    assert "refuted" == outcome
    found = route(matter_from(witness), as_of=DAY, competence=broken).routes[0]
    assert found.leader is None
    assert route(matter_from(witness), as_of=DAY).routes[0].leader == "cn_cac"
    assert took < 1


def test_an_added_overlapping_authority_makes_two_leaders_and_shows_it():
    """A second body named alone for credit reporting: the witness is found in a second."""
    rules, names = maps.documents()
    maps.forum(rules, "authority")["rules"].append(
        {
            "id": "authority.rival",
            "body": "cn_nfra",
            "force": "sole",
            "when": "'credit_reporting' in use.purposes",
            "provisions": ["cn.bsl.art2"],
        }
    )
    broken = maps.changed(rules, names)
    start = time.perf_counter()
    outcome, witness = witness_against(broken, "authority", as_of=DAY)
    took = time.perf_counter() - start
    assert "refuted" == outcome
    proof = next(f for f in prove(broken, as_of=DAY).forums if f.forum == "authority")
    assert len(proof.witness_leaders) == 2
    assert "cn_nfra" in proof.witness_leaders
    assert matter_from(witness).claims
    assert took < 1


def test_a_competent_newcomer_shows_up_as_an_overlap():
    """A body that may also act breaks nothing, and appears on the map with a witness."""
    rules, names = maps.documents()
    maps.forum(rules, "authority")["rules"].append(
        {
            "id": "authority.newcomer",
            "body": "cn_labour",
            "force": "competent",
            "when": "party.sector == 'property'",
            "provisions": ["cn.dsl.art6"],
        }
    )
    widened = maps.changed(rules, names)
    assert "proved" == witness_against(widened, "authority", as_of=DAY)[0]
    pairs = {each.bodies for each in overlaps(widened, "authority", as_of=DAY)}
    assert any("cn_labour" in pair for pair in pairs)


def test_out_of_time_is_not_proved(monkeypatch):
    """A solver that gives up has shown nothing, and the proof says so."""
    monkeypatch.setattr(z3.Solver, "check", lambda self: z3.unknown)
    found = prove(load_competence(), as_of=DAY)
    assert {"not_proved"} == {forum.outcome for forum in found.forums}
    assert not found.proved


def test_five_hundred_rules_are_proved_or_refuted_in_a_second():
    """Twenty bodies, five hundred rules: one missing priority is found with its witness."""
    rules, names = maps.documents()
    authority = maps.forum(rules, "authority")
    sectors = sorted(s for s in _sectors() if s != "credit_reporting")
    bodies = [b for b in names["authorities"] if b not in ("nobody", "handler_first")]
    for number in range(480):
        sector = sectors[number % len(sectors)]
        authority["rules"].append(
            {
                "id": f"authority.extra{number}",
                "body": bodies[number % len(bodies)],
                "force": "competent",
                "provisions": ["cn.dsl.art6"],
                "when": f"party.sector == '{sector}' and matter.place_of_processing == 'cn'",
            }
        )
    big = maps.changed(rules, names)
    start = time.perf_counter()
    outcome, _ = witness_against(big, "authority", as_of=DAY)
    took = time.perf_counter() - start
    assert "proved" == outcome
    assert took < 3  # about 0.6 s on an idle core; a shared machine is slower


def _sectors():
    from habeas.law.schema import load_vocabulary

    return load_vocabulary().facts["party.sector"].members


def test_every_overlap_is_real_and_its_witness_runs():
    """In each witness both bodies are competent, and one leads by procedure or convention only."""
    for each in overlaps(load_competence(), "authority", as_of=DAY):
        found = route(matter_from(each.witness), as_of=DAY).routes[0]
        standings = {c.body: c.standing for c in found.candidates}
        for body in each.bodies:
            assert standings[body] in ("leads", "may"), each.witness
        assert found.settled_by in (None, "convention")
        assert each.share > 0


def test_every_gap_that_can_be_checked_is_borne_out():
    """No sector regulator is competent for an unlicensed platform; every witness runs."""
    found = {gap.id: gap for gap in gaps(load_competence(), as_of=DAY)}
    assert found["gap.unlicensed_platform"].checked is True
    assert {"cn.comp.gap_platform", "cn.tie.unlicensed_platform"} == set(
        found["gap.unlicensed_platform"].unverified
    )
    for gap in found.values():
        assert route(matter_from(gap.witness), as_of=DAY).routes


def test_a_gap_that_is_not_one_is_not_called_checked():
    """Claim that banks have no sector regulator, and the rules deny it."""
    rules, names = maps.documents()
    row = next(r for r in rules["gaps"] if r["id"] == "gap.unlicensed_platform")
    row["when"] = "matter.place_of_processing == 'cn' and party.sector == 'bank'"
    found = {gap.id: gap for gap in gaps(maps.changed(rules, names), as_of=DAY)}
    assert found["gap.unlicensed_platform"].checked is False


def test_the_published_page_is_what_the_rules_say(proof):
    """docs/reference/competence_cn.md is generated; run this file to write it again."""
    assert PAGE.read_text(encoding="utf-8") == page(load_competence(), proof)


def test_every_snippet_of_the_page_is_a_matter_that_runs():
    """A reader can save any snippet and route it."""
    text = PAGE.read_text(encoding="utf-8")
    snippets = [part.split("```")[0] for part in text.split("```yaml\n")[1:]]
    assert len(snippets) > 20
    for snippet in snippets:
        assert route(matter_from(yaml.safe_load(snippet)), as_of=DAY).routes


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda r: r.update(body="cn_nobody"), "is not an authority"),
        (lambda r: r.update(over=["authority.none"]), "is not a rule of this forum"),
        (lambda r: r.update(provisions=["cn.made.up"]), "is not among the provisions"),
        (lambda r: r.update(when="party.persons_held > 3"), "asks only yes/no"),
        (lambda r: r.update(when="party.sectr == 'bank'"), "there is no fact"),
        (lambda r: r.update(force="maybe"), "is not one of"),
    ],
)
def test_a_map_that_does_not_fit_is_refused_by_name(spoil, says):
    """Wrong body, priority, entry or condition: the row is named before anything is routed."""
    rules, names = maps.documents()
    spoil(maps.forum(rules, "authority")["rules"][3])
    with pytest.raises(BadInput, match=says):
        maps.changed(rules, names)


def test_axioms_are_printed_and_hold_over_deciding_facts_only(proof):
    """What the proof rests on beside the rules is named, with the judgements left open."""
    authority = next(f for f in proof.forums if f.forum == "authority")
    assert {"cx.filed_nowhere", "cx.filed_somewhere", "ax.household_person"} == {
        axiom.id for axiom in authority.axioms
    }
    assert ("use.household",) == authority.free
    logic = logic_of(load_competence(), "authority", as_of=DAY)
    facts = frozenset(f for node in logic.leads.values() for f in facts_in(node))
    for axiom in axioms_over(load_competence(), facts):
        assert facts_in(axiom.holds) <= facts
    assert both(ALWAYS) == ALWAYS


if __name__ == "__main__":
    PAGE.write_text(page(load_competence(), prove(load_competence(), as_of=DAY)), encoding="utf-8")
