"""Notices: complete by the law's own list, open where a fact is unknown, and nothing else."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path

import pytest
import yaml

from habeas.law.book import load_book
from habeas.law.documents import content_list
from habeas.rights.activity import activity_from
from habeas.rights.notice import draft_notice, items_named, missing_items, unknown_items
from habeas.rights.reading import parse_yaml

FILE = Path(__file__).resolve().parent.parent / "procedures" / "activity.yaml"
SHARED = Path(__file__).resolve().parents[2].parent / "shared"
DAY = date(2026, 11, 24)


@pytest.fixture
def document():
    return copy.deepcopy(dict(parse_yaml(FILE.read_text(encoding="utf-8"))))


def missing(document, day=DAY):
    found = missing_items(activity_from(document), load_book("cn"), day)
    return {item.item: item for item in found}


def test_a_complete_declaration_lacks_nothing(document):
    """The floor under all tests below."""
    assert {} == missing(document)


ALWAYS = [
    item.id
    for item in content_list("cn", "notice").required
    if item.when is None and item.id != "version_date"
]
FROM_NOTICE = ["methods", "retention", "rights_routes", "account_cancellation", "explain_route"]


@pytest.mark.parametrize("item", [*FROM_NOTICE, "complaint_channel", "withdrawal_route"])
def test_each_item_left_out_is_named_with_its_provisions(document, item):
    """Each item of the list blocks by itself, under the law that demands it."""
    del document["notice"][item]

    found = missing(document)

    listed = next(i for i in content_list("cn", "notice").required if i.id == item)
    assert [item] == list(found)
    assert ("missing", "law", listed.demanded_by) == (
        found[item].state,
        found[item].blocking,
        found[item].citations,
    )


def test_every_item_that_is_always_demanded_is_asked_for(document):
    """An empty notice lacks all that no declaration fills by itself; the list is not shortened."""
    document["notice"] = {}
    document["controller"].pop("contact")

    filled = {"controller_name", "purposes", "categories_list"}
    assert set(ALWAYS) - filled <= set(missing(document))


@pytest.mark.parametrize(
    ("change", "item", "state"),
    [
        (lambda d: d["circumstances"].update(app=True), "sdk_list", "missing"),
        (lambda d: d["circumstances"].pop("app"), "sdk_list", "open"),
        (lambda d: d.pop("circumstances"), "merger_recipient", "open"),
        (
            lambda d: d["controller"]["facts"].update(persons_held=1_000_000),
            "officer_contact",
            "missing",
        ),
        (lambda d: d["controller"]["facts"].pop("persons_held"), "officer_contact", "open"),
        (lambda d: d["controller"]["facts"].update(seat="us"), "representative", "missing"),
        (lambda d: d["uses"]["scoring"]["facts"].update(abroad=True), "export_notice", "missing"),
        (lambda d: d["uses"]["scoring"]["facts"].pop("abroad"), "export_notice", "open"),
        (
            lambda d: d["uses"]["scoring"]["facts"].update(youngest_age=13),
            "under14_rules",
            "missing",
        ),
        (lambda d: d["uses"]["scoring"]["facts"].pop("youngest_age"), "under14_rules", "open"),
        (lambda d: d["uses"]["scoring"]["facts"]["data"].append("face"), "face_items", "missing"),
        (
            lambda d: d["uses"]["scoring"]["facts"].update(automated="sole"),
            "automated_logic",
            "missing",
        ),
        (lambda d: d["recipients"]["vendor"].pop("contact"), "recipients_list", "missing"),
    ],
)
def test_a_condition_calls_for_its_item_and_an_unknown_one_leaves_it_open(
    document, change, item, state
):
    """Unknown is not no: an item whose condition nobody knows is open, and says what would tell."""
    change(document)

    found = missing(document)

    assert state == found[item].state
    assert (state == "open") == bool(found[item].needs)


def test_one_use_that_is_known_to_meet_a_condition_settles_it(document):
    """Kleene's or: a yes outweighs an unknown."""
    document["uses"]["scoring"]["facts"]["abroad"] = True
    document["uses"]["collection"]["facts"].pop("abroad")

    assert "missing" == missing(document)["export_notice"].state


def test_an_item_written_though_its_condition_is_unknown_is_no_gap(document):
    """Telling more than may be needed is complete."""
    document["circumstances"].pop("app")
    document["notice"]["sdk_list"] = {"en": "none", "zh": "无"}

    assert {} == missing(document)


def test_a_provision_not_in_force_on_the_day_is_not_cited(document):
    """As of a day before the law, nothing may be said to be demanded by it."""
    del document["notice"]["retention"]

    found = missing(document, date(2021, 10, 31))

    cited = {str(citation) for item in found.values() for citation in item.citations}
    held = set(load_book("cn").provisions)
    assert not {c for c in cited if c.startswith("cn.pipl")} & held


def test_a_misspelt_item_is_seen(document):
    """A text for an item that the list lacks would never be printed."""
    document["notice"]["retenton"] = {"en": "x", "zh": "x"}

    assert ("retenton",) == unknown_items(activity_from(document))


def test_the_notice_reads_in_both_languages_in_the_order_of_the_list(document):
    """Persons read it; the Chinese text is the one that counts."""
    notice = draft_notice(activity_from(document), load_book("cn"), DAY, version=2)

    order = content_list("cn", "notice").item_ids()
    assert sorted((item.id for item in notice.items), key=order.index) == [
        i.id for i in notice.items
    ]
    zh, en = notice.in_words("zh"), notice.in_words("en")
    assert "示例评分公司 | office@scoring.example | 信用评分" in zh
    assert "第2版，自2026-11-24起生效" in zh
    assert "Version 2, in force from 2026-11-24" in en


def test_named_items_follow_what_was_published():
    """The fact use.notice_items is true only where every item behind it stands in the notice."""
    told = items_named({"controller_name", "controller_contact", "purposes", "methods"})

    assert {"identity": True, "purpose": True, "method_kinds": False} == {
        key: told[key] for key in ("identity", "purpose", "method_kinds")
    }


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared law folder is not here")
@pytest.mark.parametrize(
    ("name", "document_id"),
    [("notice", "privacy_notice.cn"), ("assessment", "impact_assessment.cn")],
)
def test_the_lists_are_the_laws_lists_item_by_item(name, document_id):
    """Our copy says what the source says: no item dropped, none weakened."""
    source = yaml.safe_load((SHARED / "law" / "documents.yaml").read_text(encoding="utf-8"))
    theirs = next(each for each in source["documents"] if each["id"] == document_id)
    ours = yaml.safe_load(
        (
            Path(__file__).resolve().parents[2] / f"src/habeas/laws/cn/documents/{name}.yaml"
        ).read_text(encoding="utf-8")
    )

    assert theirs["required"] == ours["required"]
    assert theirs["optional"] == ours["optional"]
