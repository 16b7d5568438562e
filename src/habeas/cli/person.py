"""habeas person: what is held about one person, their bundle of evidence, their account."""

from __future__ import annotations

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
    subject_from,
    the_home,
    words,
)
from habeas.cli.show import show_json

if TYPE_CHECKING:
    from habeas.procedures.show_person import Held

app = typer.Typer(add_completion=False, no_args_is_help=True)
Subject = Annotated[
    str, typer.Argument(help="The person's id in the table; - reads it from stdin.")
]


@app.command()
def show(
    subject: Subject,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """What this home recorded about a person: exit 3 if a record is not what was logged."""
    from habeas.procedures.show_person import show_person

    with the_home(home) as opened:
        held = show_person(opened, subject_from(subject))
    if json:
        show_json(held.to_json())
        return 0 if held.sound else 3
    _show(held, lang)
    return 0 if held.sound else 3


def _show(held: Held, lang: Lang) -> None:
    count = len(held.lines)
    say(words(f"person {held.person}…: {count} entries", f"{held.person}…：{count} 条记录"), lang)
    for line in held.lines:
        says = line.says
        about = says.get("activity") or says.get("recipient") or ""
        what = says.get("choice") or says.get("purpose") or ""
        when = line.at.isoformat(timespec="seconds")
        place = "-" if line.index is None else str(line.index)
        print(f"  {line.counter}  {when}  {line.kind}  {about}  {what}  #{place}")
        if line.wrong:
            say(words(f"     not as logged: {line.wrong}", "     与存证日志不符"), lang)
    for key, state in held.in_force.items():
        say(words(f"  in force: {key} {state}", f"  现行选择：{key} {_state_zh(state)}"), lang)


def _state_zh(state: str) -> str:
    return {"given": "同意", "refused": "不同意", "withdrawn": "撤回同意"}[state]


@app.command()
def bundle(
    *,
    subject: Subject,
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the bundle goes.")],
    claims: Annotated[
        Path | None,
        typer.Option("--claims", help="Where what opens the concealed claims goes, for you alone."),
    ] = None,
    cover: Annotated[
        Path | None,
        typer.Option("--cover", help="Where a cover page goes, both languages, HTML to print."),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Write the person's evidence: checkable offline with `habeas verify`, without this home."""
    from habeas.law.book import load_book
    from habeas.procedures.bundle_for_person import bundle_for_person

    with the_home(home) as opened:
        book = load_book("cn")
        person = subject_from(subject)
        count = bundle_for_person(
            opened, person, out, book=book, now=clock(), claims=claims, cover=cover
        )
    if json:
        covered = {} if cover is None else {"cover": str(cover)}
        show_json({"bundle": str(out), "entries": count, **covered})
        return
    say(words(f"{count} entries in {out}", f"证据包 {out}：{count} 条"), lang)


@app.command()
def statement(
    subject: Subject,
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the statement goes.")],
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Sign how many entries the log holds about a person: two that disagree prove a lie."""
    from habeas.procedures.state_account import state_account_of

    with the_home(home) as opened:
        account = state_account_of(opened, subject_from(subject), out, now=clock())
    if json:
        show_json({"statement": str(out), "entries": account.count, "log_size": account.size})
        return
    say(words(f"{account.count} entries signed for in {out}",
              f"对账声明 {out}：{account.count} 条"), lang)  # fmt: skip


@app.command()
def disclose(
    claims: Annotated[Path, typer.Argument(help="What `person bundle --claims` wrote.")],
    only: Annotated[list[str], typer.Option("--only", help="The name of a claim to show.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the chosen claims go.")],
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Choose which concealed claims to show with a bundle; no home is needed."""
    from habeas.errors import BadInput
    from habeas.ledger.disclosure import read_claims, write_claims
    from habeas.ledger.files import write_file

    try:
        held = read_claims(claims.read_bytes(), file=str(claims))
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=claims) from error
    missing = set(only) - {each.name for each in held}
    if missing:
        raise BadInput(f"{len(missing)} of these claims are not in the file", file=claims)
    chosen = [each for each in held if each.name in only]
    write_file(out, write_claims(chosen), mode=0o600)
    if json:
        show_json({"claims": str(out), "shown": len(chosen), "held": len(held)})
        return
    say(words(f"{len(chosen)} of {len(held)} claims in {out}",
              f"{out}：{len(held)} 项中的 {len(chosen)} 项"), lang)  # fmt: skip
