#!/usr/bin/env python3
"""Check a Habeas evidence bundle without Habeas: one file, Python 3.9+, and `cryptography`.

    python verify_bundle.py BUNDLE --key VKEY [--witness VKEY]... [--json] [--lang en|zh]

Written from specs/bundle-v1.md, bundle-v2.md, ledger-entry-v1.md and the C2SP signed-note rules,
not from Habeas' own code, so that two readings of the specification check each other. It opens the
one file and nothing else: no network, no clock, no other program.

Exit 0 verified, 3 something is wrong, 4 no trusted key was given, 2 not a bundle or a bad key.

Not done here: the signatures of time-stamp authorities (`openssl ts -verify` or `habeas verify
--tsa` do that), quorums (--policy), statements of account, disclosed claims.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import math
import re
import struct
import sys
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAX_BYTES = 256 * 1024 * 1024
ED25519, COSIGNATURE, ML_DSA = 0x01, 0x04, 0x06
QUESTIONS = {
    "authentic": ("Signed by the log you trust, and unchanged?", "是否由可信日志签名且未被改动？"),
    "in_the_log": ("In the log?", "是否在日志中？"),
    "witnessed": ("Seen by a witness you trust?", "是否有您信任的见证方见证？"),
    "since": ("Since when at the latest?", "最迟自何时起存在？"),
    "complete": ("Complete?", "是否完整？"),
}


class Unreadable(Exception):
    """Not a bundle: what is wrong, and where."""

    def __init__(self, says: str, place: str | None = None) -> None:
        super().__init__(says)
        self.says, self.place = says, place


class Wrong(Exception):
    """The answer to a question is no; in English and Chinese."""


def need(holds: bool, says: str, place: str) -> None:
    if not holds:
        raise Unreadable(says, place)


# --- canonical CBOR (ledger-entry/v1, "CBOR"): one value has one encoding --------------------


class Reader:
    """Reads one value; raises Unreadable for any other encoding than the only one."""

    def __init__(self, data: bytes, place: str) -> None:
        self.data, self.at, self.place = data, 0, place

    def fail(self, says: str) -> Unreadable:
        return Unreadable(says, f"{self.place}, byte {self.at}")

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise self.fail("the data ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def argument(self, low: int) -> int:
        if low < 24:
            return low
        if low > 27:
            raise self.fail("an indefinite or reserved length")
        size = 1 << (low - 24)
        value = int.from_bytes(self.take(size), "big")
        if value < (24 if size == 1 else 1 << (4 * size)):
            raise self.fail("a number in a longer form than needed")
        return value

    def value(self, depth: int = 0):
        if depth > 32:
            raise self.fail("nested too deep")
        head = self.take(1)[0]
        major, low = head >> 5, head & 31
        if major == 7:
            return self.simple(low)
        count = self.argument(low)
        if major < 2:
            return -1 - count if major else count
        if major == 2:
            return self.take(count)
        if major == 3:
            return self.text(count)
        if major == 4:
            return [self.value(depth + 1) for _ in range(self.bounded(count))]
        if major == 5:
            return self.map(self.bounded(2 * count) // 2, depth)
        raise self.fail("a tag")

    def bounded(self, count: int) -> int:
        """A count that the bytes left can hold: each item has at least one."""
        if count > len(self.data) - self.at:
            raise self.fail("the data ends too early")
        return count

    def text(self, count: int) -> str:
        try:
            return self.take(count).decode("utf-8")
        except UnicodeDecodeError:
            raise self.fail("text that is not UTF-8") from None

    def map(self, count: int, depth: int) -> dict:
        found, last = {}, b""
        for _ in range(count):
            start = self.at
            key = self.value(depth + 1)
            raw = self.data[start : self.at]
            if not isinstance(key, str):
                raise self.fail("a key that is not text")
            if raw <= last:
                raise self.fail("map keys out of order, or twice")
            found[key], last = self.value(depth + 1), raw
        return found

    def simple(self, low: int):
        if low in (20, 21, 22):
            return {20: False, 21: True, 22: None}[low]
        form = {25: ">e", 26: ">f", 27: ">d"}.get(low)
        if form is None:
            raise self.fail("a value of a kind that is not used")
        value = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        shorter = {">f": ">e", ">d": ">f"}.get(form)
        if not math.isfinite(value) or (shorter and fits(value, shorter)):
            raise self.fail("a number that is not finite, or in a longer form than needed")
        return value


def fits(value: float, form: str) -> bool:
    try:
        return struct.unpack(form, struct.pack(form, value))[0] == value
    except OverflowError:
        return False


def decode(data: bytes, place: str):
    reader = Reader(data, place)
    value = reader.value()
    if reader.at != len(data):
        raise reader.fail("bytes after the end")
    return value


def encode(value) -> bytes:
    """Canonical CBOR of what `about` holds: a map of texts, whole numbers and nulls."""
    if value is None:
        return b"\xf6"
    if isinstance(value, int):
        return cbor_head(0, value)
    if isinstance(value, str):
        return cbor_head(3, len(value.encode())) + value.encode()
    pairs = sorted((encode(key), encode(each)) for key, each in value.items())
    return cbor_head(5, len(pairs)) + b"".join(key + each for key, each in pairs)


def cbor_head(major: int, count: int) -> bytes:
    if count < 24:
        return bytes([major << 5 | count])
    low = next(n for n in range(4) if count < 1 << (8 << n))
    return bytes([major << 5 | 24 + low]) + count.to_bytes(1 << low, "big")


# --- C2SP signed notes and keys --------------------------------------------------------------


class Key:
    """A verifier key, `name+hash+base64(type ‖ key)`. Raises ValueError if it is not one."""

    def __init__(self, text: str) -> None:
        name, hint, blob = text.split("+", 2)
        raw = unbase64(blob)
        self.text, self.name, self.kind, self.public = text, name, raw[0], raw[1:]
        self.hint = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        size = {ED25519: 32, COSIGNATURE: 32, ML_DSA: 1312}.get(self.kind)
        if not good_name(name) or hint != self.hint.hex() or len(self.public) != size:
            raise ValueError(text)

    def signed(self, message: bytes, signature: bytes) -> bool:
        try:
            self.primitive().verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def primitive(self):
        if self.kind != ML_DSA:
            return Ed25519PublicKey.from_public_bytes(self.public)
        try:
            from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
        except ImportError:
            says = f"this version of `cryptography` can't check ML-DSA-44 (of {self.name})"
            raise Unreadable(says, "--witness") from None

        return MLDSA44PublicKey.from_public_bytes(self.public)


def unbase64(text: str) -> bytes:
    """Standard base64 in its one form: padded, no bit beside the bytes."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError(text)
    return raw


def good_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(each.isspace() for each in name)


class Note:
    """A signed note: text, and lines of (name, key hint, signature)."""

    def __init__(self, source: str, place: str) -> None:
        need(len(source.encode()) <= 1_000_000, "too long", place)
        need(not re.search(r"[\x00-\x09\x0b-\x1f]", source), "a control character", place)
        text, gap, lines = source.rpartition("\n\n")
        need(gap != "" and lines.endswith("\n"), "not a signed note", place)
        self.text = text + "\n"
        need(lines.count("\n") <= 100, "too many signatures", place)
        self.lines = [self.line(each, place) for each in lines[:-1].split("\n")]

    def line(self, line: str, place: str) -> tuple[str, bytes, bytes]:
        dash, name, blob, *more = [*line.split(" "), "", ""]
        try:
            raw = unbase64(blob)
        except ValueError:
            raw = b""
        well = dash == "\u2014" and good_name(name) and len(raw) > 4 and len(more) == 2
        need(well, "a line that is no signature", place)
        return name, raw[:4], raw[4:]

    def of(self, key: Key) -> list[bytes]:
        return [s for name, hint, s in self.lines if (name, hint) == (key.name, key.hint)]

    def seen_by(self, key: Key) -> list[int | None]:
        """When a witness signed, line by line, None if it doesn't say; Wrong if one is false."""
        found = []
        for blob in self.of(key):
            time, signature = int.from_bytes(blob[:8], "big"), blob[8:]
            if key.kind == ED25519:
                time, signature, message = None, blob, self.text.encode()
            elif key.kind == COSIGNATURE:
                message = f"cosignature/v1\ntime {time}\n{self.text}".encode()
            else:
                origin, size, root = self.text.split("\n")[:3]
                message = b"subtree/v1\n\0" + short(key.name) + struct.pack(">Q", time)
                message += short(origin) + struct.pack(">QQ", 0, int(size))
                message += base64.b64decode(root)
            if not key.signed(message, signature):
                raise Wrong(
                    f"The line of witness {key.name} doesn't fit this checkpoint.",
                    f"见证方 {key.name} 的签名与该检查点不符。",
                )
            found.append(time if time is not None and time < 1 << 37 else None)
        return found


def short(text: str) -> bytes:
    raw = text.encode()
    return bytes([len(raw)]) + raw


def checkpoint_of(note: Note, place: str) -> tuple[str, int, bytes]:
    """Origin, size, root; extension lines after them are signed and passed over."""
    lines = note.text.split("\n")
    need(len(lines) > 3, "a checkpoint has three lines", place)
    origin, size, root = lines[:3]
    need(good_name(origin), "an origin that is no name", place)
    need(re.fullmatch(r"0|[1-9][0-9]{0,18}", size) is not None, "a size that is no number", place)
    try:
        raw = unbase64(root)
    except ValueError:
        raw = b""
    need(len(raw) == 32, "a root that is not 32 bytes", place)
    return origin, int(size), raw


# --- the file: shape before anything else ----------------------------------------------------

PARTS = {"format", "vkey", "checkpoint", "nodes", "entries", "about", "statement"}
ITEM = {"index", "leaf", "salt", "payload", "path"}
LEAF = {"v", "id", "time", "type", "commitment"}


def keys_of(value, keys: set, place: str) -> None:
    need(isinstance(value, dict) and set(value) == keys, "other keys than the format has", place)


def whole(value, least: int = 0) -> bool:
    return type(value) is int and value >= least


class Bundle:
    """A bundle of the right shape; what its notes, leaves and payloads say is not read yet."""

    def __init__(self, data: bytes) -> None:
        need(len(data) <= MAX_BYTES, "too large", "bundle")
        raw = decode(data, "bundle")
        need(isinstance(raw, dict), "not a map", "bundle")
        second = raw.get("format") == "habeas/bundle/v2"
        need(second or raw.get("format") == "habeas/bundle/v1", "not a bundle", "format")
        keys_of(raw, PARTS | ({"timestamps"} if second else set()), "bundle")
        self.stamps = self.stamps_of(raw) if second else []
        for name in ("vkey", "checkpoint"):
            need(isinstance(raw[name], str), "not text", name)
        self.stands = False  # whether the log's key stands behind `about`: known once asked
        self.vkey, self.checkpoint, self.signed = raw["vkey"], raw["checkpoint"], raw["statement"]
        need(self.signed is None or isinstance(self.signed, str), "not text", "statement")
        self.about = self.about_of(raw["about"])
        self.nodes = raw["nodes"]
        well = isinstance(self.nodes, list) and all(
            isinstance(node, bytes) and len(node) == 32 for node in self.nodes
        )
        need(well and len(set(self.nodes)) == len(self.nodes), "not hashes, each once", "nodes")
        self.items = self.items_of(raw["entries"])

    def stamps_of(self, raw: dict) -> list[bytes]:
        stamps = raw["timestamps"]
        well = isinstance(stamps, list) and 1 <= len(stamps) <= 16
        well = well and all(isinstance(s, bytes) and len(s) <= 65536 for s in stamps)
        need(well, "not 1 to 16 stamps", "timestamps")
        return stamps

    def about_of(self, about) -> dict:
        keys_of(about, {"created", "book", "policy", "count"}, "about")
        form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
        made = about["created"]
        need(
            isinstance(made, str) and bool(re.fullmatch(form, made)), "not a time", "about.created"
        )
        book, policy, count = about["book"], about["policy"], about["count"]
        well = isinstance(book, str) and re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z:_.@-]{0,199}", book)
        need(book is None or bool(well), "not a hash", "about.book")
        need(policy is None or isinstance(policy, str), "not text", "about.policy")
        need(count is None or (whole(count) and count < 1 << 53), "not a number", "about.count")
        return about

    def items_of(self, items) -> list[dict]:
        need(isinstance(items, list) and len(items) > 0, "no entries", "entries")
        last, used = -1, 0
        for n, item in enumerate(items):
            place = f"entries[{n}]"
            keys_of(item, ITEM, place)
            need(whole(item["index"], last + 1), "indexes do not rise", place)
            last = item["index"]
            for name in ("leaf", "salt", "payload"):
                need(isinstance(item[name], bytes), "not bytes", f"{place}.{name}")
            need(len(item["salt"]) == 32, "a salt has 32 bytes", f"{place}.salt")
            used = self.path_of(item, used, f"{place}.path")
        need(used == len(self.nodes), "hashes that no path uses", "nodes")
        return items

    def open(self) -> None:
        """Read the key, the notes, the leaves and the payloads; Unreadable if one is none."""
        try:
            self.key = Key(self.vkey)
        except (ValueError, IndexError):
            raise Unreadable("not a verifier key", "vkey") from None
        need(self.key.kind == ED25519, "not an Ed25519 key", "vkey")
        self.note = Note(self.checkpoint, "checkpoint")
        self.origin, self.size, self.root = checkpoint_of(self.note, "checkpoint")
        self.statement = None if self.signed is None else Note(self.signed, "statement")
        for item in self.items:
            place = f"entry {item['index']}"
            item["says"] = decode(item["payload"], place)
            need(isinstance(item["says"], dict), "not a map", place)
            item["commitment"] = self.leaf_of(item["leaf"], place)

    def leaf_of(self, leaf: bytes, place: str) -> bytes:
        need(len(leaf) <= 65535, "too long", place)
        raw = decode(leaf, place)
        keys_of(raw, LEAF, place)
        need(type(raw["v"]) is int and raw["v"] == 1, "not version 1", place)
        for name, size in (("id", 16), ("commitment", 32)):
            well = isinstance(raw[name], bytes) and len(raw[name]) == size
            need(well, "not as long as it must be", f"{place}.{name}")
        time, kind = raw["time"], raw["type"]
        need(whole(time) and time % 3600 == 0 and time < 1 << 37, "not a full hour", place)
        well = isinstance(kind, str) and re.fullmatch(r"[a-z][a-z0-9_.]{0,47}", kind)
        need(bool(well), "not a type", place)
        return raw["commitment"]

    def path_of(self, item: dict, used: int, place: str) -> int:
        path = item["path"]
        need(isinstance(path, list) and len(path) <= 64, "not a path", place)
        for position in path:
            need(whole(position) and position <= used, "a position out of order", place)
            used = max(used, position + 1)
        need(used <= len(self.nodes), "a position without a hash", place)
        item["hashes"] = [self.nodes[position] for position in path]
        return used


# --- the five questions, in order ------------------------------------------------------------


def authentic(bundle: Bundle, trusted: list[str]):
    try:
        bundle.open()
    except Unreadable as broken:
        raise Wrong(
            f"A part is not what it must be: {broken.place}, {broken.says}.",
            f"有一部分不合规范：{broken.place}。",
        ) from None
    key = bundle.key
    if trusted and key.text not in trusted:
        raise Wrong("The key is not one you trust.", "该密钥不在您信任之列。")
    if bundle.origin != key.name:
        raise Wrong("The checkpoint is of another log.", "检查点属于另一份日志。")
    signed_by(key, bundle.note, ("The checkpoint", "检查点"))
    if bundle.statement is not None:
        signed_by(key, bundle.statement, ("What the bundle says of itself", "证据包的自述"))
        if bundle.statement.text != statement_text(bundle):
            raise Wrong(
                "The signed statement speaks of other entries, another checkpoint or description.",
                "签名声明所述的条目、检查点或说明与证据包不符。",
            )
    for item in bundle.items:
        opened = b"habeas/commit/v1\0" + item["salt"] + item["payload"]
        if hashlib.sha256(opened).digest() != item["commitment"]:
            raise Wrong(
                f"Entry {item['index']} is not what was logged.",
                f"第 {item['index']} 条与当时存证的内容不符。",
            )
    bundle.stands = bundle.statement is not None
    if not trusted:
        mark = hashlib.sha256(key.text.encode()).hexdigest()
        return None, (
            f"No trusted key was given. Compare this fingerprint with the published one: {mark}",
            f"没有给出可信密钥。请与处理者公布的指纹核对：{mark}",
        )
    return True, (f"Signed by {key.name}; unchanged.", f"由 {key.name} 签名，未被改动。")


def signed_by(key: Key, note: Note, what: tuple[str, str]) -> None:
    made = note.of(key)
    if not made or not all(key.signed(note.text.encode(), each) for each in made):
        raise Wrong(f"{what[0]} is not signed by this key.", f"{what[1]}并非由该密钥签名。")


def statement_text(bundle: Bundle) -> str:
    leaves = b"".join(hashlib.sha256(b"\0" + item["leaf"]).digest() for item in bundle.items)
    about, entries = (
        base64.b64encode(hashlib.sha256(each).digest()).decode()
        for each in (encode(bundle.about), leaves)
    )
    root = base64.b64encode(bundle.root).decode()
    lines = ("habeas/bundle/v1", f"about {about}", f"entries {entries}")
    return "\n".join((*lines, f"checkpoint {bundle.size} {root}", ""))


def in_the_log(bundle: Bundle):
    for item in bundle.items:
        if not leads(item, bundle.size, bundle.root):
            raise Wrong(
                f"Entry {item['index']} is not in this log at that place.",
                f"第 {item['index']} 条不在该日志的这一位置。",
            )
    count = len(bundle.items)
    return True, (
        f"All {count}, of {bundle.size} in the log then.",
        f"{count} 条均在，日志共 {bundle.size} 条。",
    )


def leads(item: dict, size: int, root: bytes) -> bool:
    """RFC 9162 §2.1.3.2, with its letters."""
    fn, sn, r = item["index"], size - 1, hashlib.sha256(b"\0" + item["leaf"]).digest()
    if fn > sn:
        return False
    for p in item["hashes"]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = hashlib.sha256(b"\1" + p + r).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = hashlib.sha256(b"\1" + r + p).digest()
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def witnessed(bundle: Bundle, witnesses: list[Key]):
    for key in witnesses:
        if key.public == bundle.key.public:
            raise Wrong(
                f"Witness {key.name} has the log's own key.",
                f"见证方 {key.name} 用的就是日志自己的密钥。",
            )
    names = [key.name for key in witnesses if bundle.note.seen_by(key)]
    if not names:
        return None, (
            "No witness you named: you may have been shown another log than others.",
            "没有您指定的见证方：处理者给您看的日志可能与给别人看的不同。",
        )
    return True, (f"By {', '.join(names)}.", f"见证方：{'、'.join(names)}。")


def since(bundle: Bundle, witnesses: list[Key]):
    digest = hashlib.sha256(bundle.note.text.encode()).digest()
    for number, stamp in enumerate(bundle.stamps, 1):
        if imprint(stamp) != digest:
            raise Wrong(
                f"Time stamp {number} is not over this checkpoint.",
                f"第 {number} 个时间戳针对的不是该检查点。",
            )
    count = len(bundle.stamps)
    extra = (
        f" Time stamps over it: {count}, their authorities not checked here.",
        f"另有 {count} 个时间戳，其签发机构未在此核验。",
    )
    extra = extra if count else ("", "")
    first = [bundle.note.seen_by(key)[:1] for key in witnesses]
    times = [time for line in first for time in line if time is not None]
    if not times:
        return None, (
            "Only by the controller's own clock." + extra[0],
            "仅有处理者自己的时钟。" + extra[1],
        )
    when = datetime(1970, 1, 1) + timedelta(seconds=min(times))
    return True, (
        f"{when:%Y-%m-%d %H:%M:%S} UTC, as a witness saw.{extra[0]}",
        f"{when:%Y-%m-%d %H:%M:%S}（UTC），有见证方为证。{extra[1]}",
    )


def imprint(stamp: bytes) -> bytes | None:
    """The SHA-256 that a granted RFC 3161 response is over; None if it can't be read."""
    try:
        (status, content), rest = der(stamp, 0x30, 2)
        granted = der(status, 0x30, 1)[0][0]
        kind, signed = der(content, 0x30, 2)[0]
        token = der(der(signed, 0xA0, 1)[0][0], 0x30, 3)[0][2]
        inner = der(token, 0x30, 2)[0]
        info = der(der(der(inner[1], 0xA0, 1)[0][0], 0x04, 0)[1], 0x30, 3)[0]
        algorithm, digest = der(info[2], 0x30, 2)[0]
        sha256 = bytes.fromhex("0609608648016503040201")
        well = (
            granted in (b"\x02\x01\x00", b"\x02\x01\x01")
            and der(algorithm, 0x30, 1)[0][0] == sha256
        )
        well = well and kind == bytes.fromhex("06092a864886f70d010702") and rest == b""
        return der(digest, 0x04, 0)[1] if well else None
    except (ValueError, IndexError):
        return None


def der(data: bytes, tag: int, least: int) -> tuple[list[bytes], bytes]:
    """The parts of one DER value with this tag; for an octet string (least 0) its bytes instead."""
    whole_one, rest = der_one(data)
    if data[0] != tag or (rest and least == 0):
        raise ValueError
    body = whole_one[1]
    if least == 0:
        return [], body
    parts = []
    left = body
    while left:
        (raw, _), left = der_one(left)
        parts.append(raw)
    if len(parts) < least:
        raise ValueError
    return parts, rest


def der_one(data: bytes) -> tuple[tuple[bytes, bytes], bytes]:
    size, start = data[1], 2
    if size & 0x80:
        count = size & 0x7F
        size, start = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
        if not 1 <= count <= 4 or size < 0x80 or size < 1 << 8 * (count - 1):
            raise ValueError
    if len(data) < start + size:
        raise ValueError
    return (data[: start + size], data[start : start + size]), data[start + size :]


def complete(bundle: Bundle):
    held: dict[int, tuple[str | None, str]] = {}
    for item in bundle.items:
        if "person" in item["says"]:
            counter, previous = counter_of(item)
            if counter in held:
                raise Wrong(
                    f"Two entries carry the number {counter}.", f"有两条记录的序号都是 {counter}。"
                )
            held[counter] = (previous, item["commitment"].hex())
    for counter, (previous, _) in held.items():
        if counter - 1 in held and previous != held[counter - 1][1]:
            raise Wrong(
                f"Entry number {counter} names another entry before it than the one here.",
                f"序号 {counter} 所指的前一条与此处的不同。",
            )
    count = bundle.about["count"] if bundle.statement is not None else None
    last = max(held, default=0)
    if count is not None and count < last:
        raise Wrong(
            f"The controller signed a count of {count}, and number {last} is here.",
            f"处理者签名称共 {count} 条，而此处有第 {last} 条。",
        )
    if not held:
        return None, ("No entry is numbered.", "条目均无序号。")
    missing = max(last, count or 0) - len(held)
    if missing:
        return None, (f"Entries missing: {missing}.", f"缺 {missing} 条。")
    if count is None:
        return True, (
            f"1 to {last}; whether more follow is not signed.",
            f"第 1 至 {last} 条齐全；其后是否还有未经签名。",
        )
    return True, (f"All {last}, as the controller signed.", f"共 {last} 条齐全，与处理者签名一致。")


def counter_of(item: dict) -> tuple[int, str | None]:
    person = item["says"]["person"]
    well = isinstance(person, dict) and {"counter", "previous"} <= set(person)
    well = well and whole(person["counter"], 1)
    if well and person["counter"] == 1:
        well = person["previous"] is None
    elif well:
        previous = person["previous"]
        well = isinstance(previous, str) and bool(re.fullmatch(r"[0-9a-f]{64}", previous))
    if not well:
        raise Wrong(
            f"Entry {item['index']} has a broken number.", f"第 {item['index']} 条的序号有误。"
        )
    return person["counter"], person["previous"]


def verify(data: bytes, trusted: list[str], witnesses: list[str]) -> dict:
    """The answers as `habeas verify --json` gives them. Raises Unreadable."""
    trusted = [parse_key(text, "--key").text for text in trusted]
    named = [parse_key(text, "--witness") for text in witnesses]
    bundle = Bundle(data)
    steps = {
        "authentic": lambda: authentic(bundle, trusted),
        "in_the_log": lambda: in_the_log(bundle),
        "witnessed": lambda: witnessed(bundle, named),
        "since": lambda: since(bundle, named),
        "complete": lambda: complete(bundle),
    }
    answers, wrong = [], None
    for name, step in steps.items():
        ok, says = None, ("Not examined.", "未再检查。")
        if wrong is None:
            try:
                ok, says = step()
            except Wrong as no:
                ok, says = False, no.args
                wrong = text_of(says)
        answers.append(
            {"id": name, "question": text_of(QUESTIONS[name]), "ok": ok, "says": text_of(says)}
        )
    outcome = "not_verified" if wrong else "verified" if trusted else "undetermined"
    return {
        "format": "habeas/verification/v1",
        "outcome": outcome,
        "wrong": wrong,
        "vkey": bundle.vkey,
        "entries": [item["index"] for item in bundle.items],
        "about": {**bundle.about, "signed": bundle.stands},
        "answers": answers,
    }


def parse_key(text: str, place: str) -> Key:
    try:
        return Key(text.strip())
    except (ValueError, IndexError):
        raise Unreadable("not a verifier key", place) from None


def text_of(says: tuple[str, str]) -> dict[str, str]:
    return {"en": says[0], "zh": says[1]}


# --- the door --------------------------------------------------------------------------------

EXIT = {"verified": 0, "not_verified": 3, "undetermined": 4}
HEADLINE = {
    "verified": ("Verified.", "验证通过。"),
    "not_verified": ("Not verified.", "验证未通过。"),
    "undetermined": ("Not proved: no trusted key was given.", "未能证明：没有给出可信密钥。"),
}


def show(found: dict, lang: str) -> None:
    for answer in found["answers"]:
        mark = {True: "✓", False: "✗", None: "?"}[answer["ok"]]
        print(mark, answer["question"][lang], printable(answer["says"][lang]))
    about = found["about"]
    signed = (
        "signed" if about["signed"] else "signed by nobody",
        "已签名" if about["signed"] else "无人签名",
    )
    made = text_of(
        (f"Made {about['created']} ({signed[0]}).", f"制作于 {about['created']}（{signed[1]}）。")
    )
    print(" ", made[lang])
    print(text_of(HEADLINE[found["outcome"]])[lang])


def printable(text: str) -> str:
    """Names come from the file: nothing of them may steer a terminal."""
    return "".join(each if each.isprintable() else "?" for each in text)


def key_line(given: str) -> str:
    """A key as such, or the first line of the file that holds it."""
    if "+" in given:
        return given
    try:
        with open(given, encoding="utf-8") as file:
            return file.readline().rstrip("\n")
    except (OSError, UnicodeDecodeError):
        raise Unreadable("holds no key that can be read", given) from None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bundle", help="the file to check")
    parser.add_argument(
        "--key", action="append", default=[], help="the log's vkey, or a file with it"
    )
    parser.add_argument(
        "--witness", action="append", default=[], help="vkey of a witness you trust"
    )
    parser.add_argument("--json", action="store_true", help="print the answers as JSON")
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
    given = parser.parse_args(arguments)
    try:
        with open(given.bundle, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        keys = [[key_line(each) for each in many] for many in (given.key, given.witness)]
        found = verify(data, *keys)
    except (OSError, Unreadable) as error:
        says = error.says if isinstance(error, Unreadable) else f"can't be read ({error.strerror})"
        return refuse(given, says, getattr(error, "place", None))
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        show(found, given.lang)
    return EXIT[found["outcome"]]


def refuse(given: argparse.Namespace, says: str, place: str | None) -> int:
    remedy = "get the file again from whoever gave it to you"
    if given.json:
        print(
            json.dumps(
                {
                    "error": "bad_input",
                    "says": says,
                    "file": given.bundle,
                    "place": place,
                    "remedy": remedy,
                }
            )
        )
    else:
        where = f" ({place})" if place else ""
        print(f"{given.bundle}: {says}{where}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
