"""`habeas verify BUNDLE`: what a bundle is worth, with no home and no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from habeas.cli.home import JsonOption, Lang, LangOption
from habeas.cli.show import err, out, show_json
from habeas.cli.verify_statements import compare
from habeas.errors import BadInput
from habeas.ledger.answer import Outcome
from habeas.ledger.bundle import Verification, verify_bundle
from habeas.ledger.cbor import decode
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.disclosure import Disclosed, read_claims
from habeas.ledger.key_change import KeyChain
from habeas.ledger.keys import VerifierKey
from habeas.ledger.policy import read_policy
from habeas.ledger.statement import read_account
from habeas.ledger.timestamp import Roots
from habeas.terms import Language, Text

app = typer.Typer(add_completion=False)

EXIT_CODES: dict[Outcome, int] = {"verified": 0, "not_verified": 3, "undetermined": 4}
_MARKS = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[yellow]?[/]"}
_HEADLINES: dict[Outcome, Text] = {
    "verified": Text(en="Verified.", zh="验证通过。"),
    "not_verified": Text(en="Not verified.", zh="验证未通过。"),
    "undetermined": Text(
        en="Not proved: no trusted key was given.", zh="未能证明：没有给出可信密钥。"
    ),
}


@app.command()
def verify(
    *,
    bundle: Annotated[
        Path | None, typer.Argument(help="the bundle to check; none: the statements alone")
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option("--key", help="the log's vkey, or a file with it, got from the controller"),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option("--witness", help="the vkey, or a file with it, of a witness you trust"),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", help="your own C2SP tlog-policy: logs, witnesses, quorum"),
    ] = None,
    tsa: Annotated[
        Path | None, typer.Option("--tsa", help="PEM: the time-stamp authorities you believe")
    ] = None,
    statement: Annotated[
        list[Path] | None,
        typer.Option("--statement", help="a statement of account about the person"),
    ] = None,
    claims: Annotated[
        Path | None, typer.Option("--claims", help="claims shown with the bundle, one by one")
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Option("--changes", help="the chain of the log's keys, its keys.json: followed"),
    ] = None,
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> int:
    """Check a bundle of evidence, offline: five answers, in their order.

    With --statement also what the controller signed about its count; two that disagree are proof
    of a lie, with a bundle or without.

    Exit 0 verified · 3 something is wrong · 4 no trusted key was given · 2 not a bundle.
    """
    accounts = [read_account(path) for path in statement or []]
    own = None if policy is None else read_policy(policy)
    trusted = vkeys(key or []) + [each.key.vkey for each in (own.logs if own else ())]
    if bundle is None or len(accounts) > 1:
        code = compare(accounts, trusted, lang, as_json=as_json, quiet=bundle is not None)
        if bundle is None or code == 3:
            return code
    chain = None if changes is None else _chain(changes)
    found = verify_bundle(
        bundle,
        trusted=trusted if chain is None else _first_of(chain, trusted),
        witnesses=vkeys(witness or []),
        policy=own,
        roots=None if tsa is None else Roots.read(tsa),
        accounts=accounts,
    )
    if chain is not None and found.outcome != "not_verified":
        chain.check(Checkpoint.parse(found.bundle.checkpoint))
    shown = None if claims is None or found.outcome == "not_verified" else _disclosed(claims, found)
    if as_json:
        names = {} if shown is None else {"claims": shown.names}
        show_json({**found.to_json(), **names})
    else:
        _show(found, lang.value)
        if shown is not None:
            names_shown = ", ".join(shown.names)
            out.print(f"{_CLAIMS.in_language(lang.value)} {escape(names_shown)}", soft_wrap=True)
    return EXIT_CODES[found.outcome]


def _chain(path: Path) -> KeyChain:
    try:
        return KeyChain.from_bytes(path.read_bytes(), file=str(path))
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=path) from error


def _first_of(chain: KeyChain, trusted: list[str]) -> list[str]:
    """Who trusts any key of a chain trusts its first: each was signed by the one before."""
    ours = {key.vkey for key in chain.keys}
    return [chain.first.vkey if vkey in ours else vkey for vkey in trusted]


def _disclosed(path: Path, found: Verification) -> Disclosed:
    """The claims in a file, each one the bundle's entries committed to; NotVerified otherwise."""
    try:
        claims = read_claims(path.read_bytes(), file=str(path))
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=path) from error
    payloads = {item.index: decode(item.payload) for item in found.bundle.items}
    return Disclosed.check(claims, payloads)


def vkeys(given: list[str]) -> list[str]:
    """Keys given as such, or as files that hold one in their first line."""
    found = []
    for each in given:
        path = Path(each)
        line = _first_line(path) if "+" not in each or path.is_file() else each
        found.append(VerifierKey.parse(line).vkey)
    return found


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("holds no key that can be read", file=path) from error


def _show(found: Verification, language: Language) -> None:
    for answer in found.answers:
        question = escape(answer.question.in_language(language))
        out.print(f"{_MARKS[answer.ok]} [bold]{question}[/] ", end="", soft_wrap=True)
        out.print(escape(answer.says.in_language(language)), soft_wrap=True)
    about, book = found.bundle.about, found.bundle.about.book
    signed = _SIGNED[found.signed].in_language(language)
    out.print(f"  {_MADE.in_language(language)} {escape(about.created)} {signed}", soft_wrap=True)
    if book is not None:
        out.print(f"  {_BOOK.in_language(language)} {escape(book)} {signed}", soft_wrap=True)
    out.print(f"[bold]{_HEADLINES[found.outcome].in_language(language)}[/]", end="")
    wrong = found.wrong
    out.print(f" {escape(wrong.in_language(language))}" if wrong else "", soft_wrap=True)
    if found.outcome == "undetermined":
        err.print(_ADVICE.in_language(language), soft_wrap=True)


_MADE = Text(en="bundle made", zh="证据包制作于")
_BOOK = Text(en="law book", zh="法律规则集")
_CLAIMS = Text(
    en="The claims shown are those the entries committed to:", zh="所出示的事项与条目承诺的一致："
)
_SIGNED = {
    True: Text(en="(signed with the log's key)", zh="（已用日志密钥签名）"),
    False: Text(en="(nobody signed this)", zh="（无人签名）"),
}
_ADVICE = Text(
    en="Give the key the controller publishes: habeas verify BUNDLE --key VKEY",
    zh="请给出个人信息处理者公布的密钥：habeas verify BUNDLE --key VKEY",
)
