"""Unknown is not false: nothing learned later ever turns a definite answer into its opposite."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, event, example, given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput
from habeas.law.book import load_book
from habeas.law.matter import StatedView, broken_axiom, matter_from
from habeas.law.reason import decide, status_of
from habeas.law.schema import load_vocabulary
from habeas.law.summary import reads
from habeas.law.values import SetValue, as_json
from habeas.law.views import FactsView
from habeas.terms import Status


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
FACTS = load_vocabulary().facts
BOOK = load_book("cn")
TODAY = date(2026, 11, 24)
READ = sorted(
    id_
    for id_ in frozenset().union(*(reads(p, BOOK) for p in BOOK.provisions))
    if FACTS[id_].type in ("bool", "enum", "set", "int")
    and FACTS[id_].level in ("party", "use")
    and id_ != "use.infringing"
)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_learning_keeps_every_definite_value(data):
    """Kleene's order: an expression that is true or false stays so whatever is learned."""
    node = data.draw(strategies.expressions)
    facts = data.draw(strategies.small_facts)
    before = node.value(StatedView(facts))

    after = node.value(StatedView(data.draw(strategies.more_known(facts))))

    assert before is None or after is before


@given(strategies.expressions)
@settings(max_examples=100, deadline=None)
def test_nothing_known_settles_nothing_that_is_not_logic(node):
    """On no facts at all no expression over facts has an answer."""
    assert node.value(StatedView({})) is None


ISSUES = [
    "ground",
    "principles",
    "sensitive",
    "notice",
    "recipients",
    "security",
    "request",
    "retention",
    "privacy",
    "biometrics",
    "credit_reporting",
    "assessment",
    "transfer",
    "minors",
]
asked = st.one_of(st.none(), st.sets(st.sampled_from(ISSUES), min_size=1, max_size=2).map(sorted))


def use_of(facts, issues=None):
    """A use and its party, from facts by id, as matter/v1 writes them."""
    long = lambda id_, value: (  # noqa: E731
        {"value": as_json(value), "by": "court", "grounds": "found"}
        if FACTS[id_].nature == "evaluative"
        else as_json(value)
    )
    parts = {"party": {}, "use": {}}
    for id_, value in facts.items():
        level, name = id_.split(".", 1)
        parts[level][name] = long(id_, value)
    return {
        "matter": {"acted_on": "2026-03-01", "place_of_processing": "cn", "subjects_in": ["cn"]},
        "parties": {"p1": parts["party"]},
        "uses": {
            "u1": {"party": "p1", "identifiability": "identified", "issues": issues, **parts["use"]}
        },
    }


def seen(facts):
    """What is seen of these facts once what follows from them is worked out."""
    view = FactsView(facts, book=BOOK, level="use", day=date(2026, 3, 1), today=TODAY)
    return {id_: view.fact(id_) for id_ in READ}


def really_unknown(known, full):
    """What of `full` was unknown before: not stated, and not following from what was."""
    worked_out = seen(
        known | {"use.identifiability": "identified", "matter.place_of_processing": "cn"}
    )
    more = dict(known)
    for id_, value in full.items():
        before = worked_out.get(id_)
        if before is None:
            more[id_] = value
        elif isinstance(before, SetValue) and isinstance(value, SetValue):
            more[id_] = SetValue(
                yes=before.yes | (value.yes - before.no), no=before.no | (value.no - before.yes)
            )
    return more


facts_of_a_use = st.fixed_dictionaries(
    {},
    optional={
        id_: strategies.values_of(FACTS[id_]) for id_ in READ if id_ != "use.identifiability"
    },
)


def without_contradictions(facts):
    """The facts, less those that break an axiom with the others."""
    kept = {"use.identifiability": "identified"}
    for id_, value in facts.items():
        if broken_axiom({**kept, id_: value}) is None:
            kept[id_] = value
    return {id_: value for id_, value in kept.items() if id_ != "use.identifiability"}


@given(facts_of_a_use, st.data())
@settings(max_examples=100, deadline=None)
def test_learning_a_fact_never_flips_a_decision(full, data):
    """Lawful never becomes unlawful, nor the other way, by learning what was unknown."""
    full = without_contradictions(full)
    hidden = data.draw(
        st.sets(st.sampled_from(sorted(full)), min_size=1) if full else st.just(set())
    )
    known = {id_: value for id_, value in full.items() if id_ not in hidden}
    more = really_unknown(known, full)
    assume(broken_axiom({**more, "use.identifiability": "identified"}) is None)

    issues = data.draw(asked)
    before = status_of(matter_from(use_of(known, issues)), BOOK, as_of=TODAY)["u1"]
    after = status_of(matter_from(use_of(more, issues)), BOOK, as_of=TODAY)["u1"]
    event(f"{before.value} → {after.value}")

    assert {before, after} != {Status.LAWFUL, Status.UNLAWFUL}


@given(facts_of_a_use)
@settings(max_examples=30, deadline=None)
def test_status_and_explained_decision_agree(facts):
    """The quick answer is the explained one."""
    matter = matter_from(use_of(without_contradictions(facts)))
    decision = decide(matter, BOOK, as_of=TODAY)

    assert status_of(matter, BOOK, as_of=TODAY)["u1"] is decision.element("u1").status
    if decision.status is Status.UNLAWFUL:
        assert decision.element("u1").breached
    if decision.status is Status.UNDETERMINED:
        assert decision.element("u1").missing or decision.element("u1").flags


@given(facts_of_a_use, st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_order_and_names_do_not_matter(facts, random):
    """Facts in another order, and a use by another name, give the same decision."""
    facts = without_contradictions(facts)
    shuffled = list(facts.items())
    random.shuffle(shuffled)
    other = use_of(dict(shuffled))
    other["uses"] = {"x9": {**other["uses"]["u1"], "party": "who"}}
    other["parties"] = {"who": other["parties"]["p1"]}

    first = decide(matter_from(use_of(facts)), BOOK, as_of=TODAY).element("u1")
    second = decide(matter_from(other), BOOK, as_of=TODAY).element("x9")

    assert first.status is second.status
    assert [r.id for r in first.breached] == [r.id for r in second.breached]
    assert first.missing == second.missing


@given(facts_of_a_use, st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_every_missing_fact_can_change_the_answer_or_is_an_open_end(facts, data):
    """What is called missing is unknown, and stating it breaks nothing."""
    facts = without_contradictions(facts)
    decision = decide(matter_from(use_of(facts)), BOOK, as_of=TODAY).element("u1")
    assume(decision.missing)

    id_ = data.draw(st.sampled_from(decision.missing))
    stated = facts.get(id_)

    assert stated is None or isinstance(stated, SetValue) or id_ in _contradicted(facts)


def _contradicted(facts):
    known = {"use.identifiability": "identified", **facts}
    view = FactsView(known, book=BOOK, level="use", day=date(2026, 3, 1), today=TODAY)
    for id_ in READ:
        view.fact(id_)
    return view.contradicted


def test_an_empty_matter_decides_nothing_and_says_what_it_needs():
    """Nothing known: undetermined, with the first things to find out."""
    decision = decide(matter_from({}), BOOK, as_of=TODAY)

    assert Status.UNDETERMINED is decision.status
    assert "matter.acted_on" == decision.missing[0]
    assert {"use.consent", "use.identifiability"} <= set(decision.missing)


@example(facts={})
@given(facts=facts_of_a_use)
@settings(max_examples=10, deadline=None)
def test_without_a_day_the_law_cannot_be_picked(facts):
    """No day of the act, no status; the day is the first fact asked for."""
    matter = use_of(without_contradictions(facts))
    del matter["matter"]["acted_on"]
    found = decide(matter_from(matter), BOOK, as_of=TODAY).element("u1")

    assert Status.UNDETERMINED is found.status
    assert "matter.acted_on" == found.missing[0]


def test_a_status_is_not_a_truth_value():
    """`if decision.status` would read undetermined as yes."""
    with pytest.raises(TypeError):
        bool(decide(matter_from({}), BOOK, as_of=TODAY).status)
    with pytest.raises(BadInput):
        matter_from({"uses": {"u1": {"consent": "none"}}})


def matters_of_the_cases():
    """The facts of every case, as matters of their own, asked about one issue or everything."""
    from habeas.law.cases import case_files, read_cases

    for path in case_files("cn"):
        for case in read_cases(path):
            if "event" in case.facts:
                continue
            provision = BOOK.provisions[case.provision]
            for issues in (None, [provision.issues[0]]):
                yield case, issues


def values_to_try(fact):
    """Every answer a fact may have; for sets each single member, all and none."""
    if fact.type == "bool":
        return [True, False]
    if fact.type == "enum":
        return list(fact.members)
    if fact.type == "int":
        return [0, 13, 14, 17, 18, 1828]
    everything = frozenset(fact.members)
    chosen = [frozenset(), everything, *(frozenset({m}) for m in fact.members)]
    return [SetValue(yes=yes, no=everything - yes) for yes in chosen]


def facts_of(case):
    """A case's facts by id, with a bare judgement counted as found by a court."""
    found = {}
    for level in ("party", "use"):
        for name, raw in (case.facts.get(level) or {}).items():
            fact = FACTS[f"{level}.{name}"]
            if fact.type not in ("bool", "enum", "int", "set"):
                continue
            inner = raw["value"] if isinstance(raw, dict) and "value" in raw else raw
            if inner is not None:
                found[fact.id] = fact.read(inner)
    return found


@pytest.mark.slow
def test_no_case_flips_whatever_is_learned():
    """Every case that is decided keeps its answer for each value of each fact that was unknown."""
    tried = 0
    for case, issues in matters_of_the_cases():
        known = facts_of(case)
        before = status_of(matter_from(use_of(known, issues)), BOOK, as_of=TODAY)["u1"]
        if before is Status.UNDETERMINED:
            continue
        worked_out = seen({"use.identifiability": "identified", **known})
        for id_ in READ:
            if worked_out[id_] is not None and not isinstance(worked_out[id_], SetValue):
                continue
            for value in values_to_try(FACTS[id_]):
                more = really_unknown(known, {**known, id_: value})
                if broken_axiom({"use.identifiability": "identified", **more}) is not None:
                    continue
                after = status_of(matter_from(use_of(more, issues)), BOOK, as_of=TODAY)["u1"]
                tried += 1
                assert {before, after} != {Status.LAWFUL, Status.UNLAWFUL}, (
                    case.name,
                    issues,
                    id_,
                    value,
                )

    assert tried > 10_000
