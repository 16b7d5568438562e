"""habeas case: an authority's docket, from lodging to closing, and the hand-over between bodies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.show import show_json
from habeas.terms import Text

if TYPE_CHECKING:
    from habeas.procedures.show_case import Asked, Shown, StepShown
    from habeas.records.exchange import Case
    from habeas.records.home import Home

app = typer.Typer(add_completion=False, no_args_is_help=True)

Number = Annotated[str, typer.Argument(metavar="CASE", help="The number of the case.")]
Ground = Annotated[str | None, typer.Option("--ground", help="Why; it is sent and logged.")]
NeededGround = Annotated[str, typer.Option("--ground", help="Why; it is sent and logged.")]
_BASIS = {
    "statute": words("statute", "法律规定"),
    "procedure": words("procedure", "法定程序"),
    "convention": words("our convention", "本系统约定"),
}
_WAITS = words(
    "what it sends waits for receipts: `habeas send --pending`",
    "由此产生的信封待发送：habeas send --pending",
)


def _act(
    home: Path | None, lang: Lang, do: Callable[[Home, datetime], Case], *, json: bool
) -> None:
    """Do one step and show where the case stands after it."""
    from habeas.procedures.show_case import show_case

    now = clock()
    with the_home(home) as opened:
        row = do(opened, now)
        shown, _ = show_case(opened, row.number)
    if json:
        show_json({"format": "case-stage/v1", **shown.to_json(now)})
        return
    _line(shown, now, lang)


def _line(shown: Shown, now: datetime, lang: Lang) -> None:
    label = shown.stage.label.in_language(lang.value)
    clock_text = _clock(shown, now)
    clause = "" if clock_text is None else f"  {clock_text.in_language(lang.value)}"
    other = "" if shown.other is None else f"  ⇄ {shown.other}"
    text = f"{shown.row.number}  {label}{other}{clause}"
    say(words(text, text), lang)


def _clock(shown: Shown, now: datetime) -> Text | None:
    """Until when, how many days are left, and who set the limit."""
    found = shown.clock
    if found is None:
        return None
    basis = _BASIS[found.clock.basis]
    source = "" if found.clock.provision is None else f" {found.clock.provision}"
    if found.due is None:
        en = f"due: the calendar of that year isn't known yet ({basis.en}{source})"
        return words(en, f"期限：该年度工作日安排尚未公布（{basis.zh}{source}）")
    left, due = found.days_left(now), f"{found.due:%Y-%m-%d %H:%M} UTC"
    en = f"due {due}, {left} days left ({basis.en}{source})"
    return words(en, f"期限 {due}，剩余 {left} 天（{basis.zh}{source}）")


@app.command()
def lodge(
    what: Annotated[
        str, typer.Argument(metavar="MATTER|LETTER", help="A matter's file, or a letter's digest.")
    ],
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Take a complaint that came by envelope, or a matter from a file, into the docket."""
    from habeas.procedures.lodge_case import lodge_letter, lodge_matter

    def do(opened: Home, now: datetime) -> Case:
        file = Path(what)
        if file.suffix in (".yaml", ".yml", ".json") or file.is_file():
            return lodge_matter(opened, file, now=now)
        return lodge_letter(opened, what, now=now)

    _act(home, lang, do, json=json)


@app.command("list")
def list_(home: HomeOption = None, json: JsonOption = False, lang: LangOption = Lang.en) -> None:
    """List the docket: stage, deadline and who set it; and disputes put to this home."""
    from habeas.procedures.show_case import asked, docket

    now = clock()
    with the_home(home) as opened:
        found, questions = docket(opened), asked(opened)
    if json:
        cases = [each.to_json(now) for each in found]
        disputes = [each.to_json() for each in questions]
        show_json({"format": "docket/v1", "cases": cases, "disputes": disputes})
        return
    for each in found:
        _line(each, now, lang)
    for question in questions:
        _dispute(question, lang)
    if not found and not questions:
        say(words("the docket is empty", "案件列表为空"), lang)


def _dispute(each: Asked, lang: Lang) -> None:
    parties = f"{each.asking} ⇄ {each.other or '?'}"
    if each.designated is None:
        en, zh = "asks this home to designate", "报请本机关指定管辖"
    else:
        heard = each.row.acknowledged
        en = f"{each.designated} is designated{', and has acknowledged' if heard else ''}"
        zh = f"已指定 {each.designated} 管辖{'，已确认' if heard else ''}"
    say(words(f"{each.row.number}  {parties}: {en}", f"{each.row.number}  {parties}：{zh}"), lang)


@app.command()
def show(
    number: Number,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Folder for grounds, facts and materials.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Show a case step by step, with provisions; grounds and facts go into files with -o."""
    from habeas.procedures.read_letter import write_content
    from habeas.procedures.show_case import show_case, whole_case

    now = clock()
    with the_home(home) as opened:
        shown, steps = show_case(opened, number)
        if out is not None:
            write_content(whole_case(opened, number, now=now), out)
    if json:
        done = [step.to_json() for step in steps]
        show_json({"format": "case/v1", **shown.to_json(now), "steps": done})
        return
    _line(shown, now, lang)
    for step in steps:
        _step(step, lang)


def _step(step: StepShown, lang: Lang) -> None:
    basis = None if step.basis is None else _BASIS[step.basis].in_language(lang.value)
    source = " ".join(filter(None, (basis, step.provision)))
    where = "—" if step.index is None else f"#{step.index}"
    text = f"  {step.at:%Y-%m-%d %H:%M}  {step.event} ({step.who})  {source}  {where}"
    say(words(text, text), lang)


@app.command()
def accept(
    number: Number,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Open the case: from now on this body may decide it."""
    _move(home, lang, number, "accept", ground=None, json=json)


@app.command()
def dismiss(
    number: Number,
    ground: NeededGround,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Record the matter without opening a case, with the ground."""
    _move(home, lang, number, "dismiss", ground=ground, json=json)


@app.command()
def take(
    number: Number,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Take a case that was offered; it binds: it may not be passed on, only disputed."""
    _move(home, lang, number, "take", ground=None, json=json)


@app.command()
def decline(
    number: Number,
    ground: NeededGround,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Refuse a case that was offered, with the ground; it goes to the common superior."""
    _move(home, lang, number, "decline", ground=ground, json=json)


@app.command()
def close(
    number: Number,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Close a decided case."""
    _move(home, lang, number, "close", ground=None, json=json)


def _move(
    home: Path | None, lang: Lang, number: str, event: str, *, ground: str | None, json: bool
) -> None:
    from habeas.procedures.move_case import move_case

    _act(
        home,
        lang,
        lambda opened, now: move_case(opened, number, event, now=now, ground=ground),
        json=json,
    )


@app.command()
def offer(
    *,
    number: Number,
    to: Annotated[str, typer.Option("--to", help="The other authority's name.")],
    ground: NeededGround,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="no_competence, first_filed, designation, crime or lead."),
    ] = None,
    facts: Annotated[
        list[str] | None, typer.Option("--facts", help="Facts and steps so far; a paragraph each.")
    ] = None,
    attach: Annotated[
        list[Path] | None, typer.Option("--attach", help="A file that goes with it.")
    ] = None,
    draft: Annotated[
        Path | None, typer.Option("--draft", help="Write the letter here and send nothing.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Offer a case to another authority with a hand-over letter; refused by item if incomplete.

    This body keeps the matter until it holds the other's acceptance.
    """
    from habeas.cli.send import attachments
    from habeas.procedures.move_case import Offer, offer_case

    said = Offer(
        to=to,
        ground=ground,
        kind=kind,
        facts=tuple(facts or ()),
        attachments=attachments(attach or []),
    )
    if draft is not None:
        _draft(home, number, said, draft, lang)
        return
    _act(
        home,
        lang,
        lambda opened, now: offer_case(opened, number, said, now=now, language=lang.value),
        json=json,
    )


def _draft(home: Path | None, number: str, said: Any, out: Path, lang: Lang) -> None:
    from habeas.procedures.move_case import draft_offer
    from habeas.procedures.read_letter import write_content

    with the_home(home) as opened:
        pages = draft_offer(opened, number, said, now=clock())
    write_content({page.name: page.data for page in pages}, out)
    say(words(f"draft written into {out}; nothing is sent", f"草稿已写入 {out}，未发送"), lang)


@app.command()
def refer(
    number: Number,
    ground: Ground = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Put a case to the common superior: a dispute, or an offer that was left unanswered."""
    from habeas.procedures.move_case import refer_case

    _act(
        home,
        lang,
        lambda opened, now: refer_case(opened, number, ground=ground, now=now),
        json=json,
    )


@app.command()
def designate(
    *,
    number: Number,
    to: Annotated[str, typer.Option("--to", help="The body that has the matter.")],
    ground: NeededGround,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """As the common superior: name the body that has the matter. It binds."""
    from habeas.procedures.show_case import asked
    from habeas.procedures.superior import designate as designate_

    with the_home(home) as opened:
        designate_(opened, number, to=to, ground=ground, now=clock())
        found = [each for each in asked(opened) if each.row.number == number]
    if json:
        show_json({"format": "dispute/v1", **found[0].to_json()})
        return
    _dispute(found[0], lang)
    say(_WAITS, lang)


PaperOption = Annotated[
    Path, typer.Option("--paper", help='JSON: {"values": {item: text}, "conditions": {…}}.')
]
ToOption = Annotated[list[str] | None, typer.Option("--to", help="A contact it is sent to.")]


@app.command()
def decide(
    *,
    number: Number,
    paper: PaperOption,
    to: ToOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Decide a case by a complete decision; refused by item, naming the provision."""
    _issue(home, lang, number, "decide", paper=paper, to=to, json=json)


@app.command()
def order(
    *,
    number: Number,
    paper: PaperOption,
    to: ToOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Order a correction in a case by a complete order; the case stays where it is."""
    _issue(home, lang, number, "order", paper=paper, to=to, json=json)


def _issue(
    home: Path | None,
    lang: Lang,
    number: str,
    what: str,
    *,
    paper: Path,
    to: list[str] | None,
    json: bool,
) -> None:
    from habeas.procedures.move_case import issue

    def do(opened: Home, now: datetime) -> Case:
        return issue(opened, number, what, paper, to=to or (), now=now, language=lang.value)

    _act(home, lang, do, json=json)


@app.command()
def tick(home: HomeOption = None, json: JsonOption = False, lang: LangOption = Lang.en) -> None:
    """Let every clock that has run out take its effect; run it daily, twice does no harm."""
    from habeas.procedures.case_clock import tick as tick_

    with the_home(home) as opened:
        ran = tick_(opened, now=clock())
    if json:
        done = [{"case": r.number, "event": r.event, "due": r.due.isoformat()} for r in ran]
        show_json({"format": "tick/v1", "ran_out": done})
        return
    for each in ran:
        text = f"{each.number}  {each.event}  {each.due:%Y-%m-%d %H:%M} UTC"
        say(words(text, text), lang)
    say(_WAITS if ran else words("no clock has run out", "没有期限届满"), lang)


@app.command()
def replay(home: HomeOption = None, json: JsonOption = False, lang: LangOption = Lang.en) -> int:
    """Rebuild the docket from the log's own entries and compare: exit 3 if it differs."""
    from habeas.procedures.replay_case import replay as replay_

    with the_home(home) as opened:
        found = replay_(opened)
    if json:
        cases = {number: case.stage for number, case in found.cases.items()}
        about = {"steps": found.steps, "cases": cases, "differ": list(found.differ)}
        show_json({"format": "replay/v1", "agrees": found.agrees, **about})
    elif found.agrees:
        steps, count = found.steps, len(found.cases)
        en = f"{steps} steps in the log make {count} cases: the docket says the same"
        say(words(en, f"日志中 {steps} 步，{count} 件案件：与案件列表一致"), lang)
    else:
        en = f"the docket differs from the log in: {', '.join(found.differ)}"
        say(words(en, f"案件列表与日志不一致：{'、'.join(found.differ)}"), lang)
    return 0 if found.agrees else 3
