"""The controller's side of the private check: commit to a key, publish the set, answer.

The order keeps the controller from choosing a key or a set per person:

1. the key's commitment is in the log before any output is computed from the list;
2. the set's digest is in the log before the set is written;
3. the folder appears, with a bundle that proves both entries to anybody, offline.

The list is the controller's own list of persons affected. A dump that somebody else published is
not one: to make a set of it would spread the leak.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from habeas.errors import BadInput
from habeas.ledger.cbor import encode
from habeas.ledger.files import write_file
from habeas.procedures.bundle_of import bundle_of
from habeas.procedures.folder import appearing, check_free
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.remedy_writes import FOLDER_FILE, FOLDERS, REMEDY_RECORDS
from habeas.procedures.sequence import payload_of, sequence
from habeas.procedures.transaction import committing
from habeas.records import models
from habeas.records.home import Home
from habeas.relief.exposure import ExposureKey, Kind, Publication, key_commitment

KEY, SET = "exposure.key", "exposure.set"
SET_FORMAT = "habeas/exposure-set/v1"
QUESTION_FORMAT = "habeas/exposure-question/v1"
ANSWER_FORMAT = "habeas/exposure-answer/v1"
SET_FILE, BUNDLE_FILE = "set.cbor", "exposure.bundle"
KINDS: tuple[Kind, ...] = get_args(Kind)
_LEAK = re.compile(r"[0-9a-z][0-9a-z_\-.]{0,47}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What stands in the folder. identifiers: how many were read; members: distinct ones."""

    leak: str
    kind: Kind
    commitment: str
    set_digest: str
    identifiers: int
    members: int


def publish_exposure(
    home: Home,
    identifiers: Iterable[str],
    out: Path,
    *,
    leak: str,
    kind: Kind,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> Published:
    """Publish the set for one leak; the same leak again keeps its key and adds a set."""
    home.must_be("controller")
    check_leak(leak)
    check_free(out)
    key = exposure_key(home, leak)
    commitment = key_commitment(key.public_key)
    # 1. The key: in the log before anything is computed with it.
    about = {"leak": leak, "kind": kind, "commitment": commitment, "public_key": key.public_key}
    first = _once(home, KEY, about, now=now)
    counted = _Counted(identifiers)
    publication = key.publish(counted, kind=kind, progress=progress)
    if not publication.count:
        raise BadInput("the list holds nobody", remedy="give the list of persons affected")
    # 2. The set: in the log before anybody can fetch it.
    digest = publication.digest
    second = _once(home, SET, {"leak": leak, "kind": kind, "digest": digest}, now=now)
    bundle = bundle_of(home, [first, second], now=now)
    # 3. The hand-out.
    with appearing(out, step=FOLDERS["exposure"]) as beside:
        write_file(beside / SET_FILE, set_bytes(publication), step=FOLDER_FILE)
        write_file(beside / BUNDLE_FILE, bundle, step=FOLDER_FILE)
    return Published(
        leak=leak,
        kind=kind,
        commitment=commitment,
        set_digest=digest,
        identifiers=counted.count,
        members=publication.count,
    )


class _Counted:
    """Counts what it hands on."""

    def __init__(self, items: Iterable[str]) -> None:
        self._items = items
        self.count = 0

    def __iter__(self) -> Any:
        for item in self._items:
            self.count += 1
            yield item


def check_leak(leak: str) -> None:
    if not _LEAK.fullmatch(leak):
        raise BadInput(
            "a leak's id has 1 to 48 small letters, digits, dots or dashes",
            remedy="name it with --leak; no person's name in it, it is public",
        )


def exposure_key(home: Home, leak: str) -> ExposureKey:
    """The key of one leak, made from the home's secret: a crash can't lose it, a second leak
    never gets the same.
    """
    seed = hmac.digest(home.keys.mark, b"habeas exposure key/v1\0" + leak.encode(), "sha256")
    return ExposureKey(seed, leak=leak)


def _once(home: Home, kind: str, payload: dict[str, Any], *, now: datetime) -> models.Entry:
    """The entry that says this; logged now unless it was before."""
    sequence(home, now=now)
    for entry in models.Entry.objects.using(home.alias).filter(kind=kind).order_by("pk"):
        if payload_of(home, entry) == payload:
            return entry
    with committing(home, REMEDY_RECORDS["exposure"]):
        made = add_entry(home, Happening(kind=kind, payload=payload), now=now)
    sequence(home, now=now)
    made.refresh_from_db(using=home.alias)
    return made


def set_bytes(publication: Publication) -> bytes:
    """The set as one file of canonical CBOR."""
    return encode(
        {
            "format": SET_FORMAT,
            "leak": publication.leak,
            "kind": publication.kind,
            "public_key": publication.public_key,
            "outputs": publication.outputs,
        }
    )


def answer_question(home: Home, question: Path) -> dict[str, str]:
    """Answer one blinded question with the key of its leak; who asks and what stays unknown.

    Nothing is recorded: an entry for each question would be a list of those who ask.
    """
    home.must_be("controller")
    asked = read_message(question, QUESTION_FORMAT, ("leak", "kind", "blinded"))
    leak = asked["leak"]
    check_leak(leak)
    if leak not in published_leaks(home):
        raise BadInput("no set was published for this leak", remedy="see the leak's id")
    evaluated = exposure_key(home, leak).evaluate(unbase64(asked["blinded"], question))
    return {
        "format": ANSWER_FORMAT,
        "leak": leak,
        "kind": asked["kind"],
        "evaluated": base64.b64encode(evaluated).decode(),
    }


def published_leaks(home: Home) -> frozenset[str]:
    rows = models.Entry.objects.using(home.alias).filter(kind=KEY)
    return frozenset(payload_of(home, entry)["leak"] for entry in rows)


def read_message(path: Path, wanted: str, fields: tuple[str, ...]) -> dict[str, str]:
    """A question or an answer; BadInput unless it has exactly these fields, as text."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput("there is no such file", file=path.name) from error
    except (ValueError, RecursionError) as error:
        raise BadInput("is not JSON", file=path.name) from error
    if not isinstance(found, dict) or set(found) != {"format", *fields}:
        raise BadInput(f"is not in the format {wanted}", file=path.name)
    if found["format"] != wanted or not all(isinstance(found[name], str) for name in fields):
        raise BadInput(f"is not in the format {wanted}", file=path.name)
    return found


def unbase64(text: str, path: Path) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput("a value is not base64", file=path.name) from error
