"""habeas activity: declare what is done with which data, and show what was declared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.show import show_json

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command()
def declare(
    file: Annotated[Path, typer.Argument(help="activity/v1, see specs/activity-v1.md")],
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Record a declaration; the same one again changes nothing."""
    from habeas.procedures.declare_activity import declare_activity
    from habeas.rights.activity import load_activity

    activity = load_activity(file)
    with the_home(home) as opened:
        row = declare_activity(opened, activity, now=clock())
    if json:
        show_json({"activity": row.name, "version": row.version, "digest": row.digest})
        return
    en = f"activity {row.name}, version {row.version}, is declared and in the log"
    say(words(en, f"处理活动 {row.name} 第{row.version}版已登记并写入存证日志"), lang)


@app.command()
def draft(
    *,
    file: Annotated[Path, typer.Argument(help="The table.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The template (.yaml), to be filled.")],
    name: Annotated[str, typer.Option("--id", help="The activity's id.")] = "my-activity",
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Write a template from a table: its columns, what was found in them, what is to be said."""
    from habeas.boundary.scan import scan
    from habeas.law.book import load_book
    from habeas.ledger.files import write_file
    from habeas.procedures.draft_activity import activity_template
    from habeas.tables.source import open_source

    boundary = scan(open_source(file), book=load_book("cn"), as_of=clock().date())
    write_file(out, activity_template(boundary, name=name).encode())
    count = len(boundary.columns)
    if json:
        show_json({"file": str(out), "columns": count})
        return
    en = f"template with {count} columns in {out}; fill in what stands behind TO FILL"
    say(words(en, f"模板（{count} 列）：{out}；请填写“待填”之处"), lang)


@app.command()
def show(
    name: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Show the activities declared, or one of them whole."""
    from habeas.procedures.declare_activity import all_declared, declared

    with the_home(home) as opened:
        rows = [declared(opened, name)[0]] if name else all_declared(opened)
    if json:
        show_json([_as_json(row, whole=name is not None) for row in rows])
        return
    for row in rows:
        title = row.document["title"][lang.value]
        print(f"{row.name}  {row.version}  {row.at.date().isoformat()}  {title}")
        for use, about in row.document["uses"].items() if name else ():
            print(f"  {use}: {about['purpose']} → {about.get('recipient') or '-'}")


def _as_json(row: object, *, whole: bool) -> dict[str, object]:
    from habeas.records.models import Activity

    assert isinstance(row, Activity)
    about: dict[str, object] = {
        "activity": row.name,
        "version": row.version,
        "digest": row.digest,
        "at": row.at.isoformat(),
    }
    return {**about, "document": row.document} if whole else about
