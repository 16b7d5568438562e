"""Sending: an envelope is written, kept and logged at once, and given out until its receipt comes.

How it travels is not our affair: as a file, or over HTTP. Lost, it is sent again, the same bytes;
come twice, it is received once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from habeas.errors import BadInput
from habeas.ledger.envelope import TYPES
from habeas.ledger.files import write_file
from habeas.procedures.contacts import contact_named
from habeas.procedures.exchange_writes import SEND, SEND_FILE
from habeas.procedures.foreign_path import refuse_homes
from habeas.procedures.post import Draft, post, raw_of
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.records.exchange import Letter
from habeas.records.home import Home

# Written by the procedure that does what they say, not by hand.
_OURS = {
    "receipt": "a receipt is written when an envelope is received",
    "key_change": "run `habeas trust --rotate`",
    "handover_offer": "run `habeas case offer`",
    "handover_taken": "run `habeas case take`",
    "handover_declined": "run `habeas case decline`",
    "referral": "run `habeas case refer`",
    "designation": "run `habeas case designate`",
}
SUFFIX = ".envelope"


def send_envelope(home: Home, draft: Draft, *, to: str, now: datetime) -> Letter:
    """Write an envelope to a contact and log it; it waits until its receipt comes."""
    if draft.kind in _OURS:
        raise BadInput(f"{draft.kind} is not sent by hand", remedy=_OURS[draft.kind])
    if draft.kind not in TYPES:
        known = ", ".join(sorted(TYPES - set(_OURS)))
        raise BadInput("this is not a type of envelope", remedy=f"one of: {known}")
    contact = contact_named(home, to)
    with committing(home, SEND):
        letter = post(home, draft, to=contact, now=now)
    sequence(home, now=now)
    return letter


def write_letter(home: Home, letter: Letter, out: Path) -> None:
    """Write an envelope as a file, for whoever carries it."""
    refuse_homes(out)
    write_file(out, raw_of(home, letter), step=SEND_FILE)


def write_letters(home: Home, found: Sequence[Letter], folder: Path) -> list[Path]:
    """Write envelopes into a folder, each under the start of its digest."""
    refuse_homes(folder)
    paths = []
    for letter in found:
        path = folder / f"{bytes(letter.digest).hex()[:16]}{SUFFIX}"
        write_letter(home, letter, path)
        paths.append(path)
    return paths
