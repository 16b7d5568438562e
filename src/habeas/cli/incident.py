"""habeas incident: what is owed after a leak, to whom, by when; letters; what was done."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.send import OutboxOption, SendToOption, check_sending, put_out, say_sent
from habeas.cli.show import err, show_json
from habeas.errors import BadInput
from habeas.terms import Text

if TYPE_CHECKING:
    from habeas.procedures.open_incident import IncidentFile
    from habeas.procedures.send_incident_letters import SentLetter
    from habeas.rights.incident import IncidentDuty, Unverified

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
    from habeas.procedures.send_incident_letters import sent_letters

    with the_home(home) as opened:
        every = incidents(opened)
        found = None if name is None else incident_file(opened, name)
        sent = () if found is None else sent_letters(opened, found.id)
    if found is not None:
        _show(found, lang, sent=sent, json=json)
    elif json:
        show_json({"incidents": list(every)})
    else:
        for each in every.values():
            when = _at(each.opened_at)
            say(words(f"  {each.id}  {when.en}", f"  {each.id}  {when.zh}"), lang)


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
    send_to: SendToOption = None,
    outbox: OutboxOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """The report to the authority and the letter to the persons, editable, in both languages.

    Exit 3 if the letter to the persons lacks an item; the report may go first and be completed.
    --send-to sends the report to an authority, the other letter to a person.
    """
    from habeas.procedures.incident_letters import write_letters
    from habeas.procedures.open_incident import incident_file
    from habeas.procedures.send_incident_letters import check_addressees, send_letters

    to = check_sending(send_to, outbox, draft=draft)
    with the_home(home) as opened:
        found = incident_file(opened, name)
        check_addressees(opened, to)
        head = opened.log().checkpoint()
        line = f"{head.origin} {head.size} {head.root.hex()}"
        made = write_letters(found, out, handler=opened.name, checkpoint=line, draft=draft)
        posted = send_letters(opened, found.id, out, to=to, now=clock())
        sent = put_out(opened, posted, outbox)
    lacks = {"to_follow": made.follows, "missing": made.missing}
    if json:
        items = {key: [i.to_json() for i in each] for key, each in lacks.items()}
        show_json({"files": list(made.written.files), "sent": sent, **items})
        return
    count = len(made.written.files)
    say(words(f"{count} files in {out}", f"{count} 个文件，见 {out}"), lang)
    for item in made.follows:
        say(words(f"  the authority is still owed: {item.label.en}",
                  f"  尚须补报：{item.label.zh}"), lang)  # fmt: skip
    say_sent(sent, lang)


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


def _show(
    found: IncidentFile, lang: Lang, *, json: bool, sent: tuple[SentLetter, ...] = ()
) -> None:
    from habeas.rights.incident import unverified

    now = clock()
    duties, besides = found.duties(now=now), unverified(found.facts.get("sector"))
    if json:
        show_json(
            {
                "format": "incident-state/v1",
                "incident": found.id,
                "grade": found.grade,
                "graded_larger": found.graded,
                "facts": dict(found.facts),
                "duties": [_duty_json(duty, found) for duty in duties],
                "unverified": [
                    {
                        "under": each.under and str(each.under),
                        "en": each.says.en,
                        "zh": each.says.zh,
                    }
                    for each in besides
                ],
                "letters": [_letter_json(each) for each in sent],
            }
        )
        return
    grade = GRADES[found.grade]
    say(words(f"{found.id}: grade {grade.en}", f"{found.id}：级别 {grade.zh}"), lang)
    for duty in duties:
        say(_line(duty, found), lang)
    for each in besides:
        under = (
            words("", "") if each.under is None else words(f" ({each.under})", f"（{each.under}）")
        )
        say(words(f"  not verified, decides nothing: {each.says.en}{under.en}",
                  f"  未核实，不作判断依据：{each.says.zh}{under.zh}"), lang)  # fmt: skip
    for letter in sent:
        say(_sent_line(letter), lang)
    err.print(COUNTING.in_language(lang.value), markup=False, soft_wrap=True)


def _unverified_json(each: Unverified) -> dict[str, Any]:
    under = None if each.under is None else str(each.under)
    return {"under": under, "en": each.says.en, "zh": each.says.zh}


def _letter_json(each: SentLetter) -> dict[str, Any]:
    delivered = each.delivered_at
    return {
        "letter": each.letter,
        "paper": each.paper,
        "to": each.contact,
        "sent_at": each.sent_at.isoformat(),
        "delivered": delivered is not None,
        "receipt_at": None if delivered is None else delivered.isoformat(),
    }


def _sent_line(each: SentLetter) -> Text:
    """When it was sent, and what proves that it came: a receipt of the other's log, or nothing."""
    paper, when, start = PAPERS[each.paper], _at(each.sent_at), each.letter[:16]
    en = f"  {paper.en} → {each.contact}: sent {when.en}; "
    zh = f"  {paper.zh} → {each.contact}：{when.zh}发送；"
    if each.delivered_at is None:
        return words(
            f"{en}delivery not proved, no receipt has come", f"{zh}未收到回执，送达未获证明"
        )
    came = _at(each.delivered_at)
    return words(
        f"{en}delivered, receipt of {came.en}; proof: habeas inbox proof {start}",
        f"{zh}已送达，{came.zh}收到回执；证明：habeas inbox proof {start}",
    )


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


def _line(duty: IncidentDuty, found: IncidentFile) -> Text:
    state, due = STATES[duty.state], _due(duty)
    hangs = words("", "")
    if duty.missing:
        asked = [MISSING[name] for name in duty.missing]
        en = "; ".join(
            f"{text.en} ({name})" for text, name in zip(asked, duty.missing, strict=True)
        )
        zh = "；".join(
            f"{text.zh}（{name}）" for text, name in zip(asked, duty.missing, strict=True)
        )
        hangs = words(f"; hangs on: {en}", f"；取决于：{zh}")
    done_at = found.done.get(duty.id)
    when = words("", "") if done_at is None else _at(done_at)
    return words(
        f"  {duty.id}: {duty.says.en} ({duty.under}); {due.en}; {state.en} {when.en}".rstrip()
        + hangs.en,
        f"  {duty.id}：{duty.says.zh}（{duty.under}）；{due.zh}；{state.zh}{when.zh}{hangs.zh}",
    )


def _due(duty: IncidentDuty) -> Text:
    if duty.due.counted == "at_once":
        return words("at once, the law gives no hour", "立即，法律未定小时数")
    if duty.due.at is None:
        return words("the clock's start is not known", "起算时间不明")
    at = _at(duty.due.at)
    return words(f"by {at.en}", f"最迟 {at.zh}")


def _at(at: datetime) -> Text:
    from habeas.papers.moments import moment

    return moment(at)


PAPERS = {
    "breach_authority": words("report to the authority", "向主管部门的报告"),
    "breach_persons": words("letter to the persons", "致个人的通知"),
}
MISSING = {
    "persons": words("how many persons", "涉及多少人"),
    "operator": words("what kind of operator", "属于哪类运营者"),
    "sector": words("the line of business", "从事什么行业"),
    "nfra": words("whether the financial regulator supervises you", "是否受金融监管部门监管"),
    "nfra_especially_major": words(
        "whether it is especially major by that regulator's grades", "按该部门分级是否特别重大"
    ),
    "at_outsourcer": words(
        "whether it happened at an outsourcing provider", "是否发生在外包服务方"
    ),
    "harm_avoided": words("whether measures effectively prevent harm", "措施能否有效避免危害"),
    "suspected_crime": words("whether a crime is suspected", "是否涉嫌犯罪"),
    "other_grade_test": words(
        "whether a test without a number raises the grade", "是否有其他标准使其升级"
    ),
}
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
