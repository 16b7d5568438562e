"""habeas law pilot, habeas law diff: what a draft changes, in its words and over cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from habeas.cli.decide import day_of, language_of
from habeas.cli.show import out, progress, show_json
from habeas.errors import BadInput
from habeas.terms import Language, Text

if TYPE_CHECKING:
    from datetime import date

    from habeas.law.book import LawBook
    from habeas.law.matter import Matter
    from habeas.law.patch import Draft
    from habeas.law.pilot import Pilot
    from habeas.law.pilot_change import Difference
    from habeas.law.pilot_proof import Proof

_COLOUR = {"legal": "red", "forbidden": "blue", "other": "yellow4", "same": "dim"}
_WORDS = {
    "draft": Text(en="A draft, not law", zh="草案，并非现行法律"),
    "skipped": Text(
        en="{n} matters name another law and were left out", zh="另有{n}件适用其他法律，未计入"
    ),
    "today": Text(en="today ↓   under the draft →", zh="现行 ↓   草案 →"),
    "in_cases": Text(en="Made lawful, in these cases?", zh="所列事项中是否使违法变为合法？"),
    "beyond": Text(en="Made lawful, over all facts?", zh="就一切可能的事实，是否使违法变为合法？"),
    "duty": Text(
        en="duty {id}: owed {before}, under the draft {after}",
        zh="义务 {id}：现行{before}项，草案{after}项",
    ),
    "same": Text(en="nothing differs", zh="没有差异"),
    "by": Text(en="by", zh="因"),
}


def register(app: typer.Typer) -> None:
    """Add the two commands to `habeas law`."""
    app.command("pilot")(pilot)
    app.command("diff")(diff)


def pilot(  # noqa: PLR0917 - typer passes them by name
    draft: Annotated[Path, typer.Argument(help="a draft/v1 file, see specs/draft-v1.md")],
    cases: Annotated[
        Path, typer.Option("--cases", help="matters: a .jsonl file, or a folder of .yaml and .json")
    ],
    as_of: Annotated[str | None, typer.Option("--as-of", help="day, YYYY-MM-DD")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="write an HTML page")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="exit 3 if anything unlawful becomes lawful")
    ] = False,
    seconds: Annotated[int, typer.Option(help="the solver's time; 0: do not ask it", min=0)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
    lang: Annotated[str, typer.Option("--lang", help="en or zh")] = "en",
) -> int:
    """Decide every matter under the book and under a draft, and show what changes.

    Exit 0; with --strict 3 if the draft makes something lawful that was unlawful.
    """
    from habeas.law.patch import load_draft

    language, day = language_of(lang), day_of(as_of)
    found = load_draft(draft)
    matters, skipped = _matters(cases, found.book)
    made, proof = _run(found, matters, day, seconds, quiet=as_json)
    if report is not None:
        _write(report, found, made, proof, language)
    if as_json:
        proved = None if proof is None else proof.to_json()
        show_json({**made.to_json(), "other_law": skipped, "proof": proved})
    else:
        _show(found, made, proof, skipped, language)
    legal = made.legalised > 0 or (proof is not None and proof.outcome == "something")
    return 3 if strict and legal else 0


def _run(
    draft: Draft, matters: Sequence[Matter], day: date, seconds: int, *, quiet: bool
) -> tuple[Pilot, Proof | None]:
    from habeas.law.enact import enact, text_of
    from habeas.law.pilot import pilot as run_pilot
    from habeas.law.pilot_proof import legalises

    text = text_of(draft.book)
    old, new = text.book(), enact(draft, text)
    with progress(quiet=quiet) as bar:
        task = bar.add_task("matters", total=len(matters))
        made = run_pilot(
            matters, old, new, as_of=day, progress=lambda n: bar.update(task, completed=n)
        )
    proof = legalises(old, new, as_of=day, timeout_ms=1000 * seconds) if seconds else None
    return made, proof


# ---- cases


def _matters(path: Path, book: str) -> tuple[list[Matter], int]:
    """The matters to replay, and how many name another law only."""
    found = _from_folder(path) if path.is_dir() else _from_lines(path)
    if not found:
        raise BadInput("holds no matter", file=path, remedy="one matter/v1 a line, or a file each")
    mine = [matter for matter in found if not matter.law or book in matter.law]
    return mine, len(found) - len(mine)


def _from_folder(folder: Path) -> list[Matter]:
    from habeas.law.matter import load_matter

    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in (".yaml", ".yml", ".json"))
    return [load_matter(file) for file in files]


def _from_lines(path: Path) -> list[Matter]:
    """One mapping a line: a matter, or a record that holds one under `matter`."""
    import json

    found = []
    for number, line in enumerate(_lines_of(path), start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
        except json.JSONDecodeError as error:
            place = f"line {number}"
            raise BadInput(f"not valid JSON: {error.msg}", file=path, place=place) from error
        found.append(_from_record(raw, path, number))
    return found


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError as error:
        raise BadInput("there is no such file", file=path) from error
    except UnicodeDecodeError as error:
        raise BadInput("is not UTF-8 text", file=path, remedy="save it as UTF-8") from error


def _from_record(raw: Any, path: Path, number: int) -> Matter:
    from habeas.law.matter import FORMAT, matter_from

    inner = raw.get("matter") if isinstance(raw, dict) else None
    if isinstance(inner, dict) and inner.get("format") == FORMAT:
        raw = inner
    try:
        return matter_from(raw, file=path)
    except BadInput as error:
        place = f"line {number}" if not error.place else f"line {number}, {error.place}"
        raise BadInput(error.says, file=path, place=place, remedy=error.remedy) from error


# ---- showing a pilot


def _write(path: Path, draft: Draft, made: Pilot, proof: Proof | None, language: Language) -> None:
    from habeas.ledger.files import write_file
    from habeas.papers.pilot_page import pilot_page

    page = pilot_page(made, draft=draft, proof=proof, language=language)
    write_file(path, page.encode())


def _show(draft: Draft, made: Pilot, proof: Proof | None, skipped: int, language: Language) -> None:
    from habeas.papers.pilot_page import in_cases, summary

    _print(f"{_say('draft', language)}: {draft.title.in_language(language)}", style="bold")
    _print(summary(made).in_language(language))
    if skipped:
        _print(_say("skipped", language).replace("{n}", str(skipped)))
    out.print(_matrix(made, language))
    _show_witnesses(made, language)
    for duty in made.duties:
        if duty.added or duty.removed:
            values = {"id": duty.provision, "before": duty.before, "after": duty.after}
            _print(_say("duty", language).format(**values))
    _print(f"{_say('in_cases', language)} {in_cases(made).in_language(language)}")
    if proof is not None:
        _print(f"{_say('beyond', language)} {proof.says.in_language(language)}")


def _matrix(made: Pilot, language: Language) -> Table:
    from habeas.law.pilot import RESULTS
    from habeas.papers.pilot_page import RESULT_WORDS, kind_of

    table = Table(_say("today", language), box=None, pad_edge=False)
    for new in RESULTS:
        table.add_column(RESULT_WORDS[new].in_language(language), justify="right")
    for old in RESULTS:
        cells = [
            f"[{_COLOUR[kind_of(old, new)]}]{made.count(old, new):,}[/]"
            if made.count(old, new)
            else "·"
            for new in RESULTS
        ]
        table.add_row(RESULT_WORDS[old].in_language(language), *cells)
    return table


def _show_witnesses(made: Pilot, language: Language) -> None:
    from habeas.papers.pilot_page import RESULT_WORDS, kind_of

    for (old, new), cell in made.matrix.items():
        for witness in cell.witnesses:
            move = " → ".join(RESULT_WORDS[one].in_language(language) for one in (old, new))
            by = ", ".join(witness.by or witness.decided)
            line = f"{move}: {witness.matter} {witness.element}, {_say('by', language)} {by}"
            _print(line, style=_COLOUR[kind_of(old, new)])


def _say(word: str, language: Language) -> str:
    return _WORDS[word].in_language(language)


def _print(text: str, **how: Any) -> None:
    out.print(text, markup=False, soft_wrap=True, **how)


# ---- diff


def diff(
    what: Annotated[str, typer.Argument(help="a draft/v1 file, or the folder of a book")],
    against: Annotated[str, typer.Option("--against", help="law book")] = "cn",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
    lang: Annotated[str, typer.Option("--lang", help="en or zh")] = "en",
) -> int:
    """Show which provisions a draft, or another book, adds, repeals or changes. Exit 0."""
    from habeas.law.pilot_change import differences

    language = language_of(lang)
    old, new = _books(what, against)
    found = differences(old, new)
    if as_json:
        show_json(_as_json(old, new, found))
        return 0
    for one in found:
        _show_difference(one, language)
    if not found:
        _print(_say("same", language))
    _print(f"{old.id} {old.hash[:12]} → {new.id} {new.hash[:12]}")
    return 0


def _books(what: str, against: str) -> tuple[LawBook, LawBook]:
    from habeas.law.book import BOOKS, load_book
    from habeas.law.enact import enact, text_in, text_of
    from habeas.law.patch import load_draft

    if what in BOOKS:
        return load_book(against), load_book(what)
    path = Path(what)
    if path.is_dir():
        return load_book(against), text_in(path).book()
    draft = load_draft(path)
    text = text_of(draft.book)
    return text.book(), enact(draft, text)


def _as_json(old: LawBook, new: LawBook, found: tuple[Difference, ...]) -> dict[str, Any]:
    return {
        "format": "law-diff/v1",
        "old": {"book": old.id, "sha256": old.hash},
        "new": {"book": new.id, "sha256": new.hash},
        "changes": [one.to_json() for one in found],
    }


def _show_difference(one: Difference, language: Language) -> None:
    from habeas.papers.pilot_page import WHAT_WORDS

    what = WHAT_WORDS[one.what].in_language(language)
    _print(f"{what}: {one.id}  {one.title.in_language(language)}", style="bold")
    if one.says is not None:
        _print(f"  {one.says.in_language(language)}")
    for line in one.before:
        if line not in one.after:
            _print(f"  - {line}", style="red")
    for line in one.after:
        if line not in one.before:
            _print(f"  + {line}", style="green4")
    for target in one.defeats:
        _print(f"  + defeats {target}", style="green4")
