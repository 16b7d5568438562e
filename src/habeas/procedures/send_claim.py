"""A claim on its way: the complaint to an authority, the statement of claim to a representative."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from habeas.errors import BadInput
from habeas.ledger.envelope import Attachment
from habeas.procedures.contacts import contact_named
from habeas.procedures.foreign_path import read_outside
from habeas.procedures.send_papers import check_parties, files_in, send_to_all
from habeas.records.exchange import Letter
from habeas.records.home import Home

# Which envelope and which paper a contact gets, by what it is.
_FOR = {
    "authority": ("complaint", "complaint"),
    "representative": ("claim", "statement_of_claim"),
}
_MATTER_LIMIT = 8 * 1024 * 1024


def check_addressees(home: Home, to: Sequence[str], papers: Sequence[str]) -> None:
    """BadInput for a contact no paper is for, or whose paper is not being written."""
    check_parties(home, to, tuple(_FOR), what="a claim")
    for name in to:
        paper = _FOR[contact_named(home, name).party][1]
        if paper not in papers:
            raise BadInput(
                "the paper for this contact is not among those that are written",
                remedy=f"add --paper {paper}",
            )


def send_claim(
    home: Home,
    folder: Path,
    matter: Path,
    *,
    evidence: Path | None,
    to: Sequence[str],
    now: datetime,
) -> list[Letter]:
    """Send each contact its paper out of `folder`, with the matter and the sealed evidence."""
    if not to:
        return []
    home.must_be("person")
    stated = Attachment(
        name=f"matter{matter.suffix}", data=read_outside(matter, limit=_MATTER_LIMIT)
    )
    pieces = () if evidence is None else files_in(evidence)
    sent = []
    for name in dict.fromkeys(to):
        kind, paper = _FOR[contact_named(home, name).party]
        files = (*files_in(folder, f"{paper}.*"), stated, *pieces)
        sent += send_to_all(home, kind, [name], body={"paper": paper}, files=files, now=now)
    return sent
