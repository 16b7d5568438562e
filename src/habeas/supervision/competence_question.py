"""Which one fact, if it were known, would best separate the bodies that may lead.

Nothing is scripted: each unknown deciding fact is set to each value the axioms admit, the
formulas are worked out again, and the fact is asked that leaves the fewest bodies on average.
A fact whose every answer leaves the same bodies is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from habeas.law.expression import Truth, facts_in
from habeas.law.matter import broken_axiom
from habeas.law.schema import Fact, load_vocabulary
from habeas.law.values import SetValue, Value
from habeas.supervision.competence_formula import KnownFacts, with_member
from habeas.supervision.competence_logic import Logic, contradicts
from habeas.supervision.competence_map import CompetenceMap
from habeas.supervision.competence_space import Variable, variables_of
from habeas.terms import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One admissible answer, and who may still lead after it."""

    value: str | bool
    says: Text
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The fact to ask for next. member: one member of a set is meant."""

    fact: str
    member: str | None
    asks: Text
    evaluative: bool
    answers: tuple[Answer, ...]


def possible_leaders(logic: Logic, facts: Mapping[str, Value]) -> tuple[str, ...]:
    """Every body that is not known not to lead."""
    view = KnownFacts(facts)
    return tuple(b for b, node in logic.leads.items() if node.value(view) is not False)


def separating_question(
    competence: CompetenceMap, logic: Logic, facts: Mapping[str, Value]
) -> Question | None:
    """The best next question, or None when no single answer changes who may lead.

    Where two do equally well, what can be observed goes before a judgement, then the order of
    the vocabulary: matter, party, use, event, claim.
    """
    best: tuple[tuple[Fraction, Fraction, bool, int], Question] | None = None
    order_of = {id_: number for number, id_ in enumerate(load_vocabulary().facts)}
    for variable in variables_of(*logic.leads.values()):
        if _known(variable, facts) or too_early(competence, variable.fact, facts):
            continue
        question = _ask(competence, logic, facts, variable)
        if question is None:
            continue
        weight = (*_weight(logic, facts, question), question.evaluative, order_of[variable.fact])
        if best is None or weight < best[0]:
            best = (weight, question)
    return None if best is None else best[1]


def _known(variable: Variable, facts: Mapping[str, Value]) -> bool:
    value = facts.get(variable.fact)
    if variable.member is None:
        return value is not None
    return isinstance(value, SetValue) and value.has(variable.member) is not None


def too_early(competence: CompetenceMap, fact: str, facts: Mapping[str, Value]) -> bool:
    """True while an axiom makes the fact depend on another that is not known yet.

    Nobody is asked with which body a matter was filed before it is known that it was filed.
    """
    view = KnownFacts(facts)
    return any(
        fact in facts_in(axiom.then)
        and fact not in facts_in(axiom.when)
        and axiom.when.value(view) is None
        for axiom in competence.axioms
    )


def _ask(
    competence: CompetenceMap, logic: Logic, facts: Mapping[str, Value], variable: Variable
) -> Question | None:
    fact = load_vocabulary().facts[variable.fact]
    answers = tuple(
        Answer(value=value, says=_words(fact, value), leaves=possible_leaders(logic, trial))
        for value in _values(fact, variable)
        if (trial := _tried(competence, facts, variable, value)) is not None
    )
    if len({_progress(logic, facts, variable, a) for a in answers}) < 2:
        return None
    return Question(
        fact=fact.id,
        member=variable.member,
        asks=_asks(fact, variable.member),
        evaluative=fact.nature == "evaluative",
        answers=answers,
    )


def _values(fact: Fact, variable: Variable) -> tuple[str | bool, ...]:
    if variable.member is not None or fact.type == "bool":
        return (True, False)
    return tuple(fact.members)


def set_to(facts: Mapping[str, Value], variable: Variable, value: str | bool) -> dict[str, Value]:
    """The facts with one more known."""
    if variable.member is None:
        return {**facts, variable.fact: value}
    held = with_member(facts.get(variable.fact), variable.member, has=value is True)
    return {**facts, variable.fact: held}


def _tried(
    competence: CompetenceMap,
    facts: Mapping[str, Value],
    variable: Variable,
    value: str | bool,
) -> dict[str, Value] | None:
    trial = set_to(facts, variable, value)
    if broken_axiom(trial) is not None or contradicts(competence, trial):
        return None
    return trial


def _open(logic: Logic, facts: Mapping[str, Value]) -> int:
    view = KnownFacts(facts)
    states: list[Truth] = [node.value(view) for node in logic.competent.values()]
    return states.count(None)


def _progress(
    logic: Logic, facts: Mapping[str, Value], variable: Variable, answer: Answer
) -> tuple[tuple[str, ...], int]:
    return answer.leaves, _open(logic, set_to(facts, variable, answer.value))


def _weight(
    logic: Logic, facts: Mapping[str, Value], question: Question
) -> tuple[Fraction, Fraction]:
    """Bodies left on average, then bodies left unclear on average; every answer weighs the same."""
    variable = Variable(question.fact, question.member)
    left = sum(len(a.leaves) for a in question.answers)
    unclear = sum(_open(logic, set_to(facts, variable, a.value)) for a in question.answers)
    return Fraction(left, len(question.answers)), Fraction(unclear, len(question.answers))


def _words(fact: Fact, value: str | bool) -> Text:
    if isinstance(value, bool):
        return Text(en="yes", zh="是") if value else Text(en="no", zh="否")
    return fact.members[value]


def _asks(fact: Fact, member: str | None) -> Text:
    if member is None:
        return fact.question
    said = fact.members[member]
    return Text(
        en=f"{fact.question.en} Is this among it: {said.en}?",
        zh=f"{fact.question.zh} 是否包括：{said.zh}？",
    )
