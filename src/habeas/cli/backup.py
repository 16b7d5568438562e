"""habeas backup: the whole home in one encrypted file, and apart from it what opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.passphrase import PassphraseOption, passphrase_in
from habeas.cli.show import show_json
from habeas.errors import BadInput

app = typer.Typer(add_completion=False)


@app.command()
def backup(
    *,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Where the backup goes; a new file.")
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", help="Write what opens the backups here; keep it elsewhere."),
    ] = None,
    passphrase_file: PassphraseOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Back the home up. Two epochs later the backup opens no more: take new ones."""
    from habeas.procedures.back_up import back_up, write_backup_keys

    if out is None and keys is None:
        raise BadInput("nothing to write", remedy="name a backup with -o, its keys with --keys")
    passphrase = passphrase_in(passphrase_file)
    found: dict[str, object] = {}
    with the_home(home) as opened:
        if keys is not None:
            count = write_backup_keys(opened, keys, passphrase=passphrase, now=clock())
            found |= {"keys": str(keys), "epochs": count}
        if out is not None:
            made = back_up(opened, out, now=clock())
            until = made.opens_until.isoformat()
            found |= {"backup": str(out), "sha256": made.sha256, "opens_until": until}
            found |= {"files": made.files, "bytes": made.size, "entries": made.entries}
    if json:
        show_json(found)
        return
    if out is not None:
        until = str(found["opens_until"])[:10]
        en = f"{found['files']} files in {out}; sha256 {found['sha256']}; opens until {until}"
        zh = f"{out}：共 {found['files']} 个文件；sha256 {found['sha256']}；可打开至 {until}"
        say(words(en, zh), lang)
    if keys is not None:
        en = f"what opens the backups is in {keys}: keep it apart from them, replace it each epoch"
        say(words(en, f"打开备份的密钥在 {keys}：请与备份分开保管，每个周期更换"), lang)
