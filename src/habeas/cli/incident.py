"""habeas incident: what is owed after a leak, to whom, by when; letters; what was done."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.show import err, show_json
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.procedures.open_incident import IncidentFile
    from habeas.rights.incident import IncidentDuty

app = typer.Typer(add_completion=False, no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="The incident's id.")]


@app.command("open")
def open_command(
    *,
    attribution: Annotated[
        Path | None, typer.Option("--from", help="The result of a trace of this home.")
    ] = None,
    by_hand: Annotated[
        Path | None, typer.Option("--by-hand", help="What is known (incident/v1).")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Open an incident: grade, duties and clocks at once; what is unknown stays unknown."""
    from habeas.procedures.incident_words import IncidentWords, load_incident_words
    from habeas.procedures.open_incident import open_incident

    if attribution is None and by_hand is None:
        raise BadInput("it is not said what happened", remedy="use --from, --by-hand, or both")
    said = IncidentWords() if by_hand is None else load_incident_words(by_hand)
    leak = None if attribution is None else _attribution(attribution)
    with the_home(home) as opened:
        found = open_incident(opened, said, now=clock(), leak=leak)
    _show(found, lang, json=json)


def _attribution(path: Path) -> dict[str, Any]:
    from habeas.law.yaml_reading import read_json

    document = read_json(path).value
    if not isinstance(document, dict) or document.get("format") != "attribution/v1":
        raise BadInput("is not an attribution (attribution/v1)", file=path.name)
    return document


@app.command()
def show(
    name: Annotated[str | None, typer.Argument(help="One incident; else all.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """An incident as it stands now: who must be told by when, what is done, what hangs on what."""
    from habeas.procedures.open_incident import incident_file, incidents

    with the_home(home) as opened:
        every = incidents(opened)
        found = None if name is None else incident_file(opened, name)
    if found is not None:
        _show(found, lang, json=json)
    elif json:
        show_json({"incidents": list(every)})
    else:
        for each in every.values():
            print(f"  {each.id}  {each.opened_at.isoformat(timespec='minutes')}")


@app.command()
def add(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(help="What has become known (incident/v1).")],
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Say what has become known since; the later stands over the earlier."""
    from habeas.procedures.incident_words import load_incident_words
    from habeas.procedures.open_incident import add_to_incident

    said = load_incident_words(file)
    with the_home(home) as opened:
        found = add_to_incident(opened, name, said, now=clock())
    _show(found, lang, json=json)


@app.command()
def done(
    *,
    name: NameArgument,
    duty: Annotated[str, typer.Argument(help="The duty's id, as `incident show` lists it.")],
    at: Annotated[
        str | None, typer.Option("--at", help="When it was done, with offset; else now.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Record that a duty was done, and when; that it is recorded now stands in the log too."""
    from habeas.procedures.open_incident import mark_done

    now = clock()
    when = now if at is None else _instant(at)
    with the_home(home) as opened:
        found = mark_done(opened, name, duty, at=when, now=now)
    _show(found, lang, json=json)


def _instant(text: str) -> datetime:
    from habeas.law.values import WrongValueError, read_instant

    try:
        found = read_instant(text)
    except WrongValueError as error:
        raise BadInput(error.says, place="--at", remedy=error.remedy) from error
    if not isinstance(found, datetime):
        raise BadInput("has no hour", place="--at", remedy="write 2026-03-01T09:30:00+08:00")
    return found


@app.command()
def letters(
    *,
    name: NameArgument,
    out: Annotated[Path, typer.Option("-o", "--out", help="A new folder for the letters.")],
    draft: Annotated[
        bool, typer.Option("--draft", help="Write them with 【缺】 where items are missing.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """The report to the authority and the letter to the persons, editable, in both languages.

    Exit 3 if the letter to the persons lacks an item; the report may go first and be completed.
    """
    from habeas.procedures.incident_letters import write_letters
    from habeas.procedures.open_incident import incident_file

    with the_home(home) as opened:
        found = incident_file(opened, name)
        head = opened.log().checkpoint()
        line = f"{head.origin} {head.size} {head.root.hex()}"
        made = write_letters(found, out, handler=opened.name, checkpoint=line, draft=draft)
    lacks = {"to_follow": made.follows, "missing": made.missing}
    if json:
        items = {key: [i.to_json() for i in each] for key, each in lacks.items()}
        show_json({"files": list(made.written.files), **items})
        return
    count = len(made.written.files)
    say(words(f"{count} files in {out}", f"{count} 个文件，见 {out}"), lang)
    for item in made.follows:
        say(words(f"  the authority is still owed: {item.label.en}",
                  f"  尚须补报：{item.label.zh}"), lang)  # fmt: skip


@app.command()
def late(
    *,
    table: Annotated[Path, typer.Argument(help="A table of reported breaches.")],
    layout: Annotated[
        str | None,
        typer.Option("--layout", help="hhs_ocr; else persons, reported_on, discovered_on."),
    ] = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:  # fmt: skip
    """How many reports were late by the clock of 42 USC 17932 and 45 CFR 164.408; unknown apart."""
    from habeas.procedures.count_late_reports import count_late_reports
    from habeas.tables.source import open_source

    found = count_late_reports(open_source(table, typed=False), layout=layout)
    if json:
        counts = {name: getattr(found, name) for name in found.__slots__ if name != "under"}
        show_json({**counts, "unknown": dict(found.unknown), "under": list(map(str, found.under))})
        return
    under = ", ".join(map(str, found.under))
    say(words(f"{found.rows} reports ({under}): {found.late} late, {found.inside_the_days} inside "
              "the days (whether without unreasonable delay is a judgement)",
              f"{found.rows} 份报告（{under}）：逾期 {found.late}，期限之内 {found.inside_the_days}"
              "（是否无不合理迟延属判断）"), lang)  # fmt: skip
    for fact, count in found.unknown.items():
        say(words(f"  unknown for {count}: {fact} is not in the table",
                  f"  {count} 份无法判断：表中没有 {fact}"), lang)  # fmt: skip


def _show(found: IncidentFile, lang: Lang, *, json: bool) -> None:
    now = clock()
    duties = found.duties(now=now)
    if json:
        show_json(
            {
                "format": "incident-state/v1",
                "incident": found.id,
                "grade": found.grade,
                "graded_larger": found.graded,
                "facts": dict(found.facts),
                "duties": [_duty_json(duty, found) for duty in duties],
            }
        )
        return
    grade = GRADES[found.grade]
    say(words(f"{found.id}: grade {grade.en}", f"{found.id}：级别 {grade.zh}"), lang)
    for duty in duties:
        say(_line(duty, found), lang)
    err.print(COUNTING.in_language(lang.value), markup=False, soft_wrap=True)


def _duty_json(duty: IncidentDuty, found: IncidentFile) -> dict[str, Any]:
    done_at = found.done.get(duty.id)
    return {
        "duty": duty.id,
        "says": {"en": duty.says.en, "zh": duty.says.zh},
        "to": {"en": duty.to.en, "zh": duty.to.zh},
        "under": str(duty.under),
        "applies": duty.applies,
        "missing": list(duty.missing),
        "due": None if duty.due.at is None else duty.due.at.isoformat(),
        "counted": duty.due.counted,
        "state": duty.state,
        "done_at": None if done_at is None else done_at.isoformat(),
    }


def _line(duty: IncidentDuty, found: IncidentFile) -> Any:
    state, due = STATES[duty.state], _due(duty)
    hangs = ""
    if duty.missing:
        hangs = f" [{', '.join(duty.missing)}]"
    done_at = found.done.get(duty.id)
    when = "" if done_at is None else f" {done_at.isoformat(timespec='minutes')}"
    return words(
        f"  {duty.id}: {duty.says.en} ({duty.under}); {due.en}; {state.en}{when}{hangs}",
        f"  {duty.id}：{duty.says.zh}（{duty.under}）；{due.zh}；{state.zh}{when}{hangs}",
    )


def _due(duty: IncidentDuty) -> Any:
    if duty.due.counted == "at_once":
        return words("at once, the law gives no hour", "立即，法律未定小时数")
    if duty.due.at is None:
        return words("the clock's start is not known", "起算时间不明")
    at = duty.due.at.isoformat(timespec="minutes")
    return words(f"by {at}", f"最迟 {at}")


GRADES = {
    None: words("not known: say how many persons", "不明：请说明涉及人数"),
    "general": words(
        "general by number; other tests may raise it", "按人数为一般，其他标准可使其升级"
    ),
    "larger": words("larger", "较大"),
    "major": words("major", "重大"),
    "especially_major": words("especially major", "特别重大"),
}
STATES = {
    "met": words("done", "已履行"),
    "breached": words("not in time", "未按期履行"),
    "pending": words("owed", "待履行"),
    "unknown": words("not known whether it is owed", "是否应履行尚不明"),
}
COUNTING = words(
    "Days are counted from the day after, to the end of the last day; that is our convention. "
    "This is legal information, not advice.",
    "期日自次日起算，至最后一日终了，此为本系统约定。本结果仅为法律信息，不构成法律意见。",
)
