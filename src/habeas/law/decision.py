"""What a decision says, element by element, with everything it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

from habeas.law.expression import Truth
from habeas.law.shared_json import SharedDict, SharedList
from habeas.terms import Citation, Status, Text

Outcome = Literal["breached", "not_breached", "holds", "does_not_hold", "undetermined"]
DutyState = Literal["met", "breached", "pending", "unknown"]


def _text(text: Text) -> SharedDict:
    return SharedDict(en=text.en, zh=text.zh)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of an explanation: what was found, whether it is so, and on what it rests.

    gathered: the open ends and the judgements in it, kept by `explain`.
    """

    says: Text
    truth: Truth
    fact: str | None = None
    provision: str | None = None
    steps: tuple[Step, ...] = ()
    gathered: tuple[list[str], list[str]] | None = field(
        default=None, init=False, repr=False, compare=False
    )
    _written: SharedDict | None = field(default=None, init=False, repr=False, compare=False)

    def gather(self, ends: list[str], judged: list[str]) -> tuple[list[str], list[str]]:
        """Keep what was found in it and under it."""
        object.__setattr__(self, "gathered", found := (ends, judged))
        return found

    def to_json(self) -> dict[str, Any]:
        """Written once: one step stands in many explanations, so it may not be changed."""
        if self._written is None:
            written = SharedDict(
                says=_text(self.says),
                truth=self.truth,
                fact=self.fact,
                provision=self.provision,
                steps=SharedList([step.to_json() for step in self.steps]),
            )
            object.__setattr__(self, "_written", written)
            return written
        return self._written


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionResult:
    """One provision on one element; `steps` is why, pruned to what decided it."""

    id: str
    citation: Citation
    title: Text
    paraphrase: Text
    outcome: Outcome
    governed: Truth
    mark: str
    defeated_by: tuple[str, ...] = ()
    reading: Text | None = None
    because: Step | None = field(default=None, compare=False)
    _written: SharedDict | None = field(default=None, init=False, repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Written once: the result is that of every matter with the same facts."""
        if self._written is None:
            written = SharedDict(
                id=self.id,
                title=_text(self.title),
                paraphrase=_text(self.paraphrase),
                outcome=self.outcome,
                governed=self.governed,
                mark=self.mark,
                defeated_by=SharedList(self.defeated_by),
                reading=None if self.reading is None else _text(self.reading),
                because=None if self.because is None else self.because.to_json(),
            )
            object.__setattr__(self, "_written", written)
            return written
        return self._written


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A duty that is owed here, and how it stands.

    due: of a pending one, the last day on which it may be fulfilled; None otherwise.
    """

    provision: str
    title: Text
    state: DutyState
    due: date | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "provision": self.provision,
            "title": _text(self.title),
            "state": self.state,
            "due": None if self.due is None else self.due.isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A flag: an ambiguity of the law, a contradiction in the facts, a limit of the book."""

    id: str
    says: Text
    under: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "says": _text(self.says), "under": list(self.under)}


def _nothing_more(name: str) -> Mapping[str, Any]:
    raise AttributeError(f"a decision without {name!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementDecision:
    """What the book says of one use or event.

    What explains it may be worked out when it is first read (`later`): it is the same then.

    governed: False means the book does not govern it; then no rule of the book is broken.
    missing: facts whose knowledge could change the status; hangs_on: judgements it rests on.
    because: the steps that decided it; for `undetermined`, those that kept it open.
    """

    element: str
    level: str
    governed: Truth
    status: Status
    breached: tuple[ProvisionResult, ...]
    satisfied: tuple[ProvisionResult, ...]
    defeated: tuple[ProvisionResult, ...]
    undetermined: tuple[ProvisionResult, ...]
    duties: tuple[Duty, ...]
    hangs_on: tuple[str, ...]
    missing: tuple[str, ...]
    flags: tuple[Notice, ...]
    because: Step
    not_governed_by: tuple[str, ...]
    mark: str
    issues: tuple[str, ...] | None = None
    asked: tuple[str, ...] = ()
    voices: tuple[tuple[str, Status], ...] = ()
    differ_on: tuple[str, ...] = ()
    _rest: Callable[[str], Mapping[str, Any]] = field(
        default=_nothing_more, repr=False, compare=False, init=False
    )

    @classmethod
    def later(
        cls, known: Mapping[str, Any], rest: Callable[[str], Mapping[str, Any]]
    ) -> ElementDecision:
        """A decision of which only some fields are worked out yet.

        rest: given a field, that field and others that were worked out with it.
        """
        made = object.__new__(cls)
        for name, value in known.items():
            object.__setattr__(made, name, value)
        object.__setattr__(made, "_rest", rest)
        return made

    def __getattr__(self, name: str) -> Any:
        """Called for a field that has no value yet."""
        if name not in _LATE:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        for field_, value in self._rest(name).items():
            object.__setattr__(self, field_, value)
        return object.__getattribute__(self, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return _whole, ({name: getattr(self, name) for name in _FIELDS},)

    @property
    def result(self) -> str:
        """'lawful', 'unlawful', 'undetermined' or 'not_governed'."""
        return "not_governed" if self.governed is False else self.status.value

    def to_json(self) -> dict[str, Any]:
        return {
            "element": self.element,
            "level": self.level,
            "status": self.result,
            "governed": self.governed,
            "issues": None if self.issues is None else list(self.issues),
            "breached": [result.to_json() for result in self.breached],
            "satisfied": [result.to_json() for result in self.satisfied],
            "defeated": [result.to_json() for result in self.defeated],
            "undetermined": [result.to_json() for result in self.undetermined],
            "duties": [duty.to_json() for duty in self.duties],
            "hangs_on": list(self.hangs_on),
            "missing": list(self.missing),
            "flags": [flag.to_json() for flag in self.flags],
            "because": self.because.to_json(),
            "not_governed_by": list(self.not_governed_by),
            "weakest_mark": self.mark,
            "voices": {who: status.value for who, status in self.voices},
            "differ_on": list(self.differ_on),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDecision:
    """What the uses and events a claim rests on came to; whether it is won is for a court.

    status: unlawful if one of them is, lawful if all are (then nothing carries the claim), else
    undetermined. rests_on: each with its status; not_asked: those on which nothing was decided.
    """

    claim: str
    against: tuple[str, ...]
    status: Status
    rests_on: tuple[tuple[str, Status], ...]
    not_asked: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "claim": self.claim,
            "against": list(self.against),
            "status": self.status.value,
            "rests_on": {id_: status.value for id_, status in self.rests_on},
            "not_asked": list(self.not_asked),
        }


_FIELDS = tuple(field_.name for field_ in fields(ElementDecision) if field_.init)
_LATE = frozenset(_FIELDS)


def _whole(values: dict[str, Any]) -> ElementDecision:
    return ElementDecision(**values)


_WORST = (Status.UNLAWFUL, Status.UNDETERMINED, Status.LAWFUL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One matter under one book, on what was known as of a day.

    acted_on: the day whose law was applied; None: the law could not be picked.
    missing: what a matter without any use or event needs to say first.
    """

    book: str
    book_hash: str
    as_of: date
    acted_on: date | None
    elements: tuple[ElementDecision, ...]
    missing: tuple[str, ...] = ()
    flags: tuple[Notice, ...] = ()
    coded: int = 0
    in_sheets: int = 0
    matter: str | None = None
    claims: tuple[ClaimDecision, ...] = ()

    @property
    def status(self) -> Status:
        """The worst over all elements; undetermined where nothing was asked."""
        statuses = {element.status for element in self.elements} or {Status.UNDETERMINED}
        return next(status for status in _WORST if status in statuses)

    def element(self, id_: str) -> ElementDecision:
        """The decision on one element, such as 'u1'."""
        return next(element for element in self.elements if element.element == id_)

    @property
    def mark(self) -> str:
        """The weakest mark any element rests on."""
        order = ("none", "read", "coded", "reviewed")
        marks = [element.mark for element in self.elements]
        return min(marks, key=order.index) if marks else "none"

    def to_json(self) -> dict[str, Any]:
        return {
            "format": "decision/v1",
            "matter": self.matter,
            "book": self.book,
            "book_sha256": self.book_hash,
            "as_of": self.as_of.isoformat(),
            "acted_on": None if self.acted_on is None else self.acted_on.isoformat(),
            "status": self.status.value,
            "elements": [element.to_json() for element in self.elements],
            "claims": [claim.to_json() for claim in self.claims],
            "missing": list(self.missing),
            "flags": [flag.to_json() for flag in self.flags],
            "weakest_mark": self.mark,
            "provisions_coded": self.coded,
            "provisions_in_the_sheets": self.in_sheets,
        }
