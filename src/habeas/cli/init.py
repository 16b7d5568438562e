"""habeas init: make a home for one party."""

from __future__ import annotations

from typing import Annotated

import typer

from habeas.cli.home import (
    HomeOption,
    JsonOption,
    Lang,
    LangOption,
    clock,
    home_folder,
    say,
    words,
)
from habeas.cli.show import show_json

app = typer.Typer(add_completion=False)


@app.command()
def init(
    party: Annotated[
        str,
        typer.Option(
            "--as", help="controller, person, authority, representative, association or legislator"
        ),
    ],
    name: Annotated[str | None, typer.Option("--name", help="What the party is called.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Make a home: keys, records, log. Nothing appears unless all of it does."""
    from habeas.procedures.init_home import init_home

    folder = home_folder(home)
    made = init_home(folder, party=party, name=name or party, now=clock())
    vkey = made.keys.signing.vkey
    made.close()
    if json:
        show_json({"home": str(folder), "party": made.party, "origin": made.origin, "vkey": vkey})
        return
    say(words(f"home made in {folder} for a {made.party}", f"已在 {folder} 建立本方工作区"), lang)
    say(words(f"its log is verified with the key {vkey}", f"存证日志验证公钥：{vkey}"), lang)
