"""The asker's side that can wait: the RFC's numbers, and the library's answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voprf import ristretto

from habeas.errors import BadInput, NotVerified
from habeas.relief.exposure import ExposureKey, key_commitment
from habeas.relief.question import (
    Question,
    new_question,
    question_from_map,
    question_to_map,
)
from habeas.relief.ristretto import BASE, IDENTITY, ORDER, decoded, mapped

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
VECTORS = SHARED / "data/evidence/voprf/poc/vectors/allVectors.json"
LIST = [f"139000{n:05d}" for n in range(20)]
KEY = ExposureKey(bytes(32), leak="demo-1")
SET = KEY.publish(LIST, kind="mobile_cn")
COMMITTED = key_commitment(KEY.public_key)

# RFC 9496, A.1: multiples of the generator.
MULTIPLES = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
]


def test_multiples_of_the_generator_are_those_of_the_rfc():
    """RFC 9496, A.1."""
    assert MULTIPLES == [BASE.times(n).to_bytes().hex() for n in range(4)]
    assert IDENTITY.to_bytes() == BASE.times(ORDER).to_bytes()


def suite():
    suites = json.loads(VECTORS.read_text())
    return next(s for s in suites if s["identifier"] == "ristretto255-SHA512" and s["mode"] == 1)


@pytest.mark.skipif(not VECTORS.exists(), reason="the RFC 9497 vectors are not beside the project")
def test_the_vectors_of_the_rfc():
    """Blinded element, proof and output of every single question in the vectors."""
    found = suite()
    singles = [v for v in found["vectors"] if v["Batch"] == 1]
    assert len(singles) >= 2
    for vector in singles:
        question = Question(
            leak="x",
            kind="email",
            blind=int.from_bytes(bytes.fromhex(vector["Blind"]), "little"),
            plain=bytes.fromhex(vector["Input"]),
        )
        answer = bytes.fromhex(vector["Proof"]["proof"] + vector["EvaluationElement"])

        assert vector["BlindedElement"] == question.blinded.hex()
        assert vector["Output"] == question.output(answer, bytes.fromhex(found["pkSm"])).hex()


@given(st.binary(min_size=1, max_size=60))
@settings(max_examples=15, deadline=None)
def test_the_library_answers_our_questions(plain):
    """Blinded here, evaluated by the library, unblinded here: the library's own output."""
    evaluator = ristretto.Evaluator.from_seed(bytes(32), b"x")
    question = Question(leak="x", kind="email", blind=12345678901234567890, plain=plain)
    answer = evaluator.evaluate(ristretto.BlindedInput.deserialize(question.blinded)).serialize()

    output = question.output(bytes(answer), bytes(evaluator.public_key.serialize()))

    assert bytes(evaluator.evaluate_known_input(plain)) == output


@given(st.binary(min_size=64, max_size=64).filter(any))
@settings(max_examples=30, deadline=None)
def test_every_mapped_element_can_be_read_back(uniform):
    """One element, one encoding."""
    encoding = mapped(uniform).to_bytes()

    assert encoding == decoded(encoding).to_bytes()


def asked(identifier, *, key=KEY, commitment=COMMITTED, published=SET):
    question = question_from_map(
        question_to_map(new_question("mobile_cn", identifier, leak="demo-1"))
    )
    return question.answer(key.evaluate(question.blinded), published, commitment=commitment)


def test_who_is_in_it_learns_so_and_who_is_not_does_too():
    """Also after the question was put away and taken out again."""
    assert asked("139-0000-0007")
    assert not asked("13800138000")


def test_a_key_made_for_one_person_is_caught():
    """The dishonest controller answers one asker with another key."""
    other = ExposureKey(bytes([1]) * 32, leak="demo-1")

    with pytest.raises(NotVerified, match="proof"):
        asked(LIST[0], key=other)
    with pytest.raises(NotVerified, match="committed"):
        asked(LIST[0], key=other, published=other.publish(LIST, kind="mobile_cn"))


@pytest.mark.parametrize("at", [0, 31, 32, 63, 64, 95])
def test_an_answer_changed_anywhere_means_nothing(at):
    """Element, challenge and response are all held by the proof."""
    question = new_question("mobile_cn", LIST[0], leak="demo-1")
    answer = bytearray(KEY.evaluate(question.blinded))
    answer[at] ^= 1

    with pytest.raises(NotVerified):
        question.answer(bytes(answer), SET, commitment=COMMITTED)


def test_a_set_of_another_leak_is_not_looked_into():
    """Not being in another leak is no answer."""
    question = new_question("mobile_cn", LIST[0], leak="demo-2")

    with pytest.raises(NotVerified, match="another leak"):
        question.answer(KEY.evaluate(question.blinded), SET, commitment=COMMITTED)


def test_rubbish_is_no_element():
    """Nor is the identity, which would unblind to the same output for everybody."""
    for data in (bytes(32), b"\xff" * 32, b"\1" + bytes(31), bytes(31)):
        with pytest.raises(NotVerified):
            decoded(data)


def reads(data):
    try:
        decoded(data)
    except NotVerified:
        return False
    return True


def reads_in_the_library(data):
    try:
        ristretto.BlindedInput.deserialize(data)
    except Exception:  # noqa: BLE001 - the extension raises its own types
        return False
    return True


@given(st.binary(min_size=32, max_size=32), st.booleans())
@settings(max_examples=60, deadline=None)
def test_we_read_exactly_the_encodings_the_library_reads(data, masked):
    """A second encoding of one element would let an answer be made to differ."""
    data = data[:31] + bytes([data[31] & 0x7F]) if masked else data

    assert reads_in_the_library(data) == reads(data)


# RFC 9496, A.2: not canonical, negative, no square, negative t, y = 0.
BAD = [
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@pytest.mark.parametrize("encoding", BAD)
def test_encodings_the_rfc_refuses_are_refused(encoding):
    """By us and by the library."""
    data = bytes.fromhex(encoding)

    assert not reads(data)
    assert not reads_in_the_library(data)


@pytest.mark.parametrize("change", [lambda b: b + b"\0", lambda b: b[:-1], lambda b: b"\0" + b])
def test_an_encoding_has_32_bytes(change):
    """Not one more, though the number be the same."""
    assert not reads(change(BASE.times(3).to_bytes()))


def test_a_question_shows_neither_identifier_nor_blind():
    """It is printed in tracebacks."""
    shown = repr(new_question("mobile_cn", "13800138000", leak="demo-1"))

    assert "138" not in shown
    assert "blind" not in shown


def test_a_damaged_state_says_so():
    """Ask anew."""
    with pytest.raises(BadInput):
        question_from_map({"leak": "x"})
