"""habeas law: show the law books and run their cases."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli import law_check, law_pilot, law_readers, law_review
from habeas.cli.decide import day_of, language_of
from habeas.cli.show import out, show_json
from habeas.terms import Language

if TYPE_CHECKING:
    from habeas.law.book import LawBook
    from habeas.law.cases import CaseResult
    from habeas.law.provision import Provision

app = typer.Typer(add_completion=False, no_args_is_help=True)
law_check.register(app)
law_pilot.register(app)
law_readers.register(app)
app.add_typer(law_review.app, name="review")


@app.command()
def show(  # noqa: PLR0917 - typer passes them by name
    provision: Annotated[
        str | None, typer.Argument(help="a provision, such as cn.pipl.art16; none: all")
    ] = None,
    book: Annotated[bool, typer.Option("--book", help="the book itself, in numbers")] = False,
    law: Annotated[str, typer.Option("--law", help="law book")] = "cn",
    as_of: Annotated[str | None, typer.Option("--as-of", help="day, YYYY-MM-DD")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
    lang: Annotated[str, typer.Option("--lang", help="en or zh")] = "en",
) -> None:
    """Show a provision with its rule, all provisions, or the book in numbers."""
    from habeas.law.book import load_book

    language, day = language_of(lang), day_of(as_of)
    found = load_book(law)
    if book:
        _show_book(found, day, as_json=as_json)
    elif provision is None:
        _show_all(found, day, language, as_json=as_json)
    else:
        _show_provision(found, found.provision(provision), day, language, as_json=as_json)


def _print(text: str, **how: Any) -> None:
    out.print(text, markup=False, soft_wrap=True, **how)


def _show_book(book: LawBook, day: date, *, as_json: bool) -> None:
    from habeas.law.summary import book_in_numbers

    numbers = book_in_numbers(book, day)
    if as_json:
        show_json(numbers)
        return
    for name, value in numbers.items():
        _print(f"{name.replace('_', ' ')}: {value}")


def _show_all(book: LawBook, day: date, language: Language, *, as_json: bool) -> None:
    from habeas.law.summary import provision_as_json

    if as_json:
        show_json([provision_as_json(p, book, day) for p in book.provisions.values()])
        return
    for p in book.provisions.values():
        state = " " if p.in_force(day) else "×"
        _print(f"{state} {p.id:<22} {p.kind:<9} {p.title.in_language(language)}")


def _show_provision(
    book: LawBook, provision: Provision, day: date, language: Language, *, as_json: bool
) -> None:
    from habeas.law.summary import provision_as_json, provision_in_words

    if as_json:
        show_json(provision_as_json(provision, book, day))
        return
    _print(f"{provision.id}  {provision.title.in_language(language)}", style="bold")
    for line in provision_in_words(provision, book, language):
        _print(line)


@app.command("test")
def run_cases(
    law: Annotated[str, typer.Option("--law", help="law book")] = "cn",
    as_of: Annotated[str | None, typer.Option("--as-of", help="day, YYYY-MM-DD")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
) -> int:
    """Run every case file of a book against its rules. Exit 3 when one disagrees."""
    from habeas.law.book import load_book
    from habeas.law.cases import case_files, read_cases, run_case

    day, book = day_of(as_of), load_book(law)
    results = {
        path.name: [run_case(case, book, as_of=day) for case in read_cases(path)]
        for path in case_files(law)
    }
    wrong = [result for found in results.values() for result in found if not result.ok]
    if as_json:
        show_json(_report(book, results, wrong))
    else:
        _print_report(book, results, wrong)
    return 3 if wrong else 0


def _report(
    book: LawBook, results: dict[str, list[CaseResult]], wrong: list[CaseResult]
) -> dict[str, Any]:
    return {
        "book": book.id,
        "book_sha256": book.hash,
        "files": {name: len(found) for name, found in results.items()},
        "cases": sum(map(len, results.values())),
        "wrong": [
            {
                "place": r.case.place,
                "provision": r.case.provision,
                "case": r.case.name,
                "expected": r.case.expect,
                "found": r.outcome,
                "missing_expected": list(r.case.missing),
                "missing_found": list(r.missing),
                "because": r.case.because,
            }
            for r in wrong
        ],
    }


def _print_report(
    book: LawBook, results: dict[str, list[CaseResult]], wrong: list[CaseResult]
) -> None:
    for name, found in results.items():
        bad = sum(not result.ok for result in found)
        _print(f"{name:<34} {len(found):>4} cases  {'all agree' if not bad else f'{bad} disagree'}")
    for r in wrong:
        _print(
            f"{r.case.place}: {r.case.provision}, {r.case.name!r}: the case says "
            f"{r.case.expect}, the rule {r.outcome}; {r.case.because}",
            style="red",
        )
    total = sum(map(len, results.values()))
    covered = {r.case.provision for found in results.values() for r in found}
    _print(
        f"{total} cases of {len(covered)} provisions, {len(wrong)} disagree; "
        f"book {book.id} {book.hash[:12]}"
    )
