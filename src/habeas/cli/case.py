"""habeas case: an authority's docket, from lodging to closing, and the hand-over between bodies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli.case_show import show_dispute, show_line, show_step
from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.send import put_out, say_sent
from habeas.cli.show import show_json

if TYPE_CHECKING:
    from habeas.records.exchange import Case
    from habeas.records.home import Home

app = typer.Typer(add_completion=False, no_args_is_help=True)

Number = Annotated[str, typer.Argument(metavar="CASE", help="The number of the case.")]
Ground = Annotated[str | None, typer.Option("--ground", help="Why; it is sent and logged.")]
OutboxOption = Annotated[
    Path | None, typer.Option("--outbox", help="The folder for the envelopes this step sends.")
]
NeededGround = Annotated[str, typer.Option("--ground", help="Why; it is sent and logged.")]
_WAITS = words(
    "what it sends waits for receipts: `habeas send --pending`",
    "由此产生的信封待发送：habeas send --pending",
)


def _act(
    home: Path | None,
    lang: Lang,
    do: Callable[[Home, datetime], Case],
    *,
    json: bool,
    outbox: Path | None = None,
) -> None:
    """Do one step, write what it sends into the outbox, show where the case stands after it."""
    from habeas.procedures.post import last_letter, sent_since
    from habeas.procedures.show_case import show_case

    now = clock()
    with the_home(home) as opened:
        before = last_letter(opened)
        row = do(opened, now)
        shown, _ = show_case(opened, row.number)
        sent = put_out(opened, sent_since(opened, before), outbox)
    if json:
        show_json({"format": "case-stage/v1", **shown.to_json(now), "sent": sent})
        return
    show_line(shown, now, lang)
    say_sent(sent, lang)


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
        show_line(each, now, lang)
    for question in questions:
        show_dispute(question, lang)
    if not found and not questions:
        say(words("the docket is empty", "案件列表为空"), lang)


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
    show_line(shown, now, lang)
    for step in steps:
        show_step(step, lang)


def _step_of(event: str, says: str) -> None:
    """A command for a step that needs nothing said."""

    def command(
        *,
        number: Number,
        outbox: OutboxOption = None,
        home: HomeOption = None,
        json: JsonOption = False,
        lang: LangOption = Lang.en,
    ) -> None:
        _move(home, lang, number, event, ground=None, outbox=outbox, json=json)

    app.command(event, help=says)(command)


def _step_with_ground(event: str, says: str) -> None:
    """A command for a step whose ground is sent and logged."""

    def command(
        *,
        number: Number,
        ground: NeededGround,
        outbox: OutboxOption = None,
        home: HomeOption = None,
        json: JsonOption = False,
        lang: LangOption = Lang.en,
    ) -> None:
        _move(home, lang, number, event, ground=ground, outbox=outbox, json=json)

    app.command(event, help=says)(command)


_step_of("accept", "Open the case: from now on this body may decide it.")
_step_with_ground("dismiss", "Record the matter without opening a case, with the ground.")
_step_of("take", "Take a case that was offered; it binds: it may not be passed on, only disputed.")
_step_with_ground(
    "decline", "Refuse a case that was offered, with the ground; it goes to the common superior."
)
_step_of("close", "Close a decided case.")


def _move(
    home: Path | None,
    lang: Lang,
    number: str,
    event: str,
    *,
    ground: str | None,
    outbox: Path | None,
    json: bool,
) -> None:
    from habeas.procedures.move_case import move_case

    _act(
        home,
        lang,
        lambda opened, now: move_case(opened, number, event, now=now, ground=ground),
        json=json,
        outbox=outbox,
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
    outbox: OutboxOption = None,
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
        outbox=outbox,
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
    *,
    number: Number,
    ground: Ground = None,
    outbox: OutboxOption = None,
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
        outbox=outbox,
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
    show_dispute(found[0], lang)
    say(_WAITS, lang)


PaperOption = Annotated[
    Path, typer.Option("--paper", help='JSON: {"values": {item: text}, "conditions": {…}}.')
]
ToOption = Annotated[list[str] | None, typer.Option("--to", help="A contact it is sent to.")]


def _issued(what: str, says: str) -> None:
    """A command that issues a paper whose items were typed."""

    def command(
        *,
        number: Number,
        paper: PaperOption,
        to: ToOption = None,
        outbox: OutboxOption = None,
        home: HomeOption = None,
        json: JsonOption = False,
        lang: LangOption = Lang.en,
    ) -> None:
        from habeas.procedures.move_case import issue

        def do(opened: Home, now: datetime) -> Case:
            return issue(opened, number, what, paper, to=to or (), now=now, language=lang.value)

        _act(home, lang, do, json=json, outbox=outbox)

    app.command(what, help=says)(command)


_issued("decide", "Decide a case by a complete decision; refused by item, naming the provision.")
_issued("order", "Order a correction in a case by a complete order; the case stays where it is.")


@app.command()
def tick(home: HomeOption = None, json: JsonOption = False, lang: LangOption = Lang.en) -> None:
    """Let every clock that has run out take its effect; run it daily, twice does no harm."""
    from habeas.cli.case_words import EVENTS
    from habeas.papers.moments import moment
    from habeas.procedures.case_clock import tick as tick_

    with the_home(home) as opened:
        ran = tick_(opened, now=clock())
    if json:
        done = [{"case": r.number, "event": r.event, "due": r.due.isoformat()} for r in ran]
        show_json({"format": "tick/v1", "ran_out": done})
        return
    for each in ran:
        event, due = EVENTS[each.event], moment(each.due)
        say(words(f"{each.number}  {event.en}  {due.en}",
                  f"{each.number}  {event.zh}  {due.zh}"), lang)  # fmt: skip
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
        en = f"{steps} steps in the log, cases: {count}; the docket says the same"
        say(words(en, f"日志中 {steps} 步，{count} 件案件：与案件列表一致"), lang)
    else:
        en = f"the docket differs from the log in: {', '.join(found.differ)}"
        say(words(en, f"案件列表与日志不一致：{'、'.join(found.differ)}"), lang)
    return 0 if found.agrees else 3
