"""Claims salted one by one: of one entry, show this and not that (`specs/disclosure-v1.md`).

The payload holds only a digest of each claim; who holds salt, name and value of one can show that
one. The idea is that of SD-JWT (RFC 9901); the encoding is the log's own CBOR.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Self

from habeas.errors import BadInput, NotVerified
from habeas.ledger.cbor import decode, encode
from habeas.ledger.commitment import SALT_SIZE

FORMAT = "habeas/claims/v1"
KEY = "concealed"  # where the digests stand in a payload
SIZE_LIMIT = 32 * 1024 * 1024
_TAG = b"habeas/claim/v1\x00"
_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of an entry's payload, with the salt that hides it. index: of the entry in
    its log, None while it is not logged.
    """

    name: str
    value: Any = field(repr=False)
    salt: bytes = field(repr=False)
    index: int | None = None

    def __post_init__(self) -> None:
        if not self.name or len(self.name) > 200 or len(self.salt) != SALT_SIZE:
            raise BadInput("a claim needs a name and a salt of 32 bytes")

    @property
    def digest(self) -> str:
        """What stands in the payload for it: 64 hex digits."""
        return sha256(_TAG + encode([self.salt, self.name, self.value])).hexdigest()


def conceal(claims: Mapping[str, Any], *, decoys: int = 0) -> tuple[dict[str, Any], list[Claim]]:
    """What goes into a payload for these claims, and the claims with their salts.

    decoys: digests of nothing, so that how many claims there are isn't told. Digests are sorted:
    their order says nothing.
    """
    made = [Claim(name=n, value=v, salt=secrets.token_bytes(SALT_SIZE)) for n, v in claims.items()]
    digests = [each.digest for each in made] + [secrets.token_hex(32) for _ in range(decoys)]
    if len(digests) > _MOST:
        raise BadInput(f"an entry conceals at most {_MOST} claims")
    return {KEY: sorted(digests)}, made


def check_claims(payload: Mapping[str, Any], claims: Sequence[Claim]) -> dict[str, Any]:
    """Name -> value of claims that an entry's payload committed to; NotVerified if one is not
    among them, or two claims say different things under one name.
    """
    there = payload.get(KEY, [])
    if not isinstance(there, list):
        raise NotVerified("the entry's concealed claims are damaged")
    found: dict[str, Any] = {}
    for claim in claims:
        if claim.digest not in there:
            raise NotVerified("a claim is not what the entry committed to")
        if claim.name in found:
            raise NotVerified("two claims carry one name")
        found[claim.name] = claim.value
    return found


def write_claims(claims: Sequence[Claim]) -> bytes:
    """The claims as a file: all that a holder has, or the ones they choose to show."""
    stated = [{"index": c.index, "salt": c.salt, "name": c.name, "value": c.value} for c in claims]
    return encode({"format": FORMAT, "claims": stated})


def read_claims(data: bytes, *, file: str | None = None) -> tuple[Claim, ...]:
    """Read what `write_claims` wrote; BadInput for anything else."""
    if len(data) > SIZE_LIMIT:
        raise BadInput("is larger than a file of claims may be (32 MiB)", file=file)
    value = decode(data, file=file)
    if not isinstance(value, dict) or set(value) != {"format", "claims"}:
        raise BadInput(f"is no file of claims ({FORMAT})", file=file)
    if value["format"] != FORMAT or not isinstance(value["claims"], list):
        raise BadInput(f"is no file of claims ({FORMAT})", file=file)
    return tuple(_claim(each, file=file) for each in value["claims"])


def _claim(value: Any, *, file: str | None) -> Claim:
    if not isinstance(value, dict) or set(value) != {"index", "salt", "name", "value"}:
        raise BadInput("a claim doesn't have its four fields", file=file)
    index = value["index"]
    if index is not None and (type(index) is not int or index < 0):
        raise BadInput("a claim names no entry", file=file)
    if not isinstance(value["name"], str) or not isinstance(value["salt"], bytes):
        raise BadInput("a claim's name or salt is of another kind", file=file)
    return Claim(name=value["name"], value=value["value"], salt=value["salt"], index=index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """Claims shown with a bundle, by entry; each was committed to. Values are never printed."""

    by_entry: Mapping[int, Mapping[str, Any]] = field(repr=False)

    @classmethod
    def check(cls, claims: Sequence[Claim], payloads: Mapping[int, Mapping[str, Any]]) -> Self:
        """Compare claims with the opened payloads of a bundle that was verified."""
        found: dict[int, dict[str, Any]] = {}
        for index in sorted({claim.index for claim in claims if claim.index is not None}):
            if index not in payloads:
                raise NotVerified("a claim is about an entry that the bundle doesn't hold")
            mine = [claim for claim in claims if claim.index == index]
            found[index] = check_claims(payloads[index], mine)
        if any(claim.index is None for claim in claims):
            raise NotVerified("a claim names no entry of the log")
        return cls(by_entry=found)

    @property
    def names(self) -> list[str]:
        return sorted({name for each in self.by_entry.values() for name in each})
