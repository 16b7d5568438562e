"""What `law check` found, in words for a reader, in either language; one line a string."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from habeas.law.book import LawBook
from habeas.law.check import Checked
from habeas.law.prove import Finding, Proofs
from habeas.law.schema import load_vocabulary
from habeas.terms import Language, Text

KINDS = {
    "dead": Text(
        en="Never in play: broken or fulfilled on no facts the vocabulary admits, on no day",
        zh="永不起作用：在词汇表容许的任何事实、任何日期下均不被违反或不成立",
    ),
    "subsumed": Text(
        en="Broken only where another is broken too, so it decides nothing by itself",
        zh="仅在另一条被违反时才被违反，单独不起决定作用",
    ),
    "impossible": Text(
        en="Two that cannot both be kept: where one is owed and the other governs, one breaks",
        zh="无法同时遵守：前者应履行而后者适用时，必有一条被违反",
    ),
    "overlap": Text(
        en="An exemption holds while duties on the same question are broken; the book does not say "
        "whether it lifts them",
        zh="豁免成立的同时，同一问题上的其他义务被违反；法库未说明豁免是否及于后者",
    ),
    "splits": Text(
        en="Either answer to a fact breaks something: while it is unknown the answer is "
        "undetermined, though it is unlawful both ways",
        zh="某事实无论为何都有规定被违反：该事实不明时结果为不能确定，实则两种情形均违法",
    ),
}
HEADINGS = {
    "holes": Text(
        en="Questions answered before and not on these days", zh="曾有规则而在下列日期无规则的问题"
    ),
    "unanswered": Text(en="Questions no coded rule answers", zh="尚无已编码规则的问题"),
    "unsettled": Text(en="Contrary to each other, without a winner", zh="相互冲突而无优先者"),
    "settled": Text(en="Contrary to each other, settled", zh="相互冲突，已定优先"),
    "excluded": Text(en="Members the axioms exclude", zh="被公理排除的取值"),
    "unnamed": Text(
        en="Members no rule names: all of one fact are worth the same",
        zh="无规则提及的取值：同一事实的此类取值效果相同",
    ),
    "unread": Text(en="Facts no rule of this book reads", zh="本法库无规则读取的事实"),
    "not_proved": Text(en="Not proved in the time given", zh="在限定时间内未能证明"),
    "axioms": Text(en="Domain axioms assumed", zh="所依据的公理"),
    "atoms": Text(
        en="Left uninterpreted: the solver takes these as free",
        zh="未作解释：求解器视下列比较为任意",
    ),
    "none": Text(en="none", zh="无"),
}


def lines(
    book: LawBook, checked: Checked, proofs: Proofs, *, as_of: date, language: Language
) -> Iterator[tuple[str, bool]]:
    """What was found, line by line; True for a heading."""
    en = language == "en"
    yield (f"{book.id}, sha256 {book.hash[:12]}, {len(book.provisions)}, {as_of}", False)
    for kind, says in KINDS.items():
        found = [finding for finding in proofs.findings if finding.kind == kind]
        yield from _listed(says, [_finding(one) for one in found], language)
    listed: list[tuple[str, Sequence[str]]] = [
        (
            "holes",
            [
                f"{h.issue} ({h.level}): {h.first} – {h.last or ('today' if en else '今')}"
                for h in checked.holes
            ],
        ),
        ("unanswered", [_issue(issue, language) for issue in checked.unanswered]),
        ("unsettled", [f"{p.winner} ↔ {p.loser}" for p in checked.unsettled]),
        (
            "settled",
            [f"{p.winner} > {p.loser} ({p.by})" for p in checked.precedence if p.by is not None],
        ),
        ("excluded", _members(checked.unreachable)),
        ("unnamed", _members(checked.unnamed)),
        ("unread", [", ".join(checked.unread)] if checked.unread else []),
        ("not_proved", [f"{k} ({level}): {', '.join(i)}" for k, level, i in proofs.not_proved]),
        ("axioms", [", ".join(proofs.axioms)] if proofs.axioms else []),
        ("atoms", proofs.atoms),
    ]
    for name, items in listed:
        yield from _listed(HEADINGS[name], items, language)


def _listed(says: Text, items: Sequence[str], language: Language) -> Iterator[tuple[str, bool]]:
    yield (says.in_language(language), True)
    for item in items or [HEADINGS["none"].in_language(language)]:
        yield (item, False)


def _finding(one: Finding) -> str:
    ids = one.provisions
    if one.kind == "overlap":
        said = f"{ids[0]}: {', '.join(ids[1:])}"
    elif one.kind == "splits":
        # Which provisions a witness happens to break is in --json: another run may find another.
        said = str(one.fact)
    else:
        said = " ← ".join(ids) if one.kind == "subsumed" else ", ".join(ids)
    return f"{said} ({one.level})"


def _issue(issue: str, language: Language) -> str:
    return f"{issue}: {load_vocabulary().domains['issue'][issue].in_language(language)}"


def _members(found: dict[str, tuple[str, ...]]) -> list[str]:
    return [f"{fact}: {', '.join(members)}" for fact, members in found.items()]


_HEAD = (
    "Generated: `habeas law check --markdown`. Findings about the coded book, which may be the "
    "law's own or ours; each one that says something *can* be has a matter in `--json` that runs. "
    "Judgements are taken as free; every fact is known except where a fact is split."
)


def page(book: LawBook, checked: Checked, proofs: Proofs, *, as_of: date) -> str:
    """The page docs/reference/law_check_<book>.md."""
    text = [
        f"# What `habeas law check` finds in the book {book.id}",
        "",
        _HEAD,
        "",
    ]
    for line, heading in lines(book, checked, proofs, as_of=as_of, language="en"):
        text += ["", f"## {line}", ""] if heading else [f"- {line}"]
    return "\n".join(text) + "\n"
