"""Entries: a public leaf that says nothing of whom, and the payload it commits to.

The format is `specs/ledger-entry-v1.md`. The leaf stays for good; whoever holds salt and payload
can open it, and once the salt is destroyed nobody can.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Self

import cbor2

from habeas.errors import BadInput, NotVerified
from habeas.ledger.cbor import decode, encode
from habeas.ledger.randomness import token
from habeas.ledger.tiles import ENTRY_LIMIT

TAG = b"habeas/commit/v1\x00"
SALT_SIZE = 32
ID_SIZE = 16
COARSE = 3600  # seconds: a leaf tells the hour and no more
# No payload begins with this byte: a map in CBOR begins with a0 to bf.
_WITH_CLAIMS = b"\x01"
_KIND = re.compile(r"[a-z][a-z0-9_.]{0,47}")
# A leaf as nearly all are: hours of this century, a type of at most 23 letters.
_PLAIN_LEAF = re.compile(
    rb"\xa5av\x01bidP(?P<id>.{16})dtime\x1a(?P<time>.{4})"
    rb"dtype(?:[\x61-\x77])(?P<type>[a-z][a-z0-9_.]{0,22})jcommitmentX (?P<commitment>.{32})",
    re.DOTALL,
)
_FIELDS = {"v", "type", "time", "id", "commitment"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What stands in the log, for everybody to read."""

    kind: str
    time: datetime
    record_id: bytes
    commitment: bytes

    @classmethod
    def parse(cls, leaf: bytes) -> Self:
        """Read a leaf; BadInput unless it is a version 1 entry in its canonical form."""
        return cls.of_fields(decode(leaf))

    @classmethod
    def parse_own(cls, leaf: bytes) -> Self:
        """Read a leaf made in this process: the fast decoder, the same checks."""
        plain = _PLAIN_LEAF.fullmatch(leaf)
        if plain is not None and _is_canonical(plain):
            return cls.of_fields(
                {
                    "v": 1,
                    "id": plain["id"],
                    "time": int.from_bytes(plain["time"]),
                    "type": plain["type"].decode(),
                    "commitment": plain["commitment"],
                }
            )
        try:
            value = cbor2.loads(leaf)
            canonical = cbor2.dumps(value, canonical=True) == leaf
        except (cbor2.CBORError, ValueError) as error:
            raise BadInput("the entry is not CBOR") from error
        if not canonical:
            raise BadInput("the entry is not canonical CBOR")
        return cls.of_fields(value)

    @classmethod
    def of_fields(cls, value: Any) -> Self:
        """The leaf with these fields; BadInput unless they are those of version 1."""
        fits = isinstance(value, dict) and set(value) == _FIELDS
        if not fits or type(value["v"]) is not int or value["v"] != 1:
            raise BadInput("the entry is not a version 1 entry", remedy="update Habeas")
        hour, kind, record_id, digest = (value[n] for n in ("time", "type", "id", "commitment"))
        if not isinstance(kind, str) or not _KIND.fullmatch(kind):
            raise BadInput("the entry has no proper type", place="type")
        if type(hour) is not int or hour % COARSE or not 0 <= hour < 1 << 37:
            raise BadInput("the entry has no whole hour", place="time")
        for place, found, size in (("id", record_id, ID_SIZE), ("commitment", digest, 32)):
            if not isinstance(found, bytes) or len(found) != size:
                raise BadInput(f"the entry needs {size} bytes", place=place)
        time = datetime.fromtimestamp(hour, UTC)
        return cls(kind=kind, time=time, record_id=record_id, commitment=digest)


def _is_canonical(plain: re.Match[bytes]) -> bool:
    """Whether the two lengths of a plain leaf are written as they must be."""
    long_enough: bool = plain["time"] > b"\x00\x00\xff\xff"
    return long_enough and plain.string[plain.start("type") - 1] == 0x60 + len(plain["type"])


def own_record_id(leaf: bytes) -> bytes:
    """The record id of an entry made in this process; BadInput where `Leaf.parse_own` says so."""
    plain = _PLAIN_LEAF.fullmatch(leaf)
    if plain is not None and _is_canonical(plain) and int.from_bytes(plain["time"]) % COARSE == 0:
        return plain["id"]
    return Leaf.parse_own(leaf).record_id


def record_id_in_log(leaf: bytes) -> bytes:
    """The record id of an entry that was checked when it was logged; nothing is checked again."""
    plain = _PLAIN_LEAF.fullmatch(leaf)
    if plain is not None:
        return plain["id"]
    try:
        found = cbor2.loads(leaf)["id"]
    except (cbor2.CBORError, ValueError, KeyError, TypeError) as error:
        raise NotVerified("the log holds an entry that is none") from error
    if not isinstance(found, bytes):
        raise NotVerified("the log holds an entry that is none")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An entry on its maker's side: the leaf goes to the log, salt and payload to the vault."""

    record_id: bytes
    leaf: bytes
    salt: bytes
    payload: bytes
    claims: bytes = b""

    @property
    def secret(self) -> bytes:
        """Salt, payload and the claims it conceals in one piece, as the vault keeps them."""
        if not self.claims:
            return self.salt + self.payload
        return self.salt + _WITH_CLAIMS + len(self.payload).to_bytes(4) + self.payload + self.claims

    @property
    def commitment(self) -> bytes:
        """What the person's next entry names as its previous one."""
        return commit(self.salt, self.payload)


def commit(salt: bytes, payload: bytes) -> bytes:
    """SHA-256 over a tag, the salt and the payload: hides while the salt is secret, and binds."""
    if len(salt) != SALT_SIZE:
        raise NotVerified("a salt has 32 bytes")
    return sha256(TAG + salt + payload).digest()


def seal(
    payload: Mapping[str, Any],
    *,
    kind: str,
    now: datetime,
    record_id: bytes | None = None,
    claims: bytes = b"",
) -> Sealed:
    """Commit to a payload: plain values only (see `ledger.cbor`), times as ISO text.

    kind: the type of act, public, such as 'choice.given'. now: aware; the leaf keeps its hour.
    record_id: 16 random bytes; the same id is logged once, whatever crashes in between.
    claims: what opens the claims that the payload conceals; kept beside it, not committed to.
    """
    if now.tzinfo is None:
        raise ValueError("a time needs its zone")
    fresh, body = token(SALT_SIZE + ID_SIZE), encode(payload)
    salt, record_id = fresh[:SALT_SIZE], fresh[SALT_SIZE:] if record_id is None else record_id
    hour = int(now.timestamp()) // COARSE * COARSE
    leaf = _leaf(record_id, hour, kind, commit(salt, body))
    return Sealed(record_id=record_id, leaf=leaf, salt=salt, payload=body, claims=claims)


def _leaf(record_id: bytes, hour: int, kind: str, commitment: bytes) -> bytes:
    """The canonical bytes of a leaf; BadInput unless it is one."""
    fields = {"v": 1, "type": kind, "time": hour, "id": record_id, "commitment": commitment}
    plain = len(kind) < 24 and _KIND.fullmatch(kind) and len(record_id) == ID_SIZE
    if plain and hour % COARSE == 0 and 1 << 16 <= hour < 1 << 32:  # nearly all: written directly
        middle = b"dtime\x1a" + hour.to_bytes(4) + b"dtype" + bytes([0x60 + len(kind)])
        head, tail = b"\xa5av\x01bidP" + record_id, b"jcommitmentX " + commitment
        return head + middle + kind.encode() + tail
    Leaf.of_fields(fields)
    leaf = cbor2.dumps(fields, canonical=True)
    if len(leaf) > ENTRY_LIMIT:
        raise BadInput(f"an entry has at most {ENTRY_LIMIT} bytes")
    return leaf


def split_secret(secret: bytes) -> tuple[bytes, bytes]:
    """Salt and payload out of what `Sealed.secret` joined."""
    salt, rest = secret[:SALT_SIZE], secret[SALT_SIZE:]
    if not rest.startswith(_WITH_CLAIMS):
        return salt, rest
    end = 5 + int.from_bytes(rest[1:5])
    return salt, rest[5:end]


def claims_in(secret: bytes) -> bytes:
    """The concealed claims out of what `Sealed.secret` joined, empty if there are none."""
    rest = secret[SALT_SIZE:]
    return rest[5 + int.from_bytes(rest[1:5]) :] if rest.startswith(_WITH_CLAIMS) else b""


def open_sealed(leaf: bytes, salt: bytes, payload: bytes) -> Mapping[str, Any]:
    """The payload, if the leaf commits to it; NotVerified otherwise."""
    if not compare_digest(Leaf.parse(leaf).commitment, commit(salt, payload)):
        raise NotVerified("the content is not what the entry in the log commits to")
    value = decode(payload)
    if not isinstance(value, dict):
        raise NotVerified("the content of the entry is not a map")
    return value


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLink:
    """An entry's place among those of one person; inside the payload, never in the leaf."""

    counter: int
    previous: bytes | None

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self | None:
        """The link in a payload, None if the entry concerns nobody; NotVerified if broken."""
        if "person" not in payload:
            return None
        link = payload["person"]
        counter = link.get("counter") if isinstance(link, Mapping) else None
        previous = link.get("previous", "") if isinstance(link, Mapping) else ""
        if type(counter) is not int or counter < 1 or (previous is None) != (counter == 1):
            raise NotVerified("an entry's counter and its link to the previous one don't fit")
        if previous is not None and not _is_digest(previous):
            raise NotVerified("an entry's link to the previous one is not a digest")
        return cls(counter=counter, previous=bytes.fromhex(previous) if previous else None)

    def as_payload(self) -> dict[str, Any]:
        """What goes into `payload["person"]`."""
        previous = None if self.previous is None else self.previous.hex()
        return {"counter": self.counter, "previous": previous}
