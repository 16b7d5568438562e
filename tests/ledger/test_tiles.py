from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, NotVerified
from habeas.ledger.checkpoint import open_checkpoint
from habeas.ledger.growth import Edge, grow
from habeas.ledger.keys import VerifierKey
from habeas.ledger.tiles import (
    Folder,
    Tile,
    TileNodes,
    pack_entries,
    parse_tile_path,
    tiles_of,
    unpack_entries,
    unpack_hashes,
)
from habeas.ledger.tree import inclusion_proof, leaf_hash, root_hash, verify_inclusion

# The public key of Tessera's test log (its `testdata/log.vkey` at the commit of the vectors).
TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def test_the_reference_examples_of_paths():
    """The layout of the specification: 70,000 entries make exactly these tiles."""
    assert "tile/0/x001/x234/067" == Tile(level=0, index=1234067).path
    served = {tile.path for tile in tiles_of(70_000)}
    assert {
        "tile/0/272",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    } <= served
    assert (273 + 1) * 2 + 2 + 1 == len(served)
    assert ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"] == [
        tile.path for tile in tiles_of(256)
    ]
    assert [] == tiles_of(0)


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 10**12), st.integers(1, 256))
def test_a_path_names_one_tile(level, index, width):
    """Reading back what we write gives the same tile."""
    tile = Tile(level=level, index=index, width=width)

    assert tile == parse_tile_path(tile.path)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/1",
        "tile/64/001",
        "tile/00/001",
        "tile/0/x000/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/257",
        "tile/-1/000",
        "tile/0/001/x002",
        "tile/0/001.p/01",
        "../tile/0/001",
        "tile/0/001\n",
    ],
)
def test_other_spellings_name_none(path):
    """Two names for one tile would be two truths for a cache."""
    with pytest.raises(BadInput):
        parse_tile_path(path)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_bundles_read_back(entries):
    """What is packed is what is unpacked."""
    assert entries == unpack_entries(pack_entries(entries))


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=5), st.data())
def test_a_bundle_cut_anywhere_is_refused_or_shorter(entries, data):
    """A truncated file is never read as the same entries."""
    whole = pack_entries(entries)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        found = unpack_entries(cut)
    except BadInput:
        found = []
    assert entries[: len(found)] == found != entries


def test_a_tile_of_broken_hashes_is_refused():
    """A tile is whole hashes, at least one, at most 256."""
    for size in (0, 31, 33, 257 * 32):
        with pytest.raises(BadInput):
            unpack_hashes(bytes(size))
    assert 256 == len(unpack_hashes(bytes(256 * 32)))


def test_the_log_of_tessera(evidence: Path):
    """A log that another implementation wrote: 16 checkpoints, 15 tiles, 15 bundles."""
    root = evidence / "tessera-testlog" / "testdata" / "log"
    folder, key = Folder(root), VerifierKey.parse(TESSERA)
    for size in range(16):
        head = open_checkpoint((root / f"checkpoint.{size}").read_bytes(), key)
        assert size == head.size
        edge = Edge.read(folder, size)
        assert head.root == edge.root
        if size == 0:
            continue
        entries = folder.entries(Tile(level=None, index=0, width=size))
        hashes = folder.hashes(Tile(level=0, index=0, width=size))
        assert [leaf_hash(entry) for entry in entries] == hashes
        assert (root / "tile/0/000.p" / str(size)).read_bytes() == grow(Edge(), entries).files[
            f"tile/0/000.p/{size}"
        ]
        assert (root / "tile/entries/000.p" / str(size)).read_bytes() == grow(
            Edge(), entries
        ).files[f"tile/entries/000.p/{size}"]
        for index in range(size):
            proof = inclusion_proof(TileNodes(folder, size), index, size)
            verify_inclusion(hashes[index], index=index, size=size, proof=proof, root=head.root)


@given(st.lists(st.integers(0, 700), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_growing_in_batches_is_growing_at_once(tmp_path_factory, batches):
    """However entries are grouped, the edge, the root and every served tile are the same."""
    entries = [n.to_bytes(3, "big") for n in range(sum(batches))]
    files: dict[str, bytes] = {}
    edge, at = Edge(), 0
    for batch in batches:
        growth = grow(edge, entries[at : at + batch])
        files.update(growth.files)
        edge, at = growth.edge, at + batch
    once = grow(Edge(), entries)

    assert root_hash([leaf_hash(entry) for entry in entries]) == edge.root
    assert (once.edge.size, once.edge.root, once.edge.entries) == (
        edge.size,
        edge.root,
        edge.entries,
    )
    assert {tile.path for tile in tiles_of(len(entries))} <= set(files)
    for tile in tiles_of(len(entries)):
        assert once.files[tile.path] == files[tile.path]


def test_more_than_65536_entries_have_three_levels():
    """The third level of tiles begins at 65,536; a log must not lose its root there."""
    entries = [n.to_bytes(3, "big") for n in range(65_536 + 300)]
    first = grow(Edge(), entries[:65_530])
    second = grow(first.edge, entries[65_530:])

    assert root_hash([leaf_hash(entry) for entry in entries]) == second.edge.root
    assert second.files["tile/2/000.p/1"] == root_hash([leaf_hash(e) for e in entries[:65_536]])
    assert "tile/1/000" in second.files
    assert ("tile/entries/255.p", "tile/0/255.p", "tile/1/000.p") == second.outgrown


def test_a_missing_or_short_file_is_named(tmp_path: Path):
    """A log with a hole says where the hole is."""
    folder = Folder(tmp_path)
    tile = Tile(level=0, index=0, width=3)
    with pytest.raises(NotVerified) as missing:
        folder.hashes(tile)
    (tmp_path / "tile/0/000.p").mkdir(parents=True)
    (tmp_path / tile.path).write_bytes(bytes(64))
    with pytest.raises(NotVerified) as short:
        folder.hashes(tile)

    assert ("tile/0/000.p/3", "tile/0/000.p/3") == (missing.value.file, short.value.file)


def test_the_full_tile_stands_in_for_its_beginning(tmp_path: Path):
    """Partial tiles may be deleted once the full one exists; old checkpoints must still be proved."""
    (tmp_path / "tile/0").mkdir(parents=True)
    hashes = [leaf_hash(bytes([n])) for n in range(256)]
    (tmp_path / "tile/0/000").write_bytes(b"".join(hashes))

    assert hashes[:7] == Folder(tmp_path).hashes(Tile(level=0, index=0, width=7))
