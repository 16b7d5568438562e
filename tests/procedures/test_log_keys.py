"""A log whose key is changed: who knew the first key follows, and who stole it convinces nobody."""

from __future__ import annotations

import habeas_world as world
import pytest

from habeas.errors import BadInput, HabeasError, NotVerified
from habeas.ledger.audit import audit
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.files import Disk, writing_through
from habeas.ledger.key_change import KeyChain, KeyChange
from habeas.ledger.keys import SigningKey
from habeas.ledger.note import parse_note, signers
from habeas.procedures.bundle_for_person import bundle_for_person
from habeas.procedures.check_home import check_home
from habeas.procedures.clean_home import left_over
from habeas.procedures.record_choice import Said, record_choice
from habeas.procedures.rotate_log_key import log_keys, publish_log_keys, rotate_log_key
from habeas.procedures.tick import tick
from habeas.records.home import open_home
from habeas.rights.choice import ChoiceState

WHO = world.borrower(7)


def choose(home, minute):
    said = [Said(subject=WHO, state=ChoiceState.GIVEN)]
    record_choice(home, said, activity="loan-servicing", now=world.later(minute))


def bundle(home, out):
    bundle_for_person(home, WHO, out, book=world.book(), now=world.later(110))
    return out


def sound(home):
    return [] == [check.says.en for check in check_home(home.folder) if check.ok is False]


def test_every_head_after_a_change_carries_both_lines(declared):
    """The first key names the log for who knew it; the newest one is what a thief lacks."""
    choose(declared, 10)
    first = rotate_log_key(declared, now=world.later(20))
    chain = rotate_log_key(declared, now=world.later(30))
    choose(declared, 40)
    head = declared.log().checkpoint()

    signed = {each.key for each in signers(parse_note(head.note), chain.keys)}
    assert signed == {chain.keys[0], chain.keys[2]}
    assert first.keys == chain.keys[:2]
    assert chain == KeyChain.from_bytes((declared.folder / "log" / "keys.json").read_bytes())
    assert head.size == audit(declared.log()).size
    assert sound(declared)
    # The key in the middle is destroyed; the newest works after opening again.
    assert 1 == len(list((declared.folder / "keys").glob("log.*.key")))
    again = open_home(declared.folder)
    try:
        choose(again, 50)
        chain.check(again.log().checkpoint())
    finally:
        again.close()
    assert ([], [], []) == left_over(declared)


def test_a_thief_of_the_first_key_alone_convinces_nobody_who_knows_the_chain(declared):
    """It can sign a head; the newest key's line it can't make. Who doesn't know is not warned."""
    choose(declared, 10)
    chain = rotate_log_key(declared, now=world.later(20))
    stolen = declared.keys.signing
    forged = Checkpoint.sign(
        origin=declared.origin, size=chain.changes[0].size + 9, root=b"\x07" * 32, keys=[stolen]
    )

    with pytest.raises(NotVerified, match="newest key"):
        chain.check(forged)
    # Before the change the old key was the only one, and its heads stay good.
    old = Checkpoint.sign(
        origin=declared.origin, size=chain.changes[0].size, root=b"\x07" * 32, keys=[stolen]
    )
    chain.check(old)


def test_a_change_that_the_old_key_did_not_sign_is_none(declared):
    """A new key that names itself, a change cut from its place, a line altered: refused."""
    chain = rotate_log_key(declared, now=world.later(20))
    change = chain.changes[0]
    usurper = SigningKey.generate(declared.origin)
    other = SigningKey.generate(declared.origin)
    foreign = KeyChange.sign(old=usurper, new=other, size=3)

    with pytest.raises(NotVerified, match="doesn't follow"):
        KeyChain(first=chain.first, changes=(foreign,))
    with pytest.raises(NotVerified, match="doesn't follow"):
        KeyChain(first=chain.first, changes=(change, change))
    lines = change.note.split("\n")
    unsigned = "\n".join([*lines[:6], lines[7], ""])
    larger = "\n".join([*lines[:4], "0", *lines[5:]])
    renamed = "\n".join([lines[0], "another/log", *lines[2:]])
    for broken in (unsigned, larger, renamed, "", "x\n\n— a b\n"):
        with pytest.raises(HabeasError):
            KeyChange.parse(broken)
    for broken in (b"", b"{}", b'{"format":"habeas/log-keys/v1","first":"x","changes":[]}'):
        with pytest.raises(BadInput):
            KeyChain.from_bytes(broken)


def test_bundles_of_before_and_after_verify_and_changes_are_followed(declared, tmp_path, capfd):
    """The old bundle by the first key; the new by either, if the chain is given."""
    from habeas.cli.door import run

    choose(declared, 10)
    old = bundle(declared, tmp_path / "old.bundle")
    chain = rotate_log_key(declared, now=world.later(20))
    new = bundle(declared, tmp_path / "new.bundle")
    first, newest = (key.vkey for key in chain.keys)
    changes = str(declared.folder / "log" / "keys.json")

    codes = [
        run(["verify", str(path), "--key", key, *more])
        for path, key, more in (
            (old, first, ()),
            (new, first, ()),
            (old, first, ("--changes", changes)),
            (new, first, ("--changes", changes)),
            (new, newest, ("--changes", changes)),
            (new, newest, ()),
        )
    ]
    capfd.readouterr()
    assert [0, 0, 0, 0, 0, 3] == codes


class Crash(BaseException):
    """Not an Exception: nothing may catch it and go on."""


class Counting(Disk):
    """Counts the moments around writes and raises at one of them."""

    def __init__(self, at=0):
        self.at, self.count = at, 0

    def before(self, step, part):
        self.moment()

    def after(self, step, part):
        self.moment()

    def moment(self):
        self.count += 1
        if self.count == self.at:
            raise Crash


@pytest.mark.slow
def test_a_fault_at_every_moment_of_a_change_leaves_a_log_that_goes_on(declared):
    """The log is whole, its head has the line it needs, and the chain is published by tick."""
    at, done = 0, False
    while not done:
        at += 1
        try:
            with writing_through(Counting(at)):
                rotate_log_key(declared, now=world.later(20 + at))
            done = True
        except Crash:
            choose(declared, 20 + at)
            assert sound(declared)
            tick(declared, now=world.later(21 + at))
            log_keys(declared).check(declared.log().checkpoint())
    assert at > 10
    assert publish_log_keys(declared) == log_keys(declared)
    audit(declared.log())
