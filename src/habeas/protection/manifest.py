"""The manifest: what was handed out, to whom, under which plan, at which risk; no value of it.

The recipient gets it and countersigns it, so it names neither the marked columns nor where
canaries stand: it holds commitments that were fixed before hand-out (`specs/manifest-v1.md`).
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from habeas.protection.base import Base, ReleasedCopy
from habeas.protection.plan import ReleasePlan, canonical_json
from habeas.protection.power import positions_needed
from habeas.protection.prf import derive_key
from habeas.protection.recoding import Recoding
from habeas.protection.risk import RiskReport, small
from habeas.protection.search import Optimum
from habeas.protection.utility import Utility
from habeas.terms import Text

FORMAT = "manifest/v1"
RECORD_CITATIONS = ("cn.pipl.art6", "cn.pipl.art51", "cn.pipl.art73.i3")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Made:
    """Everything a release did, for the manifest and its warnings."""

    plan: ReleasePlan
    applied: ReleasePlan
    source: pa.Table
    out: pa.Table
    base: Base
    copy: ReleasedCopy
    risk: RiskReport
    unread: Mapping[str, int]
    unplanned: tuple[str, ...]
    altered: int
    positions: int
    smallest: int | None
    search: Optimum | None
    recoding: Recoding | None
    utility: Utility
    canaries_unowned: bool


def manifest_of(
    made: Made, warnings: tuple[Text, ...], *, secret: bytes, now: datetime
) -> dict[str, Any]:
    """The manifest as JSON-able values; `manifest_digest` names it."""
    plan, base, copy = made.plan, made.base, made.copy
    return {
        "format": FORMAT,
        "release_id": copy.release_id,
        "recipient": plan.recipient,
        "purpose": plan.purpose,
        "at": now.isoformat(timespec="seconds"),
        "nature": _nature(plan),
        "plan": {
            "drafted": plan.digest(),
            "applied": made.applied.digest(),
            "search": _search(made),
        },
        "law": {"book": plan.book, "book_hash": plan.book_hash},
        "source": {
            "rows": made.source.num_rows,
            "columns": made.source.num_columns,
            "schema": schema_digest(made.source),
            "keyed_digest": keyed_digest(made.source, secret),
        },
        "base": {
            "id": base.id,
            "at": base.at.isoformat(timespec="seconds"),
            "until": (base.at + timedelta(days=plan.base_term_days)).isoformat(timespec="seconds"),
        },
        "copy": {
            "rows": made.out.num_rows,
            "schema": schema_digest(made.out),
            "columns": [_column(made, name) for name in made.out.column_names],
            "dropped": [c.column for c in made.applied.columns if not c.leaves],
        },
        "commitments": {
            "marks": copy.commitment,
            "canaries": canaries_commitment(copy, secret=secret, salt=base.salt),
        },
        "cells": {"altered_share_at_most": _altered_share(made)},
        "models": {
            "k": plan.k,
            "l": dict(plan.l),
            **plan.asked.to_mapping(),
            "suppression": plan.suppression,
            "recoding": plan.recoding,
        },
        "utility": made.utility.to_json(),
        "risk": made.risk.to_json(leaving=True),
        "warnings": [{"en": text.en, "zh": text.zh} for text in warnings],
    }


def manifest_digest(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of the manifest's canonical JSON: what is signed, countersigned and logged."""
    return hashlib.sha256(canonical_json(manifest)).hexdigest()


def _nature(plan: ReleasePlan) -> dict[str, str]:
    """What the copy is in law: never anonymous, since its recipients can be told apart by it."""
    if plan.identified:
        return {
            "en": "personal information, handed out unaltered to an entrusted party",
            "zh": "个人信息，未经改动交付受托人",
        }
    return {
        "en": "de-identified personal information; not anonymised",
        "zh": "去标识化的个人信息；未匿名化",
    }


def _search(made: Made) -> dict[str, Any] | None:
    found = made.search
    if found is None:
        return None
    told: dict[str, Any] = {
        "node": list(found.node),
        "loss": round(found.loss, 6),
        "nodes": found.nodes,
    }
    if made.recoding is not None:
        told["granularity"] = round(made.recoding.granularity, 6)
        told["rungs"] = {
            name: [round(share, 2) for share in shares]
            for name, shares in made.recoding.shares.items()
        }
    return told


def _column(made: Made, name: str) -> dict[str, Any]:
    planned = made.applied.column(name)
    local = {"local": True} if made.recoding is not None and name in made.recoding.rungs else {}
    return {
        **local,
        "column": name,
        "type": str(made.out.schema.field(name).type),
        "transform": planned.transform,
        "params": {k: list(v) if isinstance(v, tuple) else v for k, v in planned.params.items()},
        "category": planned.category,
        "reason": {"en": planned.reason.en, "zh": planned.reason.zh},
        "citations": list(planned.citations),
    }


def _altered_share(made: Made) -> float:
    """Told to the recipient: the share of cells that marks altered, up to a whole percent."""
    cells = made.base.table.num_rows * made.base.table.num_columns
    if made.altered == 0 or cells == 0:
        return 0.0
    return float(math.ceil(made.altered * 100 / cells)) / 100


def schema_digest(table: pa.Table) -> str:
    """SHA-256 of column names and types."""
    return hashlib.sha256(
        canonical_json([[field.name, str(field.type)] for field in table.schema])
    ).hexdigest()


class _Hashing:
    """A file to write to that only remembers a keyed digest."""

    closed = False

    def __init__(self, key: bytes) -> None:
        self.digest = hmac.new(key, digestmod="sha256")

    def write(self, data: bytes) -> int:
        view = memoryview(data)
        self.digest.update(view)
        return view.nbytes

    def flush(self) -> None:
        return None

    def close(self) -> None:
        return None


def keyed_digest(table: pa.Table, secret: bytes) -> str:
    """HMAC-SHA256 over the table as an Arrow stream: tells two states apart, tells no value."""
    sink = _Hashing(derive_key(secret, b"", "source digest"))
    whole = table.replace_schema_metadata(None).combine_chunks()
    with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), whole.schema) as writer:
        writer.write_table(whole)
    return sink.digest.hexdigest()


def canaries_commitment(copy: ReleasedCopy, *, secret: bytes, salt: bytes) -> str | None:
    """Fixes the canary rows before hand-out without telling them."""
    if copy.canaries is None:
        return None
    return keyed_digest(copy.canaries, derive_key(secret, salt, "canaries commitment"))


def warnings_of(made: Made) -> tuple[Text, ...]:
    """What a person should know before handing this copy out."""
    found = [*_reading_warnings(made), *_risk_warnings(made), *_trace_warnings(made)]
    return tuple(found)


def _reading_warnings(made: Made) -> list[Text]:
    found = []
    if made.unplanned:
        names = ", ".join(sorted(made.unplanned))
        found.append(
            Text(
                en=f"not in the plan, so not handed out: {names}",
                zh=f"计划中未列出，故未交付：{names}",
            )
        )
    for name, count in made.unread.items():
        shown = small(count)
        found.append(
            Text(
                en=f"column {name!r}: {shown} values could not be read and were left empty",
                zh=f"字段“{name}”：{shown} 个值无法识别，已留空",
            )
        )
    return found


def _risk_warnings(made: Made) -> list[Text]:
    whole = made.risk.marked.whole_row
    if made.plan.identified or whole.unique_share <= 0:
        return []
    share = f"{whole.unique_share:.1%}"
    return [
        Text(
            en=f"someone who knows a whole row would find {share} of rows alone; the bound holds "
            "only for the adversary's columns",
            zh=f"对知晓整行内容者而言，{share} 的行仍是唯一的；风险上限仅就攻击者已知字段成立",
        )
    ]


def _trace_warnings(made: Made) -> list[Text]:
    found = []
    needed, for_three = positions_needed(), positions_needed(leakers=3)
    if made.base.carriers is None:
        found.append(
            Text(
                en="no cell is marked; a leak can be traced by membership, version and canaries "
                "only",
                zh="未在单元格中作标记；泄露仅能通过成员关系、版本和金丝雀记录溯源",
            )
        )
    elif made.smallest is None:
        found.append(
            Text(
                en=f"too few usable positions for marks to name anyone: {made.positions} of "
                f"{needed} needed; mark more columns or raise the rate",
                zh=f"可用标记位置过少，无法凭标记指向任何接收方：现有 {made.positions}，"
                f"需要 {needed}；请增加可标记字段或提高标记率",
            )
        )
    elif made.positions < for_three:
        found.append(
            Text(
                en=f"enough positions for one leaker, not for three who mix their copies: "
                f"{made.positions} of {for_three} needed",
                zh=f"可用位置足以指向单一泄露方，但不足以应对三方合谋：现有 {made.positions}，"
                f"需要 {for_three}",
            )
        )
    if made.canaries_unowned:
        found.append(
            Text(
                en="the canaries' mail domain isn't under your control; name 'contact_domain'",
                zh="金丝雀记录的邮件域名不在您控制之下；请指定 contact_domain",
            )
        )
    return found
