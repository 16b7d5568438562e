"""Personal data inside text: spans with character offsets, never the words themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from habeas.boundary.detector import Detector, InText, Needs
from habeas.boundary.draw import Category
from habeas.boundary.fold import fold
from habeas.boundary.registry import detectors

_AFTER = 12
_JUST_BEFORE = 24

# Confidence by the rung reached: a pattern alone, a check digit, and either with a keyword near.
_CONFIDENCE = {
    ("pattern", False): 0.6,
    ("checksum", False): 0.85,
    ("keyword", False): 0.75,
    ("pattern", True): 0.9,
    ("checksum", True): 0.98,
    ("keyword", True): 0.9,
}
# A relation and a number form one finding; the number inside it is a finding of its own.
_MAY_CONTAIN = frozenset({"contacts"})

_FLAGS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (int(Needs.DIGIT), re.compile("[0-9]")),
    (int(Needs.DIGITS), re.compile(r"[0-9](?:[^0-9]{0,3}[0-9]){3}")),
    (int(Needs.HAN), re.compile("[\u3400-\u9fff]")),
    (int(Needs.LATIN), re.compile("[A-Za-z]")),
    (int(Needs.AT), re.compile("@")),
    (int(Needs.COLON), re.compile(":")),
    (int(Needs.DOT), re.compile(r"\.")),
    (int(Needs.STAR), re.compile(r"\*")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One finding in a text: characters `start` to `end` (exclusive) of what was given."""

    start: int
    end: int
    kind: str
    evidence: Literal["validated", "statistical"]
    rung: Literal["pattern", "checksum", "keyword"]
    confidence: float
    category: Category
    citations: tuple[str, ...]


def scan_text(text: str) -> tuple[Span, ...]:
    """Every finding in the text, in order; of overlapping ones the surest, then the longest."""
    folded = fold(text)
    have = _flags(folded)
    found: list[Span] = []
    for needs, detector, rule in _rules():
        if not needs or needs & have:
            found.extend(_spans(detector, rule, folded))
    return _settle(found)


@cache
def _rules() -> tuple[tuple[int, Detector, InText], ...]:
    """Every rule for text with what it needs, as a plain integer: this is asked very often."""
    return tuple(
        (int(rule.needs), detector, rule)
        for detector in detectors()
        for rule in (detector.text, detector.text_too)
        if rule is not None
    )


def _flags(folded: str) -> int:
    have = 0
    for flag, pattern in _FLAGS:
        if pattern.search(folded):
            have |= flag
    return have


def _spans(detector: Detector, rule: InText, folded: str) -> list[Span]:
    found: list[Span] = []
    for match in rule.pattern.finditer(folded):
        group: int | str = (match.lastgroup or 0) if rule.group < 0 else rule.group
        start, end = match.span(group)
        if start == end or (rule.check is not None and not rule.check(match[group])):
            continue
        if rule.unless is not None and rule.unless.search(
            folded[max(0, start - _JUST_BEFORE) : start]
        ):
            continue
        near = _keyword_near(detector.keywords, folded, start, end, rule.before)
        if near or rule.alone:
            found.append(_span(detector, rule, start, end, near=near))
    return found


def _span(detector: Detector, rule: InText, start: int, end: int, *, near: bool) -> Span:
    return Span(
        start=start,
        end=end,
        kind=detector.id,
        evidence="validated" if detector.evidence == "validated" else "statistical",
        rung="keyword" if near else rule.rung,
        confidence=_CONFIDENCE[rule.rung, near],
        category=detector.category,
        citations=detector.citations,
    )


def _keyword_near(keywords: str, folded: str, start: int, end: int, before: int) -> bool:
    if not keywords:
        return False
    pattern = _keyword_pattern(keywords)
    return bool(
        pattern.search(folded[max(0, start - before) : start])
        or pattern.search(folded[end : end + _AFTER])
    )


@cache
def _keyword_pattern(keywords: str) -> re.Pattern[str]:
    """Chinese words anywhere, English ones whole: "lic" inside "duplicate" is no context."""
    words = keywords.split("|")
    latin = "|".join(re.escape(word) for word in words if word.isascii())
    han = "|".join(re.escape(word) for word in words if not word.isascii())
    parts = [rf"(?<![A-Za-z])(?:{latin})(?![A-Za-z])"] if latin else []
    return re.compile("|".join([*parts, *([han] if han else [])]), re.IGNORECASE)


def _settle(found: list[Span]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in sorted(found, key=lambda s: (-s.confidence, s.start - s.end, s.start)):
        layer = [k for k in kept if (k.kind in _MAY_CONTAIN) == (span.kind in _MAY_CONTAIN)]
        if all(span.end <= other.start or other.end <= span.start for other in layer):
            kept.append(span)
    return tuple(sorted(kept, key=lambda s: (s.start, s.end, s.kind)))
