"""habeas tick: what is due because time has passed; to be run once a day."""

from __future__ import annotations

from typing import Annotated

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.show import show_json

app = typer.Typer(add_completion=False)


@app.command()
def tick(
    days: Annotated[int, typer.Option(help="How many days an epoch of the keys lasts.")] = 30,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Begin a new epoch of keys, destroy old masters, reduce bases past their term, scrub."""
    from habeas.procedures.tick import tick as do

    with the_home(home) as opened:
        done = do(opened, now=clock(), days=days)
    if json:
        show_json({name: getattr(done, name) for name in done.__slots__})
        return
    lines = []
    if done.epoch_began:
        lines.append(words("a new epoch of keys has begun", "密钥已进入新的周期"))
        en = "write the backup keys anew with `habeas backup --keys`, and destroy the old file"
        lines.append(words(en, "请用 habeas backup --keys 重新写出备份密钥，并销毁旧文件"))
    if done.masters_destroyed:
        count = done.masters_destroyed
        en = f"{count} master keys destroyed: backups of their epochs open no more"
        lines.append(words(en, f"已销毁 {count} 个主密钥：对应周期的备份不再能打开"))
    if done.bases_reduced:
        count = done.bases_reduced
        en = f"{count} bases are past their term: only mark positions and sketches are left"
        lines.append(words(en, f"{count} 份基准数据已过保存期限：仅保留标记位置与摘要值"))
    if done.files_cleaned:
        count = done.files_cleaned
        en = f"{count} files removed that a crash had left"
        lines.append(words(en, f"已清除中断时遗留的文件 {count} 个"))
    if not done.scrubbed:
        en = "the database was in use and is still to be rewritten: run it again"
        lines.append(words(en, "数据库正被占用，尚未重写：请再次运行"))
    for line in lines or [words("nothing was due", "暂无到期事项")]:
        say(line, lang)
