"""A book for its readers: a provision in words and as data, the book in numbers."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from habeas.law.book import LawBook
from habeas.law.conflicts import Precedence
from habeas.law.expression import facts_in, provisions_in
from habeas.law.provision import Provision, Rule
from habeas.law.schema import load_vocabulary
from habeas.law.wording import write
from habeas.terms import Language, Text


def _rules(provision: Provision) -> list[Rule]:
    return [rule for parts in provision.rules.values() for rule in parts]


def provision_as_json(provision: Provision, book: LawBook, day: date) -> dict[str, Any]:
    """A provision as data."""
    return {
        "id": provision.id,
        "title": {"en": provision.title.en, "zh": provision.title.zh},
        "paraphrase": {"en": provision.paraphrase.en, "zh": provision.paraphrase.zh},
        "kind": provision.kind,
        "rank": provision.rank,
        "from": provision.from_.isoformat(),
        "to": None if provision.to is None else provision.to.isoformat(),
        "in_force": provision.in_force(day),
        "decides": provision.decides,
        "issues": list(provision.issues),
        "rules": [_rule_as_json(rule) for rule in _rules(provision)],
        "defeats": list(provision.defeats),
        "defeated_by": list(book.attackers.get(provision.id, ())),
        "precedence": [
            {"winner": one.winner, "loser": one.loser, "by": one.by}
            for one in book.precedence
            if provision.id in (one.winner, one.loser)
        ],
        "reading": None
        if provision.reading is None
        else {"en": provision.reading.en, "zh": provision.reading.zh},
        "marks": {
            "read": provision.marks.read,
            "coded": provision.marks.coded,
            "reviewed": provision.marks.reviewed,
        },
        "official_text_sha256": provision.source_sha256,
    }


def _rule_as_json(rule: Rule) -> dict[str, Any]:
    return {
        "level": rule.level,
        "issues": list(rule.issues),
        "addressed_when": None if rule.addressed is None else write(rule.addressed),
        "when": write(rule.when),
        "unless": None if rule.unless is None else write(rule.unless),
        "met_when": None if rule.met is None else write(rule.met),
        "within": None if rule.within is None else write(rule.within),
    }


def provision_in_words(provision: Provision, book: LawBook, language: Language) -> list[str]:
    """A provision for a reader, line by line."""
    until = "" if provision.to is None else f" – {provision.to}"
    where = f"{provision.kind}, {provision.rank}, {provision.from_}{until}"
    lines = [
        provision.paraphrase.in_language(language),
        "; ".join((where, provision.marks.weakest, ", ".join(provision.issues))),
    ]
    for rule in _rules(provision):
        lines.append(f"{rule.level}: when {write(rule.when)}")
        for word, node in (
            ("addressed when", rule.addressed),
            ("unless", rule.unless),
            ("met when", rule.met),
            ("within", rule.within),
        ):
            if node is not None:
                lines.append(f"     {word} {write(node)}")
    if provision.reading is not None:
        lines.append(f"reading: {provision.reading.in_language(language)}")
    for word, ids in (
        ("defeats", provision.defeats),
        ("defeated by", book.attackers.get(provision.id, ())),
    ):
        if ids:
            lines.append(f"{word}: {', '.join(ids)}")
    lines += [
        _prevails(one, language)
        for one in book.precedence
        if provision.id in (one.winner, one.loser)
    ]
    if provision.source_sha256:
        lines.append(f"official text: sha256 {provision.source_sha256}")
    return lines


_BY = {
    "explicit": Text(en="as the book states", zh="法库明文"),
    "superior": Text(en="lex superior", zh="上位法优于下位法"),
    "specialis": Text(en="lex specialis", zh="特别法优于一般法"),
    "posterior": Text(en="lex posterior", zh="新法优于旧法"),
}


def _prevails(one: Precedence, language: Language) -> str:
    if one.by is None:
        return Text(
            en=f"contrary to each other, without a winner: {one.winner}, {one.loser}",
            zh=f"相互冲突而无优先者：{one.winner}、{one.loser}",
        ).in_language(language)
    by = _BY[one.by]
    return Text(
        en=f"{one.winner} prevails over {one.loser} ({by.en})",
        zh=f"{one.winner} 优先于 {one.loser}（{by.zh}）",
    ).in_language(language)


def book_in_numbers(book: LawBook, day: date) -> dict[str, Any]:
    """How large a book is, how much of the sheets it covers, and on what its rules rest."""
    kinds = Counter(provision.kind for provision in book.provisions.values())
    marks = Counter(provision.marks.weakest for provision in book.provisions.values())
    brute = [id_ for id_ in book.provisions if not _judged(id_, book)]
    return {
        "book": book.id,
        "sha256": book.hash,
        "provisions_coded": len(book.provisions),
        "provisions_in_the_sheets": book.sheet_size,
        "not_coded": book.sheet_size - len(book.provisions),
        "not_yet_coded": sum(t.reason == "not_yet_coded" for t in book.text_only.values()),
        "text_only": dict(sorted(Counter(t.reason for t in book.text_only.values()).items())),
        "without_a_reason": book.sheet_size - len(book.provisions) - len(book.text_only),
        "in_force": len(book.in_force(day)),
        "as_of": day.isoformat(),
        "by_kind": dict(sorted(kinds.items())),
        "by_weakest_mark": dict(sorted(marks.items())),
        "decide_on_brute_facts_alone": len(brute),
        "facts_read": len(_facts_read(book)),
    }


def _judged(id_: str, book: LawBook) -> bool:
    """Whether a provision leans, at any depth, on a legal judgement."""
    vocabulary = load_vocabulary()
    return any(vocabulary.facts[f].nature == "evaluative" for f in reads(id_, book))


def _facts_read(book: LawBook) -> frozenset[str]:
    return frozenset().union(*(reads(id_, book) for id_ in book.provisions))


def reads(id_: str, book: LawBook) -> frozenset[str]:
    """Every fact a provision reads, through other provisions and derived facts."""
    found: set[str] = set()
    todo = [id_]
    while todo:
        one = todo.pop()
        if one in found:
            continue
        found.add(one)
        if one in book.provisions:
            nodes = [node for rule in _rules(book.provisions[one]) for node in rule.nodes]
            todo += book.attackers.get(one, ())
        else:
            nodes = [node for d in book.derivations.get(one, ()) for node in d.nodes]
        todo += [name for node in nodes for name in (*facts_in(node), *provisions_in(node))]
    return frozenset(found - set(book.provisions))
