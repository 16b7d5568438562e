"""habeas observe: what an app, a page or a table really takes, against what is declared."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.decide import day_of
from habeas.cli.home import JsonOption, Lang, LangOption
from habeas.cli.show import show_json
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.rights.capture import Capture
    from habeas.rights.observe import Moments, Observed

app = typer.Typer(add_completion=False)


@app.command()
def observe(  # noqa: PLR0917 - typer passes them by name
    capture: Annotated[Path, typer.Argument(help="a .har file, an Android manifest, or a table")],
    activity: Annotated[Path, typer.Option("--activity", help="what is declared: activity/v1")],
    consented: Annotated[
        str | None,
        typer.Option("--consented", help="when the person agreed: a time, or part of an address"),
    ] = None,
    refused: Annotated[
        str | None,
        typer.Option("--refused", help="when they refused: a time, or part of an address"),
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help="write an HTML page")] = None,
    matter: Annotated[
        Path | None,
        typer.Option("--matter", help="write a matter, for decide, route and a complaint"),
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="day, YYYY-MM-DD")] = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Fields no purpose needs, recipients never declared, permissions beyond, data sent too soon.

    Exit 0: nothing differs. 3: something does. 4: something is not known.
    """
    from habeas.law.book import load_book
    from habeas.rights.activity import load_activity
    from habeas.rights.observe import observe as compare

    day, book, declared = day_of(as_of), load_book("cn"), load_activity(activity)
    seen = _capture(capture, {"consented": consented, "refused": refused})
    found = compare(
        seen, declared, book=book, as_of=day, moments=_moments(seen, consented, refused)
    )
    if report is not None:
        from habeas.ledger.files import write_file
        from habeas.rights.observe_page import observe_page

        write_file(report, observe_page(found, book, language=lang.value).encode())
    if matter is not None:
        _write_matter(matter, found, declared.matter(acted_on=day))
    if json:
        show_json(found.to_json())
    else:
        _show(found, lang)
    if found.of("breach"):
        return 3
    return 4 if found.of("open") or found.unread else 0


def _capture(path: Path, marks: dict[str, str | None]) -> Capture:
    from habeas.rights.capture_har import read_har
    from habeas.rights.capture_other import read_manifest, read_table
    from habeas.tables.source import open_source

    if path.suffix.lower() == ".har":
        return read_har(path, marks={n: part for n, part in marks.items() if part})
    if path.suffix.lower() in (".xml", ".txt"):
        return read_manifest(path)
    return read_table(open_source(path))


def _moments(seen: Capture, consented: str | None, refused: str | None) -> Moments:
    from habeas.rights.observe import Moments

    return Moments(
        consented=_moment(seen, "consented", consented), refused=_moment(seen, "refused", refused)
    )


def _moment(seen: Capture, name: str, said: str | None) -> datetime | None:
    """A moment given as a time, or as part of an address that the capture holds."""
    if said is None:
        return None
    if name in seen.moments:
        return seen.moments[name]
    try:
        at = datetime.fromisoformat(said)
    except ValueError as error:
        remedy = "give a time with its zone, or a part of an address in the capture"
        raise BadInput(
            "neither a time nor in any address", place=f"--{name}", remedy=remedy
        ) from error
    if at.tzinfo is None:
        raise BadInput("the time has no zone", place=f"--{name}", remedy="add +08:00")
    return at


def _write_matter(path: Path, found: Observed, stated: dict[str, object]) -> None:
    import yaml

    from habeas.ledger.files import write_file
    from habeas.rights.observed_matter import observed_matter

    if path.suffix not in (".yaml", ".yml"):
        raise BadInput("a matter goes into a .yaml file", file=path)
    made = observed_matter(found, stated)
    write_file(path, yaml.safe_dump(made, allow_unicode=True, sort_keys=False).encode())


def _show(found: Observed, lang: Lang) -> None:
    from habeas.rights.observe_page import WHAT, WORDS, kinds_of, subject_of

    seen = WORDS["seen"].in_language(lang.value)
    print(seen.format(requests=found.requests, fields=found.fields, unread=found.unread))
    if not found.findings:
        print(WORDS["clean"].in_language(lang.value))
    for one in found.findings:
        what, kinds = WHAT[one.what].in_language(lang.value), kinds_of(one, lang.value)
        where = f"  → {', '.join(one.hosts)}" if one.hosts else ""
        print(
            f"{'!' if one.weight == 'breach' else '?' if one.weight == 'open' else '·'} "
            f"{subject_of(one, lang.value)}: {what}  ({kinds or '–'} ×{one.count}){where}"
        )
        print(f"    {', '.join(one.citations)}")
    print(WORDS["limit"].in_language(lang.value))
