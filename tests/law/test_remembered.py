"""What is explained once is shared: nobody can change it, and nothing else can come to have it."""

import copy
import json
import pickle
from datetime import date, timedelta

import pytest

from habeas.law.book import load_book
from habeas.law.decision import Step
from habeas.law.explain import explain, unknown_facts
from habeas.law.expression import AnyOf, leaves
from habeas.law.index import index_of
from habeas.law.matter import matter_from
from habeas.law.reason import decide
from habeas.law.schema import load_vocabulary
from habeas.law.views import FactsView
from habeas.terms import Text

BOOK = load_book("cn")
TODAY = date(2026, 11, 24)


def matter(day="2026-03-01", issues=None, **facts):
    use = {"identifiability": "identified", "data": ["name"], "consent": "given", **facts}
    if issues is not None:
        use["issues"] = issues
    where = {"acted_on": day, "place_of_processing": "cn", "subjects_in": ["cn"]}
    return matter_from({"matter": where, "uses": {"u1": use}})


def test_a_part_that_others_hold_refuses_every_change():
    """Whoever slims one decision's JSON would otherwise slim everybody's."""
    said = decide(matter(), BOOK, as_of=TODAY).to_json()["elements"][0]["undetermined"][0]
    steps = said["because"]["steps"]
    for change in (
        lambda: said.pop("because"),
        lambda: said.update(mark="reviewed"),
        lambda: said.__setitem__("outcome", "not_breached"),
        said["because"].clear,
        lambda: steps.append({}),
        lambda: steps.__delitem__(0),
        steps.reverse,
        lambda: steps.__imul__(0),
    ):
        with pytest.raises(TypeError, match="other decisions hold this part"):
            change()


def test_a_copy_is_plain_and_free():
    """A copy can be changed, says the same, and the original stays as it is."""
    said = decide(matter(), BOOK, as_of=TODAY).to_json()["elements"][0]["undetermined"][0]
    before = json.dumps(said)
    for made in (copy.deepcopy(said), json.loads(before)):
        assert said == made
        assert (dict, list) == (type(made), type(made["because"]["steps"]))
        made["because"]["steps"][0]["truth"] = True
        made["because"]["steps"].clear()
        made["because"]["says"]["en"] = "nothing"
    assert type(copy.copy(said)) is dict
    assert type(copy.copy(said["because"]["steps"])) is list
    assert said == pickle.loads(pickle.dumps(said))
    assert before == json.dumps(said)


UNANSWERED = matter_from(
    {
        "matter": {"acted_on": "2026-11-20", "place_of_processing": "cn", "subjects_in": ["cn"]},
        "events": {
            "e1": {
                "kind": "request",
                "at": "2026-11-20T10:00:00+08:00",
                "answer": "no_answer",
            }
        },
    }
)
DERIVED = [
    fact
    for fact in load_vocabulary().of_level("use").values()
    if fact.type == "bool" and fact.id in BOOK.derivations and fact.nature == "derived"
][:16]
VARIANTS = [
    (matter(), TODAY),
    (matter(), TODAY + timedelta(days=400)),
    (matter(day="2015-03-01"), TODAY),
    (matter(issues=["ground"]), TODAY),
    (matter(consent="refused"), TODAY),
    (matter_from({"uses": {"u1": {"identifiability": "identified"}}}), TODAY),
    (matter(retention_days=1), TODAY),
    (matter(data=["face", "name", "health"], operations=["collect", "provide"]), TODAY),
    (UNANSWERED, TODAY),
    (UNANSWERED, TODAY + timedelta(days=400)),
    (matter(), TODAY),
]


def test_facts_day_law_and_question_are_told_apart_by_what_is_remembered():
    """After many like it, a decision is the one the reference gives, which remembers nothing."""
    together = [decide(one, BOOK, as_of=day).to_json() for one, day in VARIANTS]
    alone = [decide(one, BOOK, as_of=day, by_tree=True).to_json() for one, day in VARIANTS]

    assert alone == together
    assert len({json.dumps(one) for one in together}) == len(VARIANTS) - 1


def test_little_room_forgets_and_says_the_same(monkeypatch):
    """Leaves and elements that no longer fit are worked out again."""
    expected = [decide(one, BOOK, as_of=day).to_json() for one, day in VARIANTS]
    monkeypatch.setattr("habeas.law.memory._MOST_ELEMENTS", 2)
    monkeypatch.setattr("habeas.law.explain._MOST_LEAVES", 3)
    index_of(BOOK).leaves.clear()
    for _ in range(2):
        assert expected == [decide(one, BOOK, as_of=day).to_json() for one, day in VARIANTS]


def test_what_is_read_again_is_the_same_thing():
    """Reading a second matter with the same facts works nothing out anew."""
    first = decide(matter(), BOOK, as_of=TODAY).element("u1")
    second = decide(matter(), BOOK, as_of=TODAY).element("u1")

    assert first.because is second.because
    assert first.undetermined is second.undetermined


def test_a_derived_fact_is_open_only_where_nothing_behind_it_is():
    """What is asked for is what it is worked out from; by itself it is asked for too."""
    said = Text(en="x", zh="某")
    behind = Step(says=said, truth=None, fact="use.operations")
    derived = Step(says=said, truth=None, fact="use.personal_information")
    over = Step(says=said, truth=None, fact="use.personal_information", steps=(behind,))

    assert ["use.operations"] == unknown_facts([over])
    assert ["use.personal_information"] == unknown_facts([derived])


def test_contradictions_are_named_as_the_reference_names_them():
    """Whatever else is worked out by the compiled book, and in the same order."""
    told = 0
    for name in [f.name for f in DERIVED]:
        one = matter(data=["face", "name"], operations=["collect", "provide"], **{name: False})
        quick, slow = (decide(one, BOOK, as_of=TODAY, by_tree=t).to_json() for t in (False, True))
        assert slow == quick
        told += "contradiction" in {flag["id"] for flag in quick["elements"][0]["flags"]}
    assert told >= 2


def test_each_part_of_an_expression_says_its_own_truth():
    """Two parts on one set fact with one value may differ: each is remembered for itself."""
    known = matter(data=["face", "name"]).facts_for(matter(data=["face", "name"]).uses["u1"])
    view = FactsView(known, book=BOOK, level="use", day=date(2026, 3, 1), today=TODAY)
    parts = [
        leaf
        for provision in BOOK.provisions.values()
        for rule in provision.parts("use")
        for node in rule.nodes
        for leaf in leaves(node)
        if isinstance(leaf, AnyOf) and leaf.fact == "use.data"
    ]

    assert {True, False} == {part.value(view) for part in parts}
    assert [p.value(view) for p in parts] == [explain(p, view)[0].truth for p in parts]
