"""Official text beside a rule: taken in only where its SHA-256 is the one the law sheet pins.

The repository holds no statute's words. Whoever has a lawful copy of a statute as a text file
can import it; each article whose hash agrees with the sheet is kept in a folder of their own,
named by that hash, and shown beside the rule. A text that differs by one character is not it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from habeas.errors import BadInput, NotVerified
from habeas.law.book import LawBook
from habeas.ledger.files import write_file

_LARGEST = 8_000_000
_NUMBER = r"[〇零一二三四五六七八九十百千\d]+"
_ARTICLE = re.compile(rf"^[#* \t\u3000]*第{_NUMBER}条(?:之{_NUMBER})?", re.MULTILINE)
_DIVISION = re.compile(rf"^[#* \t\u3000]*第{_NUMBER}[编章节]", re.MULTILINE)
_MARKUP = re.compile(r"[*#]+")
_BLANK = " \t\u3000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """articles: how many the file holds; provisions: ids whose text is now kept."""

    articles: int
    provisions: tuple[str, ...]


def import_text(file: str | Path, book: LawBook, *, folder: str | Path) -> Imported:
    """Keep in `folder` each article of a statute whose hash a provision of the book pins.

    file: UTF-8 text or Markdown, articles opening with 第…条. Raises BadInput if it holds none.
    """
    wanted = _wanted(book)
    blocks = list(articles(_read(Path(file))))
    if not blocks:
        raise BadInput(
            "holds no article", file=file, remedy="a text whose articles open with 第…条"
        )
    Path(folder).mkdir(parents=True, exist_ok=True)
    kept: list[str] = []
    for block in blocks:
        for form in _forms(block):
            digest = sha256(form.encode()).hexdigest()
            if digest in wanted:
                write_file(Path(folder) / f"{digest}.txt", form.encode())
                kept += wanted[digest]
                break
    return Imported(articles=len(blocks), provisions=tuple(dict.fromkeys(kept)))


def text_of(provision: str, book: LawBook, *, folder: str | Path) -> str | None:
    """The imported text beside a provision; None if the sheet pins none or none was imported.

    Raises NotVerified if the kept file was changed since.
    """
    digest = book.provision(provision).source_sha256
    if digest is None:
        return None
    path = Path(folder) / f"{digest}.txt"
    if not path.exists():
        return None
    data = path.read_bytes()
    if sha256(data).hexdigest() != digest:
        raise NotVerified("is not the text the sheet pins", file=path, remedy="import it again")
    return data.decode()


def articles(text: str) -> Iterator[str]:
    """The blocks of a statute from one article's number to the next, headings left out."""
    starts = [found.start() for found in _ARTICLE.finditer(text)]
    for start, end in pairwise([*starts, len(text)]):
        block = text[start:end]
        division = _DIVISION.search(block)
        yield block[: division.start()] if division else block


def _forms(block: str) -> Iterator[str]:
    """The spellings under which a text may have been hashed: spacing and the number differ.

    The Chinese sheets hash an article without its number, its paragraphs joined by nothing.
    """
    plain = _MARKUP.sub("", block)
    lines = [line.strip(_BLANK) for line in plain.splitlines() if line.strip(_BLANK)]
    body = [_ARTICLE.sub("", lines[0], count=1).strip(_BLANK), *lines[1:]]
    for shape in (body, lines):
        yield from dict.fromkeys(("".join(shape), "\n".join(shape)))


def _wanted(book: LawBook) -> Mapping[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for provision in book.provisions.values():
        if provision.source_sha256:
            wanted.setdefault(provision.source_sha256, []).append(provision.id)
    return wanted


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput("is larger than a statute can be", file=path, remedy="8 MB at most")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=path) from error
    except UnicodeDecodeError as error:
        raise BadInput("is not UTF-8 text", file=path, remedy="save it as UTF-8") from error
