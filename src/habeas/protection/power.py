"""How much of a marked copy must leak before marks can name its recipient.

From measured trials: one leaker among N recipients is caught from about 5·ln(N/ε) readable
positions (150 at N = 10,000 and ε = 1e-9); at least one of c who mix their copies, whichever way
they do it, from 5.9·c²·ln(N/ε) with a tenth read wrong. A position is readable if either of its
two rows leaked.
"""

from __future__ import annotations

import math

RECIPIENTS = 10_000
EPSILON = 1e-9
_ALONE = 5.0
_TOGETHER = 5.9


def positions_needed(
    *, leakers: int = 1, recipients: int = RECIPIENTS, epsilon: float = EPSILON
) -> int:
    """Readable positions a trace needs to name one of `leakers`.

    >>> positions_needed()
    150
    >>> positions_needed(leakers=3)
    1590
    """
    if leakers < 1 or recipients < 1 or not 0 < epsilon < 1:
        raise ValueError("at least one leaker and recipient, and an error bound between 0 and 1")
    factor = _ALONE if leakers == 1 else _TOGETHER * leakers**2
    return math.ceil(factor * math.log(recipients / epsilon))


def smallest_leak(positions: int, *, rows: int, needed: int | None = None) -> int | None:
    """The fewest of `rows` rows that still show enough of `positions`; None: not even all.

    Of the pairs, a share 1 - (1-q)² is seen in a share q of the rows, taken at random.
    """
    needed = positions_needed() if needed is None else needed
    if positions < needed:
        return None
    return min(rows, math.ceil(rows * (1 - math.sqrt(1 - needed / positions))))
