"""Reads our YAML: strings only, no tricks, and every place knows its line.

YAML turns `NO` into false, `010` into 8, `12:30:45` into a number, lets the last of two equal
keys win, and lets a short file unfold into gigabytes. Law must not depend on any of that, so
every scalar stays the text that was written (an empty one or `null` is None), and duplicate
keys, anchors, aliases and tags are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from habeas.errors import BadInput

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LARGEST = 8_000_000
_DEEPEST = 60
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file holds, and on which line each part of it stands."""

    value: Any
    lines: dict[Place, int] = field(repr=False)
    file: str

    def line(self, *place: str | int) -> str:
        """Where something stands, for an error: 'line 17'; the nearest part that has a line."""
        for length in range(len(place), -1, -1):
            if (found := self.lines.get(place[:length])) is not None:
                return f"line {found}"
        return "line 1"


def read_yaml(path: Path) -> Document:
    """Read one of our YAML files."""
    return yaml_document(_text_of(path), file=path.name)


def yaml_document(text: str, *, file: str) -> Document:
    """Read YAML that is already in memory."""
    _refuse_size(len(text), file)
    reader = _Reader(file)
    try:
        events = yaml.parse(text, Loader=_Loader)
        value = reader.document(iter(events))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark is not None else None
        problem = getattr(error, "problem", None) or "cannot be read"
        raise BadInput(
            f"not valid YAML: {problem}", file=file, place=place, remedy="mend the file"
        ) from error
    return Document(value=value, lines=reader.lines, file=file)


def read_json(path: Path) -> Document:
    """Read JSON; duplicate keys are refused as in YAML."""
    text = _text_of(path)
    _refuse_size(len(text), path.name)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise BadInput(f"the key {key!r} stands twice", file=path.name)
            found[key] = value
        return found

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise BadInput(
            f"not valid JSON: {error.msg}",
            file=path.name,
            place=f"line {error.lineno}",
            remedy="mend the file",
        ) from error
    except RecursionError as error:
        raise BadInput("nested too deeply", file=path.name) from error
    return Document(value=value, lines={}, file=path.name)


def _refuse_constant(word: str) -> Any:
    raise BadInput(f"{word} is not a value; leave out what is unknown")


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise BadInput("there is no such file", file=path.name) from error
    except IsADirectoryError as error:
        raise BadInput("is a folder, not a file", file=path.name) from error
    except UnicodeDecodeError as error:
        raise BadInput("is not UTF-8 text", file=path.name, remedy="save it as UTF-8") from error
    except OSError as error:
        raise BadInput(
            f"cannot be read ({error.strerror})", file=path.name, remedy="check its permissions"
        ) from error


def _refuse_size(length: int, file: str) -> None:
    if length > _LARGEST:
        raise BadInput(f"is larger than {_LARGEST:,} characters", file=file)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _Reader:
    """Builds plain values from YAML events, refusing what could surprise a reader."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Place, int] = {}

    def document(self, events: Iterator[Any]) -> Any:
        value: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._bad("holds more than one document", event)
                value = self._value(next(events), events, ())
        return value

    def _value(self, event: Any, events: Iterator[Any], place: Place) -> Any:
        self.lines[place] = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._bad("anchors and aliases are not used here", event)
        if getattr(event, "tag", None) not in (None, "!"):
            raise self._bad("tags are not used here", event)
        if len(place) > _DEEPEST:
            raise self._bad("nested too deeply", event)
        if isinstance(event, yaml.ScalarEvent):
            plain = not event.style
            return None if plain and event.value in ("", "~", "null") else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(events, place)
        return self._mapping(events, place)

    def _list(self, events: Iterator[Any], place: Place) -> list[Any]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self._value(event, events, (*place, len(found))))
        return found

    def _mapping(self, events: Iterator[Any], place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise self._bad("a key must be a word", event)
            key = event.value
            if key in found:
                raise self._bad(f"the key {key!r} stands twice", event)
            if getattr(event, "anchor", None):
                raise self._bad("anchors and aliases are not used here", event)
            found[key] = None
            found[key] = self._value(next(events), events, (*place, key))
            self.lines[(*place, key)] = line
        return found

    def _bad(self, says: str, event: Any) -> BadInput:
        return BadInput(says, file=self.file, place=f"line {_line(event)}")
