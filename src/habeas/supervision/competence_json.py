"""Routes and proofs as JSON: `route/v1` and `competence-proof/v1`, stable for `--json`."""

from __future__ import annotations

from typing import Any

from habeas.supervision.competence import Candidate, Route, Routing
from habeas.supervision.competence_level import Level, Place, Seized
from habeas.supervision.competence_logic import BASES
from habeas.supervision.competence_proof import ForumProof, Proof
from habeas.supervision.competence_question import Question
from habeas.terms import Text


def routing_json(routing: Routing) -> dict[str, Any]:
    """A routing as one JSON document."""
    return {
        "format": "route/v1",
        "law": routing.jurisdiction,
        "map_hash": routing.map_hash,
        "as_of": routing.as_of.isoformat(),
        "settled": routing.settled,
        "routes": [_route(route) for route in routing.routes],
    }


def _route(route: Route) -> dict[str, Any]:
    return {
        "forum": route.forum,
        "forum_name": _text(route.label),
        "claim": route.claim,
        "elements": list(route.elements),
        "asked": route.asked,
        "settled": route.settled,
        "leader": route.leader,
        "owner": route.owner,
        "provisional": not route.settled,
        "settled_by": route.settled_by,
        "why": None if route.why is None else _text(route.why),
        "provisions": list(route.provisions),
        "because": list(route.because),
        "level": None if route.level is None else _level(route.level),
        "place": None if route.place is None else _place(route.place),
        "seized": None if route.seized is None else _seized(route.seized),
        "candidates": [_candidate(candidate) for candidate in route.candidates],
        "question": None if route.question is None else _question(route.question),
        "assumed": [_text(text) for text in route.assumed],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "body": candidate.body,
        "name": _text(candidate.name),
        "standing": candidate.standing,
        "provisions": list(candidate.provisions),
        "hangs_on": list(candidate.hangs_on),
        "shown_only": candidate.shown_only,
    }


def _level(level: Level) -> dict[str, Any]:
    return {
        "lowest": level.lowest,
        "provisions": list(level.provisions),
        "perhaps": level.perhaps,
        "perhaps_under": list(level.perhaps_under),
        "hangs_on": list(level.hangs_on),
    }


def _place(place: Place) -> dict[str, Any]:
    return {"says": _text(place.says), "code": place.code, "provisions": list(place.provisions)}


def _seized(seized: Seized) -> dict[str, Any]:
    return {
        "body": seized.body,
        "level": seized.level,
        "competent": seized.competent,
        "says": _text(seized.says),
        "provisions": list(seized.provisions),
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "fact": question.fact,
        "member": question.member,
        "asks": _text(question.asks),
        "judgement": question.evaluative,
        "answers": [
            {"value": a.value, "says": _text(a.says), "leaves": list(a.leaves)}
            for a in question.answers
        ],
    }


def proof_json(proof: Proof) -> dict[str, Any]:
    """A proof as one JSON document; shares are decimal fractions."""
    return {
        "format": "competence-proof/v1",
        "as_of": proof.as_of.isoformat(),
        "map_hash": proof.map_hash,
        "proved": proof.proved,
        "forums": [_forum(forum) for forum in proof.forums],
        "left_out": list(proof.left_out),
    }


def _forum(forum: ForumProof) -> dict[str, Any]:
    return {
        "forum": forum.forum,
        "outcome": forum.outcome,
        "combinations": forum.combinations,
        "shares": {basis: float(forum.shares[basis]) for basis in BASES},
        "shares_governed": {basis: float(forum.shares_governed[basis]) for basis in BASES},
        "axioms": [{"id": a.id, "meaning": _text(a.meaning)} for a in forum.axioms],
        "uninterpreted": list(forum.free),
        "witness": forum.witness,
        "witness_leaders": list(forum.witness_leaders),
    }


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
