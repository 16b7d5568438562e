"""What a plan asks of groups besides k rows and l different values, and how its file says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from habeas.errors import BadInput
from habeas.protection.columns import bad_word, nearest

DISTANCES = ("equal", "ordered", "hierarchical")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedT:
    """No group's values lie farther than `at_most` from the table's.

    file: a hierarchy; needed for hierarchical distance, and for the order of text.
    """

    at_most: float
    distance: str = "equal"
    file: str | None = None

    def to_mapping(self) -> dict[str, Any]:
        named = {} if self.file is None else {"file": self.file}
        return {"at_most": self.at_most, "distance": self.distance, **named}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRecursive:
    """The commonest value has fewer rows than c times all from the l-th commonest on."""

    c: float
    l: int  # noqa: E741 - the model's own name

    def to_mapping(self) -> dict[str, Any]:
        return {"c": self.c, "l": self.l}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Models of a plan; by column where they are about one. k_map: 0 asks for none."""

    entropy_l: Mapping[str, float] = field(default_factory=dict)
    recursive_l: Mapping[str, AskedRecursive] = field(default_factory=dict)
    t: Mapping[str, AskedT] = field(default_factory=dict)
    k_map: int = 0

    def __post_init__(self) -> None:
        _within("k_map", self.k_map, 0, 1_000_000)
        for column, least in self.entropy_l.items():
            _within(f"entropy_l.{column}", least, 1, 1_000_000)
        for column, asked in self.recursive_l.items():
            _within(f"recursive_l.{column}.c", asked.c, 0, 1_000_000)
            _within(f"recursive_l.{column}.l", asked.l, 2, 1_000_000)
        for column, close in self.t.items():
            _within(f"t.{column}.at_most", close.at_most, 0, 1)
            if close.distance not in DISTANCES:
                place = f"models.t.{column}.distance"
                bad_word("distance", close.distance, DISTANCES, place=place)
            if close.distance == "hierarchical" and close.file is None:
                raise BadInput(
                    "names no hierarchy", place=f"models.t.{column}", remedy="add 'file'"
                )

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns something is asked of."""
        return tuple(dict.fromkeys([*self.entropy_l, *self.recursive_l, *self.t]))

    def to_mapping(self) -> dict[str, Any]:
        return {
            "entropy_l": dict(self.entropy_l),
            "recursive_l": {name: each.to_mapping() for name, each in self.recursive_l.items()},
            "t": {name: each.to_mapping() for name, each in self.t.items()},
            "k_map": self.k_map,
        }


WORDS = frozenset({"entropy_l", "recursive_l", "t", "k_map"})


def asked_from(models: Mapping[str, Any]) -> Asked:
    """What the `models` part of a plan file asks; words of others are left alone."""
    recursive = _columns(models, "recursive_l")
    close = _columns(models, "t")
    return Asked(
        entropy_l={
            name: _number(value, f"entropy_l.{name}")
            for name, value in _columns(models, "entropy_l").items()
        },
        recursive_l={
            name: AskedRecursive(**_settings(value, f"recursive_l.{name}", _RECURSIVE))
            for name, value in recursive.items()
        },
        t={name: AskedT(**_settings(value, f"t.{name}", _T)) for name, value in close.items()},
        k_map=_whole(models.get("k_map", 0), "k_map"),
    )


_RECURSIVE: Mapping[str, tuple[type, ...]] = {"c": (int, float), "l": (int,)}
_T: Mapping[str, tuple[type, ...]] = {"at_most": (int, float), "distance": (str,), "file": (str,)}
_NEEDED = frozenset({"c", "l", "at_most"})


def _within(place: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise BadInput(f"must lie between {low} and {high}", place=f"models.{place}")


def _columns(models: Mapping[str, Any], word: str) -> Mapping[str, Any]:
    found = models.get(word, {})
    if not isinstance(found, Mapping) or not all(isinstance(name, str) for name in found):
        raise BadInput("must give a setting for each column", place=f"models.{word}")
    return found


def _settings(value: Any, place: str, words: Mapping[str, tuple[type, ...]]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput("must hold settings", place=f"models.{place}", remedy=", ".join(words))
    for word, given in value.items():
        if word not in words:
            raise BadInput(
                f"unknown setting {word!r}",
                place=f"models.{place}.{word}",
                remedy=nearest(str(word), words),
            )
        if isinstance(given, bool) or not isinstance(given, words[word]):
            raise BadInput("wrong kind of value", place=f"models.{place}.{word}")
    for word in sorted(_NEEDED & set(words) - set(value)):
        raise BadInput("is missing", place=f"models.{place}.{word}")
    return value


def _number(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput("must be a number", place=f"models.{place}")
    return float(value)


def _whole(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput("must be a whole number", place=f"models.{place}")
    return value
