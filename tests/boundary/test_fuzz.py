"""What nobody meant to be read: random bytes, broken encodings, one endless line, a large file."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from habeas.boundary.text import find, scan_cells, scan_plainly, scan_text

HERE = Path(__file__).resolve().parent
ID, MOBILE, CARD = "11010519491231002X", "13800138000", "4539578763621486"
PIECES = [
    ID,
    MOBILE,
    CARD,
    "a.b@mail.example.org",
    "8.8.8.8",
    "京A12345",
    "住院",
    "张伟先生",
    "+86 ",
]


def broken(rng):
    """Bytes, and how they arrive: a real value cut by noise, decoded in one of the usual ways."""
    noise = rng.randbytes(rng.randrange(60))
    value = rng.choice(PIECES).encode(rng.choice(["utf-8", "gb18030", "utf-16"]))
    raw = noise[: len(noise) // 2] + value[rng.randrange(3) :] + noise[len(noise) // 2 :]
    errors = rng.choice(["replace", "ignore", "backslashreplace", "surrogateescape"])
    return raw.decode(rng.choice(["utf-8", "gb18030", "latin-1"]), errors)


def inputs(seed, number):
    rng = random.Random(seed)
    return [broken(rng) for _ in range(number)]


def test_broken_texts_are_read_alike_by_machine_and_reference():
    """Six hundred: no crash, the same spans, inside the text."""
    texts = [one.encode("utf-8", "replace").decode() for one in inputs(3, 600)]
    spans = dict(scan_cells(pa.array(texts), texts))
    for place, one in enumerate(texts):
        assert scan_plainly(one) == spans.get(place, ()), repr(one)


@pytest.mark.slow
def test_ten_thousand_broken_texts():
    """Each through the public call, lone surrogates too; all again through the machine."""
    texts = inputs(4, 10_000)
    start = time.perf_counter()
    plain = [scan_text(one) for one in texts]
    cells = pa.array([one.encode("utf-8", "surrogatepass") for one in texts], pa.large_binary())
    spans = dict(scan_cells(cells, texts))

    assert [spans.get(place, ()) for place in range(len(texts))] == plain
    assert time.perf_counter() - start < 120


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["1", "a", "张", "1 ", "路1号", "8.", "::", "*1", "A ", "父亲"])
def test_hostile_lines_of_a_megabyte_take_linear_time(unit):
    """Twice the text, about twice the time: nothing is quadratic in the machine."""

    def seconds(size):
        line = pa.array([unit * (size // len(unit.encode()))])
        start = time.perf_counter()
        find(line)
        return time.perf_counter() - start

    seconds(1 << 16)
    one, two = seconds(1 << 18), seconds(1 << 20)

    assert two < 12 * one + 2


@pytest.mark.slow
def test_one_line_of_a_hundred_megabytes():
    """Spans at both ends, in bounded memory and time."""
    code = (
        "import resource, time\n"
        "from habeas.boundary.text import scan_text\n"
        "line = '电话13800138000，' + 'lorem ipsum dolor sit amet, 已提醒还款 ' * 2_400_000 + ' 13900139000'\n"
        "size = len(line.encode())\n"
        "start = time.perf_counter()\n"
        "spans = scan_text(line)\n"
        "print(size, spans[0].start, len(line) - spans[-1].end, time.perf_counter() - start,\n"
        "      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    size, first, last, seconds, memory = map(float, done.stdout.split())
    print(f"\n{size / 1e6:.0f} MB in {seconds:.1f} s, {memory / 1024:.0f} MB resident")

    assert size > 100e6
    assert (first, last) == (2, 0)
    assert memory < 2_500_000


@pytest.mark.slow
def test_a_large_parquet_file_is_scanned_in_little_memory(tmp_path):
    """Two gigabytes in memory, many row groups: the scan's own process stays below one."""
    code = (
        "import importlib.util, resource, sys\n"
        "from datetime import date\n"
        "from types import SimpleNamespace\n"
        "from habeas.boundary.scan import scan\n"
        "from habeas.tables.source import open_source\n"
        "book = SimpleNamespace(id='cn', hash='0' * 64, provisions={})\n"
        "b = scan(open_source(sys.argv[1]), book=book, as_of=date(2026, 11, 24))\n"
        "print(b.rows, len(b.columns), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    path = tmp_path / "large.parquet"
    size = _write(path, 2_000_000_000)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    rows, columns, memory = map(int, done.stdout.split())
    print(f"\n{size / 1e9:.1f} GB, {rows:,} x {columns}: {memory / 1024:.0f} MB resident")

    assert memory < 1_000_000


def _write(path, least):
    """A generated book again and again, one row group each; how many bytes it holds in memory."""
    import pyarrow.parquet as pq

    sys.path.insert(0, str(HERE))
    try:
        import people
    finally:
        sys.path.remove(str(HERE))
    table, size = people.loan_book(20_000), 0
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        while size < least:
            writer.write_table(table)
            size += table.nbytes
    return size
