"""What differs between two books, provision by provision, with the words of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from habeas.law.book import Derivation, LawBook
from habeas.law.enact import is_enacted, never_applies
from habeas.law.expression import facts_in, provisions_in
from habeas.law.provision import BREAKABLE, Provision, Rule
from habeas.law.wording import write
from habeas.terms import Text

What = Literal["added", "removed", "repealed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One provision, or one derived fact (kind 'derived'), that is not the same in both books.

    before, after: the rules line by line, as a book writes them; empty where it stands not.
    """

    what: What
    id: str
    kind: str
    title: Text
    says: Text | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    defeats: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "id": self.id,
            "kind": self.kind,
            "title": {"en": self.title.en, "zh": self.title.zh},
            "says": None if self.says is None else {"en": self.says.en, "zh": self.says.zh},
            "before": list(self.before),
            "after": list(self.after),
            "defeats": list(self.defeats),
        }


def differences(old: LawBook, new: LawBook) -> tuple[Difference, ...]:
    """What was added, removed, repealed or changed, in the new book's order."""
    ids = dict.fromkeys((*new.provisions, *old.provisions))
    found = [_of_provision(old.provisions.get(id_), new.provisions.get(id_)) for id_ in ids]
    if is_enacted(new):
        found = [one if one is None else _as_written(one) for one in found]
    facts = dict.fromkeys((*new.derivations, *old.derivations))
    derived = [_of_fact(f, old.derivations.get(f, ()), new.derivations.get(f, ())) for f in facts]
    return tuple(one for one in (*found, *derived) if one is not None)


def _of_provision(old: Provision | None, new: Provision | None) -> Difference | None:
    either = new or old
    if either is None or (old is not None and new is not None and _same(old, new)):
        return None
    what: What = "changed"
    if old is None or new is None:
        what = "added" if old is None else "removed"
    elif never_applies(new) and not never_applies(old):
        what = "repealed"
    return Difference(
        what=what,
        id=either.id,
        kind=either.kind,
        title=either.title,
        says=either.paraphrase,
        before=_rule_lines(old),
        after=_rule_lines(new),
        defeats=either.defeats if what == "added" else (),
    )


def _as_written(one: Difference) -> Difference:
    """Without the line by which `enact` keeps a new duty silent where it is not broken."""
    if one.what != "added" or one.kind not in BREAKABLE:
        return one
    return replace(one, after=tuple(line for line in one.after if ": addressed when" not in line))


def _same(old: Provision, new: Provision) -> bool:
    names = ("kind", "rules", "defeats", "from_", "to", "verified", "status", "paraphrase")
    return all(getattr(old, name) == getattr(new, name) for name in names)


def _rule_lines(provision: Provision | None) -> tuple[str, ...]:
    if provision is None:
        return ()
    every = [rule for parts in provision.rules.values() for rule in parts]
    return tuple(line for rule in every for line in _lines(rule))


def _lines(rule: Rule) -> list[str]:
    parts = (
        ("addressed when", rule.addressed),
        ("when", rule.when),
        ("unless", rule.unless),
        ("met when", rule.met),
        ("within", rule.within),
    )
    return [f"{rule.level}: {word} {write(node)}" for word, node in parts if node is not None]


def _of_fact(
    fact: str, old: tuple[Derivation, ...], new: tuple[Derivation, ...]
) -> Difference | None:
    before, after = (tuple(line for d in some for line in _sides(d)) for some in (old, new))
    if before == after:
        return None
    return Difference(
        what="changed" if old and new else ("added" if new else "removed"),
        id=fact,
        kind="derived",
        title=Text(en=fact, zh=fact),
        says=None,
        before=before,
        after=after,
    )


def _sides(derivation: Derivation) -> list[str]:
    parts = (
        ("true when", derivation.true_when),
        ("presumed when", derivation.presumed_when),
        ("false when", derivation.false_when),
    )
    about = f"{derivation.member}: " if derivation.member else ""
    return [f"{about}{word} {write(node)}" for word, node in parts if node is not None]


def made_by(
    decided: tuple[str, ...], changes: Iterable[Difference], old: LawBook, new: LawBook
) -> tuple[str, ...]:
    """Which of the changes lie behind provisions that decided otherwise: directly, or leant on."""
    changed = tuple(dict.fromkeys(change.id for change in changes))
    direct = tuple(id_ for id_ in changed if id_ in decided)
    if direct:
        return direct
    reached = _reached(decided, old) | _reached(decided, new)
    return tuple(id_ for id_ in changed if id_ in reached)


def _reached(ids: Iterable[str], book: LawBook) -> set[str]:
    found: set[str] = set()
    todo = list(ids)
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += _leans_on(one, book, book.attackers)
    return found


def _leans_on(id_: str, book: LawBook, attackers: Mapping[str, tuple[str, ...]]) -> list[str]:
    if id_ in book.provisions:
        provision = book.provisions[id_]
        nodes = [n for parts in provision.rules.values() for rule in parts for n in rule.nodes]
        scope = list(book.instruments[provision.instrument].scope.values())
        nodes += scope
    else:
        nodes = [node for d in book.derivations.get(id_, ()) for node in d.nodes]
        for instrument in book.instruments.values():
            if instrument.grounds_under == id_:
                return [*instrument.grounds]
    return [*attackers.get(id_, ()), *(n for d in nodes for n in (*facts_in(d), *provisions_in(d)))]
