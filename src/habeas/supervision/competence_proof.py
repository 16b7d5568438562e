"""Proof that in each forum one body leads, and never two, for all facts and filing states.

The solver (extra `prove`) is given the same formulas `route` reads. What it can't show in time
is *not proved*. The shares of the space that statute, procedure and convention settle are counted
exactly, over every combination of the deciding facts that the axioms admit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from habeas.errors import ExtraMissing
from habeas.law.expression import AllOf, And, AnyOf, Constant, Is, Node, Not, Or, facts_in
from habeas.law.schema import load_vocabulary
from habeas.supervision.competence_formula import KnownFacts, both, either, negation
from habeas.supervision.competence_logic import BASES, Logic, logic_of
from habeas.supervision.competence_map import Basis, CompetenceMap
from habeas.supervision.competence_space import (
    Assignment,
    Axiom,
    Space,
    Variable,
    as_matter,
    axioms_over,
    facts_of,
    smallest,
    variables_of,
)

Outcome = Literal["proved", "refuted", "not_proved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumProof:
    """One forum: outcome, and with `refuted` a matter in which nobody or two lead.

    shares: of all combinations. shares_governed: of those in which some body leads at all.
    free: judgements, taken as either true or false. witness_leaders: who leads in the witness.
    """

    forum: str
    outcome: Outcome
    combinations: int
    shares: Mapping[Basis, Fraction]
    shares_governed: Mapping[Basis, Fraction]
    axioms: tuple[Axiom, ...]
    free: tuple[str, ...]
    witness: Mapping[str, Any] | None
    witness_leaders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """All forums; left_out: those of which the sheets hold nothing."""

    as_of: date
    map_hash: str
    forums: tuple[ForumProof, ...]
    left_out: tuple[str, ...]

    @property
    def proved(self) -> bool:
        return all(forum.outcome == "proved" for forum in self.forums)


def prove(competence: CompetenceMap, *, as_of: date, timeout_ms: int = 10_000) -> Proof:
    """Prove uniqueness and totality for every forum; ExtraMissing without the solver."""
    read = [forum.id for forum in competence.forums.values() if not forum.unread]
    return Proof(
        as_of=as_of,
        map_hash=competence.hash,
        forums=tuple(
            _prove(competence, logic_of(competence, id_, as_of=as_of), timeout_ms) for id_ in read
        ),
        left_out=tuple(forum.id for forum in competence.forums.values() if forum.unread),
    )


def witness_against(
    competence: CompetenceMap, forum: str, *, as_of: date, timeout_ms: int = 10_000
) -> tuple[Outcome, Mapping[str, Any] | None]:
    """The solver's answer for one forum alone, with a matter in which nobody or two lead."""
    logic = logic_of(competence, forum, as_of=as_of)
    wrong = not_exactly_one(logic)
    outcome, found = _solve(wrong, _axioms(competence, logic), timeout_ms)
    return outcome, None if found is None else _matter(smallest(found, wrong), logic)


def _axioms(competence: CompetenceMap, logic: Logic) -> tuple[Axiom, ...]:
    return axioms_over(competence, _read(logic))


def _read(logic: Logic) -> frozenset[str]:
    return frozenset(fact for node in logic.leads.values() for fact in facts_in(node))


def not_exactly_one(logic: Logic) -> Node:
    """Nobody leads, or two do."""
    bodies = logic.bodies
    pairs = [
        both(logic.leads[one], logic.leads[other])
        for number, one in enumerate(bodies)
        for other in bodies[number + 1 :]
    ]
    return either(negation(either(*logic.leads.values())), *pairs)


def _prove(competence: CompetenceMap, logic: Logic, timeout_ms: int) -> ForumProof:
    wrong = not_exactly_one(logic)
    axioms = _axioms(competence, logic)
    outcome, found = _solve(wrong, axioms, timeout_ms)
    witness = None if found is None else smallest(found, wrong)
    space = Space([axiom.holds for axiom in axioms], list(logic.leads.values()))
    return ForumProof(
        forum=logic.forum.id,
        outcome=outcome,
        combinations=space.count(Constant(truth=True)),
        shares=_shares(space, logic, Constant(truth=True)),
        shares_governed=_shares(
            space, logic, negation(logic.leads.get("nobody", Constant(truth=False)))
        ),
        axioms=axioms,
        free=_evaluative(_read(logic)),
        witness=None if witness is None else _matter(witness, logic),
        witness_leaders=() if found is None else _leaders(found, logic),
    )


def _shares(space: Space, logic: Logic, among: Node) -> dict[Basis, Fraction]:
    total = space.count(among)
    return {
        basis: Fraction(space.count(both(among, logic.settled_by(basis))), total or 1)
        for basis in BASES
    }


def _evaluative(facts: frozenset[str]) -> tuple[str, ...]:
    known = load_vocabulary().facts
    return tuple(id_ for id_ in sorted(facts) if known[id_].nature == "evaluative")


def _matter(witness: Assignment, logic: Logic) -> dict[str, Any]:
    return as_matter(witness, name=f"witness-{logic.forum.id}", forum=logic.forum.claim_forums[0])


def _leaders(found: Assignment, logic: Logic) -> tuple[str, ...]:
    view = KnownFacts(facts_of(found))
    return tuple(body for body, node in logic.leads.items() if node.value(view) is True)


def _solve(
    wrong: Node, axioms: tuple[Axiom, ...], timeout_ms: int
) -> tuple[Outcome, Assignment | None]:
    try:
        import z3
    except ImportError as error:
        raise ExtraMissing(
            "proofs need the solver z3", remedy="pip install 'habeas[prove]'"
        ) from error
    holds = both(*(axiom.holds for axiom in axioms))
    coder = _Coder(z3, variables_of(wrong, holds))
    solver = z3.Solver(ctx=coder.context)
    solver.set("timeout", timeout_ms)
    solver.add(*coder.bounds(), coder.code(holds), coder.code(wrong))
    answer = solver.check()
    if answer == z3.unsat:
        return "proved", None
    if answer != z3.sat:
        return "not_proved", None
    return "refuted", coder.read(solver.model())


class _Coder:
    """Formulas in the solver's words: enums as small numbers, members as yes or no."""

    def __init__(self, z3: Any, variables: tuple[Variable, ...]) -> None:
        self.z3 = z3
        self.context = z3.Context()
        vocabulary = load_vocabulary()
        self.members = {
            v: tuple(vocabulary.facts[v.fact].members)
            for v in variables
            if v.member is None and vocabulary.facts[v.fact].type == "enum"
        }
        self.symbols = {v: self._symbol(v) for v in variables}
        self.coded: dict[int, tuple[Node, Any]] = {}

    def _symbol(self, variable: Variable) -> Any:
        name = variable.fact + (f"[{variable.member}]" if variable.member else "")
        make = self.z3.Int if variable in self.members else self.z3.Bool
        return make(name, ctx=self.context)

    def bounds(self) -> list[Any]:
        """Every enum has one of its values."""
        return [
            self.z3.And(self.symbols[v] >= 0, self.symbols[v] < len(members))
            for v, members in self.members.items()
        ]

    def code(self, node: Node) -> Any:
        """A formula in the solver's words; a part that stands in many places is put once."""
        if id(node) not in self.coded:
            self.coded[id(node)] = (node, self._code(node))
        return self.coded[id(node)][1]

    def _code(self, node: Node) -> Any:  # noqa: PLR0911
        match node:
            case Constant():
                return self.z3.BoolVal(node.truth, ctx=self.context)
            case And():
                return self.z3.And(*(self.code(part) for part in node.parts))
            case Or():
                return self.z3.Or(*(self.code(part) for part in node.parts))
            case Not():
                return self.z3.Not(self.code(node.part))
            case AnyOf():
                return self.z3.Or(*self._held(node.fact, node.members))
            case AllOf():
                return self.z3.And(*self._held(node.fact, node.members))
            case Is():
                return self._is(node)
            case _:
                raise TypeError("a competence formula has only finite parts")

    def _held(self, fact: str, members: frozenset[str]) -> list[Any]:
        return [self.symbols[Variable(fact, member)] for member in sorted(members)]

    def _is(self, node: Is) -> Any:
        variable = Variable(node.fact)
        symbol = self.symbols[variable]
        if variable not in self.members:
            wanted = [symbol if value else self.z3.Not(symbol) for value in node.wanted]
        else:
            names = self.members[variable]
            wanted = [symbol == number for number, name in enumerate(names) if name in node.wanted]
        return self.z3.Or(*wanted)

    def read(self, model: Any) -> Assignment:
        """The solver's example as an assignment."""
        found: Assignment = {}
        for variable, symbol in self.symbols.items():
            value = model.eval(symbol, model_completion=True)
            if variable in self.members:
                found[variable] = self.members[variable][value.as_long()]
            else:
                found[variable] = bool(self.z3.is_true(value))
        return found
