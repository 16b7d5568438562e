from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import NotVerified
from habeas.ledger.tree import (
    EMPTY_ROOT,
    LeafHashes,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    range_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)

# The eight inputs and root used by Certificate Transparency implementations (RFC 6962 hashing).
INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"

entries = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def by_the_definition(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 §2.1 writes it, sharing nothing with our code."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    left, right = by_the_definition(leaves[:k]), by_the_definition(leaves[k:])
    return sha256(b"\x01" + left + right).digest()


def test_root_of_the_reference_tree():
    """Catches what our own properties cannot: leaving out the leaf and node prefixes."""
    leaves = [leaf_hash(bytes.fromhex(each)) for each in INPUTS]

    assert ROOT == root_hash(leaves).hex()


@given(entries)
def test_the_root_is_that_of_the_definition(log):
    """A root that only we compute would be worth nothing to anybody else."""
    leaves = [leaf_hash(each) for each in log]

    assert by_the_definition(leaves) == root_hash(leaves)
    assert by_the_definition([]) == EMPTY_ROOT == root_hash([])


@given(entries, st.data())
def test_every_entry_can_be_proved(log, data):
    """Whatever the log holds, each entry verifies under its root."""
    index = data.draw(st.integers(0, len(log) - 1))
    leaves = [leaf_hash(each) for each in log]
    proof = inclusion_proof(leaves, index, len(log))

    verify_inclusion(leaves[index], index=index, size=len(log), proof=proof, root=root_hash(leaves))


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70, unique=True), st.data())
@settings(deadline=None)  # a busy machine is no fault
def test_nothing_else_can(log, data):
    """No other entry verifies in its place, and it in no other place: what the proof is for."""
    index = data.draw(st.integers(0, len(log) - 1))
    leaves = [leaf_hash(each) for each in log]
    proof, root = inclusion_proof(leaves, index, len(log)), root_hash(leaves)
    other = leaf_hash(data.draw(st.binary(max_size=8).filter(lambda each: each != log[index])))
    elsewhere = data.draw(st.integers(0, len(log) + 3).filter(lambda each: each != index))

    with pytest.raises(NotVerified):
        verify_inclusion(other, index=index, size=len(log), proof=proof, root=root)
    with pytest.raises(NotVerified):
        verify_inclusion(leaves[index], index=elsewhere, size=len(log), proof=proof, root=root)


@given(entries, st.data())
def test_a_log_that_grew_is_consistent(log, data):
    """Who only appends can show it, from every old size to every new one."""
    new = data.draw(st.integers(1, len(log)))
    old = data.draw(st.integers(1, new))
    leaves = [leaf_hash(each) for each in log]
    proof = consistency_proof(leaves, old, new)

    roots = {"old_root": root_hash(leaves[:old]), "new_root": root_hash(leaves[:new])}
    verify_consistency(old=old, new=new, proof=proof, **roots)


@given(entries, st.data())
def test_a_log_that_was_rewritten_is_not(log, data):
    """A controller who changes one old entry finds no proof: not the honest one, none of his."""
    new = data.draw(st.integers(1, len(log)))
    old = data.draw(st.integers(1, new))
    changed = data.draw(st.integers(0, old - 1))
    leaves = [leaf_hash(each) for each in log]
    rewritten = list(leaves)
    rewritten[changed] = leaf_hash(b"what he wishes had been there")
    old_root, new_root = root_hash(leaves[:old]), root_hash(rewritten[:new])

    for made_from in (leaves, rewritten):
        proof = consistency_proof(made_from, old, new)
        with pytest.raises(NotVerified):
            verify_consistency(old=old, new=new, proof=proof, old_root=old_root, new_root=new_root)


@given(st.integers(1, 300), st.data())
@settings(max_examples=60)
def test_a_proof_with_a_hash_more_or_less_fails(size, data):
    """A proof has one length; a verifier that reads past it can be led anywhere."""
    index = data.draw(st.integers(0, size - 1))
    leaves = [leaf_hash(bytes([n % 256])) for n in range(size)]
    proof, root = inclusion_proof(leaves, index, size), root_hash(leaves)

    for wrong in ([*proof, root], proof[:-1] if proof else [root], [*proof[:-1], b"short"]):
        with pytest.raises(NotVerified):
            verify_inclusion(leaves[index], index=index, size=size, proof=wrong, root=root)


def test_sizes_nobody_has_are_refused():
    """An index outside, an empty old log, a shrinking log: each a sentence, not a crash."""
    leaves = [leaf_hash(b"a"), leaf_hash(b"b")]
    root = root_hash(leaves)

    for index in (-1, 2):
        with pytest.raises(NotVerified):
            verify_inclusion(leaves[0], index=index, size=2, proof=[leaves[1]], root=root)
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(leaves, index, 2)
    for old, new in ((0, 2), (3, 2)):
        with pytest.raises(NotVerified):
            verify_consistency(old=old, new=new, proof=[], old_root=root, new_root=root)
    with pytest.raises(ValueError, match="extend"):
        consistency_proof(leaves, 3, 2)
    assert [] == consistency_proof(leaves, 0, 2) == consistency_proof(leaves, 2, 2)
    assert leaves[1] == range_hash(LeafHashes(leaves), 1, 2)


def _base64(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def _verify(family: str, case: dict[str, Any]) -> None:
    proof = [_base64(each) for each in case["proof"] or []]
    if family == "inclusion":
        verify_inclusion(
            _base64(case["leafHash"]),
            index=case["leafIdx"],
            size=case["treeSize"],
            proof=proof,
            root=_base64(case["root"]),
        )
    elif family == "consistency":
        verify_consistency(
            old=case["size1"],
            new=case["size2"],
            proof=proof,
            old_root=_base64(case["root1"]),
            new_root=_base64(case["root2"]),
        )
    elif family == "subtreeinclusion":
        verify_subtree_inclusion(
            _base64(case["leafHash"]),
            index=case["leafIdx"],
            start=case["start"],
            end=case["end"],
            proof=proof,
            root=_base64(case["root"]),
        )
    else:
        verify_subtree_consistency(
            start=case["start"],
            end=case["end"],
            size=case["size"],
            proof=proof,
            subtree_root=_base64(case["root1"]),
            root=_base64(case["root2"]),
        )


@pytest.mark.parametrize(
    ("family", "count"),
    [
        ("inclusion", 98),
        ("consistency", 98),
        ("subtreeinclusion", 204),
        ("subtreeconsistency", 118),
    ],
)
def test_vectors_of_transparency_dev(evidence: Path, family: str, count: int):
    """Others wrote these proofs, good and bad; we must say of each what they say."""
    files = sorted((evidence / "merkle-proofs" / "testdata" / family).rglob("*.json"))
    assert count == len(files)
    for file in files:
        case = json.loads(file.read_text())
        if case["wantErr"]:
            with pytest.raises(NotVerified):
                _verify(family, case)
        else:
            _verify(family, case)
