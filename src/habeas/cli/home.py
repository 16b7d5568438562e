"""What the commands of a home share: which home, which language, what time it is.

The only place that reads HABEAS_HOME and the clock for them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.show import progress
from habeas.terms import Language, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from habeas.records.home import Home


class Lang(StrEnum):
    en = "en"
    zh = "zh"


HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", help="The home's folder; else the variable HABEAS_HOME; else ~/.habeas."
    ),
]
LogOption = Annotated[Path | None, typer.Option("--log", help="a log folder, such as a copy")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
LangOption = Annotated[Lang, typer.Option("--lang", help="Language of the answer.")]


def home_folder(given: Path | None) -> Path:
    """The folder of the home: named, or in HABEAS_HOME, or ~/.habeas."""
    if given is not None:
        return given
    named = os.environ.get("HABEAS_HOME")
    return Path(named) if named else Path.home() / ".habeas"


def log_folder(home: Path | None, log: Path | None) -> Path:
    """The folder of a log: named, or that of the home."""
    return home_folder(home) / "log" if log is None else log


@contextmanager
def the_home(given: Path | None) -> Iterator[Home]:
    """The opened home, closed when the command ends."""
    from habeas.records.home import open_home

    home = open_home(home_folder(given))
    try:
        yield home
    finally:
        home.close()


def clock() -> datetime:
    return datetime.now(UTC)


def words(en: str, zh: str) -> Text:
    return Text(en=en, zh=zh)


def say(text: Text, lang: Lang) -> None:
    """One line of the answer, in the language asked for."""
    language: Language = lang.value
    print(text.in_language(language))


def subject_from(argument: str) -> str:
    """The person's id; '-' reads it from standard input and keeps it off the process list."""
    return sys.stdin.readline().strip() if argument == "-" else argument


@contextmanager
def steps(names: dict[str, Text], lang: Lang, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Progress over named steps, on stderr: call the result with the step that begins."""
    with progress(quiet=quiet) as bar:
        task = bar.add_task("", total=len(names))
        order = list(names)

        def tell(name: str) -> None:
            description = names[name].in_language(lang.value)
            bar.update(task, description=description, completed=order.index(name))

        yield tell
        bar.update(task, completed=len(names))
