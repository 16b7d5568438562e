"""A law book: an immutable, hashed set of provisions of one jurisdiction, and where it applies.

A book is written as `laws/<id>/book.yaml` (instruments, scope, files), `sheet.yaml` (what each
provision says, when and where, taken from the law sheets), `text_only.yaml` (the provisions that
are no rules, each with its reason), the rule files, and `derived.yaml` (how facts that follow from
others are worked out). All of it is checked when loaded: a rule
without a sheet entry, an unknown fact, a circle of provisions are refused with file and line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from habeas.errors import BadInput
from habeas.law.compiled_law import read_law
from habeas.law.conflicts import Precedence
from habeas.law.expression import Node
from habeas.law.provision import Provision
from habeas.law.schema import Vocabulary, load_vocabulary
from habeas.law.values import nearest
from habeas.law.yaml_reading import Document
from habeas.terms import Text

BOOKS = ("cn",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A statute or rule: its short name, when it governs, and the grounds it asks for."""

    id: str
    short: Text
    scope: Mapping[str, Node]
    grounds: tuple[str, ...] = ()
    grounds_under: str | None = None
    grounds_when: Node | None = None
    grounds_issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """A provision that answers an issue about events, where `when` is not false."""

    level: str
    issue: str
    when: Node
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Where the coded rules on an issue are only part of the law; nothing is called lawful."""

    issue: str
    when: Node
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOnly:
    """A provision of the sheets that is no rule here: it is shown and never decides.

    reason: 'not_decisive', 'not_yet_coded' or 'unverified'; why: the same in a clause.
    """

    reason: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How one fact follows from others; each of the expressions may be missing.

    member: for a set, the member it speaks of.
    presumed_when: true until somebody with grounds judges otherwise.
    """

    fact: str
    member: str | None
    true_when: Node | None
    false_when: Node | None
    presumed_when: Node | None
    cites: tuple[str, ...]
    reads: frozenset[str]
    because: Text | None = None

    @property
    def nodes(self) -> tuple[Node, ...]:
        both = (self.true_when, self.presumed_when, self.false_when)
        return tuple(node for node in both if node is not None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LawBook:
    """One jurisdiction's provisions. Two books are the same if their hashes are.

    attackers: by provision, who defeats it; precedence: who prevails of those declared contrary.
    """

    id: str
    title: Text
    hash: str
    provisions: Mapping[str, Provision]
    instruments: Mapping[str, Instrument]
    derivations: Mapping[str, tuple[Derivation, ...]]
    attackers: Mapping[str, tuple[str, ...]]
    covers: tuple[Cover, ...]
    limits: tuple[Limit, ...]
    kinds_of_event: Mapping[str, str]
    sheet_size: int
    precedence: tuple[Precedence, ...] = ()
    text_only: Mapping[str, TextOnly] = field(default_factory=dict)

    def in_force(self, day: date) -> tuple[Provision, ...]:
        """The provisions in force on a day, in the book's order."""
        return tuple(p for p in self.provisions.values() if p.in_force(day))

    def provision(self, id_: str) -> Provision:
        if id_ in self.provisions:
            return self.provisions[id_]
        raise BadInput(
            f"the book {self.id} has no provision {id_!r}", remedy=nearest(id_, self.provisions)
        )

    def __hash__(self) -> int:
        return hash(self.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LawBook) and self.hash == other.hash


@cache
def load_book(id_: str) -> LawBook:
    """The law book of a jurisdiction."""
    if id_ not in BOOKS:
        raise BadInput(f"there is no law book {id_!r}", remedy=nearest(id_, BOOKS))
    return read_book(Path(str(files("habeas.laws") / id_)), load_vocabulary())


def read_book(folder: Path, vocabulary: Vocabulary) -> LawBook:
    """A law book from its folder."""
    top = read_law(folder / "book.yaml")
    names = [str(name) for name in top.value["files"]]
    return book_from(
        top,
        sheet=read_sheet(folder),
        rules=[read_law(folder / f"{name}.yaml") for name in names],
        derived=read_law(folder / "derived.yaml"),
        vocabulary=vocabulary,
    )


def read_sheet(folder: Path) -> Document:
    """What the provisions say, with the table of those that are text only, if there is one."""
    sheet = read_law(folder / "sheet.yaml")
    table = folder / "text_only.yaml"
    if table.exists():
        sheet.value["text_only"] = read_law(table).value["provisions"]
    return sheet


def book_from(
    top: Document,
    *,
    sheet: Document,
    rules: list[Document],
    derived: Document,
    vocabulary: Vocabulary,
) -> LawBook:
    """A law book from documents that are already read."""
    from habeas.law.book_reading import BookReader

    return BookReader(top, sheet, rules, derived, vocabulary).book()
