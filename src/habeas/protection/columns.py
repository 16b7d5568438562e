"""What a plan does to one column, and the words it may use for that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, NoReturn

from habeas.errors import BadInput
from habeas.protection.fpe import ALPHABETS
from habeas.protection.places import DIVISION_STEPS
from habeas.terms import Citation, Text

# What each transform may be told, and what kind of value each setting takes.
TRANSFORMS: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "keep": {},
    "drop": {},
    "mask": {"keep_last": (int,), "keep_first": (int,)},
    "mask_spans": {},
    "pseudonym": {"domain": (str,)},
    "ff1": {"alphabet": (str,), "domain": (str,)},
    "date_shift": {"days": (int,), "domain": (str,)},
    "generalise": {
        "by": (str,),  # a word of GENERALISE_BY
        "width": (int, float),  # bands
        "low": (int, float),  # bands: everything below is one band
        "high": (int, float),  # bands: everything from here up is one band
        "to": (str,),  # date: a word of DATE_STEPS; divisions: of DIVISION_STEPS
        "keep_first": (int,),  # prefix
        "level": (int,),  # hierarchy
        "file": (str,),  # hierarchy
    },
    "date_month": {},
    "round": {"to": (int, float)},
    "bin": {"edges": (list, tuple)},
    "clip": {"low": (int, float), "high": (int, float)},
}
GENERALISE_BY: Mapping[str, tuple[str, ...]] = {
    "bands": ("width",),
    "date": ("to",),
    "prefix": ("keep_first",),
    "hierarchy": ("file", "level"),
    "regions": (),
    "provinces": (),
    "divisions": ("to",),
    "occupations": (),
    "all": (),
}
DATE_STEPS = ("month", "quarter", "year", "five_years", "decade")
_STEPS: Mapping[str, tuple[str, ...]] = {"date": DATE_STEPS, "divisions": DIVISION_STEPS}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "generalise": ("by",),
    "date_shift": ("days",),
    "round": ("to",),
    "bin": ("edges",),
}
# A column under one of these may carry marks: what a mark needs is a value it may leave as it is.
MARKABLE_TRANSFORMS = frozenset({"keep", "round", "bin", "clip", "generalise", "date_month"})
# Transforms under a key: who has it can lead back to the value.
KEYED = frozenset({"pseudonym", "ff1"})
MOST_DAYS = 3_650
ROLES = ("identifier", "quasi_identifier", "attribute", "free_text")
CATEGORIES = ("sensitive", "personal", "quasi_identifier", "not_personal", "undecided")


def nearest(word: str, known: Collection[str]) -> str:
    """A remedy naming the nearest right word, or what words there are."""
    if near := get_close_matches(word, known, n=1, cutoff=0.5):
        return f"did you mean {near[0]!r}?"
    shown = sorted(known)
    return "known: " + ", ".join(shown[:12]) + (", …" if len(shown) > 12 else "")


def bad_word(kind: str, word: object, known: Collection[str], *, place: str) -> NoReturn:
    """Refuse a word that is not in the vocabulary."""
    raise BadInput(f"unknown {kind} {word!r}", place=place, remedy=nearest(str(word), known))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPlan:
    """What is done to one column before it leaves, and why.

    necessity: for a sensitive column that is handed out: why the purpose can't do without it.
    """

    column: str
    transform: str
    reason: Text
    params: Mapping[str, Any] = field(default_factory=dict)
    mark: bool = False
    citations: tuple[str, ...] = ()
    category: str = "undecided"
    role: str = "attribute"
    necessity: Text | None = None

    @property
    def place(self) -> str:
        return f"columns.{self.column}"

    @property
    def leaves(self) -> bool:
        """True if something of this column is handed out."""
        return self.transform != "drop"

    def __post_init__(self) -> None:
        if self.transform not in TRANSFORMS:
            bad_word("transform", self.transform, TRANSFORMS, place=self.place)
        if self.category not in CATEGORIES:
            bad_word("category", self.category, CATEGORIES, place=self.place)
        if self.role not in ROLES:
            bad_word("role", self.role, ROLES, place=self.place)
        self._check_params()
        for citation in self.citations:
            Citation.parse(citation)

    def _check_params(self) -> None:
        allowed = TRANSFORMS[self.transform]
        for name, value in self.params.items():
            place = f"{self.place}.params.{name}"
            if name not in allowed:
                bad_word(f"setting of {self.transform}", name, allowed, place=place)
            if isinstance(value, bool) or not isinstance(value, allowed[name]):
                wanted = " or ".join(kind.__name__ for kind in allowed[name])
                raise BadInput(f"wrong kind of value, expected {wanted}", place=place)
        needs = REQUIRED.get(self.transform, ())
        if self.transform == "generalise" and "by" in self.params:
            needs = (*needs, *self._needs_of_generalise())
        for name in needs:
            if name not in self.params:
                raise BadInput(
                    f"{self.transform} needs the setting {name!r}", place=f"{self.place}.params"
                )
        self._check_values()

    def _check_alphabet(self) -> None:
        """A named alphabet, or its characters: two at least, each once."""
        alphabet = self.params.get("alphabet", "digits")
        if alphabet not in ALPHABETS and not 2 <= len(set(alphabet)) == len(alphabet):
            raise BadInput(
                "is neither a known alphabet nor a list of different characters",
                place=f"{self.place}.params.alphabet",
                remedy=nearest(alphabet, ALPHABETS),
            )

    def _needs_of_generalise(self) -> tuple[str, ...]:
        by = self.params["by"]
        if by not in GENERALISE_BY:
            bad_word("way to generalise", by, GENERALISE_BY, place=f"{self.place}.params.by")
        return GENERALISE_BY[by]

    def _check_values(self) -> None:
        to = self.params.get("to")
        steps = _STEPS.get(self.params.get("by", ""), DATE_STEPS)
        if self.transform == "generalise" and to is not None and to not in steps:
            bad_word(f"{self.params['by']} step", to, steps, place=f"{self.place}.params.to")
        if self.transform == "ff1":
            self._check_alphabet()
        if self.transform == "date_shift" and not 1 <= self.params["days"] <= MOST_DAYS:
            raise BadInput(f"must lie between 1 and {MOST_DAYS}", place=f"{self.place}.params.days")
        for name in ("keep_first", "keep_last", "level"):
            if self.params.get(name, 0) < 0:
                raise BadInput("must not be negative", place=f"{self.place}.params.{name}")
        width = "to" if self.transform == "round" else "width"
        if not 0 < self.params.get(width, 1) < float("inf"):
            raise BadInput("must be above zero", place=f"{self.place}.params.{width}")
        if self.transform == "bin":
            edges = self.params["edges"]
            if len(edges) < 1 or any(not a < b for a, b in pairwise(edges)):
                raise BadInput("edges must rise", place=f"{self.place}.params.edges")
