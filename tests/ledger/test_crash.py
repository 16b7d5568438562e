"""Every write broken before and after it lands, and the sequencer killed at random moments."""

from __future__ import annotations

import errno
import importlib
import multiprocessing
import os
import pkgutil
import random
import re
import resource
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import habeas.ledger
from habeas.errors import BadInput
from habeas.ledger.audit import audit
from habeas.ledger.commitment import seal
from habeas.ledger.files import (
    STEPS,
    Disk,
    Step,
    declare_step,
    landing,
    write_file,
    writing_through,
)
from habeas.ledger.keys import SigningKey
from habeas.ledger.log import Log
from habeas.ledger.tiles import pack_entries, parse_tile_path, unpack_entries
from habeas.ledger.vault import FolderKeys, Vault

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
KILLS, MANY_KILLS = 15, 500
WRITES = Path(__file__).resolve().parents[2] / "docs" / "reference" / "writes.md"


class Crash(BaseException):
    """The process ends here; nobody handles it."""


class Recorder(Disk):
    def __init__(self) -> None:
        self.moments: list[tuple[str, str, str]] = []

    def before(self, step: Step, part: str) -> None:
        self.moments.append((step.id, part, "before"))

    def after(self, step: Step, part: str) -> None:
        self.moments.append((step.id, part, "after"))


class Breaking(Disk):
    """Breaks at the n-th moment."""

    def __init__(self, at: int, error: BaseException) -> None:
        self.left, self.error = at, error

    def _pass(self) -> None:
        if self.left == 0:
            raise self.error
        self.left -= 1

    def before(self, step: Step, part: str) -> None:
        self._pass()

    def after(self, step: Step, part: str) -> None:
        self._pass()


def _new(count: int) -> list[bytes]:
    return [seal({"n": n}, kind="a", now=NOW).leaf for n in range(count)]


def _check_whole(folder: Path) -> Log:
    """No half-written file under a final name; the log fits its checkpoint."""
    for path in folder.rglob("*"):
        if path.is_file() and "tile/" in str(path):
            tile = parse_tile_path("tile/" + str(path).split("/tile/")[1])
            data = path.read_bytes()
            if tile.level is None:
                assert data == pack_entries(unpack_entries(data))
                assert tile.width == len(unpack_entries(data))
            else:
                assert tile.width * 32 == len(data)
    opened = Log.open(folder)
    audit(opened)
    return opened


def test_every_write_stands_in_the_table():
    """A write nobody listed is a write nobody broke."""
    for module in pkgutil.iter_modules(habeas.ledger.__path__):
        importlib.import_module(f"habeas.ledger.{module.name}")
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| (.*) \|$", WRITES.read_text(), re.MULTILINE))
    ours = {name for name, step in STEPS.items() if not name.startswith("test.")}

    missing = {
        name for name in ours if rows.get(name) != f"{STEPS[name].lands} | {STEPS[name].crash}"
    }
    assert set() == missing


def test_the_ledger_writes_through_the_seam_only():
    """A write beside the seam can't be broken by a test: the source has none."""
    words = re.compile(
        r"write_text|write_bytes|\bopen\([^)]*[\"'][wax]|os\.(rename|replace|fsync|write|unlink)|\.replace\(\w*path|shutil|\.rename\(|\.touch\("
    )
    for source in Path(habeas.ledger.__path__[0]).glob("*.py"):
        if source.name != "files.py":
            assert [] == words.findall(source.read_text()), source.name


def test_a_step_has_one_name():
    """Two writes under one name would hide one of them in the table."""
    step = declare_step("test.once", lands="a", crash="b")
    with pytest.raises(ValueError, match="two writes"):
        declare_step("test.once", lands="a", crash="b")
    recorder = Recorder()
    with writing_through(recorder), landing(step):
        pass
    assert [("test.once", "commit", "before"), ("test.once", "commit", "after")] == recorder.moments


def _moments(tmp_path: Path, act: Callable[[Path], object]) -> list[tuple[str, str, str]]:
    recorder = Recorder()
    with writing_through(recorder):
        act(tmp_path / "recorded")
    return recorder.moments


def _prepared(folder: Path, key: SigningKey, leaves: list[bytes]) -> Path:
    with Log.create(folder, origin=key.name, key=key) as log:
        log.append(leaves)
    return folder


@pytest.mark.parametrize("same_process", [True, False])
@pytest.mark.parametrize(
    "error",
    [
        Crash,
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EROFS, "Read-only file system"),
    ],
)
def test_an_append_broken_anywhere_leaves_the_old_log_or_the_new(
    tmp_path, key, same_process, error
):
    """Before the checkpoint is renamed nothing happened; after it, everything did; and in both
    cases the same append goes through next time.
    """
    old, new = _new(250), _new(10)  # 250 + 10 crosses a tile: partial ones are pruned
    moments = _moments(tmp_path, lambda at: Log.open(_prepared(at, key, old), key=key).append(new))
    moments = moments[len(_moments(tmp_path / "p", lambda at: _prepared(at, key, old))) :]
    moments = [moment for moment in moments if moment[0] != "log.fence"]  # of opening it
    assert ["log.stage", "log.checkpoint", "log.prune"] == list(
        dict.fromkeys(m[0] for m in moments)
    )
    commit = moments.index(("log.checkpoint", "rename", "after"))
    prepared = _prepared(tmp_path / "prepared", key, old)
    for at in range(len(moments)):
        folder = Path(shutil.copytree(prepared, tmp_path / str(at)))
        log = Log.open(folder, key=key)
        wanted = Crash if error is Crash else (BadInput, OSError)
        with (
            writing_through(Breaking(at, error() if error is Crash else error)),
            pytest.raises(wanted),
        ):
            log.append(new)
        assert (260 if at >= commit else 250) == _check_whole(folder).size
        if not same_process:
            log.close()
            log = Log.open(folder, key=key)
        first, head = log.append(new)
        assert (250, 260) == (first, head.size)
        assert list(range(250, 260)) == [log.find(leaf) for leaf in new]
        log.append(_new(3))
        log.close()
        assert 263 == _check_whole(folder).size
        assert [] == list(folder.rglob("*.partial"))


def test_another_batch_may_follow_a_broken_one(tmp_path, key):
    """What was staged and not committed is overwritten: it was never in the log."""
    old = _new(3)
    for at in range(12):
        folder = _prepared(tmp_path / str(at), key, old)
        with Log.open(folder, key=key) as log:
            try:
                with writing_through(Breaking(at, Crash())):
                    log.append(_new(300))
            except Crash:
                pass
            other = _new(290)
            log.append(other)
            assert other == list(log.entries(log.size - 290, log.size))
        _check_whole(folder)


def test_making_a_log_broken_anywhere_can_be_done_again(tmp_path, key):
    """A home whose making was cut off is made by the same command, not repaired by hand."""
    moments = _moments(tmp_path, lambda at: Log.create(at, origin=key.name, key=key).close())
    for at in range(len(moments)):
        folder = tmp_path / str(at)
        with writing_through(Breaking(at, Crash())), pytest.raises(Crash):
            Log.create(folder, origin=key.name, key=key)
        try:
            made = Log.create(folder, origin=key.name, key=key)
        except BadInput:
            made = Log.open(folder, key=key)
        made.append(_new(1))
        made.close()
        assert 1 == _check_whole(folder).size


def test_a_file_broken_anywhere_is_the_old_one_or_the_new(tmp_path):
    """Never half of it, and no litter under its name."""
    path = tmp_path / "file"
    for at in range(6):
        write_file(path, b"old" * 1000)
        with writing_through(Breaking(at, Crash())), pytest.raises(Crash):
            write_file(path, b"new" * 2000, mode=0o600)
        assert (b"new" * 2000 if at >= 3 else b"old" * 1000) == path.read_bytes()
        assert [path] == list(tmp_path.iterdir())
        path.unlink()


def test_a_vault_broken_anywhere_opens_what_was_stored(tmp_path):
    """A key is there before the record it opens; a destroyed one is gone or can be destroyed again."""

    def act(at: Path) -> Vault:
        vault = Vault(b"m" * 32, keys=FolderKeys(at))
        vault.encrypt(b"a", b"li")
        vault.destroy(b"li")
        return vault

    moments = _moments(tmp_path, act)
    assert {"vault.subject_key", "vault.destroy"} == {step for step, _, _ in moments}
    for at in range(len(moments)):
        folder = tmp_path / str(at)
        with writing_through(Breaking(at, Crash())), pytest.raises(Crash):
            act(folder)
        vault = Vault(b"m" * 32, keys=FolderKeys(folder))
        assert b"b" == vault.decrypt(vault.encrypt(b"b", b"li"), b"li")
        vault.destroy(b"li")
        assert not Vault(b"m" * 32, keys=FolderKeys(folder)).holds(b"li")


def _append_with_a_file_limit(folder: Path, key: SigningKey, leaves: list[bytes], says) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    try:
        Log.open(folder, key=key).append(leaves)
    except BadInput as error:
        says.send(error.sentence())
    os._exit(0)


def test_a_write_that_the_system_cuts_off(tmp_path, key):
    """A real short write, by the system's own limit: one sentence, and the log as before."""
    folder = _prepared(tmp_path / "log", key, _new(3))
    context = multiprocessing.get_context("fork")
    hears, says = context.Pipe(duplex=False)
    child = context.Process(target=_append_with_a_file_limit, args=(folder, key, _new(400), says))
    child.start()
    child.join(30)

    assert "can't be written" in hears.recv()
    assert 3 == _check_whole(folder).size
    assert [] == list(folder.rglob("*.partial"))


def test_no_permission_is_a_sentence(tmp_path):
    """A place that can't be written: exit 2, and what to do."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadInput, match="permissions"):
        write_file(tmp_path / "file" / "x", b"")
    with (
        pytest.raises(BadInput, match="disk is full"),
        writing_through(Breaking(0, OSError(errno.ENOSPC, ""))),
    ):
        write_file(tmp_path / "y", b"")


def _append_forever(folder: Path, key: SigningKey, pipe: int, seed: int) -> None:
    rng = random.Random(seed)
    with Log.open(folder, key=key) as log:
        while True:
            leaves = _new(rng.choice([1, 1, 2, 7, 300]))
            first, head = log.append(leaves)
            lines = [f"{first + n} {head.size} {leaf.hex()}\n" for n, leaf in enumerate(leaves[:5])]
            os.write(pipe, "".join(lines).encode())


def _kill_at_a_random_moment(
    folder: Path, key: SigningKey, seed: int
) -> list[tuple[int, int, bytes]]:
    """Append in another process, kill it; return what it had acknowledged."""
    reads, writes = os.pipe()
    child = multiprocessing.get_context("fork").Process(
        target=_append_forever, args=(folder, key, writes, seed)
    )
    child.start()
    os.close(writes)
    received = os.read(reads, 65_536)  # the first answer
    time.sleep(random.Random(seed).uniform(0, 0.08))
    child.kill()
    child.join()
    while part := os.read(reads, 65_536):
        received += part
    os.close(reads)
    lines = [line.split() for line in received.decode().split("\n")[:-1]]
    return [(int(index), int(size), bytes.fromhex(leaf)) for index, size, leaf in lines]


def _kill_often(folder: Path, key: SigningKey, times: int) -> None:
    Log.create(folder, origin=key.name, key=key).close()
    acknowledged: list[tuple[int, int, bytes]] = []
    for seed in range(times):
        answered = _kill_at_a_random_moment(folder, key, seed)
        log = _check_whole(folder)
        for index, size, leaf in answered:
            assert index == log.find(leaf)
            assert size <= log.size
        for index, _, leaf in answered[-8:]:
            log.receipt(index).verify(leaf, key.verifier)
        with Log.open(folder, key=key) as writer:
            assert log.size == writer.append(_new(1))[0]
            assert [] == list(folder.rglob("*.partial"))
        acknowledged += answered
    log = Log.open(folder)
    entries = list(log.entries(0, log.size))
    assert [leaf for _, _, leaf in acknowledged] == [entries[index] for index, _, _ in acknowledged]
    assert len(acknowledged) > times


def test_killed_at_random_moments(tmp_path, key):
    """kill -9 loses nothing that was acknowledged, and the next append works."""
    _kill_often(tmp_path / "log", key, KILLS)


@pytest.mark.slow
def test_killed_at_five_hundred_random_moments(tmp_path, key):
    """The same, often enough to meet the rare moments."""
    _kill_often(tmp_path / "log", key, MANY_KILLS)
