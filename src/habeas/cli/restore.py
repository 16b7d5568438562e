"""habeas restore: a home out of a backup, examined before it gets its name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, home_folder, say, words
from habeas.cli.passphrase import PassphraseOption, passphrase_in
from habeas.cli.show import show_json

if TYPE_CHECKING:
    from habeas.procedures.restore_home import Restored

app = typer.Typer(add_completion=False)


@app.command()
def restore(
    *,
    backup: Annotated[Path, typer.Argument(metavar="FILE", help="A file of `habeas backup`.")],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="What `habeas backup --keys` wrote.")
    ] = None,
    from_home: Annotated[
        Path | None, typer.Option("--from-home", help="A home that still has the keys, instead.")
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option("--log", help="A newer copy of its log: counts erasures after the backup."),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Only check that it opens and is whole.")
    ] = False,
    passphrase_file: PassphraseOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Restore a backup into an empty place, or with --verify only check it."""
    from habeas.procedures.restore_home import restore_home, verify_backup

    masters = _masters(keys, from_home, passphrase_in(passphrase_file))
    if verify:
        head = verify_backup(backup, masters=masters)
        if json:
            about = {"outcome": "verified", "log": head.origin, "entries": head.entries}
            show_json({**about, "made_at": head.made_at.isoformat()})
            return 0
        when = head.made_at.isoformat(timespec="minutes")
        en = f"opens, every file as listed: {head.entries} entries, made {when}"
        say(words(en, f"可打开，各文件与清单一致：{head.entries} 条，制作于 {when}"), lang)
        return 0
    folder = home_folder(home)
    done = restore_home(backup, folder, masters=masters, log=log)
    if json:
        show_json(_to_json(done, folder))
    else:
        _show(done, folder, lang)
    return 0


def _masters(keys: Path | None, from_home: Path | None, secret: bytes | None) -> dict[str, bytes]:
    from habeas.errors import BadInput
    from habeas.procedures.restore_home import read_backup_keys
    from habeas.procedures.rotate_epoch import masters_kept
    from habeas.records.home import open_home

    if (keys is None) == (from_home is None):
        raise BadInput("what opens the backup?", remedy="name one of --keys and --from-home")
    if keys is not None:
        return read_backup_keys(keys, passphrase=secret)
    assert from_home is not None
    opened = open_home(from_home)
    try:
        return masters_kept(opened)
    finally:
        opened.close()


def _to_json(done: Restored, folder: Path) -> dict[str, object]:
    return {
        "home": str(folder),
        "files": done.files,
        "entries": done.entries,
        "made_at": done.made_at.isoformat(),
        "erased_since": done.erased_since,
        "checks": [check.to_json() for check in done.checks],
    }


def _show(done: Restored, folder: Path, lang: Lang) -> None:
    when = done.made_at.isoformat(timespec="minutes")
    en = f"home restored in {folder}: {done.entries} entries, as of {when}"
    say(words(en, f"已恢复至 {folder}：{done.entries} 条记录，截至 {when}"), lang)
    if done.erased_since is None:
        en = "whoever was erased after the backup is in it again; --log FOLDER counts them"
        zh = "备份之后已删除的个人会重新出现；用 --log 指定较新的日志可统计其数量"
    else:
        count = done.erased_since
        en = f"{count} persons were erased after the backup and are in it again: erase them anew"
        zh = f"备份之后曾删除 {count} 人，其信息已重新出现：请再次删除"
    say(words(en, zh), lang)
