"""Every write of the exchange and of the docket, broken before it lands and after."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import habeas_world as world
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

import habeas.procedures.exchange_writes as ours
from habeas.ledger.envelope import Card, write_envelope
from habeas.ledger.files import STEPS, Disk, Step, writing_through
from habeas.ledger.keys import SigningKey
from habeas.procedures.case_clock import tick
from habeas.procedures.case_records import cases
from habeas.procedures.check_home import check_home
from habeas.procedures.exchange_keys import own_card, read_card, sealing_key
from habeas.procedures.init_home import init_home
from habeas.procedures.lodge_case import lodge_letter
from habeas.procedures.move_case import Offer, offer_case
from habeas.procedures.post import Draft, letters, waiting
from habeas.procedures.read_inbox import receive
from habeas.procedures.read_letter import content_of, write_content
from habeas.procedures.replay_case import replay
from habeas.procedures.rotate_key import rotate_key
from habeas.procedures.send_envelope import send_envelope, write_letters
from habeas.procedures.sequence import sequence
from habeas.procedures.trust_party import trust_card, write_card
from habeas.records import models
from habeas.records.exchange import Contact, OwnKey

TABLE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "writes.md"
SEALING = X25519PrivateKey.generate()


class Crash(BaseException):
    """Not an Exception: nothing may catch it and go on."""


class Counting(Disk):
    """Counts every moment around every write; raises at one of them."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.moments = at, []

    def before(self, step, part):
        self._moment(step.id, part, "before")

    def after(self, step, part):
        self._moment(step.id, part, "after")

    def _moment(self, *what):
        self.moments.append(what)
        if len(self.moments) == self.at:
            raise Crash


class Far:
    """A party without a home here: a key and a card."""

    def __init__(self, name, party):
        self.key, self.name = SigningKey.generate(f"{name}.example"), name
        sealing = SEALING.public_key().public_bytes_raw()
        self.card = Card(name=name, party=party, key=self.key.verifier, sealing=sealing)

    def writes(self, home, kind, body=None):
        card = read_card(own_card(home)).card
        return write_envelope(kind=kind, body=body or {}, key=self.key, to=card, now=world.T0)


@pytest.fixture
def authority(tmp_path):
    home = init_home(tmp_path / "authority", party="authority", name="A", now=world.T0)
    far = {"b": Far("b", "authority"), "s": Far("s", "authority"), "p": Far("p", "person")}
    for name, each in far.items():
        presented = read_card(each.card.to_bytes(each.key))
        trust_card(home, presented, name=name, now=world.T0, superior=name == "s")
    with closing(home):
        yield home, far


def broken_everywhere(act, *, after_crash):
    """Run `act` once whole, then once for each moment with a crash there, and again after it."""
    disk = Counting()
    with writing_through(disk):
        act()
    after_crash()
    for at in range(1, len(disk.moments) + 1):
        with pytest.raises(Crash), writing_through(Counting(at)):
            act()
        after_crash()
        act()
        after_crash()
    return {moment[0] for moment in disk.moments}


def sound(home):
    wrong = [c.says.en for c in check_home(home.folder) if c.ok is False]
    assert [] == wrong
    if home.party == "authority":
        sequence(home, now=world.T0)
        assert replay(home).agrees


def test_receiving_broken_anywhere_is_receiving_once(authority):
    """Sent again after the crash, it is there once, logged once, with one receipt."""
    home, far = authority
    seen = set()

    def act():
        body = {"n": len(seen)}
        raw = far["p"].writes(home, "complaint", body)
        for attempt in (1, 2):
            try:
                done = receive(home, raw, now=world.T0)
            except Crash:
                if attempt == 2:
                    raise
                again = receive(home, raw, now=world.T0)
                assert receive(home, raw, now=world.T0).receipt == again.receipt
                raise
        seen.add(bytes(done.letter.digest))
        assert done.receipt is not None
        assert letters(home).filter(digest=bytes(done.letter.digest)).count() == 1

    def after_crash():
        sound(home)
        received = letters(home).filter(direction="in").count()
        assert (
            received
            == models.Entry.objects.using(home.alias).filter(kind="envelope.received").count()
        )

    steps = broken_everywhere(act, after_crash=after_crash)

    assert {"receive.records", "receive.receipt", "sequence.receipts"} <= steps


def test_sending_broken_anywhere_waits_or_never_was(authority, tmp_path):
    """What was committed waits for its receipt and is in the log; what was not, is nowhere."""
    home, _ = authority
    out = tmp_path / "out"

    def act():
        send_envelope(home, Draft(kind="answer", body={"n": 1}), to="p", now=world.T0)
        write_letters(home, waiting(home)[-1:], out)

    def after_crash():
        sound(home)
        sent = models.Entry.objects.using(home.alias).filter(kind="envelope.sent")
        assert sent.count() == len(waiting(home))
        assert (
            all(not path.name.startswith(".") for path in out.iterdir()) if out.exists() else True
        )

    assert {"send.records", "send.file"} <= broken_everywhere(act, after_crash=after_crash)


def test_a_case_broken_anywhere_is_before_its_step_or_after_it(authority):
    """Row, entry and message are one: the docket replays from the log after every crash."""
    home, far = authority

    waits = [
        bytes(receive(home, far["p"].writes(home, "complaint"), now=world.T0).letter.digest)
        for _ in range(200)
    ]

    def act():
        row = lodge_letter(home, waits.pop().hex(), now=world.T0)
        offer = Offer(to="b", ground="g", kind="lead", facts=("f",))
        offer_case(home, row.number, offer, now=world.T0)

    def after_crash():
        sequence(home, now=world.T0)
        assert replay(home).agrees
        offers = letters(home).filter(kind="handover_offer").count()
        assert offers == cases(home).filter(stage="offered").count()

    assert "case.records" in broken_everywhere(act, after_crash=after_crash)
    with pytest.raises(Crash), writing_through(Counting(2)):
        tick(home, now=world.later(60 * 24 * 20))
    tick(home, now=world.later(60 * 24 * 20))
    assert {"referred", "lodged"} >= set(cases(home).values_list("stage", flat=True))
    sound(home)


def test_a_change_of_key_broken_anywhere_leaves_one_key_that_signs(authority):
    """Either the old key signs and nobody was told, or the new one and the envelopes wait."""
    home, _ = authority

    def after_crash():
        sound(home)
        told = letters(home).filter(kind="key_change").count()
        assert told == 3 * OwnKey.objects.using(home.alias).count()
        send_envelope(home, Draft(kind="answer", body={}), to="p", now=world.T0)

    steps = broken_everywhere(lambda: rotate_key(home, now=world.T0), after_crash=after_crash)

    assert {"rotate.key", "rotate.records"} <= steps


def test_trust_card_content_and_the_first_sealing_key(authority, tmp_path):
    """The smaller writes: each whole or absent, and done again without harm."""
    home, far = authority
    number = iter(range(1000))
    raw = far["p"].writes(home, "complaint", {"a": 1})
    letter = receive(home, raw, now=world.T0).letter
    card, content = tmp_path / "me.card", tmp_path / "content"

    def act():
        each = Far(f"n{next(number)}", "person")
        trust_card(home, read_card(each.card.to_bytes(each.key)), name=each.name, now=world.T0)
        write_card(home, card)
        write_content(content_of(home, letter), content)
        (home.folder / "keys" / "sealing.key").unlink()
        sealing_key(home)

    def after_crash():
        sealing_key(home)
        sound(home)
        known = models.Entry.objects.using(home.alias).filter(kind="contact").count()
        assert known == Contact.objects.using(home.alias).count()
        if card.exists():
            read_card(card.read_bytes())

    secret = (home.folder / "keys" / "sealing.key").read_bytes()
    kept = content_of(home, letter)
    path = home.folder / "keys" / "sealing.key"

    def restored():
        after_crash()
        path.chmod(0o600)
        path.write_bytes(secret)  # the letter above was sealed for this one
        assert kept == content_of(home, letter)

    steps = broken_everywhere(act, after_crash=restored)

    wanted = {"trust.records", "exchange.card", "inbox.content", "exchange.sealing_key"}
    assert wanted <= steps


def test_every_write_of_the_exchange_is_in_the_table():
    """A write that the table does not name is one whose crash nobody thought through."""
    declared = {step.id for step in vars(ours).values() if isinstance(step, Step)}
    rows = re.findall(
        r"^\| `([a-z_.]+)` \| (.+?) \| (.+?) \|$", TABLE.read_text("utf-8"), re.MULTILINE
    )
    listed = {name: (lands, crash) for name, lands, crash in rows}

    assert declared <= set(listed)
    assert {n: (STEPS[n].lands, STEPS[n].crash) for n in declared} == {
        n: listed[n] for n in declared
    }
