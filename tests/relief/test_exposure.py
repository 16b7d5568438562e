"""The private check: right answers, nothing learned, and a key made for one person is caught."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from voprf import ristretto

from habeas.errors import BadInput, NotVerified
from habeas.relief.exposure import Check, ExposureKey, Publication, key_commitment, normalise

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
VECTORS = SHARED / "data/evidence/voprf/poc/vectors/allVectors.json"
LIST = [f"139000{n:05d}" for n in range(300)]
KEY = ExposureKey(bytes(32), leak="demo-1")
SET = KEY.publish(LIST, kind="mobile_cn")
COMMITTED = key_commitment(KEY.public_key)


def asked(identifier, *, key=KEY, published=SET, commitment=COMMITTED):
    check = Check("mobile_cn", identifier)
    return check.answer(key.evaluate(check.question), published, commitment=commitment)


@pytest.mark.skipif(not VECTORS.exists(), reason="the RFC 9497 vectors are not beside the project")
def test_the_vectors_of_the_rfc():
    """Public key and outputs of the ristretto255 VOPRF suite."""
    suites = json.loads(VECTORS.read_text())
    suite = next(s for s in suites if s["identifier"] == "ristretto255-SHA512" and s["mode"] == 1)
    made = ristretto.Evaluator.from_seed(
        bytes.fromhex(suite["seed"]), bytes.fromhex(suite["keyInfo"])
    )

    assert suite["pkSm"] == made.public_key.serialize().hex()
    for vector in suite["vectors"]:
        pairs = zip(vector["Input"].split(","), vector["Output"].split(","), strict=True)
        for given, output in pairs:
            assert output == made.evaluate_known_input(bytes.fromhex(given)).hex()


def test_who_is_in_it_learns_so_and_who_is_not_does_too():
    """Both answers are right, in whatever form the number is typed."""
    assert asked("139-0000-0007")
    assert asked("+86 139 0000 0007")
    assert not asked("13800138000")


def test_two_questions_for_one_number_are_unlike():
    """The controller can't tell who asks, nor that the same number is asked for twice."""
    assert Check("mobile_cn", LIST[0]).question != Check("mobile_cn", LIST[0]).question


def test_a_key_made_for_one_person_is_caught():
    """The dishonest controller answers one asker with another key to mark them."""
    other = ExposureKey(bytes([1]) * 32, leak="demo-1")

    with pytest.raises(NotVerified, match="proof"):
        asked(LIST[0], key=other)
    with pytest.raises(NotVerified, match="committed"):
        asked(LIST[0], key=other, published=other.publish(LIST, kind="mobile_cn"))


def test_the_set_shows_no_identifier():
    """Neither the numbers nor their plain hashes are in what is published."""
    from hashlib import sha256

    for number in LIST[:20]:
        assert number.encode() not in SET.outputs
        assert sha256(normalise("mobile_cn", number)).digest()[:16] not in SET.outputs


def test_a_bad_row_is_named_by_its_place_only():
    """Left out in silence it would tell that person they are safe."""
    with pytest.raises(BadInput, match="row 2") as caught:
        KEY.publish(["13900000001", "zq7-marked"], kind="mobile_cn")

    assert "zq7" not in str(caught.value)


def test_a_damaged_set_is_said():
    """A truncated download must not answer "not in it"."""
    with pytest.raises(BadInput):
        Publication(leak="x", kind="email", public_key=KEY.public_key, outputs=b"123")


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("email", ["A@Example.com", " a@example.COM "]),
        ("cn_resident_id", ["11010519491231002x", "１１０１０５ 19491231 002X"]),
        ("mobile_cn", ["13800138000", "8613800138000", "0086-138 0013 8000"]),
    ],
)
def test_one_identifier_has_one_form(kind, written):
    """Both sides must hash the same bytes."""
    assert 1 == len({normalise(kind, w) for w in written})


def test_rubbish_questions_get_a_sentence():
    """The server's door: not a point of the group."""
    with pytest.raises(BadInput):
        KEY.evaluate(b"\xff" * 32)
