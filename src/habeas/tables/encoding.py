"""Which encoding a text file is in: UTF-8 (with or without BOM) or GB18030."""

from __future__ import annotations

import codecs
from pathlib import Path

from habeas.errors import BadInput

_BLOCK = 1 << 20
# Chinese in UTF-8 is above U+0800; GB18030 bytes hardly ever look like it. A file that held
# this much proper UTF-8 before it broke is damaged UTF-8, not another encoding.
_FIRST_LONG = 0x800
_ENOUGH_LONG = 2


def encoding_of(path: Path) -> str:
    """'utf-8-sig', 'utf-8' or 'gb18030'; anything else is refused, naming the row."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise BadInput("the file is in UTF-16", file=path.name, remedy="save it as UTF-8")
    broken, long_before = _first_broken(path, "utf-8")
    if broken is None:
        return "utf-8-sig" if start[:3] == codecs.BOM_UTF8 else "utf-8"
    if long_before < _ENOUGH_LONG and _first_broken(path, "gb18030")[0] is None:
        return "gb18030"
    raise BadInput(
        "the text is neither UTF-8 nor GB18030",
        file=path.name,
        place=f"row {broken}",
        remedy="save the file as UTF-8",
    )


def _first_broken(path: Path, encoding: str) -> tuple[int | None, int]:
    """The first line (from 1) that isn't in `encoding`, and how much long UTF-8 came before it."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, long = 1, 0
    with path.open("rb") as stream:
        while True:
            block = stream.read(_BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                before = bytes(error.object[: error.start])
                known = before.decode(encoding, "ignore")
                return line + before.count(b"\n"), long + _count_long(known)
            if not block:
                return None, long
            line += block.count(b"\n")
            if long < _ENOUGH_LONG and not text.isascii():
                long += _count_long(text)


def _count_long(text: str) -> int:
    return sum(ord(character) >= _FIRST_LONG for character in text)
