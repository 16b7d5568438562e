"""habeas inbox: what came, what it did here, and what proves a delivery."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.show import show_json
from habeas.terms import Text

if TYPE_CHECKING:
    from habeas.ledger.keys import VerifierKey
    from habeas.records.exchange import Letter
    from habeas.records.home import Home

app = typer.Typer(add_completion=False, invoke_without_command=True)
_LIMIT = 32 * 1024 * 1024
FolderOption = Annotated[
    Path | None, typer.Option("-o", "--out", help="Write what it holds into this folder.")
]


@app.callback()
def inbox(
    context: typer.Context,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Read what other homes sent. Alone: the list."""
    if context.invoked_subcommand is None:
        list_(home=home, json=json, lang=lang)


@app.command("list")
def list_(home: HomeOption = None, json: JsonOption = False, lang: LangOption = Lang.en) -> None:
    """List every letter, received and sent: type, contact, effect, receipt, gaps."""
    from habeas.procedures.post import RECEIPT, letters

    with the_home(home) as opened:
        rows = letters(opened).exclude(kind=RECEIPT).order_by("pk")
        lines = [_line(opened, letter) for letter in rows]
    if json:
        show_json({"format": "inbox/v1", "letters": lines})
        return
    for line in lines:
        say(_text(line), lang)
    if not lines:
        say(words("no letter yet", "尚无信封"), lang)


def _line(home: Home, letter: Letter) -> dict[str, Any]:
    from habeas.procedures.contacts import name_of
    from habeas.procedures.read_inbox import has_gap

    return {
        "letter": bytes(letter.digest).hex(),
        "direction": letter.direction,
        "type": letter.kind,
        "contact": name_of(home, letter.contact),
        "at": letter.at.isoformat(),
        "thread": bytes(letter.thread).hex(),
        "effect": letter.effect,
        "gap_before": has_gap(home, letter),
        "delivered": None if letter.direction == "in" else letter.delivered_at is not None,
    }


def _text(line: dict[str, Any]) -> Text:
    from habeas.cli.letter_words import EFFECTS, TYPES
    from habeas.papers.moments import moment

    arrow = "←" if line["direction"] == "in" else "→"
    kind, when = TYPES[line["type"]], moment(datetime.fromisoformat(line["at"]))
    state = {None: line["effect"], True: "delivered", False: "waits"}[line["delivered"]]
    effect = EFFECTS[state]
    gap = words("", "")
    if line["gap_before"]:
        gap = words("  (a letter before it is missing)", "  （缺少前一封）")
    start, who = line["letter"][:16], line["contact"]
    return words(
        f"{start}  {when.en}  {arrow} {who}  {kind.en}  {effect.en}{gap.en}",
        f"{start}  {when.zh}  {arrow} {who}  {kind.zh}  {effect.zh}{gap.zh}",
    )


@app.command()
def read(
    letter: Annotated[str, typer.Argument(metavar="ID", help="Start of the letter's digest.")],
    out: FolderOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Show the head of a letter; -o writes its body and attachments into a folder."""
    from habeas.procedures.read_inbox import letter_with

    with the_home(home) as opened:
        found = letter_with(opened, letter)
        line = {**_line(opened, found), **_content(opened, found, out)}
    if json:
        show_json(line)
        return
    say(_text(line), lang)
    count = line["files"]
    if out is None:
        en = f"{count} files: a body and what is attached; -o FOLDER writes them"
        say(words(en, f"共 {count} 个文件：正文与附件；用 -o 指定文件夹写出"), lang)
    else:
        say(words(f"{count} files written into {out}", f"{count} 个文件已写入 {out}"), lang)


def _content(home: Home, letter: Letter, out: Path | None) -> dict[str, Any]:
    """Names of what a letter holds; its values go into files alone."""
    from habeas.procedures.read_letter import content_of, write_content

    content = content_of(home, letter)
    if out is not None:
        write_content(content, out)
    return {"files": len(content)}


@app.command()
def receive(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An envelope that came as a file.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write the receipt here, to be sent back.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Take an envelope in; come twice, it is received once and gets the same receipt."""
    from habeas.ledger.files import write_file
    from habeas.procedures import read_inbox
    from habeas.procedures.exchange_writes import SEND_FILE
    from habeas.procedures.foreign_path import read_outside, refuse_homes

    if out is not None:
        refuse_homes(out)
    raw = read_outside(file, limit=_LIMIT)
    with the_home(home) as opened:
        done = read_inbox.receive(opened, raw, now=clock(), file=file.name)
        line = {**_line(opened, done.letter), "again": done.again}
    if out is not None and done.receipt is not None:
        write_file(out, done.receipt, step=SEND_FILE)
    if json:
        show_json(line)
    else:
        say(_text(line), lang)
    return 3 if done.letter.effect == "contradiction" else 0


@app.command()
def proof(
    letter: Annotated[str, typer.Argument(metavar="ID", help="Start of the letter's digest.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the files.")],
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Write what proves a letter: of one sent, that it was received; of one received, who signed.

    Files: envelope, vkey, and for one sent the receipt.
    """
    from habeas.procedures.read_inbox import letter_with
    from habeas.procedures.read_letter import proof_of, write_content

    with the_home(home) as opened:
        files = proof_of(opened, letter_with(opened, letter))
    write_content(files, out)
    if json:
        show_json({"folder": str(out), "files": sorted(files)})
        return
    en = f"written into {out}; anybody checks it with `habeas inbox verify`"
    say(words(en, f"已写入 {out}；任何人可用 habeas inbox verify 核验"), lang)


@app.command()
def verify(
    *,
    envelope: Annotated[Path, typer.Argument(help="The envelope.")],
    receipt: Annotated[
        Path | None, typer.Argument(help="The receipt of who received it, if that is to be proved.")
    ] = None,
    key: Annotated[
        str, typer.Option("--key", help="The receiver's vkey of first contact; else the signer's.")
    ],
    signer: Annotated[
        str | None, typer.Option("--signer", help="The receiver's key now, if it was changed.")
    ] = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Check without any home: that a log holds an envelope, or alone, that a key signed it."""
    from habeas.ledger.keys import VerifierKey

    vkey = VerifierKey.parse(key)
    if receipt is None:
        _verify_word(envelope, vkey, lang, json=json)
        return
    now_signs = None if signer is None else VerifierKey.parse(signer)
    _verify_delivery(envelope, receipt, vkey, now_signs, lang, json=json)


def _verify_word(envelope: Path, key: VerifierKey, lang: Lang, *, json: bool) -> None:
    from habeas.procedures.foreign_path import read_outside
    from habeas.procedures.prove_delivery import verify_word

    head = verify_word(read_outside(envelope, limit=_LIMIT), signer=key)
    after = None if head.previous is None else head.previous.hex()
    if json:
        about = {"type": head.kind, "envelope": head.digest.hex(), "previous": after}
        show_json({**about, "to": head.to, "at": head.at.isoformat()})
        return
    en = f"this key signed the {head.kind} {head.digest.hex()[:16]}, after {(after or '-')[:16]}"
    zh = f"此密钥签署了 {head.kind} {head.digest.hex()[:16]}，其前一封为 {(after or '-')[:16]}"
    say(words(en, zh), lang)


def _verify_delivery(
    envelope: Path,
    receipt: Path,
    key: VerifierKey,
    signer: VerifierKey | None,
    lang: Lang,
    *,
    json: bool,
) -> None:
    from habeas.procedures.foreign_path import read_outside
    from habeas.procedures.prove_delivery import verify_delivery

    found = verify_delivery(
        read_outside(envelope, limit=_LIMIT),
        read_outside(receipt, limit=_LIMIT),
        log_key=key,
        signer=signer,
    )
    if json:
        about = {"type": found.kind, "envelope": found.digest.hex()}
        show_json({**about, "index": found.index, "size": found.size})
        return
    en = f"the {found.kind} is entry {found.index} of the log of this key ({found.size} entries)"
    zh = f"该信封（{found.kind}）是此密钥存证日志的第 {found.index} 条（共 {found.size} 条）"
    say(words(en, zh), lang)


@app.command()
def contradiction(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the proofs.")],
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Write the proofs that a contact showed two logs; exit 3 if there are any."""
    from habeas.procedures.read_letter import contradictions, write_content

    with the_home(home) as opened:
        found = contradictions(opened)
    if found:
        write_content(found, out)
    if json:
        show_json({"contradictions": len(found)})
    else:
        en = f"{len(found)} proofs that a contact showed two logs"
        say(words(en, f"联系方出示两份不同日志的证明：{len(found)} 份"), lang)
    return 3 if found else 0
