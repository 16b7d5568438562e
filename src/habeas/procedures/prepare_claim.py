"""From a matter to its papers: what may be awarded, what it costs, where to go, and the words.

Pure: no home, no clock. Nothing is invented for an item that nobody filled: it is missing by
name, with the provision that asks for it, or with the word practice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from habeas.errors import BadInput, NotVerified
from habeas.law.amounts import Range, Track, court_fee, small_claims_track
from habeas.law.book import LawBook
from habeas.law.decision import Decision, ElementDecision
from habeas.law.documents import MissingItem, content_list
from habeas.law.matter import Element, Matter
from habeas.law.reason import decide
from habeas.law.schema import load_vocabulary
from habeas.law.values import SetValue
from habeas.papers.moments import day
from habeas.papers.paper import Paper, missing_items
from habeas.procedures.claim_text import (
    Line,
    addressee_lines,
    cost_line,
    damage_lines,
    evidence_lines,
    in_language,
    reason_lines,
    track_line,
    venue_lines,
)
from habeas.procedures.claim_words import PAPERS, ClaimWords
from habeas.procedures.phrases import phrase
from habeas.relief.compensation import Estimate, Harm, estimate
from habeas.supervision.competence import Route, route
from habeas.terms import Language, Money, Status, Text

MONEY = frozenset({"material", "non_material", "statutory", "punitive", "costs"})
# Of the remedies of the vocabulary those that cn.cc.art995 names.
_UNLIMITED = frozenset({"cease", "apology", "correct"})
# Three years, in days that are three years whatever leap day lies between.
_SURELY_IN_TIME = 3 * 365


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedList:
    """What a sealed folder of evidence says of itself: its pieces, and the bundle's digest."""

    pieces: tuple[str, ...]
    bundle_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedClaim:
    """Everything that goes into the papers, and what it rests on.

    fee, fee_simplified: None while the sum claimed is not known. track: None while it hangs on
    what is unknown. complaint_to: the route to an authority; court: the route to a court.
    """

    decision: Decision
    estimate: Estimate
    fee: Range | None
    fee_simplified: Range | None
    track: Track | None
    complaint_to: Route
    court: Route | None
    values: Mapping[str, Mapping[str, tuple[Line, ...]]]
    conditions: Mapping[str, Mapping[str, bool | None]]

    def paper(self, name: str, language: Language) -> Paper:
        values = {
            item: tuple(in_language(line, language) for line in lines)
            for item, lines in self.values[name].items()
            if lines
        }
        return Paper(
            contents=content_list("cn", name), values=values, conditions=self.conditions[name]
        )

    def missing(self, name: str) -> tuple[MissingItem, ...]:
        return missing_items(self.paper(name, "en"))


def prepare_claim(
    matter: Matter,
    words: ClaimWords,
    *,
    book: LawBook,
    as_of: date,
    evidence: SealedList | None = None,
    leak: Mapping[str, Any] | None = None,
) -> PreparedClaim:
    """Prepare both papers of one claim. leak: an attribution/v1 document, for the causation."""
    claim = _the_claim(matter, words.claim)
    found = _Parts(matter, claim, words, book=book, as_of=as_of)
    return PreparedClaim(
        decision=found.decision,
        estimate=found.estimate,
        fee=found.fee(simplified=False),
        fee_simplified=found.fee(simplified=True),
        track=found.track,
        complaint_to=found.complaint_to,
        court=found.court,
        values={
            "complaint": {**_complaint(found, evidence), **words.typed("complaint")},
            "statement_of_claim": {
                **_statement(found, evidence, leak),
                **words.typed("statement_of_claim"),
            },
        },
        conditions={paper: found.conditions(paper) for paper in PAPERS},
    )


def check_decision(document: Mapping[str, Any], decision: Decision) -> None:
    """Compare a decision somebody handed over with the one this matter gives.

    Raises NotVerified if they differ: a statement of claim rests on what the law says of the
    facts in it, not on what a file says the law says.
    """
    said = {e["element"]: e["status"] for e in document.get("elements", ())}
    found = {e.element: e.result for e in decision.elements}
    if document.get("book_sha256") != decision.book_hash:
        raise NotVerified(
            "the decision was made under another version of the law book",
            remedy="decide the matter again",
        )
    if said != found:
        differ = sorted(k for k in {*said, *found} if said.get(k) != found.get(k))
        raise NotVerified(
            f"the decision is not the one this matter gives: {', '.join(differ)} differ",
            remedy="decide the matter again",
        )


def _the_claim(matter: Matter, name: str | None) -> Element:
    if not matter.claims:
        raise BadInput(
            "the matter has no claim", file=matter.file, remedy="describe one under claims:"
        )
    if name is None and len(matter.claims) > 1:
        raise BadInput(
            "the matter has several claims", remedy=f"name one: {', '.join(matter.claims)}"
        )
    chosen = name or next(iter(matter.claims))
    if chosen not in matter.claims:
        raise BadInput(
            f"there is no claim {chosen!r}", remedy=f"its claims: {', '.join(matter.claims)}"
        )
    return matter.claims[chosen]


class _Parts:
    """What both papers draw on, computed once."""

    def __init__(
        self, matter: Matter, claim: Element, words: ClaimWords, *, book: LawBook, as_of: date
    ) -> None:
        self.matter, self.claim, self.words, self.as_of = matter, claim, words, as_of
        self.decision = decide(matter, book, as_of=as_of)
        self.remedies = self._set("claim.remedies")
        self.estimate = estimate(self._harm())
        self.amount = self._money("claim.amount")
        self.track = self._track()
        complaint = route(replace(matter, claims={}), as_of=as_of).routes
        self.complaint_to = next(r for r in complaint if r.forum == "authority")
        only = replace(matter, claims={claim.id: claim})
        routes = route(only, as_of=as_of).routes
        self.court = next((r for r in routes if r.forum == "civil_court"), None)

    def fact(self, name: str) -> Any:
        """One value all agree on; None if unknown or disputed."""
        values = {repr(s.value): s.value for s in self.claim.facts.get(name, ())}
        return next(iter(values.values())) if len(values) == 1 else None

    def _set(self, name: str) -> frozenset[str] | None:
        value = self.fact(name)
        return frozenset(map(str, value.yes)) if isinstance(value, SetValue) else None

    def _money(self, name: str) -> Money | None:
        value = self.fact(name)
        return value if isinstance(value, Money) else None

    def fee(self, *, simplified: bool) -> Range | None:
        return None if self.amount is None else court_fee(self.amount, simplified=simplified)

    def _harm(self) -> Harm:
        distress = self.fact("claim.serious_distress")
        return Harm(
            loss=self._money("claim.loss"),
            gain=self.words.gain,
            costs=self._money("claim.costs"),
            serious_distress=distress if isinstance(distress, bool) else None,
            over_network=self.words.over_network,
        )

    @property
    def only_money(self) -> bool | None:
        return None if self.remedies is None else self.remedies <= MONEY

    def _track(self) -> Track | None:
        wage = self.words.average_wage
        if self.only_money is False:
            return "no"
        if self.amount is None or wage is None or self.only_money is None:
            return None
        return small_claims_track(self.amount, average_wage=wage, only_money=True)

    @property
    def elements(self) -> tuple[ElementDecision, ...]:
        """The decisions the claim rests on."""
        on = self.claim.rests_on
        return tuple(e for e in self.decision.elements if not on or e.element in on)

    def conditions(self, paper: str) -> dict[str, bool | None]:
        stated = dict(self.words.conditions.get(paper, {}))
        if paper == "statement_of_claim":
            money = None if self.remedies is None else bool(self.remedies & MONEY)
            return {"money": money, "right_claim": self._refused_request(), **stated}
        return stated

    def _refused_request(self) -> bool | None:
        """Whether the claim rests on a request the handler refused; None while that is open."""
        on = self.claim.rests_on
        events = [e for e in self.matter.events.values() if not on or e.id in on]
        requests = [e for e in events if _said(e, "event.kind") == "request"]
        answers = {_said(e, "event.answer") for e in requests}
        if "refused" in answers:
            return True
        return None if None in answers else False


def _said(element: Element, name: str) -> Any:
    statements = element.facts.get(name, ())
    return statements[0].value if len(statements) == 1 else None


def _complaint(found: _Parts, evidence: SealedList | None) -> dict[str, tuple[Line, ...]]:
    filed = _matter_fact(found.matter, "matter.filing_state")
    nowhere: tuple[Line, ...] = (_NOWHERE,) if filed == "not_filed" else ()
    return {
        "request": _requests(found),
        "why_you": addressee_lines(found.complaint_to),
        "not_elsewhere": nowhere,
        "evidence": _evidence(evidence),
        "date": (day(found.as_of),),
    }


def _statement(
    found: _Parts, evidence: SealedList | None, leak: Mapping[str, Any] | None
) -> dict[str, tuple[Line, ...]]:
    subject = found.fact("claim.subject_matter")
    cause = f"cause_{subject}"
    costs = found.estimate.costs
    return {
        "cause": phrase(cause) if cause in ("cause_personal_data", "cause_privacy") else (),
        "claims": _requests(found),
        "reasons": _reasons(found.elements),
        "damage": damage_lines(found.estimate) if _harm_known(found.estimate) else (),
        "causation": _causation(leak),
        "fault_burden": phrase("fault_burden"),
        "venue": () if found.court is None else venue_lines(found.court),
        "evidence": _evidence(evidence),
        "date_sign": (day(found.as_of), _SIGN),
        "limitation": _limitation(found),
        "small_claims": () if found.track is None else (track_line(found.track),),
        "costs": () if costs is None else (cost_line(costs),),
    }


def _requests(found: _Parts) -> tuple[Line, ...]:
    """The remedies asked for in the words of the vocabulary; the sum where it is known."""
    if not found.remedies:
        return ()
    members = load_vocabulary().facts["claim.remedies"].members
    lines: list[Line] = [members[name] for name in members if name in found.remedies]
    if found.amount is not None and found.remedies & MONEY:
        lines.append(cost_line(found.amount))
    return tuple(lines)


def _reasons(elements: Sequence[ElementDecision]) -> tuple[Line, ...]:
    """Only provisions that are broken by the decision; an open one is no reason yet."""
    unlawful = [e for e in elements if e.status is Status.UNLAWFUL]
    return tuple(line for element in unlawful for line in reason_lines(element))


def _harm_known(found: Estimate) -> bool:
    """Whether anything of the harm is stated: a range from nothing is not damage shown."""
    stated = any(value is not None for value in found.property.inputs.values())
    return stated or found.distress is True


def _causation(leak: Mapping[str, Any] | None) -> tuple[Line, ...]:
    """What a trace says, when it names somebody, with what it does not show."""
    if leak is None or leak.get("outcome") != "named":
        return ()
    return tuple(Text(en=leak[part]["en"], zh=leak[part]["zh"]) for part in _TRACE)


_TRACE = ("summary", "does_not_show")


def _limitation(found: _Parts) -> tuple[Line, ...]:
    if found.remedies is None:
        return ()
    free = phrase("limitation_free") if found.remedies & _UNLIMITED else ()
    if not found.remedies & MONEY:
        return free
    days = found.fact("claim.days_since_known")
    if not isinstance(days, int) or days > _SURELY_IN_TIME:
        return ()
    known = Text(en=f"Known for {days} days.", zh=f"自知道之日起已{days}日。")
    return (*phrase("limitation_runs"), known, *free)


def _evidence(evidence: SealedList | None) -> tuple[Line, ...]:
    return () if evidence is None else evidence_lines(evidence.pieces, evidence.bundle_sha256)


def _matter_fact(matter: Matter, name: str) -> Any:
    statements = matter.facts.get(name, ())
    return statements[0].value if len(statements) == 1 else None


_NOWHERE = Text(
    en="No court, arbitral body or other body deals with it: it is filed nowhere yet.",
    zh="本事项尚未提出，未经法院、仲裁机构或其他部门受理。",
)
_SIGN = Text(en="Signature: ____________", zh="具状人签名：____________")
