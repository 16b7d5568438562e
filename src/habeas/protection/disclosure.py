"""Opening single positions of a committed code word, so that a third party can recompute a score.

The commitment of the manifest is a hash over the code number, a commitment to the key and the
root of a tree with one salted entry per position. To open position t is to show its entry and
its path to the root. What is opened is the position's two cells (by column and row number), its
bias and this recipient's bit; the secret, other positions and other recipients' bits stay unknown.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from habeas.errors import BadInput, NotVerified
from habeas.ledger.tree import LeafHashes, inclusion_proof, leaf_hash, root_hash, verify_inclusion
from habeas.protection.marks import Carriers, key_commitment, position_leaves, seal_code

FORMAT = "habeas disclosed-code/v1"
_ENTRY = struct.Struct(">16sQhiiIB")
_SCALE = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One position that was shown to be under the commitment."""

    position: int
    column: int
    row_a: int
    row_b: int
    p: float
    bit: bool


def disclose(
    secret: bytes,
    base_salt: bytes,
    carriers: Carriers,
    code: int,
    positions: Sequence[int],
) -> dict[str, Any]:
    """What to hand to a third party: the entries of these positions with their paths. JSON-able.

    Disclose only positions that a leak already shows, and after the trace: an opened position
    tells its bit.
    """
    entries = position_leaves(secret, base_salt, carriers, code)
    leaves = LeafHashes([leaf_hash(entry) for entry in entries])
    size = len(entries)
    opened = [
        {
            "entry": entries[at].hex(),
            "proof": [step.hex() for step in inclusion_proof(leaves, at, size)],
        }
        for at in map(int, positions)
    ]
    return {
        "format": FORMAT,
        "code": code,
        "size": size,
        "key": key_commitment(secret, base_salt).hex(),
        "root": root_hash([leaves.node(0, at) for at in range(size)]).hex(),
        "columns": list(carriers.columns),
        "opened": opened,
    }


def open_positions(disclosed: Mapping[str, Any], *, commitment: str) -> tuple[Opened, ...]:
    """The disclosed positions, if every one is under the commitment; NotVerified otherwise.

    commitment: the hex hash that stood in the manifest or the log before hand-out.
    """
    if disclosed.get("format") != FORMAT:
        raise BadInput("this is not a disclosed code word, or of a later version of Habeas")
    try:
        code, size = int(disclosed["code"]), int(disclosed["size"])
        key, root = bytes.fromhex(disclosed["key"]), bytes.fromhex(disclosed["root"])
        opened = [
            (bytes.fromhex(one["entry"]), [bytes.fromhex(step) for step in one["proof"]])
            for one in disclosed["opened"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput("the disclosed code word is damaged") from error
    if seal_code(code=code, size=size, key=key, root=root) != commitment:
        raise NotVerified("the code word is not the one committed to before hand-out")
    found = tuple(_opened(entry, proof, size=size, root=root) for entry, proof in opened)
    if len({one.position for one in found}) != len(found):
        raise NotVerified("a position is disclosed twice")
    return found


def _opened(entry: bytes, proof: Sequence[bytes], *, size: int, root: bytes) -> Opened:
    if len(entry) != _ENTRY.size:
        raise NotVerified("a disclosed entry has the wrong length")
    _, position, column, row_a, row_b, bias, bit = _ENTRY.unpack(entry)
    verify_inclusion(leaf_hash(entry), index=position, size=size, proof=proof, root=root)
    if not 0 < bias < _SCALE or bit > 1:
        raise NotVerified("a disclosed position has an impossible bias or bit")
    return Opened(
        position=position,
        column=column,
        row_a=row_a,
        row_b=row_b,
        p=bias / _SCALE,
        bit=bool(bit),
    )
