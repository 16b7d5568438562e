"""Personal data inside text: spans with character offsets, never the words themselves."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from habeas.boundary.detector import Detector, InText, Needs
from habeas.boundary.draw import Category
from habeas.boundary.engine import Engine, Findings, engine_of, is_ready, settled
from habeas.boundary.fold import fold
from habeas.boundary.kernel import WORTH
from habeas.boundary.registry import own, shipped

_NOTHING = re.compile("(?!)")
Places = npt.NDArray[np.int64]
_AFTER = 12
_JUST_BEFORE = 24
_MANY = 200

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
    """Every finding in the text, in order; of overlapping ones the surest, then the longest.

    Above a megabyte a compiled pass says where to look; the findings are the same.
    """
    if own():
        return _with_own(text, _shipped_spans(text))
    return _shipped_spans(text)


def _with_own(text: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """A user's findings among the shipped ones; by the general path."""
    from habeas.boundary.own import places_of

    found = list(spans)
    folded = fold(text)
    for detector in own():
        rung: Literal["pattern", "checksum"] = "checksum" if detector.checksum else "pattern"
        rule = InText(pattern=_NOTHING, rung=rung)
        for start, stop in places_of(detector, text):
            near = _keyword_near(detector.keywords, folded, start, stop, rule.before)
            if near or detector.alone:
                found.append(_span(detector, rule, start, stop, near=near))
    return _settle(found)


def _shipped_spans(text: str) -> tuple[Span, ...]:
    if len(text) < WORTH:
        return scan_plainly(text)
    raw = text.encode("utf-8", "surrogatepass")
    bounds = pa.py_buffer(np.array([0, len(raw)], np.int64))
    cells = pa.Array.from_buffers(pa.large_binary(), 1, [None, bounds, pa.py_buffer(raw)])
    return next((spans for _, spans in scan_cells(cells, [text])), ())


def scan_texts(texts: Sequence[str]) -> Iterator[tuple[int, tuple[Span, ...]]]:
    """For each text with a finding its place and its findings, as `scan_text` gives them."""
    if own():
        for place, text in enumerate(texts):
            if spans := scan_text(text):
                yield place, spans
        return
    if sum(map(len, texts)) >= WORTH or (is_ready() and len(texts) >= _MANY):
        yield from scan_cells(pa.array(texts, pa.large_string()), texts)
        return
    for place, text in enumerate(texts):
        if spans := scan_plainly(text):
            yield place, spans


def kinds_in(texts: Sequence[str]) -> dict[str, tuple[list[int], Span]]:
    """For each kind the places of the texts it stands in, and the first of its surest findings."""
    fast = sum(map(len, texts)) >= WORTH or (is_ready() and len(texts) >= _MANY)
    if fast and not own():
        return _kinds_found(pa.array(texts, pa.large_string()), texts)
    told: dict[str, tuple[list[int], Span]] = {}
    for place, text in enumerate(texts):
        _tell(told, place, scan_text(text))
    return told


def _tell(told: dict[str, tuple[list[int], Span]], place: int, spans: Sequence[Span]) -> None:
    for span in spans:
        places, best = told.setdefault(span.kind, ([], span))
        if not places or places[-1] != place:
            places.append(place)
        if span.confidence > best.confidence:
            told[span.kind] = places, span


def _kinds_found(values: pa.Array, texts: Sequence[str]) -> dict[str, tuple[list[int], Span]]:
    found = find(values)
    sure = _engine()[1][0][found.rule, found.near.astype(np.int64)]
    told: dict[str, tuple[list[int], Span]] = {}
    names = [detector.id for _, detector, _ in _rules()]
    for kind in sorted(set(names)):
        own = np.isin(found.rule, [n for n, name in enumerate(names) if name == kind])
        at = np.flatnonzero(own)
        if len(at):
            best = at[np.argmax(sure[at])]
            told[kind] = np.unique(found.row[at]).tolist(), _span_at(found, int(best))
    for row in found.plain.tolist():
        _tell(told, row, scan_plainly(texts[row]))
    return told


def _span_at(found: Findings, at: int) -> Span:
    _, detector, rule = _rules()[int(found.rule[at])]
    start, stop = int(found.start[at]), int(found.stop[at])
    return _span(detector, rule, start, stop, near=bool(found.near[at]))


def scan_plainly(text: str) -> tuple[Span, ...]:
    """The reference: every pattern over the whole text."""
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
        for detector in shipped()
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
    found = (_found(detector, rule, folded, match) for match in rule.pattern.finditer(folded))
    return [span for span in found if span is not None]


def _found(detector: Detector, rule: InText, folded: str, match: re.Match[str]) -> Span | None:
    """The finding in one match, if the check and the words around it allow one."""
    group: int | str = (match.lastgroup or 0) if rule.group < 0 else rule.group
    start, end = match.span(group)
    if start == end or (rule.check is not None and not rule.check(match[group])):
        return None
    just_before = folded[max(0, start - _JUST_BEFORE) : start]
    if rule.unless is not None and rule.unless.search(just_before):
        return None
    near = _keyword_near(rule.keywords or detector.keywords, folded, start, end, rule.before)
    if not near and not rule.alone:
        return None
    return _span(detector, rule, start, end, near=near)


def find(values: pa.Array) -> Findings:
    """All findings in an Arrow array of strings without nulls, as columns of numbers.

    The same findings as `scan_plainly` of each text gives. Rows the machine gave up are named in
    `plain` and hold no findings here.
    """
    engine, ranks = _engine()
    last: list[tuple[int, str]] = [(-1, "")]

    def part(row: int, start: int, stop: int) -> str:
        if last[0][0] != row:
            last[0] = (row, fold(_text(values[row])))
        return last[0][1][start:stop]

    return settled(engine.find(values, part), *ranks)


def _text(scalar: pa.Scalar) -> str:
    value = scalar.as_py()
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else str(value)


def scan_cells(values: pa.Array, texts: Sequence[str]) -> Iterator[tuple[int, tuple[Span, ...]]]:
    """For each text with a finding its place and its findings, as `scan_plainly` gives them.

    values: the same texts as an Arrow array.
    """
    found = find(values)
    plain = {row: scan_plainly(texts[row]) for row in found.plain.tolist()}
    firsts = np.flatnonzero(np.diff(found.row, prepend=-1)).tolist()
    spans = [
        _span(detector, rule, start, stop, near=near)
        for (_, detector, rule), start, stop, near in zip(
            map(_rules().__getitem__, found.rule.tolist()),
            found.start.tolist(),
            found.stop.tolist(),
            found.near.tolist(),
            strict=True,
        )
    ]
    rows = found.row[firsts].tolist()
    told = {
        row: tuple(spans[first:end])
        for row, first, end in zip(rows, firsts, [*firsts[1:], len(spans)], strict=False)
    }
    for row, one in sorted({**told, **plain}.items()):
        if one:
            yield row, one


@cache
def _engine() -> tuple[Engine, tuple[Places, Places, Places]]:
    """The engine of the shipped rules, with how sure each is, its layer and its place by name."""
    shipped = _rules()
    engine = engine_of(
        [(detector, rule) for _, detector, rule in shipped],
        _keyword_pattern,
        after=_AFTER,
        just_before=_JUST_BEFORE,
    )
    sure = [[round(100 * _CONFIDENCE[r.rung, n]) for n in (False, True)] for _, _, r in shipped]
    names = sorted({detector.id for _, detector, _ in shipped})
    layers = [detector.id in _MAY_CONTAIN for _, detector, _ in shipped]
    order = [names.index(detector.id) for _, detector, _ in shipped]
    return engine, (np.array(sure), np.array(layers, np.int64), np.array(order))


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
    # In each layer what is kept never overlaps: its starts and ends, both in order.
    layers: dict[bool, tuple[list[int], list[int]]] = {False: ([], []), True: ([], [])}
    for span in sorted(found, key=lambda s: (-s.confidence, s.start - s.end, s.start)):
        starts, ends = layers[span.kind in _MAY_CONTAIN]
        at = bisect_right(starts, span.start)
        clear_before = at == 0 or ends[at - 1] <= span.start
        if clear_before and (at == len(starts) or span.end <= starts[at]):
            starts.insert(at, span.start)
            ends.insert(at, span.end)
            kept.append(span)
    return tuple(sorted(kept, key=lambda s: (s.start, s.end, s.kind)))
