"""Keys that sign a log and the texts that name them (C2SP signed-note)."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from habeas.errors import BadInput, NotVerified
from habeas.ledger.files import declare_step, write_file

KEY_FILE = declare_step(
    "key.file",
    lands="a private key, readable by its owner alone",
    crash="no key, or the key; nothing has been signed with it yet",
)


class KeyKind(IntEnum):
    """Signature types of signed-note that we check today; others are ignored in notes."""

    ED25519 = 0x01
    COSIGNATURE = 0x04
    ML_DSA_44 = 0x06  # a cosignature, too, that holds against a quantum computer

    @property
    def public_size(self) -> int:
        return 1312 if self is KeyKind.ML_DSA_44 else 32

    @property
    def signature_size(self) -> int:
        return 2420 if self is KeyKind.ML_DSA_44 else 64


def unbase64(text: str) -> bytes:
    """Decode standard base64, written in its one canonical way; ValueError otherwise."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key with its name, as a `vkey`: name+id+base64(type and key)."""

    name: str
    kind: KeyKind
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != self.kind.public_size:
            raise BadInput(f"a public key of this type has {self.kind.public_size} bytes")

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read a vkey; BadInput if it is damaged or of a type we can't check.

        >>> vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        >>> VerifierKey.parse(vkey).name
        'PeterNeumann'
        """
        remedy = "copy the whole line: name+8 hex digits+base64"
        try:
            name, key_id, blob = vkey.strip().split("+", 2)
            kind, public = KeyKind(unbase64(blob)[0]), unbase64(blob)[1:]
        except (ValueError, IndexError, binascii.Error) as error:
            says = "is not a verifier key of a type we can check"
            raise BadInput(says, place="vkey", remedy=remedy) from error
        found = cls(name=name, kind=kind, public=public)
        if found.key_id.hex() != key_id:
            raise BadInput("the id of the key doesn't fit it", place="vkey", remedy=remedy)
        return found

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        blob = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{blob}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the vkey in eight groups, for reading aloud or printing in a newspaper."""
        digest = sha256(self.vkey.encode()).hexdigest()
        return " ".join(digest[at : at + 8] for at in range(0, 64, 8))

    def verify(self, signed: bytes, signature: bytes) -> None:
        """Return quietly if `signature` is this key's over `signed`."""
        try:
            if self.kind is KeyKind.ML_DSA_44:
                MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, signed)
            else:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed)
        except UnsupportedAlgorithm as error:
            raise BadInput(
                "the library here can't check ML-DSA-44", remedy="update `cryptography`"
            ) from error
        except (InvalidSignature, ValueError) as error:
            raise NotVerified(f"the signature of {self.name} doesn't fit") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key; its secret is in no repr, no error and no log."""

    name: str
    kind: KeyKind = KeyKind.ED25519
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.seed) != 32:
            raise BadInput("a private key is a seed of 32 bytes")

    @classmethod
    def generate(cls, name: str, *, kind: KeyKind = KeyKind.ED25519) -> Self:
        """A new key; `name` should be the origin of the log it signs."""
        return cls(name=name, kind=kind, seed=secrets.token_bytes(32))

    @property
    def verifier(self) -> VerifierKey:
        public = self._private().public_key().public_bytes_raw()
        return VerifierKey(name=self.name, kind=self.kind, public=public)

    @property
    def vkey(self) -> str:
        return self.verifier.vkey

    def sign(self, data: bytes) -> bytes:
        """The plain signature of this key's type over `data`."""
        return self._private().sign(data)

    def _private(self) -> Ed25519PrivateKey | MLDSA44PrivateKey:
        if self.kind is not KeyKind.ML_DSA_44:
            return Ed25519PrivateKey.from_private_bytes(self.seed)
        try:
            return MLDSA44PrivateKey.from_seed_bytes(self.seed)
        except UnsupportedAlgorithm as error:
            raise BadInput(
                "the library here can't sign with ML-DSA-44", remedy="update `cryptography`"
            ) from error

    def to_bytes(self) -> bytes:
        """The one line of a private key's file."""
        blob = base64.b64encode(bytes([self.kind]) + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{blob}\n".encode()

    def to_file(self, path: str | Path) -> None:
        """Write the key, readable by its owner alone; never over another file."""
        if Path(path).exists():
            raise BadInput("a key is already there", file=path, remedy="keys are not overwritten")
        write_file(path, self.to_bytes(), mode=0o600, step=KEY_FILE)

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read a key written by `to_file`; refuses one that others on the machine can read."""
        return cls.from_bytes(read_secret(path), file=path)

    @classmethod
    def from_bytes(cls, data: bytes, *, file: str | Path | None = None) -> Self:
        """Read the line that `to_bytes` made; BadInput names `file`."""
        path = file
        text = data.decode(errors="replace").strip()
        try:
            private, word, name, key_id, blob = text.split("+", 4)
            secret = unbase64(blob)
            found = cls(name=name, kind=KeyKind(secret[0]), seed=secret[1:])
        except (ValueError, IndexError, binascii.Error) as error:
            raise BadInput("is not a private key of Habeas", file=path) from error
        if (private, word, key_id) != ("PRIVATE", "KEY", found.verifier.key_id.hex()):
            raise BadInput("is a damaged private key", file=path, remedy="restore it from a backup")
        return found


def read_secret(path: str | Path) -> bytes:
    """The bytes of a file that only its owner may read; BadInput if others may."""
    path = Path(path)
    try:
        if path.stat().st_mode & 0o077:
            raise BadInput("others can read this secret", file=path, remedy="run chmod 600 on it")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=path) from error


def check_name(name: str) -> None:
    """The name of a key: no spaces, no plus, no control characters."""
    if not name.isprintable() or not name or "+" in name or any(map(str.isspace, name)):
        raise BadInput(
            "the name of a key is empty or holds a space or a plus",
            place="key name",
            remedy="use the log's origin, such as 'platform.example/log'",
        )
