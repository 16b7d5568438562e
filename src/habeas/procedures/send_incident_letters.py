"""The letters of an incident on their way: each to the party it is for, and proof that it came.

Which letter a contact gets follows from what the contact is: an authority gets the report, a
person the letter to the persons. Sending is no duty done: `habeas incident done` says that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from habeas.errors import BadInput
from habeas.procedures.contacts import contact_named, name_of
from habeas.procedures.post import letters
from habeas.procedures.send_papers import files_in, send_to_all
from habeas.procedures.sequence import payload_of
from habeas.records.exchange import Letter
from habeas.records.home import Home

KIND = "incident_letter"
_FOR = {"authority": "breach_authority", "person": "breach_persons"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLetter:
    """One letter of an incident. delivered_at None: no receipt has come, nothing is proved."""

    letter: str
    paper: str
    contact: str
    sent_at: datetime
    delivered_at: datetime | None


def check_addressees(home: Home, to: Sequence[str]) -> None:
    """BadInput for a contact that no letter of an incident is for, before anything is written."""
    for name in to:
        _paper_for(home, name)


def send_letters(
    home: Home, incident: str, folder: Path, *, to: Sequence[str], now: datetime
) -> list[Letter]:
    """Send each contact its letter out of the folder that `write_letters` wrote."""
    home.must_be("controller")
    papers = {name: _paper_for(home, name) for name in to}
    sent = []
    for name, paper in papers.items():
        body = {"incident": incident, "letter": paper}
        files = files_in(folder, f"{paper}.*")
        sent += send_to_all(home, KIND, [name], body=body, files=files, now=now)
    return sent


def _paper_for(home: Home, name: str) -> str:
    party = contact_named(home, name).party
    if party not in _FOR:
        raise BadInput(
            "no letter of an incident is for this contact",
            remedy="name an authority (the report) or a person (the letter to the persons)",
        )
    return _FOR[party]


def sent_letters(home: Home, incident: str) -> tuple[SentLetter, ...]:
    """The letters of one incident, oldest first, with what came back."""
    rows = letters(home).filter(direction=Letter.OUT, kind=KIND).order_by("pk")
    found = []
    for row in rows:
        assert row.entry is not None
        body = payload_of(home, row.entry)["body"]
        if body.get("incident") == incident:
            found.append(
                SentLetter(
                    letter=bytes(row.digest).hex(),
                    paper=str(body["letter"]),
                    contact=name_of(home, row.contact),
                    sent_at=row.at,
                    delivered_at=row.delivered_at,
                )
            )
    return tuple(found)
