"""habeas keys: what the keys of a home are, under which lock, and who must agree."""

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
    home_folder,
    say,
    the_home,
    words,
)
from habeas.cli.passphrase import passphrase_in
from habeas.cli.show import show_json

if TYPE_CHECKING:
    from habeas.procedures.two_holders import Together

app = typer.Typer(add_completion=False, no_args_is_help=True)
First = Annotated[Path, typer.Option("--first", help="The file of the first holder.")]
Second = Annotated[Path, typer.Option("--second", help="The file of the second holder.")]
Purpose = Annotated[str, typer.Option("--purpose", help="What for; it goes into the log.")]


@app.command()
def show(home: HomeOption = None, json: JsonOption = False, lang: LangOption = Lang.en) -> None:
    """Show the public keys of the home, its epochs, and whether its keys are locked."""
    from habeas.procedures.exchange_keys import own_keys
    from habeas.procedures.show_keys import show_keys

    with the_home(home) as opened:
        found = show_keys(opened, now=clock())
        signers = [key.vkey for key in own_keys(opened)]
    if json:
        show_json({**found.to_json(), "envelopes": signers})
        return
    say(words(f"log: {found.vkey}", f"存证日志：{found.vkey}"), lang)
    say(words(f"     {found.fingerprint}", f"     {found.fingerprint}"), lang)
    say(words(f"envelopes: {signers[0]}", f"信封签名：{signers[0]}"), lang)
    locked = words("locked with a passphrase", "已用口令锁定")
    clear = words("in clear, for the owner alone", "未加密，仅本人可读")
    state = locked if found.locked else clear
    say(words(f"keys at rest: {state.en}", f"静态密钥：{state.zh}"), lang)
    for epoch in found.epochs:
        until = epoch.destroy_by.date().isoformat()
        en = f"epoch {epoch.name}: from {epoch.began_at.date()}; its master ends by {until}"
        zh = f"周期 {epoch.name}：自 {epoch.began_at.date()} 起；主密钥最迟于 {until} 销毁"
        say(words(en, zh), lang)


@app.command()
def lock(
    passphrase_file: Annotated[
        Path, typer.Option("--passphrase-file", help="A file whose first line is it.")
    ],
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Lock every key file with a passphrase; each command then asks for it.

    It comes from the file named in HABEAS_PASSPHRASE_FILE, or from what the command in
    HABEAS_KEY_COMMAND prints.
    """
    from habeas.procedures.lock_keys import lock_keys

    secret = passphrase_in(passphrase_file)
    assert secret is not None
    count = lock_keys(home_folder(home), secret)
    if json:
        show_json({"locked": count})
        return
    en = f"{count} keys locked; who loses the passphrase loses the home"
    say(words(en, f"已锁定 {count} 个密钥；口令遗失即无法恢复"), lang)


@app.command()
def unlock(home: HomeOption = None, json: JsonOption = False, lang: LangOption = Lang.en) -> None:
    """Write every key file in clear again, readable by the owner alone."""
    from habeas.procedures.lock_keys import unlock_keys

    count = unlock_keys(home_folder(home))
    if json:
        show_json({"unlocked": count})
        return
    say(words(f"{count} keys in clear", f"{count} 个密钥已改为明文"), lang)


@app.command()
def epoch(home: HomeOption = None, json: JsonOption = False, lang: LangOption = Lang.en) -> None:
    """Begin a new epoch now, before its time; the old master still ends on its promised day."""
    from habeas.procedures.rotate_epoch import rotate_epoch

    with the_home(home) as opened:
        done = rotate_epoch(opened, now=clock(), early=True)
    if json:
        show_json({"epoch_began": done})
        return
    say(words("a new epoch of keys has begun", "密钥已进入新的周期"), lang)


@app.command()
def rotate(home: HomeOption = None, json: JsonOption = False, lang: LangOption = Lang.en) -> None:
    """Give the log a new key: signed by the one before, logged, beside the first on every head."""
    from habeas.procedures.rotate_log_key import rotate_log_key

    with the_home(home) as opened:
        chain = rotate_log_key(opened, now=clock())
    place = home_folder(home) / "log" / "keys.json"
    newest = chain.keys[-1].vkey
    if json:
        show_json({"vkey": newest, "chain": str(place), "keys": [key.vkey for key in chain.keys]})
        return
    say(words(f"the log's newest key is {newest}", f"存证日志的最新公钥：{newest}"), lang)
    en = f"publish {place}: with it, `habeas verify --changes` asks for the new key's line too"
    say(words(en, f"请公布 {place}：据此，habeas verify --changes 同时核验新密钥的签名"), lang)


@app.command()
def holders(
    first: First,
    second: Second,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Name two holders: writes a new file for each; those of before open nothing any more."""
    from habeas.procedures.two_holders import name_holders

    with the_home(home) as opened:
        name_holders(opened, first, second, now=clock())
    if json:
        show_json({"first": str(first), "second": str(second)})
        return
    en = "give each holder their file, and keep neither"
    say(words(en, "请将两份文件分别交给两位保管人，自己不留存"), lang)


@app.command()
def again(
    *,
    release: Annotated[str, typer.Argument(help="The id of a release, as its manifest says.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the copy goes.")],
    first: First,
    second: Second,
    purpose: Purpose,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Make a recipient's copy again: needs both holders, and is in the log first."""
    from habeas.procedures.two_holders import make_again

    with the_home(home) as opened:
        table = make_again(
            opened, release, out, together=_together(first, second, purpose), now=clock()
        )
    if json:
        show_json({"out": str(out), "rows": table.num_rows, "columns": table.num_columns})
        return
    en = f"{table.num_rows} rows in {out}; that it was made again is in the log"
    say(words(en, f"{out}：{table.num_rows} 行；重新制作一事已写入存证日志"), lang)


@app.command()
def reverse(
    *,
    tokens: Annotated[Path, typer.Argument(help="A table with the tokens.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the table goes.")],
    column: Annotated[str, typer.Option("--column", help="The column of tokens.")],
    plan: Annotated[Path, typer.Option("--plan", help="The plan of the release.")],
    first: First,
    second: Second,
    purpose: Purpose,
    source: Annotated[
        Path | None, typer.Option("--source", help="The source: pseudonyms are found in it.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Go back from pseudonyms or codes to values: needs both holders, and is in the log first."""
    from habeas.procedures.two_holders import go_back
    from habeas.protection.plan_file import load_plan
    from habeas.tables.source import open_source

    table = open_source(tokens).read()
    known = None if source is None else open_source(source).read(columns=[column]).column(column)
    with the_home(home) as opened:
        count = go_back(
            opened,
            table,
            out,
            column=column,
            plan=load_plan(plan),
            candidates=known,
            together=_together(first, second, purpose),
            now=clock(),
        )
    if json:
        show_json({"out": str(out), "rows": table.num_rows, "found": count})
        return
    en = f"{count} of {table.num_rows} found, in {out}; the act is in the log"
    say(words(en, f"{table.num_rows} 个中还原 {count} 个，见 {out}；该操作已写入存证日志"), lang)


def _together(first: Path, second: Path, purpose: str) -> Together:
    from habeas.procedures.two_holders import Together

    return Together(first=first, second=second, purpose=purpose)
