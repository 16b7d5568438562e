"""Homes in processes of their own, and a carrier between them that loses, doubles and delays."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

WORKER = Path(__file__).resolve().parent / "exchange_worker.py"
T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Said(Exception):
    """What the other process refused: code and sentence."""

    def __init__(self, code, says):
        self.code, self.says = code, says
        super().__init__(f"{code}: {says}")


class Party:
    """A party whose home no other process opens."""

    def __init__(self, name):
        self.name, self.now = name, T0
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.vkey = None

    def __call__(self, do, **about):
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(
            json.dumps({"do": do, "now": self.now.isoformat(), **about}) + "\n"
        )
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the process of {self.name} ended"
        answer = json.loads(line)
        if "error" in answer:
            raise Said(answer["error"], answer["says"])
        return answer["ok"]

    def tries(self, do, **about):
        """The answer, or the code of the refusal."""
        try:
            return self(do, **about), None
        except Said as refused:
            return None, refused.code

    def later(self, **by):
        self.now += timedelta(**by)

    def close(self):
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=30)


def neighbours(folder, parties, *, superior=None):
    """Parties (name -> kind of party) that trust one another; superior: of the authorities."""
    found = {name: Party(name) for name in parties}
    for name, kind in parties.items():
        found[name].vkey = found[name](
            "init", folder=str(folder / name), party=kind, name=f"{kind} {name}"
        )
    cards = {name: party("card") for name, party in found.items()}
    for name, party in found.items():
        for other, card in cards.items():
            if other != name:
                party(
                    "trust",
                    card=card,
                    name=other,
                    superior=other == superior and parties[name] == "authority",
                )
    return found


def by_key(parties, vkey):
    return next(party for party in parties.values() if party.vkey == vkey)


def deliver(parties, sender):
    """A carrier that works: all that waits, and every receipt back. Returns the effects."""
    effects = []
    for waits in sender("waiting"):
        done = by_key(parties, waits["to"])("receive", raw_=waits["raw"])
        effects.append((waits["type"], done["effect"]))
        sender("receive", raw_=done["receipt"])
    return effects


def deliver_all(parties, *, rounds=12):
    """Until nothing waits anywhere."""
    for _ in range(rounds):
        if not any(deliver(parties, party) for party in parties.values()):
            return
    raise AssertionError("letters go on and on")


class Carrier:
    """A road between homes: what it is given may be lost, come twice, late, in any order."""

    def __init__(self, lots, *, loss=0.3, double=0.3):
        self.lots, self.loss, self.double = lots, loss, double
        self.road = []

    def take(self, to, raw):
        for _ in range(2 if self.lots.random() < self.double else 1):
            if self.lots.random() >= self.loss:
                self.road.append((to, raw))

    def drop_off(self, parties):
        """One message, any of those on the road; the receipt it brings goes the same way."""
        if not self.road:
            return
        to, raw = self.road.pop(self.lots.randrange(len(self.road)))
        done, refused = parties[to].tries("receive", raw_=raw)
        assert refused in (None, "not_verified"), refused
        if done is None:
            return
        if done["receipt"] is not None:
            sender = by_key(parties, done["to"])
            self.take(sender.name, done["receipt"])


def text(raw):
    return base64.b64encode(raw.encode()).decode()
