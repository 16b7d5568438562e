"""The vault: payloads under keys that can be destroyed one person at a time.

    master of the epoch  wraps  a key for each subject  wraps  a key for each record

A record's ciphertext never changes. To erase a person is to destroy one wrapped key; to close
an epoch is to wrap the surviving subject keys under a new master and destroy the old one, so
that an old backup holds only keys wrapped under a master that is gone. When to rotate is not
decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from habeas.errors import BadInput, NotVerified, Refused
from habeas.ledger.files import declare_step, remove_files, write_file
from habeas.ledger.randomness import token

VERSION = b"\x01"
NONCE = 12
KEY = 32
WRAPPED = NONCE + KEY + 16

SUBJECT_KEY = declare_step(
    "vault.subject_key",
    lands="a subject's key, wrapped under the master of the epoch",
    crash="no key and no record under it, or the key; the record is not stored yet",
)
KEY_DESTROYED = declare_step(
    "vault.destroy",
    lands="the end of a wrapped key: what was sealed under it can't be opened",
    crash="the key is there or it is gone; destroying it again is no error",
)


class KeyStore(Protocol):
    """Where wrapped subject keys live, by epoch. Holds no key in the clear."""

    def get(self, epoch: str, subject: str) -> bytes | None: ...
    def put(self, epoch: str, subject: str, wrapped: bytes) -> None: ...
    def subjects(self, epoch: str) -> Iterator[str]: ...
    def destroy(self, epoch: str, subject: str) -> None: ...


class MemoryKeys:
    """Wrapped keys that end with the process: for tests and for opening a copy."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], bytes] = {}

    def get(self, epoch: str, subject: str) -> bytes | None:
        return self._keys.get((epoch, subject))

    def put(self, epoch: str, subject: str, wrapped: bytes) -> None:
        self._keys[epoch, subject] = wrapped

    def subjects(self, epoch: str) -> Iterator[str]:
        yield from [subject for at, subject in self._keys if at == epoch]

    def destroy(self, epoch: str, subject: str) -> None:
        self._keys.pop((epoch, subject), None)


class FolderKeys:
    """Wrapped keys as files: `<folder>/<epoch>/<two hex>/<subject>`, 0600."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)

    def _path(self, epoch: str, subject: str) -> Path:
        return self._folder / epoch / subject[:2] / subject

    def get(self, epoch: str, subject: str) -> bytes | None:
        try:
            return self._path(epoch, subject).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, epoch: str, subject: str, wrapped: bytes) -> None:
        write_file(self._path(epoch, subject), wrapped, mode=0o600, step=SUBJECT_KEY)

    def subjects(self, epoch: str) -> Iterator[str]:
        for path in sorted((self._folder / epoch).glob("??/*")):
            if not path.name.startswith("."):
                yield path.name

    def destroy(self, epoch: str, subject: str) -> None:
        path = self._path(epoch, subject)
        if path.exists():
            remove_files([path], step=KEY_DESTROYED)


class Vault:
    """Encrypts and decrypts records under one epoch's master.

    master: 32 bytes, the secret of the epoch. keys: where wrapped subject keys are kept.
    subject: random bytes that name a person in this home; None for what concerns nobody.
    """

    def __init__(self, master: bytes, *, keys: KeyStore) -> None:
        if len(master) != KEY:
            raise BadInput("a master key has 32 bytes", place="master key")
        self._master = AESGCM(master)
        self._keys = keys
        # A cache, emptied by destroy: each subject's key, and the cipher under it.
        self._subject_keys: dict[str, tuple[bytes, AESGCM]] = {}
        self.epoch = epoch_of(master)

    def encrypt(self, secret: bytes, subject: bytes | None, *, record: bytes = b"") -> bytes:
        """Seal bytes for a subject; `record` (its id) must be given again to open them."""
        name, fresh = _name_of(subject), token(KEY + 2 * NONCE)
        key, first, second = fresh[:KEY], fresh[KEY:-NONCE], fresh[-NONCE:]
        of_record = _context(b"record", name, record)
        wrapped = self._cipher(name).encrypt(first, key, of_record)
        body = AESGCM(key).encrypt(second, secret, _context(b"secret", name, record))
        return b"".join((VERSION, first, wrapped, second, body))

    def decrypt(self, sealed: bytes, subject: bytes | None, *, record: bytes = b"") -> bytes:
        """What was sealed. Refused if its key was destroyed, NotVerified if it was altered."""
        name = _name_of(subject)
        if not sealed:
            raise Refused("this record was erased; the log keeps what commits to it")
        if sealed[:1] != VERSION or len(sealed) < 1 + WRAPPED + NONCE:
            raise NotVerified("the stored record is damaged")
        stored = self._stored_key(name)
        if stored is None:
            raise Refused("no key opens this record any more: it was erased, or never kept here")
        wrapped, body = sealed[1 : 1 + WRAPPED], sealed[1 + WRAPPED :]
        key = _unlock(stored[1], wrapped, _context(b"record", name, record))
        return _unlock(AESGCM(key), body, _context(b"secret", name, record))

    def holds(self, subject: bytes | None) -> bool:
        """Whether records of this subject can still be opened."""
        return self._stored_key(_name_of(subject)) is not None

    def destroy(self, subject: bytes) -> None:
        """Destroy the subject's key: what was sealed for them stays, and nobody can open it."""
        name = _name_of(subject)
        self._subject_keys.pop(name, None)
        self._keys.destroy(self.epoch, name)

    def rotate(self, new_master: bytes) -> Self:
        """Wrap every surviving subject key under a new master; return the vault of that epoch.

        Until the caller has stored the new master and called `destroy_epoch` here, both
        open everything. Stopped half-way, it can be run again.
        """
        fresh = type(self)(new_master, keys=self._keys)
        for name in self._keys.subjects(self.epoch):
            stored = self._stored_key(name)
            if stored is not None:
                self._keys.put(fresh.epoch, name, fresh._wrap(name, stored[0]))  # noqa: SLF001
        return fresh

    def destroy_epoch(self) -> None:
        """Destroy every key wrapped under this master; the caller destroys the master."""
        self._subject_keys.clear()
        for name in self._keys.subjects(self.epoch):
            self._keys.destroy(self.epoch, name)

    def _cipher(self, name: str) -> AESGCM:
        """The cipher under a subject's key, which is made when there is none."""
        stored = self._stored_key(name)
        if stored is None:
            key = token(KEY)
            self._keys.put(self.epoch, name, self._wrap(name, key))
            stored = self._subject_keys[name] = key, AESGCM(key)
        return stored[1]

    def _stored_key(self, name: str) -> tuple[bytes, AESGCM] | None:
        if name not in self._subject_keys:
            wrapped = self._keys.get(self.epoch, name)
            if wrapped is None:
                return None
            key = _unlock(self._master, wrapped, _context(b"subject", name, self.epoch.encode()))
            self._subject_keys[name] = key, AESGCM(key)
        return self._subject_keys[name]

    def _wrap(self, name: str, key: bytes) -> bytes:
        nonce = token(NONCE)
        context = _context(b"subject", name, self.epoch.encode())
        return nonce + self._master.encrypt(nonce, key, context)


def epoch_of(master: bytes) -> str:
    """The public name of the epoch of a master: 16 hex digits, from which it can't be computed."""
    return sha256(b"habeas/epoch/v1\x00" + master).hexdigest()[:16]


def _name_of(subject: bytes | None) -> str:
    """The name a subject's key is filed under; 'nobody' has a key of its own."""
    tag = b"habeas/nobody/v1\x00" if subject is None else b"habeas/subject/v1\x00" + subject
    return sha256(tag).hexdigest()


def _context(what: bytes, name: str, record: bytes) -> bytes:
    return b"habeas/vault/v1\x00" + what + b"\x00" + name.encode() + b"\x00" + record


def _unlock(cipher: AESGCM, data: bytes, context: bytes) -> bytes:
    try:
        return cipher.decrypt(data[:NONCE], data[NONCE:], context)
    except (InvalidTag, ValueError) as error:
        raise NotVerified("the stored record was altered, or belongs to another key") from error
