"""A law book as one page for jurists: what each provision says beside how it is coded.

Left: citation, days in force, paraphrase, and the official text where it was imported and its
hash agrees. Right: the rule as written, how its words were read, what defeats it, and how many
cases a second author wrote for it. One file, no script, nothing fetched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from habeas.boundary.pages import template
from habeas.law.book import LawBook
from habeas.law.cases import case_files, read_cases
from habeas.law.official_text import text_of
from habeas.law.provision import Kind, Provision
from habeas.law.wording import write
from habeas.terms import Language, Text

_KINDS: Mapping[Kind, Text] = {
    "scope": Text(en="scope", zh="适用范围"),
    "define": Text(en="definition", zh="定义"),
    "ground": Text(en="ground", zh="合法性基础"),
    "exempt": Text(en="exception", zh="例外"),
    "prohibit": Text(en="prohibition", zh="禁止"),
    "oblige": Text(en="duty", zh="义务"),
}
_MARKS: Mapping[str, Text] = {
    "none": Text(en="not read", zh="未核读"),
    "read": Text(en="read", zh="已核读"),
    "coded": Text(en="read and coded", zh="已核读、已编码"),
    "reviewed": Text(en="reviewed by a jurist", zh="经法律专家复核"),
}
_WORDS: Mapping[str, Text] = {
    "lead": Text(
        en="What each provision says in our own words, beside how it is coded. "
        "Legal information, not advice; nothing here is official text unless marked so.",
        zh="左侧为我们对各条的转述，右侧为其编码。仅为法律信息，不构成法律意见；"
        "除注明外，均非官方文本。",
    ),
    "says": Text(en="what it says", zh="条文大意"),
    "rule": Text(en="how it is coded", zh="如何编码"),
    "official": Text(en="official text (SHA-256 agrees)", zh="官方文本（SHA-256 相符）"),
    "when": Text(en="when", zh="适用于"),
    "unless": Text(en="unless", zh="除非"),
    "met": Text(en="met when", zh="履行即"),
    "addressed": Text(en="addressed to", zh="针对"),
    "within": Text(en="and only", zh="且限于"),
    "reading": Text(en="read as", zh="解读"),
    "defeats": Text(en="goes before", zh="优先于"),
    "defeated": Text(en="gives way to", zh="让位于"),
    "mind": Text(en="mind", zh="注意"),
    "cases": Text(en="{n} cases by a second author", zh="第二作者所写案例 {n} 个"),
    "not_in_force": Text(en="not in force on this day", zh="当日未施行"),
    "shown_only": Text(en="shown, decides nothing", zh="仅供参阅，不作依据"),
    "as_of": Text(en="as of", zh="截至"),
    "book": Text(en="book", zh="法库"),
}
_LEVELS: Mapping[str, Text] = {
    "use": Text(en="a use", zh="处理行为"),
    "event": Text(en="an event", zh="事件"),
    "claim": Text(en="a claim", zh="请求"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    provision: str
    title: str
    kind: str
    days: str
    state: str
    mark: str
    says: str
    official: str | None
    rules: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    notes: tuple[tuple[str, str], ...]
    cases: str


def book_page(book: LawBook, *, as_of: date, texts: Path | None, language: Language) -> str:
    """The page as HTML. texts: a folder of imported official texts, or None."""
    written = Counter(c.provision for path in case_files(book.id) for c in read_cases(path))
    words = {name: text.in_language(language) for name, text in _WORDS.items()}
    return template("habeas.papers", "book.html").render(
        language="zh-Hans" if language == "zh" else "en",
        title=book.title.in_language(language),
        words=words,
        as_of=as_of.isoformat(),
        sha256=book.hash,
        groups=_by_instrument(book, as_of, texts, language, written),
    )


def _by_instrument(
    book: LawBook, day: date, texts: Path | None, language: Language, written: Mapping[str, int]
) -> list[tuple[str, list[_Entry]]]:
    groups: dict[str, list[_Entry]] = {}
    for p in book.provisions.values():
        official = None if texts is None else text_of(p.id, book, folder=texts)
        name = book.instruments[p.instrument].short.in_language(language)
        groups.setdefault(name, []).append(
            _entry(p, book, day, official=official, language=language, cases=written.get(p.id, 0))
        )
    return list(groups.items())


def _entry(
    p: Provision, book: LawBook, day: date, *, official: str | None, language: Language, cases: int
) -> _Entry:
    state = "" if p.in_force(day) else _say("not_in_force", language)
    if not p.decides:
        state = _say("shown_only", language)
    return _Entry(
        provision=p.id,
        title=p.title.in_language(language),
        kind=_KINDS[p.kind].in_language(language),
        days=f"{p.from_} –" if p.to is None else f"{p.from_} – {p.to}",
        state=state,
        mark=_MARKS[p.marks.weakest].in_language(language),
        says=p.paraphrase.in_language(language),
        official=official,
        rules=_rules(p, language),
        notes=_notes(p, book, language),
        cases=_say("cases", language).replace("{n}", str(cases)),
    )


def _rules(p: Provision, language: Language) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    found = []
    for level, parts in p.rules.items():
        for rule in parts:
            named = (
                ("addressed", rule.addressed),
                ("when", rule.when),
                ("unless", rule.unless),
                ("met", rule.met),
                ("within", rule.within),
            )
            lines = tuple((_say(w, language), write(node)) for w, node in named if node is not None)
            found.append((_LEVELS[level].in_language(language), lines))
    return tuple(found)


def _notes(p: Provision, book: LawBook, language: Language) -> tuple[tuple[str, str], ...]:
    notes = []
    if p.reading is not None:
        notes.append((_say("reading", language), p.reading.in_language(language)))
    for word, ids in (("defeats", p.defeats), ("defeated", book.attackers.get(p.id, ()))):
        if ids:
            notes.append((_say(word, language), ", ".join(ids)))
    notes += [(_say("mind", language), flag.says.in_language(language)) for flag in p.flags]
    return tuple(notes)


def _say(word: str, language: Language) -> str:
    return _WORDS[word].in_language(language)
