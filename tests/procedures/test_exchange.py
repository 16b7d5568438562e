"""Envelopes between homes in processes of their own: once each, and whoever cheats is found out."""

from __future__ import annotations

import base64
import importlib.util
import json
import sys
from pathlib import Path

import pytest

from habeas.errors import NotVerified
from habeas.ledger.contradiction import Contradiction
from habeas.ledger.receipt import Receipt

_PATH = Path(__file__).parent / "exchange_people.py"
if "habeas_exchange_people" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("habeas_exchange_people", _PATH)
    sys.modules["habeas_exchange_people"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["habeas_exchange_people"])
people = sys.modules["habeas_exchange_people"]


@pytest.fixture(scope="module")
def parties(tmp_path_factory):
    """A platform, a borrower and an authority."""
    kinds = {"platform": "controller", "borrower": "person", "authority": "authority"}
    found = people.neighbours(tmp_path_factory.mktemp("homes"), kinds)
    yield found
    for party in found.values():
        party.close()


def test_a_complaint_arrives_and_its_receipt_comes_back(parties):
    """What was sealed is read by the addressee, with its files; the sender has proof."""
    sent = parties["borrower"](
        "send",
        kind="complaint",
        to="authority",
        body={"says": "zq7"},
        attachments=[("screen.png", people.text("zq7-picture"))],
    )
    done = parties["authority"]("receive", raw_=sent["raw"])
    back = parties["borrower"]("receive", raw_=done["receipt"])
    files = parties["authority"]("content", id_=sent["id"])

    assert ("kept", False, "delivered") == (done["effect"], done["again"], back["effect"])
    assert {"says": "zq7"} == json.loads(base64.b64decode(files["body.json"]))
    assert b"zq7-picture" == base64.b64decode(files["01-screen.png"])
    assert [] == parties["borrower"]("waiting")


def test_an_envelope_that_comes_twice_is_received_once(parties):
    """The network doubles; the second time changes nothing and brings the same receipt."""
    sent = parties["borrower"]("send", kind="request", to="platform", body={})
    first = parties["platform"]("receive", raw_=sent["raw"])
    before = len(parties["platform"]("letters"))
    second = parties["platform"]("receive", raw_=sent["raw"])

    assert (True, first["receipt"]) == (second["again"], second["receipt"])
    assert before == len(parties["platform"]("letters"))


def test_a_letter_that_waits_is_sent_again_as_it_was(parties):
    """Lost on the road it goes again, byte for byte, until the receipt comes."""
    sent = parties["platform"]("send", kind="answer", to="borrower", body={})

    assert [sent["raw"]] == [each["raw"] for each in parties["platform"]("waiting")]
    people.deliver_all(parties)
    assert [] == parties["platform"]("waiting")


def test_a_gap_in_a_thread_shows(parties):
    """The second letter names the first: whoever gets only the second knows one is missing."""
    first = parties["platform"]("send", kind="answer", to="borrower", body={"n": 1})
    second = parties["platform"](
        "send", kind="answer", to="borrower", body={"n": 2}, thread=first["thread"]
    )
    late = parties["borrower"]("receive", raw_=second["raw"])
    parties["borrower"]("receive", raw_=first["raw"])
    again = parties["borrower"]("receive", raw_=second["raw"])

    assert (True, False) == (late["gap"], again["gap"])
    third = parties["platform"](
        "send", kind="answer", to="borrower", body={}, thread=first["thread"]
    )
    fourth = parties["platform"](
        "send", kind="answer", to="borrower", body={}, thread=first["thread"]
    )
    assert parties["borrower"]("receive", raw_=fourth["raw"])["gap"]
    assert not parties["borrower"]("receive", raw_=third["raw"])["gap"]


def test_a_recipient_that_denies_receipt_is_refuted_by_its_own_log(parties):
    """The dishonest recipient: envelope, receipt and key alone show what its log holds."""
    sent = parties["borrower"]("send", kind="request", to="platform", body={"right": "copy"})
    people.deliver_all(parties)
    proof = parties["borrower"]("proof", id_=sent["id"])
    vkey = base64.b64decode(proof["vkey"]).decode()

    # A third party checks; it knows neither home.
    found = parties["authority"](
        "verify", envelope=proof["envelope"], receipt=proof["receipt"], vkey=vkey
    )
    assert "request" == found["type"]
    assert vkey.strip() == parties["platform"].vkey

    other = parties["borrower"]("send", kind="request", to="platform", body={"right": "erase"})
    with pytest.raises(people.Said, match="another envelope"):
        parties["authority"]("verify", envelope=other["raw"], receipt=proof["receipt"], vkey=vkey)
    with pytest.raises(people.Said, match="no receipt"):
        parties["borrower"]("proof", id_=other["id"])
    people.deliver_all(parties)


def test_a_receipt_by_another_key_proves_nothing(parties):
    """A sender can't make the receiver's receipt itself."""
    sent = parties["borrower"]("send", kind="request", to="platform", body={})
    people.deliver_all(parties)
    proof = parties["borrower"]("proof", id_=sent["id"])

    with pytest.raises(people.Said, match="not one you trust"):
        parties["authority"](
            "verify",
            envelope=proof["envelope"],
            receipt=proof["receipt"],
            vkey=parties["authority"].vkey,
        )


def test_the_same_id_with_other_content_is_refused_and_kept(parties):
    """The dishonest sender: two words under one id; both are signed, both stay as evidence."""
    sent = parties["platform"]("send", kind="answer", to="borrower", body={"says": "one"})
    parties["borrower"]("receive", raw_=sent["raw"])
    forged = parties["platform"]("same_id", raw_=sent["raw"], to="borrower")

    for _ in range(2):
        with pytest.raises(people.Said, match="another envelope with this id") as refused:
            parties["borrower"]("receive", raw_=forged)
        assert "refused" == refused.value.code
    assert "kept" == parties["borrower"]("receive", raw_=sent["raw"])["effect"]
    people.deliver_all(parties)


def test_an_envelope_for_somebody_else_is_refused(parties):
    """The replay: what was sent to the platform is handed to the authority."""
    sent = parties["borrower"]("send", kind="request", to="platform", body={})

    with pytest.raises(people.Said, match="addressed to somebody else"):
        parties["authority"]("receive", raw_=sent["raw"])
    people.deliver_all(parties)


def test_an_altered_envelope_is_refused_and_leaves_nothing(parties):
    """A byte changed on the road: the signature doesn't fit."""
    sent = parties["borrower"]("send", kind="request", to="platform", body={})
    broken = bytearray(base64.b64decode(sent["raw"]))
    broken[len(broken) // 2] ^= 1
    before = len(parties["platform"]("letters"))

    with pytest.raises(people.Said):
        parties["platform"]("receive", raw_=base64.b64encode(bytes(broken)).decode())
    assert before == len(parties["platform"]("letters"))
    people.deliver_all(parties)


@pytest.mark.parametrize(
    "changes", [{"id": 5}, {"thread": "x"}, {"previous": 7}, {"attachments": 3}, {"at": "noon"}]
)
def test_a_sender_that_signs_nonsense_is_refused_in_one_sentence(parties, changes):
    """The dishonest sender who knows the format: signed rubbish is bad input, no fault of ours."""
    sent = parties["borrower"]("send", kind="request", to="platform", body={})
    forged = parties["borrower"]("forged", raw_=sent["raw"], changes=changes)

    with pytest.raises(people.Said) as refused:
        parties["platform"]("receive", raw_=forged)
    assert refused.value.code in ("bad_input", "not_verified")
    people.deliver_all(parties)


def test_a_controller_that_shows_two_logs_signs_the_proof_itself(parties):
    """The dishonest controller: two receipts out of two logs of one size can't both be true."""
    sent = parties["borrower"]("send", kind="request", to="platform", body={})
    done = parties["platform"]("receive", raw_=sent["raw"])
    parties["borrower"]("receive", raw_=done["receipt"])
    shown = parties["borrower"]("proof", id_=sent["id"])
    size = parties["authority"](
        "verify",
        envelope=shown["envelope"],
        receipt=shown["receipt"],
        vkey=base64.b64decode(shown["vkey"]).decode(),
    )["size"]
    second = parties["borrower"]("send", kind="request", to="platform", body={})
    lie = parties["platform"]("other_log", raw_=second["raw"], size=size)

    assert {} == parties["borrower"]("contradictions")
    assert "contradiction" == parties["borrower"]("receive", raw_=lie)["effect"]
    (proof,) = parties["borrower"]("contradictions").values()
    assert parties["platform"].vkey == Contradiction.from_text(proof).key.vkey
    people.deliver_all(parties)


def test_a_receipt_for_what_was_never_sent_does_nothing(parties):
    """A receipt for somebody else's letter delivers none of ours."""
    sent = parties["borrower"]("send", kind="request", to="platform", body={})
    done = parties["platform"]("receive", raw_=sent["raw"])

    with pytest.raises(people.Said, match="addressed to somebody else"):
        parties["authority"]("receive", raw_=done["receipt"])
    assert [sent["id"]] == [each["id"] for each in parties["borrower"]("waiting")]
    people.deliver_all(parties)


def test_a_second_key_under_a_name_is_refused(parties, tmp_path):
    """Trust on first contact holds: another key under the name may be another party."""
    stranger = people.Party("stranger")
    stranger("init", folder=str(tmp_path / "s"), party="controller", name="s")
    card = stranger("card")
    stranger.close()

    with pytest.raises(people.Said, match="another key is trusted under this name"):
        parties["borrower"]("trust", card=card, name="platform")
    with pytest.raises(people.Said, match="under another name"):
        parties["borrower"]("trust", card=parties["platform"]("card"), name="somebody")


def test_a_stranger_is_not_heard(parties, tmp_path):
    """Without trust nothing is kept: an unknown sender can't fill a home."""
    stranger = people.Party("stranger")
    stranger("init", folder=str(tmp_path / "s"), party="person", name="s")
    stranger("trust", card=parties["platform"]("card"), name="platform")
    sent = stranger("send", kind="request", to="platform", body={})
    stranger.close()

    with pytest.raises(people.Said, match="not one you trust"):
        parties["platform"]("receive", raw_=sent["raw"])


def test_a_key_changes_by_an_envelope_both_keys_signed(tmp_path):
    """After it the new key is heard, the old one is not, and what was on the road still arrives."""
    found = people.neighbours(tmp_path, {"a": "controller", "b": "person"})
    a, b = found["a"], found["b"]
    on_the_road = a("send", kind="answer", to="b", body={"n": 1})
    told = a("rotate")
    early = a("send", kind="answer", to="b", body={"n": 2})  # signed by the new key
    change = next(each for each in a("waiting") if each["id"] in told)

    with pytest.raises(people.Said, match="not one you trust"):
        b("receive", raw_=early["raw"])
    assert "key_changed" == b("receive", raw_=change["raw"])["effect"]
    assert "kept" == b("receive", raw_=on_the_road["raw"])["effect"]
    people.deliver_all(found)
    answer = b("send", kind="request", to="a", body={})
    people.deliver_all(found)
    proof = b("proof", id_=answer["id"])
    assert a.vkey == base64.b64decode(proof["vkey"]).decode().strip()  # the log's key stays

    newcomer = people.Party("c")
    newcomer("init", folder=str(tmp_path / "c"), party="person", name="c")
    newcomer("trust", card=a("card"), name="a")  # the card carries the change
    for party in (newcomer, a, b):
        party.close()


def test_the_old_key_is_not_heard_after_the_change(tmp_path):
    """The thief of an old key: what it signs after the change, and what was not on the road."""
    found = people.neighbours(tmp_path, {"a": "controller", "b": "person"})
    a, b = found["a"], found["b"]
    kept = a("send", kind="answer", to="b", body={"n": 1})
    forged = a("forged", raw_=kept["raw"], changes={"at": "2026-03-02T09:00:01Z"})  # by the old key
    a("rotate")
    people.deliver_all(found)

    with pytest.raises(people.Said, match="key was replaced"):
        b("receive", raw_=forged)
    for party in found.values():
        party.close()


@pytest.mark.parametrize(
    "broken",
    ["signature", "old_signature", "vkey", "-signature", "-old_signature", "-vkey", "-outstanding"],
)
def test_a_change_that_one_key_alone_signed_changes_nothing(parties, broken):
    """The thief of one key: both have to sign, the old one as well as the new."""
    raw = parties["platform"]("half_change", to="borrower", broken=broken)

    assert "malformed" == parties["borrower"]("receive", raw_=raw)["effect"]
    parties["platform"]("send", kind="answer", to="borrower", body={})
    people.deliver_all(parties)
    assert [] == parties["platform"]("waiting")


def test_what_a_debugger_prints_holds_no_word_of_a_letter():
    """Bodies, grounds and facts stay out of every repr, and so out of tracebacks."""
    from habeas.procedures.case_records import Act
    from habeas.procedures.move_case import Offer
    from habeas.procedures.post import Draft

    said = [
        Draft(kind="answer", body={"x": "zq7"}),
        Offer(to="b", ground="zq7", kind=None, facts=("zq7",)),
        Act(event="offer", who="holder", ground="zq7", body={"x": "zq7"}, details={"x": "zq7"}),
    ]

    assert "zq7" not in repr(said)


def test_a_receipt_is_checked_against_the_leaf_and_the_key():
    """A receipt whose entry is of another envelope is none, whoever signed it."""
    from habeas.ledger.commitment import seal
    from habeas.procedures.receipts import check_receipt

    made = seal({"envelope": "00" * 32}, kind="envelope.received", now=people.T0)
    body = {"of": b"\1" * 32, "leaf": made.leaf, "salt": made.salt, "payload": made.payload}

    with pytest.raises(NotVerified, match="of another envelope"):
        check_receipt(body, digest=b"\0" * 32, log_key=None)
    assert Receipt is not None
