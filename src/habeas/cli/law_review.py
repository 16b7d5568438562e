"""habeas law review: a jurist's signature over provisions as coded, and what it is worth."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.decide import day_of, language_of
from habeas.cli.show import out, show_json
from habeas.errors import BadInput
from habeas.terms import Language, Text

if TYPE_CHECKING:
    from habeas.law.book import LawBook
    from habeas.law.review import Checked, Standing

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="a jurist's signature over what is coded"
)

_SAYS: dict[Standing, Text] = {
    "holds": Text(en="holds", zh="有效"),
    "outdated": Text(en="the rule has changed since", zh="此后规则已改动"),
    "not_trusted": Text(en="by a key you didn't name", zh="签名密钥未被您信任"),
    "forged": Text(en="the signature doesn't fit", zh="签名不符"),
    "unknown_provision": Text(en="not in this book", zh="法库中无此条"),
}
_COUNT = Text(
    en="{held} of {all} provisions are reviewed, by the keys you named",
    zh="依您信任的密钥，{all}条中已复核{held}条",
)
Law = Annotated[str, typer.Option("--law", help="law book")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON document")]
Lang = Annotated[str, typer.Option("--lang", help="en or zh")]


@app.command()
def key(
    file: Annotated[Path, typer.Argument(help="where the private key goes; readable by you alone")],
    name: Annotated[
        str, typer.Option("--name", help="the key's name, such as chambers.example/li")
    ],
    as_json: AsJson = False,
) -> None:
    """Make a key for signing reviews, and print the public line others may trust."""
    from habeas.ledger.keys import SigningKey

    made = SigningKey.generate(name)
    made.to_file(file)
    if as_json:
        show_json({"vkey": made.vkey, "fingerprint": made.verifier.fingerprint})
        return
    out.print(made.vkey, markup=False, soft_wrap=True)
    out.print(made.verifier.fingerprint, markup=False, soft_wrap=True, style="dim")


@app.command()
def sign(  # noqa: PLR0917 - typer passes them by name
    provisions: Annotated[list[str], typer.Argument(help="what was reviewed, by id")],
    key_file: Annotated[Path, typer.Option("--key", help="the reviewer's private key")],
    reviewer: Annotated[str, typer.Option("--as", help="the reviewer's name and office")],
    file: Annotated[Path, typer.Option("-o", "--out", help="the reviews; added to if there")],
    remark: Annotated[str, typer.Option("--remark", help="what a reader should know")] = "",
    law: Law = "cn",
    as_of: Annotated[str | None, typer.Option("--as-of", help="day, YYYY-MM-DD")] = None,
    as_json: AsJson = False,
) -> None:
    """Sign provisions as they are coded now. A later change of the rule ends the review."""
    from habeas.law.book import load_book
    from habeas.law.review import read_reviews, reviews_as_bytes, sign_review
    from habeas.ledger.files import write_file
    from habeas.ledger.keys import SigningKey

    book, day = load_book(law), day_of(as_of)
    signing = SigningKey.from_file(key_file)
    before = read_reviews(file) if file.exists() else ()
    made = [
        sign_review(
            book.provision(id_), book, key=signing, reviewer=reviewer, at=day, remark=remark
        )
        for id_ in dict.fromkeys(provisions)
    ]
    write_file(file, reviews_as_bytes([*before, *made]))
    if as_json:
        show_json([review.to_json() for review in made])
        return
    for review in made:
        out.print(f"{review.provision}  {review.provision_sha256}", markup=False, soft_wrap=True)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="a reviews/v1 file")],
    trusted: Annotated[
        list[str] | None, typer.Option("--trust", help="a reviewer's vkey; may be repeated")
    ] = None,
    law: Law = "cn",
    as_json: AsJson = False,
    lang: Lang = "en",
) -> int:
    """Say what each review is worth. Exit 3: a forged one; 4: one outdated or not trusted."""
    from habeas.law.book import load_book
    from habeas.law.review import check_reviews, read_reviews

    language, book = language_of(lang), load_book(law)
    found = check_reviews(read_reviews(file), book, trusted=trusted or ())
    if not found:
        raise BadInput(f"holds no review of the book {law}", file=file)
    if as_json:
        show_json(_as_json(found, book))
    else:
        _show(found, book, language)
    standings = {one.standing for one in found}
    if "forged" in standings:
        return 3
    return 0 if standings == {"holds"} else 4


def _as_json(found: tuple[Checked, ...], book: LawBook) -> dict[str, object]:
    return {
        "book": book.id,
        "provisions": len(book.provisions),
        "reviewed": _held(found),
        "standings": dict(sorted(Counter(one.standing for one in found).items())),
        "reviews": [one.review.to_json() | {"standing": one.standing} for one in found],
    }


def _show(found: tuple[Checked, ...], book: LawBook, language: Language) -> None:
    for one in found:
        said = _SAYS[one.standing].in_language(language)
        line = f"{one.review.provision}  {said}  {one.review.at}  {one.review.reviewer}"
        out.print(line, markup=False, soft_wrap=True)
    words = _COUNT.in_language(language)
    out.print(words.format(held=_held(found), all=len(book.provisions)), markup=False)


def _held(found: tuple[Checked, ...]) -> int:
    return len({one.review.provision for one in found if one.standing == "holds"})
