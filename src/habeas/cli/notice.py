"""habeas notice: draft, check and publish privacy notices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.show import show_json

if TYPE_CHECKING:
    from habeas.law.documents import MissingItem
    from habeas.rights.activity import Activity
    from habeas.terms import Text

app = typer.Typer(add_completion=False, no_args_is_help=True)
Target = Annotated[
    str, typer.Argument(metavar="ACTIVITY", help="A declaration's file, or the id of one declared.")
]


@app.command()
def draft(
    target: Target,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.zh,
) -> None:
    """Write the notice as far as the declaration goes; the Chinese text is the one that counts."""
    from habeas.law.book import load_book
    from habeas.rights.notice import draft_notice

    activity = _activity(target, home)
    book = load_book(activity.law[0])
    version = 1 if _is_file(target) else _next_version(target, home)
    notice = draft_notice(activity, book, clock().date(), version=version)
    if json:
        show_json(notice.to_json())
    else:
        print(notice.in_words(lang.value))


@app.command()
def check(
    target: Target,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Name what the notice lacks, with provisions: exit 3 if items are missing, 4 if open."""
    from habeas.law.book import load_book
    from habeas.rights.notice import missing_items

    activity = _activity(target, home)
    book = load_book(activity.law[0])
    missing = missing_items(activity, book, clock().date())
    if json:
        about = {"activity": activity.id, "complete": not missing, "book": book.id}
        show_json({**about, "missing": [item.to_json() for item in missing]})
    elif not missing:
        say(words("the notice is complete", "告知内容完整"), lang)
    for item in () if json else missing:
        say(_line(item), lang)
    if any(item.state == "missing" for item in missing):
        return 3
    return 4 if missing else 0


@app.command()
def publish(
    target: Target,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Publish the notice of a declared activity: complete, or refused by item and provision."""
    from habeas.law.book import load_book
    from habeas.procedures.declare_activity import declare_activity, declared
    from habeas.procedures.publish_notice import publish_notice

    with the_home(home) as opened:
        if _is_file(target):
            activity = _activity(target, home)
            declare_activity(opened, activity, now=clock())
        else:
            activity = declared(opened, target)[1]
        book = load_book(activity.law[0])
        notice = publish_notice(opened, activity.id, book=book, now=clock())
    if json:
        about = {"activity": activity.id, "version": notice.version, "digest": notice.digest}
        show_json({**about, "notice": notice.document})
        return
    en = f"notice of {activity.id}, version {notice.version}, is published and in the log"
    say(words(en, f"{activity.id} 的告知第{notice.version}版已发布并写入存证日志"), lang)


def _is_file(target: str) -> bool:
    return Path(target).suffix.lower() in (".yaml", ".yml", ".json") or Path(target).is_file()


def _next_version(name: str, home: Path | None) -> int:
    from habeas.procedures.publish_notice import next_version

    with the_home(home) as opened:
        return next_version(opened, name)


def _activity(target: str, home: Path | None) -> Activity:
    from habeas.procedures.declare_activity import declared
    from habeas.rights.activity import load_activity

    if _is_file(target):
        return load_activity(target)
    with the_home(home) as opened:
        return declared(opened, target)[1]


def _line(item: MissingItem) -> Text:
    under = ", ".join(map(str, item.citations)) if item.blocking == "law" else ""
    en, zh = under or "practice", under or "惯例"
    if item.state == "missing":
        return words(
            f"missing  {item.item}: {item.label.en} ({en})",
            f"缺少  {item.item}：{item.label.zh}（{zh}）",
        )
    needs = ", ".join(item.needs)
    return words(
        f"open     {item.item}: {item.label.en} ({en}); say first: {needs}",
        f"待定  {item.item}：{item.label.zh}（{zh}）；请先说明：{needs}",
    )
