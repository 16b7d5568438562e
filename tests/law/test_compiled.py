"""The compiled book and the tree it is compiled from give the same answers."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput
from habeas.law.axioms import StatedView, broken_axiom, broken_by_parts
from habeas.law.book import load_book
from habeas.law.cases import case_files, read_cases
from habeas.law.compiled import program_of
from habeas.law.index import index_of
from habeas.law.matter import matter_from
from habeas.law.missing import values_to_try
from habeas.law.provision import BREAKABLE
from habeas.law.rails import Rails, function
from habeas.law.reason import decide, outcome_of, status_of
from habeas.law.schema import load_vocabulary
from habeas.law.seen import seen
from habeas.law.values import SetValue
from habeas.law.views import FactsView
from habeas.terms import Status

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "law"
MATTERS = SHARED / "matters_dev.jsonl"
FACTS = load_vocabulary().facts
ISSUES = sorted(load_vocabulary().domains["issue"])
BOOK = load_book("cn")
TODAY = date(2026, 11, 24)
CHANGES = {d for p in BOOK.provisions.values() for d in (p.from_, p.to) if d is not None}
DAYS = sorted({str(d + timedelta(days=n)) for d in CHANGES for n in (-1, 0)})


def _beside(name):
    if f"habeas_{name}" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            f"habeas_{name}", Path(__file__).with_name(f"{name}.py")
        )
        sys.modules[f"habeas_{name}"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[f"habeas_{name}"])
    return sys.modules[f"habeas_{name}"]


strategies = _beside("strategies")


def same(matter, *, book=BOOK):
    """Both ways of deciding a matter, and that they agree on every word."""
    quick = decide(matter, book, as_of=TODAY)
    slow = decide(matter, book, as_of=TODAY, by_tree=True)

    assert json.dumps(slow.to_json()) == json.dumps(quick.to_json())
    assert status_of(matter, book, as_of=TODAY, by_tree=True) == status_of(
        matter, book, as_of=TODAY
    )
    assert {e.element: e.status for e in slow.elements} == status_of(matter, book, as_of=TODAY)
    return quick


stated, some_of, matters = strategies.stated, strategies.some_of, strategies.matters
NAMES = strategies.NAMES


def same_if_sound(raw):
    try:
        matter = matter_from(raw)
    except BadInput:
        assume(False)
    same(matter)


@given(matters())
@settings(max_examples=6, deadline=None)
def test_both_back_ends_decide_random_matters_alike(raw):
    """The reference and the compiled book agree word for word; the slow test tries many."""
    same_if_sound(raw)


@pytest.mark.slow
@given(matters())
@settings(max_examples=100, deadline=None)
def test_both_back_ends_decide_many_random_matters_alike(raw):
    """Word for word, explanation included."""
    same_if_sound(raw)


@pytest.mark.parametrize("file", case_files("cn"), ids=lambda path: path.name)
def test_both_back_ends_agree_on_every_case(file):
    """Outcome and missing facts of every case file, provision by provision."""
    for case in read_cases(file):
        if case.provision in BOOK.provisions:
            quick = outcome_of(case.provision, case.facts, BOOK, TODAY)
            assert quick == outcome_of(case.provision, case.facts, BOOK, TODAY, by_tree=True)


@pytest.mark.skipif(not MATTERS.exists(), reason="the decided matters are not here")
def test_both_back_ends_agree_on_real_matters():
    """Every decided matter we have, whatever the place: word for word."""
    statuses = set()
    for line in MATTERS.read_text(encoding="utf-8").splitlines():
        statuses |= {e.status for e in same(matter_from(json.loads(line)["matter"])).elements}

    assert set(Status) == statuses


@given(strategies.expressions, strategies.small_facts)
@settings(max_examples=100, deadline=None)
def test_rails_are_the_three_values_of_the_tree(node, facts):
    """True where the first rail is, false where the second is, unknown where neither."""
    view = seen(facts, book=BOOK, level="use", day=TODAY, today=TODAY)
    rails = Rails()
    lines = [f"return ({rails.true(node)}), ({rails.false(node)})"]
    true, false = function("f", "v", lines, rails.constants)(view)
    tree = FactsView(facts, book=BOOK, level="use", day=TODAY, today=TODAY)

    assert {True: (True, False), False: (False, True), None: (False, False)}[node.value(tree)] == (
        true,
        false,
    )


def test_no_word_of_a_book_stands_in_the_code():
    """Facts, members and numbers are constants with made-up names: nothing a book says is run."""
    for provision in BOOK.provisions.values():
        for rule in (part for parts in provision.rules.values() for part in parts):
            for node in rule.nodes:
                rails = Rails()
                code = rails.true(node) + rails.false(node)
                words = set(code.replace("(", " ").replace(")", " ").replace("[", " ").split())
                assert "." not in code.replace(".value", "")
                assert not {w for w in words if "'" in w or '"' in w}


@given(st.lists(st.sampled_from(sorted(FACTS)), max_size=8, unique=True), st.data())
@settings(max_examples=100, deadline=None)
def test_axioms_break_alike(ids, data):
    """The compiled axioms name the same first contradiction as the parts do."""
    facts = {
        i: data.draw(strategies.values_of(FACTS[i]))
        for i in ids
        if FACTS[i].type in strategies.PLAIN
    }

    assert broken_by_parts(facts) is broken_axiom(facts)
    assert StatedView(facts).fact("use.minor") == facts.get("use.minor")


@given(some_of("use", 8), st.sampled_from(NAMES["use"]), st.data())
@settings(max_examples=60, deadline=None)
def test_a_trial_sees_what_a_new_view_would(facts, id_, data):
    """Only what hangs on the tried fact is worked out again, and nothing that does is left."""
    assume(facts.get(id_) is None or isinstance(facts[id_], SetValue))
    value = data.draw(strategies.values_of(FACTS[id_]))
    here = {"book": BOOK, "level": "use", "day": date(2026, 3, 1), "today": TODAY}
    base = seen(facts, **here)
    for provision in BOOK.provisions.values():  # everything is worked out before the trial
        base.scope(provision), base.provision(provision.id)
    tried, new = base.tried(id_, value), FactsView({**facts, id_: value}, **here)

    for provision in BOOK.provisions.values():
        assert new.provision(provision.id) is tried.provision(provision.id), provision.id
        assert new.scope(provision) is tried.scope(provision), provision.id
        assert new.owed(provision, None) is tried.owed(provision, None), provision.id


def test_an_altered_book_is_another_book():
    """Somebody who changes a book but keeps its hash does not get the answers of the old one."""
    matter = matter_from(
        {
            "matter": {"acted_on": "2026-03-01", "place_of_processing": "cn"},
            "uses": {"u1": {"issues": ["security"], "security": ["encryption"]}},
        }
    )
    before = status_of(matter, BOOK, as_of=TODAY)["u1"]
    dead = {
        id_: replace(p, to=date(2026, 3, 1)) if "security" in p.issues else p
        for id_, p in BOOK.provisions.items()
    }
    altered = replace(BOOK, provisions=dead)

    assert BOOK.hash == altered.hash
    assert Status.UNLAWFUL is before
    assert Status.UNDETERMINED is status_of(matter, altered, as_of=TODAY)["u1"]
    assert program_of(altered, "use") is not program_of(BOOK, "use")
    same(matter, book=altered)


def use_with(**facts):
    return matter_from(
        {
            "matter": {"acted_on": "2026-03-01", "place_of_processing": "cn"},
            "uses": {"u1": {"identifiability": "identified", **facts}},
        }
    )


def test_what_is_remembered_is_forgotten_without_a_trace(monkeypatch):
    """With room for almost nothing, answers are the same as with room for all."""
    monkeypatch.setattr("habeas.law.memory._MOST", 3)
    monkeypatch.setattr("habeas.law.memory._MOST_WORDS", 4)
    for data in (["name"], ["face"], ["name"]):
        for given_ in ("given", "refused", "given"):
            same(use_with(data=data, consent=given_))


def test_the_same_instant_with_another_offset_is_told_as_it_was_stated():
    """Ten in Shanghai and two in Greenwich are one instant, but one may be another day."""
    for told in ("2026-03-02T01:00:00+08:00", "2026-03-01T17:00:00+00:00"):
        event = {"kind": "incident", "aware_at": told, "authority_told": True}
        same(
            matter_from(
                {
                    "matter": {"acted_on": "2026-03-01", "place_of_processing": "cn"},
                    "events": {"e1": event},
                }
            )
        )


def test_a_party_that_states_two_things_gains_nothing():
    """Who says both is not heard twice: the fact counts as unknown in either back-end."""
    both = [{"value": v, "by": "controller", "grounds": "said"} for v in ("given", "refused")]
    found = same(use_with(consent=both)).element("u1")
    unknown = same(use_with()).element("u1")

    assert Status.UNDETERMINED is found.status
    assert unknown.missing == found.missing


def test_nothing_but_the_tried_fact_is_seen_otherwise():
    """A trial leaves the view it was made from as it was."""
    here = {"book": BOOK, "level": "use", "day": date(2026, 3, 1), "today": TODAY}
    base = seen({"use.consent": "given"}, **here)
    before = {p: base.provision(p) for p in BOOK.provisions}
    tried = base.tried("use.youngest_age", 13)

    assert (True, None) == (tried.fact("use.minor"), base.fact("use.minor"))
    assert before == {p: base.provision(p) for p in BOOK.provisions}
    assert tried.fact("use.consent") == "given"


@pytest.mark.parametrize("day", DAYS)
def test_the_days_on_which_law_changes_are_counted_alike(day):
    """On the last day of a provision and on the first day without it, in both back-ends."""
    matter = {
        "matter": {"acted_on": day, "place_of_processing": "cn"},
        "parties": {"p1": {"role": "controller", "kind": "company"}},
        "uses": {"u1": {"party": "p1", "consent": "refused", "security": [], "data": ["face"]}},
        "events": {"e1": {"party": "p1", "kind": "incident", "authority_told": False}},
    }
    both = [status_of(matter_from(matter), BOOK, as_of=TODAY, by_tree=tree) for tree in (0, 1)]

    assert both[1] == both[0]


def test_a_choice_is_tried_with_what_the_book_names_and_something_else():
    """What a book does not name is worth the same, so one such member stands for them all."""
    named = index_of(BOOK).named
    for fact in FACTS.values():
        if fact.type == "enum" and fact.id in named:
            tried = list(values_to_try(fact, None, BOOK))
            others = [m for m in fact.members if m not in named[fact.id].members]

            assert len(tried) == len(set(tried))
            assert set(tried) == (set(fact.members) - set(others)) | set(others[:1])


@pytest.mark.parametrize("issue", ISSUES)
def test_one_question_at_a_time_is_answered_alike(issue):
    """Each question put alone, on each day the law changes, with little known and with more."""
    known = [
        {},
        {"consent": "refused", "basis_claimed": ["consent"], "purposes": ["sale"]},
        {"consent": "not_asked", "service_refused_without": False, "legal_duty": False},
    ]
    for day in (*DAYS, "2026-03-01"):
        for facts in known:
            use = {"identifiability": "identified", "issues": [issue], **facts}
            raw = {"matter": {"acted_on": day, "place_of_processing": "cn"}, "uses": {"u1": use}}
            matter = matter_from(raw)
            both = [status_of(matter, BOOK, as_of=TODAY, by_tree=tree) for tree in (False, True)]

            assert both[1] == both[0]


def test_a_ground_that_may_hold_leaves_the_question_open():
    """Nothing is broken and nothing else is open: then it hangs on the ground alone."""
    grounds = {id_: p for id_, p in BOOK.provisions.items() if p.kind not in BREAKABLE}
    book = replace(BOOK, provisions=grounds)
    for issues in (["ground"], None):
        found = same(use_with(issues=issues), book=book).element("u1")

        assert Status.UNDETERMINED is found.status
        assert "cn.pipl.art13" == found.undetermined[0].id
