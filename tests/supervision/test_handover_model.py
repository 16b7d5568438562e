"""The hand-over as an abstract machine: two bodies, a common superior, a network that misbehaves.

Every state that can be reached is visited (the space is finite, 13,665 states): a message may be delivered in any
order, lost, or delivered and kept (a duplicate); clocks may run out at any moment; the superior
may name any body it is allowed to.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import pytest

from habeas.errors import Refused
from habeas.supervision.docket import Case, Dispute, apply, load_table, may_designate

TABLE = load_table("cn")
OTHER = {"a": "b", "b": "a"}
DEPTH = 60  # beyond the last new state: the search is complete, not only twelve steps deep


@dataclass(frozen=True)
class World:
    a: Case
    b: Case
    superior: Dispute
    network: frozenset  # of (addressee, event, round, sender): a set, since duplicates are moves


START = World(a=Case(stage="lodged"), b=Case(), superior=Dispute(), network=frozenset())


def successors(world: World, *, lossy: bool):
    for name in ("a", "b"):
        yield from own_acts(world, name)
    for message in world.network:
        kept = world.network
        gone = world.network - {message}
        yield from deliver(replace(world, network=gone), message)
        if lossy:
            yield replace(world, network=gone)  # lost
            yield from deliver(replace(world, network=kept), message)  # and comes again


def own_acts(world: World, name: str):
    case = getattr(world, name)
    if case.stage is None:
        return
    clock = TABLE.stages[case.stage].clock
    for event in TABLE.events_from(case.stage):
        row = TABLE.transitions[case.stage, event]
        if row.who == "holder" or (row.who == "clock" and clock and clock.then == event):
            try:
                after, sent = apply(TABLE, case, event, who=row.who, ground="not competent")
            except Refused:
                continue
            yield send(replace(world, **{name: after}), name, sent)


def send(world: World, sender: str, messages):
    network = set(world.network)
    for m in messages:
        if m.event == "reminder":
            continue
        network.add((OTHER[sender] if m.to == "other" else "s", m.event, m.round, sender))
    return replace(world, network=frozenset(network))


def deliver(world: World, message):
    to, event, number, sender = message
    if to == "s":
        yield from superior_hears(world, event, number, sender)
        return
    who = "superior" if event.startswith("designated") else "other"
    after, sent = apply(TABLE, getattr(world, to), event, who=who, round_=number)
    yield send(replace(world, **{to: after}), to, sent)


def superior_hears(world: World, event, number, sender):
    s = world.superior
    if event == "ack":
        if sender == s.designated and number == s.round:
            s = replace(s, acknowledged=True)
        yield tell(replace(world, superior=s))
    elif s.designated is not None:  # decided once: say it again
        yield tell(world)
    else:
        for who in may_designate(event, asking=sender, other=OTHER[sender]):
            yield tell(replace(world, superior=Dispute(round=number + 1, designated=who)))


def tell(world: World):
    s = world.superior
    said = (
        ("designated_elsewhere", OTHER[s.designated])
        if s.acknowledged
        else ("designated_here", s.designated)
    )
    return replace(world, network=world.network | {(said[1], said[0], s.round, "s")})


def stage(world: World, name: str):
    found = getattr(world, name).stage
    return None if found is None else TABLE.stages[found]


def keepers(world: World):
    return [n for n in "ab" if stage(world, n) is not None and stage(world, n).keeper]


def deciders(world: World):
    return [n for n in "ab" if stage(world, n) is not None and stage(world, n).decider]


def explore(depth: int):
    seen = {START: 0}
    queue = deque([START])
    while queue:
        world = queue.popleft()
        if seen[world] == depth:
            continue
        for after in successors(world, lossy=True):
            if after not in seen:
                seen[after] = seen[world] + 1
                queue.append(after)
    return seen


@pytest.fixture(scope="module")
def reached():
    return explore(DEPTH)


def test_the_search_is_not_empty(reached):
    """A search that sees little proves little; both refusals and designations are reached."""
    stages = {getattr(w, n).stage for w in reached for n in "ab"}

    assert {"declined", "referred", "passed_on", "offer_received", "decided", "closed"} <= stages
    assert len(reached) > 1_000


def test_a_matter_always_has_a_keeper(reached):
    """No loss, delay or doubling of a message leaves the complainant with nobody."""
    assert [] == [w for w in reached if not keepers(w)]


def test_two_bodies_may_never_decide(reached):
    """Two decisions on one act would be two fines for it (cn.apl.art29)."""
    assert [] == [w for w in reached if len(deciders(w)) > 1]


def test_no_state_is_a_dead_end(reached):
    """From every reached state a single body comes to keep and decide, if messages then arrive."""
    good = {w for w in reached if settled(w)}
    forward: dict = {}
    for world in reached:
        assert can_settle(world, good, forward), world


def settled(world: World) -> bool:
    return len(keepers(world)) == 1 and (
        deciders(world) == keepers(world) or stage(world, keepers(world)[0]).final
    )


def can_settle(world: World, good, memo) -> bool:
    seen, queue = {world}, deque([world])
    while queue:
        here = queue.popleft()
        if here in good or settled(here) or memo.get(here):
            memo[world] = True
            return True
        for after in successors(here, lossy=False):
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return False


def test_every_waiting_stage_has_a_clock_with_a_consequence():
    """A stage that waits for somebody, without a clock, is where authorities shirk."""
    waiting = {"lodged", "accepted", "offered", "offer_received", "referred", "decided"}

    for name in waiting:
        clock = TABLE.stages[name].clock
        assert clock is not None, name
        assert (name, clock.then) in TABLE.transitions, name


def test_what_is_only_our_convention_cites_no_provision_as_its_ground():
    """A clock without a provision says `convention`; one that says statute has a provision."""
    for name, s in TABLE.stages.items():
        if s.clock is not None:
            assert (s.clock.provision is None) == (s.clock.basis == "convention"), name


def test_a_body_that_took_the_matter_cannot_pass_it_on():
    """cn.cacproc.art12: the taker may only ask the common superior."""
    b, _ = apply(TABLE, Case(), "offered", who="other", round_=1)
    b, _ = apply(TABLE, b, "take", who="holder")

    with pytest.raises(Refused):
        apply(TABLE, b, "offer", who="holder", ground="not ours")


def test_an_authority_that_denies_having_taken_is_answered_by_the_repeated_offer():
    """The dishonest authority: it took, and its answer went missing. The offer again brings it."""
    b, _ = apply(TABLE, Case(), "offered", who="other", round_=1)
    b, first = apply(TABLE, b, "take", who="holder")
    again, second = apply(TABLE, b, "offered", who="other", round_=1)

    assert b == again
    assert first == second
