"""Trusted time stamps from a real authority (OpenSSL) on this machine."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, NotVerified
from habeas.ledger.bundle import verify_bundle
from habeas.ledger.bundle_file import FORMAT_2, Bundle
from habeas.ledger.heads import evidence_for
from habeas.ledger.note import parse_note
from habeas.ledger.timestamp import (
    Roots,
    claimed_stamp,
    keep_stamp,
    request_stamp,
    stamps_of,
    verify_stamp,
)

if "habeas_tsa" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("habeas_tsa", Path(__file__).parent / "tsa.py")
    sys.modules["habeas_tsa"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["habeas_tsa"])
tsa = sys.modules["habeas_tsa"]

pytestmark = pytest.mark.skipif(tsa.OPENSSL is None, reason="there is no openssl on this machine")
TEXT = "platform.example/log\n5\nAAAA\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return tsa.Authority(tmp_path_factory.mktemp("tsa") / "a")


@pytest.fixture(scope="module")
def token(authority) -> bytes:
    with authority.serving() as url:
        return request_stamp(url, TEXT, roots=Roots.read(authority.root))


def test_a_stamp_says_when_and_by_whom(authority, token):
    """Asked for over HTTP, checked under the root named; openssl agrees that it holds."""
    stamp = verify_stamp(token, TEXT, Roots.read(authority.root))

    assert "CN=Stamps" == stamp.by
    assert stamp == claimed_stamp(token, TEXT)
    (authority.folder / "text").write_text(TEXT)
    (authority.folder / "kept").write_bytes(token)
    openssl = subprocess.run(
        [tsa.OPENSSL, "ts", "-verify", "-in", "kept", "-data", "text", "-CAfile", "root.pem"],
        cwd=authority.folder,
        capture_output=True,
        check=False,
    )
    assert 0 == openssl.returncode, openssl.stderr


def test_another_text_or_authority_is_refused(authority, token, tmp_path):
    """A stamp over something else proves nothing here; nor one of somebody nobody named."""
    with pytest.raises(NotVerified, match="something else"):
        verify_stamp(token, TEXT + "x\n", Roots.read(authority.root))
    stranger = tsa.Authority(tmp_path / "stranger")
    with pytest.raises(NotVerified, match="authority you named"):
        verify_stamp(token, TEXT, Roots.read(stranger.root))
    with stranger.serving() as url, pytest.raises(NotVerified, match="authority you named"):
        request_stamp(url, TEXT, roots=Roots.read(authority.root))


def test_a_certificate_that_had_ended_is_refused(tmp_path):
    """The chain must have held when the stamp was made."""
    late = tsa.Authority(tmp_path / "late", expired=True)
    with late.serving() as url, pytest.raises(NotVerified, match="authority you named"):
        request_stamp(url, TEXT, roots=Roots.read(late.root))


def test_an_unsorted_chain_is_one_sentence_or_a_stamp(tmp_path):
    """The trap of the reference: OpenSSL with `certs` may write a SET out of its order."""
    chained = tsa.Authority(tmp_path / "chained", chain=True)
    roots, says = Roots.read(chained.root), ""
    with chained.serving() as url:
        try:
            request_stamp(url, TEXT, roots=roots)
        except BadInput as error:
            says = error.sentence()
    assert says == "" or ("DER" in says and "without the chain" in says)


def test_an_old_answer_is_not_taken_for_a_new_one(authority, token):
    """An authority, or a thief on the road, that answers with a stamp made earlier."""

    class Replaying:
        reply = staticmethod(lambda query: token)

    with _serving(Replaying()) as url, pytest.raises(NotVerified, match="another request"):
        request_stamp(url, TEXT)


def _serving(replaying):
    return tsa.Authority.serving(replaying)


@pytest.mark.parametrize("answer", [b"", b"<html>", bytes(100), b"\x30\x03\x02\x01\x02"])
def test_what_is_no_stamp_gets_a_sentence(answer):
    """A gateway's error page is not a stamp."""

    class Wrong:
        reply = staticmethod(lambda query: answer)

    with _serving(Wrong()) as url, pytest.raises((BadInput, NotVerified)):
        request_stamp(url, TEXT)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_no_changed_byte_makes_another_stamp(authority, token, data):
    """Refused, or it still says the same: unsigned bytes (an algorithm's name) can't move time."""
    raw = bytearray(token)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = verify_stamp(bytes(raw), TEXT, Roots.read(authority.root))
    except (BadInput, NotVerified):
        return
    assert found.time == claimed_stamp(token, TEXT).time


# ---- in a log and in a bundle


def test_a_stamped_log_gives_bundles_that_say_since_when(story, key, authority, leaves):
    """Since when: by the stamp, if the authority is named; else that there is one."""
    log = story.log
    text = parse_note(log.checkpoint().note).text
    with authority.serving() as url:
        keep_stamp(log.folder, log.checkpoint(), request_stamp(url, text))
    stamped = log.checkpoint()
    log.append(leaves(1))
    found = evidence_for(log, story.mine[-1][2])
    assert (stamped, 1) == (found.head, len(found.tokens))  # older, and says more
    assert log.checkpoint() == evidence_for(log, stamped.size).head
    assert [stamped] == [each.head for each in stamps_of(log.folder)]
    data = _bundle(story, found)
    assert FORMAT_2.encode() in data
    plain = verify_bundle(data, trusted=[key.vkey])
    assert (None, "verified") == (plain.answers[3].ok, plain.outcome)
    assert "1 time stamps" in plain.answers[3].says.en
    named = verify_bundle(data, trusted=[key.vkey], roots=Roots.read(authority.root))
    assert named.answers[3].ok is True
    assert "CN=Stamps" in named.answers[3].says.en


def _bundle(story, found) -> bytes:
    entries = [
        replace(entry, proof=story.log.prove(entry.index, size=found.head.size).hashes)
        for entry in story.entries()
    ]
    return story.bundle(entries=entries, checkpoint=found.head, timestamps=found.tokens)


def test_a_stamp_of_another_checkpoint_in_a_bundle_is_named(story, key, token):
    """A controller who pastes an older stamp to look early: the first thing wrong."""
    data = replace(Bundle.from_bytes(story.bundle()), timestamps=(token,)).to_bytes()
    found = verify_bundle(data, trusted=[key.vkey])
    assert "not_verified" == found.outcome
    assert "not over this checkpoint" in found.wrong.en


def test_a_bundle_of_version_2_without_a_stamp_is_none(story):
    """One bundle has one form: without stamps it is version 1."""
    data = story.bundle()
    forged = replace(Bundle.from_bytes(data), timestamps=(b"x" * 70_000,)).to_bytes()
    with pytest.raises(BadInput, match="time stamp"):
        Bundle.from_bytes(forged)
    assert FORMAT_2.encode() not in data
