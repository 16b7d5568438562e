"""Books and decisions as JSON-LD, in the terms of the Data Privacy Vocabulary where it has them.

The context is bundled: nothing is fetched to read a document of ours. DPV 2.3 (a report of a
W3C community group, not a standard) has no terms for Chinese law; what it lacks stands under
`hab:`. Terms of our vocabulary file that were not checked against DPV are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from habeas.law.book import LawBook
from habeas.law.decision import Decision, ElementDecision
from habeas.law.provision import Kind, Provision
from habeas.law.schema import Fact, load_vocabulary
from habeas.law.summary import reads
from habeas.terms import Text

CONTEXT: Mapping[str, Any] = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "risk": "https://w3id.org/dpv/risk#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "hab": "urn:habeas:term:",
    "label": {"@id": "skos:prefLabel", "@container": "@language"},
    "says": {"@id": "dct:description", "@container": "@language"},
    "lawfulness": {"@id": "dpv:hasLawfulness", "@type": "@id"},
    "reads": {"@id": "hab:reads", "@type": "@id", "@container": "@set"},
    "defeats": {"@id": "hab:defeats", "@type": "@id", "@container": "@set"},
    "breaches": {"@id": "hab:breaches", "@type": "@id", "@container": "@set"},
    "undetermined": {"@id": "hab:undetermined", "@type": "@id", "@container": "@set"},
    "missing": {"@id": "hab:missing", "@type": "@id", "@container": "@set"},
    "hangsOn": {"@id": "hab:hangsOn", "@type": "@id", "@container": "@set"},
    "closeMatch": {"@id": "skos:closeMatch", "@type": "@id"},
}
_KINDS: Mapping[Kind, str] = {
    "oblige": "dpv:Obligation",
    "prohibit": "dpv:Prohibition",
    "exempt": "dpv:Permission",
    "ground": "dpv:LegalBasis",
    "scope": "hab:Scope",
    "define": "hab:Definition",
}
_LAWFULNESS = {
    "lawful": "dpv:Lawful",
    "unlawful": "dpv:Unlawful",
    "undetermined": "dpv:LawfulnessUnknown",
}
# Named from memory in the vocabulary file, so not exported as if DPV had them.
UNCHECKED = frozenset(
    {
        "dpv:DataSubProcessor",
        "dpv:Representative",
        "dpv:Child",
        "dpv:ConsentGiven",
        "dpv:ConsentRecord",
        "dpv:OfficialAuthorityOfController",
        "dpv:DataProtectionOfficer",
        "risk:Damage",
    }
)


def book_as_linked_data(book: LawBook) -> dict[str, Any]:
    """A JSON-LD document: the book, its provisions, and the facts they read."""
    facts = sorted({fact for id_ in book.provisions for fact in reads(id_, book)})
    vocabulary = load_vocabulary()
    return {
        "@context": dict(CONTEXT),
        "@id": _book(book),
        "@type": "hab:LawBook",
        "label": _text(book.title),
        "hab:sha256": book.hash,
        "hab:provisions": [_provision(p, book) for p in book.provisions.values()],
        "hab:facts": [_fact(vocabulary.facts[id_]) for id_ in facts],
    }


def decision_as_linked_data(decision: Decision, *, matter: str, as_of: date) -> dict[str, Any]:
    """A JSON-LD document: each use and event with what DPV calls its lawfulness."""
    return {
        "@context": dict(CONTEXT),
        "@id": f"urn:habeas:matter:{matter}",
        "@type": "hab:Decision",
        "hab:book": {"@id": f"urn:habeas:book:{decision.book}"},
        "hab:bookSha256": decision.book_hash,
        "dct:date": as_of.isoformat(),
        "hab:elements": [_element(matter, element) for element in decision.elements],
    }


def _element(matter: str, element: ElementDecision) -> dict[str, Any]:
    said = element.to_json()
    kind = "dpv:Process" if element.level == "use" else "hab:Event"
    node: dict[str, Any] = {
        "@id": f"urn:habeas:matter:{matter}#{element.element}",
        "@type": kind,
        "breaches": [_iri(p["id"]) for p in said["breached"]],
        "undetermined": [_iri(p["id"]) for p in said["undetermined"]],
        "hangsOn": [_fact_iri(fact) for fact in said["hangs_on"]],
        "missing": [_fact_iri(fact) for fact in said["missing"]],
    }
    if said["status"] in _LAWFULNESS:
        node["lawfulness"] = _LAWFULNESS[said["status"]]
    else:
        node["hab:notGoverned"] = True
    return node


def _provision(provision: Provision, book: LawBook) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@id": _iri(provision.id),
        "@type": _KINDS[provision.kind],
        "label": _text(provision.title),
        "says": _text(provision.paraphrase),
        "dct:identifier": provision.id,
        "hab:rank": provision.rank,
        "hab:inForceFrom": provision.from_.isoformat(),
        "hab:mark": provision.marks.weakest,
        "hab:decides": provision.decides,
        "reads": [_fact_iri(fact) for fact in sorted(reads(provision.id, book))],
        "defeats": [_iri(id_) for id_ in provision.defeats],
    }
    if provision.to is not None:
        node["hab:inForceUntil"] = provision.to.isoformat()
    return node


def _fact(fact: Fact) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@id": _fact_iri(fact.id),
        "@type": "hab:Fact",
        "dct:identifier": fact.id,
        "says": _text(fact.question),
        "hab:nature": fact.nature,
    }
    if fact.dpv and not fact.dpv.startswith("hab:") and fact.dpv not in UNCHECKED:
        node["closeMatch"] = fact.dpv
    return node


def _book(book: LawBook) -> str:
    return f"urn:habeas:book:{book.id}"


def _iri(provision: str) -> str:
    return f"urn:habeas:provision:{provision}"


def _fact_iri(fact: str) -> str:
    return f"urn:habeas:fact:{fact}"


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
