"""CBOR, commitments, keys and the vault."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, HabeasError, NotVerified, Refused
from habeas.ledger.cbor import decode, encode
from habeas.ledger.commitment import (
    Leaf,
    PersonLink,
    commit,
    open_sealed,
    own_record_id,
    seal,
    split_secret,
)
from habeas.ledger.keys import KeyKind, SigningKey, VerifierKey
from habeas.ledger.vault import FolderKeys, MemoryKeys, Vault

NOW = datetime(2026, 11, 24, 10, 59, 59, tzinfo=UTC)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 64), (1 << 64) - 1),
    st.text(max_size=9),
    st.binary(max_size=9),
    st.floats(allow_nan=False, allow_infinity=False),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_what_is_written_reads_back_in_both_decoders(value):
    """Our decoder and cbor2 read the same value from the same bytes."""
    data = encode(value)

    assert value == decode(data) == cbor2.loads(data)
    assert data == encode(decode(data))


@given(st.binary(max_size=40))
@settings(max_examples=100)
def test_no_bytes_crash_the_decoder_or_have_two_readings(data):
    """A stranger's bytes are one value in its canonical form, or BadInput."""
    try:
        value = decode(data)
    except BadInput:
        return
    assert data == encode(value)


@given(values, st.data())
def test_a_changed_byte_is_another_value_or_none(value, data):
    """Two encodings of one value would be two commitments to it."""
    raw = bytearray(encode(value))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    try:
        assert encode(value) != encode(decode(bytes(raw)))
    except BadInput:
        assert raw != encode(value)


@pytest.mark.parametrize(
    "bad",
    [
        "1801",
        "5f4101ff",
        "9fff",
        "bfff",
        "c074",
        "a2616101616102",
        "a10102",
        "f7",
        "f6f6",
        "",
        "1b00000000000000",
        "fb7ff8000000000000",
        "fa3f800000",
        "9bffffffffffffffff",
        "5bffffffffffffffff",
        "81" * 40 + "f6",
        "a2616201616102",
        "63ffffff",
        "1c",
        "ff",
        "e0",
        "f97e00",
    ],
)
def test_forms_we_do_not_read(bad: str):
    """Not shortest, endless, tagged, doubled, misordered, too deep, too long: all refused."""
    with pytest.raises(BadInput):
        decode(bytes.fromhex(bad))


@pytest.mark.parametrize(
    "value",
    [
        NOW,
        {1: 2},
        math.nan,
        math.inf,
        {"a": [1 << 64]},
        {"a": {"b": {1}}},
        [[[]] * 2] * 2 and eval("[" * 40 + "]" * 40),
        object(),
    ],
)
def test_values_that_cannot_be_committed_to_are_named_by_place(value):
    """A value with several encodings, or none, is refused before it is sealed."""
    with pytest.raises(BadInput):
        encode(value)
    with pytest.raises(BadInput, match=r"a\.b\[1\]"):
        encode({"a": {"b": [0, math.nan]}})


@given(st.dictionaries(st.text(max_size=5), values, max_size=4))
@settings(max_examples=60)
def test_who_holds_salt_and_payload_can_open_the_leaf(payload):
    """What was sealed is what is opened, and the leaf tells type and hour alone."""
    sealed = seal(payload, kind="choice.given", now=NOW)
    leaf = Leaf.parse(sealed.leaf)

    assert payload == open_sealed(sealed.leaf, *split_secret(sealed.secret))
    assert ("choice.given", datetime(2026, 11, 24, 10, tzinfo=UTC), sealed.record_id) == (
        leaf.kind,
        leaf.time,
        leaf.record_id,
    )
    assert (
        sha256(b"habeas/commit/v1\x00" + sealed.salt + sealed.payload).digest()
        == leaf.commitment
        == sealed.commitment
    )
    assert {"v", "type", "time", "id", "commitment"} == set(cbor2.loads(sealed.leaf))


@given(st.data())
@settings(max_examples=80)
def test_nothing_else_opens_it(data):
    """Any other salt or payload is refused: the commitment binds."""
    sealed = seal({"decision": "given"}, kind="choice.given", now=NOW)
    which = data.draw(st.sampled_from(["salt", "payload", "leaf"]))
    parts = {"leaf": sealed.leaf, "salt": sealed.salt, "payload": sealed.payload}
    changed = bytearray(parts[which])
    start = 0 if which != "leaf" else sealed.leaf.index(sealed.commitment)
    at = data.draw(st.integers(start, start + 31 if which == "leaf" else len(changed) - 1))
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(HabeasError):
        open_sealed(**(parts | {which: bytes(changed)}))


def test_equal_payloads_have_unequal_leaves():
    """Without the salt nobody can tell whether two entries say the same: it hides."""
    one, two = (seal({"n": 1}, kind="a", now=NOW) for _ in range(2))

    assert one.payload == two.payload
    assert one.commitment != two.commitment
    assert one.record_id != two.record_id


@pytest.mark.parametrize("kind", ["", "Choice", "1a", "a b", "a" * 49, "a\n"])
def test_types_that_say_too_much_or_nothing(kind: str):
    """The type is public: a short word, never free text."""
    with pytest.raises(BadInput):
        seal({}, kind=kind, now=NOW)
    with pytest.raises(ValueError, match="zone"):
        seal({}, kind="a", now=NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"time": 1},
        {"time": -3600},
        {"time": "x"},
        {"id": b"x"},
        {"commitment": b""},
        {"type": "X"},
        {"type": 1},
        {"extra": 1},
        {"time": 3600 << 40},
        {"time": ((1 << 38) // 3600 - 1) * 3600},
        {"time": (1 << 37) // 3600 * 3600 + 3600},
        {"v": None},
    ],
)
def test_leaves_that_are_no_entry(change):
    """A leaf has these fields and no others: nothing can be smuggled into the log."""
    leaf = cbor2.loads(seal({}, kind="a", now=NOW).leaf) | change
    data = cbor2.dumps(leaf, canonical=True)
    for parse in (Leaf.parse, Leaf.parse_own, own_record_id):
        with pytest.raises(BadInput):
            parse(data)
    for raw in (b"", b"\xff", cbor2.dumps(leaf | {"zz": 1}), cbor2.dumps([1])):
        for parse in (Leaf.parse_own, own_record_id):
            with pytest.raises(BadInput):
                parse(raw)


@pytest.mark.parametrize("kind", ["a", "a.b" * 9])
def test_the_quick_readers_of_a_leaf_agree_with_the_strict_one(kind):
    """With any byte one up or down, the three readers refuse together or name the same id."""
    leaf = seal({}, kind=kind, now=NOW, record_id=bytes(range(16))).leaf
    readers = (
        lambda data: Leaf.parse(data).record_id,
        lambda data: Leaf.parse_own(data).record_id,
        own_record_id,
    )
    for at in range(len(leaf)):
        for step in (1, -1):
            changed = leaf[:at] + bytes([(leaf[at] + step) % 256]) + leaf[at + 1 :]
            assert 1 == len({_answer(read, changed) for read in readers}), (at, step)


def _answer(read, data: bytes) -> bytes | None:
    try:
        return read(data)
    except BadInput:
        return None


@pytest.mark.parametrize(
    "person",
    [
        None,
        1,
        {},
        {"counter": 0, "previous": None},
        {"counter": True, "previous": None},
        {"counter": 1, "previous": "0" * 64},
        {"counter": 2, "previous": None},
        {"counter": 2, "previous": "0" * 63},
        {"counter": 2, "previous": "A" * 64},
        {"counter": 2, "previous": 12},
        {"counter": "1", "previous": None},
    ],
)
def test_links_that_do_not_fit(person):
    """A broken counter is not 'no counter'."""
    with pytest.raises(NotVerified):
        PersonLink.of({"person": person})


def test_a_link_reads_back():
    """What the controller writes into the payload is what `verify` reads."""
    link = PersonLink(counter=2, previous=commit(bytes(32), b""))

    assert link == PersonLink.of({"person": link.as_payload()})
    assert PersonLink.of({}) is None


def test_a_key_file_is_for_its_owner_alone(tmp_path: Path):
    """0600 whatever the umask; refused once others can read it; never overwritten."""
    path = tmp_path / "signing.key"
    key = SigningKey.generate("platform.example/log")
    key.to_file(path)

    assert 0o600 == path.stat().st_mode & 0o777
    assert key == SigningKey.from_file(path)
    assert key.seed.hex() not in repr(key) + str(key.verifier)
    with pytest.raises(BadInput, match="already there"):
        key.to_file(path)
    path.chmod(0o640)
    with pytest.raises(BadInput, match="others can read"):
        SigningKey.from_file(path)
    with pytest.raises(BadInput):
        SigningKey.from_file(tmp_path / "none")


@given(st.data())
@settings(max_examples=50)
def test_a_damaged_key_is_refused(data):
    """A key with a wrong letter signs nothing and trusts nothing."""
    key = SigningKey(name="a", kind=KeyKind.ED25519, seed=bytes(32))
    text = key.vkey
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(
        st.characters(min_codepoint=33, max_codepoint=126).filter(lambda c: c != text[at])
    )
    with pytest.raises(BadInput):
        VerifierKey.parse(text[:at] + letter + text[at + 1 :])


def test_keys_of_types_we_cannot_check_are_refused():
    """ECDSA and the like come later; to pretend would be to trust."""
    for kind in (2, 5):
        public = bytes(32)
        key_id = sha256(b"a\n" + bytes([kind]) + public).digest()[:4].hex()
        blob = __import__("base64").b64encode(bytes([kind]) + public).decode()
        with pytest.raises(BadInput, match="type we can check"):
            VerifierKey.parse(f"a+{key_id}+{blob}")
    for name in ("", "a b", "a+b", "a\nb", "a\x9bb", "a\u202eb"):
        with pytest.raises(BadInput):
            SigningKey.generate(name)
    with pytest.raises(BadInput):
        SigningKey(name="a", seed=bytes(31))


@pytest.fixture(params=["memory", "folder"])
def store(request, tmp_path: Path):
    return MemoryKeys() if request.param == "memory" else FolderKeys(tmp_path / "vault")


def test_what_is_sealed_for_one_is_opened_for_that_one_only(store):
    """Subject, record and master all count; an altered byte is refused."""
    vault = Vault(b"m" * 32, keys=store)
    sealed = vault.encrypt(b"secret", b"li", record=b"r1")

    assert b"secret" == vault.decrypt(sealed, b"li", record=b"r1")
    assert b"secret" == Vault(b"m" * 32, keys=store).decrypt(sealed, b"li", record=b"r1")
    assert b"n" == vault.decrypt(vault.encrypt(b"n", None), None)
    for subject, record in ((b"li", b"r2"), (None, b"r1"), (b"wang", b"r1")):
        with pytest.raises(HabeasError):
            vault.decrypt(sealed, subject, record=record)
    for at in range(0, len(sealed), 7):
        with pytest.raises(NotVerified):
            vault.decrypt(
                sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], b"li", record=b"r1"
            )
    with pytest.raises(NotVerified):
        vault.decrypt(sealed[:20], b"li", record=b"r1")
    with pytest.raises(Refused, match="was erased"):
        vault.decrypt(b"", b"li", record=b"r1")


def test_destroying_one_person_leaves_the_others(store):
    """Erasure of one: theirs can't be opened by anybody, all else opens as before."""
    vault = Vault(b"m" * 32, keys=store)
    gone, stays = vault.encrypt(b"a", b"li"), vault.encrypt(b"b", b"wang")
    vault.destroy(b"li")
    vault.destroy(b"li")

    for reader in (vault, Vault(b"m" * 32, keys=store)):
        assert b"b" == reader.decrypt(stays, b"wang")
        assert not reader.holds(b"li")
        with pytest.raises(Refused, match="erased"):
            reader.decrypt(gone, b"li")
    again = vault.encrypt(b"c", b"li")
    assert b"c" == vault.decrypt(again, b"li")
    with pytest.raises(NotVerified):
        vault.decrypt(gone, b"li")


def test_rotation_keeps_survivors_and_ends_the_old_master(store):
    """After an epoch an old backup of wrapped keys opens nothing: their master is gone."""
    old = Vault(b"m" * 32, keys=store)
    gone, stays = old.encrypt(b"a", b"li"), old.encrypt(b"b", b"wang")
    old.destroy(b"li")
    new = old.rotate(b"n" * 32)
    backup = {name: store.get(old.epoch, name) for name in store.subjects(old.epoch)}

    assert b"b" == old.decrypt(stays, b"wang") == new.decrypt(stays, b"wang")
    old.destroy_epoch()
    assert b"b" == Vault(b"n" * 32, keys=store).decrypt(stays, b"wang")
    assert old.epoch != new.epoch
    assert [] == list(store.subjects(old.epoch))
    with pytest.raises(Refused):
        Vault(b"n" * 32, keys=store).decrypt(gone, b"li")
    with pytest.raises(Refused):
        Vault(b"m" * 32, keys=store).decrypt(stays, b"wang")
    restored = MemoryKeys()
    for name, wrapped in backup.items():
        restored.put(new.epoch, name, wrapped)
    with pytest.raises(NotVerified):
        Vault(b"n" * 32, keys=restored).decrypt(stays, b"wang")


def test_no_secret_is_stored_in_the_clear(tmp_path: Path):
    """The folder of wrapped keys holds no subject and no key; its files are the owner's."""
    vault = Vault(b"m" * 32, keys=FolderKeys(tmp_path))
    vault.encrypt(b"a", b"subject-of-li")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]

    assert 1 == len(files)
    assert 0o600 == files[0].stat().st_mode & 0o777
    assert b"subject-of-li" not in files[0].read_bytes() + str(files[0]).encode()
    assert 12 + 32 + 16 == len(files[0].read_bytes())
    with pytest.raises(BadInput):
        Vault(b"short", keys=MemoryKeys())


def test_the_example_of_the_specification():
    """The bytes printed in specs/ledger-entry-v1.md are the bytes we make."""
    text = (Path(__file__).resolve().parents[2] / "specs" / "ledger-entry-v1.md").read_text()
    example = json.loads(text.split("```json")[1].split("```")[0])
    salt, payload = bytes.fromhex(example["salt"]), bytes.fromhex(example["payload_cbor"])
    leaf = bytes.fromhex(example["leaf"])

    assert example["payload_cbor"] == encode(example["payload"]).hex()
    assert (
        example["commitment"]
        == Leaf.parse(leaf).commitment.hex()
        == sha256(b"habeas/commit/v1\x00" + salt + payload).hexdigest()
    )
    assert example["payload"] == open_sealed(leaf, salt, payload)
    assert example["leaf_hash"] == sha256(b"\x00" + leaf).hexdigest()


@pytest.mark.parametrize(
    "wrap", [lambda inner: [inner], lambda inner: {"a": inner}, lambda inner: ({"a": [inner]})]
)
def test_nesting_has_one_limit_for_writer_and_reader(wrap):
    """Whatever can be written can be read, and neither follows a stranger into the depths."""
    value, deepest = None, b"\xf6"
    for _ in range(60):
        try:
            data = encode(value)
        except BadInput:
            break
        assert value == decode(data)
        value, deepest = wrap(value), data
    else:
        pytest.fail("a value sixty levels deep was written")
    assert len(deepest) > 16
    with pytest.raises(BadInput, match="deep"):
        decode(cbor2.dumps(wrap(wrap(value)), canonical=True))
