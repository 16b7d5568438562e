"""Making a home: everything is built beside its place and appears by one rename."""

from __future__ import annotations

import json
import secrets
import shutil
from contextlib import closing
from datetime import datetime
from pathlib import Path

from habeas.errors import BadInput
from habeas.ledger.files import landing, sync_folder, write_file
from habeas.ledger.keys import SigningKey
from habeas.ledger.log import Log
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import HOME_FILE, HOME_RECORDS, HOME_RENAME
from habeas.records import database
from habeas.records.home import FORMAT, KEY_BYTES, PARTIES, SEALING, SECRETS, Home, open_home
from habeas.rights.reading import nearest

_LONGEST_NAME = 200


def init_home(folder: Path, *, party: str, name: str, now: datetime) -> Home:
    """Make a home for one party and open it; nothing appears unless all of it does.

    name: how the party is called in its own log; for a person anything they like.
    """
    _check(folder, party=party, name=name)
    beside = folder.parent / f".{folder.name}.{secrets.token_hex(8)}.partial"
    try:
        beside.mkdir(mode=0o700)
    except OSError as error:
        raise BadInput(
            f"a folder can't be made here ({type(error).__name__})", file=folder.parent
        ) from error
    try:
        _build(beside, party=party, name=name, now=now)
        # The point of no return: before this line there is no home, after it there is all of it.
        with landing(HOME_RENAME):
            beside.rename(folder)
            sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return open_home(folder)


def _check(folder: Path, *, party: str, name: str) -> None:
    if party not in PARTIES:
        raise BadInput(f"{party!r} is not a party", remedy=nearest(party, PARTIES))
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadInput("a name is one line of 1 to 200 characters", remedy="give it with --name")
    if (folder / "home.json").exists():
        raise BadInput("there is a home here already", file=folder, remedy="choose another folder")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput("this is not an empty folder", file=folder, remedy="choose another folder")


def _build(folder: Path, *, party: str, name: str, now: datetime) -> None:
    # Random, so that two homes never share an origin; says nothing about whose it is.
    origin = f"habeas.invalid/home/{secrets.token_hex(16)}"
    key = SigningKey.generate(origin)
    (folder / "keys").mkdir(mode=0o700)
    (folder / "bases").mkdir(mode=0o700)
    key.to_file(folder / "keys" / "signing.key")
    for secret in (*SECRETS, SEALING):
        write_file(
            folder / "keys" / secret, secrets.token_bytes(KEY_BYTES), mode=0o600, step=HOME_FILE
        )
    about = {"format": FORMAT, "party": party, "name": name.strip(), "origin": origin}
    text = json.dumps({**about, "created": now.isoformat()}, ensure_ascii=False, indent=2)
    write_file(folder / "home.json", text.encode() + b"\n", mode=0o600, step=HOME_FILE)
    Log.create(folder / "log", origin=origin, key=key).close()
    database.create(folder)
    with closing(open_home(folder)) as home:
        with committing(home, HOME_RECORDS):
            add_entry(home, Happening(kind="home", payload={**about, "vkey": key.vkey}), now=now)
        sequence(home, now=now)
    sync_folder(folder)
