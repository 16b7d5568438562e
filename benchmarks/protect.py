"""Protection, measured beside a floor in the same run: python benchmarks/protect.py [--shared DIR].

Times are wall clock with the processor time of this process beside it, since machines are shared.

1. The exact search on the Adult census data (nine quasi-identifiers, k = 5, ≤ 5 % suppressed),
   as it is and replicated 100 times, beside one polars group_by over the same nine columns of
   the same rows: what merely counting the groups once costs.
2. Local recoding on top of it, by the granularity ARX reports for its own (0.7943, nobody
   suppressed): 1 - the mean loss of the columns.
3. The search on a generated table of 3,000,000 rows with 2,000,000 distinct combinations of nine
   columns: replication flatters a search that collapses rows, this doesn't.
4. With --peers PYTHON, an interpreter that has pycanon and anjana (they pin older libraries than
   ours): what they take to measure k, l and t, and to reach k = 5, on the same rows.
5. A whole release, 200,000 rows × 12 columns, through the public call with everything on (search,
   suppression, base, marks, commitment, canaries, risk three times), beside hashing every row
   once with SHA-256 in Python.
6. What a release costs its users: 30,000 card holders, marks at the default rate.
7. A release of 10,000,000 rows in parts (two passes, a base for each part, marks, written to
   Parquet), with the most memory it took, beside Polars writing the same file again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from habeas.protection.columns import ColumnPlan
from habeas.protection.groups import group_ids, group_sizes
from habeas.protection.ladders import find_plan, search_plan
from habeas.protection.places import PROVINCES
from habeas.protection.plan import ReleasePlan
from habeas.protection.recoding import recode_locally, recoded_columns
from habeas.protection.release import prepare
from habeas.protection.risk import measure
from habeas.protection.search import Optimum
from habeas.protection.stream import Streaming, recut
from habeas.protection.survey import survey
from habeas.protection.transforms import Means
from habeas.tables.source import open_source
from habeas.tables.write import writing
from habeas.terms import Text

T = TypeVar("T")
HERE = Path(__file__).resolve()
WHY = Text(en="benchmark", zh="基准测试")
SECRET = bytes(range(32))
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ARX_NODE, ARX_SUPPRESSED = (0, 3, 0, 0, 2, 1, 1, 2, 0), 1_346


def timed(work: Callable[[], object], *, times: int = 3) -> tuple[float, object]:
    """The best of some runs, and the last result."""
    best, result = float("inf"), None
    for _ in range(times):
        started = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - started)
    return best, result


def busy(work: Callable[[], T]) -> tuple[float, float, T]:
    """One run: wall clock, processor time, result."""
    started, used = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - started, time.process_time() - used, result


def census(shared: Path, copies: int) -> tuple[pl.DataFrame, ReleasePlan, Means]:
    tables = shared / "data" / "tables"
    frame = pl.read_csv(tables / "adult_arx.csv", separator=";", infer_schema_length=0)
    frame = pl.concat([frame] * copies)
    columns = tuple(
        ColumnPlan(
            column=name,
            transform="generalise",
            role="quasi_identifier",
            reason=WHY,
            params={
                "by": "hierarchy",
                "file": f"adult_hierarchies/adult_hierarchy_{name}.csv",
                "level": 0,
            },
        )
        for name in frame.columns
    )
    names = tuple(frame.columns)
    plan = ReleasePlan(
        recipient="R",
        purpose="P",
        columns=columns,
        needed=names,
        adversary=names,
        k=5 * copies,
        search=True,
    )
    return frame, plan, Means(secret=SECRET, purpose="P", epoch="1", folder=tables)


def adult(shared: Path, copies: int) -> None:
    frame, plan, means = census(shared, copies)
    table = frame.to_arrow()
    floor, _ = timed(lambda: frame.group_by(frame.columns).len())
    took, found = timed(lambda: search_plan(table, plan, means)[1])
    assert isinstance(found, Optimum)
    same = (found.node, found.suppressed) == (ARX_NODE, ARX_SUPPRESSED * copies)
    print(
        f"search · {table.num_rows:>9,} rows × 9 · k = {plan.k} · {took:6.2f} s · "
        f"{took / floor:5.1f} × one polars group_by ({floor:.3f} s) · "
        f"{found.visited:,} of {found.nodes:,} nodes looked at · "
        f"{'the optimum ARX found' if same else 'NOT the optimum ARX found'}"
    )


def local(shared: Path) -> None:
    frame, plan, means = census(shared, 1)
    table = frame.to_arrow()
    plan = replace(plan, recoding="local")

    def work() -> tuple[float, pa.Table]:
        found = find_plan(table, plan, means)
        assert found is not None
        recoding = recode_locally(found, table.num_rows)
        return recoding.granularity, recoded_columns(table, found, recoding, means)[0]

    took, (granularity, out) = timed(work, times=2)
    k = group_sizes(group_ids(out, out.column_names)).min()
    print(
        f"local  · {table.num_rows:>9,} rows × 9 · k = {k} · {took:6.2f} s · granularity "
        f"{granularity:.4f}, 0 suppressed (ARX, measured before, on a scale of its own: 0.7943 "
        "in 10.6–20 s)"
    )


def wide(rows: int, distinct: int) -> tuple[pa.Table, ReleasePlan]:
    """Skewed as people are: few large places and trades, many small; `distinct` combinations."""
    rng = np.random.default_rng(11)
    sizes = (600, 3_000, 2, 8, 20, 4, 25, 13, 4)
    even = {0, 2, 7, 8}
    drawn = np.column_stack(
        [
            rng.integers(0, size, distinct * 135 // 100)
            if at in even
            else np.minimum(
                (rng.pareto(1.2, distinct * 135 // 100) * size / 40).astype(int), size - 1
            )
            for at, size in enumerate(sizes)
        ]
    )
    combinations = np.unique(drawn, axis=0)
    rng.shuffle(combinations)
    combinations = combinations[:distinct]
    assert len(combinations) == distinct
    again = rng.integers(0, distinct, rows - distinct)
    pick = rng.permutation(np.concatenate([np.arange(distinct), again]))
    code = combinations[pick].T
    edges = [step * 10**power for power in range(3, 7) for step in (1, 2, 5)]
    starts = sorted(PROVINCES)[: sizes[6]]
    table = pa.table(
        {
            "born": pa.array((np.datetime64("1955-01", "M") + code[0]).astype("datetime64[D]")),
            "postcode": np.array([f"{100_000 + 7 * n}" for n in range(sizes[1])])[code[1]],
            "sex": np.array(["男", "女"])[code[2]],
            **{
                name: np.array([f"{name}{n}" for n in range(sizes[at])])[code[at]]
                for name, at in (("education", 3), ("trade", 4), ("marital", 5), ("housing", 8))
            },
            "region": np.array([PROVINCES[start] for start in starts])[code[6]],
            "income": pa.array(np.array([*edges, 2 * edges[-1]])[code[7]] - 1),
        }
    )
    how: dict[str, tuple[str, dict[str, object]]] = {
        "born": ("generalise", {"by": "date", "to": "month"}),
        "postcode": ("generalise", {"by": "prefix", "keep_first": 6}),
        "income": ("bin", {"edges": edges}),
    }
    names = tuple(table.column_names)
    columns = tuple(
        ColumnPlan(
            column=name,
            transform=how.get(name, ("keep", {}))[0],
            params=how.get(name, ("keep", {}))[1],
            role="quasi_identifier",
            reason=WHY,
        )
        for name in names
    )
    plan = ReleasePlan(
        recipient="R",
        purpose="P",
        columns=columns,
        needed=names,
        adversary=names,
        k=5,
        search=True,
    )
    return table, plan


def generated(rows: int, distinct: int) -> None:
    table, plan = wide(rows, distinct)
    means = Means(secret=SECRET, purpose="P", epoch="1")
    frame = pl.DataFrame(pl.from_arrow(table))
    floor, groups = timed(lambda: frame.group_by(frame.columns).len().height, times=1)
    took, used, found = busy(lambda: find_plan(table, plan, means))
    assert found is not None
    best = found.optimum
    print(
        f"search · {rows:>9,} rows × 9, {groups:,} combinations · k = 5 · {took:6.2f} s "
        f"({used:.1f} s processor) · {took / floor:5.1f} × one polars group_by ({floor:.2f} s) · "
        f"{best.visited:,} of {best.nodes:,} nodes looked at · {best.suppressed:,} suppressed"
    )
    took, used, recoding = busy(lambda: recode_locally(found, rows))
    alone = found.search.counts
    print(
        f"local  · {rows:>9,} rows × 9 · {took:6.2f} s ({used:.1f} s processor) on top of a search "
        f"· granularity {recoding.granularity:.4f} over {len(alone):,} combinations"
    )


PEERS = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from anjana.anonymity import k_anonymity
from pycanon import anonymity as measure
folder, quick = sys.argv[1], sys.argv[2] == "quick"
data = pd.read_csv(f"{folder}/adult_arx.csv", sep=";")
names = list(data.columns)
known = [n for n in names if n not in ("occupation", "salary-class")]
ladders = {}
for n in names:
    rows = pd.read_csv(f"{folder}/adult_hierarchies/adult_hierarchy_{n}.csv", sep=";", header=None,
                       dtype=str)
    ladders[n] = {at: rows[at].to_numpy() for at in rows.columns}
    data[n] = data[n].astype(str)
told = {}
def run(name, work):
    started = time.perf_counter()
    answer = work()
    told[name] = [time.perf_counter() - started, answer]
run("pycanon k", lambda: int(measure.k_anonymity(data, known)))
run("pycanon l", lambda: int(measure.l_diversity(data, known, ["occupation"])))
if not quick:
    run("pycanon t", lambda: float(measure.t_closeness(data, known, ["occupation"])))
run("anjana k = 5, 5 %", lambda: len(k_anonymity(data, [], known, 5, 5, ladders)))
print(json.dumps(told))
"""


def peers(python: Path, shared: Path, *, quick: bool) -> None:
    """pycanon and anjana in their own interpreter, and our figures for the same questions."""
    tables = shared / "data" / "tables"
    asked = [str(python), "-c", PEERS, str(tables), "quick" if quick else "all"]
    ran = subprocess.run(asked, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        print(f"peers  · did not run: {ran.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return
    told = json.loads(ran.stdout.strip().splitlines()[-1])
    frame, _, _ = census(shared, 1)
    table = frame.to_arrow()
    known = [n for n in frame.columns if n not in ("occupation", "salary-class")]
    took, figures = timed(lambda: measure(table, known, k=5, sensitive=["occupation"]))
    print(
        f"peers  · {table.num_rows:>9,} rows × 7 · ours, k, l and t at once: {took:.3f} s, "
        f"k = {figures.k}, l = {figures.distinct_l['occupation']}, "
        f"t = {figures.t['occupation']:.4f}"
    )
    for name, (seconds, answer) in told.items():
        print(f"peers  · {name}: {seconds:.2f} s, answer {answer}")


def loans(rows: int, seed: int = 7) -> pa.Table:
    rng = np.random.default_rng(seed)
    return pa.table(
        {
            "borrower_id": [f"B{n:09d}" for n in rng.permutation(rows)],
            "birth_date": pa.array(
                np.datetime64("1955-01-01") + rng.integers(0, 50 * 365, rows), pa.date32()
            ),
            "sex": rng.choice(["男", "女"], rows),
            "region": rng.choice(
                ["广东省", "浙江省", "四川省", "河南省", "陕西省", "北京市"], rows
            ),
            "education": rng.choice(["本科", "大专", "高中", "初中", "硕士"], rows),
            "income": pa.array(rng.integers(2_000, 60_000, rows)),
            "amount": pa.array(rng.integers(1, 300, rows) * 1_000),
            "term": pa.array(rng.choice([3, 6, 12, 24, 36], rows)),
            "rate": pa.array(rng.integers(30, 240, rows) / 10),
            "grade": rng.choice(list("ABCDEFG"), rows),
            "channel": rng.choice(["app", "web", "agent", "phone"], rows),
            "status": rng.choice(["current", "late", "paid"], rows),
        }
    )


def release_plan() -> ReleasePlan:
    quasi = {
        "birth_date": ("generalise", {"by": "date", "to": "year"}),
        "sex": ("keep", {}),
        "region": ("keep", {}),
        "education": ("keep", {}),
        "income": ("bin", {"edges": [2_000, 5_000, 10_000, 20_000, 50_000]}),
    }
    columns = [
        ColumnPlan(column="borrower_id", transform="pseudonym", role="identifier", reason=WHY),
        *(
            ColumnPlan(column=n, transform=t, params=p, role="quasi_identifier", reason=WHY)
            for n, (t, p) in quasi.items()
        ),
        *(
            ColumnPlan(
                column=n, transform="keep", reason=WHY, mark=n in ("rate", "grade", "channel")
            )
            for n in ("amount", "term", "rate", "grade", "channel", "status")
        ),
    ]
    return ReleasePlan(
        recipient="R",
        purpose="P",
        columns=tuple(columns),
        needed=tuple(c.column for c in columns),
        adversary=tuple(quasi),
        search=True,
        canaries=5,
    )


def release(rows: int) -> None:
    table, plan = loans(rows), release_plan()
    texts = ["|".join(map(str, row.values())).encode() for row in table.to_pylist()]
    floor, _ = timed(lambda: [hashlib.sha256(text).digest() for text in texts])
    took, made = timed(lambda: prepare(table, plan, secret=SECRET, code=1, now=NOW), times=2)
    print(
        f"release · {rows:>8,} rows × {table.num_columns} · {took:6.2f} s · "
        f"{took / floor:5.1f} × SHA-256 of every row ({floor:.3f} s) · "
        f"k = {made.risk.marked.adversary.k} · {made.risk.share_suppressed:.2%} suppressed · "
        f"{made.usable_positions:,} positions · traceable from {made.smallest_traceable_rows} rows"
    )


def cards(shared: Path) -> None:
    frame = pl.read_csv(shared / "data" / "tables" / "creditcard.csv", separator=";")
    known, outcome = ("SEX", "EDUCATION", "MARRIAGE", "AGE"), frame.columns[-1]
    columns = [ColumnPlan(column="ID", transform="pseudonym", role="identifier", reason=WHY)]
    for name in frame.columns[1:]:
        banded = name == "AGE"
        columns.append(
            ColumnPlan(
                column=name,
                transform="generalise" if banded else "keep",
                params={"by": "bands", "width": 5} if banded else {},
                role="quasi_identifier" if name in known else "attribute",
                mark=name not in (*known, outcome, "LIMIT_BAL"),
                reason=WHY,
            )
        )
    plan = ReleasePlan(
        recipient="R",
        purpose="P",
        columns=tuple(columns),
        needed=tuple(frame.columns),
        adversary=known,
        subject_column="ID",
        outcome=outcome,
        decided_on=(outcome,),
        search=True,
    )
    found = prepare(frame.to_arrow(), plan, secret=SECRET, code=1, now=NOW).utility
    assert found is not None
    print(
        f"use    · {frame.height:>9,} card holders · a default model's AUC {found.auc_source:.4f} "
        f"before, {found.auc_base:.4f} transformed, {found.auc_copy:.4f} handed out · worst column "
        f"error {found.worst_error:.2%} · most affected 1 % of persons {found.most_affected:.2%}"
    )


STREAM_ROWS, PART_ROWS = 250_000, 500_000


def streamed(rows: int) -> None:
    """In a process of its own, so that the memory figure is this run's alone."""
    with TemporaryDirectory() as folder:
        where = Path(folder)
        write_loans(where / "loans.parquet", rows)
        floor, _ = timed(
            lambda: pl.scan_parquet(where / "loans.parquet").sink_parquet(
                where / "again.parquet", compression="zstd"
            ),
            times=2,
        )
        context = get_context("spawn")
        results = context.SimpleQueue()
        child = context.Process(target=stream_release, args=(where, results))
        child.start()
        child.join()
        if child.exitcode != 0:
            print("stream · failed", file=sys.stderr)
            return
        first, took, used, memory, left, positions, k = results.get()
    print(
        f"stream · {rows:>9,} rows × 12 · {took:6.1f} s ({used:.1f} s processor; first pass "
        f"{first:.1f} s) · {took / floor:5.1f} × polars writing it again ({floor:.2f} s) · "
        f"most memory {memory:,.0f} MB · k = {k} · {left:,} rows left · {positions:,} positions"
    )


def write_loans(path: Path, rows: int) -> None:
    """Rows unlike each other: keys of one part follow those of the one before."""
    writer = None
    for start in range(0, rows, 1_000_000):
        count = min(1_000_000, rows - start)
        part = loans(count, seed=start)
        keys = pa.array(
            [f"B{start + n:09d}" for n in np.random.default_rng(start).permutation(count)]
        )
        part = part.set_column(0, "borrower_id", keys)
        writer = writer or pq.ParquetWriter(path, part.schema, compression="zstd")
        writer.write_table(part, row_group_size=STREAM_ROWS)
    assert writer is not None
    writer.close()


def stream_release(where: Path, results: SimpleQueue[tuple[float, ...]]) -> None:
    plan, source = release_plan(), open_source(where / "loans.parquet")

    def batches() -> Iterator[pa.Table]:
        for batch in source.batches(rows=STREAM_ROWS):
            yield pa.Table.from_batches([batch])

    started, used = time.perf_counter(), time.process_time()
    seen = survey(batches(), plan, secret=SECRET)
    first = time.perf_counter() - started
    run = Streaming(seen, secret=SECRET, code=1, now=NOW)
    with ExitStack() as stack:
        sink = None
        for batch in recut(batches(), PART_ROWS):
            made = run.part(batch)
            if made is None:
                continue
            sink = sink or stack.enter_context(writing(where / "out.parquet", made.table.schema))
            sink.write(made.table)
    results.put(
        (
            first,
            time.perf_counter() - started,
            time.process_time() - used,
            most_memory(),
            run.rows,
            run.positions,
            seen.after.k,
        )
    )


def most_memory() -> float:
    """The most this process held, in MB. Linux: its own; elsewhere perhaps its parent's too."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=HERE.parents[1].parent / "shared")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--wide-rows", type=int, default=3_000_000)
    parser.add_argument("--stream-rows", type=int, default=10_000_000)
    parser.add_argument("--peers", type=Path, help="a Python that has pycanon and anjana")
    parser.add_argument("--quick-peers", action="store_true", help="leave out what takes a minute")
    given = parser.parse_args()
    there = (given.shared / "data" / "tables" / "adult_arx.csv").is_file()
    if there:
        for copies in (1, 100):
            adult(given.shared, copies)
        local(given.shared)
        if given.peers is not None:
            peers(given.peers, given.shared, quick=given.quick_peers)
    else:
        print("search · skipped: the shared Adult table is not here", file=sys.stderr)
    generated(given.wide_rows, given.wide_rows * 2 // 3)
    release(given.rows)
    if there:
        cards(given.shared)
    streamed(given.stream_rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
