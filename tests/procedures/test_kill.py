"""kill -9 at any moment: the log whole, nothing acknowledged lost, no half file under a final name."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import habeas_world as world
import pytest

from habeas.ledger.commitment import Leaf
from habeas.procedures.check_home import check_home
from habeas.procedures.countersign import read_manifest
from habeas.procedures.sequence import payload_of, sequence
from habeas.records import models
from habeas.tables.source import open_source

HERE = Path(__file__).resolve().parent


class Zygote:
    """A process of ours that forks workers; only those are killed, by their own number."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "kill_zygote.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n"

    def run_and_kill(self, *arguments: object, after: float) -> None:
        self.process.stdin.write(" ".join(map(str, arguments)) + "\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        time.sleep(after)
        os.kill(pid, signal.SIGKILL)
        assert self.process.stdout.readline() == "gone\n"

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)


def assert_nothing_lost(home, out, acknowledged):
    sequence(home, now=world.later(90))
    log = home.log()
    ids = [Leaf.parse(leaf).record_id for leaf in log.entries(0, log.size)]
    assert len(ids) == len(set(ids))
    assert [] == [c.says.en for c in check_home(home.folder) if c.ok is False]
    lines = acknowledged.read_text().split("\n")[:-1] if acknowledged.exists() else []
    for line in lines:
        kind, name = line.split()
        if kind == "choice":
            rows = models.Choice.objects.using(home.alias).filter(subject=home.digest_of(name))
            assert ["refused"] == [payload_of(home, row.entry)["choice"] for row in rows]
            assert rows[0].entry.index is not None
        else:
            assert (out / name).is_file()
    for path in out.iterdir():
        if path.suffix == ".csv" and not path.name.startswith("."):
            manifest = read_manifest(path.with_name(f"{path.name}.manifest.json"))
            release = models.Release.objects.using(home.alias).get(release_id=manifest.release)
            assert release.manifest["copy"]["copy"]["rows"] == open_source(path).count()
    return len(lines)


def kill(platform, tmp_path, *, times, seed):
    lots = random.Random(seed)
    out, acknowledged = tmp_path / "out", tmp_path / "acknowledged"
    out.mkdir()
    zygote, promised, run = Zygote(), 0, 0
    try:
        # A slow machine gets little done between two kills: go on until something was promised.
        while run < times or (promised <= times and run < 10 * times):
            run += 1
            after = lots.uniform(0.02, 0.7)
            zygote.run_and_kill(platform.folder, out, acknowledged, run, after=after)
            promised = assert_nothing_lost(platform, out, acknowledged)
    finally:
        zygote.close()
    return promised


def test_ten_kills_lose_nothing(platform, tmp_path):
    """The short form, run with every test."""
    assert kill(platform, tmp_path, times=10, seed=1) > 10


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing(platform, tmp_path):
    """The long form: 200 random moments of a loop of choices and releases."""
    assert kill(platform, tmp_path, times=200, seed=2) > 200
