"""Both ways between a release plan and its file, `plan/v1` (`specs/plan-v1.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from habeas.errors import BadInput, Refused
from habeas.protection.asked import WORDS, asked_from
from habeas.protection.columns import ColumnPlan, bad_word
from habeas.protection.plan import FORMAT, ReleasePlan
from habeas.terms import Text


def plan_text(plan: ReleasePlan) -> str:
    """The plan as YAML, ready to be read, edited and read back."""
    return yaml.dump(
        plan.to_mapping(), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100
    )


class _Dumper(yaml.SafeDumper):
    """YAML in which every string comes back as it was, rare line separators too."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    quoted = '"' if any(mark in text for mark in ("\x85", "\u2028", "\u2029")) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=quoted)


_Dumper.add_representer(str, _represent_text)


# Where each setting stands in the file: section, name there, field of ReleasePlan, kinds.
_NUMBER = (int, float)
_SETTINGS: tuple[tuple[str | None, str, str, tuple[type, ...]], ...] = (
    (None, "recipient", "recipient", (str,)),
    (None, "purpose", "purpose", (str,)),
    (None, "identified", "identified", (bool,)),
    (None, "subject_column", "subject_column", (str, type(None))),
    (None, "outcome", "outcome", (str, type(None))),
    (None, "needed", "needed", (list,)),
    (None, "adversary", "adversary", (list,)),
    ("models", "k", "k", (int,)),
    ("models", "l", "l", (dict,)),
    ("models", "population_size", "population_size", (int, type(None))),
    ("models", "suppression", "suppression", (str,)),
    ("models", "search", "search", (bool,)),
    ("models", "recoding", "recoding", (str,)),
    ("bounds", "max_risk", "max_risk", _NUMBER),
    ("bounds", "max_suppressed", "max_suppressed", _NUMBER),
    ("marks", "rate", "mark_rate", _NUMBER),
    ("marks", "canaries", "canaries", (int,)),
    ("marks", "contact_domain", "contact_domain", (str, type(None))),
    ("base", "term_days", "base_term_days", (int,)),
    ("never_marked", "joins", "joins", (list,)),
    ("never_marked", "sums", "sums", (list,)),
    ("never_marked", "decided_on", "decided_on", (list,)),
    ("pseudonyms", "epoch", "epoch", (str,)),
    ("pseudonyms", "shared", "shared_pseudonyms", (bool,)),
    ("law", "book", "book", (str, type(None))),
    ("law", "book_hash", "book_hash", (str, type(None))),
)
_SECTIONS = frozenset(section for section, *_ in _SETTINGS if section)
_TOP = frozenset(name for section, name, *_ in _SETTINGS if section is None)
_COLUMN_WORDS = frozenset(
    {
        "column",
        "transform",
        "params",
        "mark",
        "category",
        "role",
        "reason",
        "citations",
        "necessity",
    }
)


def load_plan(path: str | Path) -> ReleasePlan:
    """Read a `plan/v1` file; BadInput names the place, Refused the ground that is missing."""
    where = Path(path)
    try:
        read = yaml.safe_load(where.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(
            f"can't be read: {error.strerror or 'unknown error'}", file=where.name
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else None
        raise BadInput("isn't YAML in UTF-8", file=where.name, place=place) from error
    return plan_from(read, file=where.name)


def plan_from(read: object, *, file: str | None = None) -> ReleasePlan:
    """A plan from what a YAML or JSON file held."""
    try:
        return _plan_from(read)
    except BadInput as error:
        raise BadInput(error.says, file=file, place=error.place, remedy=error.remedy) from error
    except Refused as error:
        raise Refused(error.says, file=file, place=error.place, remedy=error.remedy) from error


def _plan_from(read: object) -> ReleasePlan:
    if not isinstance(read, Mapping) or read.get("format") != FORMAT:
        raise BadInput("isn't a release plan", remedy=f"begin the file with 'format: {FORMAT}'")
    for word in read:
        if word not in _SECTIONS | _TOP | {"format", "columns"}:
            bad_word("word", word, _SECTIONS | _TOP | {"columns"}, place=str(word))
    settings: dict[str, Any] = {}
    for section, name, target, kinds in _SETTINGS:
        found = _section(read, section)
        if name in found:
            settings[target] = _setting(found[name], kinds, place=_place(section, name))
    columns = read.get("columns")
    if not isinstance(columns, list):
        raise BadInput("must be a list with one entry a column", place="columns")
    for name in ("recipient", "purpose"):
        if name not in settings:
            raise BadInput("is missing", place=name, remedy="say who receives it and what for")
    return ReleasePlan(
        asked=asked_from(_section(read, "models")),
        columns=tuple(_column_from(entry, number) for number, entry in enumerate(columns)),
        **settings,
    )


def _place(section: str | None, name: str) -> str:
    return f"{section}.{name}" if section else name


def _section(read: Mapping[str, Any], section: str | None) -> Mapping[str, Any]:
    if section is None:
        return read
    found = read.get(section, {})
    if not isinstance(found, Mapping):
        raise BadInput("must hold settings", place=section)
    known = {name for of, name, *_ in _SETTINGS if of == section}
    known |= WORDS if section == "models" else set()
    for word in found:
        if word not in known:
            bad_word("setting", word, known, place=f"{section}.{word}")
    return found


def _setting(value: Any, kinds: tuple[type, ...], *, place: str) -> Any:
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        wanted = " or ".join("nothing" if k is type(None) else k.__name__ for k in kinds)
        raise BadInput(f"wrong kind of value, expected {wanted}", place=place)
    if isinstance(value, list):
        if not all(isinstance(item, str) for item in value):
            raise BadInput("must list column names", place=place)
        return tuple(value)
    if isinstance(value, dict) and not all(
        isinstance(k, str) and isinstance(v, int) and not isinstance(v, bool)
        for k, v in value.items()
    ):
        raise BadInput("must give a whole number for each column", place=place)
    return value


def _column_from(entry: object, number: int) -> ColumnPlan:
    place = f"columns.{number}"
    if not isinstance(entry, Mapping) or not isinstance(entry.get("column"), str):
        raise BadInput("each entry names its 'column'", place=place)
    place = f"columns.{entry['column']}"
    for word in entry:
        if word not in _COLUMN_WORDS:
            bad_word("word", word, _COLUMN_WORDS, place=f"{place}.{word}")
    for word in ("transform", "reason"):
        if word not in entry:
            raise BadInput("is missing", place=f"{place}.{word}")
    given = {word: entry[word] for word in ("params", "mark", "category", "role") if word in entry}
    kinds: Mapping[str, type] = {"params": Mapping, "mark": bool, "category": str, "role": str}
    for word, value in given.items():
        if not isinstance(value, kinds[word]):
            raise BadInput("wrong kind of value", place=f"{place}.{word}")
    citations = entry.get("citations", [])
    if not isinstance(citations, list) or not all(isinstance(c, str) for c in citations):
        raise BadInput("must list citations", place=f"{place}.citations")
    necessity = entry.get("necessity")
    return ColumnPlan(
        column=entry["column"],
        transform=str(entry["transform"]),
        reason=_text(entry["reason"], place=f"{place}.reason"),
        citations=tuple(citations),
        necessity=None if necessity is None else _text(necessity, place=f"{place}.necessity"),
        **given,
    )


def _text(value: object, *, place: str) -> Text:
    """Words in one language are taken for both; an empty reason is no reason."""
    if isinstance(value, str) and value.strip():
        return Text(en=value, zh=value)
    if isinstance(value, Mapping):
        en, zh = value.get("en"), value.get("zh")
        if isinstance(en, str) and isinstance(zh, str) and en.strip() and zh.strip():
            return Text(en=en, zh=zh)
    raise BadInput("must be words, or 'en' and 'zh'", place=place)
