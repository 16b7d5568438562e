"""Why: plain sentences, provision by provision, pruned to what decided the answer.

For a false AND only the false parts are shown, for a true OR only the true ones, for an unknown
whole only the unknown parts. An exemption appears only where it defeats something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from habeas.law.decision import Step
from habeas.law.expression import (
    AllOf,
    And,
    AnyOf,
    Applies,
    Compare,
    Constant,
    Is,
    Node,
    Not,
    Or,
    Truth,
    Within,
    facts_in,
    k_or,
)
from habeas.law.index import index_of
from habeas.law.provision import BREAKABLE, Provision, Rule
from habeas.law.schema import Fact, load_vocabulary
from habeas.law.values import SetValue, Value
from habeas.law.views import ElementView, derived_truth
from habeas.terms import Text


def explain_provision(id_: str, view: ElementView, issues: tuple[str, ...] | None = None) -> Step:
    """Why a provision holds or not, is broken or not (only its parts on `issues`, if given)."""
    key = (id_, issues)
    if key not in view.steps:
        view.steps[key] = _explain_provision(id_, view, issues)
    found: Step = view.steps[key]
    return found


def _explain_provision(id_: str, view: ElementView, issues: tuple[str, ...] | None) -> Step:
    provision = view.book.provisions[id_]
    in_force = provision.in_force(view.day)
    parts = view.parts(provision, issues) if in_force else ()
    truth = view.parts_truth(provision, parts) if in_force else False
    truths = [view.rule(rule) for rule in parts]
    raw = k_or(*truths)
    steps = [
        step
        for rule, whole in zip(parts, truths, strict=True)
        if raw is False or whole is raw
        for step in _rule_steps(rule, whole, view)
    ]
    if provision.kind in BREAKABLE and raw is not False:
        steps += _attacks(provision, view, truth)
    return Step(says=_verdict(provision, truth), truth=truth, provision=id_, steps=_once(steps))


def _attacks(provision: Provision, view: ElementView, truth: Truth) -> list[Step]:
    attackers = view.book.attackers.get(provision.id, ())
    wanted = {False: (True,), None: (None,), True: ()}[truth]
    return [explain_provision(a, view) for a in attackers if view.provision(a) in wanted]


def _verdict(provision: Provision, truth: Truth) -> Text:
    words = _VERDICTS[(provision.kind in BREAKABLE, truth)]
    return Text(en=f"{provision.title.en} {words[0]}", zh=f"{provision.title.zh}{words[1]}")


_VERDICTS = {
    (True, True): ("is broken", "被违反"),
    (True, False): ("is not broken", "未被违反"),
    (True, None): ("may be broken: not all is known", "是否被违反尚不明"),
    (False, True): ("applies", "成立"),
    (False, False): ("does not apply", "不成立"),
    (False, None): ("may apply: not all is known", "是否成立尚不明"),
}


def _rule_steps(rule: Rule, whole: Truth, view: ElementView) -> Iterator[Step]:
    """Only the parts that carry the answer: the rule is `when and not unless and not met`."""
    parts = ((rule.addressed, True), (rule.when, True), (rule.unless, False), (rule.met, False))
    for node, wanted in parts:
        if node is None:
            continue
        truth = view.truth(node)
        broken_if = truth if wanted or truth is None else not truth
        if whole is True or broken_if is whole:
            yield from explain(node, view)


def explain(node: Node, view: ElementView) -> list[Step]:
    """The steps that carry the value of an expression."""
    key = id(node)
    if key not in view.steps:
        view.steps[key] = _explain(node, view)
    found: list[Step] = view.steps[key]
    return found


def _explain(node: Node, view: ElementView) -> list[Step]:
    match node:
        case And() | Or():
            truth = view.truth(node)
            settles = isinstance(node, Or)
            shown: Iterable[Node] = node.parts
            if truth is settles or truth is None:
                shown = [part for part in node.parts if view.truth(part) is truth]
            return [step for part in shown for step in explain(part, view)]
        case Not():
            return explain(node.part, view)
        case Applies():
            return [explain_provision(node.provision, view)]
        case Constant():
            return []
        case _:
            return [_leaf(node, view)]


_MOST_LEAVES = 50_000


def _leaf(node: Node, view: ElementView) -> Step:
    if isinstance(node, (Is, AnyOf, AllOf, Within)) and node.fact not in view.book.derivations:
        return _stated_leaf(node, view)
    facts = _facts_of(node)
    if len(facts) > 1:
        facts.sort(key=lambda id_: view.fact(id_) is not None)
    fact = load_vocabulary().facts[facts[0]]
    truth = view.truth(node)
    key = (fact.id, truth) if isinstance(node, Is) else (id(node), None)
    if key not in view.steps:
        behind = [step for id_ in facts for step in _behind(id_, view)]
        view.steps[key] = Step(
            says=_sentence(node, fact, view), truth=truth, fact=fact.id, steps=_once(behind)
        )
    found: Step = view.steps[key]
    return found


def _stated_leaf(node: Is | AnyOf | AllOf | Within, view: ElementView) -> Step:
    """A leaf on one fact that nothing is worked out from: the same in every matter that says so."""
    value = view.fact(node.fact)
    kept: dict[tuple[int, Value | None], tuple[Node, Step]] = index_of(view.book).leaves
    found = kept.get((id(node), value))
    if found is None:
        if len(kept) >= _MOST_LEAVES:
            kept.clear()
        fact = load_vocabulary().facts[node.fact]
        step = Step(says=_sentence(node, fact, view), truth=node.value(view), fact=fact.id)
        found = kept[(id(node), value)] = (node, step)  # the node is kept: so is its number
    return found[1]


def _facts_of(node: Node) -> list[str]:
    if isinstance(node, (Is, AnyOf, AllOf, Within)):
        return [node.fact]
    return sorted(facts_in(node))


def _once(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Steps without those that say the same again."""
    return tuple({(step.says.en, step.says.zh, step.truth): step for step in steps}.values())


@cache
def _said(id_: str, value: str | bool | None) -> Text:
    """The sentence for one of the few values of a choice."""
    fact = load_vocabulary().facts[id_]
    said = fact.say(value)
    return Text(en=f"{fact.question.en} — {said.en}", zh=f"{fact.question.zh}——{said.zh}")


def _sentence(node: Node, fact: Fact, view: ElementView) -> Text:
    value = view.fact(fact.id)
    if value is None and not isinstance(node, Compare):
        return _said(fact.id, None)
    if isinstance(node, Is) and isinstance(value, (bool, str)):
        return _said(fact.id, value)
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


def _behind(id_: str, view: ElementView) -> list[Step]:
    """What a derived fact was worked out from, when nobody stated it."""
    key = (id_, "behind")
    if key not in view.steps:
        view.steps[key] = list(_worked_out_from(id_, view))
    found: list[Step] = view.steps[key]
    return found


def _worked_out_from(id_: str, view: ElementView) -> Iterator[Step]:
    derivations = view.book.derivations.get(id_, ())
    if not derivations or (derivations[0].member is None and id_ in view.known):
        return
    for derivation in derivations:
        truth = derived_truth(derivation, view)
        if derivation.member is None:
            shown = [n for n in derivation.nodes if view.truth(n) in (True, None)]
            wanted = True if truth is not None else None
            for node in shown:
                if view.truth(node) is wanted:
                    yield from explain(node, view)
                    break
        if truth is not None:
            return


def unknown_facts(steps: Iterable[Step]) -> list[str]:
    """The facts that keep an explanation open, with those behind derived ones, in order."""
    return list(dict.fromkeys(fact for step in steps for fact in _gathered(step)[0]))


def judgements(steps: Iterable[Step]) -> list[str]:
    """The evaluative facts an explanation rests on."""
    return list(dict.fromkeys(fact for step in steps for fact in _gathered(step)[1]))


def _gathered(step: Step) -> tuple[list[str], list[str]]:
    """The open ends and the judgements of a step and all under it; of each step once."""
    if step.gathered is not None:
        return step.gathered
    below = [_gathered(one) for one in step.steps]
    nature = None if step.fact is None else load_vocabulary().facts[step.fact].nature
    open_ = nature is not None and step.truth is None
    if open_ and nature == "derived":
        open_ = not any(one.truth is None for one in step.steps)
    return step.gather(
        _merged(step.fact if open_ else None, [ends for ends, _ in below]),
        _merged(step.fact if nature == "evaluative" else None, [own for _, own in below]),
    )


def _merged(first: str | None, lists: list[list[str]]) -> list[str]:
    if first is None and len(lists) == 1:
        return lists[0]
    found: dict[str, None] = {} if first is None else {first: None}
    for one in lists:
        found.update(dict.fromkeys(one))
    return list(found)
