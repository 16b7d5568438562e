"""The fixed words of papers, as data with their provisions (laws/cn/phrases.yaml)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from habeas.errors import BadInput
from habeas.law.yaml_reading import yaml_document
from habeas.terms import Text


@cache
def _sheet() -> dict[str, tuple[Text, ...]]:
    where = files("habeas.laws").joinpath("cn", "phrases.yaml")
    raw = yaml_document(where.read_text(encoding="utf-8"), file="phrases.yaml").value
    del raw["format"], raw["jurisdiction"]
    return {name: tuple(map(_said, lines)) for name, lines in raw.items()}


def _said(line: dict[str, str]) -> Text:
    """The words and, where there is one, the provision they paraphrase."""
    cited = line["provision"]
    if cited == "practice":
        return Text(en=line["en"], zh=line["zh"])
    return Text(en=f"{line['en']} ({cited})", zh=f"{line['zh']}（{cited}）")


def phrase(name: str) -> tuple[Text, ...]:
    """The lines of one phrase; BadInput if there is none of that name."""
    if name not in _sheet():
        raise BadInput(f"there is no phrase {name!r}", remedy=f"one of: {', '.join(_sheet())}")
    return _sheet()[name]
