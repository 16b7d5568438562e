"""Detectors a user adds by a YAML file (`detectors/v1`): pattern, validator, keywords, category.

They run on the general, slower path. Patterns are RE2's (linear time whatever the text), so look
around and back references are not to be had; keywords and a validator do what those would.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from habeas.boundary.checksums import iban, luhn, resident_check, uscc
from habeas.boundary.detector import Detector, Look, Names
from habeas.boundary.draw import Category
from habeas.boundary.fold import digits_of, fold
from habeas.boundary.registry import IDS, own, set_own
from habeas.errors import BadInput
from habeas.terms import Text

FORMAT = "detectors/v1"
_MOST, _LONGEST, _MOST_FINDINGS = 50, 1_000, 100_000
_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
# An escaped sign and a set of characters stay as they are; a bare group captures nothing.
_GROUP = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?!\?)")
_LETTER = re.compile("[0-9A-Za-z]")

VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "none": lambda _: True,
    "luhn": lambda found: (n := digits_of(found)).isascii() and n.isdigit() and luhn(n),
    "resident_id": lambda found: (
        re.fullmatch("[0-9]{17}[0-9Xx]", n := digits_of(found)) is not None and resident_check(n)
    ),
    "uscc": lambda found: len(n := digits_of(found).upper()) == 18 and uscc(n),
    "iban": lambda found: (
        re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", n := digits_of(found).upper()) is not None
        and iban(n)
    ),
}
_KEYS = frozenset(
    "id label pattern validator keywords category citations names alone direct".split()  # noqa: SIM905
)


class Own:
    """A user's pattern: over a whole cell, and inside text. Called with a folded cell."""

    def __init__(self, pattern: str, validator: str) -> None:
        self.pattern = f"(?P<found>{pattern})"
        self.whole = f"^(?:{pattern})$"
        self.check = VALIDATORS[validator]
        self.checked = validator != "none"

    def __call__(self, value: str) -> Look:
        if not pc.match_substring_regex(pa.scalar(value), self.whole).as_py():
            return Look.NONE
        return Look.VALID if self.check(value) else Look.SHAPE

    def places(self, folded: str) -> Iterator[tuple[int, int]]:
        """Where the pattern stands, letters and digits not touching it, and the check holds."""
        at = 0
        for _ in range(_MOST_FINDINGS):
            span = pc.extract_regex_span(pa.scalar(folded[at:]), pattern=self.pattern).as_py()
            if span is None or not span["found"][1]:
                return
            raw = folded[at:].encode("utf-8", "surrogatepass")
            first, size = span["found"]
            start = at + len(raw[:first].decode("utf-8", "surrogatepass"))
            stop = start + len(raw[first : first + size].decode("utf-8", "surrogatepass"))
            around = (folded[start - 1 : start], folded[stop : stop + 1])
            free = not any(_LETTER.match(sign) for sign in around)
            if free and self.check(folded[start:stop]):
                yield start, stop
            at = stop


def load_own(path: Path) -> tuple[Detector, ...]:
    """Detectors of a `detectors/v1` file. BadInput names the file and the entry that is wrong."""
    try:
        told = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput("the detectors can't be read", file=path.name) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise BadInput(f"not a {FORMAT} file", file=path.name, remedy=f"begin it format: {FORMAT}")
    entries = told.get("detectors")
    if not isinstance(entries, list) or not 0 < len(entries) <= _MOST:
        raise BadInput(f"it must list 1 to {_MOST} detectors", file=path.name)
    found = tuple(_detector(entry, path, at) for at, entry in enumerate(entries, start=1))
    if len({one.id for one in found}) < len(found):
        raise BadInput("two detectors have one id", file=path.name)
    return found


def _detector(entry: Any, path: Path, at: int) -> Detector:
    place = f"detector {at}"
    if not isinstance(entry, dict) or entry.keys() - _KEYS:
        known = ", ".join(sorted(_KEYS))
        raise BadInput("an entry has keys nobody reads", file=path.name, place=place, remedy=known)
    name, pattern = entry.get("id"), entry.get("pattern")
    if not isinstance(name, str) or not _ID.fullmatch(name) or name in IDS:
        raise BadInput("its id is missing, misspelt or taken", file=path.name, place=place)
    validator = entry.get("validator", "none")
    if validator not in VALIDATORS:
        remedy = f"one of {', '.join(VALIDATORS)}"
        raise BadInput("its validator is not known", file=path.name, place=place, remedy=remedy)
    try:
        return _built(name, _pattern(pattern), validator, entry)
    except (ValueError, TypeError, AttributeError, pa.ArrowInvalid) as error:
        raise BadInput(
            "its pattern, label, category or citations can't be used",
            file=path.name, place=place, remedy="a RE2 pattern; personal data cite a provision",
        ) from error  # fmt: skip


def _pattern(pattern: Any) -> str:
    if not isinstance(pattern, str) or not 0 < len(pattern) <= _LONGEST:
        raise ValueError("no pattern")
    pc.match_substring_regex(pa.scalar(""), pattern)
    if pc.match_substring_regex(pa.scalar(""), f"^(?:{pattern})$").as_py():
        raise ValueError("it matches nothing at all")
    return _GROUP.sub(lambda part: "(?:" if part[0] == "(" else part[0], pattern)


def _built(name: str, pattern: str, validator: str, entry: Mapping[str, Any]) -> Detector:
    label, names = entry.get("label", {}), entry.get("names", {})
    cell = Own(pattern, validator)
    return Detector(
        id=name,
        label=Text(en=label.get("en", name), zh=label.get("zh", name)),
        category=Category(entry.get("category", "undecided")),
        citations=tuple(entry.get("citations", ())),
        evidence="validated" if cell.checked else "statistical",
        names=Names(en="|".join(names.get("en", ())), zh="|".join(names.get("zh", ()))),
        keywords="|".join(entry.get("keywords", ())),
        cell=cell,
        checksum=cell.checked,
        chance=0.1 if cell.checked else 0.05,
        alone=bool(entry.get("alone", True)),
        direct=bool(entry.get("direct", False)),
    )


@contextmanager
def using(detectors: tuple[Detector, ...]) -> Iterator[None]:
    """Within it every scan asks these detectors too, and its rule pack says so."""
    before = own()
    set_own(detectors)
    try:
        yield
    finally:
        set_own(before)


def places_of(detector: Detector, text: str) -> Iterator[tuple[int, int]]:
    """Where a user's detector finds its kind in a text."""
    yield from cast("Own", detector.cell).places(fold(text))
