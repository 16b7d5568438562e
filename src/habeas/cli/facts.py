"""habeas facts: show the vocabulary in which matters are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli.decide import language_of
from habeas.cli.show import out, show_json
from habeas.errors import BadInput
from habeas.terms import Language, Text

if TYPE_CHECKING:
    from habeas.law.schema import Fact

app = typer.Typer(add_completion=False)

_NATURES = {
    "brute": Text(en="observable", zh="可观察的事实"),
    "derived": Text(en="follows by a cited rule", zh="依规则推导"),
    "evaluative": Text(en="a legal judgement with grounds", zh="须附理由的法律评价"),
}


@app.command()
def facts(
    fact: Annotated[str | None, typer.Argument(help="a fact, such as use.consent")] = None,
    level: Annotated[
        str | None, typer.Option("--level", help="matter, party, use, event or claim")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
    lang: Annotated[str, typer.Option("--lang", help="en or zh")] = "en",
) -> None:
    """Show what can be stated: every fact with its question, or one fact in full."""
    from habeas.law.schema import LEVELS, load_vocabulary
    from habeas.law.values import nearest

    language = language_of(lang)
    vocabulary = load_vocabulary()
    if level is not None and level not in LEVELS:
        raise BadInput(f"there is no level {level!r}", remedy=nearest(level, LEVELS))
    if fact is not None:
        chosen = [vocabulary.fact(fact)]
    else:
        chosen = [f for f in vocabulary.facts.values() if level in (None, f.level)]
    if as_json:
        show_json(
            {
                "format": "facts/v1",
                "version": vocabulary.version,
                "facts": [_as_json(one) for one in chosen],
            }
        )
    elif fact is not None:
        _show_one(chosen[0], language)
    else:
        _show_all(chosen, language)


def _as_json(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "level": fact.level,
        "type": fact.type,
        "unit": fact.unit,
        "nature": fact.nature,
        "question": {"en": fact.question.en, "zh": fact.question.zh},
        "members": {name: {"en": t.en, "zh": t.zh} for name, t in fact.members.items()},
        "factors": list(fact.factors),
        "from": list(fact.derived_from),
        "rule": fact.rule,
        "used_by": list(fact.used_by),
    }


def _print(text: str, **how: Any) -> None:
    out.print(text, markup=False, soft_wrap=True, **how)


def _show_all(chosen: list[Fact], language: Language) -> None:
    width = max(len(fact.id) for fact in chosen)
    for fact in chosen:
        _print(f"{fact.id:<{width}}  {fact.question.in_language(language)}")


def _show_one(fact: Fact, language: Language) -> None:
    _print(fact.id, style="bold")
    _print(fact.question.in_language(language))
    unit = f", {fact.unit}" if fact.unit else ""
    _print(f"{fact.type}{unit}; {_NATURES[fact.nature].in_language(language)}")
    for name, words in fact.members.items():
        _print(f"  {name:<24} {words.in_language(language)}")
    for label, ids in (
        ("factors", fact.factors),
        ("from", fact.derived_from),
        ("used by", fact.used_by),
    ):
        if ids:
            _print(f"{label}: {', '.join(ids)}")
    if fact.rule:
        _print(f"rule: {fact.rule}")
