"""Questions: only those that can still change the answer, the most decisive first."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.law.ask import answered, questions
from habeas.law.book import load_book
from habeas.law.matter import matter_from
from habeas.law.missing import values_to_try
from habeas.law.reason import status_of
from habeas.law.schema import load_vocabulary
from habeas.law.values import as_json
from habeas.terms import Status


def _beside(name):
    if f"habeas_{name}" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            f"habeas_{name}", Path(__file__).with_name(f"{name}.py")
        )
        sys.modules[f"habeas_{name}"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[f"habeas_{name}"])
    return sys.modules[f"habeas_{name}"]


small, strategies = _beside("test_book"), _beside("strategies")
BOOK = load_book("cn")
FACTS = load_vocabulary().facts
TODAY = date(2026, 11, 24)
MATTER = {"acted_on": "2026-03-01", "place_of_processing": "cn"}


def asked(use, of=None, **more):
    raw = {"matter": MATTER, "uses": {"u1": use}}
    return questions(matter_from(raw), of or small.book(), as_of=TODAY, **more)


def test_what_decides_by_itself_comes_first():
    """Age or minority: either settles it; each says what it can lead to."""
    found = asked({})

    assert found[0].alone
    assert {Status.LAWFUL, Status.UNLAWFUL} <= set(found[0].statuses)
    assert ("uses", "u1") == found[0].place


def test_nothing_is_asked_that_cannot_change_the_answer():
    """Decided is decided; and who could not answer is not asked again."""
    assert () == asked({"minor": True})
    open_ = {(q.fact.id, q.place) for q in asked({})}
    assert () == asked({}, not_known=frozenset(open_))


TWO = small.RULES.replace("when: use.minor", "when: use.minor and use.emergency")


def test_what_is_needed_together_is_asked_all_the_same():
    """One answer alone can only acquit; after it the other one decides."""
    first = asked({}, small.book(TWO))
    second = asked({"minor": True}, small.book(TWO))

    assert {"use.minor", "use.emergency"} <= {q.fact.id for q in first} | {"use.minor"}
    assert [("use.emergency", True)] == [(q.fact.id, q.alone) for q in second]


def test_what_settles_alone_is_asked_before_what_is_needed_together():
    """Though the book speaks of the two first: neither of them settles anything by itself."""
    more = (
        TWO
        + "  - id: xx.act.art2\n    kind: prohibit\n    issues: [minors]\n    on: {use: {when: use.secrecy_required}}\n"
    )
    found = [(q.fact.id, q.alone) for q in asked({}, small.book(more))]

    assert ("use.secrecy_required", True) == found[0]
    assert ("use.emergency", False) in found[1:]


def test_an_answer_stands_where_it_belongs_and_the_matter_is_not_touched():
    """A party is made for a fact about one, and the use is tied to it."""
    raw = {"matter": MATTER, "uses": {"u1": {"identifiability": "identified"}}}
    found = questions(matter_from(raw), BOOK, as_of=TODAY)
    of_party = next(q for q in found if q.fact.level == "party")
    new = answered(raw, of_party, "x")

    assert {"p1": {of_party.fact.name: "x"}} == new["parties"]
    assert "p1" == new["uses"]["u1"]["party"]
    assert "parties" not in raw
    assert "party" not in raw["uses"]["u1"]


@given(strategies.some_of("use", 5), st.sampled_from(sorted(load_vocabulary().domains["issue"])))
@settings(max_examples=10, deadline=None)
def test_a_question_said_to_decide_alone_really_does(facts, issue):
    """Two of its answers lead to two statuses when the matter is decided anew with each."""
    raw = {
        "matter": MATTER,
        "uses": {"u1": {"issues": [issue], **strategies.stated(facts, "use")}},
    }
    try:
        matter = matter_from(raw)
    except Exception:  # noqa: BLE001 - a matter that contradicts itself is not looked at
        return
    for question in questions(matter, BOOK, as_of=TODAY)[:3]:
        if question.alone and question.fact.level == "use":
            assert 1 < len(_outcomes(raw, question))


def _outcomes(raw, question):
    found = set()
    for value in values_to_try(question.fact, None, BOOK):
        said = as_json(value)
        if question.fact.nature == "evaluative":
            said = {"value": said, "by": "x", "grounds": "y"}
        try:
            tried = matter_from(answered(raw, question, said))
        except Exception:  # noqa: BLE001 - the axioms do not admit this one
            continue
        found |= set(status_of(tried, BOOK, as_of=TODAY).values())
    return found
