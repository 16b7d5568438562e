"""A person's side of the private check: ask without saying who, and read the answer at home."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from habeas.errors import BadInput, NotVerified
from habeas.ledger.answer import Outcome
from habeas.ledger.bundle import Verification, verify_bundle
from habeas.ledger.cbor import decode, encode
from habeas.ledger.commitment import Leaf
from habeas.ledger.files import remove_files, write_file
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.publish_exposure import (
    ANSWER_FORMAT,
    BUNDLE_FILE,
    KEY,
    KINDS,
    QUESTION_FORMAT,
    SET,
    SET_FILE,
    SET_FORMAT,
    check_leak,
    read_message,
    unbase64,
)
from habeas.procedures.remedy_writes import QUESTION, QUESTION_END, REMEDY_RECORDS
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records.home import Home
from habeas.relief.exposure import Kind, Publication
from habeas.relief.question import new_question, question_from_map, question_to_map

CHECKED = "exposure.checked"
LARGEST_SET = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSet:
    """A published set that agrees with the entries of its bundle. bundle: what that is worth."""

    publication: Publication
    commitment: str
    bundle: Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedExposure:
    """Whether the identifier is in the set. outcome: what the proof of key and set is worth."""

    leak: str
    kind: Kind
    in_it: bool
    outcome: Outcome


def ask(home: Home, identifier: str, *, leak: str, kind: Kind) -> dict[str, str]:
    """A question about an identifier. What unblinds its answer stays here, encrypted."""
    home.must_be("person")
    check_leak(leak)
    question = new_question(kind, identifier, leak=leak)
    name = _state_name(home, leak, kind)
    state = home.vault().encrypt(encode(question_to_map(question)), None, record=name.encode())
    folder = _states(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    write_file(folder / name, state, mode=0o600, step=QUESTION)
    return {
        "format": QUESTION_FORMAT,
        "leak": leak,
        "kind": kind,
        "blinded": base64.b64encode(question.blinded).decode(),
    }


def _states(home: Home) -> Path:
    return home.folder / "questions"


def _state_name(home: Home, leak: str, kind: str) -> str:
    """One open question for each leak and kind: asking again replaces it."""
    return hmac.digest(home.keys.digest, f"question\0{leak}\0{kind}".encode(), "sha256").hex()


def check_exposure(
    home: Home, answer: Path, folder: Path, *, trusted: tuple[str, ...], now: datetime
) -> CheckedExposure:
    """Whether the person is in the set, after proof that key and set are the committed ones.

    Raises NotVerified if the answer was made with another key, if key or set are not those of
    the log, or if the bundle does not hold. The result is recorded; the identifier is not.
    """
    home.must_be("person")
    read = read_message(answer, ANSWER_FORMAT, ("leak", "kind", "evaluated"))
    found = read_set(folder, trusted=trusted)
    path, question = _kept(home, read)
    in_it = question.answer(
        unbase64(read["evaluated"], answer), found.publication, commitment=found.commitment
    )
    about = found.publication
    payload = {
        "leak": about.leak,
        "kind": about.kind,
        "in_it": in_it,
        "set": about.digest,
        "commitment": found.commitment,
        "vkey": found.bundle.bundle.vkey,
        "bundle": found.bundle.outcome,
    }
    with committing(home, REMEDY_RECORDS["exposure"]):
        add_entry(home, Happening(kind=CHECKED, payload=payload), now=now)
    sequence(home, now=now)
    remove_files([path], step=QUESTION_END)
    return CheckedExposure(
        leak=about.leak, kind=about.kind, in_it=in_it, outcome=found.bundle.outcome
    )


def _kept(home: Home, read: Mapping[str, str]) -> tuple[Path, Any]:
    name = _state_name(home, read["leak"], read["kind"])
    path = _states(home) / name
    if not path.is_file():
        raise BadInput(
            "no question of this home waits for this answer",
            remedy="ask first, with `habeas exposure ask`",
        )
    state = home.vault().decrypt(path.read_bytes(), None, record=name.encode())
    return path, question_from_map(decode(state))


def read_set(folder: Path, *, trusted: tuple[str, ...]) -> ReadSet:
    """A published set with its proof; NotVerified where they don't belong together."""
    publication = _publication(folder / SET_FILE)
    found = verify_bundle(folder / BUNDLE_FILE, trusted=trusted)
    if found.outcome == "not_verified":
        says = "the bundle does not hold" if found.wrong is None else found.wrong.en
        raise NotVerified(says, file=BUNDLE_FILE)
    entries = {Leaf.parse(item.leaf).kind: decode(item.payload) for item in found.bundle.items}
    key, chosen = entries.get(KEY), entries.get(SET)
    if not isinstance(key, dict) or not isinstance(chosen, dict):
        raise NotVerified("the bundle doesn't hold the entries of a key and its set")
    about = {"leak": publication.leak, "kind": publication.kind}
    if {name: key.get(name) for name in about} != about or chosen != {
        **about,
        "digest": publication.digest,
    }:
        raise NotVerified("the set is not the one the log announces", file=SET_FILE)
    return ReadSet(publication=publication, commitment=str(key.get("commitment")), bundle=found)


def _publication(path: Path) -> Publication:
    try:
        if path.stat().st_size > LARGEST_SET:
            raise BadInput("is larger than a set may be", file=path.name)
        value = decode(path.read_bytes())
    except OSError as error:
        raise BadInput("there is no such file", file=path.name) from error
    fields = {"format": str, "leak": str, "kind": str, "public_key": bytes, "outputs": bytes}
    if not isinstance(value, dict) or set(value) != set(fields):
        raise BadInput("is not a published set", file=path.name)
    if value.pop("format") != SET_FORMAT or value["kind"] not in KINDS:
        raise BadInput(f"is not in the format {SET_FORMAT}", file=path.name)
    if not all(type(value[name]) is fields[name] for name in value):
        raise BadInput("is not a published set", file=path.name)
    return Publication(**value)


def set_summary(folder: Path, *, trusted: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a set is of, for whoever wants to ask: leak, kind, digest of the key."""
    found = read_set(folder, trusted=trusted)
    return {
        "leak": found.publication.leak,
        "kind": found.publication.kind,
        "key": sha256(found.publication.public_key).hexdigest(),
    }
