"""A home: the folder in which one party keeps its keys, its records and its log.

    home.json        who this is (format home/v1)
    keys/            0700: signing.key, mark.key, master.key, digest.key, sealing.key; 0600 each;
                     after a rotation master.<epoch>.key and log.<key id>.key; lock.json if locked
    habeas.sqlite3   records: see models.py
    log/             the log
    bases/           encrypted bases and copies of releases

A home belongs to one party; a command of another party is refused.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from habeas.errors import BadInput
from habeas.ledger.files import Step, write_file
from habeas.ledger.key_lock import KeyLock, is_locked
from habeas.ledger.keys import SigningKey, VerifierKey, read_secret
from habeas.ledger.log import Log
from habeas.ledger.vault import Vault, epoch_of
from habeas.records import database
from habeas.records.custody import LogKey
from habeas.records.epochs import current_epoch, master_file
from habeas.records.keystore import RecordKeys
from habeas.terms import Text

FORMAT = "home/v1"
KEY_BYTES = 32
LOG_KEY_CHAIN = "keys.json"  # in the log's folder, for everybody
SECRETS = ("mark.key", "master.key", "digest.key")
# Opens what others seal for this home. Homes of before it get it when it is first needed.
SEALING = "sealing.key"
Party = Literal["controller", "person", "authority", "representative", "association", "legislator"]
PARTIES: tuple[Party, ...] = get_args(Party)
PARTY_NAMES: Mapping[str, Text] = {
    "controller": Text(en="personal information handler (controller)", zh="个人信息处理者"),
    "person": Text(en="individual", zh="个人（信息主体）"),
    "authority": Text(en="authority", zh="行政机关"),
    "representative": Text(en="representative", zh="代表人、代理人"),
    "association": Text(en="association", zh="行业组织、消费者组织"),
    "legislator": Text(en="legislator", zh="立法机关"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """signing signs the log; mark derives codes; master encrypts payloads; digest names persons.

    Never printed: a key in a traceback would be a key in a log file.
    """

    signing: SigningKey
    mark: bytes
    master: bytes
    digest: bytes

    def __repr__(self) -> str:
        return "Keys(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """An opened home. Holds no state of its own: two of the same folder see the same records."""

    folder: Path
    party: Party
    name: str
    origin: str
    created: datetime
    keys: Keys
    alias: str
    lock: KeyLock | None = None

    @property
    def bases(self) -> Path:
        return self.folder / "bases"

    def log(self) -> Log:
        """The log, to read."""
        return Log.open(self.folder / "log")

    def sequencer(self, *, ids_from: int = 0) -> Log:
        """The log, to append; keeps every other sequencer out until it is closed.

        ids_from: entries before this index have their receipt and are not appended again.
        """
        return Log.open(
            self.folder / "log",
            key=self.keys.signing,
            also=self.newest_log_key,
            ids_from=ids_from,
        )

    def newest_log_key(self) -> SigningKey | None:
        """The key that signs heads beside the first one; None before the first change."""
        row = LogKey.objects.using(self.alias).order_by("-pk").first()
        if row is None:
            return None
        name = log_key_file(VerifierKey.parse(row.vkey))
        return SigningKey.from_bytes(self.read_key(name), file=self.folder / "keys" / name)

    def vault(self, keys: RecordKeys | None = None) -> Vault:
        """The vault, fresh: what it remembers must not outlive a transaction that failed."""
        return Vault(self._master(), keys=keys or RecordKeys(self.alias))

    def _master(self) -> bytes:
        """The master in force now: another process may have begun an epoch since we opened."""
        epoch = current_epoch(self.alias)
        if epoch is None or epoch == epoch_of(self.keys.master):
            return self.keys.master
        return self.read_key(master_file(epoch))

    def read_key(self, name: str) -> bytes:
        """The bytes of a file of `keys/`, unlocked; BadInput if it is gone or too open."""
        return _read_key(self.folder / "keys" / name, self.lock)

    def write_key(self, name: str, secret: bytes, *, step: Step) -> None:
        """Write a file of `keys/`, locked if the home's keys are, readable by its owner alone."""
        data = secret if self.lock is None else self.lock.close(name, secret)
        write_file(self.folder / "keys" / name, data, mode=0o600, step=step)

    def digest_of(self, subject: str) -> bytes:
        """The keyed digest under which this home knows a person; useless in any other home."""
        return hmac.digest(self.keys.digest, subject.encode(), "sha256")

    def must_be(self, party: Party) -> None:
        if self.party != party:
            raise BadInput(
                f"this home belongs to a {self.party}, and the command to a {party}",
                file=self.folder.name,
                remedy=f"name a {party}'s home with --home or HABEAS_HOME",
            )

    def close(self) -> None:
        database.disconnect(self.alias)


def log_key_file(key: VerifierKey) -> str:
    """The file of a key of the log that was made by a change; the first is `signing.key`."""
    return f"log.{key.key_id.hex()}.key"


def open_home(folder: Path) -> Home:
    """The home in a folder; BadInput says what is missing or too open."""
    about = _about(folder)
    if not (folder / "keys").is_dir():
        raise BadInput("the home has no keys", file=folder / "keys")
    lock = KeyLock.of(folder / "keys")
    if not (folder / database.FILE_NAME).is_file():
        raise BadInput("the home has no records", file=folder / database.FILE_NAME)
    alias = database.connect(folder)
    try:
        if database.is_behind(alias):
            database.migrate(alias)
        keys = read_keys(folder / "keys", origin=about["origin"], lock=lock, alias=alias)
    except BaseException:
        database.disconnect(alias)
        raise
    return Home(
        folder=folder,
        party=about["party"],
        name=about["name"],
        origin=about["origin"],
        created=datetime.fromisoformat(about["created"]),
        keys=keys,
        alias=alias,
        lock=lock,
    )


def _about(folder: Path) -> Mapping[str, Any]:
    path = folder / "home.json"
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise BadInput(
            "there is no home here", file=folder, remedy="make one with `habeas init --as PARTY`"
        ) from None
    except (OSError, ValueError) as error:
        raise BadInput(f"this can't be read ({type(error).__name__})", file=path) from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise BadInput(f"this is not a home in format {FORMAT}", file=path)
    if about.get("party") not in PARTIES:
        raise BadInput("this party's home can't be opened by this version", file=path)
    return about


def read_keys(folder: Path, *, origin: str, lock: KeyLock | None, alias: str) -> Keys:
    """The keys of a home that are in force; refuses files that others may read."""
    signing_file = folder / "signing.key"
    signing = SigningKey.from_bytes(_read_key(signing_file, lock), file=signing_file)
    if signing.name != origin:
        raise BadInput("the signing key is another home's", file=signing_file)
    return Keys(
        signing=signing,
        mark=_read_secret(folder / "mark.key", lock),
        master=_read_secret(_master_path(folder, alias, lock), lock),
        digest=_read_secret(folder / "digest.key", lock),
    )


def _master_path(folder: Path, alias: str, lock: KeyLock | None) -> Path:
    """The file of the master in force: made by a rotation, or the first one."""
    epoch = current_epoch(alias)
    named = folder / (SECRETS[1] if epoch is None else master_file(epoch))
    if epoch is None or named.exists():
        return named
    first = folder / SECRETS[1]
    if first.exists() and epoch_of(_read_secret(first, lock)) == epoch:
        return first
    raise BadInput("the master key of the epoch in force is missing", file=named)


def _read_key(path: Path, lock: KeyLock | None) -> bytes:
    data = read_secret(path)
    if not is_locked(data):
        return data
    if lock is None:
        raise BadInput("this key is locked, and the home has no lock", file=path)
    return lock.open(path.name, data)


def _read_secret(path: Path, lock: KeyLock | None) -> bytes:
    secret = _read_key(path, lock)
    if len(secret) != KEY_BYTES:
        raise BadInput(f"a key has {KEY_BYTES} bytes, this file {len(secret)}", file=path)
    return secret
