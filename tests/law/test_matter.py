"""A matter as stated: forms, mistakes, judgements with grounds, parties that differ."""

import pytest

from habeas.errors import BadInput
from habeas.law.matter import load_matter, matter_from

SOUND = {
    "format": "matter/v1",
    "law": ["cn"],
    "matter": {"acted_on": "2026-03-01"},
    "parties": {"p1": {"role": "controller"}},
    "uses": {"u1": {"party": "p1", "consent": "given"}},
    "events": {"e1": {"party": "p1", "uses": ["u1"], "kind": "request"}},
    "claims": {"c1": {"against": ["p1"], "rests_on": ["u1", "e1"]}},
}


def changed(place, value):
    """The sound matter with one thing put differently."""
    import copy

    matter = copy.deepcopy(SOUND)
    *way, last = place.split(".")
    body = matter
    for key in way:
        body = body.setdefault(key, {})
    body[last] = value
    return matter


def test_a_sound_matter_is_read():
    """Every section lands where rules look for it."""
    matter = matter_from(SOUND)

    seen = matter.facts_for(matter.events["e1"], use=matter.uses["u1"])
    assert "given" == seen["use.consent"]
    assert "controller" == seen["party.role"]
    assert "request" == seen["event.kind"]
    assert () == matter.voices


def test_null_and_left_out_are_the_same():
    """Unknown is one thing, however it is written."""
    for value in (None, {"value": None}):
        matter = matter_from(changed("uses.u1.consent", value))
        assert "use.consent" not in matter.facts_for(matter.uses["u1"])


@pytest.mark.parametrize(
    ("place", "value", "where", "remedy"),
    [
        ("uses.u1.consnt", "given", "uses.u1.consnt", "did you mean 'consent'?"),
        ("uses.u1.consent", "gven", "uses.u1.consent", "did you mean 'given'?"),
        ("uses.u1.notice_given", "perhaps", "uses.u1.notice_given", "true or false"),
        ("uses.u1.data", ["face", "feet"], "uses.u1.data", "habeas facts"),
        ("uses.u1.party", "p9", "uses.u1.party", "p1"),
        ("uses.u1.issues", ["grond"], "uses.u1.issues", "did you mean 'ground'?"),
        ("events.e1.uses", ["u7"], "events.e1.uses", "u1"),
        ("claims.c1.rests_on", ["u7"], "claims.c1.rests_on", "u1"),
        ("uses.u1", ["consent"], "uses.u1", None),
        ("use", {}, "use", "did you mean 'uses'?"),
        ("format", "matter/v9", "format", "matter/v1"),
        ("matter.acted_on", "yesterday", "matter.acted_on", "YYYY-MM-DD"),
        ("uses.u1.consent", {"value": "given", "who": "p1"}, "uses.u1.consent.who", "use one of"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_right_word(place, value, where, remedy):
    """One sentence: file, place, what is wrong, what to write."""
    with pytest.raises(BadInput) as caught:
        matter_from(changed(place, value), file="loan.yaml")

    assert ("loan.yaml", where) == (caught.value.file, caught.value.place)
    assert remedy is None or remedy in (caught.value.remedy or "")


def test_lines_are_named_in_files(tmp_path):
    """In a file the line is named too."""
    (tmp_path / "m.yaml").write_text("uses:\n  u1:\n    notice_given: true\n    consent: gven\n")

    with pytest.raises(BadInput) as caught:
        load_matter(tmp_path / "m.yaml")
    assert "line 4, uses.u1.consent" == caught.value.place


def test_json_and_yaml_say_the_same(tmp_path):
    """A matter may be written in either."""
    import json

    (tmp_path / "m.json").write_text(json.dumps(SOUND))
    (tmp_path / "m.yaml").write_text(json.dumps(SOUND))

    assert load_matter(tmp_path / "m.json").uses == load_matter(tmp_path / "m.yaml").uses


@pytest.mark.parametrize(
    "value", [True, {"value": True}, {"value": True, "by": "p1"}, {"value": True, "grounds": "x"}]
)
def test_a_judgement_without_grounds_is_refused(value):
    """The dishonest controller: "our consent was free" is not a fact but a judgement to be argued."""
    with pytest.raises(BadInput, match="legal judgement"):
        matter_from(changed("uses.u1.consent_free", value))


def test_a_judgement_with_grounds_is_read():
    """Who says so and why stays with it."""
    matter = matter_from(
        changed("uses.u1.consent_free", {"value": "true", "by": "p1", "grounds": "a choice"})
    )

    statement = matter.uses["u1"].facts["use.consent_free"][0]
    assert (True, "p1", "a choice") == (statement.value, statement.by, statement.grounds)


@pytest.mark.parametrize(
    ("facts", "axiom"),
    [
        ({"consent": "refused", "consent_valid": True}, "ax.consent_absent"),
        ({"youngest_age": 200}, "ax.age_range"),
        ({"youngest_age": 10, "under_14": False}, "ax.age_under14"),
        ({"identifiability": "anonymous", "personal_information": True}, "ax.not_personal"),
        ({"recipients": ["inside", "public"]}, "ax.inside"),
        ({"abroad": False, "destinations": ["us"]}, "ax.abroad_dest"),
        (
            {
                "works_without": True,
                "necessary_for_contract": {"value": True, "by": "p1", "grounds": "x"},
            },
            "ax.needed",
        ),
    ],
)
def test_a_matter_that_contradicts_itself_is_refused(facts, axiom):
    """The dishonest controller: consent cannot be claimed valid where it was refused."""
    with pytest.raises(BadInput, match=axiom):
        matter_from({"uses": {"u1": facts}})


def test_an_axiom_with_an_unknown_fact_says_nothing():
    """Axioms guard against contradictions, they do not fill gaps."""
    assert matter_from({"uses": {"u1": {"works_without": True}}})
    assert matter_from({"claims": {"c1": {"harm_proven": {"distress": True}}}})


def test_parties_may_differ():
    """Each party's version is kept apart; in common only what nobody disputes is known."""
    matter = matter_from(
        changed(
            "uses.u1.consent",
            [{"value": "given", "by": "p1"}, {"value": "refused", "by": "subject"}],
        )
    )
    use = matter.uses["u1"]

    assert ("p1", "subject") == matter.voices
    assert ("uses.u1.consent",) == matter.differ_on()
    assert "use.consent" not in matter.facts_for(use)
    assert "given" == matter.facts_for(use, voice="p1")["use.consent"]
    assert "refused" == matter.facts_for(use, voice="subject")["use.consent"]


def test_parties_who_say_the_same_do_not_differ():
    """Two statements of one value are one value."""
    matter = matter_from(
        changed(
            "uses.u1.consent", [{"value": "given", "by": "p1"}, {"value": "given", "by": "subject"}]
        )
    )

    assert () == matter.voices
    assert "given" == matter.facts_for(matter.uses["u1"])["use.consent"]
