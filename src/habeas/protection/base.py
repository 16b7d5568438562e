"""What all copies of one release state are made from, and who got which part of it.

The controller keeps a Base, encrypted; it never leaves the home. Each row has a random number
that stays with it, and a salted digest; the base's id is the Merkle root over the digests, so
one row can be shown to belong to the base without showing another, and a row can be erased while
every other row's proof still holds.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
from numpy.typing import NDArray

from habeas.errors import BadInput, NotVerified
from habeas.ledger.tree import leaf_hash, root_hash
from habeas.protection.marks import Carriers

FORMAT = b"habeas base/v1"
SALT_BYTES = 32
PERSON_BYTES = 32
_ROW_SALT = 16
_SLICE = 65_536


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Base:
    """One state of released data. Make it with `make_base`.

    id:        hex of the Merkle root over `leaves`.
    table:     transformed, unmarked, in hand-out order.
    row_ids:   uint64, random and stable: pass them on when the same subjects are released again;
               never handed out.
    source_columns: names of the columns of the source that the table was made from.
    carriers:  where marks may stand; None: the base is unmarked.
    at:        when these values were read.
    salt:      32 random bytes; with the home's secret it gives this base's keys.
    row_salts: 16 random bytes per row, as void16; zero: that row was erased.
    leaves:    32 bytes per row, as void32: leaf hash of the salted row digest.
    persons:   32 bytes per row, as void32: the home's keyed digest of the person the row is
               about, zero: erased; None: it was not kept.
    reduced:   the term has run out: `table` holds keyed sketches instead of cells, and no salt.
    """

    id: str
    table: pa.Table
    row_ids: NDArray[np.uint64]
    source_columns: tuple[str, ...]
    carriers: Carriers | None
    at: datetime
    salt: bytes
    row_salts: NDArray[np.void]
    leaves: NDArray[np.void]
    persons: NDArray[np.void] | None = None
    reduced: bool = False

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("the time of a base is an aware time")
        sizes = {len(self.row_ids), len(self.row_salts), len(self.leaves), self.table.num_rows}
        if self.persons is not None:
            sizes.add(len(self.persons))
        if len(sizes) != 1:
            raise ValueError("a base needs an id, a salt and a leaf for each of its rows")

    def verify(self) -> None:
        """Return quietly if every row that was not erased hashes to its leaf and all to the id."""
        kept = np.frombuffer(self.row_salts.tobytes(), np.uint8).reshape(-1, _ROW_SALT).any(axis=1)
        made = row_leaves(self.table, self.row_salts)
        if bad := np.flatnonzero((made != self.leaves) & kept).tolist():
            raise NotVerified(
                "a row of the base is not what was committed to", place=f"row {bad[0]}"
            )
        if _root(self.leaves) != self.id:
            raise NotVerified("the base's rows do not hash to its id")

    def without_rows(self, rows: Sequence[int]) -> Base:
        """The base with some rows erased: their cells and salts are gone, all the rest still opens.

        Row numbers, row ids, leaves and code positions of the others stay as they are.
        """
        gone = np.zeros(self.table.num_rows, dtype=bool)
        gone[np.asarray(rows, dtype=np.int64)] = True
        keep = pa.array(~gone)
        table = pa.table(
            [pc.if_else(keep, part, pa.scalar(None, part.type)) for part in self.table.columns],
            names=self.table.column_names,
        )
        salts = self.row_salts.copy()
        salts[gone] = np.zeros(1, salts.dtype)[0]
        persons = None if self.persons is None else self.persons.copy()
        if persons is not None:
            persons[gone] = np.zeros(1, persons.dtype)[0]
        return replace(
            self,
            table=table,
            row_salts=salts,
            persons=persons,
            carriers=_without(self.carriers, gone),
        )

    def with_persons(self, persons: Sequence[bytes]) -> Base:
        """The base that knows whom each row is about: 32 bytes a row, so that one can be erased."""
        return replace(self, persons=_voids(b"".join(persons), PERSON_BYTES))

    def rows_of(self, person: bytes) -> list[int]:
        """The rows about a person; none where the base was not told, or is reduced."""
        if self.persons is None:
            return []
        return np.flatnonzero(self.persons == _voids(person, PERSON_BYTES)[0]).tolist()

    def reduce(self, sketches: pa.Table) -> Base:
        """What may stay after the term: carriers and leaves, with sketches instead of the cells.

        sketches: a table of the same columns and rows. No row can be shown any more.
        """
        if sketches.column_names != self.table.column_names:
            raise ValueError("sketches stand in the columns of the base")
        return replace(
            self,
            table=sketches,
            row_salts=np.zeros(len(self.row_salts), self.row_salts.dtype),
            persons=None,
            reduced=True,
        )

    def to_bytes(self) -> bytes:
        """Everything, as one Arrow IPC stream, for the home to encrypt; read by `from_bytes`."""
        parts = {"table": _stream(self.table), "rows": _stream(self._rows())}
        about = {
            b"format": FORMAT,
            b"id": self.id.encode(),
            b"at": self.at.isoformat().encode(),
            b"salt": self.salt.hex().encode(),
            b"source_columns": json.dumps(self.source_columns).encode(),
        }
        if self.reduced:
            about[b"reduced"] = b"1"
        if self.carriers is not None:
            parts["carriers"] = _stream(_carrier_table(self.carriers))
            about[b"marked"] = json.dumps(self.carriers.columns).encode()
        whole = pa.table(
            {name: pa.array([data], pa.large_binary()) for name, data in parts.items()}
        )
        return _stream(whole.replace_schema_metadata(about))

    def _rows(self) -> pa.Table:
        salts = pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(_ROW_SALT),
            len(self.row_salts),
            [None, pa.py_buffer(self.row_salts.tobytes())],
        )
        leaves = pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(32), len(self.leaves), [None, pa.py_buffer(self.leaves.tobytes())]
        )
        rows = {"row_id": pa.array(self.row_ids), "salt": salts, "leaf": leaves}
        if self.persons is not None:
            held = pa.py_buffer(self.persons.tobytes())
            rows["person"] = pa.FixedSizeBinaryArray.from_buffers(
                pa.binary(PERSON_BYTES), len(self.persons), [None, held]
            )
        return pa.table(rows)

    @classmethod
    def from_bytes(cls, data: bytes) -> Base:
        """Read what `to_bytes` wrote; BadInput if it is anything else."""
        whole = _table(data)
        about = whole.schema.metadata or {}
        if about.get(b"format") != FORMAT:
            raise BadInput("this is not a base of a release, or of a later version of Habeas")
        parts = {name: _table(whole.column(name)[0].as_py()) for name in whole.column_names}
        marked = _names(about.get(b"marked"))
        rows = parts["rows"]
        return cls(
            id=about[b"id"].decode(),
            table=parts["table"],
            row_ids=rows.column("row_id").to_numpy().astype(np.uint64),
            source_columns=_names(about[b"source_columns"]),
            carriers=_carriers(parts["carriers"], marked) if "carriers" in parts else None,
            at=datetime.fromisoformat(about[b"at"].decode()),
            salt=bytes.fromhex(about[b"salt"].decode()),
            row_salts=_voids(b"".join(rows.column("salt").to_pylist()), _ROW_SALT),
            leaves=_voids(b"".join(rows.column("leaf").to_pylist()), 32),
            persons=_persons(rows),
            reduced=about.get(b"reduced") == b"1",
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReleasedCopy:
    """What one recipient got of one base.

    code:     number of the code word in this copy; None: its cells are unmarked.
    rows:     int64 indices into the base's rows; None: all of them.
    canaries: the synthetic rows that only this recipient got, same columns; None: none.
    commitment: what was committed to before hand-out (marks.commitment); None: not known here,
        and then a trace says that it could not be compared.
    """

    release_id: str
    recipient: str
    base_id: str
    code: int | None
    rows: NDArray[np.int64] | None
    columns: tuple[str, ...]
    canaries: pa.Table | None
    at: datetime
    commitment: str | None = None

    def holds(self, rows: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
        """For each of these base rows (of `count`): did this recipient get it?"""
        if self.rows is None:
            return np.ones(len(rows), dtype=bool)
        got = np.zeros(count, dtype=bool)
        got[self.rows] = True
        return got[rows]


def make_base(
    table: pa.Table,
    *,
    at: datetime,
    source_columns: Sequence[str],
    carriers: Carriers | None = None,
    salt: bytes | None = None,
    row_ids: NDArray[np.uint64] | None = None,
) -> Base:
    """Commit to the rows of a transformed, unmarked table.

    salt:    32 bytes from `new_salt()`, the same that the carriers were planned with.
    row_ids: the numbers these rows' subjects had in an earlier base; None: new random ones.
    """
    rows = table.num_rows
    if salt is not None and len(salt) != SALT_BYTES:
        raise ValueError(f"a base's salt has {SALT_BYTES} bytes")
    row_salts = _voids(secrets.token_bytes(_ROW_SALT * rows), _ROW_SALT)
    leaves = row_leaves(table, row_salts)
    return Base(
        id=_root(leaves),
        table=table,
        row_ids=new_row_ids(rows) if row_ids is None else row_ids,
        source_columns=tuple(source_columns),
        carriers=carriers,
        at=at,
        salt=new_salt() if salt is None else salt,
        row_salts=row_salts,
        leaves=leaves,
    )


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def new_row_ids(count: int) -> NDArray[np.uint64]:
    """Random uint64, all different."""
    ids = np.frombuffer(secrets.token_bytes(8 * count), dtype=np.uint64)
    return ids.copy() if len(np.unique(ids)) == count else new_row_ids(count)


def row_leaves(table: pa.Table, row_salts: NDArray[np.void]) -> NDArray[np.void]:
    """Leaf hash of SHA-256(tag ‖ salt ‖ row) for each row, as void32.

    A row is the concatenation of its cells as `length:text`, `-` where there is no value, after
    the column names in the same form; text is Arrow's: integers in decimal, floats in the
    shortest form that reads back, dates and times in ISO 8601.
    """
    head = b"habeas/row/v1\x00" + b"".join(
        b"%d:%s" % (len(name.encode()), name.encode()) for name in table.column_names
    )
    salts = row_salts.tobytes()
    digests = []
    for start in range(0, table.num_rows, _SLICE):
        for offset, row in enumerate(_row_bytes(table.slice(start, _SLICE))):
            at = (start + offset) * _ROW_SALT
            salted = head + salts[at : at + _ROW_SALT] + row
            digests.append(leaf_hash(hashlib.sha256(salted).digest()))
    return _voids(b"".join(digests), 32)


def _row_bytes(table: pa.Table) -> list[bytes]:
    cells = []
    for field, column in zip(table.schema, table.columns, strict=True):
        text = _text(field.name, column)
        length = pc.cast(pc.cast(pc.binary_length(text), pa.large_string()), pa.large_binary())
        data = pc.cast(text, pa.large_binary())
        cell = pc.binary_join_element_wise(length, data, pa.scalar(b":", pa.large_binary()))
        cells.append(pc.fill_null(cell, pa.scalar(b"-", pa.large_binary())))
    if not cells:
        return [b""] * table.num_rows
    joined = pc.binary_join_element_wise(*cells, pa.scalar(b"", pa.large_binary()))
    return [bytes(row) for row in joined.to_pylist()]


def _text(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    try:
        return pc.cast(column, pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadInput(
            f"cells of type {column.type} can't be committed to",
            place=f"column {name!r}",
            remedy="release it as text or numbers, or drop it",
        ) from error


def _root(leaves: NDArray[np.void]) -> str:
    data = leaves.tobytes()
    root: bytes = root_hash([data[at : at + 32] for at in range(0, len(data), 32)])
    return root.hex()


def _voids(data: bytes, size: int) -> NDArray[np.void]:
    return np.frombuffer(bytearray(data), dtype=f"V{size}")


def _persons(rows: pa.Table) -> NDArray[np.void] | None:
    if "person" not in rows.column_names:
        return None
    return _voids(b"".join(rows.column("person").to_pylist()), PERSON_BYTES)


def _names(text: bytes | None) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def _table(data: bytes) -> pa.Table:
    try:
        return pa.ipc.open_stream(data).read_all()
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInput("a stored base is damaged and can't be read") from error


def _carrier_table(carriers: Carriers) -> pa.Table:
    return pa.table(
        {
            "column": carriers.column,
            "row_a": carriers.row_a,
            "row_b": carriers.row_b,
            "p": carriers.p,
        }
    )


def _carriers(table: pa.Table, marked: tuple[str, ...]) -> Carriers:
    part = {name: table.column(name).to_numpy() for name in table.column_names}
    return Carriers(
        columns=marked, column=part["column"], row_a=part["row_a"], row_b=part["row_b"], p=part["p"]
    )


def _without(carriers: Carriers | None, gone: NDArray[np.bool_]) -> Carriers | None:
    if carriers is None:
        return None
    return replace(
        carriers,
        row_a=np.where((carriers.row_a >= 0) & gone[carriers.row_a], -1, carriers.row_a),
        row_b=np.where((carriers.row_b >= 0) & gone[carriers.row_b], -1, carriers.row_b),
    )
