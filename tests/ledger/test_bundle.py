from __future__ import annotations

import base64
import json
import random
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, HabeasError, NotVerified
from habeas.ledger.bundle import BundleEntry, read_bundle, verify_bundle, write_bundle
from habeas.ledger.bundle_file import Bundle
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.keys import KeyKind, SigningKey
from habeas.ledger.note import cosign, parse_note

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "bundle-v1"


def answers_of(data: bytes, **options) -> tuple:
    return tuple(answer.ok for answer in verify_bundle(data, **options).answers)


def with_witness(head: Checkpoint, key: SigningKey, time: int = 1_795_000_000) -> Checkpoint:
    return Checkpoint.parse(str(cosign(parse_note(head.note), key, time=time)))


def changed(data: bytes, **fields) -> bytes:
    """A bundle with some parts exchanged by somebody who knows the format."""
    return replace(Bundle.from_bytes(data), **fields).to_bytes()


def test_a_bundle_verifies_with_everything_else_gone(story, tmp_path, key):
    """The person needs nothing but the file and the controller's published key."""
    path = tmp_path / "li.bundle"
    story_bundle = story.bundle()
    path.write_bytes(story_bundle)
    for file in sorted(story.log.folder.rglob("*"), reverse=True):
        if file.is_file():
            file.unlink()
    found = verify_bundle(path, trusted=[key.vkey])

    assert ("verified", None, True) == (found.outcome, found.wrong, found.signed)
    assert (True, True, None, None, True) == tuple(answer.ok for answer in found.answers)
    assert ["authentic", "in_the_log", "witnessed", "since", "complete"] == [
        a.id for a in found.answers
    ]
    assert "another log" in found.answers[2].says.en
    assert "no more at this checkpoint" in found.answers[4].says.en


def test_a_witness_answers_two_questions(story, key, witness_key):
    """With a witness you trust: who saw it, and since when at the latest."""
    head = with_witness(story.log.checkpoint(), witness_key)
    data = story.bundle(checkpoint=head)
    found = verify_bundle(data, trusted=[key.vkey], witnesses=[witness_key.vkey])

    assert (True, True, True, True, True) == tuple(answer.ok for answer in found.answers)
    assert witness_key.name in found.answers[2].says.en
    assert "2026-11-18 11:06:40 UTC" in found.answers[3].says.en
    unnamed = verify_bundle(data, trusted=[key.vkey])
    assert unnamed.answers[2].ok is None
    assert "1 further signature" in unnamed.answers[2].says.en


def test_a_controller_who_plays_his_own_witness_is_named(story, key):
    """A witness with the log's own key is no witness."""
    puppet = SigningKey(name="independent.example/w", kind=KeyKind.COSIGNATURE, seed=key.seed)
    data = story.bundle(checkpoint=with_witness(story.log.checkpoint(), puppet))
    found = verify_bundle(data, trusted=[key.vkey], witnesses=[puppet.vkey])

    assert "not_verified" == found.outcome
    assert "log's own key" in found.wrong.en


def test_a_forged_line_of_a_trusted_witness_is_named(story, key, witness_key):
    """A witness's line taken from another checkpoint doesn't pass."""
    other = Checkpoint.sign(origin=key.name, size=5, root=bytes(32), keys=[key])
    line = parse_note(with_witness(other, witness_key).note).lines[-1]
    note = parse_note(story.log.checkpoint().note)
    forged = str(replace(note, lines=(*note.lines, line)))
    data = changed(story.bundle(key=None), checkpoint=forged)

    assert (True, True, False, None, None) == answers_of(
        data, trusted=[key.vkey], witnesses=[witness_key.vkey]
    )


def test_without_a_trusted_key_nothing_is_called_authentic(story, key):
    """Anybody can make a log with a key of their own: the answer gives the fingerprint to compare."""
    found = verify_bundle(story.bundle())

    assert "undetermined" == found.outcome
    assert (None, True, None, None, True) == tuple(answer.ok for answer in found.answers)
    assert key.verifier.fingerprint in found.answers[0].says.en
    assert key.verifier.fingerprint in found.answers[0].says.zh


def test_another_key_than_the_trusted_one_is_refused(story, key):
    """A bundle of a stranger's log, however well made, is not the controller's."""
    stranger = SigningKey.generate(key.name)
    found = verify_bundle(story.bundle(), trusted=[stranger.vkey])

    assert (False, None, None, None, None) == tuple(answer.ok for answer in found.answers)
    assert "not the one you trust" in found.wrong.en
    assert all("Not examined" in answer.says.en for answer in found.answers[1:])


def test_parts_left_out_are_said_to_be(story, key):
    """Who holds entry 1 and 3 sees that 2 is missing; who holds 1 and 2 of 3, that one is to come."""
    trusted = [key.vkey]
    for counters, top, last in (((1, 3), 1, 3), ((1, 2), 2, 3), ((2, 3), 0, 3), ((3,), 0, 3)):
        found = verify_bundle(story.bundle(counters=counters), trusted=trusted)
        assert ("verified", None) == (found.outcome, found.answers[4].ok)
        assert (
            f"Complete up to {top}; of the numbers up to {last}, {last - top - len([c for c in counters if c > top])} "
            in found.answers[4].says.en
        )
    unsigned = verify_bundle(story.bundle(counters=(1, 2), key=None), trusted=trusted)
    assert unsigned.answers[4].ok
    assert "can't show" in unsigned.answers[4].says.en
    assert not unsigned.signed


def test_a_controller_who_signs_too_low_a_count_is_found_out(story, key):
    """'You have two entries', signed, beside three entries: a lie with a signature."""
    with pytest.raises(NotVerified):
        story.bundle(subject_count=2)
    honest = story.bundle(subject_count=2, key=None)
    bundle = Bundle.from_bytes(honest)
    from habeas.ledger.bundle_file import statement_text
    from habeas.ledger.note import sign_note

    head = story.log.checkpoint()
    text = statement_text(
        bundle.about, [item.leaf for item in bundle.items], size=head.size, root=head.root
    )
    lie = changed(honest, statement=str(sign_note(text, [key])))
    found = verify_bundle(lie, trusted=[key.vkey])
    assert "signed that there are 2 entries, and number 3 is here" in found.wrong.en


def _relogged(story, payload: dict) -> BundleEntry:
    from datetime import UTC

    from habeas.ledger.commitment import seal

    sealed = seal(payload, kind="choice.given", now=datetime(2026, 11, 24, tzinfo=UTC))
    index, _ = story.log.append([sealed.leaf])
    return BundleEntry(
        record_id=sealed.record_id,
        kind="choice.given",
        payload=payload,
        salt=sealed.salt,
        leaf=sealed.leaf,
        index=index,
        proof=story.log.prove(index).hashes,
    )


def _unchecked(story, entries: list[BundleEntry]) -> bytes:
    """What a cheat would write: `make_bundle` itself refuses these."""
    from habeas.ledger.bundle import _item
    from habeas.ledger.bundle_file import About

    items = tuple(_item(entry) for entry in sorted(entries, key=lambda entry: entry.index))
    about = About(created="2026-11-24T00:00:00Z")
    return Bundle(
        vkey=story.key.vkey, checkpoint=story.log.checkpoint().note, items=items, about=about
    ).to_bytes()


def test_a_chain_that_contradicts_itself_is_named(story, key):
    """Two entries under one number, a link to another past, a broken counter: each is found."""
    first = story.mine[0][0].commitment.hex()
    cases = {
        "carry the person's number 2": {"counter": 2, "previous": first},
        "names another entry before it": {"counter": 4, "previous": "ab" * 32},
        "broken counter": {"counter": 1, "previous": first},
    }
    for says, person in cases.items():
        extra = _relogged(story, {"person": person})
        data = _unchecked(story, [*story.entries(), extra])
        found = verify_bundle(data, trusted=[key.vkey])
        assert (True, True, None, None, False) == tuple(answer.ok for answer in found.answers)
        assert says in found.wrong.en
    nobody = _relogged(story, {"n": 1})
    found = verify_bundle(_unchecked(story, [nobody]), trusted=[key.vkey])
    assert ("verified", None) == (found.outcome, found.answers[4].ok)
    far = _relogged(story, {"person": {"counter": 1 << 60, "previous": "ab" * 32}})
    assert verify_bundle(_unchecked(story, [far]), trusted=[key.vkey]).answers[4].ok is None


def test_each_part_tampered_with_is_named(story, key):
    """Whoever knows the format and changes one part: rejected, and the part is named."""
    good = story.bundle()
    first, *rest = Bundle.from_bytes(good).items
    about = Bundle.from_bytes(good).about
    payload = cbor2.loads(first.payload) | {"decision": "refused"}
    other = SigningKey.generate(key.name)
    head = story.log.checkpoint()
    tampered = {
        "content of entry": {
            "items": (replace(first, payload=cbor2.dumps(payload, canonical=True)), *rest)
        },
        "The content of entry 2": {"items": (replace(first, salt=bytes(32)), *rest)},
        "not in the log": {
            "items": (replace(first, path=first.path[::-1]), *rest),
            "statement": None,
        },
        "not there": {"items": (replace(first, index=first.index - 1), *rest)},
        "not an entry of Habeas": {
            "items": (replace(first, leaf=b"\xa0"), *rest),
            "statement": None,
        },
        "about itself": {"about": replace(about, book="another")},
        "(when it was made, law book": {"about": replace(about, count=9)},
        "is not what the controller signed": {"items": tuple(rest)},
        "checkpoint was not signed": {
            "checkpoint": Checkpoint.sign(
                origin=key.name, size=head.size, root=head.root, keys=[other]
            ).note
        },
        "was altered": {
            "checkpoint": head.note.replace(f"\n{head.size}\n", f"\n{head.size + 1}\n")
        },
        "key is damaged": {"vkey": key.vkey + " "},
        "not the one you trust": {"vkey": other.vkey},
    }
    for says, change in tampered.items():
        found = verify_bundle(changed(good, **change), trusted=[key.vkey])
        assert ("not_verified", True) == (found.outcome, says in found.wrong.en), (
            says,
            found.wrong,
        )
        assert found.wrong.zh
        assert found.signed == (found.answers[0].ok is True and "statement" not in change)
        assert found.wrong == next(answer.says for answer in found.answers if answer.ok is False)


def test_every_byte_of_a_bundle_counts(story, key, witness_key):
    """Flip any byte of a signed bundle: it is rejected, or the byte lies in a signature line of a
    key you did not name, which signed-note says to ignore, and no answer changes.
    """
    head = with_witness(story.log.checkpoint(), witness_key)
    good = story.bundle(counters=(1,), checkpoint=head)
    line = head.note[head.note.index("— " + witness_key.name) :].encode()
    start = good.index(line)
    ignorable = range(start, start + len(line))
    expected = answers_of(good, trusted=[key.vkey])
    for at in range(len(good)):
        for flip in (1, 0xA0):
            bad = good[:at] + bytes([good[at] ^ flip]) + good[at + 1 :]
            try:
                found = verify_bundle(bad, trusted=[key.vkey])
            except BadInput:
                continue
            if found.outcome == "not_verified":
                continue
            assert at in ignorable
            assert expected == tuple(answer.ok for answer in found.answers)
            named = verify_bundle(bad, trusted=[key.vkey], witnesses=[witness_key.vkey])
            assert named.outcome == "not_verified" or named.answers[2].ok is None


def test_a_bundle_cut_or_lengthened_is_unreadable(story, key):
    """Half a download is a sentence with a remedy, never a half-checked bundle."""
    good = story.bundle()
    for bad in (*(good[:at] for at in range(0, len(good), 37)), good + b"\x00", good + good):
        with pytest.raises(BadInput) as error:
            verify_bundle(bad, trusted=[key.vkey])
        assert error.value.remedy


@given(data=st.binary(max_size=200))
@settings(max_examples=100)
def test_no_bytes_crash_the_verifier(data):
    """A stranger's file is refused, whatever it holds."""
    with pytest.raises(BadInput):
        verify_bundle(data)


def _in_another_order(value: dict) -> None:
    """The same paths over the same hashes, numbered from the other end."""
    value["nodes"].reverse()
    for entry in value["entries"]:
        entry["path"] = [len(value["nodes"]) - 1 - each for each in entry["path"]]


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b.pop("about"), lambda b: b.update(extra=1), lambda b: b.update(format="habeas/bundle/v2"), lambda b: b["about"].update(count=-1), lambda b: b["about"].update(count=True),
        lambda b: b["about"].update(created="yesterday"), lambda b: b["about"].update(book="a b"), lambda b: b["about"].update(x=1), lambda b: b["nodes"].append(bytes(32)), lambda b: b["nodes"].append(b""),
        _in_another_order, lambda b: b.update(entries=[]), lambda b: b.update(entries=b["entries"][::-1]), lambda b: b["entries"].append(b["entries"][-1]), lambda b: b["entries"].append(1),
        lambda b: b["entries"][0].update(index=-1), lambda b: b["entries"][0].update(index="1"), lambda b: b["entries"][0].update(salt=b"x"), lambda b: b["entries"][0].update(path=[99999]), lambda b: b["entries"][0].update(path=[-1]),
        lambda b: b["entries"][0].update(path=[0] * 65), lambda b: b["entries"][0].update(x=0), lambda b: b["entries"][0].pop("leaf"), lambda b: b.update(checkpoint=b""), lambda b: b.update(statement=7),
    ],
)  # fmt: skip
def test_shapes_that_are_no_bundle(story, change):
    """A field too much, too little, of another type or in another order: refused before any check."""
    value = cbor2.loads(story.bundle(key=None))
    change(value)
    with pytest.raises(BadInput):
        read_bundle(cbor2.dumps(value, canonical=True))


def test_the_maker_refuses_what_would_not_verify(story, tmp_path, key):
    """A controller's program never hands out a bundle that fails at the borrower's."""
    entry = story.entries()[0]
    target = tmp_path / "x.bundle"
    given = {
        "checkpoint": story.log.checkpoint(),
        "vkey": key.vkey,
        "book_hash": None,
        "created": datetime.fromisoformat("2026-11-24T10:00:00+08:00"),
    }
    with pytest.raises(NotVerified, match="would not verify"):
        write_bundle(target, entries=[replace(entry, payload={"other": 1})], **given)
    with pytest.raises(NotVerified):
        write_bundle(target, entries=[replace(entry, index=0)], **given)
    with pytest.raises(BadInput):
        write_bundle(target, entries=[], **given)
    with pytest.raises(BadInput):
        replace(entry, kind="other")
    with pytest.raises(BadInput):
        replace(entry, record_id=bytes(16))
    with pytest.raises(ValueError, match="zone"):
        write_bundle(target, entries=[entry], **(given | {"created": datetime(2026, 1, 1)}))  # noqa: DTZ001
    assert not target.exists()
    assert write_bundle(target, entries=[entry], **given) == target.stat().st_size
    assert "2026-11-24T02:00:00Z" == read_bundle(target).about.created
    with pytest.raises(BadInput):
        read_bundle(tmp_path / "none")


def test_a_bundle_costs_less_than_2_kb_an_entry(story, key, witness_key):
    """Sharing path hashes keeps a bundle small enough to send by any messenger."""
    other = SigningKey.generate("second.example/w", kind=KeyKind.COSIGNATURE)
    head = with_witness(with_witness(story.log.checkpoint(), witness_key), other)
    data = story.bundle(checkpoint=head)

    assert len(data) < 2_000 * 3
    leaves = len(read_bundle(data).items)
    one = [story.bundle(counters=(n,), checkpoint=head, key=None) for n in (1, 2, 3)]
    assert len(data) < sum(map(len, one))
    assert 3 == leaves


def test_the_published_vectors():
    """Anybody who writes a verifier gets the same answers from the same files."""
    cases = json.loads((VECTORS / "vectors.json").read_text())
    assert {"good.bundle"} < {case["file"] for case in cases["cases"]}
    listed = {case["file"] for case in cases["cases"]}
    assert listed == {path.name for path in VECTORS.iterdir() if path.suffix == ".bundle"}
    for case in cases["cases"]:
        options = {"trusted": case["trusted"], "witnesses": case["witnesses"]}
        try:
            found = verify_bundle(VECTORS / case["file"], **options)
            outcome, answers = found.outcome, [answer.ok for answer in found.answers]
        except HabeasError:
            outcome, answers = "unreadable", None
        assert (case["outcome"], case["answers"]) == (outcome, answers), case["file"]


def _places(value, at: tuple = ()):
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, each in inner:
        yield (*at, key)
        yield from _places(each, (*at, key))


def _put(value, place: tuple, rng: random.Random) -> None:
    """Change one part: one letter or byte of it, or all of it to something odd or borrowed."""
    for key in place[:-1]:
        value = value[key]
    found = value[place[-1]]
    odd = [
        None,
        True,
        0,
        -1,
        (1 << 64) - 1,
        b"",
        b"x" * 32,
        "",
        "\n\n",
        [],
        {},
        [[]],
        {"a": 1},
        1.5,
        found,
    ]
    if isinstance(found, str | bytes) and found and rng.random() < 0.4:
        at, letter = (
            rng.randrange(len(found)),
            rng.choice([rng.randrange(32, 127), 10, rng.randrange(128, 256)]),
        )
        found = (
            found[:at]
            + (bytes([letter]) if isinstance(found, bytes) else chr(letter))
            + found[at + 1 :]
        )
        value[place[-1]] = found
    else:
        value[place[-1]] = rng.choice(odd)


@pytest.mark.slow
def test_twenty_thousand_bundles_by_a_cheat_who_knows_the_format():
    """No crash, and nothing accepted but what says the same: the same entries under the same
    signed text of the checkpoint, with less signed around it at most.
    """
    case = json.loads((VECTORS / "vectors.json").read_text())["cases"][0]
    data, rng = (VECTORS / case["file"]).read_bytes(), random.Random(1)
    good = Bundle.from_bytes(data)
    places = list(_places(cbor2.loads(data)))
    accepted = 0
    for _ in range(20_000):
        value = cbor2.loads(data)
        with suppress(KeyError, IndexError, TypeError):
            for place in rng.sample(places, 2):
                _put(value, place, rng)
        try:
            found = verify_bundle(cbor2.dumps(value, canonical=True), trusted=case["trusted"])
        except HabeasError:
            continue
        if found.outcome == "not_verified":
            continue
        accepted += 1
        assert (good.items, good.vkey) == (found.bundle.items, found.bundle.vkey)
        assert parse_note(good.checkpoint).text == parse_note(found.bundle.checkpoint).text
        assert found.bundle.about == good.about or not found.signed
    assert accepted > 0


def test_nothing_of_the_content_is_in_the_answer(story, key):
    """What `--json` prints can be sent to people who may not see the entries."""
    secret = "zq7-marked-value"
    entry = _relogged(
        story,
        {"note": secret, "person": {"counter": 4, "previous": story.mine[-1][0].commitment.hex()}},
    )
    entries = [replace(e, proof=story.log.prove(e.index).hashes) for e in [*story.entries(), entry]]
    found = verify_bundle(_unchecked(story, entries), trusted=[key.vkey])

    printed = json.dumps(found.to_json())
    assert "verified" == found.outcome
    for shape in (secret, secret.encode().hex(), base64.b64encode(secret.encode()).decode()):
        assert shape not in printed
