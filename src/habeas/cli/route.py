"""`habeas route MATTER`: whom to go to, why, and what settled it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from habeas.cli.home import JsonOption, Lang, LangOption
from habeas.cli.show import err, out, show_json
from habeas.errors import BadInput
from habeas.law.matter import load_matter
from habeas.law.schema import load_vocabulary
from habeas.supervision.competence import Candidate, Route, Routing, route
from habeas.supervision.competence_json import proof_json, routing_json
from habeas.supervision.competence_level import Level
from habeas.supervision.competence_logic import BASES
from habeas.supervision.competence_map import CompetenceMap, load_competence
from habeas.supervision.competence_proof import ForumProof, Proof, prove
from habeas.supervision.competence_question import Answer, Question
from habeas.terms import Language, Text

app = typer.Typer(add_completion=False)


@app.command()
def route_command(
    matter: Annotated[
        Path | None, typer.Argument(help="the matter (matter/v1, YAML or JSON)")
    ] = None,
    *,
    proof: Annotated[
        bool, typer.Option("--prove", help="Prove that one body leads, whatever the facts.")
    ] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="By the rules in force on this day."),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", help="With --prove: how long the solver may take.")
    ] = 10.0,
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> int:
    """Say who leads a matter, in which forum, and what settled it: statute, procedure, convention.

    Exit 0 settled · 4 provisional, or not proved · 3 the proof found a counter-example · 2 bad
    input.
    """
    if matter is None and not proof:
        raise BadInput("no matter is given", remedy="name a file, or use --prove")
    day = (as_of or datetime.now(UTC)).date()
    competence = load_competence()
    found = None if matter is None else route(load_matter(matter), as_of=day)
    proved = prove(competence, as_of=day, timeout_ms=int(seconds * 1000)) if proof else None
    if as_json:
        show_json(_json(found, proved))
    else:
        _show(competence, found, proved, lang.value)
    return _exit(found, proved)


def _json(found: Routing | None, proved: Proof | None) -> dict[str, Any]:
    if found is None:
        return {} if proved is None else proof_json(proved)
    shown = routing_json(found)
    return shown if proved is None else {**shown, "proof": proof_json(proved)}


def _exit(found: Routing | None, proved: Proof | None) -> int:
    if proved is not None and any(forum.outcome == "refuted" for forum in proved.forums):
        return 3
    settled = (found is None or found.settled) and (proved is None or proved.proved)
    return 0 if settled else 4


def _show(
    competence: CompetenceMap, found: Routing | None, proved: Proof | None, language: Language
) -> None:
    for each in found.routes if found else ():
        for line in _lines(competence, each, language):
            out.print(line, soft_wrap=True)
        out.print()
    if proved is not None:
        for line in _proof_lines(competence, proved, language):
            out.print(line, soft_wrap=True)
    if found is not None:
        err.print(_ADVICE.in_language(language), soft_wrap=True)


def _lines(competence: CompetenceMap, each: Route, language: Language) -> Iterator[str]:
    yield _title(each, language)
    yield _headline(competence, each, language)
    if each.asked:
        yield from _grounds(each, language)
        yield from _seized(competence, each, language)
        yield from _others(each, language)
    if each.question is not None:
        yield from _question(competence, each.question, language)
    elif not each.settled:
        yield _line(_ASK, _NO_SINGLE.in_language(language), language)
    for assumed in each.assumed if each.asked else ():
        yield _line(_ASSUMED, escape(assumed.in_language(language)), language)


def _grounds(each: Route, language: Language) -> Iterator[str]:
    if each.why is not None:
        under = _cited(each.provisions)
        yield _line(_WHY, f"{escape(each.why.in_language(language))} {under}", language)
        yield _line(_SETTLED, _BASIS[each.settled_by or "statute"].in_language(language), language)
    if each.because:
        yield _line(_BECAUSE, _facts(each.because, language), language)
    if each.level is not None:
        yield _line(_LEVEL, _level(each.level, language), language)
    if each.place is not None:
        code = "" if each.place.code is None else f" · {each.place.code}"
        says = escape(each.place.says.in_language(language)) + code
        yield _line(_PLACE, f"{says} {_cited(each.place.provisions)}", language)


def _title(each: Route, language: Language) -> str:
    label = escape(each.label.in_language(language))
    about = ", ".join(part for part in (each.claim, *each.elements) if part)
    beside = "" if each.asked else f" {_BESIDE.in_language(language)}"
    return f"[bold]{label}[/]{f' ({escape(about)})' if about else ''}{beside}"


def _headline(competence: CompetenceMap, each: Route, language: Language) -> str:
    authority = competence.authorities[each.owner]
    name = escape(authority.name.in_language(language))
    if not each.settled:
        return _PROVISIONAL.in_language(language).format(name=name)
    said = _NOBODY if authority.kind == "nobody" else _GO
    return said.in_language(language).format(name=name)


def _level(level: Level, language: Language) -> str:
    said = f"{_at_least(level.lowest, language)} {_cited(level.provisions)}"
    if level.says is not None:
        said += f" {escape(level.says.in_language(language))}"
    if level.perhaps is None:
        return said
    facts = _facts(level.hangs_on, language)
    perhaps = f"{_at_least(level.perhaps, language)} {_cited(level.perhaps_under)}"
    return said + _PERHAPS.in_language(language).format(perhaps=perhaps, facts=facts)


def _at_least(level: str, language: Language) -> str:
    name = load_vocabulary().domains["lvl"][level].in_language(language)
    return _OR_HIGHER.in_language(language).format(level=escape(name))


def _seized(competence: CompetenceMap, each: Route, language: Language) -> Iterator[str]:
    if each.seized is None:
        return
    name = competence.authorities[each.seized.body].name.in_language(language)
    says = escape(f"{name}: {each.seized.says.in_language(language)}")
    yield _line(_SEIZED, f"{says} {_cited(each.seized.provisions)}", language)


def _others(each: Route, language: Language) -> Iterator[str]:
    for heading, standing in (
        (_MAY, "may"),
        (_OPEN, "unknown"),
        (_NOT, "not_competent"),
    ):
        for candidate in each.candidates:
            if candidate.standing == standing and not _plain_no(candidate):
                yield _line(heading, _candidate(candidate, language), language)


def _plain_no(candidate: Candidate) -> bool:
    """Nobody needs to read that 'nobody' is not competent."""
    return candidate.standing == "not_competent" and candidate.body in ("nobody", "handler_first")


def _candidate(candidate: Candidate, language: Language) -> str:
    name = escape(candidate.name.in_language(language))
    if candidate.shown_only:
        says = candidate.says or _UNVERIFIED
        name += f" ({escape(says.in_language(language))})"
    return f"{name} {_cited(candidate.provisions)}".rstrip()


def _question(competence: CompetenceMap, question: Question, language: Language) -> Iterator[str]:
    place = question.fact + (f": {question.member}" if question.member else "")
    asks = escape(question.asks.in_language(language))
    yield _line(_ASK, f"{asks} [dim]({escape(place)})[/]", language)
    for leaves, answers in _grouped(question.answers).items():
        said = " / ".join(escape(a.says.in_language(language)) for a in answers[:6])
        more = f" … (+{len(answers) - 6})" if len(answers) > 6 else ""
        names = [competence.authorities[body].name.in_language(language) for body in leaves]
        yield f"    · {said}{more} → {escape('; '.join(names))}"


def _grouped(answers: tuple[Answer, ...]) -> dict[tuple[str, ...], list[Answer]]:
    found: dict[tuple[str, ...], list[Answer]] = {}
    for answer in answers:
        found.setdefault(answer.leaves, []).append(answer)
    return found


def _proof_lines(competence: CompetenceMap, proved: Proof, language: Language) -> Iterator[str]:
    for forum in proved.forums:
        label = escape(competence.forums[forum.forum].label.in_language(language))
        yield f"[bold]{label}[/]: {_OUTCOMES[forum.outcome].in_language(language)}"
        yield "  " + _shares(forum, language)
        if forum.witness is not None:
            leaders = ", ".join(forum.witness_leaders) or "–"
            yield f"  {_WITNESS.in_language(language)} ({leaders}): {escape(str(forum.witness))}"
    axioms = {a.id: a.meaning for forum in proved.forums for a in forum.axioms}
    for id_, meaning in axioms.items():
        yield f"  {_AXIOM.in_language(language)} {escape(meaning.in_language(language))} ({id_})"
    free = sorted({fact for forum in proved.forums for fact in forum.free})
    yield f"  {_FREE.in_language(language)} {', '.join(free)}"
    yield f"  {_LEFT_OUT.in_language(language)} {', '.join(proved.left_out)}"


def _shares(forum: ForumProof, language: Language) -> str:
    said = " · ".join(
        f"{_BASIS_NAMES[basis].in_language(language)} {float(forum.shares_governed[basis]):.1%}"
        for basis in BASES
    )
    return _SHARES.in_language(language).format(count=forum.combinations, shares=said)


def _facts(ids: tuple[str, ...], language: Language) -> str:
    facts = load_vocabulary().facts
    return " ".join(f"{escape(facts[id_].question.in_language(language))}" for id_ in ids)


def _cited(ids: tuple[str, ...]) -> str:
    return f"[dim]({', '.join(ids)})[/]" if ids else ""


def _line(heading: Text, said: str, language: Language) -> str:
    return f"  {heading.in_language(language)} {said}"


_GO = Text(en="Go to: {name}.", zh="请找：{name}。")
_NOBODY = Text(en="Nobody can be gone to here.", zh="此处没有有管辖权的机关。")
_PROVISIONAL = Text(
    en="For now: {name}. This is provisional: facts are missing.",
    zh="暂由：{name}。仅为暂定：尚缺事实。",
)
_BESIDE = Text(en="(not asked for; shown beside)", zh="（未请求，一并列出）")
_WHY = Text(en="Why:", zh="理由：")
_SETTLED = Text(en="Settled by:", zh="依据性质：")
_BASIS = {
    "statute": Text(en="statute", zh="法律规定"),
    "procedure": Text(
        en="procedure: if bodies dispute it they talk, and failing that the common superior "
        "designates (cn.apl.art25.p2)",
        zh="程序规则：有争议的先协商，协商不成报请共同的上一级行政机关指定管辖（cn.apl.art25.p2）",
    ),
    "convention": Text(
        en="only our convention, no law: another competent body may open the case first",
        zh="仅为本系统约定，并非法律规定：其他有权机关可能先立案",
    ),
}
_BASIS_NAMES = {
    "statute": Text(en="statute", zh="法律"),
    "procedure": Text(en="procedure", zh="程序"),
    "convention": Text(en="our convention", zh="本系统约定"),
}
_BECAUSE = Text(en="Facts read:", zh="所据事实：")
_LEVEL = Text(en="Level:", zh="级别：")
_OR_HIGHER = Text(en="{level} or higher", zh="{level}以上")
_PERHAPS = Text(en="; {perhaps} if: {facts}", zh="；若为是则{perhaps}：{facts}")
_PLACE = Text(en="Place:", zh="地域：")
_SEIZED = Text(en="Where it lies now:", zh="现受理机关：")
_MAY = Text(en="May act too:", zh="亦有权：")
_OPEN = Text(en="Not known:", zh="不明：")
_NOT = Text(en="Not competent:", zh="无管辖权：")
_UNVERIFIED = Text(
    en="rule not verified, shown and deciding nothing", zh="规则未经核实，仅展示，不据以决定"
)
_ASK = Text(en="Next question:", zh="下一个问题：")
_NO_SINGLE = Text(
    en="no single fact settles it; nothing more can be asked here",
    zh="没有单一事实可以确定；此处无可再问",
)
_ASSUMED = Text(en="Taken as said:", zh="推定：")
_OUTCOMES = {
    "proved": Text(en="proved: one body leads, never two", zh="已证明：恰有一个机关主管"),
    "refuted": Text(en="refuted", zh="已证伪"),
    "not_proved": Text(en="not proved in time", zh="未能在时限内证明"),
}
_SHARES = Text(
    en="{count:,} combinations of facts; of the governed ones settled by {shares}",
    zh="{count:,} 种事实组合；受管辖者中：{shares}",
)
_WITNESS = Text(en="A matter that shows it", zh="反例")
_AXIOM = Text(en="Axiom:", zh="公理：")
_FREE = Text(en="Left uninterpreted:", zh="未作解释：")
_LEFT_OUT = Text(en="Left out, nothing was read:", zh="未读到条文，未纳入：")
_ADVICE = Text(
    en="This is legal information, not advice.", zh="本结果仅为法律信息，不构成法律意见。"
)
