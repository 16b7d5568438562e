"""Statements of account: what a controller who shows two accounts leaves in people's hands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, HabeasError, NotVerified
from habeas.ledger.bundle import verify_bundle
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.commitment import PersonLink, seal
from habeas.ledger.keys import SigningKey
from habeas.ledger.statement import (
    Account,
    disagreement,
    read_account,
    state_account,
    write_account,
)
from habeas.ledger.tree import EMPTY_ROOT

NOW = datetime(2026, 11, 24, 10, 30, 15, tzinfo=UTC)
ONE, TWO, THREE = (bytes([n]) * 32 for n in (1, 2, 3))


def head(key: SigningKey, size: int, root: bytes = ONE) -> Checkpoint:
    return Checkpoint.sign(origin=key.name, size=size, root=root, keys=[key])


def account(key, size=9, count=3, first=ONE, last=THREE, *, subject="li", root=ONE) -> Account:
    return state_account(
        subject=subject,
        count=count,
        first=first if count else None,
        head=last if count else None,
        checkpoint=head(key, size, root),
        key=key,
        now=NOW,
    )


def test_a_statement_reads_back_and_names_nobody_in_its_note(key, tmp_path):
    """The signed text carries a salted digest, the file the opening; only its owner may read it."""
    made = account(key, subject="330106199001011234")
    write_account(tmp_path / "a", made)

    assert made == read_account(tmp_path / "a")
    assert 0o600 == (tmp_path / "a").stat().st_mode & 0o777
    assert "330106" not in made.note + made.checkpoint + repr(made)
    assert made.person != account(key, subject="330106199001011234").person


def test_a_statement_about_nothing_can_be_signed(key):
    """'We have nothing about you' is the lie most worth having in writing."""
    made = state_account(
        subject="li",
        count=0,
        first=None,
        head=None,
        checkpoint=head(key, 0, EMPTY_ROOT),
        key=key,
        now=NOW,
    )
    assert made == Account.from_bytes(made.to_bytes())
    assert disagreement(made, account(key), key=key.verifier) is None


@pytest.mark.parametrize(
    ("a", "b", "word"),
    [
        ({}, {}, None),
        ({"size": 5, "count": 1, "last": ONE}, {}, None),
        ({"size": 5, "count": 3}, {}, None),
        ({}, {"count": 2, "last": TWO}, "don't go away"),
        ({"size": 5}, {"count": 2, "last": TWO}, "don't go away"),
        ({"size": 5}, {"count": 0}, "don't go away"),
        ({}, {"last": TWO}, "two accounts"),
        ({"size": 5}, {"last": TWO}, "two accounts"),
        ({"size": 5, "count": 2}, {"first": TWO}, "two accounts"),
        ({}, {"root": TWO}, "two logs"),
    ],
)
def test_two_accounts_that_cannot_both_be_true(a, b, word, key):
    """Fewer later, others under one number, two logs: each a sentence, in either order."""
    one, other = account(key, **a), account(key, **b)
    for pair in ((one, other), (other, one)):
        found = disagreement(*pair, key=key.verifier)
        assert (word is None) == (found is None)
        assert word is None or word in found.en


def test_nobody_is_accused_falsely(key):
    """Another's statement, another key's, an altered one: no proof of anything."""
    mine = account(key)
    with pytest.raises(BadInput, match="two persons"):
        disagreement(mine, account(key, subject="wang", count=1), key=key.verifier)
    with pytest.raises(NotVerified, match="no signature"):
        disagreement(mine, account(SigningKey.generate("x/log")), key=key.verifier)
    with pytest.raises(NotVerified, match="another person"):
        disagreement(mine, replace(mine, subject="wang"), key=key.verifier)
    with pytest.raises(NotVerified, match="another checkpoint"):
        disagreement(mine, replace(mine, checkpoint=head(key, 8).note), key=key.verifier)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_byte_of_a_statement_can_be_changed(data):
    """Unreadable, or not what the key signed."""
    key = SigningKey(name="a.example/log", seed=bytes(32))
    raw = bytearray(account(key).to_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(HabeasError):
        Account.from_bytes(bytes(raw)).verify(key.verifier)


# ---- beside a bundle


def of_story(story, count: int, **other) -> Account:
    mine = [sealed.commitment for sealed, _, _ in story.mine]
    given_ = {
        "subject": "li",
        "count": count,
        "first": mine[0] if count else None,
        "head": mine[count - 1] if count else None,
        "checkpoint": story.log.checkpoint(),
        "key": story.key,
        "now": NOW,
    }
    return state_account(**(given_ | other))


def complete(story, account, **bundle):
    found = verify_bundle(story.bundle(**bundle), trusted=[story.key.vkey], accounts=[account])
    return found.answers[4].ok, found.answers[4].says.en


def test_a_statement_shows_what_a_bundle_left_out(story):
    """Three signed for, two in the bundle: one is missing, whatever the bundle says of itself."""
    assert complete(story, of_story(story, 3))[0] is True
    ok, says = complete(story, of_story(story, 3), counters=(1, 2), subject_count=2)
    assert ok is None
    assert "of the numbers up to 3, 1 are not in this bundle" in says


def test_a_statement_that_hid_an_entry_is_caught_by_the_entry(story):
    """The controller signed two at a checkpoint that already held the third."""
    ok, says = complete(story, of_story(story, 2))
    assert ok is False
    assert "number 3 stood in it then" in says


def test_a_second_account_of_one_person_is_caught_by_the_bundle(story):
    """Other entries under the person's numbers than the ones they hold."""
    assert complete(story, of_story(story, 3, first=TWO))[0] is False
    ok, says = complete(story, of_story(story, 3, head=TWO))
    assert ok is False
    assert "second account" in says


def test_a_statement_under_another_key_is_none(story):
    """A statement somebody else signed says nothing about this log."""
    stranger = SigningKey.generate(story.key.name)
    forged = of_story(
        story,
        3,
        key=stranger,
        checkpoint=head(stranger, story.log.size, story.log.checkpoint().root),
    )
    ok, says = complete(story, forged)
    assert ok is False
    assert "not signed with the key" in says


def test_an_act_never_logged_shows_nowhere_and_is_denied_in_writing(story, leaves):
    """The limit, and what a statement adds: the person's file says yes to everything, and the
    controller has signed that there was nothing more; an entry made up for it later stands
    behind the size that was signed.
    """
    denied = of_story(story, 3)
    ok, says = complete(story, denied)
    assert (ok, True) == (True, "no more at this checkpoint" in says)
    late = PersonLink(counter=4, previous=story.mine[-1][0].commitment).as_payload()
    sealed = seal({"person": late}, kind="choice.given", now=NOW)  # dated before it was logged
    index, _ = story.log.append([sealed.leaf])
    assert index >= denied.size
    story.mine.append((sealed, {"person": late}, index))
    assert complete(story, denied)[0] is True  # no lie shows: it was logged after
    again = of_story(story, 4, checkpoint=story.log.checkpoint())
    assert disagreement(denied, again, key=story.key.verifier) is None
