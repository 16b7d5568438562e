"""Sealing a folder: originals, a bundle anybody can verify offline, and the evidence list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from habeas.errors import BadInput, Refused
from habeas.law.documents import content_list
from habeas.ledger.bundle import Verification, verify_bundle
from habeas.ledger.bundle_file import Item
from habeas.ledger.cbor import decode
from habeas.ledger.commitment import Leaf
from habeas.ledger.files import write_file
from habeas.ledger.timestamp import Roots
from habeas.papers.lists import Sheet, to_xlsx
from habeas.papers.moments import day, moment
from habeas.papers.paper import Paper, check_complete
from habeas.procedures.bundle_of import bundle_of
from habeas.procedures.collect_evidence import (
    DESCRIBED,
    ELECTRONIC,
    ITEM,
    Piece,
    must_have,
    original,
    subject_of,
)
from habeas.procedures.folder import appearing, check_free
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.remedy_writes import FOLDER_FILE, FOLDERS, REMEDY_RECORDS
from habeas.procedures.sequence import sequence
from habeas.procedures.stamp_log import stamp_head
from habeas.procedures.transaction import committing
from habeas.procedures.write_papers import paper_files
from habeas.records import models
from habeas.records.home import Home
from habeas.terms import Language, Text

SEALED = "evidence.sealed"
BUNDLE, ORIGINALS, LIST = "evidence.bundle", "originals", "evidence_list"
_MISSING = Text(en="[missing]", zh="【缺】")
_BY_WORD: Mapping[str, tuple[str, Text]] = {
    "object": ("proves", Text(en="what it is to prove", zh="证明对象")),
    "content": ("content", Text(en="its short content", zh="内容简要说明")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFolder:
    """What was written. lacking: item -> numbers of the pieces for which it is not said yet."""

    pieces: int
    bundle_sha256: str
    lacking: Mapping[str, tuple[int, ...]]


def seal_evidence(
    home: Home,
    folder: str,
    out: Path,
    *,
    submitter: str,
    now: datetime,
    draft: bool = False,
    tsa: str | None = None,
    roots: Roots | None = None,
) -> SealedFolder:
    """Write the folder to `out`: originals, evidence.bundle, the list in both languages.

    draft: write the list although what a piece is to prove, or its content, is not said for all;
        Refused without it.
    tsa: the address of a time-stamp authority (RFC 3161) that stamps the log before it is bundled;
    roots: the certificates its stamp must lead to.
    NotVerified if a kept copy is not what was logged.
    """
    home.must_be("person")
    check_free(out)
    sequence(home, now=now)
    found = must_have(home, folder)
    lacking = lacking_words(found)
    if lacking and not draft:
        _refuse(lacking)
    if tsa is not None:
        stamp_head(home.log(), tsa, roots=roots)
    bundle = _bundle(home, folder, now=now)
    digest = sha256(bundle).hexdigest()
    papers = _papers(found, submitter, digest, now=now)
    with appearing(out, step=FOLDERS["evidence"]) as beside:
        for piece in found:
            data = original(home, piece)
            write_file(beside / ORIGINALS / piece.file_name, data, step=FOLDER_FILE)
        for name, content in {BUNDLE: bundle, **papers}.items():
            write_file(beside / name, content, step=FOLDER_FILE)
        _record(home, folder, digest, len(found), now=now)
    return SealedFolder(pieces=len(found), bundle_sha256=digest, lacking=lacking)


def lacking_words(found: tuple[Piece, ...]) -> dict[str, tuple[int, ...]]:
    """Items of the list that somebody has to say and has not, with the pieces' numbers."""
    return {
        item: numbers
        for item, (word, _) in _BY_WORD.items()
        if (numbers := tuple(p.number for p in found if not p.about.get(word)))
    }


def _refuse(lacking: Mapping[str, tuple[int, ...]]) -> None:
    contents = content_list("cn", LIST)
    items = {item.id: item for item in contents.required}
    says = "; ".join(
        f"{items[item].label.en} ({', '.join(map(str, items[item].demanded_by))}) "
        f"for piece {', '.join(map(str, numbers[:8]))}{' …' if len(numbers) > 8 else ''}"
        for item, numbers in lacking.items()
    )
    raise Refused(
        f"the evidence list lacks {says}",
        place=LIST,
        remedy="say it with `habeas evidence describe`, or write it as it is with --draft",
    )


def _record(home: Home, folder: str, digest: str, count: int, *, now: datetime) -> None:
    """Logged before the folder appears; outside the folder's chain, which the bundle ends."""
    payload = {"folder": folder, "bundle": digest, "pieces": count}
    with committing(home, REMEDY_RECORDS["evidence"]):
        add_entry(home, Happening(kind=SEALED, payload=payload), now=now)
    sequence(home, now=now)


def _bundle(home: Home, folder: str, *, now: datetime) -> bytes:
    rows = models.Entry.objects.using(home.alias).filter(subject=subject_of(home, folder))
    entries = list(rows.order_by("pk"))
    return bundle_of(home, entries, now=now, count=len(entries))


# ---- the list as papers


def _papers(
    found: tuple[Piece, ...], submitter: str, digest: str, *, now: datetime
) -> dict[str, bytes]:
    def paper(language: Language) -> Paper:
        made = evidence_paper(found, submitter, digest, language, now=now)
        check_complete(made, language=language)
        return made

    sheets = [_sheet(found, language) for language in ("zh", "en")]
    return {**paper_files(LIST, paper), f"{LIST}.xlsx": to_xlsx(sheets)}


def evidence_paper(
    found: tuple[Piece, ...], submitter: str, digest: str, language: Language, *, now: datetime
) -> Paper:
    """The evidence list as a paper: in each item one line a piece, by its number."""
    lines = {
        item: tuple(f"{p.number}. {cell(p, language)}" for p in found)
        for item, cell in _CELLS.items()
    }
    electronic = any(piece.about["kind"] == ELECTRONIC for piece in found)
    when = day(now.date()).in_language(language)
    values = {
        **lines,
        "numbering": (_numbering(found).in_language(language),),
        "submitter_date": (f"{submitter}  {when}",) if submitter.strip() else (),
        "bundle": (_how_to_verify(digest).in_language(language),),
    }
    return Paper(
        contents=content_list("cn", LIST), values=values, conditions={"electronic": electronic}
    )


def _numbering(found: tuple[Piece, ...]) -> Text:
    group = found[0].folder
    return Text(
        en=f"group {group}, numbers 1 to {len(found)}", zh=f"{group}组，编号1至{len(found)}"
    )


def _name_kind(piece: Piece, language: Language) -> str:
    kind = piece.about["kind"]
    label = _ELECTRONIC.in_language(language) if kind == ELECTRONIC else kind
    return f"{piece.name} ({label})" if language == "en" else f"{piece.name}（{label}）"


def _source(piece: Piece, language: Language) -> str:
    device = piece.about.get("device")
    if not device:
        return str(piece.about["source"])
    return f"{piece.about['source']}{_DEVICE.in_language(language)}{device}"


def _word(field: str) -> Any:
    def cell(piece: Piece, language: Language) -> str:
        return str(piece.about.get(field) or _MISSING.in_language(language))

    return cell


def _form(piece: Piece, language: Language) -> str:
    media = piece.about["media"]
    return Text(
        en=f"file as it was handed over, {piece.size} bytes, {media}; identical copy in "
        f"{ORIGINALS}/{piece.file_name}",
        zh=f"交存时的文件，{piece.size}字节，{media}；一致副本见 {ORIGINALS}/{piece.file_name}",
    ).in_language(language)


def _electronic(piece: Piece, language: Language) -> str:
    about = piece.about
    note = f"; {about['note']}" if about.get("note") else ""
    file_time = moment(datetime.fromisoformat(str(about["file_time"])))
    collected = moment(datetime.fromisoformat(piece.collected_at))
    return Text(
        en=f"file time {file_time.en}; collected {collected.en}{note}; SHA-256 "
        f"{piece.sha256}; entry {piece.entry.index} of the log. From the collection on a change "
        "shows; what the file was before rests on source and custody.",
        zh=f"文件时间 {file_time.zh}；收集于 {collected.zh}{note}；SHA-256 "
        f"{piece.sha256}；存证日志第{piece.entry.index}条。自收集时起的改动可被发现；"
        "收集之前是否真实，由来源与保管情况说明。",
    ).in_language(language)


_ELECTRONIC = Text(en="electronic data", zh="电子数据")
_DEVICE = Text(en="; device: ", zh="；设备：")
_CELLS: Mapping[str, Any] = {
    "name_kind": _name_kind,
    "source": _source,
    "object": _word("proves"),
    "content": _word("content"),
    "pages_form": _form,
    "electronic": _electronic,
}


def _how_to_verify(digest: str) -> Text:
    return Text(
        en=f"{BUNDLE}, SHA-256 {digest}; check bundle and files offline with "
        "`habeas evidence check FOLDER`",
        zh=f"{BUNDLE}，SHA-256 {digest}；离线核验证据包与文件：habeas evidence check 文件夹",
    )


def _sheet(found: tuple[Piece, ...], language: Language) -> Sheet:
    labels = {item.id: item.label for item in content_list("cn", LIST).required}
    number = Text(en="No.", zh="编号").in_language(language)
    return Sheet(
        title=Text(en="evidence list", zh="证据目录").in_language(language),
        columns=(number, *(labels[item].in_language(language) for item in _CELLS)),
        rows=[[p.number, *(cell(p, language) for cell in _CELLS.values())] for p in found],
    )


# ---- checking a sealed folder, with no home

FileState = Literal["as_logged", "changed", "missing", "not_in_the_bundle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A sealed folder examined. files: name -> state; bundle: what the bundle is worth."""

    bundle: Verification
    files: Mapping[str, FileState]

    @property
    def wrong(self) -> tuple[str, ...]:
        return tuple(name for name, state in self.files.items() if state != "as_logged")


def check_folder_of_evidence(
    folder: Path, *, trusted: tuple[str, ...] = (), roots: Roots | None = None
) -> Checked:
    """Compare every original with what the log says of it; no home and no network."""
    if not (folder / BUNDLE).is_file():
        raise BadInput(f"holds no {BUNDLE}", file=folder.name, remedy="name a sealed folder")
    found = verify_bundle(folder / BUNDLE, trusted=trusted, roots=roots)
    wanted = dict(_logged(item) for item in found.bundle.items if _kind(item) == ITEM)
    files: dict[str, FileState] = {
        name: _state(folder / ORIGINALS / name, digest) for name, digest in sorted(wanted.items())
    }
    there = folder / ORIGINALS
    for path in sorted(there.iterdir()) if there.is_dir() else ():
        if path.name not in wanted:
            files[path.name] = "not_in_the_bundle"
    return Checked(bundle=found, files=files)


def _kind(item: Item) -> str:
    kind = Leaf.parse(item.leaf).kind
    if kind not in (ITEM, DESCRIBED):
        raise BadInput("the bundle is not one of a folder of evidence", file=BUNDLE)
    return kind


def _logged(item: Item) -> tuple[str, str]:
    says = decode(item.payload)
    try:
        name = f"{says['number']:03d}-{says['name']}"
        digest = says["sha256"]
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput("an entry of the bundle is not about a file", file=BUNDLE) from error
    if "/" in name or "\\" in name or not isinstance(digest, str):
        raise BadInput("an entry of the bundle names no proper file", file=BUNDLE)
    return name, digest


def _state(path: Path, digest: str) -> FileState:
    if not path.is_file():
        return "missing"
    with path.open("rb") as file:
        found = sha256()
        while part := file.read(1 << 20):
            found.update(part)
    return "as_logged" if found.hexdigest() == digest else "changed"
