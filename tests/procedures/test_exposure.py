"""The private check between two homes: who cheats is caught, who asks stays unknown."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import habeas_world as world
import pytest

from habeas.errors import BadInput, NotVerified
from habeas.ledger.bundle import verify_bundle
from habeas.ledger.cbor import decode, encode
from habeas.procedures.check_exposure import ask, check_exposure, read_set
from habeas.procedures.publish_exposure import (
    BUNDLE_FILE,
    SET_FILE,
    answer_question,
    publish_exposure,
)
from habeas.procedures.sequence import payload_of
from habeas.records import models

sys.path.insert(0, str(Path(__file__).parent))
from remedy_homes import copied

LIST = [f"139000{n:05d}" for n in range(30)]
MINE = "138 0013 8000"


@pytest.fixture
def controller(tmp_path):
    made = copied("controller", tmp_path / "platform")
    yield made
    made.close()


@pytest.fixture
def person(tmp_path):
    made = copied("person", tmp_path / "me")
    yield made
    made.close()


def publish(controller, out, rows=LIST, *, leak="leak-1", minute=1):
    return publish_exposure(
        controller, rows, out, leak=leak, kind="mobile_cn", now=world.later(minute)
    )


def written(path, value):
    path.write_text(json.dumps(value))
    return path


def asked(controller, person, tmp_path, identifier, *, key=True):
    question = written(
        tmp_path / "q.json", ask(person, identifier, leak="leak-1", kind="mobile_cn")
    )
    answer = written(tmp_path / "a.json", answer_question(controller, question))
    trusted = (controller.keys.signing.vkey,) if key else ()
    return check_exposure(person, answer, tmp_path / "set", trusted=trusted, now=world.later(9))


def test_both_answers_are_right_and_nothing_is_kept_of_the_identifier(controller, person, tmp_path):
    """In: yes. Not in: no. The open question is destroyed, the result is an entry."""
    publish(controller, tmp_path / "set", [*LIST, "+86 13800138000"])

    mine = asked(controller, person, tmp_path, MINE)
    other = asked(controller, person, tmp_path, "13700137000")

    assert (True, "verified") == (mine.in_it, mine.outcome)
    assert (False, "verified") == (other.in_it, other.outcome)
    assert [] == list((person.folder / "questions").iterdir())
    blobs = [p.read_bytes() for p in person.folder.rglob("*") if p.is_file()]
    assert not any(b"13800138000" in blob for blob in blobs)
    rows = models.Entry.objects.using(person.alias).filter(kind="exposure.checked").order_by("pk")
    assert [True, False] == [payload_of(person, row)["in_it"] for row in rows]


def test_the_key_is_in_the_log_before_the_set_and_the_set_before_the_folder(controller, tmp_path):
    """Indexes tell the order; the folder proves both offline."""
    publish(controller, tmp_path / "set")
    found = verify_bundle(tmp_path / "set" / BUNDLE_FILE, trusted=[controller.keys.signing.vkey])
    kinds = [decode(item.leaf)["type"] for item in found.bundle.items]

    assert "verified" == found.outcome
    assert ["exposure.key", "exposure.set"] == kinds


def test_a_list_with_a_row_that_is_none_publishes_nothing(controller, tmp_path):
    """The key is committed by then; no set is announced and no folder appears."""
    with pytest.raises(BadInput, match="row 31") as caught:
        publish(controller, tmp_path / "set", [*LIST, "zq7-marked"])

    assert "zq7" not in str(caught.value)
    assert not (tmp_path / "set").exists()
    assert not models.Entry.objects.using(controller.alias).filter(kind="exposure.set").exists()


def test_publishing_again_keeps_the_key(controller, tmp_path):
    """After a crash the same command makes the same set; another leak has another key."""
    first = publish(controller, tmp_path / "set")
    again = publish(controller, tmp_path / "set2", minute=5)
    other = publish(controller, tmp_path / "set3", leak="leak-2", minute=6)

    assert (tmp_path / "set" / SET_FILE).read_bytes() == (tmp_path / "set2" / SET_FILE).read_bytes()
    assert first.commitment == again.commitment != other.commitment
    kinds = models.Entry.objects.using(controller.alias).values_list("kind", flat=True)
    assert (2, 2) == (list(kinds).count("exposure.key"), list(kinds).count("exposure.set"))


def test_a_key_made_for_one_asker_is_caught(controller, person, tmp_path):
    """The dishonest controller: another leak's key answers this leak's question."""
    publish(controller, tmp_path / "set")
    publish(controller, tmp_path / "set2", leak="leak-2", minute=2)
    question = ask(person, LIST[0], leak="leak-1", kind="mobile_cn")
    path = written(tmp_path / "q.json", {**question, "leak": "leak-2"})
    answer = {**answer_question(controller, path), "leak": "leak-1"}

    with pytest.raises(NotVerified, match="proof"):
        check_exposure(
            person, written(tmp_path / "a.json", answer), tmp_path / "set",
            trusted=(controller.keys.signing.vkey,), now=world.later(9),
        )  # fmt: skip


def test_a_set_that_was_not_announced_is_caught(controller, person, tmp_path):
    """Taking a person's output out of the set for them alone: the digest is in the log."""
    publish(controller, tmp_path / "set")
    path = tmp_path / "set" / SET_FILE
    value = decode(path.read_bytes())
    path.write_bytes(encode({**value, "outputs": value["outputs"][16:]}))

    with pytest.raises(NotVerified, match="not the one the log announces"):
        asked(controller, person, tmp_path, LIST[0])


def test_another_controllers_bundle_is_not_taken(controller, person, tmp_path):
    """With a known key, a bundle signed by another does not verify."""
    publish(controller, tmp_path / "set")
    with pytest.raises(NotVerified):
        read_set(tmp_path / "set", trusted=(person.keys.signing.vkey,))


def test_without_a_known_key_the_answer_says_so(controller, person, tmp_path):
    """Whose list it is was not proved."""
    publish(controller, tmp_path / "set")

    assert "undetermined" == asked(controller, person, tmp_path, LIST[0], key=False).outcome


def test_a_question_says_nothing_of_who_asks(controller, person, tmp_path):
    """Two questions of one person about one number are unlike, and hold no digit of it."""
    one, two = (ask(person, MINE, leak="leak-1", kind="mobile_cn") for _ in range(2))

    assert one["blinded"] != two["blinded"]
    assert "138" not in json.dumps({**one, "blinded": ""})
    state = next((person.folder / "questions").iterdir())
    assert 0o600 == state.stat().st_mode & 0o777
    assert b"13800138000" not in state.read_bytes()


def test_the_controller_keeps_nothing_of_a_question(controller, person, tmp_path):
    """An entry for each would be a list of those who ask."""
    publish(controller, tmp_path / "set")
    before = models.Entry.objects.using(controller.alias).count()
    asked(controller, person, tmp_path, MINE)

    assert before == models.Entry.objects.using(controller.alias).count()


def test_each_side_has_its_own_home(controller, person, tmp_path):
    """The person doesn't publish, the controller doesn't check."""
    with pytest.raises(BadInput, match="belongs to a person"):
        publish(person, tmp_path / "set")
    with pytest.raises(BadInput, match="belongs to a controller"):
        ask(controller, MINE, leak="leak-1", kind="mobile_cn")


@pytest.mark.parametrize(
    "rubbish",
    [
        b"", b"[]", b'{"format": 1}', b"\xff",
        json.dumps({"format": "habeas/exposure-question/v1", "leak": "leak-1", "kind": "mobile_cn",
                    "blinded": "???"}).encode(),
        json.dumps({"format": "habeas/exposure-question/v1", "leak": "leak-1", "kind": "mobile_cn",
                    "blinded": base64.b64encode(b"\xff" * 32).decode()}).encode(),
        json.dumps({"format": "habeas/exposure-question/v1", "leak": "nobody", "kind": "mobile_cn",
                    "blinded": ""}).encode(),
    ],
)  # fmt: skip
def test_rubbish_questions_are_one_sentence(controller, tmp_path, rubbish):
    """The controller's door is open to strangers."""
    publish(controller, tmp_path / "set")
    path = tmp_path / "q.json"
    path.write_bytes(rubbish)

    with pytest.raises(BadInput):
        answer_question(controller, path)


def test_an_answer_nobody_asked_for_is_refused(controller, person, tmp_path):
    """No open question in this home."""
    publish(controller, tmp_path / "set")
    asked(controller, person, tmp_path, MINE)
    with pytest.raises(BadInput, match="no question"):
        check_exposure(
            person, tmp_path / "a.json", tmp_path / "set", trusted=(), now=world.later(9)
        )
