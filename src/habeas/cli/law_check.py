"""habeas law check: what the solver and a plain look find in a whole book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.decide import day_of, language_of
from habeas.cli.show import out, show_json

if TYPE_CHECKING:
    from habeas.supervision.competence_proof import Proof


def register(app: typer.Typer) -> None:
    """Add the command to `habeas law`."""
    app.command("check")(check)


def check(  # noqa: PLR0917 - typer passes them by name
    law: Annotated[str, typer.Option("--book", "--law", help="law book")] = "cn",
    as_of: Annotated[str | None, typer.Option("--as-of", help="day, YYYY-MM-DD")] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", help="the solver's time for each question", min=0.001)
    ] = 2.0,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="the page of docs/reference")
    ] = False,
    lang: Annotated[str, typer.Option("--lang", help="en or zh")] = "en",
) -> int:
    """Dead, subsumed, impossible, overlapping and splitting provisions; holes; unused words.

    With competence: who leads, settled by statute, procedure or our convention. Exit 0; 3 if two
    provisions contradict each other without a winner or competence is refuted; 4 if something was
    not proved in time.
    """
    from habeas.law.book import load_book
    from habeas.law.check import check as look
    from habeas.law.check_words import lines, page
    from habeas.law.prove import prove

    language, day, book = language_of(lang), day_of(as_of), load_book(law)
    checked = look(book, as_of=day)
    proofs = prove(book, as_of=day, timeout_ms=int(seconds * 1000))
    competence = None if markdown else _competence(law, as_of, seconds)
    if as_json:
        shown = {"format": "law-check/v1", "book": book.id, "book_sha256": book.hash}
        shown |= {"as_of": day.isoformat(), **checked.to_json(), **proofs.to_json()}
        show_json({**shown, "competence": _as_json(competence)})
    elif markdown:
        print(page(book, checked, proofs, as_of=day), end="")
    else:
        for line, heading in lines(book, checked, proofs, as_of=day, language=language):
            style, indent = ("bold", "") if heading else (None, "  ")
            out.print(f"{indent}{line}", style=style, markup=False, soft_wrap=True)
        _show_competence(competence, chinese=language == "zh")
    return _exit(bool(checked.unsettled), bool(proofs.not_proved), competence)


def _exit(unsettled: bool, open_: bool, competence: Proof | None) -> int:
    outcomes = {forum.outcome for forum in competence.forums} if competence else set()
    if unsettled or "refuted" in outcomes:
        return 3
    return 4 if open_ or "not_proved" in outcomes else 0


def _competence(law: str, as_of: str | None, seconds: float) -> Proof | None:
    """The proof `habeas route --prove` gives; None for a book without a map of bodies."""
    from habeas.supervision.competence_map import load_competence
    from habeas.supervision.competence_proof import prove

    if law != "cn":
        return None
    return prove(
        load_competence(law), as_of=day_of(as_of), timeout_ms=max(int(seconds * 1000), 1) * 5
    )


def _as_json(proof: Proof | None) -> object:
    from habeas.supervision.competence_json import proof_json

    return None if proof is None else proof_json(proof)


def _show_competence(proof: Proof | None, *, chinese: bool) -> None:
    if proof is None:
        return
    title = (
        "管辖：由法律、程序或仅由我方约定确定（habeas route --prove）"
        if chinese
        else (
            "Competence: by statute, by procedure, or only by our convention (habeas route --prove)"
        )
    )
    out.print(title, style="bold", markup=False, soft_wrap=True)
    for forum in proof.forums:
        shares = ", ".join(f"{basis} {float(share):.1%}" for basis, share in forum.shares.items())
        out.print(f"  {forum.forum}: {forum.outcome}; {shares}", markup=False, soft_wrap=True)
