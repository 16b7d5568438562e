"""Recomputing a bound from disclosed positions, without the secret: what an expert does.

The expert reads y at each position from the leak and the rows of the base they were shown, opens
the disclosed code word against the commitment in the log, and gets the same bound or another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from habeas.errors import NotVerified
from habeas.protection.disclosure import Opened, open_positions
from habeas.relief.joint import joint_bound
from habeas.relief.score import Reading, gains, log_bounds, scores

Sealed = tuple[Mapping[str, Any], str]


def recheck(
    disclosed: Mapping[str, Any],
    *,
    commitment: str,
    y: Mapping[int, bool],
    beside: Sequence[Sealed] = (),
) -> tuple[int, float]:
    """How many positions were used and log10 of the false-accusation bound of one test.

    y: position → the bit read from the leak. Every position read must be disclosed and no other:
    a choice among them would make the bound untrue; NotVerified says so.
    beside: for a joint test, the disclosed code words of the copies it was made beside, each with
    its own commitment.
    """
    opened = _opened(disclosed, commitment, y)
    if not opened:
        return 0, 0.0
    reading = Reading(
        positions=np.array([one.position for one in opened]),
        y=np.array([y[one.position] for one in opened]),
        p=np.array([one.p for one in opened]),
    )
    bits = _bits(opened)
    gain0, gain1 = gains(reading)
    least = float(log_bounds(scores(bits[None, :], gain0, gain1), gain0, gain1, reading.p).min())
    if beside:
        context = [_bits(_same_code(_opened(*one, y), opened)) for one in beside]
        least = min(least, joint_bound(reading, bits, context))
    return len(opened), least / math.log(10)


def _opened(disclosed: Mapping[str, Any], sealed: str, y: Mapping[int, bool]) -> list[Opened]:
    opened = sorted(open_positions(disclosed, commitment=sealed), key=lambda one: one.position)
    if {one.position for one in opened} != set(y):
        raise NotVerified("the disclosed positions are not those that were read from the leak")
    return opened


def _same_code(found: list[Opened], opened: list[Opened]) -> list[Opened]:
    """A code word beside must be of the same base: the same cells and biases at each position."""
    for one, other in zip(found, opened, strict=True):
        mine = (one.column, one.row_a, one.row_b, one.p)
        if mine != (other.column, other.row_a, other.row_b, other.p):
            raise NotVerified("a code word beside is not of the same base", place=str(one.position))
    return found


def _bits(opened: list[Opened]) -> NDArray[np.bool_]:
    return np.array([one.bit for one in opened])
