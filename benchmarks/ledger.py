"""How fast a log is, beside the floors of the same run (fsync, SHA-256, Ed25519) and pymerkle.

    python benchmarks/ledger.py [--entries 200000] [--leaves 100000000] [--folder DIR]

Everything goes through public calls with everything on that ships: parsing of each entry, the
look-up of its record id, the fence, fsync of every file and folder, a signed checkpoint a batch.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from habeas.ledger.audit import audit
from habeas.ledger.bundle import BundleEntry, make_bundle, verify_bundle
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.commitment import seal
from habeas.ledger.group import GroupCommit
from habeas.ledger.growth import Edge, grow
from habeas.ledger.keys import KeyKind, SigningKey
from habeas.ledger.log import Log
from habeas.ledger.note import cosign, parse_note
from habeas.ledger.tiles import Folder, Tile, TileNodes
from habeas.ledger.tree import inclusion_proof, leaf_hash, range_hash, root_hash, verify_inclusion
from habeas.ledger.vault import MemoryKeys, Vault

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def rate(count: int, act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return count / (time.perf_counter() - start)


def spread(act: Callable[[], object], times: int) -> tuple[float, float]:
    """Median and 99th percentile of one call, in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append(1e3 * (time.perf_counter() - start))
    taken.sort()
    return statistics.median(taken), taken[min(len(taken) - 1, int(0.99 * len(taken)))]


def fsync_floor(folder: Path) -> tuple[float, float]:
    """Write 4 kB beside, sync, rename, sync the folder: what one durable file costs at least."""

    def one() -> None:
        path = folder / "floor.tmp"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.write(handle, bytes(4096))
        os.fsync(handle)
        os.close(handle)
        path.rename(folder / "floor")
        there = os.open(folder, os.O_RDONLY)
        os.fsync(there)
        os.close(there)

    return spread(one, 200)


def payload(n: int) -> dict[str, object]:
    person = {"counter": n + 1, "previous": None if n == 0 else "0" * 64}
    return {"decision": "given", "purpose": "scoring", "notice": "ab" * 32, "person": person}


def sealed_and_encrypted(count: int) -> list[bytes]:
    vault = Vault(secrets.token_bytes(32), keys=MemoryKeys())
    leaves = []
    for n in range(count):
        sealed = seal(payload(n), kind="choice.given", now=NOW)
        vault.encrypt(sealed.secret, n.to_bytes(4, "big"), record=sealed.record_id)
        leaves.append(sealed.leaf)
    return leaves


def batches(log: Log, leaves: list[bytes], size: int) -> float:
    def act() -> None:
        for at in range(0, len(leaves), size):
            log.append(leaves[at : at + size])

    return rate(len(leaves), act)


def line(what: str, ours: float, unit: str, floor: str = "") -> None:
    print(f"{what:<58} {ours:>12,.2f} {unit:<5} {floor}")


def appends(log: Log, leaves: list[bytes], floor_ms: float) -> None:
    for size in (1, 16, 256, 1_000, 10_000):
        part, leaves = (
            leaves[: min(len(leaves), max(300, 10 * size))],
            leaves[min(len(leaves), max(300, 10 * size)) :],
        )
        if part:
            found = batches(log, part, size)
            per_batch = 1e3 * size / found
            line(
                f"durable appends, batches of {size:,}",
                found,
                "/s",
                f"a batch = {per_batch / floor_ms:.1f} x one durable file",
            )
    median, p99 = spread(lambda: log.append([seal({}, kind="a", now=NOW).leaf]), 300)
    line("one append alone, median", median, "ms", f"{median / floor_ms:.1f} x one durable file")
    line(
        "one append alone, p99", p99, "ms", f"{p99 / floor_ms:.1f} x the median of one durable file"
    )


def end_to_end(log: Log, count: int, *, repeats: int = 5) -> None:
    """Sealing, encrypting and appending a batch; the median of the repeats counts."""
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        leaves = sealed_and_encrypted(count)
        middle = time.perf_counter()
        log.append(leaves)
        end = time.perf_counter()
        found.append((count / (middle - start), count / (end - start), count / (end - middle)))
    sealing, together, logging = map(statistics.median, zip(*found, strict=True))
    spread = f"{min(each[1] for each in found):,.0f} to {max(each[1] for each in found):,.0f}"
    line("salt, commitment, two AES-GCM layers, a key per person", sealing, "/s")
    line("the same and appended durably, one batch", together, "/s", spread)
    line("  of which the log", logging, "/s")


def proofs(log: Log) -> None:
    size, head = log.size, log.checkpoint()
    reader = Log.open(log.folder)
    pick = iter([secrets.randbelow(size) for _ in range(1_100)])
    cold = [Log.open(log.folder) for _ in range(3)]
    line(
        f"proof at {size:,} entries, first of a reader",
        spread(lambda: cold.pop().prove(next(pick)), 3)[0],
        "ms",
    )
    median, p99 = spread(lambda: reader.prove(next(pick)), 500)
    line("proof, median", median, "ms")
    line("proof, p99", p99, "ms")
    index = size // 2
    leaf, proof = leaf_hash(next(reader.entries(index, index + 1))), reader.prove(index)
    checks = 5_000
    ours = rate(
        checks,
        lambda: [
            verify_inclusion(leaf, index=index, size=size, proof=proof.hashes, root=head.root)
            for _ in range(checks)
        ],
    )
    hashes = checks * len(proof.hashes)
    floor = rate(hashes, lambda: [sha256(b"\x01" + leaf + leaf).digest() for _ in range(hashes)])
    line(
        "inclusion proofs verified",
        ours,
        "/s",
        f"{100 * ours * len(proof.hashes) / floor:.0f} % of bare SHA-256",
    )
    whole = rate(size, lambda: audit(reader))
    bare = rate(size, lambda: [leaf_hash(each) for each in reader.entries(0, size)])
    line(
        "whole log verified",
        whole,
        "/s",
        f"{100 * whole / bare:.0f} % of reading it and hashing the leaves",
    )


def many_writers(log: Log, *, repeats: int = 5) -> None:
    """What one writer of many waits, from handing an entry over to knowing its place for good; the
    floor is measured before and after each repeat, and the median ratio counts.
    """
    found = []
    for _ in range(repeats):
        before = fsync_floor(log.folder.parent)[0]
        median, p99, together = _written_at_once(log)
        floor = statistics.median([before, fsync_floor(log.folder.parent)[0]])
        found.append((median, p99, together, median / floor, p99 / floor))
    median, p99, together, of_median, of_p99 = map(statistics.median, zip(*found, strict=True))
    worst = max(each[-1] for each in found)
    line("64 writers at once, one waits, median", median, "ms", f"{of_median:.1f} x durable file")
    line(
        "64 writers at once, one waits, p99",
        p99,
        "ms",
        f"{of_p99:.1f} x one durable file, at worst of {repeats} runs {worst:.1f}",
    )
    line("64 writers at once, together", together, "/s")


def _written_at_once(log: Log, writers: int = 64, each: int = 40) -> tuple[float, float, float]:
    waited: list[float] = []

    def write(_: int) -> None:
        for _n in range(each):
            leaf = seal({}, kind="a", now=NOW).leaf
            start = time.perf_counter()
            group.append(leaf)
            waited.append(1e3 * (time.perf_counter() - start))

    with GroupCommit(log) as group, ThreadPoolExecutor(writers) as pool:
        begun = time.perf_counter()
        list(pool.map(write, range(writers)))
        taken = time.perf_counter() - begun
    waited.sort()
    return statistics.median(waited), waited[int(0.99 * len(waited))], len(waited) / taken


class OneLeafTiles(Folder):
    """The tiles of a log of `size` equal leaves, made on disk when one is first asked for.

    Every full tile of a level is alike, so that a log of any size costs nothing to make, and the
    path of every proof is read from files of its own, as in a log of different leaves.
    """

    def __init__(self, root: Path, size: int, leaf: bytes) -> None:
        super().__init__(root)
        self.size = size
        self.full, counts = [leaf * 256], [size]
        while counts[-1] >= 256:
            self.full.append(root_hash([self.full[-1][:32]] * 256) * 256)
            counts.append(counts[-1] // 256)

    def make(self, index: int) -> None:
        """Write the tiles that a proof for leaf `index` reads."""
        asks = Asking(self)
        inclusion_proof(TileNodes(asks, self.size), index, self.size)
        for tile in asks.wanted:
            path = self.root / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_bytes(self.full[tile.level][: 32 * tile.width])


class Asking(Folder):
    """Remembers which tiles are asked for, and makes them up."""

    def __init__(self, tiles: OneLeafTiles) -> None:
        super().__init__(tiles.root)
        self.tiles, self.wanted = tiles, []

    def hashes(self, tile: Tile) -> list[bytes]:
        self.wanted.append(tile)
        return [self.tiles.full[tile.level][:32]] * tile.width


def proofs_of_a_large_log(folder: Path, size: int) -> None:
    leaf = leaf_hash(b"one")
    tiles = OneLeafTiles(folder, size, leaf)
    picked = [secrets.randbelow(size) for _ in range(1_000)]
    for index in [*picked, size - 1]:
        tiles.make(index)
    root = range_hash(TileNodes(tiles, size), 0, size)
    one = iter(picked)
    found = []
    nodes = TileNodes(tiles, size)
    median, p99 = spread(lambda: found.append(inclusion_proof(nodes, next(one), size)), 1_000)
    for index, proof in zip(picked, found, strict=True):
        verify_inclusion(leaf, index=index, size=size, proof=proof, root=root)
    line(f"proof at {size:,} leaves (needed tiles only), median", median, "ms")
    line(f"proof at {size:,} leaves, p99", p99, "ms", f"{len(found[0])} hashes")


def peer(count: int) -> None:
    """pymerkle, bulk, in memory: a tree and nothing else, neither disk nor signature."""
    try:
        from pymerkle import InmemoryTree
    except ImportError:
        print("pymerkle is not installed (the bench extra): no peer")
        return
    entries = [seal(payload(n), kind="choice.given", now=NOW).leaf for n in range(count)]
    theirs = InmemoryTree(algorithm="sha256")
    taken = rate(count, lambda: [theirs.append_entry(entry) for entry in entries])
    line("peer: pymerkle, appended in memory", taken, "/s", "no disk, no signature")
    ours = rate(count, lambda: grow(Edge(), entries))
    line("ours, the tree and its tiles in memory", ours, "/s")
    same = theirs.get_root() == grow(Edge(), entries).edge.root
    print(f"{'':<58} both roots are {'the same' if same else 'DIFFERENT'}")


def bundles(log: Log, key: SigningKey) -> None:
    previous, entries = None, []
    for n in range(1, 11):
        content = payload(n - 1) | {"person": {"counter": n, "previous": previous}}
        sealed = seal(content, kind="choice.given", now=NOW)
        index, _ = log.append([sealed.leaf])
        previous = sealed.commitment.hex()
        entries.append((sealed, content, index))
    made = [
        BundleEntry(
            record_id=s.record_id,
            kind="choice.given",
            payload=c,
            salt=s.salt,
            leaf=s.leaf,
            index=i,
            proof=log.prove(i).hashes,
        )
        for s, c, i in entries
    ]
    given = {
        "checkpoint": log.checkpoint(),
        "vkey": key.vkey,
        "book_hash": "sha256:00",
        "created": NOW,
        "key": key,
    }
    one = make_bundle(entries=made[:1], **given)
    note = parse_note(log.checkpoint().note)
    for n in range(2):
        name = f"witness{n}.example"
        note = cosign(note, SigningKey.generate(name, kind=KeyKind.COSIGNATURE), time=1_795_000_000)
    seen = given | {"checkpoint": Checkpoint.parse(str(note))}
    line(
        "bundle of one entry with two witnesses",
        len(make_bundle(entries=made[:1], **seen)),
        "bytes",
    )
    ten = make_bundle(entries=made, **given)
    line("bundle of one entry", len(one), "bytes")
    line("bundle of ten entries, each", len(ten) / 10, "bytes")
    line(
        "bundle of ten entries verified, median",
        spread(lambda: verify_bundle(ten, trusted=[key.vkey]), 50)[0],
        "ms",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--leaves", type=int, default=100_000_000, help="of the synthetic log")
    parser.add_argument("--folder", type=Path, default=None, help="where the disk to measure is")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder, key = Path(name), SigningKey.generate("platform.example/log")
        floor, floor_p99 = fsync_floor(folder)
        line("floor: one durable file of 4 kB, median", floor, "ms", f"p99 {floor_p99:.2f} ms")
        data = bytes(256)
        line(
            "floor: SHA-256 of 256 bytes",
            rate(300_000, lambda: [sha256(data).digest() for _ in range(300_000)]),
            "/s",
        )
        line(
            "floor: Ed25519 signatures",
            rate(2_000, lambda: [key.sign(data) for _ in range(2_000)]),
            "/s",
        )
        with Log.create(folder / "log", origin=key.name, key=key) as log:
            leaves = [
                seal(payload(n), kind="choice.given", now=NOW).leaf for n in range(asked.entries)
            ]
            appends(log, leaves, floor)
            many_writers(log)
            end_to_end(log, 30_000)
            proofs(log)
            bundles(log, key)
        proofs_of_a_large_log(folder / "large", asked.leaves)
        peer(min(asked.entries, 50_000))


if __name__ == "__main__":
    main()
