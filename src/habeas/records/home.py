"""A home: the folder in which one party keeps its keys, its records and its log.

    home.json        who this is (format home/v1)
    keys/            0700: signing.key, mark.key, master.key, digest.key, sealing.key; 0600 each
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
from habeas.ledger.keys import SigningKey, read_secret
from habeas.ledger.log import Log
from habeas.ledger.vault import Vault
from habeas.records import database
from habeas.records.keystore import RecordKeys
from habeas.terms import Text

FORMAT = "home/v1"
KEY_BYTES = 32
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

    @property
    def bases(self) -> Path:
        return self.folder / "bases"

    def log(self) -> Log:
        """The log, to read."""
        return Log.open(self.folder / "log")

    def sequencer(self) -> Log:
        """The log, to append; keeps every other sequencer out until it is closed."""
        return Log.open(self.folder / "log", key=self.keys.signing)

    def vault(self, keys: RecordKeys | None = None) -> Vault:
        """The vault, fresh: what it remembers must not outlive a transaction that failed."""
        return Vault(self.keys.master, keys=keys or RecordKeys(self.alias))

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


def open_home(folder: Path) -> Home:
    """The home in a folder; BadInput says what is missing or too open."""
    about = _about(folder)
    keys = read_keys(folder / "keys", origin=about["origin"])
    if not (folder / database.FILE_NAME).is_file():
        raise BadInput("the home has no records", file=folder / database.FILE_NAME)
    alias = database.connect(folder)
    if database.is_behind(alias):
        database.migrate(alias)
    return Home(
        folder=folder,
        party=about["party"],
        name=about["name"],
        origin=about["origin"],
        created=datetime.fromisoformat(about["created"]),
        keys=keys,
        alias=alias,
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


def read_keys(folder: Path, *, origin: str) -> Keys:
    """The keys of a home; refuses files that others may read."""
    secrets = {name: _read_secret(folder / name) for name in SECRETS}
    signing = SigningKey.from_file(folder / "signing.key")
    if signing.name != origin:
        raise BadInput("the signing key is another home's", file=folder / "signing.key")
    return Keys(
        signing=signing,
        mark=secrets["mark.key"],
        master=secrets["master.key"],
        digest=secrets["digest.key"],
    )


def _read_secret(path: Path) -> bytes:
    secret = read_secret(path)
    if len(secret) != KEY_BYTES:
        raise BadInput(f"a key has {KEY_BYTES} bytes, this file {len(secret)}", file=path)
    return secret
