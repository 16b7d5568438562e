"""habeas pilot: a real trial of a rule, fixed in the log beforehand and measured afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.show import show_json

if TYPE_CHECKING:
    from habeas.law.trial import Measured
    from habeas.procedures.run_trial import Opened

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command("open")
def open_(
    file: Annotated[Path, typer.Argument(help="a trial/v1 file, see specs/trial-v1.md")],
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Fix what a trial will measure, in the log, before its first day. Exit 3: too late."""
    from habeas.law.trial_file import load_trial
    from habeas.procedures.run_trial import open_trial

    trial = load_trial(file)
    with the_home(home) as opened:
        found = open_trial(opened, trial, now=clock())
    if json:
        show_json(_opened(found))
        return
    en = f"trial {trial.id} fixed as entry {found.index}; digest {found.digest}"
    say(words(en, f"试行 {trial.id} 已固定于日志第 {found.index} 条；摘要 {found.digest}"), lang)


@app.command()
def report(  # noqa: PLR0917 - typer passes them by name
    trial: Annotated[str, typer.Argument(help="the id of a trial in the log")],
    data: Annotated[Path, typer.Argument(help="a table: one row a case, person or filing")],
    region: Annotated[str, typer.Option("--region", help="the column of regions")] = "region",
    day: Annotated[str, typer.Option("--day", help="the column of days")] = "day",
    page: Annotated[Path | None, typer.Option("--report", help="write an HTML page")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Measure what was fixed, and only that. Exit 4 where the data can't tell."""
    from habeas.procedures.run_trial import report_trial
    from habeas.tables.source import open_source

    source = open_source(data)
    with the_home(home) as opened:
        found, measured = report_trial(opened, trial, source, region=region, day=day)
    if page is not None:
        _write(page, found, measured, lang)
    if json:
        show_json(_opened(found) | measured.to_json())
    else:
        _show(measured, lang)
    return 4 if any(effect.outcome == "cannot_tell" for effect in measured.effects) else 0


def _opened(found: Opened) -> dict[str, object]:
    return {
        "trial": found.trial.id,
        "digest": found.digest,
        "fixed_at": found.at.isoformat(),
        "entry": found.index,
    }


def _write(page: Path, found: Opened, measured: Measured, lang: Lang) -> None:
    from habeas.ledger.files import write_file
    from habeas.papers.trial_page import trial_page

    made = trial_page(
        measured, at=found.at, index=found.index, digest=found.digest, language=lang.value
    )
    write_file(page, made.encode())


def _show(measured: Measured, lang: Lang) -> None:
    from habeas.papers.trial_page import WORDS, line_of

    for effect in measured.effects:
        print(line_of(effect, lang.value))
    counted = WORDS["counted"].in_language(lang.value)
    print(counted.format(counted=measured.counted, outside=measured.outside))
    print(WORDS["limit"].in_language(lang.value))
