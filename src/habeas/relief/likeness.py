"""Which claims tell of what may be one event: alike in their words, and only suggested.

Nothing is merged by likeness: a suggestion is a list for a person to read. Claims of two
defendants, rights or laws are never compared. Two stories that name times, and no common one,
are two events however alike their words: a form letter about a leak in March is not about the
one in June.

Words are weighed by TF-IDF over runs of characters, which needs no segmentation and serves
Chinese and English; alike are two whose cosine is at least `THRESHOLD` on the average of their
groups (average linkage, UPGMA; Sokal and Michener 1958). The same claims give the same
suggestions, in whatever order they come.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

THRESHOLD = 0.3
# A block of more stories than this is not compared whole; the suggestion says so by its absence.
LARGEST = 20_000
_RUNS = (2, 3, 4)
_LONGEST = 2_000
_CHUNK = 1_000
_LARGEST_COMPONENT = 6_000

Block = tuple[str, str, str]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A claim's own words. block: defendant, right and law; event: None if it is not stated."""

    claim: str
    block: Block
    event: str | None
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Claims that may be about one event. event: stated by some of them, to be confirmed.

    claims: those whose event is not stated. likeness: mean cosine over all pairs, 0 to 1.
    """

    block: Block
    event: str | None
    claims: tuple[str, ...]
    likeness: float


def suggest(stories: Iterable[Story], *, threshold: float = THRESHOLD) -> tuple[Suggestion, ...]:
    """Candidate events, the largest first; a claim is in one of them at most.

    A group in which different events are stated is left out: it would merge what is known to be
    two. A claim whose event is stated is never suggested into another.
    """
    blocks: defaultdict[Block, list[Story]] = defaultdict(list)
    for story in sorted(stories, key=lambda each: each.claim):
        if _folded(story.text):
            blocks[story.block].append(story)
    found = [
        made
        for block in sorted(blocks)
        for group in groups_of([story.text for story in blocks[block]], threshold=threshold)
        if (made := _suggestion([blocks[block][at] for at in group])) is not None
    ]
    return tuple(sorted(found, key=lambda each: (-len(each.claims), each.claims)))


def _suggestion(group: Sequence[Story]) -> Suggestion | None:
    events = {story.event for story in group if story.event is not None}
    claims = tuple(story.claim for story in group if story.event is None)
    if len(events) > 1 or not claims or len(group) == 1:
        return None
    alike = _cosines(_vectors([story.text for story in group]))
    pairs = alike[np.triu_indices(len(group), k=1)]
    return Suggestion(
        block=group[0].block,
        event=next(iter(events), None),
        claims=claims,
        likeness=round(float(pairs.mean()), 3),
    )


def groups_of(texts: Sequence[str], *, threshold: float = THRESHOLD) -> list[list[int]]:
    """Positions of texts that belong together by words and times; singles are groups of one."""
    if not 2 <= len(texts) <= LARGEST:
        return [[at] for at in range(len(texts))]
    vectors, times = _vectors(texts), [times_in(text) for text in texts]
    found: list[list[int]] = []
    for component in _components(vectors, threshold):
        if 1 < len(component) <= _LARGEST_COMPONENT:
            found += _linked(component, vectors, times, threshold)
        else:
            found += [[at] for at in component]
    return sorted(found)


def _components(vectors: csr_array, threshold: float) -> list[list[int]]:
    """What any pair above the threshold connects; average linkage never goes beyond it."""
    count = vectors.shape[0]
    rows: list[NDArray[np.int32]] = []
    columns: list[NDArray[np.int32]] = []
    for start in range(0, count, _CHUNK):
        near = (vectors[start : start + _CHUNK] @ vectors.T).tocoo()
        keep = near.data >= threshold
        rows.append(near.row[keep] + start)
        columns.append(near.col[keep])
    edges = np.concatenate(rows), np.concatenate(columns)
    graph = csr_array((np.ones(len(edges[0]), dtype=np.int8), edges), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    return _by_label(labels, range(count))


def _linked(
    component: Sequence[int],
    vectors: csr_array,
    times: Sequence[frozenset[str]],
    threshold: float,
) -> list[list[int]]:
    alike = _cosines(vectors[list(component)])
    timed = [(at, times[member]) for at, member in enumerate(component) if times[member]]
    for number, (one, left) in enumerate(timed):
        for other, right in timed[:number]:
            if not left & right:
                alike[one, other] = alike[other, one] = 0.0
    far = squareform(np.clip(1.0 - alike, 0.0, 1.0), checks=False)
    labels = fcluster(linkage(far, method="average"), t=1.0 - threshold, criterion="distance")
    return _by_label(labels, component)


def _by_label(labels: NDArray[np.int32], members: Sequence[int]) -> list[list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for label, member in zip(labels.tolist(), members, strict=True):
        found[label].append(member)
    return list(found.values())


def _cosines(vectors: csr_array) -> Floats:
    alike: Floats = (vectors @ vectors.T).toarray()
    np.fill_diagonal(alike, 1.0)
    return alike


def _vectors(texts: Sequence[str]) -> csr_array:
    """One row a text, unit length: runs of characters, damped count × inverse share of texts."""
    found = [_runs_of(text) for text in texts]
    lengths = np.fromiter((len(runs) for runs, _ in found), dtype=np.int64)
    names, indices = np.unique(np.concatenate([runs for runs, _ in found]), return_inverse=True)
    counts = np.concatenate([count for _, count in found]).astype(np.float64)
    seen = np.bincount(indices, minlength=len(names))
    weight = np.log((1 + len(texts)) / (1 + seen)) + 1.0
    data = (1.0 + np.log(counts)) * weight[indices]
    rows = np.repeat(np.arange(len(texts)), lengths)
    norms = np.sqrt(np.bincount(rows, weights=data**2, minlength=len(texts)))
    data /= np.maximum(norms[rows], 1e-12)
    pointers = np.concatenate([[0], np.cumsum(lengths)])
    return csr_array((data, indices, pointers), shape=(len(texts), len(names)))


def _runs_of(text: str) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The runs of a text as 64-bit names (a polynomial in its code points), and how often each."""
    codes = np.frombuffer(_folded(text).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    found = [np.zeros(0, dtype=np.uint64)]
    for length in _RUNS:
        if len(codes) >= length:
            run = np.full(len(codes) - length + 1, length, dtype=np.uint64)
            for at in range(length):
                run = run * _BASE + codes[at : len(codes) - length + 1 + at]
            found.append(run)
    return np.unique(np.concatenate(found), return_counts=True)


_BASE = np.uint64(0x9E3779B97F4A7C15)


# What a publisher put over names and numbers says nothing of the event.
_MASKED = re.compile(r"x{2,}(?:/x{2,})*|\{?\$[\d,.]+\}?|\*{2,}")
_SPACE = re.compile(r"[^\w]+")


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    return _SPACE.sub(" ", _MASKED.sub(" ", plain)).strip()


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_TIMES = (
    re.compile(r"(?P<y>20\d\d)[-/.年]\s?(?P<m>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<m>\d{1,2})/\d{1,2}/(?P<y>20\d\d)"),
    re.compile(
        r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
        r"(?:\s+\d{1,2}(?:st|nd|rd|th)?,?)?\s+(?:of\s+)?(?P<y>20\d\d)"
    ),
)


def times_in(text: str) -> frozenset[str]:
    """The months a text names, as year-month; none where it names no year.

    >>> sorted(times_in("leaked on 3 March 2025, told in 2025年4月"))
    ['2025-03', '2025-04']
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    found = set()
    for pattern in _TIMES:
        for match in pattern.finditer(plain):
            said = match.groupdict()
            name = said.get("name")
            month = _MONTHS.index(name) + 1 if name else int(said["m"])
            if 1 <= month <= 12:
                found.add(f"{said['y']}-{month:02d}")
    return frozenset(found)
