"""What the solver finds in a whole book: what can never matter, what contradicts, what splits.

Everything is asked of all facts the vocabulary admits (its axioms and domains), under the law of
every day, with judgements taken as free. A finding that says something *can* be comes with a
matter; one that says it *cannot* is proved. What the solver does not answer in time is *not
proved* and listed. Comparisons it has no theory for are free atoms, and listed too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from habeas.errors import BadInput, ExtraMissing
from habeas.law.axioms import axioms_of
from habeas.law.book import LawBook
from habeas.law.expression import facts_in, provisions_in
from habeas.law.matter import matter_from
from habeas.law.pilot_proof import as_matter
from habeas.law.provision import BREAKABLE, Provision
from habeas.law.values import Value
from habeas.law.wording import write

LEVELS = ("use", "event")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found. kind: dead, subsumed, impossible, overlap or splits.

    provisions: whom it concerns, the first one foremost. fact: what is split. witness: a matter/v1
    in which it shows; None where nothing can show it, which is then the finding.
    """

    kind: str
    level: str
    provisions: tuple[str, ...]
    fact: str | None = None
    witness: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "level": self.level,
            "provisions": list(self.provisions),
            "fact": self.fact,
            "witness": None if self.witness is None else dict(self.witness),
        }


@dataclass(kw_only=True)
class Proofs:
    """All that was found, what could not be proved in time, and what was taken for granted."""

    findings: list[Finding] = field(default_factory=list)
    not_proved: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    axioms: tuple[str, ...] = ()
    atoms: tuple[str, ...] = ()
    asked: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "not_proved": [
                {"kind": kind, "level": level, "provisions": list(ids)}
                for kind, level, ids in self.not_proved
            ],
            "domain_axioms": list(self.axioms),
            "uninterpreted_atoms": list(self.atoms),
            "questions_put_to_the_solver": self.asked,
        }


def prove(
    book: LawBook, *, as_of: date, timeout_ms: int = 2_000, facts: Iterable[str] | None = None
) -> Proofs:
    """Ask the solver everything of a book. facts: those tried for splitting; None: all read.

    Raises ExtraMissing without the solver.
    """
    try:
        import z3
    except ImportError as error:
        raise ExtraMissing(
            "the solver is not installed", remedy="install Habeas with the extra `prove`"
        ) from error
    proofs = Proofs()
    atoms: dict[str, None] = {}
    axioms: dict[str, None] = {}
    for level in LEVELS:
        prover = _Prover(z3, book, proofs, as_of=as_of, level=level, timeout_ms=timeout_ms)
        prover.settle()
        prover.dead()
        prover.subsumed()
        prover.impossible()
        prover.overlaps()
        prover.splits(facts)
        axioms.update(dict.fromkeys(prover.axioms))
        atoms.update((write(node), None) for node in prover.space.atoms)
    proofs.axioms, proofs.atoms = tuple(axioms), tuple(atoms)
    return proofs


class _Prover:
    """One level of one book; formulas are built once and asked one after another."""

    def __init__(
        self, z3: Any, book: LawBook, proofs: Proofs, *, as_of: date, level: str, timeout_ms: int
    ) -> None:
        from habeas.law.pilot_formula import Formula
        from habeas.law.pilot_space import Questions, Space

        self.z3, self.book, self.proofs = z3, book, proofs
        self.as_of, self.level, self.timeout_ms = as_of, level, timeout_ms
        self.space, self.questions = Space(as_of), Questions()
        self.formula = Formula(book, self.space, level=level, asks=self.questions)
        self.solver = z3.Solver()
        self.solver.set("timeout", timeout_ms)
        self.terms = {id_: pair.t for id_, pair in self.formula.breaches()}
        self.axioms = self._assume()
        self.sound = list(self.solver.assertions())
        self.broken = {id_: self._named("broken", id_, term) for id_, term in self.terms.items()}
        self.held = {
            p.id: self._named("holds", p.id, self.formula.provision(p.id).t)
            for p in book.provisions.values()
            if p.kind not in BREAKABLE and p.decides and level in p.rules
        }
        self.owed = {p.id: self._named("owed", p.id, self._owed(p)) for p in self._duties()}
        self.governs = {id_: self._named("governs", id_, self._governs(id_)) for id_ in self.broken}
        self.solver.add(self.space.rules)
        self.models: list[Any] = []
        self.alive: dict[str, Any] = {}

    def _named(self, what: str, id_: str, term: Any) -> Any:
        """A boolean that stands for a formula, so that a model says it without working it out."""
        name = self.z3.Bool(f"{what} {id_}")
        self.solver.add(name == term)
        return name

    def _assume(self) -> tuple[str, ...]:
        """The axioms, what is asked (everything), and that every fact of the world is settled."""
        from habeas.law.pilot_proof import bare

        z3, stated = self.z3, bare(self.formula)
        levels = {"matter", "party", "use", self.level}
        found = []
        for axiom in axioms_of():
            if {fact.split(".")[0] for fact in axiom.reads} <= levels:
                self.solver.add(z3.Not(z3.And(stated.of(axiom.when).t, stated.of(axiom.then).f)))
                found.append(axiom.id)
        everything = (self.questions.everything, z3.Bool("asks everything of the use "))
        self.solver.add(*everything)
        return tuple(found)

    def settle(self) -> None:
        """From now on only of worlds in which every fact that nothing else shows is known."""
        for name, pair in self.space.pairs.items():
            if name.partition(":")[0] not in self.book.derivations:
                self.solver.add(self.z3.Or(pair.t, pair.f))

    def ask(self, *terms: Any) -> Any:
        """A model, 'unsat' or 'unknown'."""
        self.proofs.asked += 1
        self.solver.push()
        self.solver.add(*terms)
        said = self.solver.check()
        found = self.solver.model() if said == self.z3.sat else str(said)
        self.solver.pop()
        return found

    def _report(self, kind: str, ids: tuple[str, ...], **more: Any) -> None:
        self.proofs.findings.append(Finding(kind=kind, level=self.level, provisions=ids, **more))

    def _open(self, kind: str, *ids: str) -> None:
        self.proofs.not_proved.append((kind, self.level, ids))

    # ---- the questions

    def dead(self) -> None:
        """What is never broken, and what never holds, on any facts on any day."""
        for id_, term in {**self.held, **self.broken}.items():
            model = self.ask(term)
            if model == "unsat":
                self._report("dead", (id_,))
            elif isinstance(model, str):
                self._open("dead", id_)
            else:
                self.alive[id_] = term
                self.models.append(model)

    def subsumed(self) -> None:
        """What is broken only where one other provision is broken too."""
        broken = {id_: term for id_, term in self.broken.items() if id_ in self.alive}
        seen = [self._true_in(model, broken) for model in self.models]
        for id_, term in broken.items():
            others = [true for true in seen if id_ in true]
            for other in sorted(frozenset.intersection(*others) - {id_} if others else ()):
                if any(id_ in true and other not in true for true in seen):
                    continue
                model = self.ask(term, self.z3.Not(broken[other]))
                if model == "unsat":
                    self._report("subsumed", (id_, other))
                elif isinstance(model, str):
                    self._open("subsumed", id_, other)
                else:
                    seen.append(self._true_in(model, broken))

    def _true_in(self, model: Any, terms: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(id_ for id_, name in terms.items() if self.z3.is_true(model[name]))

    def impossible(self) -> None:
        """Two that nobody can keep at once: where one is owed and the other governs, one breaks."""
        kept = [self._kept_in(model) for model in self.models]
        for id_, owed in self.owed.items():
            if id_ in self.alive and not isinstance(found := self.ask(owed, self._kept(id_)), str):
                kept.append(self._kept_in(found))
        for id_ in self.owed.keys() & self.alive.keys():
            for other in sorted(self.broken.keys() & self.alive.keys() - {id_}):
                if not any(id_ in owed and other in governed for owed, governed in kept):
                    kept += self._impossible(id_, other)

    def _impossible(self, id_: str, other: str) -> list[tuple[frozenset[str], frozenset[str]]]:
        both = (self.owed[id_], self.governs[other])
        model = self.ask(*both, self._kept(id_), self._kept(other))
        if not isinstance(model, str):
            return [self._kept_in(model)]
        if model == "unknown":
            self._open("impossible", id_, other)
        elif not isinstance(found := self.ask(*both), str):
            self._report("impossible", (id_, other), witness=self._witness(found))
        return []

    def _kept(self, id_: str) -> Any:
        return self.z3.Not(self.broken[id_])

    def _kept_in(self, model: Any) -> tuple[frozenset[str], frozenset[str]]:
        """What a model owes and keeps; what governs there and is kept."""
        broken = self._true_in(model, self.broken)
        return self._true_in(model, self.owed) - broken, self._true_in(model, self.governs) - broken

    def _duties(self) -> list[Provision]:
        """Duties that something fulfils; one without `met` is only not to do what it speaks of."""
        return [
            p
            for p in self.formula.asked()
            if p.kind == "oblige" and all(rule.met for rule in p.parts(self.level))
        ]

    def _owed(self, provision: Provision) -> Any:
        """In force, governed, and asked for by some part that is not excepted; met or not."""
        z3, parts = self.z3, provision.parts(self.level)
        asked = [
            z3.And(
                self.formula.of(rule.when).t,
                self.formula.of(rule.addressed).t if rule.addressed is not None else True,
                self.formula.of(rule.unless).f if rule.unless is not None else True,
            )
            for rule in parts
        ]
        return z3.And(z3.Or(asked), self._governs(provision.id))

    def _governs(self, id_: str) -> Any:
        provision = self.book.provisions.get(id_)
        if provision is None:
            return True
        return self.z3.And(self.formula.in_force(provision).t, self.formula.scope_of(provision).t)

    def overlaps(self) -> None:
        """An exemption that holds where duties on its question are broken: does it lift them?"""
        for exempt in self.book.provisions.values():
            if exempt.kind != "exempt" or exempt.id not in self.alive:
                continue
            found = [
                (other.id, model)
                for other in self.formula.asked()
                if other.id in self.alive
                and self._unsettled(exempt, other)
                and (model := self.ask(self.alive[exempt.id], self.broken[other.id])) != "unsat"
            ]
            for id_ in (id_ for id_, model in found if isinstance(model, str)):
                self._open("overlap", exempt.id, id_)
            sure = [(id_, model) for id_, model in found if not isinstance(model, str)]
            if sure:
                ids = (exempt.id, *(id_ for id_, _ in sure))
                self._report("overlap", ids, witness=self._witness(sure[0][1]))

    def _unsettled(self, exempt: Provision, other: Provision) -> bool:
        """They answer one question, and the book does not say which prevails."""
        if set(exempt.issues).isdisjoint(other.issues):
            return False
        if exempt.id in self.book.attackers.get(other.id, ()):
            return False
        if any({exempt.id, other.id} == {p.winner, p.loser} for p in self.book.precedence):
            return False
        return exempt.id not in _leans_on(other.id, self.book)

    def splits(self, facts: Iterable[str] | None) -> None:
        """A fact whose two answers break one provision each: unknown, it looks undetermined."""
        names = [
            name
            for name in self.space.pairs
            if name in self.space.facts and (self.level == "use" or name.startswith("event."))
        ]
        wanted = set(names if facts is None else facts)
        for name in sorted(wanted & set(names)):
            self._split(name)

    def _split(self, name: str) -> None:
        z3, pair = self.z3, self.space.pairs[name]
        yes, no = z3.BoolVal(True), z3.BoolVal(False)
        versions = {
            word: [(pair.t, sides[0]), (pair.f, sides[1])]
            for word, sides in {"yes": (yes, no), "no": (no, yes), "open": (no, no)}.items()
        }

        def under(word: str, term: Any) -> Any:
            return z3.substitute(term, *versions[word])

        moved = {i: t for i, t in self.terms.items() if i in self.alive and _mentions(z3, t, pair)}
        if len(moved) < 2:
            return
        broken = z3.Or(list(moved.values()))
        quiet = z3.Not(under("open", z3.Or(list(self.terms.values()))))
        sound = [under(w, z3.And(self.sound)) for w in ("yes", "no")]
        terms = (under("yes", broken), under("no", broken), quiet, z3.Not(pair.t), z3.Not(pair.f))
        model = self._ask_alone(*terms, *sound)
        if model == "unsat":
            return
        if isinstance(model, str):
            self._open("splits", name)
            return
        first, second = (
            {i for i, t in moved.items() if z3.is_true(model.eval(under(word, t)))}
            for word in ("yes", "no")
        )
        ids = (*sorted(first - second)[:1], *sorted(second - first)[:1])
        self._report("splits", ids or tuple(sorted(first)), fact=name, witness=self._witness(model))

    def _ask_alone(self, *terms: Any) -> Any:
        """The same on a solver of its own: of worlds in which not every fact is known."""
        self.proofs.asked += 1
        solver = self.z3.Solver()
        solver.set("timeout", self.timeout_ms)
        solver.add(*terms, *self.space.rules, *self.sound)
        said = solver.check()
        return solver.model() if said == self.z3.sat else str(said)

    # ---- a model as a matter

    def _witness(self, model: Any) -> Mapping[str, Any] | None:
        """The model as a matter that can be read; None where the facts contradict each other."""
        facts: dict[str, Value] = {}
        for id_ in self.space.used():
            value = self.space.value(id_, model)
            if value is not None:
                facts[id_] = value
        found = as_matter(facts, self.level, None)
        try:
            matter_from(found)
        except BadInput:
            return None
        return found


def _mentions(z3: Any, term: Any, pair: Any) -> bool:
    no = z3.BoolVal(False)
    return not z3.substitute(term, (pair.t, no), (pair.f, no)).eq(term)


def _leans_on(id_: str, book: LawBook) -> frozenset[str]:
    """The provisions one reads, at any depth."""
    found: set[str] = set()
    todo: list[str] = [id_]
    while todo:
        one = todo.pop()
        if one in book.provisions:
            nodes = [
                node
                for parts in book.provisions[one].rules.values()
                for rule in parts
                for node in rule.nodes
            ]
        else:
            nodes = [node for d in book.derivations.get(one, ()) for node in d.nodes]
        new = {n for node in nodes for n in (*provisions_in(node), *facts_in(node))} - found
        found |= new
        todo += new
    return frozenset(found)
