"""Keys at rest under a passphrase: a copy of the folder is then not a copy of the keys.

The passphrase is stretched with scrypt (RFC 7914); each key file is AES-256-GCM with its own name
as associated data, so that one file can't stand in for another. Where the passphrase comes from
is the door's business: see passphrase.py.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from habeas.errors import BadInput, NotVerified
from habeas.ledger.passphrase import lent

FORMAT = "habeas/key-lock/v1"
MAGIC = b"habeas/locked-key/v1\n"
LOCK_FILE = "lock.json"
# 32 MiB and about a tenth of a second: the interactive figure of RFC 7914's authors, doubled.
COST = 1 << 15
_MOST_COST = 1 << 20
_SALT, _NONCE = 16, 12
_SHORTEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLock:
    """The stretched passphrase of one home; in no repr, no error and no log."""

    salt: bytes
    cost: int = COST
    key: bytes = field(repr=False)

    @classmethod
    def make(cls, passphrase: bytes) -> Self:
        """A new lock. BadInput if the passphrase has under 8 bytes."""
        if len(passphrase) < _SHORTEST:
            raise BadInput(
                f"a passphrase has at least {_SHORTEST} bytes", remedy="choose several words"
            )
        salt = secrets.token_bytes(_SALT)
        return cls(salt=salt, cost=COST, key=_stretch(passphrase, salt, COST))

    @classmethod
    def of(cls, folder: Path) -> Self | None:
        """The lock of a folder of keys, opened with the passphrase; None if it has none."""
        path = folder / LOCK_FILE
        if not path.exists():
            return None
        provider = lent()
        if provider is None:
            raise BadInput(
                "the keys of this home are locked",
                file=path,
                remedy="name a file with the passphrase in HABEAS_PASSPHRASE_FILE, or a command "
                "that prints it in HABEAS_KEY_COMMAND",
            )
        return cls.from_text(path.read_text(encoding="utf-8"), provider(), file=path)

    @classmethod
    def from_text(cls, text: str, passphrase: bytes, *, file: Path) -> Self:
        """The lock that `to_bytes` described; BadInput if this is not its passphrase."""
        salt, cost, check = _about(text, file)
        lock = cls(salt=salt, cost=cost, key=_stretch(passphrase, salt, cost))
        try:
            lock.open(LOCK_FILE, check)
        except NotVerified:
            raise BadInput("this is not the passphrase", file=file) from None
        return lock

    def to_bytes(self) -> bytes:
        """What `of` reads: salt and cost, and a locked nothing to tell a wrong passphrase."""
        check = self.close(LOCK_FILE, b"")
        about = {"format": FORMAT, "kdf": "scrypt", "n": self.cost, "r": 8, "p": 1}
        return json.dumps({**about, "salt": self.salt.hex(), "check": check.hex()}).encode() + b"\n"

    def close(self, name: str, secret: bytes) -> bytes:
        """A key file's bytes, locked for the file of this name."""
        nonce = secrets.token_bytes(_NONCE)
        return MAGIC + nonce + AESGCM(self.key).encrypt(nonce, secret, name.encode())

    def open(self, name: str, data: bytes) -> bytes:
        """What was locked under this name; NotVerified if it was altered or is another file."""
        body = data.removeprefix(MAGIC)
        try:
            return AESGCM(self.key).decrypt(body[:_NONCE], body[_NONCE:], name.encode())
        except (InvalidTag, ValueError) as error:
            raise NotVerified(
                "a locked key was altered, or is another file's", file=name
            ) from error


def is_locked(data: bytes) -> bool:
    """Whether these are the bytes of a locked key file."""
    return data.startswith(MAGIC)


def _about(text: str, path: Path) -> tuple[bytes, int, bytes]:
    try:
        about = json.loads(text)
        right = about["format"] == FORMAT and about["kdf"] == "scrypt"
        salt, cost = bytes.fromhex(about["salt"]), about["n"]
        check = bytes.fromhex(about["check"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("the lock of the keys is damaged", file=path) from error
    if not right or type(cost) is not int or not COST <= cost <= _MOST_COST:
        raise BadInput("the lock of the keys is of another version", file=path)
    return salt, cost, check


def _stretch(passphrase: bytes, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase)
