"""Bundles changed at random, by somebody who can sign: material for two verifiers to agree on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import cbor2
from tests.ledger import hostile
from tests.ledger.hostile import KEY, SECOND, WITNESS, Story, chain, commit, link, payload

ODD = [None, True, False, 0, -1, 7, (1 << 64) - 1, b"", b"x" * 32, "", "\n\n", "a", [], {}, [[]],
       {"a": 1}, 1.5]  # fmt: skip
LETTERS = "\n\n +=\u2014\u00a0\u0085\u3000/AZaz09\x00\x7f\u00e9\ufeff"


def mutations(rng: random.Random, count: int) -> Iterator[tuple[str, bytes]]:
    """`count` pairs of how it was changed, and the file."""
    ways = (_bytes, _parts, _payloads, _leaves, _numbers, _notes, _statements)
    good = [Story(chain(1, 2, 3), count=3).bytes(), Story(chain(1, 2)).bytes()]
    for _ in range(count):
        way = rng.choice(ways)
        yield way.__name__[1:], way(rng, rng.choice(good))


def _bytes(rng: random.Random, data: bytes) -> bytes:
    """A byte or two changed, left out, put in; or the end cut off."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(changed))
        way = rng.randrange(4)
        if way == 0:
            changed[at] ^= 1 << rng.randrange(8)
        elif way == 1:
            del changed[at]
        elif way == 2:
            changed.insert(at, rng.randrange(256))
        else:
            changed[at] = rng.choice([0x00, 0x18, 0x1F, 0x5B, 0x7F, 0x9F, 0xBF, 0xF7, 0xFF])
    return bytes(changed[: rng.randrange(1, len(changed))] if rng.random() < 0.1 else changed)


def _parts(rng: random.Random, data: bytes) -> bytes:
    """One or two parts of the map exchanged, and written canonically again."""
    value = cbor2.loads(data)
    places = list(_places(value))
    with suppress(KeyError, IndexError, TypeError):
        for place in rng.sample(places, rng.randint(1, 2)):
            _put(value, place, rng)
    return cbor2.dumps(value, canonical=True)


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        inner = list(value.items())
    else:
        inner = list(enumerate(value)) if isinstance(value, list) else []
    for key, each in inner:
        yield (*at, key)
        yield from _places(each, (*at, key))


def _put(value: Any, place: tuple[Any, ...], rng: random.Random) -> None:
    for key in place[:-1]:
        value = value[key]
    found = value[place[-1]]
    if isinstance(found, str) and found and rng.random() < 0.5:
        value[place[-1]] = _letter(found, rng)
    elif isinstance(found, bytes) and found and rng.random() < 0.5:
        at = rng.randrange(len(found))
        value[place[-1]] = found[:at] + bytes([rng.randrange(256)]) + found[at + 1 :]
    else:
        value[place[-1]] = rng.choice(ODD)


def _letter(text: str, rng: random.Random) -> str:
    """A letter changed, left out, put in or doubled."""
    at, letter = rng.randrange(len(text)), rng.choice(LETTERS)
    middle = rng.choice([letter, "", letter + text[at], text[at] * 2])
    return text[:at] + middle + text[at + 1 :]


def _payloads(rng: random.Random, _: bytes) -> bytes:
    """A payload of odd bytes, committed to and logged as it is."""
    data = bytearray(
        payload(link(1), n=rng.choice([0, 23, 24, -1, 1.5, 1e300, "é", None, [1, [2]]]))
    )
    for _round in range(rng.randint(0, 2)):
        at = rng.randrange(len(data))
        data[at] = rng.choice([data[at] ^ 1 << rng.randrange(8), rng.randrange(256)])
    cut = len(data) - (rng.random() < 0.1)
    return hostile.raw(bytes(data[:cut]))


def _leaves(rng: random.Random, _: bytes) -> bytes:
    """A leaf with an odd field, logged as it is."""
    odd = {
        "v": [1, 2, 0, True, "1", 1.0],
        "id": [b"", bytes(16), bytes(17), "a" * 16],
        "time": [0, 3600, 3601, -3600, (1 << 37) - 1472, (1 << 37) // 3600 * 3600 + 3600, 3600.0, None],
        "type": ["a", "a" * 48, "a" * 49, "A", "", "a.b_c", "1a", "a\n", "ä", b"a"],
        "more": [1],
    }  # fmt: skip
    name = rng.choice(list(odd))
    return Story(chain(1, 2), leaf={name: rng.choice(odd[name])}).bytes()


def _numbers(rng: random.Random, _: bytes) -> bytes:
    """Up to four entries whose numbering is right, or wrong in some way; perhaps a signed count."""
    made: list[bytes] = []
    for n in range(rng.randint(1, 4)):
        number = rng.choice([n + 1] * 6 + [n, n + 2, 0, 1, True, 1.0, "1", None])
        told = commit(made[-1], hostile.salt(n - 1)).hex() if made else None
        told = rng.choice([told] * 6 + [None, "ab" * 32, "AB" * 32, "", 1, b"", "ab" * 32 + "\n"])
        person = link(number, told) if rng.random() < 0.95 else rng.choice(ODD)
        made.append(payload(person, n=n) if rng.random() < 0.95 else payload(n=n))
    count = rng.choice([None, None, len(made), len(made) + 1, len(made) - 1])
    return Story(made, count=count).bytes()


def _notes(rng: random.Random, _: bytes) -> bytes:
    """A checkpoint with odd text, signed as it is; or with odd lines."""
    story = Story(chain(1, 2), count=rng.choice([None, 2]))
    text = story.text()
    if rng.random() < 0.5:
        text = _letter(text, rng)
    lines = [KEY.line(text), WITNESS.line(text, rng.choice([0, 1, hostile.SEEN, 1 << 40]))]
    lines += rng.choice([[], [KEY.line(text)], [SECOND.line(text)], [WITNESS.line(text, 3)]])
    lines += rng.choice([[], [], [WITNESS.blob(b"x" * rng.choice([1, 8, 72]))]])
    rng.shuffle(lines)
    note = text + "\n" + "".join(lines)
    return story.bytes(checkpoint=_letter(note, rng) if rng.random() < 0.4 else note)


def _statements(rng: random.Random, _: bytes) -> bytes:
    """A statement with odd text, signed as it is; or with odd lines."""
    story = Story(chain(1, 2), count=2)
    text = story.statement_text()
    if rng.random() < 0.4:
        text = _letter(text, rng)
    note = story.note(text, rng.choice([[KEY], [KEY, KEY], [WITNESS], [KEY, WITNESS], []]))
    return story.bytes(statement=_letter(note, rng) if rng.random() < 0.4 else note)
