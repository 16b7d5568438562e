"""The bytes of a bundle: one file of canonical CBOR (`specs/bundle-v1.md`). Nothing is verified
here but its shape.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Any, Self

from habeas.errors import BadInput
from habeas.ledger.cbor import decode, encode
from habeas.ledger.tree import HASH_SIZE, leaf_hash

FORMAT = "habeas/bundle/v1"
FORMAT_2 = "habeas/bundle/v2"  # version 1 with time stamps beside the checkpoint
SIZE_LIMIT = 256 * 1024 * 1024
_STAMP_LIMIT = 64 * 1024
_CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_BOOK = re.compile(r"[0-9A-Za-z][0-9A-Za-z:_.@-]{0,199}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry with what opens it and the path from it to the root."""

    index: int
    leaf: bytes
    salt: bytes
    payload: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the bundle's maker says of it; worth something only under a statement.

    created: UTC, 'YYYY-MM-DDTHH:MM:SSZ'. book: hash of the law book. policy: a C2SP tlog-policy.
    count: how many entries the log holds about this person at the checkpoint.
    """

    created: str
    book: str | None = None
    policy: str | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        if not _CREATED.fullmatch(self.created):
            raise BadInput("the bundle has no proper time of making", place="about.created")
        if self.book is not None and not _BOOK.fullmatch(self.book):
            raise BadInput("the bundle names no proper law book", place="about.book")
        if self.count is not None and not 0 <= self.count < 1 << 53:
            raise BadInput("the bundle has no proper count", place="about.count")

    def as_map(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "book": self.book,
            "policy": self.policy,
            "count": self.count,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle as it was read: unverified. `verify_bundle` says what it is worth."""

    vkey: str
    checkpoint: str
    items: tuple[Item, ...]
    about: About
    statement: str | None = None
    timestamps: tuple[bytes, ...] = ()

    def to_bytes(self) -> bytes:
        """The one encoding of this bundle: path hashes that several entries share stand once."""
        nodes: dict[bytes, int] = {}
        entries = [
            {
                "index": item.index,
                "leaf": item.leaf,
                "salt": item.salt,
                "payload": item.payload,
                "path": [nodes.setdefault(each, len(nodes)) for each in item.path],
            }
            for item in self.items
        ]
        stamped = {"timestamps": list(self.timestamps)} if self.timestamps else {}
        return encode(
            {
                "format": FORMAT_2 if stamped else FORMAT,
                "vkey": self.vkey,
                "checkpoint": self.checkpoint,
                "nodes": list(nodes),
                "entries": entries,
                "about": self.about.as_map(),
                "statement": self.statement,
                **stamped,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes, *, file: str | None = None) -> Self:
        """Read a bundle; BadInput unless it has exactly this format, in its one encoding."""
        if len(data) > SIZE_LIMIT:
            raise BadInput("is larger than a bundle may be (256 MB)", file=file)
        try:
            found = cls._read(decode(data))
        except BadInput as error:
            remedy = error.remedy or "ask for the bundle again: this copy is not one we can read"
            raise BadInput(error.says, file=file, place=error.place, remedy=remedy) from error
        if found.to_bytes() != data:
            raise BadInput("the bundle's paths are not in their one form", file=file)
        return found

    @classmethod
    def _read(cls, value: Any) -> Self:
        if not isinstance(value, dict) or value.get("format") not in (FORMAT, FORMAT_2):
            raise BadInput(f"is not a bundle ({FORMAT}, {FORMAT_2})")
        fields = _Fields(value, "")
        nodes = fields.take("nodes", list)
        if any(not isinstance(each, bytes) or len(each) != HASH_SIZE for each in nodes):
            raise BadInput("a path hash doesn't have 32 bytes", place="nodes")
        items = [_item(each, nodes, at) for at, each in enumerate(fields.take("entries", list))]
        if not items or any(a.index >= b.index for a, b in pairwise(items)):
            raise BadInput("the entries are missing or not in their order", place="entries")
        about = _Fields(fields.take("about", dict), "about.")
        fields.take("format", str)
        found = cls(
            vkey=fields.take("vkey", str),
            checkpoint=fields.take("checkpoint", str),
            items=tuple(items),
            about=About(
                created=about.take("created", str),
                book=about.take("book", str, optional=True),
                policy=about.take("policy", str, optional=True),
                count=about.take("count", int, optional=True),
            ),
            statement=fields.take("statement", str, optional=True),
            timestamps=_timestamps(fields) if value["format"] == FORMAT_2 else (),
        )
        about.nothing_left()
        fields.nothing_left()
        return found


class _Fields:
    """Takes the fields of a map one by one, each of its own type, and none may be left."""

    def __init__(self, value: Mapping[str, Any], place: str) -> None:
        self._value = dict(value)
        self._place = place

    def take(self, name: str, kind: type, *, optional: bool = False) -> Any:
        if name not in self._value:
            raise BadInput("a field is missing", place=self._place + name)
        found = self._value.pop(name)
        if type(found) is not kind and not (optional and found is None):
            raise BadInput("a field has the wrong type", place=self._place + name)
        return found

    def nothing_left(self) -> None:
        if self._value:
            raise BadInput("there is a field this version doesn't know", place=self._place or None)


def _timestamps(fields: _Fields) -> tuple[bytes, ...]:
    found = fields.take("timestamps", list)
    if any(not isinstance(each, bytes) or len(each) > _STAMP_LIMIT for each in found):
        raise BadInput("a time stamp is too large or of the wrong type", place="timestamps")
    if not 1 <= len(found) <= 16:
        raise BadInput("a bundle of version 2 has 1 to 16 time stamps", place="timestamps")
    return tuple(found)


def _item(value: Any, nodes: Sequence[bytes], at: int) -> Item:
    place = f"entries[{at}]."
    if not isinstance(value, dict):
        raise BadInput("an entry is not a map", place=place[:-1])
    fields = _Fields(value, place)
    path = fields.take("path", list)
    if any(type(each) is not int or not 0 <= each < len(nodes) for each in path):
        raise BadInput("a path points beside the hashes", place=place + "path")
    found = Item(
        index=fields.take("index", int),
        leaf=fields.take("leaf", bytes),
        salt=fields.take("salt", bytes),
        payload=fields.take("payload", bytes),
        path=tuple(nodes[each] for each in path),
    )
    fields.nothing_left()
    if found.index < 0 or len(found.salt) != 32 or len(path) > 64:
        raise BadInput("an entry has an impossible index, salt or path", place=place[:-1])
    return found


def statement_text(about: About, leaves: Sequence[bytes], *, size: int, root: bytes) -> str:
    """What the log's key signs to stand behind a bundle: its `about`, its entries, its log.

    Not mistakable for a checkpoint: the second line of one is a number.
    """
    said = sha256(encode(about.as_map())).digest()
    entries = sha256(b"".join(leaf_hash(leaf) for leaf in leaves)).digest()
    return (
        f"{FORMAT}\nabout {_base64(said)}\nentries {_base64(entries)}\n"
        f"checkpoint {size} {_base64(root)}\n"
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
