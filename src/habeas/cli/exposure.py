"""habeas exposure: am I in the leak? Nobody learns who asks, and no list is given away."""

from __future__ import annotations

import json as json_
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from habeas.cli.home import (
    HomeOption,
    JsonOption,
    Lang,
    LangOption,
    clock,
    say,
    subject_from,
    the_home,
    words,
)
from habeas.cli.show import progress, show_json
from habeas.errors import BadInput

app = typer.Typer(add_completion=False, no_args_is_help=True)


class KindName(StrEnum):
    mobile_cn = "mobile_cn"
    email = "email"
    cn_resident_id = "cn_resident_id"


KindOption = Annotated[KindName, typer.Option("--kind", help="Which identifier is hashed.")]
LeakOption = Annotated[str, typer.Option("--leak", help="The leak's public id.")]


@app.command()
def publish(
    *,
    affected: Annotated[
        Path, typer.Argument(metavar="LIST", help="Your own list of persons affected.")
    ],
    kind: KindOption,
    leak: LeakOption,
    out: Annotated[Path, typer.Option("-o", "--out", help="A new folder to put online.")],
    column: Annotated[
        str | None, typer.Option("--column", help="The column of the list; else the kind's name.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Commit to a key, then publish the set of those affected: no identifier is in it.

    For your own list of persons affected, not for a dump that somebody else published.
    """
    from habeas.procedures.publish_exposure import publish_exposure

    rows = _identifiers(affected, column or kind.value)
    with the_home(home) as opened, progress(quiet=json) as bar:
        task = bar.add_task(words("computing", "计算").in_language(lang.value), total=None)
        made = publish_exposure(
            opened,
            rows,
            out,
            leak=leak,
            kind=kind.value,
            now=clock(),
            progress=lambda done: bar.update(task, completed=done),
        )
    if json:
        show_json({name: getattr(made, name) for name in made.__slots__})
        return
    en = f"{made.identifiers} rows, {made.members} distinct, are published in {out}"
    say(words(en, f"{made.identifiers} 行（去重后 {made.members}）已发布于 {out}"), lang)
    say(words(f"key commitment {made.commitment}", f"密钥承诺值 {made.commitment}"), lang)


def _identifiers(path: Path, column: str) -> Iterator[str]:
    """One identifier a row; an empty one is named by its row, not left out."""
    from habeas.tables.source import open_source

    source = open_source(path, typed=False)
    if column not in source.schema.names:
        remedy = f"name one with --column: {', '.join(source.schema.names)}"
        raise BadInput(f"has no column {column!r}", file=path.name, remedy=remedy)
    for batch in source.batches(columns=[column]):
        for value in batch.column(0).to_pylist():
            yield "" if value is None else str(value)


@app.command()
def ask(
    *,
    identifier: Annotated[
        str, typer.Argument(help="Your number, address or id; - reads it from stdin.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The question, to be sent.")],
    published: Annotated[
        Path | None, typer.Option("--set", help="The published folder: says leak and kind.")
    ] = None,
    kind: Annotated[KindName | None, typer.Option("--kind", help="Without --set.")] = None,
    leak: Annotated[str | None, typer.Option("--leak", help="Without --set.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Write a question that says nothing of you; what reads its answer stays in your home."""
    from habeas.ledger.files import write_file
    from habeas.procedures.check_exposure import ask as ask_

    about = _about(published, kind, leak)
    with the_home(home) as opened:
        question = ask_(opened, subject_from(identifier), leak=about[0], kind=about[1].value)
    write_file(out, json_.dumps(question, indent=2).encode() + b"\n")
    if json:
        show_json(question)
        return
    say(
        words(f"the question is in {out}; send it", f"问题已写入 {out}，请发送给个人信息处理者"),
        lang,
    )


def _about(published: Path | None, kind: KindName | None, leak: str | None) -> tuple[str, KindName]:
    if published is not None:
        from habeas.procedures.check_exposure import set_summary

        found = set_summary(published)
        return found["leak"], KindName(found["kind"])
    if kind is None or leak is None:
        raise BadInput("it is not said about which leak", remedy="name --set, or --leak and --kind")
    return leak, kind


@app.command()
def answer(
    *,
    question: Annotated[Path, typer.Argument(help="A question somebody sent.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The answer, to be sent back.")],
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Controller: answer a blinded question with the committed key; nothing is recorded."""
    from habeas.ledger.files import write_file
    from habeas.procedures.publish_exposure import answer_question

    with the_home(home) as opened:
        answered = answer_question(opened, question)
    write_file(out, json_.dumps(answered, indent=2).encode() + b"\n")
    if json:
        show_json(answered)
        return
    say(words(f"the answer is in {out}", f"答复已写入 {out}"), lang)


@app.command()
def check(
    *,
    answered: Annotated[Path, typer.Option("--answer", help="What came back.")],
    published: Annotated[Path, typer.Option("--set", help="The published folder.")],
    key: Annotated[
        list[str] | None, typer.Option("--key", help="The controller's known key.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Read the answer: 0 answered, yes or no · 3 the proof does not hold · 4 no known key."""
    from habeas.cli.verify import vkeys
    from habeas.procedures.check_exposure import check_exposure

    trusted = tuple(vkeys(key or []))
    with the_home(home) as opened:
        found = check_exposure(opened, answered, published, trusted=trusted, now=clock())
    if json:
        show_json({name: getattr(found, name) for name in found.__slots__})
    else:
        say(IN_IT if found.in_it else NOT_IN_IT, lang)
        if found.outcome != "verified":
            say(UNKNOWN_KEY, lang)
    return 0 if found.outcome == "verified" else 4


IN_IT = words(
    "You are in the list of persons affected by this leak.", "您在本次泄露的受影响名单之内。"
)
NOT_IN_IT = words(
    "You are not in the list of persons affected that was published for this leak.",
    "您不在就本次泄露公布的受影响名单之内。",
)
UNKNOWN_KEY = words(
    "Whose list this is was not proved: give the controller's key with --key.",
    "未能证明名单由谁公布：请用 --key 给出个人信息处理者的密钥。",
)
