"""Cells as strings, the characters they hold, and a masked picture of their shape."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from habeas.boundary.detector import Detector, Family, Needs
from habeas.boundary.fold import fold
from habeas.boundary.gated import gated
from habeas.boundary.kernel import WORTH, is_compiled

# Over cells as they come: full-width forms count, no folding is needed to ask.
_D = "[0-9\uff10-\uff19]"
_N = "[^0-9\uff10-\uff19]{0,3}"
_FLAGS: tuple[tuple[Needs, str], ...] = (
    (Needs.DIGIT, _D),
    (Needs.DIGITS, f"{_D}{_N}{_D}{_N}{_D}{_N}{_D}"),
    (Needs.HAN, "[\u3400-\u9fff]"),
    (Needs.LATIN, "[A-Za-z\uff21-\uff3a\uff41-\uff5a]"),
    (Needs.AT, "[@\uff20]"),
    (Needs.COLON, "[:\uff1a]"),
    (Needs.DOT, "[.\uff0e]"),
    (Needs.STAR, "[*\uff0a]"),
    (Needs.BRACKET, r"^\s*[\[{]"),
)
_KEPT = frozenset(" -./@:()+_,*")
_LONGEST_MASK = 24
_MANY = 200


def family_of(kind: pa.DataType) -> Family:
    """The family of an Arrow type."""
    if pa.types.is_boolean(kind):
        return "bool"
    if pa.types.is_integer(kind):
        return "int"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "float"
    if pa.types.is_temporal(kind):
        return "date"
    return "string" if pa.types.is_string(kind) or pa.types.is_nested(kind) else "other"


def counted(values: pa.Array | pa.ChunkedArray, *, most: int) -> tuple[list[str], list[int]]:
    """Up to `most` different cells as strings, each with how many cells hold it."""
    if pa.types.is_nested(values.type):
        import json

        rows = values.to_pylist()
        series = pl.Series([json.dumps(row, ensure_ascii=False, default=str) for row in rows])
    elif pa.types.is_binary(values.type):
        return [], []
    else:
        series = pl.Series(values).cast(pl.String)
    # In order of first appearance, so that the same seed sees the same.
    groups = series.alias("cell").to_frame().group_by("cell", maintain_order=True).len("cells")
    counts = groups.head(most)
    return counts["cell"].to_list(), counts["cells"].to_list()


class Cells:
    """Different cells of a column, each once: as they are, folded, and how many hold each."""

    def __init__(self, cells: list[str], counts: list[int]) -> None:
        self.cells = cells
        self.counts = counts
        self.folded = [fold(cell).strip() for cell in cells]
        self._flags = _flags_of(cells)
        self._having: dict[int, list[int]] = {}
        self._gated = gated(self.folded) if _pays(cells) else None

    def asked(self, detector: Detector) -> Sequence[int]:
        """Places of the cells a detector is asked about: it says NONE of all others."""
        if self._gated is not None and detector.id in self._gated:
            may = self._gated[detector.id]
            if detector.needs:
                may = may[(self._flags[may] & int(detector.needs)) != 0]
            found: list[int] = may.tolist()
            return found
        return self._holding(int(detector.needs))

    def _holding(self, wanted: int) -> Sequence[int]:
        """Places of the cells that hold any of the characters asked for."""
        if not wanted:
            return range(len(self.cells))
        if wanted not in self._having:
            self._having[wanted] = np.flatnonzero(self._flags & wanted).tolist()
        return self._having[wanted]


def _pays(cells: list[str]) -> bool:
    """Is the compiled pass worth it: always above a megabyte; once it is there, for many cells."""
    if is_compiled():
        return len(cells) >= _MANY
    return sum(map(len, cells)) >= WORTH


def _flags_of(cells: list[str]) -> npt.NDArray[np.int32]:
    """For each cell, which characters it holds, as the integer of `Needs`."""
    series = pl.Series(cells, dtype=pl.String)
    total = np.zeros(len(cells), np.int32)
    for flag, pattern in _FLAGS:
        total += series.str.contains(pattern).to_numpy() * np.int32(flag)
    return total


def masked(cells: list[str], counts: list[int]) -> str | None:
    """The commonest shape: digits as #, letters as x, Chinese as 某; never a cell itself."""
    if not cells:
        return None
    shapes: Counter[str] = Counter()
    for cell, count in zip(cells[:500], counts[:500], strict=True):
        shapes[_shape(cell)] += count
    return shapes.most_common(1)[0][0]


def _shape(cell: str) -> str:
    if len(cell) > _LONGEST_MASK * 2:
        return "…"
    text = re.sub("[0-9\uff10-\uff19]", "#", cell)
    text = re.sub("[\u3400-\u9fff]", "某", text)
    shape = "".join(c if c in _KEPT or c in "#某" else "x" for c in text)
    return shape if len(shape) <= _LONGEST_MASK else shape[:_LONGEST_MASK] + "…"
