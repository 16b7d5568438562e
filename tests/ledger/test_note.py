from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, HabeasError, NotVerified
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.contradiction import Contradiction, contradiction
from habeas.ledger.keys import KeyKind, SigningKey, VerifierKey, unbase64
from habeas.ledger.note import SignatureLine, UnverifiedNote, cosign, parse_note, sign_note, signers
from habeas.ledger.tree import verify_consistency

# The example in the documentation of Go's golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_note_of_go_verifies():
    """Another implementation's example: format, key id and signed bytes must be theirs."""
    key = VerifierKey.parse(GO_KEY)

    assert ["PeterNeumann"] == [signer.key.name for signer in signers(parse_note(GO_NOTE), [key])]
    assert GO_KEY == key.vkey
    assert GO_NOTE == str(parse_note(GO_NOTE))


def test_the_transcript_of_litewitness(evidence: Path):
    """What a real witness accepted and refused, we accept and refuse: signatures and proofs."""
    text = (evidence / "torchwood/cmd/litewitness/testdata/litewitness.txt").read_text()
    public = bytes.fromhex(re.search(r"add-sigsum-log -key=([0-9a-f]{64})", text)[1])
    asked = re.findall(r"```\nold (\d+)\n((?:[^\n]+\n)*)\n(.*?)```\nHTTP (\d+)", text, re.DOTALL)
    roots: dict[int, bytes] = {}
    answers: list[str] = []
    for old, proof, note, status in asked:
        key = VerifierKey(name=note.partition("\n")[0], kind=KeyKind.ED25519, public=public)
        answers.append(status)
        if status == "403":  # a signature that doesn't fit, or a log of another name and key id
            with pytest.raises(HabeasError):
                open_checkpoint(note, key)
            continue
        head = open_checkpoint(note, key)
        try:
            if int(old) > 0:
                hashes = [unbase64(line) for line in proof.split()]
                verify_consistency(
                    old=int(old),
                    new=head.size,
                    proof=hashes,
                    old_root=roots[int(old)],
                    new_root=head.root,
                )
            accepted = "200"
        except NotVerified:
            accepted = "422"
        if status in {"200", "422"}:
            assert status == accepted
        if status == "200":
            roots[head.size] = head.root
    assert {"200", "403", "422"} <= set(answers)


def test_a_checkpoint_carries_several_signatures(key: SigningKey, witness_key: SigningKey):
    """Signature lines are plural: known ones are checked, unknown ones ignored."""
    head = Checkpoint.sign(origin=key.name, size=7, root=bytes(32), keys=[key])
    note = cosign(parse_note(head.note), witness_key, time=1_700_000_000)
    unknown = SignatureLine(name="stranger", key_id=b"abcd", signature=b"x" * 3_300)
    note = UnverifiedNote(text=note.text, lines=(unknown, *note.lines))

    both = signers(parse_note(str(note)), [key.verifier, witness_key.verifier])
    assert [(key.name, None), (witness_key.name, 1_700_000_000)] == [
        (s.key.name, s.time) for s in both
    ]
    assert (7, bytes(32)) == (open_checkpoint(str(note), key.verifier).size, head.root)


def test_the_shortest_line_of_a_stranger_is_ignored():
    """One byte of signature behind the key id is a line we don't know, not a damaged note."""
    assert b"z" == parse_note("a\n\n— b YWJjZHo=\n").lines[0].signature
    with pytest.raises(BadInput):
        parse_note("a\n\n— b YWJjZA==\n")


def test_a_known_key_that_fails_rejects_the_note(key: SigningKey, witness_key: SigningKey):
    """One good line does not excuse a forged one."""
    text = "platform.example/log\n7\n" + "A" * 43 + "=\n"
    good = sign_note(text, [key])
    forged = SignatureLine(name=key.name, key_id=key.verifier.key_id, signature=bytes(64))
    for lines in ((forged,), (forged, *good.lines), (*good.lines, forged)):
        with pytest.raises(NotVerified):
            signers(UnverifiedNote(text=text, lines=lines), [key.verifier])
    late = cosign(good, witness_key, time=5)
    blob = (6).to_bytes(8, "big") + late.lines[1].signature[8:]
    moved = SignatureLine(name=witness_key.name, key_id=witness_key.verifier.key_id, signature=blob)
    for line in (moved, SignatureLine(name=moved.name, key_id=moved.key_id, signature=b"short")):
        with pytest.raises(NotVerified):
            signers(UnverifiedNote(text=text, lines=(line,)), [witness_key.verifier])


def test_a_logs_key_is_no_cosigner_and_the_reverse(key: SigningKey, witness_key: SigningKey):
    """A key signs one kind of thing; mixing them would let one stand for the other."""
    note = sign_note("a\n", [key])
    with pytest.raises(ValueError, match="cosign"):
        sign_note("a\n", [witness_key])
    with pytest.raises(ValueError, match="witness"):
        cosign(note, key, time=1)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "a",
        "a\n",
        "a\n\n",
        "a\n\nno dash\n",
        GO_NOTE[:-1],
        GO_NOTE.replace("x08g", "x0 8"),
        GO_NOTE.replace("If", "I\tf"),
        GO_NOTE.replace("If", "I\x00f"),
        GO_NOTE.replace("AM=", "AM"),
        GO_NOTE.replace("AM=", "AN="),
        GO_NOTE + "\n",
        "a\n\n— b AAAA\n",
        "a\n\n" + "— b AAAAAAAA\n" * 101,
        b"\xff\n\n",
        "a" * 1_000_001,
    ],
    ids=range(16),
)
def test_what_is_no_note(note):
    """Damaged notes are refused before any key is asked."""
    with pytest.raises(BadInput):
        parse_note(note)


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\nAAAA\n",
        "o\n01\n" + "A" * 43 + "=\n",
        "o\n-1\n" + "A" * 43 + "=\n",
        "o\n+1\n" + "A" * 43 + "=\n",
        "o\n1\n" + "A" * 42 + "B=\n",
        "\n1\n" + "A" * 43 + "=\n",
        "o\n1\n",
    ],
)
def test_what_is_no_checkpoint(key: SigningKey, text: str):
    """A signature makes no checkpoint of a text that isn't one."""
    with pytest.raises(BadInput):
        Checkpoint.parse(str(sign_note(text, [key])))


def test_a_checkpoint_of_another_log_or_unsigned_is_refused(key: SigningKey):
    """A key speaks for the log of its name only; no signature, no checkpoint."""
    other = SigningKey.generate("other.example/log")
    root = bytes(32)
    foreign = Checkpoint.sign(origin="other.example/log", size=1, root=root, keys=[key])
    with pytest.raises(NotVerified, match="another log"):
        open_checkpoint(foreign.note, key.verifier)
    with pytest.raises(NotVerified, match="no signature"):
        open_checkpoint(
            Checkpoint.sign(origin=key.name, size=1, root=root, keys=[other]).note, key.verifier
        )


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_no_change_of_a_signed_text_passes(data):
    """Every byte of the text is signed."""
    key = SigningKey(name="k", seed=bytes(32))
    raw = bytearray(str(sign_note("origin\n12\nroot\n", [key])).encode())
    at = data.draw(st.integers(0, len("origin\n12\nroot\n") - 1))
    raw[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[at]))
    try:
        found = signers(parse_note(bytes(raw)), [key.verifier])
    except HabeasError:
        found = ()
    assert () == found


def test_two_logs_under_one_key_are_a_proof(key: SigningKey):
    """A controller who shows two logs signs the proof against himself; anybody can check it."""
    a = Checkpoint.sign(origin=key.name, size=9, root=b"a" * 32, keys=[key])
    b = Checkpoint.sign(origin=key.name, size=9, root=b"b" * 32, keys=[key])
    exported = contradiction(a.note, b.note, key=key.verifier).to_text()

    found = Contradiction.from_text(exported)
    assert (9, b"a" * 32, b"b" * 32) == (found.a.size, found.a.root, found.b.root)
    with pytest.raises(NotVerified):
        verify_consistency(old=9, new=9, proof=[], old_root=a.root, new_root=b.root)


def test_nobody_can_be_accused_of_two_logs_falsely(key: SigningKey):
    """No contradiction comes from one note twice, two sizes, or another's signature."""
    a = Checkpoint.sign(origin=key.name, size=9, root=b"a" * 32, keys=[key])
    later = Checkpoint.sign(origin=key.name, size=10, root=b"b" * 32, keys=[key])
    thief = SigningKey(name=key.name, seed=b"t" * 32)
    forged = Checkpoint.sign(origin=key.name, size=9, root=b"b" * 32, keys=[thief])
    for other in (a, later, forged):
        with pytest.raises(NotVerified):
            contradiction(a.note, other.note, key=key.verifier)
    good = contradiction(
        a.note,
        Checkpoint.sign(origin=key.name, size=9, root=b"b" * 32, keys=[key]).note,
        key=key.verifier,
    ).to_text()
    for damaged in (
        "",
        good[:-1],
        good.replace("contradiction/v1", "contradiction/v2"),
        good.replace("\n9\n", "\n8\n", 1),
    ):
        with pytest.raises(HabeasError):
            Contradiction.from_text(damaged)
