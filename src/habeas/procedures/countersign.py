"""A recipient signs for what it got, and the controller records the signature; both log it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from habeas.errors import BadInput, NotVerified
from habeas.ledger.commitment import open_sealed
from habeas.ledger.keys import VerifierKey
from habeas.ledger.receipt import Receipt
from habeas.procedures.digest import digest_of
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import RECORDS
from habeas.records import models
from habeas.records.home import Home

FORMAT = "countersignature/v1"
# What a signature means stands in what is signed: no other signature of the key can be taken
# for this one.
_CONTEXT = b"habeas countersignature/v1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A manifest file that was checked: digest, entry and receipt belong together."""

    release: str
    recipient: str
    digest: str


def read_manifest(path: Path) -> Manifest:
    """A manifest file, checked against its own entry and receipt; NotVerified names what fails."""
    document = _read_json(path, "release-manifest-file/v1")
    manifest = document["manifest"]
    if digest_of(manifest) != document["sha256"]:
        raise NotVerified("the manifest is not the one its digest names", file=path)
    entry = {key: base64.b64decode(value) for key, value in document["entry"].items()}
    sealed = open_sealed(entry["leaf"], entry["salt"], entry["payload"])
    if sealed.get("digest") != document["sha256"]:
        raise NotVerified("the entry in the log is of another manifest", file=path)
    receipt = Receipt.from_json(document["receipt"])
    receipt.verify(entry["leaf"], VerifierKey.parse(document["vkey"]))
    return Manifest(
        release=manifest["release"], recipient=manifest["recipient"], digest=document["sha256"]
    )


def _read_json(path: Path, wanted: str) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput("there is no such file", file=path) from None
    except (OSError, ValueError) as error:
        raise BadInput(f"this is not JSON ({type(error).__name__})", file=path) from error
    if not isinstance(document, dict) or document.get("format") != wanted:
        raise BadInput(f"this is not a file in format {wanted}", file=path)
    return document


def sign_for(home: Home, manifest_file: Path, *, now: datetime) -> dict[str, Any]:
    """Sign for a release in the recipient's home; the result is a file for the controller."""
    manifest = read_manifest(manifest_file)
    signature = base64.b64encode(home.keys.signing.sign(_signed(manifest.digest))).decode()
    document = {
        "format": FORMAT,
        "release": manifest.release,
        "manifest": manifest.digest,
        "signer": home.name,
        "vkey": home.keys.signing.vkey,
        "signature": signature,
        "at": now.isoformat(),
    }
    _record(home, document, release=None, now=now)
    return document


def record_countersignature(
    home: Home, file: Path, *, now: datetime, key: str | None = None
) -> models.Countersignature:
    """Record a recipient's signature in the controller's home; NotVerified if it doesn't match.

    key: the verifier key that the recipient told us by another way; without it the key in the
         file is taken at its word.
    """
    home.must_be("controller")
    document = _read_json(file, FORMAT)
    release = (
        models.Release.objects.using(home.alias).filter(release_id=document["release"]).first()
    )
    if release is None:
        raise NotVerified("this home made no such release", file=file)
    if release.manifest_digest != document["manifest"]:
        raise NotVerified("the signature is under another manifest", file=file)
    if key is not None and key != document["vkey"]:
        raise NotVerified("the signature is by another key than the one given", file=file)
    _verify(document, file)
    return _record(home, document, release=release, now=now)


def _verify(document: Mapping[str, Any], file: Path) -> None:
    try:
        signature = base64.b64decode(document["signature"], validate=True)
    except ValueError:
        raise NotVerified("the signature is not base64", file=file) from None
    VerifierKey.parse(document["vkey"]).verify(_signed(document["manifest"]), signature)


def _signed(digest: str) -> bytes:
    return _CONTEXT + digest.encode()


def _record(
    home: Home, document: Mapping[str, Any], *, release: models.Release | None, now: datetime
) -> models.Countersignature:
    with committing(home, RECORDS["countersign"]):
        rows = models.Countersignature.objects.using(home.alias)
        there = rows.filter(signature=document["signature"]).first()
        if there is not None:
            return there
        entry = add_entry(home, Happening(kind="countersignature", payload=document), now=now)
        row = rows.create(
            release=release,
            release_name=document["release"],
            manifest_digest=document["manifest"],
            signer=document["signer"],
            vkey=document["vkey"],
            signature=document["signature"],
            at=now,
            entry=entry,
        )
    sequence(home, now=now)
    return row
