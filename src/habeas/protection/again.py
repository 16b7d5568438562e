"""A recipient's copy out of the base it was made from: the first time, and for who may, again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from habeas.errors import BadInput
from habeas.protection.base import Base, ReleasedCopy
from habeas.protection.marks import code_bits, embed
from habeas.protection.prf import derive_key, words


def placed(
    marked: pa.Table, canaries: pa.Table, *, secret: bytes, salt: bytes, code: int
) -> pa.Table:
    """The rows in their hand-out order with the canaries anywhere between them."""
    both = pa.concat_tables([marked, canaries]).combine_chunks()
    lots = words(derive_key(secret, salt, f"places/{code}"), both.num_rows)
    place = np.concatenate(
        [
            np.arange(marked.num_rows, dtype=np.float64),
            lots[: canaries.num_rows] / 2**64 * marked.num_rows - 0.5,
        ]
    )
    return both.take(pa.array(np.argsort(place, kind="stable"))).combine_chunks()


def copy_again(base: Base, copy: ReleasedCopy, *, secret: bytes) -> pa.Table:
    """The table a recipient got. Rows of persons erased since are empty.

    A marked copy comes out cell for cell and row for row; of an unmarked one the canaries may
    stand elsewhere between the rows. BadInput if the base is past its term.
    """
    if base.reduced:
        raise BadInput(
            "the base of this release is past its term, so its copy can't be made again",
            remedy="the recipient's own file can still be traced",
        )
    table = base.table
    if copy.code is not None and base.carriers is not None:
        bits = code_bits(secret, base.salt, base.carriers, [copy.code])[0]
        table = embed(table, base.carriers, bits)
    if copy.rows is not None:
        table = table.take(pa.array(copy.rows))
    if copy.canaries is None:
        return table
    return placed(table, copy.canaries, secret=secret, salt=base.salt, code=copy.code or 0)
