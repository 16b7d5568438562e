"""The files the demo's story needs beside the loan book: declarations, choices, leaks.

The thief and the borrowers act here; Habeas sees only the files they leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
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
    activity = shipped("activity.yaml")
    draft = yaml.safe_load(activity)
    for item in ("withdrawal_route", "recipients_list"):
        del draft["notice"][item]
    assessment = shipped("assessment.yaml").replace("{today}", today.isoformat())
    texts = {
        "activity.yaml": activity,
        "activity_draft.yaml": yaml.safe_dump(draft, allow_unicode=True, sort_keys=False),
        "assessment.yaml": assessment,
    }
    return {name: write_text(folder / name, text) for name, text in texts.items()}


def shipped(name: str) -> str:
    """A file of the fictional platform, as it is shipped."""
    return (files("habeas.demo") / "platform" / name).read_text(encoding="utf-8")


def write_text(path: Path, text: str) -> Path:
    """Write a file of the story, whole or not at all."""
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
