"""What is explained once is shared: nobody can change it, and nothing else can come to have it."""

import copy
import json
import pickle
from datetime import date, timedelta

import pytest

from habeas.law.book import load_book
from habeas.law.index import index_of
from habeas.law.matter import matter_from
from habeas.law.reason import decide

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
        made["because"]["steps"].clear()
        made["because"]["says"]["en"] = "nothing"
    assert type(copy.copy(said)) is dict
    assert type(copy.copy(said["because"]["steps"])) is list
    assert said == pickle.loads(pickle.dumps(said))
    assert before == json.dumps(said)


VARIANTS = [
    (matter(), TODAY),
    (matter(), TODAY + timedelta(days=400)),
    (matter(day="2015-03-01"), TODAY),
    (matter(issues=["ground"]), TODAY),
    (matter(consent="refused"), TODAY),
    (matter_from({"uses": {"u1": {"identifiability": "identified"}}}), TODAY),
    (matter(retention_days=1), TODAY),
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
