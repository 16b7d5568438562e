"""Scan speed beside two floors in the same run: the same columns through polars and Python `re`.

    python benchmarks/scan.py [ROWS]

Ours is the public call with every shipped detector on. The floors only match: seventeen anchored
patterns, no check digit, no name, no word list, no verdict.
"""

from __future__ import annotations

import importlib.util
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pyarrow as pa

from habeas.boundary import kernel
from habeas.boundary.registry import detectors, rule_pack
from habeas.boundary.scan import scan
from habeas.boundary.text import rules, scan_text
from habeas.tables.source import open_source
from habeas.tables.write import write_table

ROOT = Path(__file__).resolve().parents[1]
BOOK = SimpleNamespace(id="cn", hash="0" * 64, provisions={})
DAY = date(2026, 11, 24)
PATTERNS = [
    r"^[1-9][0-9]{16}[0-9Xx]$",
    r"^[1-9][0-9]{14}$",
    r"^1[3-9][0-9]{9}$",
    r"^[2-69][0-9]{12,18}$",
    r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,80}\.[A-Za-z]{2,24}$",
    r"^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$",
    r"^(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}$",
    r"^(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$",
    r"^[\u4e00-\u9fff][A-Z][A-Z0-9]{5,6}$",
    r"^[EG][0-9]{8}$",
    r"^0[0-9]{2,3}-?[0-9]{7,8}$",
    r"^[0-9A-Z]{18}$",
    r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$",
    r"^[0-9]{3}-[0-9]{2}-[0-9]{4}$",
    r"^(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$",
    r"^[0-9]{6}$",
    r"^-?[0-9]{1,3}\.[0-9]{4,}$",
]


def people() -> object:
    spec = importlib.util.spec_from_file_location("people", ROOT / "tests/boundary/people.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def timed(work: Callable[[], object]) -> float:
    """Wall seconds; CPU seconds are printed beside, for machines that others use too."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    print(f"  (cpu {time.process_time() - cpu:6.2f} s) ", end="")
    return time.perf_counter() - wall


def by_polars(table: pa.Table) -> int:
    frame = pl.DataFrame(table).cast(pl.String)
    return sum(
        int(frame[name].str.contains(pattern).sum())
        for name in frame.columns
        for pattern in PATTERNS
    )


def by_re(cells: list[str]) -> int:
    compiled = [re.compile(pattern) for pattern in PATTERNS]
    return sum(pattern.match(cell) is not None for cell in cells for pattern in compiled)


def line(name: str, seconds: float, cells: int, size: float) -> None:
    speed = f"{cells / seconds / 1e6:9.3f} M cells/s{size / seconds:8.1f} MB/s"
    print(f"{name:<46}{seconds:8.2f} s{speed}")


def tables(rows: int) -> None:
    base = people().loan_book(min(rows, 20_000))
    table = pa.concat_tables([base] * (-(-rows // base.num_rows))).slice(0, rows)
    cells, size = table.num_rows * table.num_columns, table.nbytes / 1e6
    print(f"\nloan book {table.num_rows:,} x {table.num_columns}, {size:.0f} MB in memory")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.parquet"
        write_table(table, path)
        scan(open_source(base.slice(0, 100)), book=BOOK, as_of=DAY)  # load the detectors
        seconds = timed(lambda: scan(open_source(path), book=BOOK, as_of=DAY))
        line("habeas, by sampling (verdicts)", seconds, cells, size)
        part = table.slice(0, min(rows, 20_000))
        share = part.num_rows / table.num_rows
        few = open_source(part)
        seconds = timed(lambda: scan(few, book=BOOK, as_of=DAY, full=True))
        line(
            f"habeas, full ({part.num_rows:,} rows)",
            seconds,
            int(cells * share),
            size * share,
        )
        seconds = timed(lambda: by_polars(part))
        line("floor: polars, 17 patterns, match only", seconds, int(cells * share), size * share)
        some = [str(c) for name in part.column_names for c in part.column(name).to_pylist()[:2_000]]
        seconds = timed(lambda: by_re(some))
        line(
            "floor: Python re, 17 patterns, match only",
            seconds,
            len(some),
            sum(len(c.encode()) for c in some) / 1e6,
        )


def text(lines: int = 20_000) -> None:
    made = people()
    import random

    rng = random.Random(1)
    notes = [rng.choice(made.NOTES).format(phone=made.mobile(rng)) for _ in range(lines)]
    size = sum(len(note.encode()) for note in notes) / 1e6
    print(f"\ncollection notes, {lines:,} lines, {size:.2f} MB, one core")
    seconds = timed(lambda: [scan_text(note) for note in notes])
    line("habeas, spans, all detectors (plain reference)", seconds, lines, size)
    joined = "\n".join(notes * 4)
    many = len(joined.encode()) / 1e6
    kernel.compiled()
    rules()  # compiled and tables read before the clock runs
    seconds = timed(lambda: scan_text(joined))
    line("habeas, one text, compiled pass and confirm", seconds, lines * 4, many)
    cells = pa.array([joined])
    seconds = timed(lambda: kernel.mark(cells, rules()))
    line("  of it the compiled pass alone", seconds, lines * 4, many)
    seconds = timed(lambda: bytearray(joined.encode()))
    line("floor: encode and copy", seconds, lines * 4, many)
    unanchored = [re.compile(p.strip("^$"), re.ASCII) for p in PATTERNS]
    seconds = timed(lambda: [list(p.finditer(note)) for note in notes for p in unanchored])
    line("floor: Python re, 17 patterns, match only", seconds, lines, size)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    print(f"{len(detectors())} detectors, rule pack {rule_pack()}")
    tables(rows)
    text()
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
