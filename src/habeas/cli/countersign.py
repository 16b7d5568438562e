"""habeas countersign: sign for a release received, or record the recipient's signature."""

from __future__ import annotations

import json as json_
from pathlib import Path
from typing import Annotated

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.show import show_json
from habeas.errors import BadInput

app = typer.Typer(add_completion=False)


@app.command()
def countersign(
    *,
    manifest: Annotated[Path | None, typer.Argument(metavar="[MANIFEST]")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The signature's file.")] = None,
    record: Annotated[
        Path | None, typer.Option("--record", help="In the controller's home: record this file.")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="With --record: the recipient's key, known already.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Recipient: check MANIFEST and sign for it. Controller: record what the recipient signed."""
    if record is not None and manifest is None and out is None:
        _record(record, key, home, lang, json=json)
    elif manifest is not None and out is not None and record is None:
        _sign(manifest, out, home, lang, json=json)
    else:
        remedy = "give MANIFEST -o FILE in the recipient's home, or --record FILE in the owner's"
        raise BadInput("it is not clear whether to sign or to record", remedy=remedy)


def _sign(manifest: Path, out: Path, home: Path | None, lang: Lang, *, json: bool) -> None:
    from habeas.ledger.files import write_file
    from habeas.procedures.countersign import sign_for

    with the_home(home) as opened:
        document = sign_for(opened, manifest, now=clock())
    write_file(out, json_.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n")
    if json:
        show_json(document)
        return
    en = f"release {document['release']} is signed for in {out}, and the signature is in the log"
    say(words(en, f"已会签交付 {document['release']}：{out}，并写入存证日志"), lang)


def _record(file: Path, key: str | None, home: Path | None, lang: Lang, *, json: bool) -> None:
    from habeas.procedures.countersign import record_countersignature

    with the_home(home) as opened:
        row = record_countersignature(opened, file, now=clock(), key=key)
    if json:
        about = {"release": row.release_name, "manifest": row.manifest_digest}
        show_json({**about, "signer": row.signer, "vkey": row.vkey, "key_known": key is not None})
        return
    en = f"countersignature of release {row.release_name} is recorded and in the log"
    say(words(en, f"交付 {row.release_name} 的会签已记录并写入存证日志"), lang)
    if key is None:
        en = "the key was taken from the file itself: compare it with the recipient by another way"
        say(words(en, "公钥取自该文件本身：请另行与接收方核对"), lang)
