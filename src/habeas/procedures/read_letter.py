"""What a letter holds and what proves it, as files: values go into files, never onto a screen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from habeas.errors import NotVerified
from habeas.ledger.files import write_file
from habeas.procedures.exchange_writes import CONTENT
from habeas.procedures.foreign_path import refuse_homes
from habeas.procedures.lodge_case import plain
from habeas.procedures.post import head_of, letters, raw_of, reopened
from habeas.procedures.sequence import payload_of
from habeas.records.exchange import Letter, SeenHead
from habeas.records.home import Home

BODY = "body.json"


def content_of(home: Home, letter: Letter) -> dict[str, bytes]:
    """File name -> bytes: the body, and the attachments under numbered names.

    Of a letter this home sent, the body alone: what was sealed for another can't be opened here.
    """
    if letter.direction == Letter.OUT:
        assert letter.entry is not None
        return {BODY: _json(payload_of(home, letter.entry)["body"])}
    envelope = reopened(home, letter)
    # Numbered, so that a sender's names can neither clash nor hide a file.
    files = {
        f"{number:02d}-{each.name}": each.data
        for number, each in enumerate(envelope.attachments, start=1)
    }
    return {BODY: _json(envelope.body), **files}


def _json(body: Any) -> bytes:
    return json.dumps(plain(body), ensure_ascii=False, indent=2).encode() + b"\n"


def write_content(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files into a folder outside of any home, readable by their owner alone."""
    refuse_homes(folder)
    for name, data in files.items():
        write_file(folder / name, data, mode=0o600, step=CONTENT)


def proof_of(home: Home, letter: Letter) -> dict[str, bytes]:
    """Of a letter sent: envelope, receipt and the receiver's key; NotVerified without a receipt.
    Of a letter received: the envelope and the key that signed it.
    """
    if letter.direction == Letter.IN:
        raw = raw_of(home, letter)
        return {"envelope": raw, "vkey": head_of(raw).sender.encode() + b"\n"}
    receipt = letters(home).filter(direction=Letter.IN, answers=letter, effect__in=_GOOD).first()
    if receipt is None:
        raise NotVerified(
            "no receipt of this letter has come, so nothing proves that it was received",
            remedy="send it again with `habeas send --pending`",
        )
    return {
        "envelope": raw_of(home, letter),
        "receipt": raw_of(home, receipt),
        "vkey": letter.contact.identity.encode() + b"\n",
    }


_GOOD = ("delivered", "contradiction")


def contradictions(home: Home) -> dict[str, bytes]:
    """File name -> proof (habeas/contradiction/v1) that a contact showed two logs."""
    rows = SeenHead.objects.using(home.alias).exclude(contradiction="").order_by("pk")
    return {
        f"contradiction-{number}.txt": row.contradiction.encode()
        for number, row in enumerate(rows, start=1)
    }
