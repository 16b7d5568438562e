"""A file of uses decided batch by batch: read, decide, write, count; memory is that of a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from habeas.errors import BadInput
from habeas.law.book import LawBook
from habeas.law.bulk import STATUSES, Bytes, Decided, Decider, Question
from habeas.law.bulk_columns import fact_columns
from habeas.law.schema import load_vocabulary
from habeas.law.summary import reads
from habeas.tables.source import Source, check_file, open_source
from habeas.tables.write import writing

ROWS = 262_144
ID = "id"


@dataclass(kw_only=True)
class Tally:
    """What a table came to: rows by status, and by provision broken or left open.

    refused: rows that contradict themselves. without: facts the book reads that no column tells.
    supposed: columns of legal judgements, taken as the table has them. ignored: other columns.
    """

    book: str
    book_sha256: str
    rows: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    breached: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    without: tuple[str, ...] = ()
    supposed: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "format": "decided-table/v1",
            "book": self.book,
            "book_sha256": self.book_sha256,
            "rows": self.rows,
            "statuses": {name: self.statuses[name] for name in STATUSES},
            "breached": dict(self.breached.most_common()),
            "open": dict(self.open.most_common()),
            "facts_without_a_column": list(self.without),
            "judgements_taken_as_stated": list(self.supposed),
            "columns_ignored": list(self.ignored),
        }


def decide_file(
    path: Path,
    book: LawBook,
    question: Question,
    *,
    out: Path | None = None,
    list_open: bool = False,
    rows: int = ROWS,
) -> Tally:
    """Decide every row of a file; `out` gets its id (or row number) and what it came to.

    Columns of `out`: id, status, breached (provisions with `;` between them), open (how many
    provisions are open; with `list_open` which). rows: those worked on at once.

    Raises BadInput for a file that can't be read, a column that names no fact, cells that are no
    value of theirs, and where `out` can't be written; then no half-written file is left.
    """
    check_file(path)
    source = open_source(path)
    names = source.schema.names
    facts = fact_columns(names, file=path.name)
    tally = _tally(names, facts, book, question)
    has_id = ID in names
    schema = _schema(source.schema.field(ID).type if has_id else pa.int64(), list_open=list_open)
    decider = Decider(book, question, path.name)
    with nullcontext() if out is None else writing(out, schema) as sink:
        columns = [*facts, *([ID] if has_id and out is not None else [])]
        for frame in _frames(path, source, columns, rows):
            decided = decider.decide(frame)
            if sink is not None:
                sink.write(_rows(decided, frame, schema, tally.rows))
            _count(decided, tally)
    return tally


def _tally(names: Sequence[str], facts: dict[str, str], book: LawBook, question: Question) -> Tally:
    known = load_vocabulary().facts
    levels = {"matter", "party", "use", question.level}
    read = frozenset().union(*(reads(id_, book) for id_ in book.provisions))
    wanted = {f for f in read if f in known and known[f].level in levels}
    return Tally(
        book=book.id,
        book_sha256=book.hash,
        without=tuple(sorted(f for f in wanted - set(facts.values()) if f not in book.derivations)),
        supposed=tuple(sorted({f for f in facts.values() if known[f].nature == "evaluative"})),
        ignored=tuple(name for name in names if name not in facts and name != ID),
    )


def _schema(id_type: pa.DataType, *, list_open: bool) -> pa.Schema:
    return pa.schema(
        [
            pa.field(ID, id_type),
            pa.field("status", pa.string()),
            pa.field("breached", pa.string()),
            pa.field("open", pa.string() if list_open else pa.int16()),
        ]
    )


def _frames(path: Path, source: Source, columns: list[str], rows: int) -> Iterator[pl.DataFrame]:
    if not columns:
        raise BadInput(
            "no column names a fact",
            file=path.name,
            remedy="name columns by their facts, such as use.consent; see `habeas facts`",
        )
    if path.suffix.lower() == ".parquet":  # keeps a choice as the number it is stored as
        yield from _parquet(path, columns, rows)
        return
    for batch in source.batches(columns=columns, rows=rows):
        yield pl.DataFrame(pl.from_arrow(batch))


def _parquet(path: Path, columns: list[str], rows: int) -> Iterator[pl.DataFrame]:
    lazy = pl.scan_parquet(path).select(columns)
    try:
        yield from lazy.collect_batches(chunk_size=rows, maintain_order=True)
    except pl.exceptions.PolarsError as error:
        raise BadInput(
            "the file is damaged", file=path.name, remedy="fetch or export the file again"
        ) from error


def _count(decided: Decided, tally: Tally) -> None:
    tally.breached += by_provision(decided.breached, decided.ids)
    tally.open += by_provision(decided.open_, decided.ids)
    tally.statuses.update(decided.counts())
    tally.rows += len(decided.status)


def _rows(decided: Decided, frame: pl.DataFrame, schema: pa.Schema, start: int) -> pa.RecordBatch:
    count = len(decided.status)
    if ID in frame.columns:
        ids = frame[ID].to_arrow().cast(schema.field(ID).type)
    else:
        ids = pa.array(np.arange(start, start + count), pa.int64())
    status = pa.DictionaryArray.from_arrays(
        pa.array(decided.status.astype(np.int8)), pa.array(STATUSES)
    )
    listed = pa.types.is_string(schema.field("open").type)
    return pa.RecordBatch.from_arrays(
        [
            ids,
            status.dictionary_decode(),
            words(decided.breached, decided.ids),
            words(decided.open_, decided.ids) if listed else how_many(decided.open_),
        ],
        schema=schema,
    )


@cache
def _bits_of_a_byte() -> Bytes:
    """256 × 8: the bits of each byte, least first."""
    return np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")


def by_provision(mask: Bytes, ids: Sequence[str]) -> Counter[str]:
    """How many rows have each provision's bit."""
    found: Counter[str] = Counter()
    for byte in range(mask.shape[1]):
        times = np.bincount(mask[:, byte], minlength=256) @ _bits_of_a_byte()
        found.update({ids[8 * byte + bit]: int(n) for bit, n in enumerate(times) if n})
    return found


def how_many(mask: Bytes) -> pa.Array:
    """How many bits each row has."""
    ones = _bits_of_a_byte().sum(axis=1, dtype=np.int16)
    total = np.zeros(mask.shape[0], np.int16)
    for byte in range(mask.shape[1]):
        total += ones[mask[:, byte]]
    return pa.array(total)


def words(mask: Bytes, ids: Sequence[str]) -> pa.Array:
    """The provisions of each row, with `;` between them; each set of them is written once."""
    rows, width = mask.shape
    whole = pa.py_buffer(np.ascontiguousarray(mask))
    array = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), rows, [None, whole])
    found = array.dictionary_encode()
    said = [";".join(named(bits, ids)) for bits in found.dictionary.to_pylist()]
    names = pa.array(said, pa.string())
    return pa.DictionaryArray.from_arrays(found.indices, names).dictionary_decode()


def named(bits: bytes, ids: Sequence[str]) -> list[str]:
    """The provisions whose bits are set."""
    number = int.from_bytes(bits, "little")
    found = []
    while number:
        low = number & -number
        found.append(ids[low.bit_length() - 1])
        number ^= low
    return found
