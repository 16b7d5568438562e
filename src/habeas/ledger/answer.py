"""What the questions about a bundle share: the answer, and the check that failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from habeas.errors import BadInput, NotVerified
from habeas.terms import Text

Outcome = Literal["verified", "not_verified", "undetermined"]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question, its answer (None: it can't be known from this file), and why."""

    id: str
    question: Text
    ok: bool | None
    says: Text

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "question": {"en": self.question.en, "zh": self.question.zh},
            "ok": self.ok,
            "says": {"en": self.says.en, "zh": self.says.zh},
        }


QUESTIONS: dict[str, Text] = {
    "authentic": Text(en="Authentic?", zh="是否真实？"),
    "in_the_log": Text(en="In the log?", zh="是否已入日志？"),
    "witnessed": Text(en="Seen by which independent witness?", zh="由哪个独立见证方见证？"),
    "since": Text(en="Since when?", zh="自何时起？"),
    "complete": Text(en="Complete up to which counter?", zh="完整至第几号？"),
}


class WrongError(NotVerified):
    """A check failed; carries the sentence in both languages."""

    def __init__(self, says: Text) -> None:
        super().__init__(says.en)
        self.text = says


def or_wrong(check: Callable[[], _T], says: Text) -> _T:
    """The result of a check; if it fails, the sentence for it."""
    try:
        return check()
    except (BadInput, NotVerified) as error:
        raise WrongError(says) from error
