"""From a protected table to one recipient's copy of it: base, marks, canaries."""

from __future__ import annotations

import secrets
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from habeas.errors import BadInput
from habeas.protection.again import placed
from habeas.protection.base import Base, ReleasedCopy, make_base, new_salt
from habeas.protection.canaries import make_canaries
from habeas.protection.groups import group_ids
from habeas.protection.marks import Carriers, code_bits, commitment, embed, plan_carriers
from habeas.protection.plan import ReleasePlan
from habeas.protection.prf import derive_key, words

UNOWNED_DOMAIN = "canary.example"


def new_base(
    table: pa.Table,
    plan: ReleasePlan,
    *,
    secret: bytes,
    now: datetime,
    source: pa.Table,
    groups: NDArray[np.int64] | None = None,
) -> tuple[Base, NDArray[np.int64]]:
    """The base, and the row of `table` that each of its rows was.

    groups: the group of each row; None: rows alike on the adversary's columns.
    """
    salt = new_salt()
    lots = words(derive_key(secret, salt, "shuffle"), table.num_rows)
    order = np.argsort(lots, kind="stable")
    shuffled = table.take(pa.array(order)).combine_chunks()
    made = make_base(
        shuffled,
        at=now,
        source_columns=source.column_names,
        carriers=_carriers(
            shuffled,
            plan,
            secret=secret,
            salt=salt,
            groups=None if groups is None else groups[order],
        ),
        salt=salt,
    )
    return made, order


def _carriers(
    table: pa.Table,
    plan: ReleasePlan,
    *,
    secret: bytes,
    salt: bytes,
    groups: NDArray[np.int64] | None,
) -> Carriers | None:
    allowed = [c.column for c in plan.leaving if c.mark and c.column not in plan.never_marked]
    if plan.identified or plan.mark_rate == 0 or not allowed:
        return None
    if groups is None and plan.adversary:
        groups = group_ids(table, plan.adversary)
    return plan_carriers(
        table,
        groups=groups,
        columns=allowed,
        rate=plan.mark_rate,
        secret=secret,
        base_salt=salt,
    )


def check_same(base: Base, table: pa.Table) -> None:
    """An earlier base stands in for this table only if it holds the same columns and rows."""
    same = base.table.schema.equals(table.schema) and base.table.num_rows == table.num_rows
    if not same or not _equal_sets(base.table, table):
        raise BadInput(
            f"base {base.id[:12]} isn't of this table under this plan",
            remedy="prepare without it: a new base is made",
        )


def _equal_sets(left: pa.Table, right: pa.Table) -> bool:
    keys = [(name, "ascending") for name in left.column_names]
    return bool(left.sort_by(keys).combine_chunks().equals(right.sort_by(keys).combine_chunks()))


def mark(base: Base, *, secret: bytes, code: int) -> tuple[pa.Table, str | None]:
    """This code's copy of a base, and the commitment to its code word."""
    if base.carriers is None:
        return base.table, None
    bits = code_bits(secret, base.salt, base.carriers, [code])[0]
    sealed = commitment(secret, base.salt, base.carriers, code)
    return embed(base.table, base.carriers, bits), sealed


def with_canaries(
    marked: pa.Table, base: Base, plan: ReleasePlan, *, secret: bytes, code: int
) -> tuple[pa.Table, pa.Table | None]:
    """The copy with this code's canaries among its rows, and the canaries."""
    if plan.canaries == 0:
        return marked, None
    canaries = make_canaries(
        base.table,
        plan.canaries,
        # Under the base's own salt: two bases alike in shape don't share canaries.
        secret=derive_key(secret, base.salt, "canaries"),
        code=code,
        contact_domain=plan.contact_domain or UNOWNED_DOMAIN,
        together=plan.adversary,
    )
    return placed(marked, canaries, secret=secret, salt=base.salt, code=code), canaries


def copy_of(
    base: Base,
    plan: ReleasePlan,
    *,
    code: int,
    now: datetime,
    canaries: pa.Table | None,
    sealed: str | None,
) -> ReleasedCopy:
    """What the controller keeps about the copy."""
    return ReleasedCopy(
        release_id=secrets.token_hex(8),
        recipient=plan.recipient,
        base_id=base.id,
        code=None if base.carriers is None else code,
        rows=None,
        columns=tuple(base.table.column_names),
        canaries=canaries,
        at=now,
        commitment=sealed,
    )


def cells_altered(base: pa.Table, marked: pa.Table) -> int:
    """How many cells of the copy differ from the base."""
    count = 0
    for left, right in zip(base.columns, marked.columns, strict=True):
        if left is not right:
            count += left.length() - int(pc.sum(pc.fill_null(pc.equal(left, right), True)).as_py())
    return count
