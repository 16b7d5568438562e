"""habeas law text, page, export: a book for jurists and for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from habeas.cli.decide import day_of, language_of
from habeas.cli.show import out, show_json
from habeas.errors import BadInput
from habeas.terms import Text

text = typer.Typer(
    add_completion=False, no_args_is_help=True, help="official text beside a rule, checked by hash"
)

Law = Annotated[str, typer.Option("--law", help="law book")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON document")]
Lang = Annotated[str, typer.Option("--lang", help="en or zh")]

_KEPT = Text(
    en="{file}: {articles} articles, the text of {kept} provisions kept",
    zh="{file}：共{articles}条，已保存{kept}项规定的原文",
)
_ABSENT = Text(en="{id}: its official text was not imported", zh="{id}：尚未导入官方文本")


def register(app: typer.Typer) -> None:
    """Add the commands to `habeas law`."""
    app.add_typer(text, name="text")
    app.command("page")(page)
    app.command("export")(export)


@text.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="statutes as UTF-8 text or Markdown")],
    folder: Annotated[Path, typer.Option("--to", help="a folder of yours for the texts")],
    law: Law = "cn",
    as_json: AsJson = False,
    lang: Lang = "en",
) -> int:
    """Keep each article whose SHA-256 the law sheet pins. Exit 4 when a file has none of them."""
    from habeas.law.book import load_book
    from habeas.law.official_text import import_text

    language, book = language_of(lang), load_book(law)
    found = {file: import_text(file, book, folder=folder) for file in files}
    if as_json:
        show_json(
            [
                {"file": file.name, "articles": one.articles, "provisions": list(one.provisions)}
                for file, one in found.items()
            ]
        )
    else:
        for file, one in found.items():
            words = _KEPT.in_language(language)
            kept = len(one.provisions)
            out.print(words.format(file=file.name, articles=one.articles, kept=kept), markup=False)
    return 0 if all(one.provisions for one in found.values()) else 4


@text.command("show")
def show_text(
    provision: Annotated[str, typer.Argument(help="a provision, such as cn.pipl.art16")],
    folder: Annotated[Path, typer.Option("--from", help="the folder of imported texts")],
    law: Law = "cn",
    lang: Lang = "en",
) -> int:
    """Show a provision, its rule, and the official text beside it. Exit 4 without a text."""
    from habeas.law.book import load_book
    from habeas.law.official_text import text_of
    from habeas.law.summary import provision_in_words

    language, book = language_of(lang), load_book(law)
    found = text_of(provision, book, folder=folder)
    for line in provision_in_words(book.provision(provision), book, language):
        out.print(line, markup=False, soft_wrap=True)
    shown = found or _ABSENT.in_language(language).format(id=provision)
    out.print("\n" + shown, markup=False, soft_wrap=True)
    return 0 if found else 4


def page(
    file: Annotated[Path, typer.Option("-o", "--out", help="the HTML page")],
    law: Law = "cn",
    as_of: Annotated[str | None, typer.Option("--as-of", help="day, YYYY-MM-DD")] = None,
    texts: Annotated[
        Path | None, typer.Option("--text", help="the folder of imported official texts")
    ] = None,
    lang: Lang = "en",
) -> None:
    """Write a book as one page for jurists: words, rule, cases and official text side by side."""
    from habeas.law.book import load_book
    from habeas.ledger.files import write_file
    from habeas.papers.book_page import book_page

    language, day = language_of(lang), day_of(as_of)
    made = book_page(load_book(law), as_of=day, texts=texts, language=language)
    write_file(file, made.encode())


def export(
    matter: Annotated[
        Path | None, typer.Argument(help="a matter to decide and export; none: the book")
    ] = None,
    file: Annotated[Path | None, typer.Option("-o", "--out", help="default: stdout")] = None,
    law: Law = "cn",
    as_of: Annotated[str | None, typer.Option("--as-of", help="day, YYYY-MM-DD")] = None,
) -> None:
    """Export a book, or a decision, as JSON-LD in the terms of the Data Privacy Vocabulary."""
    from habeas.ledger.files import write_file

    document = _linked(matter, law, as_of)
    if file is None:
        show_json(document)
        return
    if file.suffix not in (".json", ".jsonld"):
        raise BadInput("JSON-LD goes into a .jsonld file", file=file)
    write_file(file, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())


def _linked(matter: Path | None, law: str, as_of: str | None) -> dict[str, Any]:
    from habeas.law.book import load_book
    from habeas.law.linked_data import book_as_linked_data, decision_as_linked_data
    from habeas.law.matter import load_matter
    from habeas.law.reason import decide

    book = load_book(law)
    if matter is None:
        return book_as_linked_data(book)
    stated, day = load_matter(matter), day_of(as_of)
    decided = decide(stated, book, as_of=day)
    return decision_as_linked_data(decided, matter=stated.id or matter.stem, as_of=day)
