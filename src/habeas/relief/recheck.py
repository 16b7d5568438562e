"""Recomputing a bound from disclosed positions, without the secret: what an expert does.

The expert reads y at each position from the leak and the rows of the base they were shown, opens
the disclosed code word against the commitment in the log, and gets the same bound or another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from habeas.errors import NotVerified
from habeas.protection.disclosure import open_positions
from habeas.relief.score import Reading, gains, log_bounds, scores


def recheck(
    disclosed: Mapping[str, Any], *, commitment: str, y: Mapping[int, bool]
) -> tuple[int, float]:
    """How many positions were used and log10 of the false-accusation bound of one test.

    y: position → the bit read from the leak. Every position read must be disclosed and no other:
    a choice among them would make the bound untrue; NotVerified says so.
    """
    opened = sorted(open_positions(disclosed, commitment=commitment), key=lambda o: o.position)
    if {one.position for one in opened} != set(y):
        raise NotVerified("the disclosed positions are not those that were read from the leak")
    if not opened:
        return 0, 0.0
    reading = Reading(
        positions=np.array([one.position for one in opened]),
        y=np.array([y[one.position] for one in opened]),
        p=np.array([one.p for one in opened]),
    )
    gain0, gain1 = gains(reading)
    score = scores(np.array([[one.bit for one in opened]]), gain0, gain1)
    return len(opened), float(log_bounds(score, gain0, gain1, reading.p).min()) / math.log(10)
