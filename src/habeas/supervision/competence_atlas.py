"""The law's own overlaps and gaps, each with a matter that shows it: the published map.

An overlap is a pair of bodies both competent where no rule names one of them; a gap is a row of
the data, checked against the rules. `page` writes docs/reference/competence_cn.md; a test
compares the page in the repository with what this writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any

import yaml

from habeas.law.expression import Constant, Is, Node, facts_in
from habeas.supervision.competence_formula import KnownFacts, both, either, negation
from habeas.supervision.competence_logic import BASES, Logic, effective, logic_of
from habeas.supervision.competence_map import CompetenceMap, Gap
from habeas.supervision.competence_proof import ForumProof, Proof
from habeas.supervision.competence_space import (
    Assignment,
    Space,
    as_matter,
    axioms_over,
    facts_of,
    smallest,
)
from habeas.terms import Text

_NOT_FILED = Is("matter.filing_state", frozenset({"not_filed"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Two bodies that may both act on one matter, and no rule that names one."""

    forum: str
    bodies: tuple[str, str]
    provisions: tuple[str, ...]
    share: Fraction
    witness: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGap:
    """What the law leaves open. checked: the rules bear it out; None: nothing to check."""

    id: str
    says: Text
    provisions: tuple[str, ...]
    unverified: tuple[str, ...]
    checked: bool | None
    witness: Mapping[str, Any]


def overlaps(competence: CompetenceMap, forum: str, *, as_of: date) -> tuple[Overlap, ...]:
    """Every pair of bodies of a forum that may both act, widest first."""
    logic = logic_of(competence, forum, as_of=as_of)
    space = _space(competence, logic)
    total = space.count(_alive(logic)) or 1
    found = []
    for one, other in combinations(logic.bodies, 2):
        shared = both(_alive(logic), logic.competent[one], logic.competent[other])
        example = space.find(both(shared, _NOT_FILED))
        if example is not None:
            share = Fraction(space.count(shared), total)
            found.append(_overlap(logic, (one, other), shared, example, share))
    return tuple(sorted(found, key=lambda each: (-each.share, each.bodies)))


def _alive(logic: Logic) -> Node:
    """Some body is competent, and no rule names one alone."""
    return both(
        either(*(node for body, node in logic.competent.items() if body != "nobody")),
        negation(either(*logic.named.values())),
    )


def _space(competence: CompetenceMap, logic: Logic, *more: Node) -> Space:
    nodes = [*logic.leads.values(), *logic.competent.values(), *more]
    facts = frozenset(fact for node in nodes for fact in facts_in(node))
    return Space([axiom.holds for axiom in axioms_over(competence, facts)], nodes)


def _overlap(
    logic: Logic,
    bodies: tuple[str, str],
    shared: Node,
    example: Assignment,
    share: Fraction,
) -> Overlap:
    kept = smallest(example, both(shared, _NOT_FILED))
    rules = [
        rule
        for rule in logic.deciding
        if rule.body in bodies and _holds(effective(rule, logic.deciding), example)
    ]
    return Overlap(
        forum=logic.forum.id,
        bodies=bodies,
        provisions=tuple(dict.fromkeys(id_ for rule in rules for id_ in rule.provisions)),
        share=share,
        witness=as_matter(
            kept, name="-and-".join(b[3:] for b in bodies), forum=logic.forum.claim_forums[0]
        ),
    )


def _holds(node: Node, example: Assignment) -> bool:
    return node.value(KnownFacts(facts_of(example))) is True


def gaps(competence: CompetenceMap, *, as_of: date) -> tuple[OpenGap, ...]:
    """The rows of the data, those with `lacks` checked: no such body may be competent there."""
    return tuple(_gap(competence, gap, as_of) for gap in competence.gaps)


def _gap(competence: CompetenceMap, gap: Gap, as_of: date) -> OpenGap:
    logic = logic_of(competence, gap.forum, as_of=as_of)
    kinds = {id_: authority.kind for id_, authority in competence.authorities.items()}
    someone = either(*(node for body, node in logic.competent.items() if kinds[body] in gap.lacks))
    space = _space(competence, logic, gap.when)
    checked = None if not gap.lacks else space.count(both(gap.when, someone)) == 0
    return OpenGap(
        id=gap.id,
        says=gap.says,
        provisions=gap.provisions,
        unverified=tuple(id_ for id_ in gap.provisions if not competence.sources[id_].verified),
        checked=checked,
        witness=_example(gap, logic, space),
    )


def _example(gap: Gap, logic: Logic, space: Space) -> dict[str, Any]:
    forum = logic.forum.claim_forums[0]
    if not isinstance(gap.when, Constant):
        found = space.find(gap.when)
        assert found is not None, f"{gap.id} fits no matter"
        return as_matter(smallest(found, gap.when), name=gap.id, forum=forum)
    plain = as_matter({}, name=gap.id, forum=forum)
    plain["matter"] = {"place_of_processing": "cn", "filing_state": "not_filed"}
    plain["parties"]["p1"] = {"role": "controller", "kind": "company", "sector": "retail"}
    plain["uses"]["u1"] |= {"purposes": ["service"]}
    plain["claims"]["c1"] |= {"subject_matter": "personal_data"}
    for name, value in gap.example.items():
        section = plain["matter"] if name == "filing_state" else plain["parties"]["p1"]
        section[name] = value
    return plain


# ---- the page


def page(competence: CompetenceMap, proof: Proof) -> str:
    """The reference page, in Markdown."""
    lines = [*_HEAD, *_proof_table(competence, proof), "", "## Overlaps", "", *_OVERLAP_HEAD]
    for overlap in overlaps(competence, "authority", as_of=proof.as_of):
        lines += _overlap_lines(competence, overlap)
    lines += ["", "## Gaps", "", *_GAP_HEAD]
    for gap in gaps(competence, as_of=proof.as_of):
        lines += _gap_lines(gap)
    lines += ["", "## Shown, and deciding nothing", "", *_unread(competence)]
    return "\n".join(lines).rstrip() + "\n"


_HEAD = (
    "# Competence in mainland China: the law's own overlaps and gaps",
    "",
    "Written by `habeas.supervision.competence_atlas` from `laws/cn/competence.yaml`; do not edit.",
    "Legal information, not advice. Each snippet is a whole matter: save it and run",
    "`habeas route FILE.yaml`.",
    "",
    "Shares are exact counts over every combination of the deciding facts that the axioms admit,",
    "each combination weighing the same; they say how much of the *rules* is settled by what,",
    "not how often such matters occur. *Governed* leaves out the combinations in which no body",
    "has a say.",
    "",
    "## What settles it",
    "",
)
_OVERLAP_HEAD = (
    "Two bodies may both act, and no rule names one. If one has opened the case, it keeps it",
    "(`cn.apl.art25.p1`, procedure). If none has, only our convention says where to go first.",
    "The share is of the governed combinations in which no rule names one body alone.",
)
_GAP_HEAD = (
    "What the cited entries leave open. *Checked* means that the rules bear it out for every",
    "combination of facts; the others state what the cited entries do not say.",
)


def _proof_table(competence: CompetenceMap, proof: Proof) -> Iterator[str]:
    yield f"As of {proof.as_of.isoformat()}. In each forum one body leads and never two:"
    yield ""
    yield "| forum | proof | combinations | statute | procedure | convention | governed only |"
    yield "|---|---|---:|---:|---:|---:|---|"
    for each in proof.forums:
        yield _proof_row(competence, each)
    yield ""
    yield "Axioms used: " + _axioms(proof)
    free = sorted({fact for each in proof.forums for fact in each.free})
    yield ""
    yield "Left uninterpreted (taken as either): " + ", ".join(f"`{id_}`" for id_ in free) + "."
    yield f"Left out, since nothing was read: {', '.join(proof.left_out)}."


def _axioms(proof: Proof) -> str:
    found = {axiom.id: axiom.meaning.en for each in proof.forums for axiom in each.axioms}
    return "; ".join(f"{meaning} (`{id_}`)" for id_, meaning in found.items()) + "."


def _proof_row(competence: CompetenceMap, each: ForumProof) -> str:
    label = competence.forums[each.forum].label.en
    shares = " | ".join(_percent(each.shares[basis]) for basis in BASES)
    governed = " / ".join(_percent(each.shares_governed[basis]) for basis in BASES)
    said = each.outcome.replace("_", " ")
    return f"| {label} | {said} | {each.combinations:,} | {shares} | {governed} |"


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:.1f} %"


def _overlap_lines(competence: CompetenceMap, overlap: Overlap) -> Iterator[str]:
    names = [competence.authorities[body].name for body in overlap.bodies]
    yield ""
    yield f"### {names[0].en} and {names[1].en} ({names[0].zh}、{names[1].zh})"
    yield ""
    yield f"{_percent(overlap.share)}; under {_cited(overlap.provisions)}."
    yield from _snippet(overlap.witness)


def _gap_lines(gap: OpenGap) -> Iterator[str]:
    yield ""
    yield f"### {gap.says.en}"
    yield ""
    said = "Checked against the rules. " if gap.checked else ""
    cited = _cited(gap.provisions) if gap.provisions else "no entry"
    marked = f" Not verified: {_cited(gap.unverified)}." if gap.unverified else ""
    yield f"{gap.says.zh}。 {said}See {cited}.{marked}"
    yield from _snippet(gap.witness)


def _cited(ids: tuple[str, ...]) -> str:
    return ", ".join(f"`{id_}`" for id_ in ids)


def _snippet(matter: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "```yaml"
    yield yaml.safe_dump(
        dict(matter), allow_unicode=True, sort_keys=False, default_flow_style=None, width=96
    ).rstrip()
    yield "```"


def _unread(competence: CompetenceMap) -> Iterator[str]:
    for forum in competence.forums.values():
        for rule in forum.rules:
            if not rule.decides:
                body = competence.authorities[rule.body].name.en
                cited = _cited(rule.provisions) or "no entry in the sheets"
                yield f"- {body} ({forum.label.en}): {cited}"
