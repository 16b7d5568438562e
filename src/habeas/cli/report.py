"""habeas report: the officer's papers. Thin: the impact assessment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.show import show_json
from habeas.errors import BadInput

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def report() -> None:
    """The officer's papers; for now the impact assessment."""


@app.command()
def assessment(
    activity: Annotated[str, typer.Option("--activity", help="The id of a declared activity.")],
    file: Annotated[Path, typer.Option("--from", help="assessment/v1, see specs/activity-v1.md")],
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Record an impact assessment: complete item by item, or not approved."""
    from habeas.law.book import load_book
    from habeas.procedures.record_assessment import record_assessment
    from habeas.procedures.sequence import index_of
    from habeas.rights.assessment import load_assessment

    made = load_assessment(file)
    if made.activity != activity:
        raise BadInput(f"the assessment is of activity {made.activity}", file=file)
    with the_home(home) as opened:
        row = record_assessment(opened, made, book=load_book("cn"), now=clock())
        index = index_of(opened, row.entry)
    if json:
        show_json({"activity": activity, "digest": row.digest, "uses": made.uses, "entry": index})
        return
    uses = ", ".join(made.uses)
    en = f"impact assessment of {activity} ({uses}) recorded as entry {index}"
    say(words(en, f"{activity}（{uses}）的个人信息保护影响评估已记录，存证日志第 {index} 条"), lang)
