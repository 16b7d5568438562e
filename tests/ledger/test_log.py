from __future__ import annotations

import errno
import multiprocessing
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, HabeasError, NotVerified, Refused
from habeas.ledger import lock as lock_module
from habeas.ledger.audit import audit
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.commitment import Leaf, seal
from habeas.ledger.contradiction import contradiction
from habeas.ledger.files import FILE, Disk, Step, write_file, write_files, writing_through
from habeas.ledger.group import GroupCommit
from habeas.ledger.growth import Edge, grow
from habeas.ledger.keys import SigningKey
from habeas.ledger.log import Log
from habeas.ledger.receipt import Receipt
from habeas.ledger.tiles import tiles_of
from habeas.ledger.tree import EMPTY_ROOT, leaf_hash, verify_consistency, verify_inclusion

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def test_a_new_log_is_empty_and_signed(log: Log, key: SigningKey):
    """The first thing a log says is that it holds nothing."""
    head = open_checkpoint((log.folder / "checkpoint").read_bytes(), key.verifier)

    assert (0, EMPTY_ROOT) == (log.size, head.root)
    assert key.vkey == (log.folder / "vkey").read_text().strip()
    assert head == audit(log)
    assert log.locate(bytes(16)) is None
    with pytest.raises(ValueError, match="nothing"):
        log.append([])


@given(batches=st.lists(st.integers(1, 40), min_size=1, max_size=12))
@settings(max_examples=15, deadline=None)
def test_every_entry_of_every_batch_is_proved(tmp_path_factory, key, batches):
    """Whatever the batches, each entry is where append said, and has a receipt."""
    folder = tmp_path_factory.mktemp("logs") / "log"
    with Log.create(folder, origin=key.name, key=key) as log:
        heads, logged = [], []
        for size in batches:
            new = [seal({"n": n}, kind="a", now=NOW).leaf for n in range(size)]
            first, head = log.append(new)
            assert (len(logged), len(logged) + size) == (first, head.size)
            logged += new
            heads.append(head)
    reader = Log.open(folder)
    assert logged == list(reader.entries(0, reader.size)) == list(reader.entries(0, 10**6))
    assert logged[3:7] == list(reader.entries(3, 7))
    for index in {0, len(logged) // 2, len(logged) - 1}:
        receipt = reader.receipt(index)
        assert heads[-1] == receipt.verify(logged[index], key.verifier)
        assert index == reader.find(logged[index])
        assert receipt == Receipt.from_json(receipt.to_json())
        assert (receipt, b"x") == Receipt.from_tlog_proof(receipt.to_tlog_proof(extra=b"x"))
        assert (receipt, None) == Receipt.from_tlog_proof(receipt.to_tlog_proof())
    for old, new in pairwise(heads):
        proof = reader.consistency(old.size, new.size)
        verify_consistency(
            old=old.size, new=new.size, proof=proof, old_root=old.root, new_root=new.root
        )
    audit(reader)


def test_an_old_checkpoint_can_still_be_proved(log: Log, leaves, key: SigningKey):
    """A receipt of last year must be provable at last year's size, pruned tiles or not."""
    first = leaves(200)
    log.append(first)
    old = log.checkpoint()
    log.append(leaves(400))

    assert not (log.folder / "tile/0/000.p").exists()
    for index in (0, 100, 199):
        proof = log.prove(index, size=200)
        verify_inclusion(
            leaf_hash(first[index]), index=index, size=200, proof=proof.hashes, root=old.root
        )
    for index, size in ((200, 200), (-1, None), (600, None), (0, 601)):
        with pytest.raises(BadInput):
            log.prove(index, size=size)
    with pytest.raises(BadInput):
        log.consistency(5, 601)


def test_the_files_are_those_of_the_specification(log: Log, leaves):
    """Anybody's reader of tlog-tiles finds what it looks for, under the width it expects."""
    log.append(leaves(600))
    served = {tile.path for tile in tiles_of(600)}

    assert served == {
        str(p.relative_to(log.folder)) for p in (log.folder / "tile").rglob("*") if p.is_file()
    }


def test_the_same_entry_is_logged_once(log: Log, leaves):
    """After a crash between log and database the outbox is drained again: same index, no double."""
    new = leaves(5)
    log.append(new[:3])
    first, head = log.append([*new, new[4]])

    assert (0, 5) == (first, head.size)
    assert [0, 1, 2, 3, 4] == [log.find(leaf) for leaf in new]
    assert (2, head) == log.append([new[2]])
    with Log.open(log.folder) as reader:
        assert 5 == reader.size


def test_a_record_id_is_not_used_for_something_else(log: Log):
    """Two contents under one id: one of them would look logged and not be."""
    one = seal({"n": 1}, kind="a", now=NOW, record_id=b"i" * 16)
    two = seal({"n": 2}, kind="a", now=NOW, record_id=b"i" * 16)
    log.append([one.leaf])
    for batch in ([two.leaf], [seal({}, kind="a", now=NOW).leaf, two.leaf]):
        with pytest.raises(Refused, match="already logged"):
            log.append(batch)
    assert 1 == log.size
    assert log.find(two.leaf) is None


def test_what_is_no_entry_is_not_logged(log: Log):
    """The log takes entries of its format only; nobody can slip clear text in."""
    for junk in (b"", b"a name", seal({}, kind="a", now=NOW).leaf + b"\x00"):
        with pytest.raises(BadInput):
            log.append([junk])
    assert 0 == log.size


def test_a_log_that_holds_something_else_is_not_appended_to(tmp_path, key, leaves):
    """Entries another program logged under our key: named, not guessed at."""
    for junk in (b"a name", b"\xa1bid\x01", b"\x01"):
        folder = tmp_path / junk.hex()
        Log.create(folder, origin=key.name, key=key).close()
        growth = grow(Edge(), [junk])
        write_files({folder / p: d for p, d in growth.files.items()}, step=FILE, staging=folder)
        head = Checkpoint.sign(origin=key.name, size=1, root=growth.edge.root, keys=[key])
        write_file(folder / "checkpoint", head.note.encode())
        with Log.open(folder, key=key) as log, pytest.raises(NotVerified, match="none"):
            log.append(leaves(1))


def test_one_sequencer_at_a_time(log: Log, key: SigningKey, leaves, monkeypatch):
    """A second one waits, then gives up; readers go on; after close the next may."""
    monkeypatch.setattr(lock_module, "_WAITS", 2)
    with pytest.raises(BadInput, match="another process"):
        Log.open(log.folder, key=key)
    reader = Log.open(log.folder)
    log.append(leaves(1))
    assert (0, 1) == (reader.size, reader.refresh().size)
    with pytest.raises(Refused, match="reading only"):
        reader.append(leaves(1))
    log.close()
    with Log.open(log.folder, key=key) as second:
        assert 1 == second.append(leaves(1))[0]


def test_a_sequencer_that_lost_its_lock_is_fenced_out(log: Log, key: SigningKey, leaves):
    """Where locks fail (a network folder), the second root for one size is still never signed."""
    (log.folder / ".lock").unlink()  # the lock is gone: a second sequencer gets a new one
    with Log.open(log.folder, key=key) as second:
        with pytest.raises(Refused, match="another process has appended"):
            log.append(leaves(2))  # before the second has even committed
        second.append(leaves(3))
        with pytest.raises(Refused, match="another process has appended"):
            log.append(leaves(2))
    with Log.open(log.folder, key=key) as again:
        assert 3 == again.append(leaves(2))[0]
        assert 5 == audit(again).size


def test_a_stale_sequencer_stops_at_any_moment_before_its_names_change(key, leaves, tmp_path):
    """Another opens the log while the first is syncing: the first changes no file of the log."""

    class Opens(Disk):
        def before(self, step: Step, part: str) -> None:
            if (step.id, part) == (moment, "rename") and not opened:
                (log.folder / ".lock").unlink()
                opened.append(Log.open(log.folder, key=key))

    for moment in ("log.stage", "log.checkpoint"):
        opened: list[Log] = []
        log = Log.create(tmp_path / moment, origin=key.name, key=key)
        log.append(leaves(3))
        with writing_through(Opens()), pytest.raises(Refused, match="another process"):
            log.append(leaves(2))
        assert 3 == opened[0].append(leaves(1))[0]
        assert 4 == audit(Log.open(log.folder)).size
        opened[0].close()


def test_two_processes_append_at_once_and_nothing_acknowledged_is_lost(key, tmp_path):
    """Each takes the lock in turn; every answer stands in the log that remains, once."""
    folder = tmp_path / "log"
    Log.create(folder, origin=key.name, key=key).close()
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    people = [context.Process(target=_take_turns, args=(folder, key, answers)) for _ in range(2)]
    for each in people:
        each.start()
    told = [answers.get(timeout=60) for _ in range(40)]
    for each in people:
        each.join()
    log = Log.open(folder)
    entries = list(log.entries(0, log.size))
    assert 40 == audit(log).size == len({index for index, _ in told})
    assert [leaf for _, leaf in told] == [entries[index] for index, _ in told]


def _take_turns(folder, key, answers) -> None:
    for n in range(20):
        leaf = seal({"n": n}, kind="a", now=NOW).leaf
        with Log.open(folder, key=key) as log:
            answers.put((log.append([leaf])[0], leaf))


def test_many_writers_share_a_commit_and_one_bad_entry_fails_alone(log, leaves):
    """64 threads: each gets its own place; what the log refuses, it refuses to that writer only."""
    entries = leaves(64)
    other = seal({}, kind="a", now=NOW, record_id=Leaf.parse(entries[0]).record_id).leaf
    with GroupCommit(log) as group, ThreadPoolExecutor(65) as pool:
        assert 0 == group.append(entries[0])
        places = list(pool.map(group.append, entries))
        mixed = [pool.submit(group.append, leaf) for leaf in [*leaves(8), other, *leaves(8)]]
        failed = [each.exception() for each in mixed]
    assert sorted(places) == list(range(64))
    assert entries == [next(log.entries(at, at + 1)) for at in places]
    assert [8] == [n for n, error in enumerate(failed) if error is not None]
    assert 80 == audit(log).size
    with pytest.raises(RuntimeError, match="closed"):
        group.append(entries[0])


def test_nobody_waits_for_tiles_to_be_removed(log: Log, leaves):
    """Writers are answered while the removal of partial tiles hangs; that it failed is told when
    the group closes, and nothing is lost by it.
    """
    go_on = threading.Event()

    class Hangs(Disk):
        def before(self, step: Step, part: str) -> None:
            if (step.id, part) == ("log.prune", "remove"):
                assert go_on.wait(30)
                raise OSError(errno.EROFS, "Read-only file system")

    log.append(leaves(250))
    with writing_through(Hangs()):
        group = GroupCommit(log)
    with ThreadPoolExecutor(16) as pool:
        assert list(range(250, 266)) == sorted(pool.map(group.append, leaves(16)))
    go_on.set()
    with pytest.raises(BadInput, match="Read-only"):
        group.close()
    assert 266 == audit(Log.open(log.folder)).size


def test_writers_who_come_back_share_one_commit(log: Log, leaves):
    """Eight writers who write again once answered need one commit a round, not two: the group
    leaves them a moment. A lone writer is not kept waiting.
    """
    commits: list[int] = []

    class Slow(Disk):
        def before(self, step: Step, part: str) -> None:
            if (step.id, part) == ("log.checkpoint", "settle"):
                commits.append(1)
                time.sleep(0.2)  # an eighth of it is time enough for eight threads

    with writing_through(Slow()), GroupCommit(log) as group, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: [group.append(leaf) for leaf in leaves(5)], range(8)))
    assert 40 == log.size
    assert len(commits) <= 7


def test_wrong_places_and_keys(log: Log, key: SigningKey, tmp_path: Path):
    """Each wrong opening is one sentence, and changes nothing."""
    other = SigningKey.generate(key.name)
    log.close()
    with pytest.raises(BadInput, match="no log here"):
        Log.open(tmp_path / "none")
    with pytest.raises(BadInput, match="another key"):
        Log.open(log.folder, key=other)
    with pytest.raises(BadInput, match="already there"):
        Log.create(log.folder, origin=key.name, key=key)
    with pytest.raises(BadInput, match="origin"):
        Log.create(tmp_path / "other", origin="elsewhere", key=key)
    with Log.open(log.folder, key=key) as again:  # a failed opening let go of the lock
        assert 0 == again.size


def _copy(log: Log, target: Path) -> Path:
    shutil.copytree(log.folder, target, ignore=shutil.ignore_patterns(".lock", ".staging"))
    return target


def test_a_controller_who_rewrites_an_entry_is_found_out(log: Log, key, leaves, tmp_path):
    """Rewritten in place the root doesn't fit; rewritten with a new root, every receipt and the
    old checkpoint contradict it.
    """
    honest = leaves(300)
    log.append(honest)
    receipt = log.receipt(7)
    with Log.create(tmp_path / "forged", origin=key.name, key=key) as forged:
        forged.append([*honest[:7], *leaves(1), *honest[8:]])
        receipt_there = forged.receipt(7)
        with pytest.raises(NotVerified):
            receipt_there.verify(honest[7], key.verifier)
        shown = contradiction(receipt.checkpoint, forged.checkpoint().note, key=key.verifier)
        assert 300 == shown.a.size
        forged.append(leaves(10))
        proof = forged.consistency(300, 310)
        with pytest.raises(NotVerified, match="extend"):
            verify_consistency(
                old=300,
                new=310,
                proof=proof,
                old_root=shown.a.root,
                new_root=forged.checkpoint().root,
            )


def test_a_controller_who_drops_the_tail_is_found_out(log: Log, key, leaves, tmp_path):
    """Going back to an old checkpoint and on from there contradicts what was handed out."""
    log.append(leaves(20))
    old = _copy(log, tmp_path / "old")
    tail = leaves(5)
    log.append(tail)
    receipt = log.receipt(22)
    with Log.open(old, key=key) as shortened:
        assert shortened.size < receipt.size
        with pytest.raises(BadInput):
            shortened.consistency(20, receipt.size)
        shortened.append(leaves(5))
        shown = contradiction(receipt.checkpoint, shortened.checkpoint().note, key=key.verifier)
        assert 25 == shown.b.size
        assert shortened.find(tail[2]) is None


def test_every_byte_of_the_log_counts(log: Log, leaves, tmp_path):
    """A log whose files were altered anywhere does not open, or fails its audit, by file name."""
    log.append(leaves(300))
    files = [
        p.relative_to(log.folder)
        for p in log.folder.rglob("*")
        if p.is_file() and p.name not in (".lock", ".fence")
    ]
    assert {"checkpoint", "vkey", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"} <= {
        str(f) for f in files
    }
    for file in files:
        raw = (log.folder / file).read_bytes()
        for at in range(0, len(raw), max(1, len(raw) // 9)):
            copy = _copy(log, tmp_path / "copy")
            (copy / file).write_bytes(raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :])
            with pytest.raises(HabeasError):
                audit(Log.open(copy))
            shutil.rmtree(copy)
        copy = _copy(log, tmp_path / "copy")
        (copy / file).unlink()
        with pytest.raises(HabeasError):
            audit(Log.open(copy))
        shutil.rmtree(copy)


def test_a_damaged_receipt_is_no_receipt(log: Log, leaves, key: SigningKey):
    """Whatever was altered: refused, or it proves nothing."""
    new = leaves(9)
    log.append(new)
    receipt = log.receipt(4)
    good = receipt.to_json()
    for change in (
        {"index": -1},
        {"index": "4"},
        {"index": True},
        {"proof": ["x"]},
        {"proof": None},
        {"checkpoint": 1},
        {"checkpoint": ""},
        {"proof": ["AAAA"]},
        {"proof": good["proof"] * 20},
    ):
        with pytest.raises(BadInput):
            Receipt.from_json(good | change)
    with pytest.raises(BadInput):
        Receipt.from_json({})
    with pytest.raises(NotVerified):
        Receipt.from_json(good | {"index": 5}).verify(new[4], key.verifier)
    with pytest.raises(NotVerified):
        receipt.verify(new[5], key.verifier)
    text = receipt.to_tlog_proof()
    for bad in (
        "",
        text.replace("@v1", "@v2"),
        text.replace("index 4", "index 04"),
        text.replace("index 4\n", ""),
        text.replace("\n\n", "\n"),
        text.replace("index", "extra !\nindex"),
        text.replace("index 4\n", "index 4\n*\n"),
    ):
        with pytest.raises(BadInput):
            Receipt.from_tlog_proof(bad)
