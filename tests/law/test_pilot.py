"""A pilot: what it counts is what `decide` says, and no draft can hide what it sets free."""

from __future__ import annotations

import builtins
import importlib.util
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.demo.pilot_cases import draft_file, pilot_cases
from habeas.law.element import ElementCase
from habeas.law.enact import enact as enact_on
from habeas.law.enact import text_of
from habeas.law.matter import matter_from
from habeas.law.patch import draft_from, load_draft
from habeas.law.pilot import NOT_STATED, pilot, result_under
from habeas.law.pilot_change import differences, made_by
from habeas.law.pilot_proof import legalises as asked_within
from habeas.law.reason import decide
from habeas.law.wording import write
from habeas.law.yaml_reading import yaml_document
from habeas.rights.activity import load_activity


def _beside(name):
    """A module beside this file; tests are no package."""
    if f"habeas_{name}" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            f"habeas_{name}", Path(__file__).with_name(f"{name}.py")
        )
        sys.modules[f"habeas_{name}"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[f"habeas_{name}"])
    return sys.modules[f"habeas_{name}"]


strategies = _beside("strategies")
TEXT = text_of("cn")
BOOK = TEXT.book()
TODAY = date(2026, 11, 24)
RANK = {"unlawful": 0, "undetermined": 1, "lawful": 2, "not_governed": 2}
ACTIVITY = load_activity(Path(str(files("habeas.demo.platform") / "activity.yaml")))
CASES = tuple(
    matter_from(case)
    for case in pilot_cases(ACTIVITY, book=BOOK, count=250, seed=7, acted_on=TODAY)
)
DRAFT = load_draft(draft_file())


def enact(changes):
    return enact_on(changes, TEXT)


ENACTED = enact(DRAFT)
DEMO = pilot(CASES, BOOK, ENACTED, as_of=TODAY)


def draft(changes):
    head = "format: draft/v1\nid: t\nbook: cn\ntitle: {en: T, zh: 测}\nstatus: draft\nchanges:\n"
    return draft_from(yaml_document(head + changes, file="d.yaml"))


def added(kind, issue, when, level="use"):
    return enact(
        draft(
            f"  - add:\n      id: cn.pipl.art99\n      kind: {kind}\n"
            "      says: {en: x, zh: 某}\n"
            f"      issues: [{issue}]\n      on:\n        {level}:\n          when: >-\n"
            f"            {when}\n"
        )
    )


def results(book, cases=CASES):
    return [
        result_under(matter, element, book, as_of=TODAY)
        for matter in cases
        for element in (*matter.uses.values(), *matter.events.values())
    ]


BASELINE = results(BOOK)


def legalises(old, new, *, timeout_ms=120_000):
    """With time enough on a busy machine: what is tested is the answer."""
    return asked_within(old, new, as_of=TODAY, timeout_ms=timeout_ms)


IDENTIFYING = ("identified", "identifiable", "pseudonymised", "device_only")
ISSUES = sorted({issue for p in BOOK.provisions.values() for issue in p.issues})


# ---- properties of law


def stricter(when, issue):
    new = results(added("prohibit", issue, write(when)), CASES[:40])

    assert all(RANK[b] <= RANK[a] for a, b in zip(BASELINE, new, strict=False))


def milder(when):
    new = results(added("ground", "ground", write(when)), CASES[:40])

    assert all(RANK[b] >= RANK[a] for a, b in zip(BASELINE, new, strict=False))


@settings(max_examples=4, deadline=None)
@given(strategies.expressions, st.sampled_from(ISSUES))
def test_adding_a_prohibition_never_makes_anything_more_lawful(when, issue):
    """Whatever is forbidden, under whichever question; the slow test adds many."""
    stricter(when, issue)


@settings(max_examples=4, deadline=None)
@given(strategies.expressions)
def test_adding_a_ground_never_makes_anything_less_lawful(when):
    """A ground that defeats nothing only adds to what may be relied on."""
    milder(when)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(strategies.expressions, st.sampled_from(ISSUES))
def test_adding_many_prohibitions_and_grounds_moves_one_way(when, issue):
    """Both directions, ten times as often."""
    stricter(when, issue)
    milder(when)


@pytest.mark.parametrize("kind", ["incident", "request", "exit", "merger"])
def test_a_new_duty_about_events_answers_no_other_question(kind):
    """An event the book had nothing to say of stays open when others are forbidden."""
    new = added("prohibit", "breach_notice", "event.kind == 'incident'", level="event")
    event = matter_from(
        {
            "matter": {
                "acted_on": "2026-03-01",
                "place_of_processing": "cn",
                "subjects_in": ["cn"],
            },
            "parties": {"p1": {"kind": "company", "role": "controller"}},
            "events": {
                "e1": {"party": "p1", **({} if kind in ("exit", "merger") else {"kind": kind})}
            },
        }
    )
    before, after = (results(book, [event])[0] for book in (BOOK, new))

    assert RANK[after] <= RANK[before]


# ---- what is counted


def test_equal_books_give_a_diagonal_matrix():
    """Nothing moves, nothing differs, no duty comes or goes."""
    same = pilot(CASES, BOOK, BOOK, as_of=TODAY)

    assert 0 == same.moved
    assert all(old == new for old, new in same.matrix)
    assert len(CASES) == same.elements == same.matters
    assert () == same.changes == same.duties


def test_every_count_is_what_decide_says():
    """The quick path and the explained one agree on every use under both books."""
    moves = {}
    for matter in CASES:
        for element in matter.uses:
            pair = tuple(
                decide(matter, book, as_of=TODAY).element(element).result
                for book in (BOOK, ENACTED)
            )
            moves[pair] = moves.get(pair, 0) + 1

    assert dict(sorted(moves.items())) == {move: cell.count for move, cell in DEMO.matrix.items()}


def test_a_witness_really_changes_when_replayed():
    """At most three a cell, each with what the draft changed; without that change it stays."""
    named = {case.id: case for case in CASES}
    seen = 0
    for (old, new), cell in DEMO.matrix.items():
        assert len(cell.witnesses) <= 3
        assert bool(cell.witnesses) == (old != new)
        for witness in cell.witnesses:
            matter = named[witness.matter]
            element = matter.uses[witness.element]
            assert old == result_under(matter, element, BOOK, as_of=TODAY)
            assert new == result_under(matter, element, ENACTED, as_of=TODAY)
            assert witness.by
            rest = DRAFT
            for target in witness.by:
                rest = rest.without(target)
            assert new != result_under(matter, element, enact(rest), as_of=TODAY)
            seen += 1
    assert seen >= 3


def test_the_same_cases_give_the_same_pilot():
    """Determinism, to the last witness."""
    again = pilot(CASES, BOOK, enact(DRAFT), as_of=TODAY)

    assert DEMO.to_json() == again.to_json()


def test_groups_add_up():
    """Each use has one sector and one province; the unstated are counted as such."""
    for name in ("sector", "region"):
        groups = DEMO.groups[name]
        assert DEMO.elements == sum(group.total for group in groups)
        assert DEMO.moved == sum(group.moved for group in groups)
    codes = [
        case.facts_for(case.uses[next(iter(case.uses))]).get("matter.division_code")
        for case in CASES
    ]
    by_region = {group.value: group.total for group in DEMO.groups["region"]}
    assert codes.count(None) == by_region[NOT_STATED]
    assert codes.count(330100) + codes.count(330200) == by_region["33"]


def test_duties_added_and_removed():
    """A duty met is counted as owed, and one that is repealed no longer."""
    officer = next(duty for duty in DEMO.duties if duty.provision == "cn.pipl.art52_1")
    facts = [case.facts_for(next(iter(case.uses.values()))) for case in CASES]
    owed = [
        f
        for f in facts
        if f["party.persons_held"] >= 200_000
        and f.get("use.identifiability") in IDENTIFYING
        and "provide" in getattr(f.get("use.operations"), "yes", ())
    ]
    repealed = pilot(CASES, BOOK, enact(draft("  - repeal: cn.pipl.art55\n")), as_of=TODAY)
    gone = next(duty for duty in repealed.duties if duty.provision == "cn.pipl.art55")

    assert (0, len(owed), len(owed), 0) == (
        officer.before,
        officer.after,
        officer.added,
        officer.removed,
    )
    assert len(owed) > 0
    assert (0, 0) == (gone.after, gone.added)
    assert gone.before == gone.removed > 0


def test_what_is_set_free_is_counted_apart():
    """`legalised`: unlawful before, lawful or not governed after."""
    legal = sum(DEMO.count("unlawful", new) for new in ("lawful", "not_governed"))

    assert legal == DEMO.legalised
    assert DEMO.count("lawful", "unlawful") == DEMO.forbidden
    assert DEMO.moved == sum(a != b for a, b in zip(BASELINE, results(ENACTED), strict=True))


def test_progress_is_told():
    """Once a matter."""
    told = []
    pilot(CASES[:3], BOOK, BOOK, as_of=TODAY, progress=told.append)

    assert [1, 2, 3] == told


def test_matters_without_an_id_are_numbered():
    """A witness can be found again."""
    facts = {
        "matter": {"acted_on": "2026-03-01", "place_of_processing": "cn", "subjects_in": ["cn"]},
        "parties": {"p1": {"role": "controller", "kind": "company"}},
        "uses": {
            "u1": {
                "party": "p1",
                "identifiability": "identified",
                "operations": ["provide"],
                "assessment": "late",
                "issues": ["assessment"],
            }
        },
    }
    made = pilot(
        [matter_from(facts)], BOOK, enact(draft("  - repeal: cn.pipl.art55\n")), as_of=TODAY
    )

    assert ["#1"] == [w.matter for cell in made.matrix.values() for w in cell.witnesses]


def test_a_change_behind_another_provision_is_named():
    """A derived fact changes; the provisions that lean on it decide, and the fact is the cause."""
    number = enact(
        draft(
            "  - number: {fact: use.under_14, from: 14, to: 16, places: 2}\n"
            "  - repeal: cn.pipl.art56\n"
        )
    )
    changes = differences(BOOK, number)

    assert ("use.under_14",) == made_by(("cn.pipl.art55",), changes, BOOK, number)
    assert ("cn.pipl.art56",) == made_by(("cn.pipl.art55", "cn.pipl.art56"), changes, BOOK, number)
    assert () == made_by(("cn.pipl.art3.p1",), changes, BOOK, number)


# ---- what differs


def test_differences_of_a_draft():
    """Added, repealed and changed, each with the words of both books."""
    changed = enact(
        draft(
            "  - repeal: cn.pipl.art55\n"
            "  - number: {fact: use.under_14, from: 14, to: 16, places: 2}\n"
        )
    )
    found = {one.id: one for one in differences(BOOK, changed)}

    assert {"cn.pipl.art55", "use.under_14"} == set(found)
    assert ("repealed", "changed") == (found["cn.pipl.art55"].what, found["use.under_14"].what)
    assert ("true when use.youngest_age < 16",) == found["use.under_14"].after[:1]
    assert () == differences(BOOK, BOOK)
    back = {one.id: one.what for one in differences(ENACTED, BOOK)}
    assert "removed" == back["cn.pipl.art52_1"]


def test_an_addition_is_shown_as_it_was_written():
    """What keeps it silent where it is not broken is ours, not the drafter's."""
    one = next(d for d in differences(BOOK, ENACTED) if d.id == "cn.pipl.art52_1")

    assert ("added", ()) == (one.what, one.before)
    assert ("use: met when party.officer_appointed",) == one.after[-1:]
    assert not any("addressed" in line for line in one.after)


# ---- over all facts

z3 = pytest.importorskip("z3", reason="the extra `prove` is not installed")


@pytest.mark.slow
def test_a_prohibition_is_proved_to_set_nothing_free():
    """No facts exist; the axioms assumed are named."""
    proof = legalises(BOOK, added("prohibit", "sale", "'sell' in use.operations"))

    assert ("nothing", None) == (proof.outcome, proof.witness)
    assert proof.axioms
    assert "Proved" in proof.says.en


@pytest.mark.slow
def test_a_repeal_is_found_though_no_case_shows_it():
    """The witness is a matter ready to run, and every fact in it is needed."""
    new = enact(draft("  - repeal: cn.pipl.art24.p2\n    only: {regions: ['33']}\n"))
    assert 0 == pilot(CASES, BOOK, new, as_of=TODAY).legalised
    proof = legalises(BOOK, new)
    matter = matter_from(proof.witness)

    assert "something" == proof.outcome
    assert "unlawful" == result_under(matter, matter.uses["u1"], BOOK, as_of=TODAY)
    assert "lawful" == result_under(matter, matter.uses["u1"], new, as_of=TODAY)
    code = matter.facts_for(matter.uses["u1"])["matter.division_code"]
    assert 330000 <= code < 340000


@pytest.mark.slow
def test_an_exemption_that_begins_later_is_found_all_the_same():
    """Acts still to come are asked about too."""
    later = draft(
        "  - add:\n      id: cn.pipl.art55_1\n      kind: exempt\n      says: {en: x, zh: 某}\n"
        "      issues: [assessment]\n      defeats: [cn.pipl.art55]\n      from: '2028-01-01'\n"
        "      on: {use: {when: party.sector == 'bank'}}\n"
    )
    proof = legalises(BOOK, enact(later))

    assert "something" == proof.outcome
    assert "2028-01-01" <= proof.witness["matter"]["acted_on"]


@pytest.mark.slow
def test_a_loosened_number_is_found_at_its_edge():
    """A deadline for events: between the old number and the new."""
    new = enact(draft("  - number: {provision: cn.pipl.art57.p1, from: 7, to: 30, places: 2}\n"))
    proof = legalises(BOOK, new)
    tighter = enact(draft("  - number: {provision: cn.pipl.art57.p1, from: 7, to: 3, places: 2}\n"))

    assert "something" == proof.outcome
    event = matter_from(proof.witness)
    assert "unlawful" == results(BOOK, [event])[-1]
    assert "lawful" == results(new, [event])[-1]
    assert "nothing" == legalises(BOOK, tighter).outcome


@pytest.mark.slow
def test_no_time_is_not_proved(monkeypatch):
    """A time-out is never an answer."""
    monkeypatch.setattr("habeas.law.pilot_proof._Search._check", lambda self, *more: "unknown")
    proof = legalises(BOOK, ENACTED)

    assert ("not_proved", None) == (proof.outcome, proof.witness)
    assert "Not proved" in proof.says.en


def test_without_the_solver_it_says_so(monkeypatch):
    """The cases are counted; beyond them nothing was asked."""
    real = builtins.__import__

    def missing(name, *rest, **more):
        if name == "z3":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)

    assert "not_asked" == legalises(BOOK, ENACTED).outcome


@pytest.mark.slow
@pytest.mark.parametrize("book", [BOOK, ENACTED], ids=["baseline", "draft"])
def test_the_solver_reads_the_law_as_decide_does(book):
    """On the facts of varied matters each thing that may be broken has the same truth in both."""
    from habeas.law.pilot_formula import Formula
    from habeas.law.pilot_space import Questions, Space

    space = Space(TODAY)
    formula = Formula(book, space, level="use", asks=Questions())
    breaches = [breach for _, breach in formula.breaches()]
    for matter in (*CASES[:2], *_against_what_is_presumed()):
        element = next(iter(matter.uses.values()))
        case = ElementCase(matter, element, book, TODAY)
        pairs = _values(space, matter.facts_for(element))
        pairs.append((Questions().everything, z3.BoolVal(True)))
        said = [
            tuple(z3.is_true(z3.simplify(z3.substitute(side, *pairs))) for side in (p.t, p.f))
            for p in breaches
        ]
        found = sorted(str(f.truth) for f in case.found if f.truth is not False)
        told = sorted(str({(True, False): True, (False, False): None}[s]) for s in said if not s[1])
        assert found == told
        whole = [
            z3.simplify(z3.substitute(t, *pairs)) for t in (formula.unlawful(), formula.lawful())
        ]
        assert [case.unlawful is True, case.unlawful is False] == list(map(z3.is_true, whole))


def _against_what_is_presumed():
    """Somebody judges otherwise than the book presumes; somebody contradicts what follows."""
    made = pilot_cases(ACTIVITY, book=BOOK, count=20, seed=1, acted_on=TODAY)
    case = next(one for one in made if "scoring" in one["uses"])

    def judged(value):
        return {"value": value, "by": "court", "grounds": "tried"}

    for more in (
        {"works_without": False, "necessary": judged(False)},
        {"data": ["face"], "sensitive": judged(False), "consent_form": "clear_act"},
    ):
        facts = {**case["uses"]["scoring"], **more}
        yield matter_from({**case, "uses": {"scoring": facts}})


def _values(space, facts):
    """What the matter states, as replacements for the space's variables."""
    pairs = []
    for id_ in space.used():
        fact, value = space.facts[id_], facts.get(id_)
        if fact.type == "bool":
            pairs += _both(space.pairs[id_], value)
        elif fact.type == "set":
            for member, pair in space.members[id_].items():
                pairs += _both(pair, None if value is None else value.has(member))
        else:
            known, number = space.numbers[id_]
            pairs.append((known, z3.BoolVal(value is not None)))
            pairs.append((number, z3.IntVal(_number(fact, value))))
    return pairs


def _both(pair, value):
    return [(pair.t, z3.BoolVal(value is True)), (pair.f, z3.BoolVal(value is False))]


def _number(fact, value):
    if value is None:
        return 0
    if fact.type == "enum":
        return list(fact.members).index(value)
    if fact.type == "money":
        return value.minor
    return value if fact.type == "int" else value.toordinal()
