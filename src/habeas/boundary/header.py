"""What a column's name says: whole tokens after splitting, never substrings of a word.

snake_case, camelCase and pinyin are split into tokens; Chinese is searched for phrases. The
longest phrase takes its tokens first, so that "ip address" never supports a postal address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from habeas.boundary.words import words

_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[\u3400-\u9fff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SHORTEST_PIECE = 3

# Words a glued name may be cut into beside the detectors' own ("deathmon" = death + mon).
_GLUE = words(
    "num mon day year month code type date time birth death state home work user cust "
    "client member loan debt amt status class group level flag hash desc info data last first "
    "full new old main second middle total count"
)
# Whole English words that would fall apart into such pieces and mean something else.
_WHOLE = words(
    "percentage usage message package average mileage storage passage manage language image "
    "page stage wage update candidate mandate validate account discount country"
)


def tokens_of(name: str) -> list[str]:
    """The name's tokens, lower case; a run of Chinese is one token.

    >>> tokens_of("custIDNumber"), tokens_of("marital-status"), tokens_of("客户_手机号2")
    (['cust', 'id', 'number'], ['marital', 'status'], ['客户', '手机号', '2'])
    """
    return [piece.lower() for piece in _PIECES.findall(name)]


def without_shared_prefix(names: Sequence[str]) -> list[str]:
    """Names without a one- or two-letter mark all columns share (iage, isex -> age, sex)."""
    shared = _shared_start([name for name in names if name])
    letters = len(names) > 3 and shared.isalpha() and shared.islower() and len(shared) <= 2
    return [name[len(shared) :] for name in names] if letters else list(names)


def _shared_start(names: Sequence[str]) -> str:
    first, last = min(names, default=""), max(names, default="")
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return first[:same]


class HeaderIndex:
    """Which kinds a name supports, over all detectors at once."""

    def __init__(
        self,
        phrases: Mapping[str, Iterable[tuple[str, ...]]],
        han: Mapping[str, Iterable[str]],
        nobody: Iterable[tuple[str, ...]],
        nobody_han: Iterable[str],
    ) -> None:
        self._phrases: dict[tuple[str, ...], set[str]] = {_singular(p): set() for p in nobody}
        self._han: dict[str, set[str]] = {phrase: set() for phrase in nobody_han}
        for kind, found in phrases.items():
            for phrase in found:
                self._phrases.setdefault(_singular(phrase), set()).add(kind)
        for kind, found_han in han.items():
            for word in found_han:
                self._han.setdefault(word, set()).add(kind)
        self._longest = max(map(len, self._phrases), default=0)
        self._han_order = sorted(self._han, key=len, reverse=True)
        known = {token for phrase in self._phrases for token in phrase}
        self._vocabulary = known
        self._pieces = {w for w in known | _GLUE if len(w) >= _SHORTEST_PIECE}

    def kinds(self, name: str) -> dict[str, str]:
        """The kinds this name supports, each with the phrase that says so."""
        found: dict[str, str] = {}
        rest = name
        for phrase in self._han_order:
            if phrase in rest:
                found |= dict.fromkeys(self._han[phrase], phrase)
                rest = rest.replace(phrase, " ")
        tokens: list[str] = []
        for token in tokens_of(rest):
            tokens += [""] if _HAN.match(token) else self._cut(token)
        return {**found, **self._in_tokens(tokens)}

    def _in_tokens(self, tokens: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for size in range(min(self._longest, len(tokens)), 0, -1):
            for start in range(len(tokens) - size + 1):
                phrase = tuple(tokens[start : start + size])
                if phrase in self._phrases:
                    found |= dict.fromkeys(self._phrases[phrase], " ".join(phrase))
                    tokens[start : start + size] = [""] * size
        return found

    def _cut(self, token: str) -> list[str]:
        """A token as known words: itself, its singular, or the words it is glued from."""
        token = _one(token)
        if token in self._vocabulary or token in _WHOLE:
            return [token]
        return self._glued(token) or [token]

    def _glued(self, token: str) -> list[str] | None:
        if len(token) < 2 * _SHORTEST_PIECE:
            return None
        for cut in range(len(token) - _SHORTEST_PIECE, _SHORTEST_PIECE - 1, -1):
            head, tail = token[:cut], token[cut:]
            if head in self._pieces:
                rest = [tail] if tail in self._pieces else self._glued(tail)
                if rest:
                    return [head, *rest]
        return None


def _singular(phrase: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_one(token) for token in phrase)


def _one(token: str) -> str:
    """A token without its plural s: contacts -> contact, address and status stay."""
    plural = len(token) > 3 and token.endswith("s") and token[-2] not in "sui"
    return token[:-1] if plural else token
