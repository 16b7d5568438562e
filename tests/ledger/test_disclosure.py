"""Claims salted one by one: show this and not that, and nothing that was not said."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, HabeasError, NotVerified
from habeas.ledger.cbor import encode
from habeas.ledger.disclosure import (
    KEY,
    Claim,
    Disclosed,
    check_claims,
    conceal,
    read_claims,
    write_claims,
)

SPEC = Path(__file__).resolve().parents[2] / "specs" / "disclosure-v1.md"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=20), VALUES, max_size=6), st.data())
def test_any_part_can_be_shown_and_nothing_else(said, data):
    """Each choice of claims is accepted; any claim with another value or name is not."""
    payload, claims = conceal(said, decoys=data.draw(st.integers(0, 3)))
    chosen = [c for c in claims if data.draw(st.booleans())]

    assert {c.name: c.value for c in chosen} == check_claims(payload, chosen)
    assert read_claims(write_claims(chosen)) == tuple(chosen)
    for claim in chosen:
        with pytest.raises(NotVerified, match="committed to"):
            check_claims(payload, [replace(claim, name=claim.name + "x")])
        with pytest.raises(NotVerified, match="committed to"):
            check_claims(payload, [replace(claim, value=[claim.value])])


def test_what_is_not_shown_is_not_told():
    """The payload holds no name and no value, sorted digests, and as many decoys as one wants."""
    payload, claims = conceal({"salary": 5000, "employer": "Example"}, decoys=2)
    raw = encode(payload)

    assert b"salary" not in raw
    assert b"Example" not in raw
    assert (4, sorted(payload[KEY])) == (len(payload[KEY]), payload[KEY])
    again, _ = conceal({"salary": 5000, "employer": "Example"})
    assert not set(again[KEY]) & set(payload[KEY])
    assert "5000" not in repr(claims)


def test_a_claim_of_another_entry_or_said_twice_is_refused():
    """A controller can't put two values under one name and show whichever suits."""
    payload, claims = conceal({"a": 1})
    twice = Claim(name="a", value=2, salt=bytes(32))
    payload[KEY].append(twice.digest)
    with pytest.raises(NotVerified, match="one name"):
        check_claims(payload, [*claims, twice])
    here = [replace(each, index=7) for each in claims]
    assert ["a"] == Disclosed.check(here, {7: payload}).names
    for wrong in ([replace(here[0], index=8)], claims):
        with pytest.raises(NotVerified):
            Disclosed.check(wrong, {7: payload})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_byte_is_another_claim_or_none(data):
    """Whatever is changed in the file, what is then shown is not what was committed to."""
    payload, claims = conceal({"a": 1, "b": "x"})
    raw = bytearray(write_claims([replace(c, index=1) for c in claims]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(HabeasError):
        Disclosed.check(read_claims(bytes(raw)), {1: payload})


@pytest.mark.parametrize(
    "value",
    [
        1,
        {"format": "habeas/claims/v1"},
        {"format": "habeas/claims/v2", "claims": []},
        {"format": "habeas/claims/v1", "claims": [1]},
        {
            "format": "habeas/claims/v1",
            "claims": [{"index": -1, "salt": bytes(32), "name": "a", "value": 1}],
        },
        {
            "format": "habeas/claims/v1",
            "claims": [{"index": 1, "salt": bytes(3), "name": "a", "value": 1}],
        },
        {
            "format": "habeas/claims/v1",
            "claims": [{"index": 1, "salt": "a", "name": "a", "value": 1}],
        },
    ],
)
def test_what_is_no_file_of_claims(value):
    """Each a sentence."""
    with pytest.raises(BadInput):
        read_claims(encode(value))


def test_the_vector_of_the_specification():
    """Others can check their code against it."""
    example = json.loads(re.search(r"```json\n(.*?)```", SPEC.read_text(), re.DOTALL)[1])
    claim = Claim(name=example["name"], value=example["value"], salt=bytes.fromhex(example["salt"]))
    assert example["cbor"] == encode([claim.salt, claim.name, claim.value]).hex()
    assert example["digest"] == claim.digest
