r"""The file of a backup: a head in clear, then an archive in chunks under a key of its own.

    habeas/backup/v1\n
    {"origin": …, "epoch": …, "made_at": …, "entries": …, "salt": …}\n
    chunks of at most 1 MiB + 16 bytes: AES-256-GCM under HKDF-SHA256(master, salt, info)

The nonce of a chunk is its number and whether it is the last one, and the head is associated data
of each: no chunk can be dropped, repeated, moved or taken from another backup (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from habeas.errors import BadInput, NotVerified

MAGIC = b"habeas/backup/v1\n"
KEYS_FORMAT = "habeas/backup-keys/v1"
CHUNK = 1 << 20
_TAG = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a backup says in clear: whose log, which epoch's master opens it, when it was made."""

    origin: str
    epoch: str
    made_at: datetime
    entries: int
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def __post_init__(self) -> None:
        if self.made_at.tzinfo is None:
            raise BadInput("the time of a backup is an aware time", place="made_at")

    def to_bytes(self) -> bytes:
        about: dict[str, Any] = {"origin": self.origin, "epoch": self.epoch}
        about |= {"made_at": self.made_at.isoformat(), "entries": self.entries}
        return MAGIC + json.dumps({**about, "salt": self.salt.hex()}).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes, *, file: str | None = None) -> tuple[Self, int]:
        """The head of a backup and where its chunks begin; BadInput for any other file."""
        end = data.find(b"\n", len(MAGIC), len(MAGIC) + 4096)
        if not data.startswith(MAGIC) or end < 0:
            raise BadInput("is not a backup of Habeas, or one of a later version", file=file)
        try:
            about = json.loads(data[len(MAGIC) : end])
            found = cls(
                origin=about["origin"],
                epoch=about["epoch"],
                made_at=datetime.fromisoformat(about["made_at"]),
                entries=about["entries"],
                salt=bytes.fromhex(about["salt"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("the head of the backup is damaged", file=file) from error
        return found, end + 1


def seal_backup(archive: bytes, *, master: bytes, header: Header) -> bytes:
    """The bytes of the backup of an archive."""
    head = header.to_bytes()
    cipher = _cipher(master, header)
    parts = [archive[at : at + CHUNK] for at in range(0, len(archive), CHUNK)] or [b""]
    sealed = (
        cipher.encrypt(_nonce(number, last=number == len(parts) - 1), part, head)
        for number, part in enumerate(parts)
    )
    return head + b"".join(sealed)


def open_backup(data: bytes, *, master: bytes, file: str | None = None) -> bytes:
    """The archive; NotVerified if a byte was altered, or chunks are missing or out of order."""
    header, start = Header.from_bytes(data, file=file)
    head, body = data[:start], memoryview(data)[start:]
    cipher, step = _cipher(master, header), CHUNK + _TAG
    count = max(1, -(-len(body) // step))
    try:
        return b"".join(
            cipher.decrypt(
                _nonce(number, last=number == count - 1),
                bytes(body[number * step : (number + 1) * step]),
                head,
            )
            for number in range(count)
        )
    except (InvalidTag, ValueError) as error:
        raise NotVerified(
            "the backup was altered or cut off, or another key made it", file=file
        ) from error


def _cipher(master: bytes, header: Header) -> AESGCM:
    info = b"habeas/backup/v1"
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=header.salt, info=info).derive(master))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
