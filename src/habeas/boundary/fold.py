"""Full-width letters, digits and marks as plain ones, character for character.

The folded text has the length of the original, so an offset in one is an offset in the other.
"""

from __future__ import annotations

import re

# U+FF01..FF5E are the full-width forms of ! .. ~; the ideographic space is U+3000. Chinese
# marks that are full-width forms (，：) fold to their plain mark: patterns see one form.
_TABLE = {0xFF01 + n: 0x21 + n for n in range(94)} | {
    0x3000: 0x20,  # ideographic space
    0x00A0: 0x20,  # no-break space
    0x2010: 0x2D,  # hyphens and dashes people paste
    0x2011: 0x2D,
    0x2012: 0x2D,
    0x2013: 0x2D,
    0x2014: 0x2D,
    0x2212: 0x2D,
    0x00B7: 0xB7,
    0x30FB: 0xB7,
    0x2022: 0xB7,
    0x200B: 0x20,  # zero-width space: someone hid a join here
    0xFEFF: 0x20,
}
_NEEDED = re.compile(r"[\uFF01-\uFF5E\u3000\u00A0\u2010-\u2014\u2212\u30FB\u2022\u200B\uFEFF]")


def fold(text: str) -> str:
    """The text with full-width forms folded; itself when there are none.

    >>> fold("１３８－0013 8000")
    '138-0013 8000'
    """
    if text.isascii() or not _NEEDED.search(text):
        return text
    return text.translate(_TABLE)


_SEPARATORS = {ord(mark): None for mark in " -.·/"}


def digits_of(text: str) -> str:
    """The text without the separators people put into numbers."""
    return text.translate(_SEPARATORS)
