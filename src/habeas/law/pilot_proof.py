"""Whether a draft makes anything lawful that is unlawful now: asked of all facts, not of cases.

The solver (extra `prove`) looks for one use, and one event, which the baseline calls unlawful and
the draft does not. Found and confirmed by `decide`: something. None can be: nothing, proved. No
answer in time, or one `decide` does not confirm: not proved. Judgements (evaluative facts) are
taken as free, and parties who contradict each other are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from habeas.errors import BadInput
from habeas.law.book import LawBook
from habeas.law.expression import facts_in
from habeas.law.language import parse
from habeas.law.matter import Matter, matter_from
from habeas.law.pilot import result_under
from habeas.law.schema import load_vocabulary
from habeas.law.values import SetValue, Value, as_json
from habeas.terms import Text

if TYPE_CHECKING:
    from habeas.law.pilot_formula import Formula

Outcome = Literal["nothing", "something", "not_proved", "not_asked"]
_ALLOWED = ("lawful", "not_governed")
Facts = dict[str, Value]

_SAYS: Mapping[Outcome, Text] = {
    "nothing": Text(
        en="Proved: on no facts does the draft make a use or event lawful that is unlawful now.",
        zh="已证明：不存在任何事实，使现在违法的处理或事件因草案而合法。",
    ),
    "something": Text(
        en="The draft makes something lawful that is unlawful now; a matter shows it.",
        zh="草案会使某些现在违法的行为变为合法；附有可复核的事项。",
    ),
    "not_proved": Text(
        en="Not proved: the solver found no answer that could be confirmed in the time given.",
        zh="未能证明：求解器在限定时间内没有得出可以确认的答案。",
    ),
    "not_asked": Text(
        en="Not asked beyond the cases: the solver is not installed (extra `prove`).",
        zh="除所列事项外未作证明：未安装求解器（附加组件 prove）。",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the solver said. witness: a matter/v1 mapping; axioms: those assumed."""

    outcome: Outcome
    witness: Mapping[str, Any] | None = None
    axioms: tuple[str, ...] = ()
    not_modelled: int = 0

    @property
    def says(self) -> Text:
        return _SAYS[self.outcome]

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "says": {"en": self.says.en, "zh": self.says.zh},
            "witness": None if self.witness is None else dict(self.witness),
            "axioms": list(self.axioms),
            "atoms_not_modelled": self.not_modelled,
        }


def legalises(baseline: LawBook, draft: LawBook, *, as_of: date, timeout_ms: int = 20_000) -> Proof:
    """Whether the draft makes anything lawful, over all facts; 'not_asked' without the solver."""
    try:
        import z3
    except ImportError:
        return Proof(outcome="not_asked")
    searches = [
        _Search(z3, baseline, draft, as_of=as_of, level=level, timeout_ms=timeout_ms)
        for level in ("use", "event")
    ]
    answers = [search.answer() for search in searches]
    for outcome in ("something", "not_proved"):
        for answer in answers:
            if answer.outcome == outcome:
                return answer
    return Proof(
        outcome="nothing",
        axioms=tuple(sorted({axiom for answer in answers for axiom in answer.axioms})),
        not_modelled=sum(answer.not_modelled for answer in answers),
    )


class _Search:
    """One level; the formulas are built once and asked several ways."""

    def __init__(
        self,
        z3: Any,
        baseline: LawBook,
        draft: LawBook,
        *,
        as_of: date,
        level: str,
        timeout_ms: int,
    ) -> None:
        from habeas.law.pilot_formula import Formula
        from habeas.law.pilot_space import Questions, Space

        self.z3, self.as_of, self.level = z3, as_of, level
        self.old, self.new = baseline, draft
        self.space, self.asks, self.of_use = Space(as_of), Questions(), Questions("of the use ")
        old = Formula(baseline, self.space, level=level, asks=self.asks)
        new = Formula(draft, self.space, level=level, asks=self.asks)
        self.solver = z3.Solver()
        self.solver.set("timeout", timeout_ms)
        self.solver.add(old.unlawful(), new.lawful())
        self.axioms = self._axioms(old)
        self.solver.add(self.space.rules)

    def answer(self) -> Proof:
        """First whatever is asked; where that is not impossible, with everything asked."""
        atoms = len(self.space.atoms)
        if self._check() == "unsat":
            return Proof(outcome="nothing", axioms=self.axioms, not_modelled=atoms)
        for everything in (True, False):
            model = self._check(self.asks.everything == everything, self.of_use.everything)
            witness = None if isinstance(model, str) else self._witness(model, everything)
            if witness is not None:
                return Proof(outcome="something", witness=witness, axioms=self.axioms)
        return Proof(outcome="not_proved", axioms=self.axioms, not_modelled=atoms)

    def _check(self, *more: Any) -> Any:
        """A model, or 'unsat' or 'unknown'."""
        self.solver.push()
        self.solver.add(*more)
        said = self.solver.check()
        found = self.solver.model() if said == self.z3.sat else str(said)
        self.solver.pop()
        return found

    def _axioms(self, formula: Formula) -> tuple[str, ...]:
        vocabulary = load_vocabulary()
        levels = {"matter", "party", "use", self.level}
        found = []
        stated = bare(formula)
        for axiom in vocabulary.axioms:
            when, then = (
                parse(text, vocabulary, file="facts.yaml", place=axiom.id, axiom=True)
                for text in (axiom.when, axiom.then)
            )
            if {fact.split(".")[0] for fact in facts_in(when) | facts_in(then)} <= levels:
                self.solver.add(self.z3.Not(self.z3.And(stated.of(when).t, stated.of(then).f)))
                found.append(axiom.id)
        return tuple(found)

    # ---- a model as a matter

    def _witness(self, model: Any, everything: bool) -> Mapping[str, Any] | None:
        facts: Facts = {}
        for id_ in self.space.used():
            value = self.space.value(id_, model)
            if value is not None:
                facts[id_] = value
        issues = None if everything else self._issues(model)
        if not self._confirmed(facts, issues):
            return None
        return as_matter(self._smallest(facts, issues), self.level, issues)

    def _issues(self, model: Any) -> list[str]:
        known = load_vocabulary().domains["issue"]
        return [i for i in known if self.z3.is_true(model.eval(self.asks.named(i)))]

    def _confirmed(self, facts: Facts, issues: list[str] | None) -> bool:
        try:
            matter = matter_from(as_matter(facts, self.level, issues))
        except BadInput:
            return False
        old, new = (_result(matter, book, self.level, self.as_of) for book in (self.old, self.new))
        return old == "unlawful" and new in _ALLOWED

    def _smallest(self, facts: Facts, issues: list[str] | None) -> Facts:
        """The same matter with every fact left out that is not needed for it."""
        kept = dict(facts)
        for id_ in sorted(facts):
            for tried in _simpler(id_, kept):
                if self._confirmed(tried, issues):
                    kept = tried
                    break
        return kept


def _simpler(id_: str, facts: Facts) -> Iterator[Facts]:
    """Without the fact; with one member of a set only, or with none; with what it names alone."""
    yield {key: value for key, value in facts.items() if key != id_}
    stated = facts[id_]
    if isinstance(stated, SetValue):
        every = frozenset(load_vocabulary().facts[id_].members)
        for few in (frozenset[str](), *(frozenset({m}) for m in sorted(stated.yes)), stated.yes):
            yield {**facts, id_: SetValue(yes=few, no=every - few)}


def bare(formula: Formula) -> Formula:
    """The same facts as stated, nothing derived: what axioms are about."""
    book = replace(formula.book, derivations={})
    return type(formula)(book, formula.space, level=formula.level, asks=formula.questions)


def _result(matter: Matter, book: LawBook, level: str, as_of: date) -> str:
    section: Iterable[Any] = (matter.events if level == "event" else matter.uses).values()
    return result_under(matter, next(iter(section)), book, as_of=as_of)


def as_matter(facts: Facts, level: str, issues: list[str] | None) -> dict[str, Any]:
    """The facts as a matter of one use, and of one event where that is asked."""
    by_level: dict[str, dict[str, Any]] = {"matter": {}, "party": {}, "use": {}, "event": {}}
    for id_, value in facts.items():
        fact = load_vocabulary().facts[id_]
        stated: Any = as_json(value)
        if isinstance(value, SetValue) and value.yes | value.no == frozenset(fact.members):
            stated = sorted(value.yes)
        if fact.nature == "evaluative":
            stated = {"value": stated, "by": "solver", "grounds": "supposed"}
        by_level[fact.level][fact.name] = stated
    asked = {} if issues is None else {"issues": issues}
    use = {"party": "p1", **by_level["use"]}
    found: dict[str, Any] = {
        "format": "matter/v1",
        "matter": by_level["matter"],
        "parties": {"p1": by_level["party"]},
        "uses": {"u1": {**use, **({} if level == "event" else asked)}},
    }
    if level == "event":
        event = {"party": "p1", "uses": ["u1"], **by_level["event"], **asked}
        found["events"] = {"e1": event}
    return found
