"""Scan speed beside two floors in the same run: the same columns through polars and Python `re`.

    python benchmarks/scan.py [ROWS]

Ours is the public call with every shipped detector on. The floors only match: seventeen anchored
patterns, no check digit, no name, no word list, no verdict. Peers that are installed run too.
"""

from __future__ import annotations

import importlib.util
import random
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

from habeas.boundary.registry import detectors, rule_pack
from habeas.boundary.scan import scan
from habeas.boundary.text import find, scan_cells, scan_plainly
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


def matrix() -> object:
    spec = importlib.util.spec_from_file_location("matrix", ROOT / "tests/boundary/matrix.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["matrix"] = module
    spec.loader.exec_module(module)
    return module


def planted(lines: int) -> tuple[list[str], list[tuple[str, int, int] | None]]:
    """Lines, half English, half Chinese, a quarter with a planted value; what was planted where."""
    made, notes, rng = matrix(), people(), random.Random(1)
    english = (
        "The parcel was left at the counter and nobody asked for it until noon",
        "Please confirm that the meeting on the new schedule still takes place",
        "we looked at the figures again and found that the difference is small",
    )
    texts, truth = [], []
    for number in range(lines):
        base = rng.choice(english if number % 2 else notes.NOTES[3:])
        kind = rng.choice(made.KINDS) if rng.random() < 0.25 else None
        if kind is None:
            texts.append(base)
            truth.append(None)
            continue
        value = rng.choice(list(kind.forms.values()))(kind.make(rng))
        cue = f", {kind.en}: " if number % 2 else f"，{kind.zh}"
        texts.append(f"{base}{cue}{value}")
        truth.append((kind.id, len(base) + len(cue), len(base) + len(cue) + len(value)))
    return texts, truth


def f1(texts: list[str], truth: list[tuple[str, int, int] | None]) -> float:
    """Of validated findings, exact spans, by the very run that is timed below."""
    right = wrong = missed = 0
    found = dict(scan_cells(pa.array(texts), texts))
    for place, want in enumerate(truth):
        spans = {
            (s.kind, s.start, s.end) for s in found.get(place, ()) if s.evidence == "validated"
        }
        right += want in spans
        missed += want is not None and want not in spans
        wrong += len(spans - {want})
    return 2 * right / max(1, 2 * right + wrong + missed)


def text(lines: int = 100_000) -> None:
    texts, truth = planted(lines)
    size = sum(len(one.encode()) for one in texts) / 1e6
    print(f"\ntext, {lines:,} lines, {size:.1f} MB, a quarter with a planted value, one core")
    cells = pa.array(texts)
    find(cells.slice(0, 100))  # compiled, or read from the cache, before the clock runs
    seconds = min(timed(lambda: find(cells)) for _ in range(3))
    line("habeas, all detectors, exact spans as columns", seconds, lines, size)
    print(f"  validated findings, exact spans: F1 {f1(texts, truth):.4f}")
    few = texts[: lines // 20]
    share = len(few) / lines
    seconds = timed(lambda: [scan_plainly(one) for one in few])
    line("habeas, plain reference", seconds, len(few), size * share)
    unanchored = [re.compile(p.strip("^$"), re.ASCII) for p in PATTERNS]
    seconds = timed(lambda: [list(p.finditer(one)) for one in few for p in unanchored])
    line("floor: Python re, 17 patterns, match only", seconds, len(few), size * share)
    series = pl.Series(texts)
    seconds = timed(lambda: [series.str.count_matches(p.strip("^$")) for p in PATTERNS])
    line("floor: polars, 17 patterns, counts only", seconds, lines, size)
    hyperscan(few, size * share)
    presidio(few[:400], size * 400 / lines)


def hyperscan(texts: list[str], size: float) -> None:
    try:
        import hyperscan as hs
    except ImportError:
        print("peer: hyperscan is not installed")
        return
    database = hs.Database()
    patterns = [p.strip("^$").encode() for p in PATTERNS if "\\u" not in p and "一" not in p]
    database.compile(expressions=patterns, flags=hs.HS_FLAG_ALLOWEMPTY)
    joined = "\n".join(texts).encode()
    seconds = timed(lambda: database.scan(joined, match_event_handler=lambda *_: None))
    line("peer: hyperscan, ends of matches only", seconds, len(texts), size)


def presidio(texts: list[str], size: float) -> None:
    try:
        import spacy
        from presidio_analyzer import AnalyzerEngine
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
    except ImportError:
        print("peer: presidio-analyzer is not installed")
        return

    class Blank(SpacyNlpEngine):
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    engine = Blank(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.load()
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    analyzer.analyze("warm", language="en")
    seconds = timed(lambda: [analyzer.analyze(one, language="en") for one in texts])
    line("peer: presidio-analyzer, blank spaCy, English", seconds, len(texts), size)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    print(f"{len(detectors())} detectors, rule pack {rule_pack()}")
    tables(rows)
    text()
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
