"""The registration notice of CPL 57: all items or none, and a code that leads to the log.

The code is the digest of the notice's own words, so it stands in the notice before it is logged;
the entry names the code and the digest of every file. Whoever holds the folder and the key of
the representative's log can check both. A court issues the notice; this drafts it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from habeas.errors import BadInput, NotVerified, Refused
from habeas.law.amounts import number, provision
from habeas.law.documents import MissingItem, content_list
from habeas.law.values import WrongValueError, read_date, read_int
from habeas.law.yaml_reading import read_json, read_yaml
from habeas.ledger.answer import Outcome
from habeas.ledger.bundle import verify_bundle
from habeas.ledger.cbor import decode
from habeas.ledger.commitment import Leaf
from habeas.ledger.files import write_file
from habeas.papers.moments import day
from habeas.papers.paper import Paper, missing_items
from habeas.papers.render import to_docx, to_html
from habeas.procedures.bundle_of import bundle_of
from habeas.procedures.claim_text import Line, in_language
from habeas.procedures.draft_claim import refuse_incomplete
from habeas.procedures.folder import appearing, check_free
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.phrases import phrase
from habeas.procedures.remedy_writes import FOLDER_FILE, FOLDERS, REMEDY_RECORDS
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.procedures.typed_lines import WrongLinesError, lines_of
from habeas.records.home import Home
from habeas.rights.activity import canonical
from habeas.terms import LANGUAGES, Language, Text

NOTICE, FORMAT, PAPER = "class.notice", "class_notice/v1", "registration_notice"
BUNDLE = "notice.bundle"
_TYPED = ("court_case", "case_claims", "who", "how", "private_check")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWords:
    """What somebody types: the case, who may register and how, the first day and how many."""

    first_day: date | None
    days: int | None
    typed: Mapping[str, tuple[Line, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWritten:
    """code: what stands on the notice; index: where the log has it; missing: only of a draft."""

    code: str | None
    index: int | None
    files: tuple[str, ...]
    missing: tuple[MissingItem, ...]


def load_notice_words(path: Path) -> NoticeWords:
    """Read a class_notice/v1 file; BadInput names the line and none of the words."""
    document = read_json(path) if path.suffix.lower() == ".json" else read_yaml(path)
    top = document.value
    if not isinstance(top, Mapping) or top.get("format") != FORMAT:
        raise BadInput(f"the format is not {FORMAT}", file=document.file)
    keys = ("format", "first_day", "days", *_TYPED)
    for key in top:
        if key not in keys:
            remedy = f"its keys are: {', '.join(keys)}"
            raise BadInput(
                "there is no such key here",
                file=document.file,
                place=document.line(key),
                remedy=remedy,
            )
    typed = {name: _lines(top[name], document.file) for name in _TYPED if top.get(name)}
    try:
        first = None if top.get("first_day") is None else read_date(top["first_day"])
        days = None if top.get("days") is None else read_int(top["days"])
    except WrongValueError as error:
        raise BadInput(error.says, file=document.file, remedy=error.remedy) from error
    return NoticeWords(first_day=first, days=days, typed=typed)


def _lines(raw: Any, file: str) -> tuple[Line, ...]:
    try:
        return lines_of(raw)
    except WrongLinesError as error:
        raise BadInput(str(error), file=file) from error


def notice_values(words: NoticeWords, *, on: date) -> dict[str, tuple[Line, ...]]:
    """Every item that is known; Refused for a period shorter than the law's."""
    return {
        **words.typed,
        "period": _period(words),
        "proof": phrase("registration_proof"),
        "effect": phrase("registration_effect"),
        "not_registered": phrase("registration_not"),
        "date": (day(on),),
    }


def _period(words: NoticeWords) -> tuple[Line, ...]:
    if words.first_day is None or words.days is None:
        return ()
    least, under = number("registration_notice", "days"), provision("registration_notice")
    if words.days < least:
        raise Refused(
            f"not published: a registration period has at least {least} days ({under})",
            place="registration_notice.period",
            remedy="make it longer",
        )
    first, last = day(words.first_day), day(words.first_day + timedelta(days=words.days - 1))
    return (
        Text(
            en=f"{words.days} days, from {first.en} to {last.en}, both included",
            zh=f"{words.days}日，自{first.zh}起至{last.zh}止（含首尾两日）",
        ),
    )


def publish_class_notice(
    home: Home, words: NoticeWords, out: Path, *, now: datetime, draft: bool = False
) -> NoticeWritten:
    """Log the notice, then write it with its code. A draft is not logged and has no code.

    Raises Refused if an item is missing and `draft` is not asked for.
    """
    home.must_be("representative")
    check_free(out)
    values = notice_values(words, on=now.date())
    missing = missing_items(_paper(values, "en", code=None))
    if missing and not draft:
        refuse_incomplete({PAPER: missing})
    text = _text(values)
    code = None if missing else code_of(text)
    files = {"notice.json": canonical({"format": FORMAT, "text": text, "code": code}) + b"\n"}
    files.update(_rendered(values, code))
    if code is None:
        with appearing(out, step=FOLDERS["papers"]) as beside:
            _write(beside, files)
        return NoticeWritten(code=None, index=None, files=tuple(sorted(files)), missing=missing)
    digests = {name: sha256(data).hexdigest() for name, data in files.items()}
    with committing(home, REMEDY_RECORDS["class"]):
        happening = Happening(kind=NOTICE, payload={"code": code, "files": digests})
        entry = add_entry(home, happening, now=now)
    sequence(home, now=now)
    entry.refresh_from_db(using=home.alias)
    files[BUNDLE] = bundle_of(home, [entry], now=now)
    with appearing(out, step=FOLDERS["papers"]) as beside:
        _write(beside, files)
    return NoticeWritten(code=code, index=entry.index, files=tuple(sorted(files)), missing=())


def _write(beside: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        write_file(beside / name, data, step=FOLDER_FILE)


def _text(values: Mapping[str, tuple[Line, ...]]) -> dict[str, dict[str, list[str]]]:
    return {
        language: {
            item: [in_language(line, language) for line in lines]
            for item, lines in values.items()
            if lines
        }
        for language in LANGUAGES
    }


def code_of(text: Mapping[str, Any]) -> str:
    """The code of a notice: 120 bits of the digest of its words, in groups one can read aloud."""
    digest = sha256(b"habeas/class-notice/v1\0" + canonical(text)).digest()
    plain = base64.b32encode(digest[:15]).decode()
    return "-".join(plain[at : at + 6] for at in range(0, len(plain), 6))


def _rendered(values: Mapping[str, tuple[Line, ...]], code: str | None) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for language in LANGUAGES:
        paper = _paper(values, language, code=code)
        files[f"{PAPER}.{language}.docx"] = to_docx(paper, language=language)
        files[f"{PAPER}.{language}.html"] = to_html(paper, language=language).encode()
    return files


def _paper(
    values: Mapping[str, tuple[Line, ...]], language: Language, *, code: str | None
) -> Paper:
    lines = {i: tuple(in_language(v, language) for v in each) for i, each in values.items() if each}
    closing = "" if code is None else _closing(code).in_language(language)
    return Paper(contents=content_list("cn", PAPER), values=lines, conditions={}, closing=closing)


def _closing(code: str) -> Text:
    return Text(
        en=f"Verification code {code}. Check this notice with `habeas class check-notice FOLDER "
        "--key KEY`, with the key the representative publishes.",
        zh=f"核验码 {code}。核验本公告：habeas class check-notice 文件夹 --key 公钥"
        "（公钥以代表人公布的为准）。",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeChecked:
    """A notice that is what the log says. outcome: undetermined without a known key."""

    code: str
    outcome: Outcome
    files: tuple[str, ...]


def check_class_notice(
    folder: Path, *, trusted: tuple[str, ...], code: str | None = None
) -> NoticeChecked:
    """Check a notice's files against the entry in its bundle; NotVerified names the first wrong.

    code: the one somebody read on a poster, to be compared.
    """
    if not (folder / BUNDLE).is_file():
        raise BadInput(f"holds no {BUNDLE}", file=folder.name, remedy="name a notice's folder")
    found = verify_bundle(folder / BUNDLE, trusted=trusted)
    if found.outcome == "not_verified":
        says = "the bundle does not hold" if found.wrong is None else found.wrong.en
        raise NotVerified(says, file=BUNDLE)
    items = [i for i in found.bundle.items if Leaf.parse(i.leaf).kind == NOTICE]
    if len(items) != 1:
        raise NotVerified("the bundle doesn't hold one notice", file=BUNDLE)
    entry = decode(items[0].payload)
    for name, digest in entry["files"].items():
        path = folder / Path(name).name
        if not path.is_file() or sha256(path.read_bytes()).hexdigest() != digest:
            raise NotVerified("a file is not the one that was logged", file=Path(name).name)
    text = read_json(folder / "notice.json").value["text"]
    if code_of(text) != entry["code"] or (code is not None and _plain(code) != entry["code"]):
        raise NotVerified("the code is not that of this notice")
    return NoticeChecked(
        code=entry["code"], outcome=found.outcome, files=tuple(sorted(entry["files"]))
    )


def _plain(code: str) -> str:
    return code.strip().upper()
