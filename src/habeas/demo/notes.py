"""Collection notes, written piece by piece, so that the place of each planted thing is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from habeas.demo import note_words as said
from habeas.demo.draws import Draws
from habeas.demo.numbers import luhn
from habeas.demo.truth import Planted
from habeas.demo.words import CARD_PREFIXES, MOBILE_PREFIXES, SURNAMES

COLUMN = "collection_note"
_SLOT = re.compile(r"\{([!=]?\w+)\}")
# A slot that is personal, and the kind of what fills it. Other slots are plain.
KINDS: dict[str, str] = {
    "illness": "health",
    "illness_en": "health",
    "treatment": "health",
    "pregnancy": "health",
    "injury": "health",
    "dismissal": "job_loss",
    "dismissal_en": "job_loss",
    "phone": "mobile_cn",
    "person": "person_name",
    "faith": "religion",
    "faith_en": "religion",
    "feast": "religion",
    "people": "ethnic_group",
    "id": "cn_resident_id",
    "card": "bank_card",
    "address": "postal_address",
    "plate": "plate_cn",
    "mail": "email",
    "income": "income",
}
# A slot that only looks like something.
DECOY_KINDS: Mapping[str, str] = {
    "!order": "order_no",
    "!ticket": "ticket",
    "!stamp": "time_stamp",
    "masked": "masked_mobile",
}
_LISTS: Mapping[str, Sequence[str]] = {
    "illness": said.ILLNESS,
    "illness_en": said.ILLNESS_EN,
    "treatment": said.TREATMENT,
    "pregnancy": said.PREGNANCY,
    "injury": said.INJURY,
    "dismissal": said.DISMISSAL,
    "dismissal_en": said.DISMISSAL_EN,
    "faith": said.FAITH,
    "faith_en": said.FAITH_EN,
    "feast": said.FEAST,
    "relation": said.RELATIVES,
}

_PHONE_MARKS = ("",) * 8 + ("-", " ")  # one in five is written in three parts

Own = Mapping[str, str | None]  # the row's own values that a note may repeat; None: it has none


@dataclass(slots=True)
class _Note:
    row: int
    parts: list[str] = field(default_factory=list)
    length: int = 0
    planted: list[Planted] = field(default_factory=list)
    decoys: list[Planted] = field(default_factory=list)

    def write(self, words: str, slot: str = "") -> None:
        end = self.length + len(words)
        health = {slot: "health"} if slot.startswith("=") else {}
        for kinds, found in ((KINDS | health, self.planted), (DECOY_KINDS, self.decoys)):
            if slot in kinds:
                found.append(
                    Planted(
                        row=self.row, column=COLUMN, kind=kinds[slot], start=self.length, end=end
                    )
                )
        self.parts.append(words)
        self.length = end


def write_notes(
    draws: Draws, rows: Sequence[int], own: Sequence[Own], day: date
) -> tuple[list[str], list[Planted], list[Planted]]:
    """A note for each of `rows`; what was planted in them; what only looks like it."""
    fill = _Fill(draws.stream("notes"), day)
    texts: list[str] = []
    planted: list[Planted] = []
    decoys: list[Planted] = []
    for row, mine in zip(rows, own, strict=True):
        note = _Note(row)
        for template in fill.sentences(mine):
            _say(note, template, fill, mine)
        texts.append("".join(note.parts))
        planted += note.planted
        decoys += note.decoys
    return texts, planted, decoys


def _say(note: _Note, template: str, fill: _Fill, mine: Own) -> None:
    if note.length:
        note.write(" " if template[0].isascii() and template[0] != "{" else "")
    for at, piece in enumerate(_SLOT.split(template)):
        if at % 2:
            note.write(fill.slot(piece, mine), piece)
        else:
            note.write(piece)


class _Fill:
    """Chooses sentences and fills their slots."""

    def __init__(self, rng: np.random.Generator, day: date) -> None:
        self._rng = rng
        self._day = day
        self._made: Mapping[str, Callable[[], str]] = {
            "count": lambda: str(self._int(2, 9)),
            "amount": lambda: f"{self._int(3, 90) * 100}",
            "income": lambda: f"{self._int(20, 150) * 100}",
            "date": lambda: f"{(day := self._near()).month}月{day.day}日",
            "time": lambda: f"{self._int(9, 20)}:{self._int(0, 59):02d}",
            "phone": lambda: self._phone(self._one(_PHONE_MARKS)),
            "masked": lambda: self._phone("****")[:7] + self._phone("")[-4:],
            "person": self._person,
            "card": self._card,
            "!order": lambda: f"62{self._near():%y%m%d}{self._int(0, 99_999_999_999):011d}",
            "!ticket": lambda: f"GD{self._near():%Y%m%d}{self._int(0, 9999):04d}",
            "!stamp": lambda: f"{self._int(1_740_000_000_000, 1_772_000_000_000)}",
        }

    def sentences(self, mine: Own) -> list[str]:
        """One or two plain sentences, and what chance adds before, between or behind."""
        chosen = list(dict.fromkeys(self._one(said.PLAIN) for _ in range(self._int(1, 2))))
        for kind, share in said.SHARES.items():
            if self._rng.random() < share:
                clause = self._one(said.CLAUSES[kind])
                if all(mine.get(slot, "") is not None for slot in _SLOT.findall(clause)):
                    chosen.insert(self._int(0, len(chosen)), clause)
        if self._rng.random() < said.DECOY_SHARE:
            chosen.append(self._one(said.DECOYS))
        return chosen

    def slot(self, name: str, mine: Own) -> str:
        if name.startswith("="):
            return name[1:]
        if name in _LISTS:
            return self._one(_LISTS[name])
        if name in self._made:
            return self._made[name]()
        return mine[name] or ""

    def _int(self, low: int, high: int) -> int:
        return int(self._rng.integers(low, high + 1))

    def _one(self, words: Sequence[str]) -> str:
        return words[self._int(0, len(words) - 1)]

    def _near(self) -> date:
        return self._day + timedelta(days=self._int(-40, 40))

    def _phone(self, mark: str) -> str:
        prefix = MOBILE_PREFIXES[self._int(0, len(MOBILE_PREFIXES) - 1)]
        return f"{prefix}{mark}{self._int(0, 9999):04d}{mark}{self._int(0, 9999):04d}"

    def _person(self) -> str:
        surname = SURNAMES[self._int(0, 40)][0]
        return surname + self._one("伟强磊军芳娜敏静") + self._one("华平林云")

    def _card(self) -> str:
        prefix = CARD_PREFIXES[19][self._int(0, 5)]
        return str(int(luhn(np.array([prefix * 10**12 + self._int(0, 10**12 - 1)]))[0]))
