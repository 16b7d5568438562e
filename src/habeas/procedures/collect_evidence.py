"""A person's own evidence: hashed the moment it is handed over, kept encrypted, and logged.

The entry says what the file was when it came in, from which source and device, and who had it
since. What it was before that nobody can show from the log: the entry holds source and custody
because the law asks for them (cn.online.art18), not because the log would prove them.

The order, for each file: read and hash; write the encrypted copy; then, for all files of the
call, one commit with their entries. A crash in between leaves copies that no record names.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from habeas.errors import BadInput, NotVerified
from habeas.ledger.bundle import verify_bundle
from habeas.ledger.files import write_file
from habeas.procedures.outbox import Happening, add_entries, add_entry
from habeas.procedures.remedy_writes import EVIDENCE_COPY, REMEDY_RECORDS
from habeas.procedures.sequence import payload_of, sequence
from habeas.procedures.transaction import committing
from habeas.records import models
from habeas.records.home import Home

ITEM, DESCRIBED = "evidence.item", "evidence.described"
LARGEST = 256 * 1024 * 1024
ELECTRONIC = "electronic_data"
_FOLDER = re.compile(r"[0-9a-z\u4e00-\u9fff][0-9a-z_\-\u4e00-\u9fff]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """What the collector says of the files. source: where they come from; it is never left out.

    known_as: the name, number or address under which the platform knows the person; never shown.
    proves, content: what each is to prove and what it shows; they may follow later.
    """

    source: str
    device: str | None = None
    note: str | None = None
    platform: str | None = None
    known_as: str | None = None
    proves: str | None = None
    content: str | None = None
    kind: str = ELECTRONIC

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise BadInput("a piece of evidence has a source", remedy="say it with --source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece as the log holds it. number counts within the folder, from 1."""

    folder: str
    number: int
    name: str
    size: int
    sha256: str
    kept_as: str
    collected_at: str
    entry: models.Entry
    about: Mapping[str, Any]

    @property
    def file_name(self) -> str:
        """The name under which a sealed folder holds the original."""
        return f"{self.number:03d}-{self.name}"


def collect_evidence(
    home: Home,
    files: Sequence[Path],
    *,
    folder: str,
    custody: Custody,
    now: datetime,
    tell: Callable[[int], None] = lambda _: None,
) -> tuple[Piece, ...]:
    """Take files into a folder of the home; a file the folder already has is not taken twice.

    Returns the pieces that are new. Raises BadInput for a file that is empty, missing or too
    large, before any of them is kept.
    """
    home.must_be("person")
    check_folder(folder)
    for path in files:
        _check(path)
    known = {piece.sha256 for piece in pieces(home, folder)}
    taken: dict[str, dict[str, Any]] = {}
    for at, path in enumerate(files, start=1):
        data = _read(path)
        digest = sha256(data).hexdigest()
        if digest not in known and digest not in taken:
            taken[digest] = _keep(home, folder, path, data, custody, now=now)
        tell(at)
    return _record(home, folder, taken, now=now)


def check_folder(folder: str) -> None:
    """BadInput unless this may be the name of a folder of evidence."""
    if not _FOLDER.fullmatch(folder):
        raise BadInput(
            "a folder's name has 1 to 40 small letters, digits, Chinese characters, - or _",
            remedy="name it with --folder",
        )


def _check(path: Path) -> None:
    if not path.is_file():
        says = "is a folder, not a file" if path.is_dir() else "there is no such file"
        raise BadInput(says, file=path.name, remedy="name the files themselves")
    size = path.stat().st_size
    if size == 0:
        raise BadInput("is empty: there is nothing to keep", file=path.name)
    if size > LARGEST:
        raise BadInput(f"is larger than {LARGEST >> 20} MB", file=path.name, remedy="split it")
    if path.name.startswith(".") or not path.name.isprintable() or len(path.name) > 200:
        raise BadInput("has a name that can't be kept", remedy="rename it")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=path.name) from error


def _keep(
    home: Home, folder: str, path: Path, data: bytes, custody: Custody, *, now: datetime
) -> dict[str, Any]:
    """Write the encrypted copy, readable by the owner alone; return what the entry will say."""
    digest = sha256(data).hexdigest()
    # Named after folder and content, so that a rerun after a crash replaces the same file.
    name = home.digest_of(f"evidence\0{folder}\0{digest}").hex()
    locked = home.vault().encrypt(data, subject_of(home, folder), record=name.encode())
    store(home).mkdir(mode=0o700, exist_ok=True)
    write_file(store(home) / name, locked, mode=0o600, step=EVIDENCE_COPY)
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return {
        "folder": folder,
        "name": path.name,
        "size": len(data),
        "sha256": digest,
        "media": mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        "kept_as": name,
        "collected_at": now.isoformat(timespec="seconds"),
        "file_time": modified.isoformat(timespec="seconds"),
        "collected_by": home.origin,
        **{field: getattr(custody, field) for field in custody.__slots__},
    }


def _record(
    home: Home, folder: str, taken: Mapping[str, Mapping[str, Any]], *, now: datetime
) -> tuple[Piece, ...]:
    """One commit for all; numbers are given inside it, so that two callers never share one."""
    if not taken:
        sequence(home, now=now)
        return ()
    with committing(home, REMEDY_RECORDS["evidence"]):
        there = pieces(home, folder)
        new = [says for digest, says in taken.items() if digest not in {p.sha256 for p in there}]
        happenings = [
            Happening(kind=ITEM, payload={**says, "number": n}, subject=subject_of(home, folder))
            for n, says in enumerate(new, start=len(there) + 1)
        ]
        add_entries(home, happenings, now=now)
    sequence(home, now=now)
    return pieces(home, folder)[len(there) :]


def store(home: Home) -> Path:
    return home.folder / "evidence"


def subject_of(home: Home, folder: str) -> bytes:
    """Each folder has its own chain of entries: a piece taken out of it later leaves a gap."""
    return home.digest_of(f"evidence folder\0{folder}")


def pieces(home: Home, folder: str) -> tuple[Piece, ...]:
    """The pieces of a folder in their order, with what was said of them later."""
    rows = models.Entry.objects.using(home.alias).filter(subject=subject_of(home, folder))
    found: dict[int, Piece] = {}
    for entry in rows.order_by("pk"):
        says = payload_of(home, entry)
        if entry.kind == ITEM:
            found[says["number"]] = _piece(entry, says)
        elif entry.kind == DESCRIBED:
            old = found[says["number"]]
            found[old.number] = _piece(old.entry, {**old.about, **says["says"]})
    return tuple(found[number] for number in sorted(found))


def _piece(entry: models.Entry, says: Mapping[str, Any]) -> Piece:
    fields = ("folder", "number", "name", "size", "sha256", "kept_as", "collected_at")
    return Piece(entry=entry, about=says, **{field: says[field] for field in fields})


def folders(home: Home) -> dict[str, int]:
    """The folders of the home and how many pieces each holds."""
    home.must_be("person")
    counts: dict[str, int] = {}
    for entry in models.Entry.objects.using(home.alias).filter(kind=ITEM).order_by("pk"):
        name = payload_of(home, entry)["folder"]
        counts[name] = counts.get(name, 0) + 1
    return counts


def unnamed_copies(home: Home) -> int:
    """Encrypted copies that no entry names: what a crash between copy and record leaves."""
    if not store(home).is_dir():
        return 0
    named = {piece.kept_as for name in folders(home) for piece in pieces(home, name)}
    return sum(path.name not in named for path in store(home).iterdir())


def must_have(home: Home, folder: str) -> tuple[Piece, ...]:
    """The pieces of a folder that exists; BadInput names the folders there are."""
    found = pieces(home, folder)
    if not found:
        known = ", ".join(sorted(folders(home))) or "none yet"
        raise BadInput(f"there is no folder {folder!r}", remedy=f"the folders are: {known}")
    return found


def original(home: Home, piece: Piece) -> bytes:
    """The bytes of a piece; NotVerified if the copy is gone or is not what was logged."""
    try:
        locked = (store(home) / piece.kept_as).read_bytes()
    except OSError as error:
        raise NotVerified(f"the copy of piece {piece.number} can't be read") from error
    subject = subject_of(home, piece.folder)
    data = home.vault().decrypt(locked, subject, record=piece.kept_as.encode())
    if sha256(data).hexdigest() != piece.sha256:
        raise NotVerified(f"the copy of piece {piece.number} is not what was logged")
    return data


def describe_piece(
    home: Home, *, folder: str, number: int, says: Mapping[str, str], now: datetime
) -> None:
    """Say later what a piece is to prove or shows; the first entry stays as it was."""
    home.must_be("person")
    if number not in {piece.number for piece in must_have(home, folder)}:
        raise BadInput(f"the folder has no piece {number}", remedy="see `habeas evidence list`")
    payload = {"folder": folder, "number": number, "says": dict(says)}
    happening = Happening(kind=DESCRIBED, payload=payload, subject=subject_of(home, folder))
    with committing(home, REMEDY_RECORDS["evidence"]):
        add_entry(home, happening, now=now)
    sequence(home, now=now)


def join_bundle(
    home: Home,
    bundle: Path,
    *,
    folder: str,
    custody: Custody,
    trusted: Sequence[str],
    now: datetime,
) -> tuple[Piece | None, str]:
    """Put a platform's bundle into the folder with what its examination said, good or bad.

    A bundle that does not hold is kept too: it may be the proof of a lie. Returns the piece
    (None if the folder has it already) and the outcome.
    """
    home.must_be("person")
    _check(bundle)
    found = verify_bundle(bundle, trusted=trusted)
    report = found.to_json()
    note = f"examined when it came in: {found.outcome}; {len(report['entries'])} entries"
    said = custody.note
    new = collect_evidence(
        home,
        [bundle],
        folder=folder,
        custody=Custody(
            **{
                **{field: getattr(custody, field) for field in custody.__slots__},
                "note": f"{said}; {note}" if said else note,
            }
        ),
        now=now,
    )
    return (new[0] if new else None), found.outcome
