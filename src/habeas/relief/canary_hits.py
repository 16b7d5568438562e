"""Finding canaries in a leak: rows that only one recipient got, by cells that nobody can guess."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from habeas.protection.base import Base, ReleasedCopy
from habeas.protection.canaries import distinctive_cells
from habeas.relief.attribution import Line
from habeas.terms import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """Canaries of one copy found in the leak.

    bits: for each canary found, of its best leak row, most first; cells: the most that one canary
    could be recognised by.
    """

    copy: int
    planted: int
    bits: tuple[float, ...]
    cells: int
    leak_rows: int
    leak_columns: int

    @property
    def log10_bound(self) -> float:
        """log10 of the chance that a file made without this copy holds as much of its canaries.

        Fix the file. A drawn value of b bits stands in a given cell of it with chance ≤ 2^-b,
        independently over the values of a canary, and over canaries. By the union over the
        file's rows r and, for each of a canary's d values, the file's c columns it may be found
        in or not at all, one canary shows ≥ b bits in some row with chance ≤ F(b) = r·(c+1)^d·2^-b.
        So p_i = F(b_i) is a true p-value of canary i, and of m canaries the k-th smallest is ≤ x
        with chance ≤ C(m,k)·x^k. The bound is the least of C(m,k)·p_(k)^k over k, times m for the
        choice of k.
        """
        tries = math.log10(max(1, self.leak_rows)) + self.cells * math.log10(self.leak_columns + 1)
        powers = [min(0.0, tries - bits * math.log10(2)) for bits in self.bits]
        joint = [
            math.log10(math.comb(self.planted, k)) + k * power
            for k, power in enumerate(powers, start=1)
        ]
        return min(0.0, min(joint, default=0.0) + math.log10(max(1, self.planted)))


def find_canaries(
    leak: pa.Table, copies: Sequence[ReleasedCopy], bases: Mapping[str, Base]
) -> dict[int, Hits]:
    """For each copy that has canaries (by its place in `copies`): what of them is in the leak."""
    owners: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
    planted: dict[int, tuple[int, int]] = {}
    for place, copy in enumerate(copies):
        if copy.canaries is None or not copy.canaries.num_rows:
            continue
        cells = distinctive_cells(copy.canaries, bases[copy.base_id].table)
        planted[place] = len(cells), max(len(row) for row in cells)
        for number, row in enumerate(cells):
            for text, bits in row.values():
                owners[text].append((place, number, bits))
    rows: dict[tuple[int, int, int], float] = defaultdict(float)
    for leak_row, text in _occurrences(leak, list(owners)) if owners else ():
        for place, number, bits in owners[text]:
            rows[place, number, leak_row] += bits
    return {place: _hits(place, about, rows, leak) for place, about in planted.items()}


def _hits(
    place: int,
    planted: tuple[int, int],
    rows: Mapping[tuple[int, int, int], float],
    leak: pa.Table,
) -> Hits:
    best: dict[int, float] = {}
    for (at, number, _), bits in rows.items():
        if at == place:
            best[number] = max(bits, best.get(number, 0.0))
    return Hits(
        copy=place,
        planted=planted[0],
        bits=tuple(sorted(best.values(), reverse=True)),
        cells=planted[1],
        leak_rows=leak.num_rows,
        leak_columns=leak.num_columns,
    )


def _occurrences(leak: pa.Table, texts: list[str]) -> list[tuple[int, str]]:
    """(leak row, text) for each cell that is one of the texts; once per row and text."""
    found: set[tuple[int, str]] = set()
    wanted = pl.Series(texts)
    for place in range(leak.num_columns):
        plain = _plain(pl.Series(pl.from_arrow(leak.column(place).combine_chunks())))
        if plain is None:
            continue
        hit = plain.is_in(wanted).fill_null(value=False)
        rows = hit.arg_true().to_list()
        found.update(zip(rows, plain.filter(hit).to_list(), strict=True))
    return sorted(found)


def _plain(series: pl.Series) -> pl.Series | None:
    """The column's text as protection.contacts.plain writes it; None: it holds no such text."""
    if series.dtype.is_float():
        whole = (series == series.round()) & (series.abs() < 2**53)
        series = series.set(~whole.fill_null(value=False), None).cast(pl.Int64)
    if series.dtype.is_integer():
        return series.cast(pl.String)
    if series.dtype != pl.String:
        return None
    text = series.str.normalize("NFKC").str.replace_all(r"\s", "")
    return text.str.replace_all(r"(\d)-(\d)", "$1$2").str.replace_all(r"(\d)-(\d)", "$1$2")


def canary_line(hits: Hits | None, *, tests: int, epsilon: float) -> Line:
    """Accuses if the chance of such a row in a file made without the copy, over all tests, ≤ ε."""
    if hits is None:
        return Line(
            verdict="silent",
            figures={"planted": 0, "found": 0},
            says=Text(en="This copy has no canaries.", zh="该副本未植入金丝雀记录。"),
        )
    accuses = hits.log10_bound + math.log10(max(1, tests)) <= math.log10(epsilon)
    figures = {
        "planted": hits.planted,
        "found": len(hits.bits),
        "bits": round(max(hits.bits, default=0.0), 1),
        "log10_bound": round(hits.log10_bound, 2),
    }
    says = Text(
        en=f"{len(hits.bits)} of this copy's {hits.planted} canary rows are in the leak.",
        zh=f"该副本植入的{hits.planted}条金丝雀记录中，有{len(hits.bits)}条见于泄露数据。",
    )
    return Line(verdict="accuses" if accuses else "silent", figures=figures, says=says)
