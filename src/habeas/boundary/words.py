"""Sets of words written as one string, which is how people read and review them."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of the text.

    >>> sorted(words("b a b"))
    ['a', 'b']
    """
    return frozenset(text.split())
