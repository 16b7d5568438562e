"""habeas claim: what may be awarded, what it costs, and the papers, from one matter."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.send import OutboxOption, SendToOption, check_sending, put_out, say_sent
from habeas.cli.show import err, show_json
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.law.amounts import Range
    from habeas.procedures.draft_claim import Drafted
    from habeas.procedures.prepare_claim import PreparedClaim

app = typer.Typer(add_completion=False, no_args_is_help=True)
MatterArgument = Annotated[Path, typer.Argument(help="The matter (matter/v1, YAML or JSON).")]
WordsOption = Annotated[
    Path | None, typer.Option("--words", help="What you type beside it (claim/v1).")
]
DayOption = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="As of this day; else today."),
]
DecisionOption = Annotated[
    Path | None,
    typer.Option("--decision", help="A decision of `decide --json`: compared, not believed."),
]


@app.command()
def estimate(
    *,
    matter: MatterArgument,
    words_file: WordsOption = None,
    as_of: DayOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """What may be awarded and what it costs: ranges, with their inputs and what is unknown."""
    prepared = _prepare(matter, words_file, as_of)
    if json:
        show_json(_json(prepared))
    else:
        _show(prepared, lang)


@app.command()
def draft(  # noqa: PLR0913 - each is an option of the command line
    *,
    matter: MatterArgument,
    out: Annotated[Path, typer.Option("-o", "--out", help="A new folder for the papers.")],
    words_file: WordsOption = None,
    decision: DecisionOption = None,
    evidence: Annotated[
        Path | None, typer.Option("--evidence", help="A sealed folder of evidence.")
    ] = None,
    attribution: Annotated[
        Path | None, typer.Option("--attribution", help="A trace's result, for the causation.")
    ] = None,
    paper: Annotated[
        list[str] | None, typer.Option("--paper", help="complaint, statement_of_claim; else both.")
    ] = None,
    unfinished: Annotated[
        bool, typer.Option("--draft", help="Write it with 【缺】 where items are missing.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Log the digests in your home.")
    ] = False,
    send_to: SendToOption = None,
    outbox: OutboxOption = None,
    as_of: DayOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:  # fmt: skip
    """Complaint and statement of claim, editable, from matter, law and route.

    Exit 3 if an item is missing, with the list of what is, unless --draft writes it as it is.
    --send-to sends the complaint to an authority, the statement of claim to a representative,
    with matter and evidence.
    """
    from habeas.procedures.draft_claim import draft_claim, record_draft
    from habeas.procedures.send_claim import check_addressees, send_claim

    papers = _papers(paper)
    to = check_sending(send_to, outbox, draft=unfinished)
    prepared = _prepare(
        matter, words_file, as_of, decision=decision, evidence=evidence, attribution=attribution
    )
    if not unfinished and any(prepared.missing(name) for name in papers):
        return _refuse(prepared, papers, lang, json=json)
    if not record and not to:
        drafted = draft_claim(prepared, out, papers=papers, draft=unfinished)
        _show_drafted(prepared, drafted, None, [], lang, json=json)
        return 0
    with the_home(home) as opened:
        check_addressees(opened, to, papers)
        drafted = draft_claim(prepared, out, papers=papers, draft=unfinished)
        place = record_draft(opened, drafted, now=clock()) if record else None
        posted = send_claim(opened, out, matter, evidence=evidence, to=to, now=clock())
        sent = put_out(opened, posted, outbox)
    _show_drafted(prepared, drafted, place, sent, lang, json=json)
    return 0


def _papers(given: list[str] | None) -> list[str]:
    from habeas.procedures.claim_words import PAPERS

    for name in given or ():
        if name not in PAPERS:
            raise BadInput("there is no such paper", remedy=f"name {' or '.join(PAPERS)}")
    return given or list(PAPERS)


def _prepare(
    matter: Path,
    words_file: Path | None,
    day: datetime | None,
    *,
    decision: Path | None = None,
    evidence: Path | None = None,
    attribution: Path | None = None,
) -> PreparedClaim:
    from habeas.law.book import load_book
    from habeas.law.matter import load_matter
    from habeas.law.yaml_reading import read_json
    from habeas.procedures.claim_words import ClaimWords, load_claim_words
    from habeas.procedures.draft_claim import sealed_list
    from habeas.procedures.prepare_claim import check_decision, prepare_claim

    prepared = prepare_claim(
        load_matter(matter),
        ClaimWords() if words_file is None else load_claim_words(words_file),
        book=load_book("cn"),
        as_of=(day or datetime.now(UTC)).date(),
        evidence=None if evidence is None else sealed_list(evidence),
        leak=None if attribution is None else _attribution(attribution),
    )
    if decision is not None:
        document = read_json(decision).value
        if not isinstance(document, dict) or document.get("format") != "decision/v1":
            raise BadInput("is not a decision (decision/v1)", file=decision.name)
        check_decision(document, prepared.decision)
    return prepared


def _attribution(path: Path) -> dict[str, Any]:
    from habeas.law.yaml_reading import read_json

    document = read_json(path).value
    if not isinstance(document, dict) or document.get("format") != "attribution/v1":
        raise BadInput("is not an attribution (attribution/v1)", file=path.name)
    return document


def _refuse(prepared: PreparedClaim, papers: list[str], lang: Lang, *, json: bool) -> int:
    """Every missing item of every paper, with the provision that asks for it, or practice."""
    from habeas.law.documents import content_list
    from habeas.procedures.draft_claim import why

    missing = {name: prepared.missing(name) for name in papers}
    if json:
        found = {name: [item.to_json() for item in items] for name, items in missing.items()}
        show_json({"error": "refused", "missing": found})
    for name, items in missing.items():
        if not items:
            continue
        title = content_list("cn", name).title.in_language(lang.value)
        err.print(title, markup=False, soft_wrap=True)
        for item in items:
            reason = why(item)
            zh = f"  缺：{item.label.zh}（{'惯例' if reason == 'practice' else reason}）"
            line = words(f"  missing: {item.label.en} ({reason})", zh).in_language(lang.value)
            err.print(line, markup=False, soft_wrap=True)
    _ask_for_route(prepared, lang)
    count = sum(map(len, missing.values()))
    are = "item is" if count == 1 else "items are"
    en = f"habeas: {count} {are} missing; nothing was written; --draft writes it as it is"
    zh = f"habeas：缺{count}项，未写出任何文书；--draft 可照现状写出草稿"
    err.print(words(en, zh).in_language(lang.value), markup=False, soft_wrap=True)
    return 3


def _ask_for_route(prepared: PreparedClaim, lang: Lang) -> None:
    """The one fact that would settle to whom the complaint goes."""
    question = prepared.complaint_to.question
    if prepared.complaint_to.leader is None and question is not None:
        asks = question.asks
        text = words(f"  say in the matter: {asks.en} ({question.fact})",
                     f"  请在案情中说明：{asks.zh}（{question.fact}）")  # fmt: skip
        err.print(text.in_language(lang.value), markup=False, soft_wrap=True)


def _show_drafted(
    prepared: PreparedClaim,
    drafted: Drafted,
    place: int | None,
    sent: list[dict[str, Any]],
    lang: Lang,
    *,
    json: bool,
) -> None:
    from habeas.law.documents import content_list

    lacking = {name: [i.item for i in items] for name, items in drafted.missing.items()}
    if json:
        shown = {"files": dict(drafted.digests), "missing": lacking, "index": place, "sent": sent}
        show_json({**_json(prepared), **shown})
        return
    _show(prepared, lang)
    count = len(drafted.written.files)
    say(words(f"{count} files in {drafted.written.folder}",
              f"{count} 个文件，见 {drafted.written.folder}"), lang)  # fmt: skip
    for name, items in lacking.items():
        if items:
            title, count = content_list("cn", name).title, len(items)
            en = f"  {title.en} is a draft: it lacks {count} item{'s' if count > 1 else ''}"
            say(words(en, f"  {title.zh}为草稿，尚缺{count}项"), lang)
    say_sent(sent, lang)


def _json(prepared: PreparedClaim) -> dict[str, Any]:
    found = prepared.estimate
    complaint = prepared.complaint_to
    return {
        "format": "claim-prepared/v1",
        "decision": prepared.decision.status.value,
        "complaint_to": complaint.leader,
        "provisional": complaint.owner if complaint.leader is None else None,
        "court": None if prepared.court is None else prepared.court.leader,
        "property": range_json(found.property),
        "distress": found.distress,
        "costs": None if found.costs is None else found.costs.minor,
        "fee": None if prepared.fee is None else range_json(prepared.fee),
        "fee_simplified": None
        if prepared.fee_simplified is None
        else range_json(prepared.fee_simplified),
        "small_claims": prepared.track,
        "arguable": [{"en": text.en, "zh": text.zh} for text in found.arguable],
    }


def range_json(found: Range) -> dict[str, Any]:
    return {
        "low": found.low.minor,
        "high": None if found.high is None else found.high.minor,
        "currency": found.low.currency,
        "under": list(map(str, found.under)),
        "inputs": dict(found.inputs),
        "unknown": list(found.unknown),
    }


def _show(prepared: PreparedClaim, lang: Lang) -> None:
    from habeas.procedures.claim_text import (
        amount_lines,
        judgement_lines,
        range_of,
        route_lines,
        track_line,
    )

    status = prepared.decision.status.value
    say(words(f"decision: {status}", f"判断：{_STATUS[status]}"), lang)
    judgements = [line for e in prepared.decision.elements for line in judgement_lines(e)]
    route, amount = route_lines(prepared.complaint_to), amount_lines(prepared.estimate)
    for line in (*judgements, *route, *amount):
        say(line, lang)
    for label, fee in ((FEE, prepared.fee), (FEE_HALF, prepared.fee_simplified)):
        if fee is not None:
            cost = range_of(fee)
            say(words(f"{label.en}: {cost.en}", f"{label.zh}：{cost.zh}"), lang)
    if prepared.track is not None:
        say(track_line(prepared.track), lang)
    err.print(ADVICE.in_language(lang.value), markup=False, soft_wrap=True)


_STATUS = {"lawful": "合法", "unlawful": "违法", "undetermined": "不能确定"}
FEE = words("court fee", "案件受理费")
FEE_HALF = words("court fee in the simplified procedure", "适用简易程序的案件受理费")
ADVICE = words("This is legal information, not advice.", "本结果仅为法律信息，不构成法律意见。")
