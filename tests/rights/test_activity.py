"""Declarations: read as written, every mistake named with its place, and made into a matter."""

from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import pytest
import yaml

from habeas.errors import BadInput
from habeas.rights.activity import activity_from, load_activity
from habeas.rights.reading import parse_yaml

FILE = Path(__file__).resolve().parent.parent / "procedures" / "activity.yaml"


@pytest.fixture
def document():
    return copy.deepcopy(dict(parse_yaml(FILE.read_text(encoding="utf-8"))))


def test_a_declaration_becomes_a_matter_of_one_use(document):
    """The decision is about one use on one day, with the facts of its recipient and no other."""
    matter = activity_from(document).matter(acted_on=date(2026, 11, 24), use="scoring")

    assert ("2026-11-24", {"p1", "vendor"}, {"scoring"}) == (
        matter["matter"]["acted_on"],
        set(matter["parties"]),
        set(matter["uses"]),
    )
    assert ["credit_assessment"] == matter["uses"]["scoring"]["purposes"]
    assert "controller" == matter["parties"]["p1"]["role"]


def test_what_the_records_say_replaces_what_is_declared(document):
    """A controller that writes `assessment: before` into its declaration is not believed."""
    document["uses"]["scoring"]["facts"]["assessment"] = "before"

    matter = activity_from(document).matter(
        use="scoring", on_record={"scoring": {"assessment": "not_done"}}
    )

    assert "not_done" == matter["uses"]["scoring"]["assessment"]


def test_the_digest_names_the_declaration_and_changes_with_it(document):
    """A version is its content: reordering keys is no change, a word is."""
    first = activity_from(document).digest
    same = activity_from(dict(reversed(document.items()))).digest
    document["title"]["en"] += "!"

    assert first == same
    assert first != activity_from(document).digest


def test_a_consents_scope_changes_with_purpose_method_or_kinds_and_nothing_else(document):
    """PIPL 14(2) names these; a new title must not void what people said."""
    scope = activity_from(document).scope_of("scoring")
    document["title"]["en"] = "Another title"
    document["uses"]["scoring"]["facts"]["notice_clear"] = False
    assert scope == activity_from(document).scope_of("scoring")

    document["uses"]["scoring"]["facts"]["data"] = ["income_assets", "health"]
    assert scope != activity_from(document).scope_of("scoring")


@pytest.mark.parametrize(
    ("path", "value", "place", "says"),
    [
        (("tittle",), {}, "tittle", "write 'title'"),
        (("format",), "activity/v2", "format", "'activity/v1' is expected"),
        (("title", "zh"), "", "title.zh", "a text is expected"),
        (("id",), "Loan Servicing", "id", "lower-case"),
        (("subject_column",), "borower_id", "subject_column", "write 'borrower_id'"),
        (("purposes", "scoring"), None, "purposes.scoring", "is not a key here"),
        (("columns", "name"), ["servise"], "columns.name", "write 'service'"),
        (("uses", "scoring", "recipient"), "vendr", "uses.scoring.recipient", "write 'vendor'"),
        (("uses", "scoring", "columns"), [], "uses.scoring.columns", "empty"),
        (("uses", "scoring", "columns"), ["mobile"], "uses.scoring.columns", "not declared for"),
        (("uses", "scoring", "entrusted"), "yes", "uses.scoring.entrusted", "true or false"),
        (("uses", "scoring", "canaries"), -1, "uses.scoring.canaries", "zero or more"),
        (
            ("uses", "scoring", "facts", "consnet_form"),
            "separate",
            "uses.scoring.consnet_form",
            "consent_form",
        ),
        (
            ("uses", "scoring", "facts", "consent_form"),
            "seperate",
            "uses.scoring.consent_form",
            "separate",
        ),
        (("matter", "acted_on"), "2026-01-01", "matter.acted_on", "day a decision is asked for"),
        (("circumstances", "app"), "no", "circumstances.app", "true or false"),
    ],
)
def test_a_mistake_is_named_with_its_place(document, path, value, place, says):
    """Hand-written files go wrong in small ways: the place and the nearest right word help."""
    node = document
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value

    with pytest.raises(BadInput, match=says) as caught:
        activity_from(document)

    assert place in (caught.value.place or "")


def test_a_key_written_twice_is_refused():
    """YAML would silently keep the second."""
    with pytest.raises(BadInput, match="stands here twice") as caught:
        parse_yaml("id: a\ntitle: b\nid: c\n")
    assert "line 3" == caught.value.place


def test_dates_in_a_file_are_text_that_json_holds(document):
    """The declaration is stored and hashed as JSON; a date object would fail there."""
    read = parse_yaml("made_on: 2026-11-24\n")

    assert {"made_on": "2026-11-24"} == read


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: [", b"- just\n- a list\n"])
def test_a_file_that_is_no_declaration_is_one_sentence(tmp_path, content):
    """Never a parser's stack."""
    file = tmp_path / "activity.yaml"
    file.write_bytes(content)

    with pytest.raises(BadInput):
        load_activity(file)


def test_use_for_names_the_nearest_recipient(document):
    """`--to vendr` is a typing mistake, not a reason to guess."""
    activity = activity_from(document)

    assert "scoring" == activity.use_for(recipient="vendor", purpose="credit_assessment").id
    with pytest.raises(BadInput, match="write 'vendor'"):
        activity.use_for(recipient="vendr", purpose="credit_assessment")
    with pytest.raises(BadInput, match="no use of vendor"):
        activity.use_for(recipient="vendor", purpose="advertising")


def test_the_spec_example_is_a_declaration():
    """A format whose own example does not load is not a format."""
    spec = Path(__file__).resolve().parents[2] / "specs" / "activity-v1.md"
    example = spec.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]

    assert "loan-servicing" == activity_from(yaml.safe_load(example)).id


def test_what_was_declared_cannot_be_changed_after_it_was_read(document):
    """A value that changes under a decision would make the decision one about something else."""
    activity = activity_from(document)

    for value, name in ((activity, "id"), (activity.uses["scoring"], "purpose")):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, "other")
