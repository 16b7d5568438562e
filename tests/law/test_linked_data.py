"""What we export is JSON-LD that a library we did not write reads, with no term made up for DPV."""

from __future__ import annotations

import json
from datetime import date

import pytest

from habeas.law.book import load_book
from habeas.law.linked_data import UNCHECKED, book_as_linked_data, decision_as_linked_data
from habeas.law.matter import matter_from
from habeas.law.reason import decide

rdflib = pytest.importorskip("rdflib", reason="rdflib reads the export")
DPV = "https://w3id.org/dpv#"
DAY = date(2026, 11, 25)
MATTER = {
    "format": "matter/v1",
    "id": "m1",
    "law": ["cn"],
    "matter": {"acted_on": "2026-03-05", "acted_on_precision": "day", "place_of_processing": "cn"},
    "parties": {"p1": {"role": "controller", "kind": "company", "sector": "loan_platform"}},
    "uses": {
        "u1": {
            "party": "p1",
            "issues": ["ground"],
            "data": ["location_track"],
            "identifiability": "identified",
            "operations": ["collect"],
            "purposes": ["analytics"],
            "basis_claimed": ["consent"],
            "consent": "refused",
            "works_without": True,
            "service_refused_without": True,
            "contract_with_subject": True,
            "alternative_offered": False,
            "legal_duty": False,
        }
    },
}


def _graph(document):
    return rdflib.Graph().parse(data=json.dumps(document), format="json-ld")


def test_a_decision_says_its_lawfulness_in_dpv():
    """DPV has exactly our three values."""
    decided = decide(matter_from(MATTER), load_book("cn"), as_of=DAY)
    graph = _graph(decision_as_linked_data(decided, matter="m1", as_of=DAY))
    use = rdflib.URIRef("urn:habeas:matter:m1#u1")

    assert [rdflib.URIRef(DPV + "Unlawful")] == list(
        graph.objects(use, rdflib.URIRef(DPV + "hasLawfulness"))
    )
    assert rdflib.URIRef("urn:habeas:provision:cn.pipl.art13") in set(
        graph.objects(use, rdflib.URIRef("urn:habeas:term:breaches"))
    )


def test_every_provision_of_the_book_is_read_with_both_languages():
    """Labels carry their language tags through a reader."""
    book = load_book("cn")
    graph = _graph(book_as_linked_data(book))
    label = rdflib.URIRef("http://www.w3.org/2004/02/skos/core#prefLabel")

    for id_ in book.provisions:
        labels = graph.objects(rdflib.URIRef(f"urn:habeas:provision:{id_}"), label)
        assert {"en", "zh"} == {text.language for text in labels}, id_


def test_no_term_is_exported_that_was_not_checked():
    """A term from memory would look like DPV's own."""
    text = json.dumps(book_as_linked_data(load_book("cn")))

    assert set() == {term for term in UNCHECKED if f'"{term}"' in text}
