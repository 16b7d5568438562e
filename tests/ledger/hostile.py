"""Bundles by a controller who keeps its own tree and signs what it likes: hostile vectors.

Nothing of Habeas' writer is used, since it refuses to write most of these. Each case is
(file bytes, outcome, five answers or None, why in a few words), read off specs/bundle-v1.md; keys
come from fixed seeds and protect nothing.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Callable, Sequence
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

YES, UNKNOWN, NO = True, None, False
ORIGIN = "platform.example/hostile"
SEEN = 1_795_000_000


class Signer:
    """A name with a key: signs notes (kind 1) or cosigns them (kind 4)."""

    def __init__(self, name: str, seed: bytes, kind: int = 1) -> None:
        self.name, self.kind = name, kind
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        blob = bytes([kind]) + public
        self.hint = hashlib.sha256(name.encode() + b"\n" + blob).digest()[:4]
        self.vkey = f"{name}+{self.hint.hex()}+{base64.b64encode(blob).decode()}"

    def line(self, text: str, time: int = SEEN) -> str:
        if self.kind == 1:
            return self.blob(self.key.sign(text.encode()))
        signed = self.key.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        return self.blob(struct.pack(">Q", time) + signed)

    def blob(self, signature: bytes) -> str:
        return f"\u2014 {self.name} {base64.b64encode(self.hint + signature).decode()}\n"


KEY = Signer(ORIGIN, b"log of the vectors".ljust(32, b"."))
STRANGER = Signer(ORIGIN, b"another log, same name".ljust(32, b"."))
WITNESS = Signer("consumers.example/watch", b"witness of the vectors".ljust(32, b"."), 4)
SECOND = Signer("press.example/watch", b"a second witness".ljust(32, b"."), 4)
SAME = Signer("friend.example/watch", b"log of the vectors".ljust(32, b"."), 4)


def commit(payload: bytes, salt: bytes) -> bytes:
    return hashlib.sha256(b"habeas/commit/v1\0" + salt + payload).digest()


def leaf_of(number: int, commitment: bytes, **other: Any) -> bytes:
    fields = {
        "v": 1,
        "id": bytes([number]) * 16,
        "time": 1_795_000_000 // 3600 * 3600,
        "type": "choice.given",
        "commitment": commitment,
    }
    return cbor2.dumps(fields | other, canonical=True)


def hash_of(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + hash_of(leaves[:half]) + hash_of(leaves[half:])).digest()


def path_to(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) < 2:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*path_to(index, leaves[:half]), hash_of(leaves[half:])]
    return [*path_to(index - half, leaves[half:]), hash_of(leaves[:half])]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Story:
    """A log with some entries about one person, and the bundle of them as a plain map."""

    def __init__(
        self, payloads: Sequence[bytes], *, count: int | None = None, leaf: dict | None = None
    ) -> None:
        salts = [bytes([n]) * 32 for n in range(1, len(payloads) + 1)]
        given = zip(payloads, salts, strict=True)
        self.mine = [leaf_of(n, commit(p, s), **(leaf or {})) for n, (p, s) in enumerate(given, 1)]
        # Each of the person's leaves is followed by one of somebody else.
        strange = [leaf_of(100 + n, bytes([n]) * 32) for n in range(len(payloads))]
        self.leaves = [x for pair in zip(self.mine, strange, strict=True) for x in pair]
        self.size, self.root = len(self.leaves), hash_of(self.leaves)
        self.nodes: list[bytes] = []
        items = [
            {
                "index": 2 * n,
                "leaf": self.mine[n],
                "salt": salts[n],
                "payload": payloads[n],
                "path": [self.place(each) for each in path_to(2 * n, self.leaves)],
            }
            for n in range(len(payloads))
        ]
        about = {"created": "2026-11-25T09:00:00Z", "book": None, "policy": None, "count": count}
        self.map: dict[str, Any] = {
            "format": "habeas/bundle/v1",
            "vkey": KEY.vkey,
            "checkpoint": self.note(self.text()),
            "nodes": self.nodes,
            "entries": items,
            "about": about,
            "statement": None,
        }
        if count is not None:
            self.map["statement"] = self.signed()

    def place(self, node: bytes) -> int:
        if node not in self.nodes:
            self.nodes.append(node)
        return self.nodes.index(node)

    def text(self, origin: str = ORIGIN, size: object = None, root: str | None = None) -> str:
        size = self.size if size is None else size
        return f"{origin}\n{size}\n{root or b64(self.root)}\n"

    def note(self, text: str, by: Sequence[Signer] = (KEY, WITNESS)) -> str:
        return text + "\n" + "".join(each.line(text) for each in by)

    def statement_text(self) -> str:
        about = hashlib.sha256(cbor2.dumps(self.map["about"], canonical=True)).digest()
        joined = b"".join(hashlib.sha256(b"\0" + e["leaf"]).digest() for e in self.map["entries"])
        entries = hashlib.sha256(joined).digest()
        return (
            f"habeas/bundle/v1\nabout {b64(about)}\nentries {b64(entries)}\n"
            f"checkpoint {self.size} {b64(self.root)}\n"
        )

    def signed(self, by: Signer = KEY) -> str:
        return self.note(self.statement_text(), [by])

    def bytes(self, **changes: Any) -> bytes:
        return cbor2.dumps(self.map | changes, canonical=True)

    def entry(self, n: int, **changes: Any) -> bytes:
        entries = [dict(each) for each in self.map["entries"]]
        entries[n] |= changes
        return self.bytes(entries=entries)


def payload(person: Any = None, **more: Any) -> bytes:
    fields: dict[str, Any] = {"act": "choice.given", **more}
    if person is not None:
        fields["person"] = person
    return cbor2.dumps(fields, canonical=True)


def link(counter: Any, previous: Any = None) -> dict[str, Any]:
    return {"counter": counter, "previous": previous}


def chain(*counters: int) -> list[bytes]:
    """Payloads with these numbers, in this order in the log, each naming the one numbered before."""
    made: dict[int, bytes] = {}
    order = {counter: place for place, counter in enumerate(counters)}
    for counter in sorted(counters):
        before = made.get(counter - 1)
        told = "ab" * 32 if before is None else commit(before, salt(order[counter - 1])).hex()
        made[counter] = payload(link(counter, None if counter == 1 else told))
    return [made[counter] for counter in counters]


def salt(place: int) -> bytes:
    return bytes([place + 1]) * 32


def one(person: Any) -> bytes:
    return Story([payload(person)]).bytes()


def raw(data: bytes) -> bytes:
    """A bundle of one entry whose payload is exactly these bytes, committed to and logged."""
    return Story([data]).bytes()


Case = tuple[bytes, str, list[bool | None] | None, str]
GOOD = [YES, YES, YES, YES, YES]
NO1, NO2 = [NO] + [UNKNOWN] * 4, [YES, NO] + [UNKNOWN] * 3
NO3, NO4 = [YES, YES, NO, UNKNOWN, UNKNOWN], [YES, YES, YES, NO, UNKNOWN]
NO5, OPEN5 = [YES, YES, YES, YES, NO], [YES, YES, YES, YES, UNKNOWN]


def unreadable(data: bytes, why: str) -> Case:
    return data, "unreadable", None, why


def wrong(data: bytes, answers: list[bool | None], why: str) -> Case:
    return data, "not_verified", answers, why


def right(data: bytes, answers: list[bool | None], why: str) -> Case:
    return data, "verified", answers, why


def encodings() -> dict[str, Case]:
    """Payloads that are logged as they are: the commitment fits, the encoding doesn't."""
    nested = b"\x81" * 31 + b"\x80"
    cases = {
        "cbor-truncated-inside": (b"\xa1\x61a\x82\x01", "an array of two with one item"),
        "cbor-long-number": (b"\xa1\x61a\x18\x05", "a number in a longer form than needed"),
        "cbor-long-number-16": (b"\xa1\x61a\x19\x00\xff", "255 in 16 bits"),
        "cbor-long-number-32": (b"\xa1\x61a\x1a\x00\x00\xff\xff", "65,535 in 32 bits"),
        "cbor-long-number-64": (b"\xa1\x61a\x1b" + bytes(4) + b"\xff" * 4, "2^32 - 1 in 64 bits"),
        "cbor-long-length": (b"\xa1\x78\x01a\x05", "a length in a longer form than needed"),
        "cbor-key-twice": (b"\xa2\x61a\x01\x61a\x02", "one key twice"),
        "cbor-keys-unsorted": (b"\xa2\x61b\x01\x61a\x02", "keys in another order"),
        "cbor-key-no-text": (b"\xa1\x01\x01", "a key that is a number"),
        "cbor-huge-bytes": (b"\xa1\x61a\x5b\x7f" + b"\xff" * 7, "a length of 2^63 - 1"),
        "cbor-huge-array": (b"\xa1\x61a\x9b" + b"\xff" * 8, "2^64 - 1 items announced"),
        "cbor-huge-map": (b"\xbb" + b"\xff" * 8, "2^64 - 1 pairs announced"),
        "cbor-too-deep": (b"\xa1\x61a\x81" + nested, "nested 33 deep below the payload"),
        "cbor-indefinite": (b"\xbf\x61a\x01\xff", "an indefinite length"),
        "cbor-tag": (b"\xa1\x61a\xc1\x01", "a tag"),
        "cbor-undefined": (b"\xa1\x61a\xf7", "undefined"),
        "cbor-nan": (b"\xa1\x61a\xf9\x7e\x00", "not a number"),
        "cbor-infinite": (b"\xa1\x61a\xf9\x7c\x00", "infinity"),
        "cbor-long-float": (b"\xa1\x61a\xfa\x3f\xc0\x00\x00", "1.5 in 32 bits"),
        "cbor-long-double": (b"\xa1\x61a\xfb\x3f\xf8" + b"\0" * 6, "1.5 in 64 bits"),
        "cbor-bad-text": (b"\xa1\x61a\x62\xc3\x28", "text that is not UTF-8"),
        "cbor-surrogate": (b"\xa1\x61a\x63\xed\xa0\x80", "half a surrogate pair as text"),
        "cbor-after-the-end": (b"\xa1\x61a\x01\x00", "a byte after the payload"),
        "cbor-no-map": (b"\x81\x01", "a payload that is no map"),
        "cbor-empty": (b"", "a payload of no bytes"),
    }
    good = {
        "good-numbers": (
            cbor2.dumps(
                {"a": -(1 << 63), "b": (1 << 64) - 1, "c": 1.5, "d": 0.1, "e": -0.0, "f": 1e-7},
                canonical=True,
            ),
            "the ends of the numbers that are used",
        ),
        "good-deep": (b"\xa1\x61a" + b"\x81" * 30 + b"\x80", "nested as deep as may be"),
        "good-mark-key": (
            cbor2.dumps({"\ufeffperson": 0}),
            "a key that begins with U+FEFF is another key",
        ),
        "good-mark": (b"\xa1\x61a\x64\xef\xbb\xbfa", "text that begins with U+FEFF"),
    }
    found = {name: wrong(raw(data), NO1, why) for name, (data, why) in cases.items()}
    return found | {name: right(raw(data), OPEN5, why) for name, (data, why) in good.items()}


def shapes() -> dict[str, Case]:
    """Files of which a part has another shape than the format says."""
    story = Story(chain(1, 2, 3))
    told = story.map
    first = told["entries"][0]
    top = cbor2.dumps(told, canonical=True)
    about: Callable[..., bytes] = lambda **more: story.bytes(about=told["about"] | more)  # noqa: E731
    cases = {
        "top-key-twice": (b"\xa8" + top[1:] + top[1:15], "one key of the file twice"),
        "key-too-many": (story.bytes(more=1), "a key the format doesn't have"),
        "key-missing": (cbor2.dumps({k: v for k, v in told.items() if k != "about"}, canonical=True), "a key that is not there"),
        "version-3": (story.bytes(format="habeas/bundle/v3"), "a version nobody knows"),
        "stamps-in-version-1": (story.bytes(timestamps=[b"x"]), "time stamps in version 1"),
        "version-2-no-stamps": (story.bytes(format="habeas/bundle/v2", timestamps=[]), "version 2 without a stamp"),
        "no-entries": (story.bytes(entries=[], nodes=[]), "no entries"),
        "entries-fall": (story.bytes(entries=told["entries"][::-1]), "entries by falling index"),
        "entry-twice": (story.bytes(entries=[first, *told["entries"]]), "an entry twice"),
        "index-negative": (story.entry(0, index=-1), "an index below 0"),
        "index-true": (story.entry(0, index=False), "false as an index"),
        "index-float": (story.entry(0, index=0.0), "0.0 as an index"),
        "salt-short": (story.entry(0, salt=b"x" * 31), "a salt of 31 bytes"),
        "path-too-long": (story.entry(0, path=[0] * 65), "a path of 65 hashes"),
        "path-beyond": (story.entry(2, path=[99]), "a position without a hash"),
        "path-negative": (story.entry(0, path=[-1]), "a position below 0"),
        "path-true": (story.entry(0, path=[False, 1, 2]), "false as a position"),
        "node-unused": (story.bytes(nodes=[*told["nodes"], bytes(32)]), "a hash that no path uses"),
        "node-twice": (story.bytes(nodes=[*told["nodes"], told["nodes"][0]]), "a hash twice"),
        "node-short": (story.bytes(nodes=[told["nodes"][0][:31], *told["nodes"][1:]]), "a hash of 31 bytes"),
        "created-other-digits": (about(created="２026-11-25T09:00:00Z"), "a full-width digit"),
        "created-no-time": (about(created="yesterday"), "a time that is none"),
        "count-negative": (about(count=-1), "a count below 0"),
        "count-true": (about(count=True), "true as a count"),
        "book-number": (about(book=1), "a number as a book"),
        "about-more": (about(more=1), "a key too many in about"),
    }  # fmt: skip
    return {name: unreadable(data, why) for name, (data, why) in cases.items()}


def parts() -> dict[str, Case]:
    """Keys and leaves that are none: the file can be read, and is not what it says."""
    story = Story(chain(1, 2, 3))
    cases = {
        "vkey-witness": (story.bytes(vkey=WITNESS.vkey), "a witness's key as the log's"),
        "vkey-wrong-hash": (story.bytes(vkey=KEY.vkey.replace(KEY.hint.hex(), "00000000")), "a key whose hash is another's"),
        "leaf-more": (Story(chain(1), leaf={"who": "me"}).bytes(), "a leaf with a key too many"),
        "leaf-minute": (Story(chain(1), leaf={"time": 1_795_000_060}).bytes(), "a leaf with a time to the minute"),
        "leaf-version-true": (Story(chain(1), leaf={"v": True}).bytes(), "true as the version of a leaf"),
        "leaf-version": (Story(chain(1), leaf={"v": 2}).bytes(), "a leaf of version 2"),
        "leaf-type": (Story(chain(1), leaf={"type": "Choice"}).bytes(), "a type in capitals"),
        "leaf-id": (Story(chain(1), leaf={"id": bytes(15)}).bytes(), "an id of 15 bytes"),
        "leaf-no-cbor": (story.entry(0, leaf=b"\xff"), "a leaf that is no CBOR"),
    }  # fmt: skip
    return {name: wrong(data, NO1, why) for name, (data, why) in cases.items()}


def notes() -> dict[str, Case]:
    """Checkpoints and statements that are not what they must be."""
    story = Story(chain(1, 2, 3), count=3)
    told, text = story.map, story.text()
    check: Callable[[str], bytes] = lambda note: story.bytes(checkpoint=note)  # noqa: E731
    state: Callable[[str], bytes] = lambda note: story.bytes(statement=note)  # noqa: E731
    other = story.text(origin="elsewhere.example/log")
    more = text + "an extension\n"
    elsewhere = "\u2014 x.example/y " + b64(b"none" + bytes(64)) + "\n"
    longer = told["statement"].replace("checkpoint 6 ", "checkpoint 7 ")
    malformed = {
        "note-no-lines": (check(text + "\n"), "a checkpoint without a signature line"),
        "note-control": (check(told["checkpoint"].replace("\n\n", "\r\n\n")), "a control character"),
        "note-no-signature": (check(told["checkpoint"] + "hello\n"), "a line that is no signature"),
        "note-bad-base64": (check(told["checkpoint"] + "\u2014 x.example/y !!!!\n"), "a signature that is no base64"),
        "note-short-signature": (check(told["checkpoint"] + "\u2014 x.example/y AAAA\n"), "a signature of three bytes"),
        "note-base64-bits": (check(told["checkpoint"] + "\u2014 x.example/y AAAAAAB=\n"), "unused bits of base64 that are not zero"),
        "note-101-lines": (check(told["checkpoint"] + elsewhere * 99), "101 lines"),
        "note-name-space": (check(told["checkpoint"] + elsewhere.replace("x.", "x\u0085")), "a name with U+0085, which is white space"),
        "checkpoint-root-bits": (check(story.note(text.replace(b64(story.root), _other_bits(b64(story.root))))), "unused bits in the root that are not zero"),
        "checkpoint-leading-zero": (check(story.note(story.text(size="06"))), "a size with a leading zero"),
        "checkpoint-short-root": (check(story.note(story.text(root="AAAA"))), "a root of three bytes"),
    }  # fmt: skip
    refused = {
        "origin-wrong": (check(story.note(other)), "a checkpoint whose origin is another name"),
        "log-line-false": (check(told["checkpoint"] + KEY.blob(bytes(64))), "a second line of the log's key that doesn't fit"),
        "log-line-missing": (check(story.note(text, [WITNESS])), "only a witness signed"),
        "statement-stranger": (state(story.signed(STRANGER)), "the statement signed by another key"),
        "statement-checkpoint": (state(told["checkpoint"]), "a checkpoint as the statement"),
        "statement-changed": (state(longer), "a statement changed after it was signed"),
        "statement-resigned": (state(story.note(story.statement_text().replace("checkpoint 6", "checkpoint 7"), [KEY])), "a statement of another checkpoint"),
    }  # fmt: skip
    stranger_line = {
        "good-unknown-line": right(check(told["checkpoint"] + elsewhere), GOOD, "a line of a key nobody named"),
        "good-extension": right(story.bytes(checkpoint=story.note(more)), GOOD, "an extension line, signed"),
        "good-name-mark": right(check(told["checkpoint"] + elsewhere.replace("x.", "x\ufeff")), GOOD, "a name with U+FEFF, which is no white space"),
        "good-100-lines": right(check(told["checkpoint"] + elsewhere * 98), GOOD, "100 lines"),
        "good-many-lines": right(check(told["checkpoint"] + elsewhere * 16), GOOD, "eighteen lines"),
        "good-second-log-line": right(check(story.note(text, [KEY, KEY, WITNESS])), GOOD, "the log signed twice"),
    }  # fmt: skip
    bad = malformed | refused
    found = {name: wrong(data, NO1, why) for name, (data, why) in bad.items()}
    return found | stranger_line


def _other_bits(text: str) -> str:
    """The same bytes in base64, with an unused bit set: `…A=` becomes `…B=`."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:-2] + letters[letters.index(text[-2]) + 1] + "="


def places() -> dict[str, Case]:
    """Paths that lead elsewhere, or nowhere."""
    story = Story(chain(1, 2, 3))
    last = story.map["entries"][2]
    small = story.note(story.text(size=1))
    empty = story.note(story.text(size=0, root=b64(hash_of([]))))
    lone = Story(chain(1))
    leaf, node = hash_of(lone.mine), lone.nodes[0]
    early = lone.bytes(
        nodes=[],
        entries=[lone.map["entries"][0] | {"path": []}],
        checkpoint=lone.note(lone.text(root=b64(leaf))),
    )
    turned = hashlib.sha256(b"\1" + node + leaf).digest()
    on = lone.bytes(checkpoint=lone.note(lone.text(size=1, root=b64(turned))))
    huge = story.note(story.text(size=(1 << 63) - 1))
    cases = {
        "index-beyond": (story.entry(2, index=1 << 40), "an index beyond the log"),
        "index-neighbour": (story.entry(2, index=5), "the place of the neighbour"),
        "path-short": (story.entry(1, path=story.map["entries"][1]["path"][:-1]), "a path too short"),
        "path-doubled": (story.entry(2, path=[*last["path"], last["path"][-1]]), "a path too long for the log"),
        "path-ends-early": (early, "a root that is the leaf itself, signed for two entries"),
        "path-goes-on": (on, "a path of one hash in a log of one entry, leading to the signed root"),
        "log-of-one": (story.bytes(checkpoint=small), "a checkpoint of one entry"),
        "log-empty": (story.bytes(checkpoint=empty), "a checkpoint of an empty log"),
        "log-huge": (story.bytes(checkpoint=huge), "a size of 2^63 - 1 under the same root"),
    }  # fmt: skip
    return {name: wrong(data, NO2, why) for name, (data, why) in cases.items()}


def witnesses() -> dict[str, Case]:
    story = Story(chain(1, 2, 3))
    text = story.text()
    note: Callable[..., bytes] = lambda *lines: story.bytes(  # noqa: E731
        checkpoint=text + "\n" + KEY.line(text) + "".join(lines)
    )
    nobody = [YES, YES, UNKNOWN, UNKNOWN, YES]
    return {
        "witness-none": right(note(), nobody, "no witness signed"),
        "witness-unnamed": right(note(SECOND.line(text)), nobody, "a witness nobody named"),
        "witness-unnamed-false": right(note(SECOND.blob(bytes(72))), nobody, "a false line of a witness nobody named"),
        "witness-false": wrong(note(WITNESS.blob(bytes(72))), NO3, "a false line of the named witness"),
        "witness-one-false": wrong(note(WITNESS.line(text), WITNESS.blob(bytes(72))), NO3, "a true line and a false one"),
        "witness-short": wrong(note(WITNESS.blob(bytes(7))), NO3, "a line of the named witness too short to hold a time"),
        "witness-time-changed": wrong(note(WITNESS.line(text, 5).replace(b64(WITNESS.hint + struct.pack(">Q", 5))[:16], b64(WITNESS.hint + struct.pack(">Q", 6))[:16])), NO3, "another time than was signed"),
        "witness-twice": right(note(WITNESS.line(text), WITNESS.line(text, SEEN - 5)), GOOD, "two times: the earlier counts"),
        "witness-other-text": wrong(note(WITNESS.line(story.text(size=1))), NO3, "the witness signed another checkpoint"),
        "witness-plain-line": wrong(note(WITNESS.blob(WITNESS.key.sign(text.encode()))), NO3, "a plain signature in place of a cosignature"),
    }  # fmt: skip


def counters() -> dict[str, Case]:
    """What a controller can do to the numbering of a person's entries."""
    two = chain(1, 2)
    clash = Story(
        [two[0], two[1], payload(link(2, commit(two[0], salt(0)).hex()), act="choice.refused")]
    )
    other = Story([payload(link(1)), payload(link(2, "ab" * 32))])
    broken = {
        "counter-zero": link(0), "counter-negative": link(-1), "counter-text": link("1"),
        "counter-true": link(True), "counter-float": link(1.0), "counter-null": link(None),
        "first-has-previous": link(1, "ab" * 32), "second-has-none": link(2),
        "previous-capitals": link(2, "AB" * 32), "previous-short": link(2, "ab" * 31),
        "previous-bytes": link(2, b"\xab" * 32), "person-text": "me", "person-array": [],
        "person-less": {"counter": 1},
    }  # fmt: skip
    found = {
        name: wrong(one(person), NO5, f"a numbering that is broken: {name}")
        for name, person in broken.items()
    }
    return found | {
        "person-null": wrong(raw(cbor2.dumps({"person": None})), NO5, "null in place of the numbering"),
        "counter-clash": wrong(clash.bytes(), NO5, "two entries numbered 2"),
        "counter-clash-first": wrong(Story([payload(link(1)), payload(link(1), more=1)]).bytes(), NO5, "two entries numbered 1"),
        "link-elsewhere": wrong(other.bytes(), NO5, "number 2 names another number 1"),
        "count-lower": wrong(Story(chain(1, 2, 3), count=2).bytes(), NO5, "two signed beside three held"),
        "count-zero": wrong(Story(chain(1), count=0).bytes(), NO5, "none signed beside one held"),
        "count-lower-than-number": wrong(Story(chain(1, 3), count=2).bytes(), NO5, "two signed; number 3 is held"),
        "count-higher": right(Story(chain(1, 2), count=4).bytes(), OPEN5, "four signed, two held"),
        "counter-hole": right(Story(chain(1, 3), count=3).bytes(), OPEN5, "number 2 is not here"),
        "counter-starts-late": right(Story(chain(2, 3)).bytes(), OPEN5, "number 1 is not here"),
        "counter-high": right(one(link((1 << 63) - 1, "ab" * 32)), OPEN5, "one entry, numbered 2^63 - 1"),
        "good-person-more": right(one(link(1) | {"more": 7}), GOOD, "another key beside the numbering"),
        "good-backwards": right(Story(chain(2, 1)).bytes(), GOOD, "number 2 stands before number 1 in the log"),
        "no-numbers": right(Story([payload()]).bytes(), OPEN5, "no entry is numbered"),
        "no-numbers-count": right(Story([payload()], count=5).bytes(), OPEN5, "no entry is numbered, five signed"),
        "no-numbers-count-zero": right(Story([payload()], count=0).bytes(), OPEN5, "no entry is numbered, none signed"),
        "good-some-numbers": right(Story([*chain(1, 2), payload()], count=2).bytes(), GOOD, "two numbered, one that concerns others too"),
    }  # fmt: skip


def stamped(story: Story, token: bytes, other: bytes) -> dict[str, Case]:
    """Version 2. token: an RFC 3161 response over the story's checkpoint; other: over another."""
    made: Callable[..., bytes] = lambda *stamps: story.bytes(  # noqa: E731
        format="habeas/bundle/v2", timestamps=list(stamps)
    )
    plain = story.map["checkpoint"].replace(WITNESS.line(story.text()), "")
    unseen = {"format": "habeas/bundle/v2", "timestamps": [token], "checkpoint": plain}
    return {
        "good-stamped": right(made(token), GOOD, "a stamp over the checkpoint, a witness too"),
        "good-stamped-twice": right(made(token, token), GOOD, "the stamp twice"),
        "stamped-unseen": right(story.bytes(**unseen), [YES, YES, UNKNOWN, UNKNOWN, YES], "a stamp of an authority nobody named, no witness"),
        "stamp-elsewhere": wrong(made(other), NO4, "a stamp over something else"),
        "stamp-second-elsewhere": wrong(made(token, other), NO4, "a second stamp over something else"),
        "stamp-nonsense": wrong(made(b"\x30\x03abc"), NO4, "a stamp that is none"),
        "stamp-empty": wrong(made(b""), NO4, "a stamp of no bytes"),
        "stamp-truncated": wrong(made(token[:-9]), NO4, "a stamp cut off"),
        "stamp-longer": wrong(made(token + b"\0"), NO4, "a stamp with a byte too much"),
        "stamp-too-large": unreadable(made(bytes(65537)), "a stamp of more than 64 KiB"),
        "stamps-too-many": unreadable(made(*[token] * 17), "seventeen stamps"),
        "stamps-none": unreadable(made(), "no stamp in version 2"),
        "stamp-text": unreadable(made("x"), "a text as a stamp"),
    }  # fmt: skip


def cases() -> dict[str, Case]:
    made = (encodings, shapes, parts, notes, places, witnesses, counters)
    return {name: case for part in made for name, case in part().items()}


def named() -> dict[str, tuple[Case, list[str], list[str]]]:
    """Cases where the reader names other keys than the log's and one witness's."""
    story = Story(chain(1, 2, 3))
    data, text = story.bytes(), story.text()
    both = story.bytes(checkpoint=story.note(text, [KEY, WITNESS, SECOND]))
    nobody = [YES, YES, UNKNOWN, UNKNOWN, YES]
    keys, watch = [KEY.vkey], [WITNESS.vkey]
    return {
        "key-one-of-two": (right(data, GOOD, "the log's key is the second of those trusted"), [STRANGER.vkey, KEY.vkey], watch),
        "key-stranger": (wrong(data, NO1, "another key of the same name is trusted"), [STRANGER.vkey], watch),
        "key-none": ((data, "undetermined", [UNKNOWN, YES, YES, YES, YES], "no key is trusted"), [], watch),
        "witnesses-two": (right(both, GOOD, "two witnesses named, both signed"), keys, [WITNESS.vkey, SECOND.vkey]),
        "witnesses-one-of-two": (right(data, GOOD, "two witnesses named, one signed"), keys, [WITNESS.vkey, SECOND.vkey]),
        "witnesses-none": (right(both, nobody, "two signed, none named"), keys, []),
        "witness-same-key": (wrong(story.bytes(checkpoint=story.note(text, [KEY, SAME])), NO3, "the named witness has the log's own key"), keys, [SAME.vkey]),
        "witness-same-key-absent": (wrong(data, NO3, "the named witness has the log's own key, and didn't sign"), keys, [SAME.vkey, WITNESS.vkey]),
    }  # fmt: skip
