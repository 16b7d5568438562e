"""habeas scan: find personal data and say where the legal line runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from habeas.cli.show import out, show_json
from habeas.errors import BadInput
from habeas.terms import Language, Text

if TYPE_CHECKING:
    from habeas.boundary.draw import Boundary, ColumnBoundary
    from habeas.boundary.text import Span
    from habeas.law.book import LawBook

app = typer.Typer(add_completion=False)

_LONGEST_TEXT = 64 << 20
_COLOURS = {
    "sensitive": "red",
    "personal": "dark_orange3",
    "quasi_identifier": "yellow4",
    "not_personal": "green4",
    "undecided": "grey50",
}
_BAR = 60
_STANDARD = "standard"


@app.command()
def scan(  # noqa: PLR0913, PLR0917 - typer passes them by name
    source: Annotated[
        str,
        typer.Argument(
            help="a table, folder, glob, archive, workbook, database or address; - for text"
        ),
    ],
    full: Annotated[bool, typer.Option("--full", help="look at every cell")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="write an HTML page")] = None,
    activity: Annotated[
        list[Path] | None, typer.Option("--activity", help="who claims which columns")
    ] = None,
    tables: Annotated[
        list[str] | None,
        typer.Option(
            "--tables", help="only tables so named (* and ?); with ! before it, none such"
        ),
    ] = None,
    state: Annotated[
        Path | None, typer.Option("--state", help="remember scans here; skip what is unchanged")
    ] = None,
    corrections: Annotated[
        Path | None, typer.Option("--corrections", help="a corrections/v1 file, kept beside")
    ] = None,
    effort: Annotated[
        str | None,
        typer.Option("--effort", help="measures and hours by value: 'standard', or your effort/v1"),
    ] = None,
    detectors: Annotated[
        list[Path] | None, typer.Option("--detectors", help="your own: a detectors/v1 file")
    ] = None,
    law: Annotated[str, typer.Option("--law", help="law book")] = "cn",
    as_of: Annotated[str | None, typer.Option("--as-of", help="day, YYYY-MM-DD")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
    lang: Annotated[str, typer.Option("--lang", help="en or zh")] = "en",
) -> int:
    """Say of each column on which side of the line it lies, and under which provision.

    Exit 2 when a part of the source can't be read; the rest is shown all the same.
    """
    language = _language(lang)
    if detectors:
        _use(detectors)
    if source == "-":
        _scan_text(as_json=as_json, language=language)
        return 0
    from habeas.cli.scan_estate import Asked, check_report, scan_estate, write_report
    from habeas.law.book import load_book
    from habeas.tables.choice import Choice

    check_report(report)
    book = load_book(law)
    asked = Asked(
        source=source,
        choice=Choice.of(tables or ()),
        book=book,
        day=_day(as_of),
        claimed=_claimed(activity or []),
        full=full,
        state=state,
        corrections=corrections,
        hours=None if effort in (None, _STANDARD) else Path(effort),
        quiet=as_json,
    )
    found = scan_estate(asked)
    if report is not None:
        write_report(report, found, book, language)
    if as_json:
        show_json(found.to_json(effort=effort is not None))
    else:
        for boundary in found.boundaries:
            _show(boundary, book, language)
        found.show_rest(language, effort=effort is not None)
    return 2 if found.unread else 0


def _use(paths: Sequence[Path]) -> None:
    """The user's detectors, for the rest of this command."""
    from habeas.boundary.own import load_own
    from habeas.boundary.registry import set_own

    set_own(tuple(one for path in paths for one in load_own(path)))


def _language(lang: str) -> Language:
    if lang not in ("en", "zh"):
        raise BadInput(f"there is no language {lang!r}", remedy="use --lang en or --lang zh")
    found: Literal["en", "zh"] = "zh" if lang == "zh" else "en"
    return found


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(tz=UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(
            f"{text!r} is not a day", place="--as-of", remedy="write it as 2026-11-24"
        ) from error


def _claimed(paths: Sequence[Path]) -> dict[str, list[str]]:
    if not paths:
        return {}
    from habeas.rights.activity import load_activity

    claimed: dict[str, list[str]] = {}
    for path in paths:
        for column, activities in load_activity(path).claimed().items():
            claimed.setdefault(column, []).extend(activities)
    return claimed


def _scan_text(*, as_json: bool, language: Language) -> None:
    from habeas.boundary.text import scan_text

    data = sys.stdin.buffer.read(_LONGEST_TEXT + 1)
    if len(data) > _LONGEST_TEXT:
        raise BadInput("the text is longer than 64 MB", file="-", remedy="scan it in parts")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("the text is not UTF-8", file="-", remedy="convert it to UTF-8") from error
    spans = scan_text(text)
    if as_json:
        show_json({"format": "spans/v1", "spans": [_span_json(span) for span in spans]})
        return
    _show_spans(spans, language)


def _span_json(span: Span) -> dict[str, Any]:
    found = asdict(span)
    found["category"] = span.category.value
    found["citations"] = list(span.citations)
    return found


def _show_spans(spans: Sequence[Span], language: Language) -> None:
    from rich.table import Table

    from habeas.boundary.report import kind_label

    say = _sayer(language)
    out.print(say(Text(en=f"{len(spans)} finding(s)", zh=f"共{len(spans)}处")))
    if not spans:
        out.print(say(Text(en="nothing was recognised; that is not safety", zh="未识别不等于安全")))
        return
    table = Table(box=None, pad_edge=False)
    heads = (
        Text(en="characters", zh="字符"),
        Text(en="what", zh="内容"),
        Text(en="category", zh="类别"),
        Text(en="confidence", zh="置信度"),
    )
    for head in heads:
        table.add_column(say(head))
    for span in spans:
        table.add_row(
            f"{span.start}–{span.end}",
            say(kind_label(span.kind)),
            f"[{_COLOURS[span.category.value]}]{say(span.category.label)}[/]",
            f"{span.confidence:.0%}",
        )
    out.print(table)


def _sayer(language: Language) -> Callable[[Text], str]:
    return lambda text: text.in_language(language)


def _show(boundary: Boundary, book: LawBook, language: Language) -> None:
    """Picture first, then a sentence, what to do, and the columns."""
    from rich.markup import escape

    from habeas.boundary.advice import first_steps
    from habeas.boundary.report import summary

    say = _sayer(language)
    out.print(
        f"\n[bold]{escape(boundary.source)}[/bold]  {boundary.rows:,} × {len(boundary.columns)}"
    )
    _show_bar(boundary, language)
    out.print(say(summary(boundary)), "\n")
    for number, step in enumerate(first_steps(boundary), start=1):
        out.print(f" {number}. {escape(say(step))}")
    out.print()
    _show_columns(boundary, book, language)
    out.print(
        say(
            Text(
                en=f"{boundary.sampled:,} of {boundary.rows:,} rows looked at · book "
                f"{boundary.book} · as of {boundary.as_of} · legal information, not advice",
                zh=f"已查{boundary.sampled:,}行，共{boundary.rows:,}行 · 规则库{boundary.book} · "
                f"截至{boundary.as_of} · 法律信息，不是法律意见",
            )
        ),
        style="dim",
    )


def _show_bar(boundary: Boundary, language: Language) -> None:
    from habeas.boundary.report import category_counts

    counts = category_counts(boundary)
    total = max(1, len(boundary.columns))
    bar, legend = "", []
    for category, count in counts.items():
        if count:
            colour = _COLOURS[category.value]
            bar += f"[{colour}]{'█' * max(1, round(_BAR * count / total))}[/]"
            legend.append(f"[{colour}]■[/] {category.short.in_language(language)} {count}")
    out.print(bar)
    out.print("   ".join(legend))


def _show_columns(boundary: Boundary, book: LawBook, language: Language) -> None:
    from rich.table import Table

    say = _sayer(language)
    table = Table(box=None, pad_edge=False, header_style="dim")
    heads = (
        Text(en="column", zh="列"),
        Text(en="category", zh="类别"),
        Text(en="holds", zh="内容"),
        Text(en="sure", zh="置信度"),
        Text(en="under", zh="依据"),
        Text(en="claimed by", zh="认领活动"),
    )
    for head in heads:
        table.add_column(say(head), overflow="fold")
    for column in boundary.unclaimed_first:
        table.add_row(*_cells(column, book, language))
    out.print(table)


def _cells(column: ColumnBoundary, book: LawBook, language: Language) -> list[str]:
    from rich.markup import escape

    from habeas.boundary.report import kind_label, title_of

    say = _sayer(language)
    colour = _COLOURS[column.category.value]
    share = f" {column.share[0]:.0%}" if column.share and column.share[0] < 1 else ""
    kinds = ", ".join(say(kind_label(kind)) for kind in column.kinds[:3])
    return [
        escape(column.name or "(–)"),
        f"[{colour}]{say(column.category.short)}[/]",
        escape(kinds) + share,
        f"{column.confidence:.0%}" if column.kinds else "",
        escape(say(title_of(column.citations[0], book))) if column.citations else "",
        escape(", ".join(column.claimed_by)) or say(Text(en="nobody", zh="无")),
    ]
