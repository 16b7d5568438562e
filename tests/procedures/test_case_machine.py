"""The hand-over with a superior that takes its time: the abstract machine, driven at random.

Unlike the exhaustive search of tests/supervision, the superior here hears several requests before
it speaks, as in procedures/superior.py, and letters go on until their receipt comes.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from habeas.errors import Refused
from habeas.procedures.superior import Request, round_to_open
from habeas.supervision.docket import Case, Dispute, apply, load_table

TABLE = load_table("cn")
OTHER = {"a": "b", "b": "a"}
NAMES = st.sampled_from("ab")


class HandOver(RuleBasedStateMachine):
    """Two bodies, their superior, and a road on which letters stay, to come again in any order."""

    def __init__(self):
        super().__init__()
        self.case = {"a": Case(stage="lodged"), "b": Case()}
        self.requests, self.dispute = [], Dispute()
        self.road = []

    def stage(self, name):
        found = self.case[name].stage
        return None if found is None else TABLE.stages[found]

    def step(self, name, event, who, round_=None):
        after, sent = apply(TABLE, self.case[name], event, who=who, round_=round_, ground="g")
        self.case[name] = after
        for m in sent:
            if m.event != "reminder":
                self.road.append((OTHER[name] if m.to == "other" else "s", m.event, m.round, name))

    @rule(name=NAMES, data=st.data())
    def own_act(self, name, data):
        stage = self.case[name].stage
        if stage is None:
            return
        clock = TABLE.stages[stage].clock
        events = [
            (e, TABLE.transitions[stage, e].who)
            for e in TABLE.events_from(stage)
            if TABLE.transitions[stage, e].who == "holder" or (clock and clock.then == e)
        ]
        if events:
            event, who = data.draw(st.sampled_from(events))
            try:
                self.step(name, event, who)
            except Refused:
                return

    @precondition(lambda self: self.road)
    @rule(data=st.data(), again=st.booleans())
    def letter_comes(self, data, again):
        at = data.draw(st.integers(0, len(self.road) - 1))
        to, event, number, sender = self.road[at] if again else self.road.pop(at)
        if to == "s":
            self.superior_hears(event, number, sender)
        else:
            who = "superior" if event.startswith("designated") else "other"
            self.step(to, event, who, number)

    def superior_hears(self, event, number, sender):
        d = self.dispute
        if event != "ack":
            self.requests.append(Request(event=event, round=number, asking=sender))
        elif sender == d.designated and number == d.round:
            self.dispute = Dispute(round=d.round, designated=d.designated, acknowledged=True)
        if self.dispute.designated is not None:
            self.tell()

    def tell(self):
        d = self.dispute
        to = OTHER[d.designated] if d.acknowledged else d.designated
        event = "designated_elsewhere" if d.acknowledged else "designated_here"
        self.road.append((to, event, d.round, "s"))

    @precondition(lambda self: self.requests and self.dispute.designated is None)
    @rule(name=NAMES)
    def designate(self, name):
        opened = round_to_open(self.requests, named=name, bodies=("a", "b"))
        if opened is not None:
            self.dispute = Dispute(round=opened, designated=name)
            self.tell()

    @invariant()
    def somebody_keeps_it(self):
        assert any(self.stage(n) and self.stage(n).keeper for n in "ab"), self.case

    @invariant()
    def nobody_decides_beside_another(self):
        assert sum(bool(self.stage(n) and self.stage(n).decider) for n in "ab") <= 1, self.case


TestHandOver = HandOver.TestCase
TestHandOver.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)


def test_a_silent_body_alone_may_be_named():
    """It may have taken the matter unheard; with its refusal either may, in the later round."""
    silent = Request(event="refer_silent", round=1, asking="a")
    refused = Request(event="refer_declined", round=3, asking="a")

    assert None is round_to_open([silent], named="a", bodies=("a", "b"))
    assert 2 == round_to_open([silent], named="b", bodies=("a", "b"))
    assert 4 == round_to_open([silent, refused], named="a", bodies=("a", "b"))
    assert None is round_to_open([], named="a", bodies=("a", "b"))
