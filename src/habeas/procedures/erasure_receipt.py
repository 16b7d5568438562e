"""The erasure receipt: what was erased, until when a backup could undo it, and what it doesn't say.

Format: specs/erasure-receipt-v1.md. The person keeps it with their bundle: the record ids in it are
those of their own entries, and only who holds the receipt can tie the entry in the log to them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any

from habeas.errors import BadInput, NotVerified
from habeas.ledger.commitment import Leaf, open_sealed
from habeas.ledger.files import write_file
from habeas.ledger.keys import VerifierKey, unbase64
from habeas.ledger.receipt import Receipt
from habeas.procedures.custody_writes import RECEIPT
from habeas.procedures.erase_person import Erased, tie_of
from habeas.procedures.sequence import opened, receipt_of
from habeas.records.home import Home
from habeas.terms import Text

FORMAT = "habeas/erasure-receipt/v1"
LIMITS = (
    Text(
        en="It covers what this home of Habeas held. It says nothing of the controller's other "
        "systems, nor of copies that were handed out before.",
        zh="本回执仅就本 Habeas 工作区所存内容而言，不涉及个人信息处理者的其他系统，"
        "也不涉及此前已经提供出去的副本。",
    ),
    Text(
        en="It is the controller's own word: nobody can prove that no key was copied. If what was "
        "erased turns up again, it can be compared with the log, and this receipt then proves "
        "that the word was broken.",
        zh="本回执是个人信息处理者自己的陈述：无法证明密钥从未被复制。如已删除的内容再次出现，"
        "可与存证日志比对，届时本回执即可证明其陈述不实。",
    ),
)


def erasure_receipt(home: Home, erased: Erased) -> dict[str, Any]:
    """What the person gets. The entry must be in the log; the home keeps no copy of this."""
    entry = erased.row.entry
    salt, payload = opened(home, entry)
    return {
        "format": FORMAT,
        "controller": {"name": home.name, "log": home.origin},
        "erased_at": erased.row.at.isoformat(),
        "records": [record.hex() for record in erased.records],
        "tie_salt": erased.tie_salt.hex(),
        "backups_until": erased.row.backups_until.isoformat(),
        "does_not_say": [{"en": text.en, "zh": text.zh} for text in LIMITS],
        "entry": {
            "leaf": base64.b64encode(bytes(entry.leaf)).decode(),
            "salt": base64.b64encode(salt).decode(),
            "payload": base64.b64encode(payload).decode(),
        },
        "receipt": receipt_of(home, entry).to_json(),
        "vkey": home.keys.signing.vkey,
    }


def write_receipt(home: Home, erased: Erased, out: Path) -> None:
    """Write it for good, readable by its owner alone."""
    text = json.dumps(erasure_receipt(home, erased), ensure_ascii=False, indent=2)
    write_file(out, text.encode() + b"\n", mode=0o600, step=RECEIPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What a receipt proves: that this log says so, of these records."""

    origin: str
    index: int
    records: tuple[str, ...]
    says: Mapping[str, Any]
    backups_until: datetime


def check_receipt(path: Path, *, key: VerifierKey | None) -> Confirmed:
    """Check a receipt offline. key: of the log, as the controller publishes it; None: its own.

    NotVerified names the first thing that doesn't hold.
    """
    about = _read(path)
    try:
        leaf, salt, payload = (unbase64(about["entry"][n]) for n in ("leaf", "salt", "payload"))
        records = tuple(bytes.fromhex(record) for record in about["records"])
        tie_salt, vkey = bytes.fromhex(about["tie_salt"]), VerifierKey.parse(about["vkey"])
        receipt = Receipt.from_json(about["receipt"])
        until = datetime.fromisoformat(about["backups_until"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput("the erasure receipt is damaged", file=path) from error
    if key is not None and key != vkey:
        raise NotVerified("the receipt is of a log whose key is not the one given", file=path)
    head = receipt.verify(leaf, vkey)
    says = open_sealed(leaf, salt, payload)
    if Leaf.parse(leaf).kind != "erased":
        raise NotVerified("the entry is not that of an erasure", file=path)
    _check_claims(says, about, tie_of(tie_salt, records), path)
    return Confirmed(
        origin=head.origin,
        index=receipt.index,
        records=tuple(record.hex() for record in records),
        says=says,
        backups_until=until,
    )


def _check_claims(
    says: Mapping[str, Any], about: Mapping[str, Any], tie: bytes, path: Path
) -> None:
    """What stands in clear must be what the log committed to."""
    if not compare_digest(str(says.get("tie")), tie.hex()):
        raise NotVerified("the records named are not those the log's entry is about", file=path)
    if says.get("backups_until") != about["backups_until"]:
        raise NotVerified("the day in the receipt is not the one in the log", file=path)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        about: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"can't be read ({type(error).__name__})", file=path) from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise BadInput("is not an erasure receipt", file=path)
    return about
