"""Writing a prepared claim: complete papers, or drafts that show what they lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from habeas.errors import NotVerified, Refused
from habeas.law.documents import MissingItem, content_list
from habeas.ledger.cbor import decode
from habeas.ledger.commitment import Leaf
from habeas.papers.paper import Paper
from habeas.procedures.collect_evidence import DESCRIBED
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.prepare_claim import PreparedClaim, SealedList
from habeas.procedures.remedy_writes import REMEDY_RECORDS
from habeas.procedures.seal_evidence import BUNDLE, check_folder_of_evidence
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.procedures.write_papers import InLanguage, Written, paper_files, write_folder
from habeas.records.home import Home
from habeas.terms import Language

DRAFTED = "claim.drafted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What was written. missing: paper -> what it lacks; digests: file -> SHA-256."""

    written: Written
    missing: Mapping[str, tuple[MissingItem, ...]]
    digests: Mapping[str, str]


def sealed_list(folder: Path) -> SealedList:
    """The pieces of a sealed folder; NotVerified if a file is not as it was logged."""
    checked = check_folder_of_evidence(folder)
    if checked.bundle.outcome == "not_verified" or checked.wrong:
        count = len(checked.wrong)
        raise NotVerified(
            f"the folder of evidence does not hold: {count} files are not as logged",
            file=folder.name,
            remedy="see `habeas evidence check`, and seal it again",
        )
    said: dict[int, dict[str, str]] = {}
    for item in checked.bundle.bundle.items:
        payload = decode(item.payload)
        words = payload["says"] if Leaf.parse(item.leaf).kind == DESCRIBED else payload
        said.setdefault(payload["number"], {}).update(
            {key: words[key] for key in ("name", "source", "proves", "content") if words.get(key)}
        )
    digest = sha256((folder / BUNDLE).read_bytes()).hexdigest()
    return SealedList(
        pieces=tuple(_piece(number, said[number]) for number in sorted(said)), bundle_sha256=digest
    )


def _piece(number: int, said: Mapping[str, str]) -> str:
    parts = [said[key] for key in ("content", "proves", "source") if key in said]
    return f"{number}. {said['name']} – {'; '.join(parts)}"


def draft_claim(
    prepared: PreparedClaim, out: Path, *, papers: Sequence[str], draft: bool
) -> Drafted:
    """Write the papers into a new folder. Without `draft`, Refused if one lacks an item."""
    missing = {name: prepared.missing(name) for name in papers}
    if not draft:
        refuse_incomplete(missing)
    files: dict[str, bytes] = {}
    for name in papers:
        files.update(paper_files(name, _maker(prepared, name)))
    written = write_folder(out, files)
    digests = {name: sha256(data).hexdigest() for name, data in sorted(files.items())}
    return Drafted(written=written, missing=missing, digests=digests)


def _maker(prepared: PreparedClaim, name: str) -> InLanguage:
    def make(language: Language) -> Paper:
        return prepared.paper(name, language)

    return make


def refuse_incomplete(missing: Mapping[str, Sequence[MissingItem]]) -> None:
    """Refused, naming the first item of the first paper that lacks one, and how many more."""
    lacking = [(paper, item) for paper, items in missing.items() for item in items]
    if not lacking:
        return
    paper, first = lacking[0]
    says = content_list("cn", paper).refusal.en.replace("{item}", first.label.en).rstrip(".")
    more = len(lacking) - 1
    ask = "fill it in" if first.condition is None else f"say first whether {first.condition.en}"
    raise Refused(
        f"{says} ({why(first)})",
        place=f"{paper}.{first.item}",
        remedy=f"{ask}{f'; {more} more are missing' if more else ''}, or use --draft",
    )


def why(item: MissingItem) -> str:
    """Who asks for an item: provisions only where a verified one of this book does."""
    cited = [str(each) for each in item.citations if each.law.startswith("cn.")]
    return ", ".join(cited) if item.blocking == "law" and cited else "practice"


def record_draft(home: Home, drafted: Drafted, *, now: datetime) -> int:
    """Log the digests of what was written, so that its time can be shown; returns the place."""
    home.must_be("person")
    payload = {"files": dict(drafted.digests)}
    with committing(home, REMEDY_RECORDS["claim"]):
        entry = add_entry(home, Happening(kind=DRAFTED, payload=payload), now=now)
    sequence(home, now=now)
    entry.refresh_from_db(using=home.alias)
    return int(entry.index or 0)
