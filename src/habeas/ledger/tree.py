"""The Merkle tree of RFC 6962, its proofs, and their verification by RFC 9162 §2.1.

Everything here works on leaf *hashes*. A verifier returns quietly or raises NotVerified; there
is no boolean form, so that a result that must not be ignored cannot be.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol

from habeas.errors import NotVerified

EMPTY_ROOT = sha256(b"").digest()
HASH_SIZE = 32


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours; the prefix keeps a node from passing as a leaf."""
    return sha256(b"\x01" + left + right).digest()


class Nodes(Protocol):
    """Whatever can give the hashes of complete subtrees: a list in memory, tiles on disk."""

    def node(self, level: int, index: int) -> bytes:
        """MTH(D[index * 2**level : (index + 1) * 2**level]), all of whose leaves exist."""


class LeafHashes:
    """Nodes over leaf hashes in memory; each level is computed once."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels: list[list[bytes]] = [list(leaves)]

    def node(self, level: int, index: int) -> bytes:
        while len(self._levels) <= level:
            self._levels.append(pair_up(self._levels[-1]))
        return self._levels[level][index]


def pair_up(hashes: Sequence[bytes]) -> list[bytes]:
    """The next level of a tree, complete pairs only: an odd last hash has no parent yet."""
    return [
        sha256(b"\x01" + left + right).digest()
        for left, right in zip(hashes[::2], hashes[1::2], strict=False)
    ]


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; of none, SHA-256 of nothing."""
    return range_hash(LeafHashes(leaves), 0, len(leaves)) if leaves else EMPTY_ROOT


def range_hash(nodes: Nodes, start: int, end: int) -> bytes:
    """MTH(D[start:end]) for a range the tree itself has: `start` fits its width."""
    width = end - start
    if width & (width - 1) == 0:
        return nodes.node(width.bit_length() - 1, start // width)
    middle = start + _split(width)
    return node_hash(range_hash(nodes, start, middle), range_hash(nodes, middle, end))


def inclusion_proof(leaves: Sequence[bytes] | Nodes, index: int, size: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of the first `size` leaves."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} among {size}")
    nodes, start, end = _as_nodes(leaves), 0, size
    proof: list[bytes] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(range_hash(nodes, middle, end))
            end = middle
        else:
            proof.append(range_hash(nodes, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(leaves: Sequence[bytes] | Nodes, old: int, new: int) -> list[bytes]:
    """The hashes that show the first `old` leaves are unchanged among the first `new`.

    Empty when old is 0 or equals new: there is nothing to show.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a log of {new} entries can't extend one of {old}")
    if old in (0, new):
        return []
    nodes, start, end, whole = _as_nodes(leaves), 0, new, True
    proof: list[bytes] = []
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_hash(nodes, middle, end))
            end = middle
        else:
            proof.append(range_hash(nodes, start, middle))
            start, whole = middle, False
    return [*([] if whole else [range_hash(nodes, start, end)]), *proof[::-1]]


def prefix_proof(leaves: Sequence[bytes] | Nodes, old: int, new: int) -> list[bytes]:
    """The hashes from which both the root of `new` entries and that of their first `old` follow.

    A consistency proof, with its first hash written out: the verifier brings no root of its own,
    so that it can show what the *other* root would have had to be. 1 <= old < new.
    """
    if not 1 <= old < new:
        raise ValueError(f"the first {old} of {new} entries are no proper beginning")
    nodes, proof = _as_nodes(leaves), consistency_proof(leaves, old, new)
    return [range_hash(nodes, 0, old), *proof] if _is_whole(old, new) else proof


def root_of_prefix(old: int, new: int, proof: Sequence[bytes], *, root: bytes) -> bytes:
    """The root that the first `old` entries of the log under `root` have; NotVerified if the
    proof doesn't lead to `root`.
    """
    if not 1 <= old < new:
        raise NotVerified(f"the first {old} of {new} entries are no proper beginning")
    if not proof:
        raise NotVerified(f"the proof is too short for logs of {old} and {new} entries")
    _check_hashes(proof)
    whole = _is_whole(old, new)
    rest, first = (proof[1:], proof[0]) if whole else (proof, b"")
    found, leads_to = _both_roots(0, old, new, proof=rest, subtree_root=first)
    if leads_to != root:
        raise NotVerified(f"the proof leads to {_short(leads_to)}, not to the root that was signed")
    return found


def _is_whole(old: int, new: int) -> bool:
    """Whether the first `old` entries are a subtree of the log of `new` by themselves."""
    path, last = old - 1, new - 1
    while path and (path == last or path & 1):
        path, last = path >> 1, last >> 1
    return path == 0


def verify_inclusion(
    leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Return quietly if leaf hash `leaf` is number `index` of the `size` under `root`."""
    if not 0 <= index < size:
        raise NotVerified(f"entry {index} can't be in a log of {size} entries")
    _check_hashes([leaf, *proof])
    path, last, head = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise NotVerified(f"the proof is too long for a log of {size} entries")
        if path & 1 or path == last:
            head = node_hash(sibling, head)
            while not path & 1 and path:
                path, last = path >> 1, last >> 1
        else:
            head = node_hash(head, sibling)
        path, last = path >> 1, last >> 1
    if last != 0:
        raise NotVerified(f"the proof is too short for a log of {size} entries")
    if head != root:
        raise NotVerified(
            f"entry {index} is not under this root: its path leads to {_short(head)}, "
            f"the checkpoint says {_short(root)}"
        )


def verify_subtree_inclusion(
    leaf: bytes, *, index: int, start: int, end: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Return quietly if `leaf` is number `index` of the log and `root` is that of [start, end)."""
    _check_subtree(start, end)
    verify_inclusion(leaf, index=index - start, size=end - start, proof=proof, root=root)


def verify_consistency(
    *, old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Return quietly if the log of `new` entries extends the log of `old` ones.

    `old` must be at least 1: an empty log is extended by any, which is for the caller to say.
    """
    if old < 1:
        raise NotVerified("an empty log has nothing that a proof could show unchanged")
    verify_subtree_consistency(
        start=0, end=old, size=new, proof=proof, subtree_root=old_root, root=new_root
    )


def verify_subtree_consistency(
    *, start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes, root: bytes
) -> None:
    """Return quietly if entries [start, end) of the log of `size` are those of `subtree_root`.

    With start 0 this is the algorithm of RFC 9162 §2.1.4.2; the general form is that of
    draft-ietf-plants-merkle-tree-certs §4.4.3. An empty subtree is in every log.
    """
    if not end <= size:
        raise NotVerified(f"a log of {size} entries can't extend one of {end}")
    if start == end and not proof and subtree_root == EMPTY_ROOT:
        return
    _check_subtree(start, end)
    _check_hashes(proof)
    heads = _both_roots(start, end, size, proof=proof, subtree_root=subtree_root)
    for says, computed, stated in zip(("old", "new"), heads, (subtree_root, root), strict=True):
        if computed != stated:
            raise NotVerified(
                f"the log of {size} entries doesn't extend the log of {end}: the {says} root "
                f"comes to {_short(computed)}, the checkpoint says {_short(stated)}"
            )


def _both_roots(
    start: int, end: int, size: int, *, proof: Sequence[bytes], subtree_root: bytes
) -> tuple[bytes, bytes]:
    """The root of the subtree and the root of the log that a proof leads to."""
    first, path, last = start, end - 1, size - 1
    while first != path and (path == last or path & 1):
        first, path, last = first >> 1, path >> 1, last >> 1
    rest = [subtree_root, *proof] if first == path else [*proof]
    if not rest:
        raise NotVerified(f"the proof is too short for logs of {end} and {size} entries")
    old_head = new_head = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            raise NotVerified(f"the proof is too long for logs of {end} and {size} entries")
        if path & 1 or path == last:
            old_head = node_hash(sibling, old_head) if first < path else old_head
            new_head = node_hash(sibling, new_head)
            while not path & 1 and path:
                first, path, last = first >> 1, path >> 1, last >> 1
        else:
            new_head = node_hash(new_head, sibling)
        first, path, last = first >> 1, path >> 1, last >> 1
    if last != 0:
        raise NotVerified(f"the proof is too short for logs of {end} and {size} entries")
    return old_head, new_head


def _check_subtree(start: int, end: int) -> None:
    """A range is a subtree if its start is a multiple of its width, rounded up to a power of 2."""
    if not 0 <= start < end or start % (1 << (end - start - 1).bit_length()):
        raise NotVerified(f"entries {start} to {end} are no subtree of a log")


def _as_nodes(leaves: Sequence[bytes] | Nodes) -> Nodes:
    return LeafHashes(leaves) if isinstance(leaves, Sequence) else leaves


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_SIZE for each in hashes):
        raise NotVerified("a hash of the proof doesn't have 32 bytes")


def _short(digest: bytes) -> str:
    return digest.hex()[:16] + "…"
