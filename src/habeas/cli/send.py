"""habeas send: write an envelope to a contact, and give it out until its receipt comes."""

from __future__ import annotations

import json as json_
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.show import show_json
from habeas.errors import BadInput, HabeasError

if TYPE_CHECKING:
    from habeas.ledger.envelope import Attachment
    from habeas.records.exchange import Letter
    from habeas.records.home import Home

app = typer.Typer(add_completion=False)
SendToOption = Annotated[
    list[str] | None,
    typer.Option("--send-to", help="A contact it is sent to, signed; may be repeated."),
]
OutboxOption = Annotated[
    Path | None,
    typer.Option("--outbox", help="With --send-to: the folder for the envelopes' files."),
]
_BODY_LIMIT = 8 * 1024 * 1024
_FILE_LIMIT = 32 * 1024 * 1024


@app.command()
def send(
    *,
    kind: Annotated[str | None, typer.Argument(metavar="[TYPE]", help="Type of envelope.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="The contact's name.")] = None,
    body: Annotated[Path | None, typer.Option("--body", help="What it says: JSON.")] = None,
    attach: Annotated[
        list[Path] | None, typer.Option("--attach", help="A file that goes with it.")
    ] = None,
    reply: Annotated[
        str | None, typer.Option("--reply", help="The letter it answers: start of its digest.")
    ] = None,
    pending: Annotated[
        bool, typer.Option("--pending", help="Give out again all that have no receipt.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The envelope's file; with --pending a folder."),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", help="The other home's post box, http://127.0.0.1:…")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Send an envelope of TYPE to a contact, as a file or over HTTP.

    It is kept until the receiver's receipt comes; sent again, it is the same envelope.
    """
    if (kind is None) != pending or (out is not None and url is not None):
        raise BadInput("give a TYPE or --pending, and at most one of -o and --url")
    with the_home(home) as opened:
        if pending:
            found = _pending(opened, to)
        elif kind is not None and to is not None:
            found = [_new(opened, kind, to, body=body, attach=attach or [], reply=reply)]
        else:
            raise BadInput("the addressee is missing", remedy="name a contact with --to")
        return _give_out(opened, found, out, url, lang, folder=pending, json=json)


def _new(
    home: Home,
    kind: str,
    to: str,
    *,
    body: Path | None,
    attach: Sequence[Path],
    reply: str | None,
) -> Letter:
    from habeas.procedures.post import Draft
    from habeas.procedures.read_inbox import letter_with
    from habeas.procedures.send_envelope import send_envelope

    thread = None if reply is None else bytes(letter_with(home, reply).thread)
    draft = Draft(kind=kind, body=_body(body), thread=thread, attachments=attachments(attach))
    return send_envelope(home, draft, to=to, now=clock())


def _body(file: Path | None) -> dict[str, Any]:
    from habeas.procedures.foreign_path import read_outside

    if file is None:
        return {}
    try:
        found = json_.loads(read_outside(file, limit=_BODY_LIMIT))
    except ValueError as error:
        raise BadInput("this is not JSON", file=file.name) from error
    if not isinstance(found, dict):
        raise BadInput("the body of an envelope is a JSON object", file=file.name)
    return found


def attachments(files: Sequence[Path]) -> tuple[Attachment, ...]:
    """Files as they travel; none of them from inside a home."""
    from habeas.ledger.envelope import Attachment
    from habeas.procedures.foreign_path import read_outside

    return tuple(
        Attachment(name=file.name, data=read_outside(file, limit=_FILE_LIMIT)) for file in files
    )


def check_sending(
    to: Sequence[str] | None, outbox: Path | None, *, draft: bool = False
) -> tuple[str, ...]:
    """The addressees of a command that can send what it writes; BadInput for what can't be."""
    if outbox is not None and not to:
        raise BadInput("an outbox without an addressee", remedy="name a contact with --send-to")
    if to and draft:
        raise BadInput("a draft is not sent", remedy="fill in what is missing, or leave --send-to")
    return tuple(to or ())


def put_out(home: Home, found: Sequence[Letter], outbox: Path | None) -> list[dict[str, Any]]:
    """What was sent, a line each; written into the outbox if there is one."""
    from habeas.procedures.send_envelope import write_letters

    lines = [_line(letter) for letter in found]
    if outbox is not None and found:
        for path, line in zip(write_letters(home, found, outbox), lines, strict=True):
            line["file"] = path.name
    return lines


def say_sent(lines: list[dict[str, Any]], lang: Lang) -> None:
    """The lines of `put_out`; nothing is said where nothing was sent."""
    if lines:
        _show(lines, lang, json=False)


def _pending(home: Home, to: str | None) -> list[Letter]:
    from habeas.procedures.contacts import contact_named
    from habeas.procedures.post import waiting
    from habeas.procedures.sequence import sequence

    sequence(home, now=clock())  # a crash may have left an entry that the log hasn't
    return list(waiting(home, None if to is None else contact_named(home, to)))


def _give_out(
    home: Home,
    found: Sequence[Letter],
    out: Path | None,
    url: str | None,
    lang: Lang,
    *,
    folder: bool,
    json: bool,
) -> int:
    from habeas.procedures.send_envelope import write_letter

    lines = [_line(letter) for letter in found]
    failed: HabeasError | None = None
    if url is not None:
        for letter, line in zip(found, lines, strict=True):
            try:
                line["delivered"] = _over_http(home, letter, url)
            except HabeasError as error:  # one that is refused doesn't keep the others back
                failed = failed or error
    elif out is not None and folder:
        lines = put_out(home, found, out)
    elif out is not None:
        write_letter(home, found[0], out)
        lines[0]["file"] = out.name
    _show(lines, lang, json=json)
    if failed is not None:
        raise failed
    return 0


def _over_http(home: Home, letter: Letter, url: str) -> bool:
    from habeas.procedures.post import raw_of
    from habeas.procedures.post_over_http import deliver
    from habeas.procedures.read_inbox import receive

    receipt = deliver(raw_of(home, letter), url)
    return receive(home, receipt, now=clock()).letter.effect == "delivered"


def _line(letter: Letter) -> dict[str, Any]:
    return {
        "letter": bytes(letter.digest).hex(),
        "type": letter.kind,
        "thread": bytes(letter.thread).hex(),
        "delivered": False,
    }


def _show(lines: list[dict[str, Any]], lang: Lang, *, json: bool) -> None:
    from habeas.cli.letter_words import TYPES

    if json:
        show_json({"format": "sent/v1", "letters": lines})
        return
    for line in lines:
        start, kind = line["letter"][:16], TYPES[line["type"]]
        if line["delivered"]:
            en, zh = "delivered, receipt kept", "已送达，回执已保存"
        else:
            en = "signed and logged, waits for its receipt"
            zh = "已签名并写入存证日志，待回执"
        say(words(f"{start}  {kind.en}: {en}", f"{start}  {kind.zh}：{zh}"), lang)
    if not lines:
        say(words("nothing waits for a receipt", "没有待回执的信封"), lang)
