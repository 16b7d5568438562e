"""The second half of the demo, drawn from the leak that the first half traced.

The list of persons affected is the platform's own: the rows of the copy it gave the collector
that stand in the leaked file. The borrower is one of them, the claims are theirs, and incident,
release and figures in every paper are those of the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habeas.demo.props import shipped, write_text
from habeas.ledger.files import write_file
from habeas.tables.source import open_source
from habeas.tables.write import write_table

_TOLD = (
    "The collection agency's list is outside: my name, my number and my debt were in it.",
    "A caller knew my name, what I owe and the day it is due; only the agency's list has that.",
    "催收公司的名单外泄，里面有我的姓名、手机号和欠款金额。",
    "来电的人知道我的姓名、欠款和到期日，只有催收公司的名单才有这些。",
)
# Nothing of this leak: the same platform, another wrong.
_OTHER = (
    "The app would not open without my address book, and I had said no to that.",
    "不同意读取通讯录，应用就无法打开。",
)


def write_affected(folder: Path, *, book: Path, leaked: Path) -> Path:
    """The platform's own rows of the persons whose number stands in the leaked file."""
    outside = open_source(leaked, typed=False).read(columns=["mobile"])["mobile"]
    own = open_source(book).read(columns=["borrower_id", "mobile"])
    mobiles = own["mobile"].cast(pa.string())
    found = own.filter(pc.is_in(mobiles, value_set=pa.array(outside.to_pylist(), pa.string())))
    path = folder / "affected.csv"
    write_table(found.sort_by("borrower_id"), path)
    return path


def a_borrower(affected: Path, choices: Path) -> tuple[str, str, int]:
    """Id, number and place in the list of one person affected who also agreed to scoring."""
    said = open_source(choices, typed=False).read()
    given = set(said.filter(pc.equal(said["choice"], "given"))["subject_id"].to_pylist())
    rows = open_source(affected, typed=False).read().to_pylist()
    place = next(at for at, row in enumerate(rows) if row["borrower_id"] in given)
    return rows[place]["borrower_id"], rows[place]["mobile"], place


def write_platform_words(folder: Path, *, now: datetime, persons: int) -> Path:
    """What the platform knows of the incident when it opens it."""
    fill = {"{now}": now.isoformat(), "{persons}": str(persons)}
    return _filled(folder, "incident.yaml", fill)


def write_papers_words(
    folder: Path, *, now: datetime, incident: str, release: str, persons: int
) -> None:
    """What borrower and association type, about this incident and this release."""
    fill = {
        "{today}": now.date().isoformat(),
        "{incident}": incident,
        "{release}": release,
        "{persons}": str(persons),
    }
    for name in ("complaint", "claim", "class_notice", "fund", "draft"):
        _filled(folder, f"{name}.yaml", fill)


def _filled(folder: Path, name: str, fill: Mapping[str, str]) -> Path:
    text = shipped(name)
    for mark, value in fill.items():
        text = text.replace(mark, value)
    return write_text(folder / name, text)


def write_phone(folder: Path) -> Path:
    """Two messages and a screenshot that the borrower kept, as files of a phone."""
    phone = folder / "phone"
    phone.mkdir()
    write_text(phone / "sms_1.txt", "【冒充恒信示例】您的借款将于本月到期，请按来电指引还款")
    write_text(phone / "sms_2.txt", "【冒充恒信示例】逾期将通知您的单位，立即点击链接")
    picture = (files("habeas.demo") / "platform" / "screenshot.png").read_bytes()
    write_file(phone / "screenshot.png", picture)
    return phone


def write_claims(folder: Path, affected: Path, *, incident: str, seed: int) -> tuple[Path, Path]:
    """A claim for each person affected, and weights; some don't say which event they mean.

    Every fourteenth tells what happened and names no event; six are about something else.
    """
    count = open_source(affected, typed=False).read().num_rows
    rng = np.random.default_rng(seed)
    silent = [at % 14 == 13 for at in range(count)]
    numbers = [f"m{at:04d}" for at in range(1, count + 7)]
    told = [_TOLD[at % len(_TOLD)] if at < count else _OTHER[at % 2] for at in range(count + 6)]
    claims = pa.table(
        {
            "claim": numbers,
            "defendant": ["hengxin-example"] * len(numbers),
            "event": [None if off else incident for off in silent] + [None] * 6,
            "right": ["personal_information"] * len(numbers),
            "law": ["cn"] * len(numbers),
            "narrative": told,
        }
    )
    members = pa.table({"member": numbers[:count], "weight": rng.integers(1, 4, count)})
    paths = (folder / "claims.csv", folder / "members.csv")
    for table, path in zip((claims, members), paths, strict=True):
        write_table(table, path)
    return paths


def weight_of(members: Path, place: int) -> tuple[str, str]:
    """Member number and weight of the person at a place of the list."""
    row = open_source(members, typed=False).read().to_pylist()[place]
    return row["member"], str(row["weight"])
