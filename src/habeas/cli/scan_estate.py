"""The part of `habeas scan` that goes through an estate: what is read, remembered, corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from habeas.boundary.corrections import corrected, read_corrections
from habeas.boundary.effort import Effort, effort, read_levels
from habeas.boundary.remembered import Remembered
from habeas.boundary.remembered import asked as asked_for
from habeas.boundary.scan import scan as scan_table
from habeas.cli.show import err, out, progress
from habeas.errors import BadInput
from habeas.ledger.files import write_file
from habeas.tables.choice import Choice
from habeas.tables.estate import Member, Unread, members
from habeas.tables.unpack import Workspace
from habeas.terms import Language, Text

if TYPE_CHECKING:
    from habeas.boundary.draw import Boundary
    from habeas.law.book import LawBook

# Rows a database is asked to draw when not every cell is to be looked at.
_SAMPLE = 20_000
_REUSED = Text(
    en="{n} of {all} tables unchanged, not read again", zh="{all}张表中{n}张未变，未再读取"
)
_UNREAD = Text(en="not read: {name}: {why}", zh="未能读取：{name}：{why}")
_EFFORT = Text(
    en="{hours} hours a year by value; {equal} if all were protected like sensitive data ({ratio})",
    zh="按价值每年约{hours}小时；若一律按敏感信息保护则为{equal}小时（{ratio}）",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a scan is asked."""

    source: str
    choice: Choice
    book: LawBook
    day: date
    claimed: Mapping[str, Sequence[str]]
    full: bool
    state: Path | None
    corrections: Path | None
    hours: Path | None
    quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What came of it. reused: tables taken over from an earlier scan."""

    boundaries: tuple[Boundary, ...]
    unread: tuple[Unread, ...]
    reused: int
    plan: Effort

    def to_json(self, *, effort: bool) -> Any:
        """One boundary, a list of them, or an estate where there is more to say."""
        documents = [boundary.to_json() for boundary in self.boundaries]
        if not effort and not self.unread and not self.reused:
            return documents[0] if len(documents) == 1 else documents
        return {
            "format": "estate/v1",
            "tables": documents,
            "unchanged": self.reused,
            "unread": [{"name": one.name, **one.error.as_json()} for one in self.unread],
            "effort": self.plan.to_json(),
        }

    def show_rest(self, language: Language, *, effort: bool) -> None:
        """What is said after the tables, and of what could not be read."""
        if self.reused:
            words = _REUSED.in_language(language)
            out.print(words.format(n=self.reused, all=len(self.boundaries)), style="dim")
        if effort:
            _show_effort(self.plan, language)
        for one in self.unread:
            words = _UNREAD.in_language(language)
            err.print(words.format(name=one.name, why=one.error.sentence()), markup=False)


def scan_estate(asked: Asked) -> Scanned:
    """Scan every table; BadInput where nothing is there, or nothing could be read."""
    levels = None if asked.hours is None else read_levels(asked.hours)
    made = () if asked.corrections is None else read_corrections(asked.corrections)
    memory = Remembered() if asked.state is None else Remembered.load(asked.state)
    boundaries: list[Boundary] = []
    unread: list[Unread] = []
    with Workspace() as work:
        sample = None if asked.full else _SAMPLE
        for member in members(asked.source, choice=asked.choice, sample=sample, work=work):
            found = _one(member, asked, memory) if isinstance(member, Member) else member
            if isinstance(found, Unread):
                unread.append(found)
            else:
                boundaries.append(corrected(found, made))
    if not boundaries:
        raise unread[0].error if unread else _nothing(asked.source)
    if asked.state is not None:
        write_file(asked.state, memory.as_bytes())
    return Scanned(
        boundaries=tuple(boundaries),
        unread=tuple(unread),
        reused=memory.reused,
        plan=effort(boundaries, levels),
    )


def _nothing(source: str) -> BadInput:
    return BadInput("holds no table that was asked for", file=Path(source).name)


def _one(member: Member, asked: Asked, memory: Remembered) -> Boundary | Unread:
    question = asked_for(book=asked.book, full=asked.full, claimed=asked.claimed)
    try:
        found = memory.find(member.name, member.fingerprint, question, asked.day)
        if found is None:
            found = _scan(member, asked)
            memory.keep(member.name, member.fingerprint, question, found)
    except BadInput as error:
        if member.name == Path(asked.source).name:
            raise
        return Unread(name=member.name, error=error)
    return found


def _scan(member: Member, asked: Asked) -> Boundary:
    with progress(quiet=asked.quiet) as bar:
        task = bar.add_task(f"scanning {member.name}", total=None)

        def tell(step: str, done: int, total: int) -> None:
            if step.startswith("compiled for this run") and not asked.quiet:
                err.print(step)
            said = f"{step} {member.name}"
            bar.update(task, description=said, completed=done, total=total or None)

        return scan_table(
            member.open(),
            book=asked.book,
            as_of=asked.day,
            claimed=asked.claimed,
            full=asked.full,
            progress=tell,
        )


def check_report(path: Path | None) -> None:
    """Before the work, not after it."""
    if path is not None and not path.parent.is_dir():
        raise BadInput("there is no such folder", file=path.name, remedy="make the folder first")


def write_report(path: Path, found: Scanned, book: LawBook, language: Language) -> None:
    """One table: its own page; several: the map of the estate."""
    if len(found.boundaries) == 1 and not found.unread:
        from habeas.boundary.report import report_html

        page = report_html(found.boundaries[0], book=book, language=language)
    else:
        from habeas.boundary.estate_report import estate_html

        page = estate_html(
            found.boundaries,
            book=book,
            effort=found.plan,
            unread=[(one.name, one.error.sentence()) for one in found.unread],
            language=language,
        )
    write_file(path, page.encode())


def _show_effort(plan: Effort, language: Language) -> None:
    from rich.table import Table

    heads = (
        Text(en="category", zh="类别"),
        Text(en="columns", zh="列数"),
        Text(en="claimed by nobody", zh="无人认领"),
        Text(en="hours a year", zh="年工时"),
        Text(en="review, days", zh="复核（天）"),
        Text(en="measures", zh="措施"),
    )
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head.in_language(language), overflow="fold")
    mark = "；" if language == "zh" else "; "
    for share in plan.shares:
        if share.columns:
            table.add_row(
                share.level.category.short.in_language(language),
                str(share.columns),
                str(share.unclaimed),
                f"{share.hours:,.1f}",
                str(share.level.review_days),
                mark.join(m.in_language(language) for m in share.level.measures),
            )
    out.print(table)
    ratio = "–" if plan.ratio is None else f"{plan.ratio:.0%}"
    words = _EFFORT.in_language(language)
    out.print(words.format(hours=f"{plan.hours:,.0f}", equal=f"{plan.equal:,.0f}", ratio=ratio))
