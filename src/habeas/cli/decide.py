"""habeas decide: decide whether each use and event of a matter is lawful, with provisions."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.show import out, show_json
from habeas.errors import BadInput
from habeas.terms import LANGUAGES, Language, Status, Text

if TYPE_CHECKING:
    from habeas.law.decision import Decision, ElementDecision, Notice, ProvisionResult, Step
    from habeas.law.matter import Matter

app = typer.Typer(add_completion=False)

_EXIT = {Status.LAWFUL: 0, Status.UNLAWFUL: 3, Status.UNDETERMINED: 4}
_COLOUR = {"lawful": "green4", "unlawful": "red", "undetermined": "yellow4", "not_governed": "blue"}
_DEEPEST = 3
_MOST_STEPS = 12


@app.command()
def decide(  # noqa: PLR0917 - typer passes them by name
    matter: Annotated[
        Path, typer.Argument(help="a matter/v1 or activity/v1 file, or a table of uses")
    ],
    law: Annotated[
        list[str] | None, typer.Option("--law", help="law book; may be given several times")
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="day, YYYY-MM-DD")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
    lang: Annotated[str, typer.Option("--lang", help="en or zh")] = "en",
    ask: Annotated[
        bool, typer.Option("--ask", help="ask what can still change the answer, then decide")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="the decided rows; with --ask the answered matter"),
    ] = None,
    level: Annotated[
        str, typer.Option("--level", help="table: a row is a use or an event")
    ] = "use",
    issue: Annotated[
        list[str] | None, typer.Option("--issue", help="table: ask this only; several times")
    ] = None,
    list_open: Annotated[
        bool, typer.Option("--list-open", help="table: name the open provisions of each row")
    ] = False,
) -> int:
    """Decide each use and event: Because / Under / Hangs on / Not known.

    A table (.parquet, .csv, .jsonl, .arrow) has a use a row and its facts by name as columns
    (use.consent, use.data.face); its rows are counted by status, and written with -o.

    Exit 0: nothing is unlawful. 3: something is unlawful. 4: undetermined.
    """
    from habeas.cli.decide_table import SUFFIXES, decide_table_file
    from habeas.law.book import load_book
    from habeas.law.reason import decide as decide_matter

    language = language_of(lang)
    day = day_of(as_of)
    if matter.suffix.lower() in SUFFIXES:
        return decide_table_file(
            matter,
            law=(law or ["cn"])[0],
            day=day,
            level=level,
            issues=issue,
            output=output,
            list_open=list_open,
            as_json=as_json,
            language=language,
        )
    stated = _stated(matter, day)
    books = [load_book(id_) for id_ in (law or stated.law or ("cn",))]
    if ask:
        from habeas.cli.decide_ask import ask as ask_first
        from habeas.law.matter import matter_from

        raw = ask_first(matter, books[0], day=day, language=language, output=output)
        stated = matter_from(raw, file=matter)
    decisions = [decide_matter(stated, book, as_of=day) for book in books]
    if as_json:
        documents = [decision.to_json() for decision in decisions]
        show_json(documents[0] if len(documents) == 1 else {"decisions": documents})
    else:
        for decision in decisions:
            _show(decision, language)
    codes = [_EXIT[decision.status] for decision in decisions]
    return max(codes, key=(0, 4, 3).index)


def _stated(file: Path, day: date) -> Matter:
    """The matter in a file; a declared activity is a matter of the day asked about."""
    from habeas.law.matter import load_matter, matter_from
    from habeas.law.yaml_reading import read_yaml

    if file.suffix in (".yaml", ".yml"):
        stated = read_yaml(file).value
        if isinstance(stated, dict) and str(stated.get("format")).startswith("activity/"):
            from habeas.rights.activity import load_activity

            return matter_from(load_activity(file).matter(acted_on=day), file=file)
    return load_matter(file)


def language_of(word: str) -> Language:
    """The language asked for."""
    for language in LANGUAGES:
        if word == language:
            return language
    raise BadInput(f"there is no language {word!r}", remedy="use en or zh")


def day_of(word: str | None) -> date:
    """The day asked for; today where none is."""
    if word is None:
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise BadInput(f"{word!r} is not a day", remedy="write YYYY-MM-DD") from None


_WORDS: dict[str, Text] = {
    "lawful": Text(en="LAWFUL", zh="合法"),
    "unlawful": Text(en="UNLAWFUL", zh="违法"),
    "undetermined": Text(en="UNDETERMINED", zh="不能确定"),
    "not_governed": Text(en="NOT GOVERNED BY THIS BOOK", zh="不受本法库调整"),
    "because": Text(en="Because", zh="理由"),
    "under": Text(en="Under", zh="法律依据"),
    "hangs": Text(en="Hangs on", zh="取决于"),
    "unknown": Text(en="Not known", zh="尚不清楚"),
    "duties": Text(en="Duties", zh="义务"),
    "flags": Text(en="Mind", zh="注意"),
    "on_facts": Text(en="on the facts of {who}", zh="按{who}所述事实"),
    "differ": Text(en="they differ on", zh="分歧在于"),
    "claims": Text(en="Claims", zh="请求"),
    "voices": Text(en="Versions", zh="各方陈述"),
    "met": Text(en="met", zh="已履行"),
    "breached": Text(en="breached", zh="已违反"),
    "pending": Text(en="pending until", zh="期限未届满，截至"),
    "unknown_state": Text(en="not known", zh="不明"),
    "more": Text(en="and {n} more", zh="另有{n}项"),
    "use": Text(en="use", zh="处理"),
    "event": Text(en="event", zh="事件"),
    "nothing": Text(
        en="No use and no event is described. To decide one, Habeas needs to know:",
        zh="未描述任何处理或事件。作出判断至少需要知道：",
    ),
}


def _say(word: str, language: Language) -> str:
    return _WORDS[word].in_language(language)


def _print(text: str, *, style: str | None = None, indent: int = 0) -> None:
    out.print(" " * indent + text, style=style, markup=False, soft_wrap=True)


def _show(decision: Decision, language: Language) -> None:
    for element in decision.elements:
        _show_element(element, language)
    if not decision.elements:
        _print(_say("nothing", language))
        _show_facts(decision.missing, language, limit=None)
    for claim in decision.claims:
        rests = [f"{id_} {_say(status.value, language)}" for id_, status in claim.rests_on]
        rests += [f"{id_} ?" for id_ in claim.not_asked]
        _print(f"{_say('claims', language)} {claim.claim}: {', '.join(rests)}")
    for flag in decision.flags:
        _print(f"{_say('flags', language)}: {flag.says.in_language(language)}")
    _print(_footer(decision, language), style="dim")


def _show_element(element: ElementDecision, language: Language) -> None:
    level = _say(element.level, language)
    _print(
        f"{element.element} ({level})  {_say(element.result, language)}",
        style=_COLOUR[element.result],
    )
    _heading("because", language)
    # What is broken is shown down to its facts; what may be, one level: the facts stand below.
    deepest = _DEEPEST if element.breached else 1
    told: set[str] = set()
    for step in element.because.steps[:_MOST_STEPS]:
        _show_step(step, language, deepest, told)
    _show_more(len(element.because.steps), language)
    if not element.because.steps:
        _print(element.because.says.in_language(language), indent=4)
    _show_under(element, language)
    _show_duties(element, language)
    if element.hangs_on:
        _heading("hangs", language)
        _show_facts(element.hangs_on, language, limit=None)
    if element.missing:
        _heading("unknown", language)
        _show_facts(element.missing, language, limit=15)
    if element.voices:
        _heading("voices", language)
        for who, status in element.voices:
            on = _say("on_facts", language).format(who=who)
            _print(f"{on}: {_say(status.value, language)}", indent=4)
        differ = ", ".join(element.differ_on)
        _print(f"{_say('differ', language)}: {differ}", indent=4)
    if element.flags:
        _heading("flags", language)
        for flag in element.flags:
            _print(f"· {flag.says.in_language(language)}{_cited(flag)}", indent=4)
    _print("")


def _cited(flag: Notice) -> str:
    return f" ({', '.join(flag.under)})" if flag.under else ""


def _heading(word: str, language: Language) -> None:
    _print(_say(word, language), style="bold", indent=2)


def _show_more(count: int, language: Language) -> None:
    """What was cut, and where all of it stands."""
    if count > _MOST_STEPS:
        _print(_say("more", language).format(n=count - _MOST_STEPS) + " (--json)", indent=4)


def _show_step(
    step: Step, language: Language, deepest: int, told: set[str], depth: int = 0
) -> None:
    """A step and what is below it; what was told above is named again, not told again."""
    cite = f"  [{step.provision}]" if step.provision else ""
    _print(f"{'·' if depth else '–'} {step.says.in_language(language)}{cite}", indent=4 + 2 * depth)
    if depth >= deepest or step.says.en in told:
        return
    told.add(step.says.en)
    for below in step.steps:
        _show_step(below, language, deepest, told, depth + 1)


def _show_under(element: ElementDecision, language: Language) -> None:
    shown = element.breached or (*element.satisfied, *element.defeated) or element.undetermined
    if not shown:
        return
    _heading("under", language)
    for result in shown[:_MOST_STEPS]:
        _print(_provision(result, language), indent=4)
    _show_more(len(shown), language)


def _provision(result: ProvisionResult, language: Language) -> str:
    title = result.title.in_language(language)
    return f"{result.id}  {title}: {result.paraphrase.in_language(language)}"


def _show_duties(element: ElementDecision, language: Language) -> None:
    if not element.duties:
        return
    _heading("duties", language)
    for state in ("breached", "met", "pending", "unknown"):
        names = [
            d.provision if d.due is None else f"{d.provision} ({d.due})"
            for d in element.duties
            if d.state == state
        ]
        if names:
            word = _say("unknown_state" if state == "unknown" else state, language)
            _print(f"{word}: {', '.join(names)}", indent=4)


def _show_facts(ids: tuple[str, ...], language: Language, *, limit: int | None) -> None:
    from habeas.law.schema import load_vocabulary

    facts = load_vocabulary().facts
    for id_ in ids[:limit]:
        _print(f"{id_}  {facts[id_].question.in_language(language)}", indent=4)
    if limit is not None and len(ids) > limit:
        _print(_say("more", language).format(n=len(ids) - limit), indent=4)


def _footer(decision: Decision, language: Language) -> str:
    acted = "?" if decision.acted_on is None else decision.acted_on.isoformat()
    mark = _MARKS[decision.mark].in_language(language)
    if language == "zh":
        return (
            f"法库 {decision.book}（sha256 {decision.book_hash[:12]}），适用 {acted} 之法，"
            f"截至 {decision.as_of}，依上述陈述；最弱标记：{mark}。"
            f"法律信息表 {decision.in_sheets} 条中已编码 {decision.coded} 条。"
            "本结果为法律信息，不构成法律意见。"
        )
    return (
        f"Under the book {decision.book} (sha256 {decision.book_hash[:12]}), by the law of "
        f"{acted}, as of {decision.as_of}, on the facts as stated; weakest mark: {mark}. "
        f"{decision.coded} of the {decision.in_sheets} provisions in the law sheets are coded. "
        "Legal information, not advice."
    )


_MARKS = {
    "none": Text(en="none", zh="无"),
    "read": Text(en="read in its source", zh="已阅读原文"),
    "coded": Text(en="coded, not reviewed by a jurist", zh="已编码，未经法律专家复核"),
    "reviewed": Text(en="reviewed by a jurist", zh="已经法律专家复核"),
}
