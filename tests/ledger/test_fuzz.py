"""Whatever stands in a file: a sentence or the truth, never a crash and never an acceptance."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from habeas.errors import HabeasError
from habeas.ledger.bundle import verify_bundle
from habeas.ledger.cbor import decode, encode
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.contradiction import Contradiction, fork_of
from habeas.ledger.disclosure import Claim, read_claims, write_claims
from habeas.ledger.note import parse_note
from habeas.ledger.policy import Policy
from habeas.ledger.receipt import Receipt
from habeas.ledger.statement import Account, state_account
from habeas.ledger.tiles import hash_entries, pack_entries, unpack_entries, unpack_hashes
from habeas.ledger.tree import LeafHashes, leaf_hash, root_hash
from habeas.ledger.witness import Witness, write_request

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
FEW, MANY = 150, 10_000  # of each of ten kinds
Kind = tuple[bytes, Callable[[bytes], bool]]


def mutated(raw: bytes, rng: random.Random) -> bytes:
    """One to three changes: bits, bytes gone, doubled, moved, from elsewhere; or plain noise."""
    data = bytearray(raw)
    if rng.random() < 0.02:
        return rng.randbytes(rng.randrange(200))
    for _ in range(rng.randint(1, 3)):
        at, other = rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)
        low, high = min(at, other), min(max(at, other), min(at, other) + 64)
        match rng.randrange(6):
            case 0 | 1 if data:
                data[at % len(data)] ^= 1 << rng.randrange(8)
            case 2:
                del data[low:high]
            case 3:
                data[at:at] = data[low:high]
            case 4:
                data[at:at] = rng.randbytes(rng.randint(1, 4))
            case _:
                data[at : at + 1] = rng.choice([b"\n", b"0", b"9", b"-", b"\xff", b"\x00", b" "])
    return bytes(data)


@pytest.fixture
def kinds(story, key, tmp_path) -> dict[str, Kind]:
    """A good file of each kind, and whether a changed one is accepted as something else."""
    log, note = story.log, story.log.checkpoint().note
    leaf, receipt = story.mine[0][0].leaf, log.receipt(story.mine[0][2])
    bundle = story.bundle()
    nodes = LeafHashes([n.to_bytes(32, "big") for n in range(9)])
    heads = [
        Checkpoint.sign(origin=key.name, size=n, root=r, keys=[key])
        for n, r in ((5, b"\xff" * 32), (9, root_hash(nodes._levels[0])))
    ]
    fork = fork_of(*heads, nodes, key=key.verifier)
    account = state_account(
        subject="li", count=1, first=bytes(32), head=bytes(32),
        checkpoint=log.checkpoint(), key=key, now=NOW,
    )  # fmt: skip
    entries = list(log.entries(0, log.size))
    claims = [Claim(name="a", value=1, salt=bytes(range(32)), index=1)]
    witness = Witness.open(tmp_path / "w", name="w.example")
    witness.watch(key.verifier)
    request = write_request(0, [], note)
    text = parse_note(note).text

    def account_accepted(raw: bytes) -> bool:
        Account.from_bytes(raw).verify(key.verifier)
        return raw != account.to_bytes()

    def receipt_accepted(raw: bytes) -> bool:
        found, _ = Receipt.from_tlog_proof(raw.decode())
        head = found.verify(leaf, key.verifier)
        return (found.index, head.size, head.root) != (
            receipt.index, receipt.size, log.checkpoint().root
        )  # fmt: skip

    def fork_accepted(raw: bytes) -> bool:
        found = Contradiction.from_text(raw.decode(errors="surrogateescape"))
        return {found.a.root, found.b.root} != {fork.a.root, fork.b.root}

    def tile_accepted(raw: bytes) -> bool:
        same = root_hash(unpack_hashes(raw)) == log.checkpoint().root
        return same and raw != b"".join(map(leaf_hash, entries))

    def entries_accepted(raw: bytes) -> bool:
        found = unpack_entries(raw)
        assert [leaf_hash(each) for each in found] == hash_entries(raw)
        return found == entries and raw != pack_entries(entries)

    def witnessed(raw: bytes) -> bool:
        verdict = witness.add(raw, time=1_795_000_000)
        return verdict.status == 200 and text.encode() not in raw

    def verified(raw: bytes) -> bool:
        return raw != bundle and verify_bundle(raw, trusted=[key.vkey]).outcome == "verified"

    return {
        "bundle": (bundle, verified),
        "note": (note.encode(), lambda raw: parse_note(open_checkpoint(raw, key.verifier).note).text != text),
        "tile": (b"".join(map(leaf_hash, entries)), tile_accepted),
        "entries": (pack_entries(entries), entries_accepted),
        "cbor": (leaf, lambda raw: encode(decode(raw)) != raw),
        "proof": (receipt.to_tlog_proof().encode(), receipt_accepted),
        "contradiction": (fork.to_text().encode(), fork_accepted),
        "account": (account.to_bytes(), account_accepted),
        "claims": (write_claims(claims), lambda raw: write_claims(read_claims(raw)) != raw),
        "request": (request, witnessed),
    }  # fmt: skip


def fuzz(kinds: dict[str, Kind], times: int) -> int:
    tried = 0
    for name, (good, accepted) in kinds.items():
        rng = random.Random(name)
        for _ in range(times):
            raw = mutated(good, rng)
            tried += 1
            try:
                wrong = accepted(raw)
            except (HabeasError, UnicodeDecodeError):
                continue
            assert not wrong, (name, raw)
    return tried


def test_some_thousand_changed_files(kinds):
    """A part of the long run below, the same every time."""
    assert 10 * FEW == fuzz(kinds, FEW)


@pytest.mark.slow
def test_a_hundred_thousand_changed_files(kinds):
    """No crash, no acceptance."""
    assert 100_000 == fuzz(kinds, MANY)


def test_policies_of_noise_get_a_sentence():
    """A policy decides whom to believe: it is read whole or not at all."""
    good = "witness a x+12345678+AQ==\ngroup g any a\nquorum g\n"
    for seed in range(300):
        raw = mutated(good.encode(), random.Random(seed)).decode(errors="replace")
        try:
            found = Policy.parse(raw)
        except HabeasError:
            continue
        assert found.quorum is None
