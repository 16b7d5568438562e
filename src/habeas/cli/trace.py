"""habeas trace: find who leaked a file, and clear who did not."""

from __future__ import annotations

import json as json_
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from habeas.errors import BadInput
from habeas.terms import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from habeas.relief.attribution import Attribution
    from habeas.relief.expert import Rechecked

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
    expert: Annotated[
        list[Path] | None,
        typer.Option("--expert", help="Expert report: .html, .docx or .json; may be repeated."),
    ] = None,
    recheck: Annotated[
        bool, typer.Option("--recheck", help="LEAK is an expert report (.json): work it out again.")
    ] = False,
    logged: Annotated[
        Path | None,
        typer.Option("--logged", help="With --recheck: JSON, release id to commitment in the log."),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Compare a leak with every release of this home; the tests made are logged.

    With --recheck no home is needed: every accusation by marks is recomputed from the disclosed
    positions; exit 3 if one does not hold.
    """
    if recheck:
        return _recheck(leak, logged, lang, json=json)
    if logged is not None:
        raise BadInput("--logged goes with --recheck", remedy="name an expert report as LEAK")
    from habeas.procedures.trace_leak import trace_leak
    from habeas.tables.source import open_source

    reports = [(path, _form(path)) for path in expert or []]
    found = open_source(leak)
    own = None if original is None else open_source(original)
    with the_home(home) as opened, steps(STEPS, lang, quiet=json) as tell:
        traced = trace_leak(
            opened, found, original=own, expert=bool(reports), now=clock(), tell=tell
        )
    if out is not None:
        _write(out, traced.attribution.to_json())
    for path, form in reports:
        _write_expert(path, form, traced.expert or {}, lang)
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


def _write(out: Path, document: Mapping[str, Any]) -> None:
    from habeas.ledger.files import write_file

    text = json_.dumps(document, ensure_ascii=False, indent=2)
    write_file(out, text.encode() + b"\n")


def _form(path: Path) -> str:
    """Which form a report's name asks for; seen before the trace, which counts as a test."""
    form = path.suffix.casefold()
    if form not in (".html", ".docx", ".json"):
        raise BadInput(
            "an expert report is .html, .docx or .json", file=path.name, remedy="rename it"
        )
    return form


def _write_expert(path: Path, form: str, document: Mapping[str, Any], lang: Lang) -> None:
    from habeas.ledger.files import write_file
    from habeas.relief.expert_page import to_docx, to_html

    if form == ".json":
        _write(path, document)
    elif form == ".html":
        write_file(path, to_html(document, language=lang.value).encode())
    else:
        write_file(path, to_docx(document, language=lang.value))


def _recheck(report: Path, logged: Path | None, lang: Lang, *, json: bool) -> int:
    from habeas.relief.expert import recheck_document

    known = None if logged is None else _json_of(logged)
    found = recheck_document(_json_of(report), logged=known)
    if json:
        show_json({"accusations": [one.to_json() for one in found]})
        return 0
    if not found:
        say(NOTHING_TO_RECHECK, lang)
    for one in found:
        say(_rechecked_words(one), lang)
    if found and known is None:
        say(COMMITMENT_STATED, lang)
    return 0


def _json_of(path: Path) -> dict[str, Any]:
    try:
        found = json_.loads(path.read_bytes())
    except OSError as error:
        raise BadInput("the file can't be read", file=path.name) from error
    except ValueError as error:
        raise BadInput("this is no JSON", file=path.name) from error
    if not isinstance(found, dict):
        raise BadInput("this is no JSON object", file=path.name)
    return found


def _rechecked_words(one: Rechecked) -> Text:
    return words(
        f"{one.recipient}  {one.release_id}: {one.positions} positions, at most "
        f"10^{one.log10_bound} a test, 10^{one.log10_product} over all tests; whichever copies it "
        f"had been weighed beside, 10^{one.any_context}",
        f"{one.recipient}  {one.release_id}：{one.positions}个位置，单次检验不超过"
        f"10^{one.log10_bound}，全部检验不超过10^{one.log10_product}；"
        f"无论与哪些副本并列衡量，不超过10^{one.any_context}",
    )


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
NOTHING_TO_RECHECK = words(
    "The report holds no accusation by marks: there is nothing to recompute.",
    "报告中没有依标记作出的指向，无可复核。",
)
COMMITMENT_STATED = words(
    "The commitments are those the report states; compare them with the log, or give --logged.",
    "承诺值取自报告本身，请与存证日志核对，或以 --logged 提供。",
)
LINES = {
    "membership": words("membership", "行归属"),
    "version": words("version", "版本"),
    "canaries": words("canary rows", "金丝雀记录"),
    "marks": words("marks", "标记"),
}
