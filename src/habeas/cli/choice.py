"""habeas choice: give, refuse, withdraw. One shape: withdrawing is as easy as giving."""

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
    say,
    subject_from,
    the_home,
    words,
)
from habeas.cli.show import show_json
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.procedures.record_choice import Said

app = typer.Typer(add_completion=False, no_args_is_help=True)
Subject = Annotated[
    str | None,
    typer.Argument(
        metavar="[SUBJECT]", help="The person's id in the table; - reads it from stdin."
    ),
]
ActivityOption = Annotated[str, typer.Option("--activity", help="The id of a declared activity.")]
PurposeOption = Annotated[
    str, typer.Option("--purpose", help="One purpose; without it the whole activity.")
]
FromOption = Annotated[
    Path | None,
    typer.Option("--from", help="A table with subject_id (and choice, purpose): all or nothing."),
]


def _command(name: str, state: str, says: str) -> None:
    """One shape for all three: withdrawing takes the words that giving takes."""

    def command(
        *,
        activity: ActivityOption,
        subject: Subject = None,
        purpose: PurposeOption = "",
        file: FromOption = None,
        home: HomeOption = None,
        json: JsonOption = False,
        lang: LangOption = Lang.en,
    ) -> None:
        _record(
            state,
            activity,
            subject=subject,
            purpose=purpose,
            file=file,
            home=home,
            lang=lang,
            json=json,
        )

    app.command(name, help=says)(command)


_command("give", "given", "Record that a person consents.")
_command("refuse", "refused", "Record that a person refuses.")
_command("withdraw", "withdrawn", "Record that a person withdraws consent; it counts from now on.")


@app.command()
def record(
    activity: ActivityOption,
    file: Annotated[Path, typer.Option("--from", help="A table with subject_id and choice.")],
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Record many choices of all three kinds at once: all of them, or none."""
    _record(None, activity, subject=None, purpose="", file=file, home=home, lang=lang, json=json)


def _record(
    word: str | None,
    activity: str,
    *,
    subject: str | None,
    purpose: str,
    file: Path | None,
    home: Path | None,
    lang: Lang,
    json: bool,
) -> None:
    from habeas.procedures.record_choice import record_choice
    from habeas.procedures.sequence import index_of

    said = _said(word, subject, purpose, file)
    with the_home(home) as opened:
        choices = record_choice(opened, said, activity=activity, now=clock())
        first = index_of(opened, choices[0].entry) if choices else None
    if json:
        persons = [bytes(row.subject).hex()[:12] for row in choices[:1]] if file is None else []
        about = {"recorded": len(choices), "activity": activity, "first_entry": first}
        show_json({**about, "person": persons[0] if persons else None})
        return
    en = f"{len(choices)} recorded for {activity}, in the log from entry {first}"
    say(words(en, f"已为 {activity} 记录 {len(choices)} 项选择，存证日志自第 {first} 条起"), lang)


def _said(word: str | None, subject: str | None, purpose: str, file: Path | None) -> list[Said]:
    from habeas.procedures.record_choice import Said, read_choices
    from habeas.rights.choice import ChoiceState

    state = None if word is None else ChoiceState(word)
    if (subject is None) == (file is None):
        raise BadInput("one person or one file is expected", remedy="give SUBJECT or --from FILE")
    if file is not None:
        return read_choices(file, only=state, purpose=purpose)
    assert subject is not None
    assert state is not None
    return [Said(subject=subject_from(subject), state=state, purpose=purpose)]
