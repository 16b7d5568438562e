"""Messages between homes: what is accepted, and everything that isn't."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import BadInput, HabeasError, NotVerified
from habeas.ledger.envelope import (
    Attachment,
    Card,
    open_envelope,
    read_unverified_sender,
    write_envelope,
)
from habeas.ledger.keys import SigningKey

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
ALICE = SigningKey.generate("alice.example")
BOB = SigningKey.generate("bob.example")
EVE = SigningKey.generate("eve.example")
SEALING = X25519PrivateKey.generate()
BOB_CARD = Card(
    name="Bob",
    party="authority",
    key=BOB.verifier,
    sealing=SEALING.public_key().public_bytes_raw(),
)


def sent(**changed):
    facts = {
        "kind": "complaint",
        "body": {"says": "zq7-marked"},
        "key": ALICE,
        "to": BOB_CARD,
        "now": NOW,
        "attachments": [Attachment(name="screen.png", data=b"zq7-picture")],
    }
    return write_envelope(**(facts | changed))


def opened(data, **changed):
    facts = {"me": BOB.verifier, "sealing": SEALING, "trusted": [ALICE.verifier]}
    return open_envelope(data, **(facts | changed))


@given(
    st.dictionaries(st.text(max_size=5), st.integers(0, 9) | st.text(max_size=9), max_size=4),
    st.booleans(),
    st.lists(st.binary(max_size=50), max_size=3),
)
def test_what_is_sent_arrives(body, seal, files):
    """Whatever the content, sealed or open, with or without attachments."""
    attached = [Attachment(name=f"{n}.bin", data=data) for n, data in enumerate(files)]
    found = opened(sent(body=body, seal=seal, attachments=attached))

    assert (body, attached) == (found.body, list(found.attachments))


def test_no_byte_can_be_changed():
    """Every single byte flipped: refused, with a sentence."""
    data = sent()
    for at in range(len(data)):
        broken = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(HabeasError):
            opened(broken)


def test_a_sealed_envelope_shows_nothing_of_its_content():
    """Who carries it reads who wrote to whom and when, and no more."""
    data = sent()

    assert b"zq7" not in data
    assert b"zq7" in sent(seal=False)


def test_a_stranger_is_not_believed():
    """A good signature of a key nobody trusts is a stranger's."""
    with pytest.raises(NotVerified, match="not one you trust"):
        opened(sent(key=EVE))


def test_a_forger_who_names_another_sender_is_found():
    """The dishonest party: Eve's signature under Alice's name."""
    from habeas.ledger.cbor import decode, encode

    outer = decode(sent())
    outer["signature"] = EVE.sign(b"habeas/envelope/v1\0" + outer["envelope"])

    with pytest.raises(NotVerified, match="signature"):
        opened(encode(outer))


def test_a_letter_to_somebody_else_is_not_ours():
    """A replayed envelope of another addressee is refused even if its sender is trusted."""
    with pytest.raises(NotVerified, match="somebody else"):
        opened(sent(), me=EVE.verifier)


def test_an_attachment_cannot_be_swapped_for_another_envelopes():
    """Attachments are bound to the signature and, sealed, to the envelope's id and their place."""
    from habeas.ledger.cbor import decode, encode

    one, two = decode(sent()), decode(sent())
    one["attachments"] = two["attachments"]

    with pytest.raises(NotVerified, match="attachment 1"):
        opened(encode(one))


@pytest.mark.parametrize("data", [b"", b"hello", b"\xa0", b"\xff" * 100])
def test_rubbish_gets_a_sentence(data):
    """Not an envelope: BadInput, never a traceback."""
    with pytest.raises(BadInput):
        opened(data)


@pytest.mark.parametrize("name", ["../x", "a/b", "", "..", "a\\b"])
def test_attachment_names_have_no_folders(name):
    """A file name from a stranger never becomes a path."""
    with pytest.raises(BadInput):
        Attachment(name=name, data=b"")


def test_the_claimed_sender_can_be_read_and_is_called_unverified():
    """To ask a person for trust one must say whose; nothing else is read."""
    assert ALICE.vkey == read_unverified_sender(sent())


def test_a_card_proves_possession_of_its_key_only():
    """A card signed by another key than its own is refused."""
    good = Card(name="A", party="person", key=ALICE.verifier, sealing=bytes(32))

    assert good == Card.from_bytes(good.to_bytes(ALICE))
    with pytest.raises(NotVerified):
        Card.from_bytes(good.to_bytes(EVE))


def test_an_unknown_type_is_not_written():
    """Types are a closed list: what nobody can read isn't sent."""
    with pytest.raises(BadInput):
        sent(kind="rumour")
