"""The files the demo's story needs beside the loan book: declarations, choices, leaks.

The thief and the borrowers act here; Habeas sees only the files they leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from habeas.demo.book import generate
from habeas.demo.leaks import choices_file, leak_of_portfolio, leak_of_release
from habeas.ledger.files import write_file
from habeas.tables.source import open_source
from habeas.tables.write import write_table

ASKED = 30_000


def write_book(folder: Path, *, rows: int, seed: int) -> Path:
    """The generated loan book, one row for each borrower."""
    path = folder / "loan_book.parquet"
    write_table(generate(rows, seed=seed).table, path)
    return path


def write_declarations(folder: Path, *, today: date) -> Mapping[str, Path]:
    """The activity, a draft of it whose notice lacks two items, and the assessment."""
    activity = _shipped("activity.yaml")
    draft = yaml.safe_load(activity)
    for item in ("withdrawal_route", "recipients_list"):
        del draft["notice"][item]
    assessment = _shipped("assessment.yaml").replace("{today}", today.isoformat())
    texts = {
        "activity.yaml": activity,
        "activity_draft.yaml": yaml.safe_dump(draft, allow_unicode=True, sort_keys=False),
        "assessment.yaml": assessment,
    }
    return {name: _write(folder / name, text) for name, text in texts.items()}


def _shipped(name: str) -> str:
    return (files("habeas.demo") / "platform" / name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> Path:
    write_file(path, text.encode())
    return path


def write_choices(folder: Path, book: Path, *, seed: int) -> Path:
    """What the borrowers who were asked said; the others were not asked, which is not consent."""
    asked = open_source(book).read(columns=["borrower_id"]).slice(0, ASKED)
    path = folder / "choices.csv"
    said = choices_file(asked, seed).rename_columns(["subject_id", "choice"])
    purpose = pa.array(["credit_assessment"] * said.num_rows)
    write_table(said.append_column("purpose", purpose), path)
    return path


def a_borrower(book: Path, choices: Path) -> str:
    """One borrower who agreed to scoring and is in the collector's portfolio."""
    said = open_source(choices, typed=False).read()
    given = said.filter(pc.equal(said["choice"], "given"))["subject_id"]
    table = open_source(book).read(columns=["borrower_id", "portfolio"])
    assigned = table.filter(pc.equal(table["portfolio"], "P1"))["borrower_id"]
    both = pc.filter(assigned, pc.is_in(assigned, value_set=pa.chunked_array(given.chunks)))
    return str(both[0].as_py())


def write_leaks(folder: Path, *, scoring: Path, collection: Path, seed: int) -> Mapping[str, Path]:
    """A twentieth of (a), shuffled, renamed, a fifth of its cells altered; and 200 rows of (b)."""
    first = leak_of_release(open_source(scoring).read(), share=0.05, alter=0.2, seed=seed)
    second = leak_of_portfolio(open_source(collection).read(), 200, seed)
    paths = {"a": folder / "leak_a.csv", "b": folder / "leak_b.csv"}
    write_table(first, paths["a"])
    write_table(second, paths["b"])
    return paths


def write_original_leak(folder: Path, book: Path, *, seed: int) -> Path:
    """A leak that no recipient had: 500 rows of the platform's own book."""
    path = folder / "leak_own.csv"
    write_table(leak_of_portfolio(open_source(book).read(), 500, seed), path)
    return path


def tampered(bundle: Path) -> Path:
    """A copy of a bundle in which one letter of what an entry says is another."""
    data = bytearray(bundle.read_bytes())
    data[data.index(b"credit_assessment")] ^= 1
    path = bundle.with_name(f"tampered_{bundle.name}")
    write_file(path, bytes(data))
    return path


def as_json(path: Path) -> Any:
    """A JSON file the story reads back, such as an attribution."""
    import json

    return json.loads(path.read_text(encoding="utf-8"))


def write_remedy_files(folder: Path, *, now: datetime, persons: int) -> None:
    """What platform, borrower and association type in the second half."""
    fill = {"{now}": now.isoformat(), "{today}": now.date().isoformat(), "{persons}": str(persons)}
    for name in ("incident", "complaint", "claim", "class_notice", "fund", "draft"):
        text = _shipped(f"{name}.yaml")
        for mark, value in fill.items():
            text = text.replace(mark, value)
        _write(folder / f"{name}.yaml", text)


def write_screenshots(folder: Path) -> Path:
    """Two messages the borrower kept, as files."""
    shots = folder / "phone"
    shots.mkdir()
    _write(shots / "sms_1.txt", "【示例广告】您在恒信示例的借款可提额，回复Y办理")
    _write(shots / "sms_2.txt", "【示例广告】月入达标用户专享，点击链接领取")
    return shots


def write_claims(folder: Path, *, seed: int) -> tuple[Path, Path]:
    """240 claims of invented members, nine of which don't say which leak; and their weights."""
    rng = np.random.default_rng(seed)
    numbers = [f"m{n:04d}" for n in range(1, 241)]
    event = ["demo-leak-a" if at % 27 else None for at in range(240)]
    claims = pa.table(
        {
            "claim": numbers,
            "defendant": ["hengxin-example"] * 240,
            "event": event,
            "right": ["personal_information"] * 240,
            "law": ["cn"] * 240,
        }
    )
    weights = rng.integers(1, 4, 240)
    weights[0] = 1
    members = pa.table({"member": numbers, "weight": weights})
    paths = (folder / "claims.csv", folder / "members.csv")
    for table, path in zip((claims, members), paths, strict=True):
        write_table(table, path)
    return paths
