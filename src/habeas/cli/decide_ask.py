"""habeas decide --ask: the questions that can still change the answer, one after another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from habeas.cli.show import err
from habeas.errors import BadInput
from habeas.terms import Language, Text

if TYPE_CHECKING:
    from habeas.law.ask import Question
    from habeas.law.book import LawBook
    from habeas.law.schema import Fact

_STOP = {"q", "quit", "退出"}
_UNKNOWN = {"", "?", "？"}
_YES, _NO = {"y", "yes", "true", "是"}, {"n", "no", "false", "否"}
_NONE = {"-", "none", "无"}
_WORDS = {
    "alone": Text(
        en="Why: by itself it can make {element} {statuses}.",
        zh="原因：仅此一项即可使 {element} 的结果为：{statuses}。",
    ),
    "together": Text(
        en="Why: {element} cannot be decided without it, nor by it alone.",
        zh="原因：缺少此项 {element} 无法判断，仅凭此项亦不足。",
    ),
    "factors": Text(
        en="A judgement. What grounds it: {factors}", zh="法律评价。考量因素：{factors}"
    ),
    "by": Text(en="Who judges so", zh="由谁作出评价"),
    "grounds": Text(en="On what grounds", zh="理由"),
    "bool": Text(en="yes or no", zh="是或否"),
    "enum": Text(en="a number or a word of the list", zh="编号或列表中的词"),
    "set": Text(
        en="numbers or words with commas; - for none of them", zh="编号或词，以逗号分隔；- 表示无"
    ),
    "int": Text(en="a whole number ({unit})", zh="整数（单位：{unit}）"),
    "money": Text(
        en="minor units and currency, such as 500000 CNY", zh="以分为单位并注明币种，如 500000 CNY"
    ),
    "date": Text(en="YYYY-MM-DD", zh="YYYY-MM-DD"),
    "instant": Text(en="a day or 2026-03-01T09:00+08:00", zh="日期，或 2026-03-01T09:00+08:00"),
    "skip": Text(en="? not known, q stop", zh="? 不清楚，q 停止"),
    "again": Text(en="That is no answer: {why}", zh="无法识别：{why}"),
    "statuses": Text(en=" or ", zh="或"),
    "lawful": Text(en="lawful", zh="合法"),
    "unlawful": Text(en="unlawful", zh="违法"),
    "undetermined": Text(en="undetermined", zh="不能确定"),
}


def ask(
    file: Path, book: LawBook, *, day: date, language: Language, output: Path | None
) -> Mapping[str, Any]:
    """Ask until all is decided, nothing helps, or the person stops; the answered matter.

    Questions go to stderr, answers come from stdin. `output` gets the answered matter, JSON or
    YAML by its suffix.
    """
    from habeas.law.ask import answered, questions
    from habeas.law.matter import matter_from
    from habeas.law.yaml_reading import read_json, read_yaml

    raw = (read_json(file) if file.suffix.lower() == ".json" else read_yaml(file)).value or {}
    not_known: set[tuple[str, tuple[str, ...]]] = set()
    while True:
        matter = matter_from(raw, file=file)
        open_ = questions(matter, book, as_of=day, not_known=frozenset(not_known))
        if not open_:
            break
        question = open_[0]
        try:
            value = _answer(question, language)
        except (EOFError, KeyboardInterrupt):
            break
        if value is None:
            not_known.add((question.fact.id, question.place))
            continue
        try:
            tried = answered(raw, question, value)
            matter_from(tried, file=file)
        except BadInput as wrong:
            _print(_say("again", language).format(why=wrong.says))
            continue
        raw = tried
    if output is not None:
        _write(raw, output)
    found: Mapping[str, Any] = raw
    return found


def _say(word: str, language: Language) -> str:
    return _WORDS[word].in_language(language)


def _print(text: str, *, style: str | None = None) -> None:
    err.print(text, style=style, markup=False, soft_wrap=True)


def _prompt(text: str) -> str:
    err.print(f"{text}: ", end="", markup=False, soft_wrap=True)
    return input().strip()


def _answer(question: Question, language: Language) -> Any:
    """What is stated, as a matter writes it; None where it is not known. Stops by EOFError."""
    fact = question.fact
    _print("")
    _print(
        f"{'.'.join((*question.place, fact.name))}: {fact.question.in_language(language)}",
        style="bold",
    )
    _print(_why(question, language))
    if fact.nature == "evaluative":
        _print(_say("factors", language).format(factors=", ".join(fact.factors) or "-"))
    for number, (member, text) in enumerate(fact.members.items(), 1):
        _print(f"  {number:>2}  {member}  {text.in_language(language)}")
    while True:
        said = _prompt(
            f"{_say(fact.type, language).format(unit=fact.unit)} ({_say('skip', language)})"
        )
        if said.lower() in _STOP:
            raise EOFError
        if said in _UNKNOWN:
            return None
        try:
            value = _read(fact, said)
            break
        except ValueError as wrong:
            _print(_say("again", language).format(why=wrong))
    if fact.nature == "evaluative":
        by, grounds = _prompt(_say("by", language)), _prompt(_say("grounds", language))
        return {"value": value, "by": by, "grounds": grounds} if by and grounds else None
    return value


def _why(question: Question, language: Language) -> str:
    said = [_say(status.value, language) for status in question.statuses]
    return _say("alone" if question.alone else "together", language).format(
        element=question.element, statuses=_say("statuses", language).join(said)
    )


def _read(fact: Fact, said: str) -> Any:
    """An answer as it stands in a matter. Raises ValueError with what was expected."""
    if fact.type == "bool":
        if said.lower() in _YES | _NO:
            return said.lower() in _YES
        raise ValueError("yes / no")
    if fact.type == "enum":
        return _member(fact, said)
    if fact.type == "set":
        words = [] if said in _NONE else said.replace("，", ",").split(",")
        return [_member(fact, word.strip()) for word in words]
    if fact.type == "money":
        minor, _, currency = said.partition(" ")
        value: Any = {"minor": minor, "currency": currency.strip()}
    else:
        value = said
    fact.read(value)
    return value


def _member(fact: Fact, word: str) -> str:
    members = list(fact.members)
    if word.isdigit() and 1 <= int(word) <= len(members):
        return members[int(word) - 1]
    if word in members:
        return word
    raise ValueError(f"1–{len(members)}")


def _write(raw: Mapping[str, Any], output: Path) -> None:
    from habeas.ledger.files import write_file

    if output.suffix.lower() == ".json":
        text = json.dumps(raw, ensure_ascii=False, indent=2) + "\n"
    else:
        import yaml

        text = yaml.safe_dump(dict(raw), allow_unicode=True, sort_keys=False)
    write_file(output, text.encode())
