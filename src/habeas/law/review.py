"""A jurist's signature over one provision as coded: what was reviewed, and whether it still is.

A review signs the hash of everything the rule says: the paraphrase, the days in force, the
expressions, what it defeats, its reading and flags. Change a word and the review no longer
covers it: the mark falls back to *coded* until somebody reads again. Whose signature counts is
for the reader to say: keys are trusted by name, never by being in the file.
Format: specs/review-v1.md.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Self

from habeas.errors import BadInput, NotVerified
from habeas.law.book import LawBook
from habeas.law.provision import Marks, Provision
from habeas.law.summary import provision_as_json
from habeas.ledger.keys import SigningKey, VerifierKey, unbase64

FORMAT = "reviews/v1"
_CONTEXT = b"habeas review v1\n"
_STRINGS = ("book", "provision", "provision_sha256", "reviewer", "remark", "vkey", "signature")

Standing = Literal["holds", "outdated", "not_trusted", "forged", "unknown_provision"]
STANDINGS: tuple[Standing, ...] = (
    "holds",
    "outdated",
    "not_trusted",
    "forged",
    "unknown_provision",
)


def provision_hash(provision: Provision, book: LawBook) -> str:
    """SHA-256 (hex) over what a reviewer answers for; marks and the day asked about stay out."""
    whole = provision_as_json(provision, book, provision.from_)
    for moving in ("in_force", "marks", "defeated_by"):
        del whole[moving]
    whole["flags"] = [
        {"id": flag.id, "en": flag.says.en, "zh": flag.says.zh} for flag in provision.flags
    ]
    return sha256(_canonical(whole)).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One signed review. `remark` says what the reviewer wants a reader to know; may be empty."""

    book: str
    provision: str
    provision_sha256: str
    reviewer: str
    at: date
    remark: str
    vkey: str
    signature: str

    @property
    def signed(self) -> bytes:
        """The bytes under the signature: every field but the signature itself."""
        return _CONTEXT + _canonical({k: v for k, v in self.to_json().items() if k != "signature"})

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _STRINGS} | {"at": self.at.isoformat()}

    @classmethod
    def from_json(cls, raw: Any, *, file: Path | None, place: str) -> Self:
        """Read one review; BadInput names its place in the file."""
        if not isinstance(raw, Mapping) or set(raw) != {*_STRINGS, "at"}:
            raise BadInput("is not a review/v1 record", file=file, place=place)
        if not all(isinstance(raw[name], str) for name in (*_STRINGS, "at")):
            raise BadInput("every field of a review is a text", file=file, place=place)
        try:
            at = date.fromisoformat(raw["at"])
        except ValueError as error:
            raise BadInput("the day is not YYYY-MM-DD", file=file, place=f"{place}.at") from error
        return cls(**{name: raw[name] for name in _STRINGS}, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A review with what it is worth to this reader, under this book."""

    review: Review
    standing: Standing


def sign_review(
    provision: Provision,
    book: LawBook,
    *,
    key: SigningKey,
    reviewer: str,
    at: date,
    remark: str = "",
) -> Review:
    """A signature of `reviewer` over the provision as it is coded now."""
    if not reviewer.strip():
        raise BadInput("a review needs its reviewer's name", place="--as")
    unsigned = Review(
        book=book.id,
        provision=provision.id,
        provision_sha256=provision_hash(provision, book),
        reviewer=reviewer,
        at=at,
        remark=remark,
        vkey=key.vkey,
        signature="",
    )
    return replace(unsigned, signature=base64.b64encode(key.sign(unsigned.signed)).decode())


def check_reviews(
    reviews: Iterable[Review], book: LawBook, *, trusted: Sequence[str]
) -> tuple[Checked, ...]:
    """What each review of this book is worth; `trusted` are the vkeys the reader relies on."""
    known = frozenset(VerifierKey.parse(vkey).vkey for vkey in trusted)
    return tuple(
        Checked(review=review, standing=_standing(review, book, known))
        for review in reviews
        if review.book == book.id
    )


def reviewed_book(book: LawBook, checked: Iterable[Checked]) -> LawBook:
    """The book with the mark *reviewed* where a review holds; rules and hash stay the same."""
    held = {c.review.provision: c.review for c in checked if c.standing == "holds"}
    marked = {
        id_: replace(p, marks=_marked(p.marks, held[id_])) if id_ in held else p
        for id_, p in book.provisions.items()
    }
    return replace(book, provisions=marked)


def read_reviews(path: str | Path) -> tuple[Review, ...]:
    """Every review in a reviews/v1 file; an absent file is BadInput."""
    path = Path(path)
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadInput("there is no such file", file=path) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadInput("is not a JSON file", file=path) from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise BadInput(f"is not in the format {FORMAT}", file=path)
    found = raw.get("reviews")
    if not isinstance(found, list):
        raise BadInput("has no list of reviews", file=path, place="reviews")
    return tuple(
        Review.from_json(one, file=path, place=f"reviews[{n}]") for n, one in enumerate(found)
    )


def reviews_as_bytes(reviews: Sequence[Review]) -> bytes:
    """A reviews/v1 file, one review under another in the order given."""
    whole = {"format": FORMAT, "reviews": [review.to_json() for review in reviews]}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _standing(review: Review, book: LawBook, known: frozenset[str]) -> Standing:
    try:
        VerifierKey.parse(review.vkey).verify(review.signed, unbase64(review.signature))
    except (NotVerified, BadInput, ValueError):
        return "forged"
    if review.vkey not in known:
        return "not_trusted"
    provision = book.provisions.get(review.provision)
    if provision is None:
        return "unknown_provision"
    same = provision_hash(provision, book) == review.provision_sha256
    return "holds" if same else "outdated"


def _marked(marks: Marks, review: Review) -> Marks:
    return replace(marks, reviewed=review.at.isoformat())


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
