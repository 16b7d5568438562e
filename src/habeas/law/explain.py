"""Why: plain sentences, provision by provision, pruned to what decided the answer.

For a false AND only the false parts are shown, for a true OR only the true ones, for an unknown
whole only the unknown parts. An exemption appears only where it defeats something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from habeas.law.decision import Step
from habeas.law.expression import (
    AllOf,
    And,
    AnyOf,
    Applies,
    Compare,
    Constant,
    Node,
    Not,
    Or,
    Truth,
    Within,
    facts_in,
    k_or,
)
from habeas.law.provision import BREAKABLE, Provision, Rule
from habeas.law.schema import Fact, load_vocabulary
from habeas.law.values import SetValue
from habeas.law.views import FactsView, derived_truth, rule_truth
from habeas.terms import Text


def explain_provision(id_: str, view: FactsView, issues: tuple[str, ...] | None = None) -> Step:
    """Why a provision holds or not, is broken or not (only its parts on `issues`, if given)."""
    provision = view.book.provisions[id_]
    in_force = provision.in_force(view.day)
    parts = view.parts(provision, issues) if in_force else ()
    truth = view.parts_truth(provision, parts) if in_force else False
    raw = k_or(*(rule_truth(rule, view) for rule in parts))
    steps = [
        step
        for rule in parts
        if raw is False or rule_truth(rule, view) is raw
        for step in _rule_steps(rule, view)
    ]
    if provision.kind in BREAKABLE and raw is not False:
        steps += _attacks(provision, view, truth)
    return Step(says=_verdict(provision, truth), truth=truth, provision=id_, steps=_once(steps))


def _attacks(provision: Provision, view: FactsView, truth: Truth) -> list[Step]:
    attackers = view.book.attackers.get(provision.id, ())
    wanted = {False: (True,), None: (None,), True: ()}[truth]
    return [explain_provision(a, view) for a in attackers if view.provision(a) in wanted]


def _verdict(provision: Provision, truth: Truth) -> Text:
    words = {
        (True, True): ("is broken", "被违反"),
        (True, False): ("is not broken", "未被违反"),
        (True, None): ("may be broken: not all is known", "是否被违反尚不明"),
        (False, True): ("applies", "成立"),
        (False, False): ("does not apply", "不成立"),
        (False, None): ("may apply: not all is known", "是否成立尚不明"),
    }[(provision.kind in BREAKABLE, truth)]
    return Text(en=f"{provision.title.en} {words[0]}", zh=f"{provision.title.zh}{words[1]}")


def _rule_steps(rule: Rule, view: FactsView) -> Iterator[Step]:
    """Only the parts that carry the answer: the rule is `when and not unless and not met`."""
    whole = rule_truth(rule, view)
    parts = [(rule.addressed, True), (rule.when, True), (rule.unless, False), (rule.met, False)]
    for node, wanted in parts:
        if node is None:
            continue
        truth = node.value(view)
        broken_if = truth if wanted or truth is None else not truth
        if whole is True or broken_if is whole:
            yield from explain(node, view)


def explain(node: Node, view: FactsView) -> list[Step]:
    """The steps that carry the value of an expression."""
    truth = node.value(view)
    match node:
        case And() | Or():
            settles = isinstance(node, Or)
            shown = [part for part in node.parts if part.value(view) is truth]
            if truth is settles or truth is None:
                return [step for part in shown for step in explain(part, view)]
            return [step for part in node.parts for step in explain(part, view)]
        case Not():
            return explain(node.part, view)
        case Applies():
            return [explain_provision(node.provision, view)]
        case Constant():
            return []
        case _:
            return [_leaf(node, view)]


def _leaf(node: Node, view: FactsView) -> Step:
    facts = sorted(facts_in(node))
    fact = load_vocabulary().facts[facts[0]]
    behind = _once(step for id_ in facts for step in _behind(id_, view))
    return Step(
        says=_sentence(node, fact, view),
        truth=node.value(view),
        fact=fact.id,
        steps=behind,
    )


def _once(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Steps without those that say the same again."""
    return tuple({(step.says, step.truth): step for step in steps}.values())


def _sentence(node: Node, fact: Fact, view: FactsView) -> Text:
    value = view.fact(fact.id)
    question = fact.question
    said = fact.say(value)
    if isinstance(node, (AnyOf, AllOf, Within)):
        said = _set_answer(node, fact, value if isinstance(value, SetValue) else None)
    if isinstance(node, Compare):
        others = [load_vocabulary().facts[f] for f in sorted(facts_in(node)) if f != fact.id]
        for other in others:
            more = other.say(view.fact(other.id))
            question = Text(
                en=f"{question.en} / {other.question.en}", zh=f"{question.zh}／{other.question.zh}"
            )
            said = Text(en=f"{said.en} / {more.en}", zh=f"{said.zh}／{more.zh}")
    return Text(en=f"{question.en} — {said.en}", zh=f"{question.zh}——{said.zh}")


def _set_answer(node: AnyOf | AllOf | Within, fact: Fact, value: SetValue | None) -> Text:
    if value is None:
        return fact.say(None)
    asked = node.others if isinstance(node, Within) else node.members
    present = [fact.members[m] for m in fact.members if m in asked and m in value.yes]
    unknown = [fact.members[m] for m in fact.members if m in asked and value.has(m) is None]
    absent = [fact.members[m] for m in fact.members if m in asked and m in value.no]
    if isinstance(node, AllOf) and absent and not unknown:
        return _listed("without: ", "无：", absent)
    if present:
        return _listed("", "", present)
    if unknown:
        return _listed("not known: ", "不明：", unknown)
    return fact.say(value)


def _listed(en: str, zh: str, texts: list[Text]) -> Text:
    return Text(en=en + "; ".join(t.en for t in texts), zh=zh + "；".join(t.zh for t in texts))


def _behind(id_: str, view: FactsView) -> Iterator[Step]:
    """What a derived fact was worked out from, when nobody stated it."""
    derivations = view.book.derivations.get(id_, ())
    if not derivations or (derivations[0].member is None and id_ in view.known):
        return
    for derivation in derivations:
        truth = derived_truth(derivation, view)
        if derivation.member is None:
            shown = [n for n in derivation.nodes if n.value(view) in (True, None)]
            wanted = True if truth is not None else None
            for node in shown:
                if node.value(view) is wanted:
                    yield from explain(node, view)
                    break
        if truth is not None:
            return


def walk(step: Step) -> Iterator[Step]:
    """A step and every step under it."""
    yield step
    for below in step.steps:
        yield from walk(below)


def unknown_facts(steps: Iterator[Step] | list[Step]) -> list[str]:
    """The facts that keep an explanation open, with those behind derived ones, in order."""
    vocabulary = load_vocabulary()
    found: dict[str, None] = {}
    for step in steps:
        for one in walk(step):
            if one.truth is not None or one.fact is None:
                continue
            by_itself = vocabulary.facts[one.fact].nature != "derived"
            if by_itself or not any(s.truth is None for s in one.steps):
                found[one.fact] = None
    return list(found)


def judgements(steps: Iterator[Step] | list[Step]) -> list[str]:
    """The evaluative facts an explanation rests on."""
    vocabulary = load_vocabulary()
    found: dict[str, None] = {}
    for step in steps:
        for one in walk(step):
            if one.fact and vocabulary.facts[one.fact].nature == "evaluative":
                found[one.fact] = None
    return list(found)
