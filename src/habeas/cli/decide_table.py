"""habeas decide TABLE: every row of a file of uses or events, in bounded memory."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from habeas.cli.show import out, show_json
from habeas.terms import Language, Text

if TYPE_CHECKING:
    from habeas.law.bulk_table import Tally

SUFFIXES = (".parquet", ".csv", ".jsonl", ".arrow", ".feather")
_MOST = 12
_WORDS = {
    "lawful": Text(en="lawful", zh="合法"),
    "unlawful": Text(en="unlawful", zh="违法"),
    "undetermined": Text(en="undetermined", zh="不能确定"),
    "not_governed": Text(en="not governed by this book", zh="不受本法库调整"),
    "refused": Text(en="refused: the row contradicts itself", zh="未予判断：该行自相矛盾"),
    "rows": Text(en="{n:,} rows", zh="共{n:,}行"),
    "breached": Text(en="Broken, in rows", zh="被违反的规定（行数）"),
    "open": Text(en="Open, in rows", zh="尚不明的规定（行数）"),
    "without": Text(en="Facts without a column ({n})", zh="缺少列的事实（{n}项）"),
    "supposed": Text(en="Judgements taken as the table has them", zh="按表中所载采信的法律判断"),
    "ignored": Text(en="Columns that are no facts", zh="不是事实的列"),
    "more": Text(en="and {n} more", zh="另有{n}项"),
    "foot": Text(
        en="Under the book {book} (sha256 {sha}), as of {day}. Legal information, not advice.",
        zh="依据法库 {book}（sha256 {sha}），截至 {day}。本结果为法律信息，不构成法律意见。",
    ),
}


def decide_table_file(
    file: Path,
    *,
    law: str,
    day: date,
    level: str,
    issues: list[str] | None,
    output: Path | None,
    list_open: bool,
    as_json: bool,
    language: Language,
) -> int:
    """Decide, write `output` where one is named, show the counts. 3: some row is unlawful."""
    from habeas.law.book import load_book
    from habeas.law.bulk import Question
    from habeas.law.bulk_table import decide_file

    question = Question(as_of=day, level=level, issues=None if issues is None else tuple(issues))
    tally = decide_file(file, load_book(law), question, out=output, list_open=list_open)
    if as_json:
        show_json({**tally.to_json(), "as_of": day.isoformat()})
    else:
        _show(tally, day, language)
    if tally.statuses["unlawful"]:
        return 3
    return 4 if tally.statuses["undetermined"] + tally.statuses["refused"] else 0


def _print(text: str, *, indent: int = 0, style: str | None = None) -> None:
    out.print(" " * indent + text, style=style, markup=False, soft_wrap=True)


def _show(tally: Tally, day: date, language: Language) -> None:
    def say(word: str) -> str:
        return _WORDS[word].in_language(language)

    _print(say("rows").format(n=tally.rows), style="bold")
    for name, count in tally.statuses.most_common():
        _print(f"{count:>12,}  {say(name)}", indent=2)
    for word, counts in (("breached", tally.breached), ("open", tally.open)):
        if counts:
            _print(say(word), style="bold")
            _ranked(counts, say("more"))
    for word, names in (
        ("without", tally.without),
        ("supposed", tally.supposed),
        ("ignored", tally.ignored),
    ):
        if names:
            _print(say(word).format(n=len(names)), style="bold")
            rest = len(names) - _MOST
            said = ", ".join(names[:_MOST])
            _print(f"{said}; {say('more').format(n=rest)}" if rest > 0 else said, indent=2)
    foot = say("foot").format(book=tally.book, sha=tally.book_sha256[:12], day=day)
    _print(foot, style="dim")


def _ranked(counts: Counter[str], more: str) -> None:
    for id_, count in counts.most_common(_MOST):
        _print(f"{count:>12,}  {id_}", indent=2)
    if len(counts) > _MOST:
        _print(more.format(n=len(counts) - _MOST), indent=2)
