"""Sketches: what of a cell may stay once a base's term has run out, enough to match and no more.

A sketch is 16 bits of AES over a key of the cell, under a key of the base that the home's mark
secret gives. Equal values give equal sketches, and one sketch stands for about one value in
65,536. Without the secret it tells nothing; whoever holds the secret can try the values they think
of, so a sketch is still about a person.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from habeas.protection.prf import blocks, derive_key
from habeas.relief.cells import Cells, cells_of, keys_of_numbers

BITS = 16


def sketch_table(table: pa.Table, *, secret: bytes, salt: bytes) -> pa.Table:
    """The table with a word of four hex digits for each cell; empty cells stay empty.

    A leak sketched with the same secret and salt is matched by equality alone: a value that was
    rounded or altered matches no more.
    """
    key = derive_key(secret, salt, "sketch")
    columns = [
        _sketches(_keys(cells, table.column(place)), key)
        for place, cells in enumerate(cells_of(table))
    ]
    return pa.table(columns, names=table.column_names)


def _keys(cells: Cells, column: pa.ChunkedArray) -> NDArray[np.uint64]:
    """A key of each cell that is the same in every run and version; 0 where there is none."""
    keys = keys_of_numbers(cells.numbers)
    words = (keys == 0) & (cells.keys != 0)
    if words.any():
        text = pl.Series(pl.from_arrow(pc.cast(column, pa.large_string()).combine_chunks()))
        plain = text.str.normalize("NFKC").str.replace_all(r"\s+", "").str.to_lowercase()
        keys[words] = _of_words(plain.filter(pl.Series(words)))
    return keys


def _of_words(words: pl.Series) -> NDArray[np.uint64]:
    known = {
        word: int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") | 1
        for word in words.unique().to_list()
    }
    return np.array([known[word] for word in words.to_list()], dtype=np.uint64)


def _sketches(keys: NDArray[np.uint64], key: bytes) -> pa.Array:
    distinct, places = np.unique(keys, return_inverse=True)
    lanes = blocks(key, distinct, np.zeros_like(distinct))[:, 0]
    # A letter in front: a sketch is never read as a number, nor as a date.
    words = [f"s{value:04x}" if at else None for value, at in zip(lanes, distinct, strict=True)]
    return pa.array(words, pa.string()).take(pa.array(places.reshape(-1)))
