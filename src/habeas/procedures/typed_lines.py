"""Words a person types into a file: one line, several, named lines, or the same in two languages.

`{en: …, zh: …}` is one line in both languages; a paper takes the one it is written in. A line
typed once stands in every paper as it was typed: nothing is translated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from habeas.procedures.claim_text import Line
from habeas.terms import LANGUAGES, Text


class WrongLinesError(ValueError):
    """What stands here is no line of text; the caller says where."""


def lines_of(raw: Any) -> tuple[Line, ...]:
    """The lines in the order written; WrongLinesError for anything else. None is no line.

    >>> lines_of({"name": "A", "phone": "1"})
    ('name: A', 'phone: 1')
    >>> lines_of([{"en": "one", "zh": "一"}])[0].zh
    '一'
    """
    if raw is None:
        return ()
    if isinstance(raw, list):
        return tuple(_line(each) for each in raw)
    if isinstance(raw, Mapping) and not _bilingual(raw):
        if not all(isinstance(line, str) for line in raw.values()):
            raise WrongLinesError("lines of text are expected here")
        return tuple(_named(name, line) for name, line in raw.items())
    return (_line(raw),)


def _line(raw: Any) -> Line:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Mapping) and _bilingual(raw):
        return Text(**{language: _one(raw[language]) for language in LANGUAGES})
    raise WrongLinesError("lines of text are expected here")


def _bilingual(raw: Mapping[str, Any]) -> bool:
    return set(raw) == {*LANGUAGES}


def _one(raw: Any) -> str:
    """One language's part: a line, or named lines under each other."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Mapping) and all(isinstance(line, str) for line in raw.values()):
        return "\n".join(_named(name, line) for name, line in raw.items())
    raise WrongLinesError("lines of text are expected here")


def _named(name: str, line: str) -> str:
    """A Chinese name takes the Chinese colon."""
    return f"{name}：{line}" if _HAN.search(name) else f"{name}: {line}"


_HAN = re.compile("[\u3400-\u9fff]")


def plain(line: Line) -> str | dict[str, str]:
    """A line as JSON holds it; `lines_of` reads it back."""
    return line if isinstance(line, str) else {"en": line.en, "zh": line.zh}
