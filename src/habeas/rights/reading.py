"""Reading the files people write by hand, each mistake named with its place and its cure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from habeas.errors import BadInput
from habeas.terms import Text


def read_yaml(path: Path) -> Mapping[str, Any]:
    """One YAML (or JSON) object from a file; dates become ISO text."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput("there is no such file", file=path, remedy="check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"the file can't be read as UTF-8 text ({type(error).__name__})", file=path
        ) from error
    return parse_yaml(text, file=path)


def parse_yaml(text: str, *, file: Path | None = None) -> Mapping[str, Any]:
    try:
        value = yaml.load(text, Loader=_OneKeyOnce)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadInput(
            f"this is not YAML: {error.problem or 'unexpected text'}",
            file=file,
            place=f"line {line}",
        ) from None
    except (yaml.YAMLError, ValueError):
        raise BadInput("this is not YAML", file=file) from None
    if not isinstance(value, dict):
        raise BadInput("one object with keys is expected", file=file)
    plain = _plain(value)
    assert isinstance(plain, dict)
    return plain


class _OneKeyOnce(yaml.SafeLoader):
    """Refuses a key that is written twice: the second would silently win."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.value in seen and isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key_node.value!r} stands here twice",
                    problem_mark=key_node.start_mark,
                )
            if isinstance(key_node, yaml.ScalarNode):
                seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def _plain(value: Any) -> Any:
    """The value with dates as ISO text and keys as text: what JSON can hold."""
    if isinstance(value, dict):
        return {str(key): _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


class Reader:
    """One object of a file, read key by key; what is not asked for is a mistake."""

    def __init__(self, value: Any, *, place: str, file: Path | None) -> None:
        if not isinstance(value, Mapping):
            raise BadInput("an object with keys is expected", file=file, place=place or None)
        self.value = value
        self.place = place
        self.file = file

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def wrong(self, key: str, says: str, *, remedy: str | None = None) -> BadInput:
        return BadInput(says, file=self.file, place=self.at(key), remedy=remedy)

    def known(self, keys: Iterable[str]) -> None:
        """Raise if there is a key that nobody will read."""
        known = list(keys)
        for key in self.value:
            if key not in known:
                raise self.wrong(key, f"{key!r} is not a key here", remedy=nearest(key, known))

    def inner(self, key: str, *, needed: bool = False) -> Reader:
        value = self.value.get(key)
        if value is None and needed:
            raise self.wrong(key, "this is missing")
        return Reader({} if value is None else value, place=self.at(key), file=self.file)

    def members(self, key: str, *, needed: bool = False) -> dict[str, Reader]:
        """An object whose values are objects."""
        outer = self.inner(key, needed=needed)
        return {
            name: Reader({} if value is None else value, place=outer.at(name), file=self.file)
            for name, value in outer.value.items()
        }

    def string(self, key: str) -> str:
        value = self.value.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "a text is expected here")
        return value.strip()

    def maybe_string(self, key: str) -> str | None:
        return None if self.value.get(key) is None else self.string(key)

    def boolean(self, key: str, *, default: bool) -> bool:
        value = self.value.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false is expected here")
        return value

    def count(self, key: str, *, default: int) -> int:
        value = self.value.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.wrong(key, "a whole number of zero or more is expected here")
        return value

    def strings(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        value = self.value.get(key)
        if value is None and not needed:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "a list of texts is expected here")
        if needed and not value:
            raise self.wrong(key, "the list is empty")
        return tuple(value)

    def text(self, key: str) -> Text:
        """A text in both languages."""
        inner = self.inner(key, needed=True)
        inner.known(("en", "zh"))
        return Text(en=inner.string("en"), zh=inner.string("zh"))

    def one_of(self, key: str, members: Sequence[str]) -> str:
        value = self.string(key)
        if value not in members:
            raise self.wrong(
                key, f"{value!r} is not one of the members", remedy=nearest(value, members)
            )
        return value


def nearest(word: str, words: Iterable[str]) -> str:
    """'write x' with the nearest right word, or the whole list if none is near.

    >>> nearest("consnet", ["consent", "contract"])
    "write 'consent'"
    >>> nearest("zzz", ["consent", "contract"])
    'it may be: consent, contract'
    """
    words = list(words)
    near = difflib.get_close_matches(word, words, n=1)
    return f"write {near[0]!r}" if near else f"it may be: {', '.join(words)}"
