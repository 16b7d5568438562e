"""Writing tables: whole under the final name, or not there at all."""

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from habeas.errors import BadInput
from habeas.tables.seam import STEPS, faults, step
from habeas.tables.source import open_source
from habeas.tables.write import write_table, writing

TABLE = pa.table({"a": [1, 2, 3], "b": ["x", "y", "z"]})
SUFFIXES = [".csv", ".jsonl", ".parquet", ".arrow"]
REASONS = {errno.ENOSPC: "disk is full", errno.EACCES: "no permission", errno.EIO: "EIO"}


class BrokenError(Exception):
    """Our own fault, to be told apart from any other."""


def failing(name, moment, error):
    def hook(at, when):
        if (at, when) == (name, moment):
            raise error

    return hook


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("name", STEPS)
def test_a_fault_at_any_write_leaves_the_old_file_or_the_new(tmp_path, suffix, moment, name):
    """Each step broken before and after it lands: never half a file, never a partial left."""
    path = tmp_path / f"t{suffix}"
    write_table(TABLE.slice(0, 1), path)
    with pytest.raises(BrokenError), faults(failing(name, moment, BrokenError())):
        write_table(TABLE, path)

    renamed = (name, moment) in [
        ("rename", "after"),
        ("fsync_folder", "before"),
        ("fsync_folder", "after"),
    ]
    assert (3 if renamed else 1) == open_source(path).count()
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_step_is_passed_by_every_format(tmp_path, suffix):
    """A write that is not in the table of steps could not be broken by a test."""
    seen = []
    with faults(lambda at, when: seen.append((at, when))):
        write_table(TABLE, tmp_path / f"t{suffix}")

    assert {(name, when) for name in STEPS for when in ("before", "after")} == set(seen)


def test_a_step_outside_the_table_is_our_mistake():
    """Nobody adds a write without adding it to the table."""
    with pytest.raises(ValueError, match="not in the table"), step("scribble"):
        pass


@pytest.mark.parametrize(("number", "says"), REASONS.items())
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_system_refusing_is_bad_input(tmp_path, suffix, number, says):
    """Full disk and missing permission: one sentence, exit 2, nothing left behind."""
    path = tmp_path / f"t{suffix}"
    with (
        pytest.raises(BadInput, match=says) as caught,
        faults(failing("finish", "before", OSError(number, "x"))),
    ):
        write_table(TABLE, path)

    assert 2 == caught.value.exit_code
    assert [] == list(tmp_path.iterdir())


def test_a_full_disk_is_met_for_real(tmp_path):
    """/dev/full refuses every byte, as a full disk does."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    with full.open("wb", buffering=0) as stream, pytest.raises(OSError, match="No space"):
        stream.write(b"x")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000));"
    code = (
        f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); {limit}"
        "import sys, pyarrow as pa; from habeas.tables.write import write_table;"
        "from habeas.errors import BadInput\n"
        "try: write_table(pa.table({'a': [str(n) * 9 for n in range(9000)]}), sys.argv[1])\n"
        "except BadInput as error: print(error.exit_code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "t.csv")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "2" == ran.stdout.strip(), ran.stderr
    assert [] == list(tmp_path.iterdir())


def test_rows_of_another_shape_are_refused(tmp_path):
    """A sink that swallowed other columns would write a table nobody announced."""
    path = tmp_path / "t.parquet"
    with pytest.raises(BadInput, match="announced"), writing(path, TABLE.schema) as sink:
        sink.write(pa.table({"a": [1.5], "b": ["x"]}))

    assert [] == list(tmp_path.iterdir())


def test_a_missing_folder_and_a_strange_suffix_are_said(tmp_path):
    """Both before anything is written."""
    with pytest.raises(BadInput, match="no such folder"):
        write_table(TABLE, tmp_path / "none" / "t.csv")
    with pytest.raises(BadInput, match="can't be written"):
        write_table(TABLE, tmp_path / "t.doc")


@pytest.mark.slow
def test_kill_minus_nine_leaves_no_half_file(tmp_path):
    """Twenty writers killed at random moments: the final name holds a whole table or is absent."""
    path = tmp_path / "t.parquet"
    code = (
        "import sys, pyarrow as pa; from habeas.tables.write import write_table\n"
        "table = pa.table({'a': list(range(200000))}); print('go', flush=True)\n"
        "while True: write_table(table, sys.argv[1])"
    )
    for turn in range(20):
        child = subprocess.Popen(
            [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
        )
        child.stdout.readline()
        try:
            child.wait(timeout=0.01 * turn)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        child.wait()
        if path.exists():
            assert 200_000 == len(open_source(path).read())
