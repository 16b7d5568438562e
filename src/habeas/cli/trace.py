"""habeas trace: find who leaked a file, and clear who did not."""

from __future__ import annotations

import json as json_
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.home import (
    HomeOption,
    JsonOption,
    Lang,
    LangOption,
    clock,
    say,
    steps,
    the_home,
    words,
)
from habeas.cli.show import err, show_json
from habeas.terms import Text

if TYPE_CHECKING:
    from habeas.relief.attribution import Attribution

app = typer.Typer(add_completion=False)
STEPS = {
    "bases": words("opening bases", "打开基准数据"),
    "trace": words("comparing", "比对"),
    "log": words("logging", "写入存证日志"),
}


@app.command()
def trace(
    *,
    leak: Annotated[Path, typer.Argument(help="The leaked table.")],
    original: Annotated[
        Path | None, typer.Option("--original", help="The controller's own table, to compare.")
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Attribution as JSON.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Compare a leak with every release of this home; the tests made are logged."""
    from habeas.procedures.trace_leak import trace_leak
    from habeas.tables.source import open_source

    found = open_source(leak)
    own = None if original is None else open_source(original)
    with the_home(home) as opened, steps(STEPS, lang, quiet=json) as tell:
        traced = trace_leak(opened, found, original=own, now=clock(), tell=tell)
    if out is not None:
        _write(out, traced.attribution)
    if json:
        show_json(traced.attribution.to_json())
    else:
        _show(traced.attribution, lang)
    if traced.past_term:
        _say_past_term(traced.past_term, lang)
    if traced.reduced:
        _say_reduced(traced.reduced, lang)
    return 4 if traced.attribution.outcome == "not_decidable" else 0


def _say_past_term(count: int, lang: Lang) -> None:
    en = f"habeas: {count} releases were not compared: the term of their base has run out"
    zh = f"habeas：{count} 次交付的基准数据已过保存期限，未作比对"
    err.print(words(en, zh).in_language(lang.value), markup=False, soft_wrap=True)


def _say_reduced(count: int, lang: Lang) -> None:
    en = (
        f"habeas: {count} releases are past their term: compared by marks and sketches, without "
        "canary rows; rounded or altered values match no more"
    )
    zh = (
        f"habeas：{count} 次交付已过保存期限：仅以标记与摘要值比对，不含金丝雀记录；"
        "经取整或改动的取值不再匹配"
    )
    err.print(words(en, zh).in_language(lang.value), markup=False, soft_wrap=True)


def _write(out: Path, attribution: Attribution) -> None:
    from habeas.ledger.files import write_file

    text = json_.dumps(attribution.to_json(), ensure_ascii=False, indent=2)
    write_file(out, text.encode() + b"\n")


def _show(attribution: Attribution, lang: Lang) -> None:
    """The outcome, then for each release its four lines apart, then what it does not show."""
    from habeas.relief.attribution import VERDICTS

    say(attribution.summary(), lang)
    for copy in attribution.lines:
        print(f"{copy.recipient}  {copy.release_id}")
        for name, line in copy.lines.items():
            verdict, label = VERDICTS[line.verdict], LINES[name]
            says = line.says
            say(
                words(
                    f"  {label.en}: {verdict.en}. {says.en}",
                    f"  {label.zh}：{verdict.zh}。{says.zh}",
                ),
                lang,
            )
    for hint in _hints(attribution):
        say(hint, lang)
    say(attribution.does_not_show, lang)


def _hints(attribution: Attribution) -> list[Text]:
    """Why nothing could be said, where one cause explains it."""
    found = []
    known = [copy.lines["membership"].figures.get("rows_known") for copy in attribution.lines]
    if known and not any(known):
        found.append(NOTHING_KNOWN)
    if attribution.lines and all(
        copy.lines["marks"].verdict == "silent" and copy.lines["canaries"].verdict == "silent"
        for copy in attribution.lines
    ):
        found.append(NO_MARKS)
    return found


NOTHING_KNOWN = words(
    "The file has no row in common with any copy or with the original: it may be another table, "
    "or too much of it was changed.",
    "该文件与任何副本及原始数据均无共同行：可能是另一张表，或者改动过多。",
)
NO_MARKS = words(
    "No mark and no canary row could be read: a copy without them can be excluded, not named.",
    "未读到任何标记或金丝雀记录：没有标记的副本只能排除，不能指认。",
)
LINES = {
    "membership": words("membership", "行归属"),
    "version": words("version", "版本"),
    "canaries": words("canary rows", "金丝雀记录"),
    "marks": words("marks", "标记"),
}
