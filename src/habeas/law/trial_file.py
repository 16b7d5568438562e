"""Reading a trial as it was fixed beforehand: trial/v1, from a file or from a log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from habeas.errors import BadInput
from habeas.law.trial import Indicator, Trial
from habeas.law.yaml_reading import Document, read_yaml
from habeas.terms import Text

FORMAT = "trial/v1"
_KEYS = {
    "format",
    "id",
    "title",
    "draft_sha256",
    "starts",
    "before_from",
    "ends",
    "confidence",
    "trying",
    "comparing",
    "smallest_sample",
    "most_missing",
    "indicators",
}
_FEW = 5


def load_trial(path: str | Path) -> Trial:
    """Read a trial/v1 file; BadInput names file and line."""
    return _trial(read_yaml(Path(path)))


def trial_from(document: Mapping[str, Any]) -> Trial:
    """A trial as it was kept in a log."""
    return _trial(Document(value=dict(document), lines={}, file="the logged trial"))


def _trial(document: Document) -> Trial:
    raw = document.value
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise BadInput(f"is not in the format {FORMAT}", file=document.file)
    if strange := set(raw) - _KEYS:
        name = min(strange)
        raise BadInput(
            f"{name!r} is no key of a trial", file=document.file, place=document.line(name)
        )
    found = Trial(
        id=_word(document, "id"),
        title=_title(document, "title"),
        draft_sha256=_word(document, "draft_sha256"),
        before_from=_day(document, "before_from"),
        starts=_day(document, "starts"),
        ends=_day(document, "ends"),
        trying=_regions(document, "trying"),
        comparing=_regions(document, "comparing"),
        indicators=_indicators(document),
        confidence=_number(document, "confidence", default=0.95),
        smallest_sample=int(_number(document, "smallest_sample", default=30)),
        most_missing=_number(document, "most_missing", default=0.05),
        document=raw,
    )
    _check(found, document)
    return found


def _check(trial: Trial, document: Document) -> None:
    wrong: list[tuple[str, str]] = []
    if not trial.before_from < trial.starts < trial.ends:
        wrong.append(("starts", "the days are not in order: before_from, starts, ends"))
    if both := set(trial.trying) & set(trial.comparing):
        wrong.append(("comparing", f"{min(both)} both tries the rule and is compared with"))
    if not 0.5 < trial.confidence < 1:
        wrong.append(("confidence", "the confidence is not between 0.5 and 1"))
    if not 0 <= trial.most_missing < 1:
        wrong.append(("most_missing", "is no share from 0 to below 1"))
    if trial.smallest_sample < _FEW:
        wrong.append(("smallest_sample", f"fewer than {_FEW} persons in a cell would show them"))
    for place, says in wrong:
        raise BadInput(says, file=document.file, place=document.line(place))


def _indicators(document: Document) -> tuple[Indicator, ...]:
    raw = document.value.get("indicators")
    if not isinstance(raw, list) or not raw:
        raise BadInput("names no indicator", file=document.file, place="indicators")
    found = tuple(_indicator(document, at, one) for at, one in enumerate(raw))
    if len({one.id for one in found}) < len(found):
        raise BadInput(
            "two indicators have one id", file=document.file, place=document.line("indicators")
        )
    return found


def _indicator(document: Document, at: int, raw: Any) -> Indicator:
    line = document.line("indicators", at)
    if not isinstance(raw, dict) or set(raw) != {"id", "title", "column", "wanted", "matters"}:
        says = "an indicator has exactly: id, title, column, wanted, matters"
        raise BadInput(says, file=document.file, place=line)
    if raw["wanted"] not in ("up", "down"):
        raise BadInput("wanted is neither up nor down", file=document.file, place=line)
    matters = _float(raw["matters"])
    if matters is None or matters <= 0:
        raise BadInput("matters is no number above zero", file=document.file, place=line)
    return Indicator(
        id=str(raw["id"]),
        title=_text(raw["title"], document, line),
        column=str(raw["column"]),
        wanted=raw["wanted"],
        matters=matters,
    )


def _word(document: Document, name: str) -> str:
    value = document.value.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{name} is missing", file=document.file, place=document.line(name))
    return value


def _title(document: Document, name: str) -> Text:
    return _text(document.value.get(name), document, document.line(name))


def _text(raw: Any, document: Document, line: str) -> Text:
    if not isinstance(raw, dict) or set(raw) != {"en", "zh"}:
        raise BadInput("a title has en and zh", file=document.file, place=line)
    return Text(en=str(raw["en"]), zh=str(raw["zh"]))


def _day(document: Document, name: str) -> date:
    try:
        return date.fromisoformat(_word(document, name))
    except ValueError as error:
        raise BadInput(
            f"{name} is not a day, YYYY-MM-DD", file=document.file, place=document.line(name)
        ) from error


def _regions(document: Document, name: str) -> tuple[str, ...]:
    raw = document.value.get(name)
    if not isinstance(raw, list) or not raw or len({*map(str, raw)}) < len(raw):
        says = f"{name} is no list of different regions"
        raise BadInput(says, file=document.file, place=document.line(name))
    return tuple(map(str, raw))


def _number(document: Document, name: str, *, default: float) -> float:
    raw = document.value.get(name)
    found = default if raw is None else _float(raw)
    if found is None:
        raise BadInput(f"{name} is no number", file=document.file, place=document.line(name))
    return found


def _float(raw: Any) -> float | None:
    try:
        found = float(raw)
    except (TypeError, ValueError):
        return None
    return found if isfinite(found) else None
