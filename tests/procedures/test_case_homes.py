"""The docket between homes that share nothing but a bad road."""

from __future__ import annotations

import importlib.util
import random
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from habeas.supervision.docket import load_table

_PATH = Path(__file__).parent / "exchange_people.py"
if "habeas_exchange_people" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("habeas_exchange_people", _PATH)
    sys.modules["habeas_exchange_people"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["habeas_exchange_people"])
people = sys.modules["habeas_exchange_people"]
TABLE = load_table("cn")
MATTER = "format: matter/v1\nmatter: {acted_on: '2026-03-01', place_of_processing: cn}\n"


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    """Two authorities, their common superior and a borrower, each in a process of its own."""
    kinds = {"a": "authority", "b": "authority", "s": "authority", "p": "person"}
    found = people.neighbours(tmp_path_factory.mktemp("homes"), kinds, superior="s")
    yield found
    for party in found.values():
        party.close()


@pytest.fixture(autouse=True)
def _same_hour(bodies):
    for party in bodies.values():
        party.now = people.T0


def lodged(bodies):
    """A complaint of the borrower, lodged by a; its number."""
    sent = bodies["p"]("send", kind="complaint", to="a", body={"facts": "zq7"})
    people.deliver_all(bodies)
    return bodies["a"]("lodge", id_=sent["id"])


def stages(bodies, number):
    return {name: bodies[name]("stage", number=number) for name in "ab"}


def keepers(found):
    return [name for name, stage in found.items() if stage and TABLE.stages[stage].keeper]


def deciders(found):
    return [name for name, stage in found.items() if stage and TABLE.stages[stage].decider]


def assert_owned(bodies, number):
    """The two sentences the whole protocol is for."""
    found = stages(bodies, number)
    assert keepers(found), found
    assert len(deciders(found)) <= 1, found


def assert_replays(bodies):
    for name in "abs":
        found = bodies[name]("replay")
        assert found["agrees"], (name, found)


def test_a_hand_over_that_is_taken(bodies):
    """The offering body keeps the matter until it holds the acceptance, and not longer."""
    number = lodged(bodies)
    bodies["a"]("offer", number=number, to="b")
    assert ["a"] == keepers(stages(bodies, number))
    people.deliver(bodies, bodies["a"])
    bodies["b"]("move", number=number, event="take")
    assert ["b"] == deciders(stages(bodies, number))

    people.deliver_all(bodies)

    assert {"a": "passed_on", "b": "accepted"} == stages(bodies, number)
    assert_replays(bodies)


def test_the_first_date_of_receipt_is_kept_over_a_hand_over(bodies):
    """Handing a complaint round must not make it younger; a date to come is not believed."""
    number = lodged(bodies)
    for name in "ab":
        bodies[name].later(days=3)
    bodies["a"]("offer", number=number, to="b")
    people.deliver_all(bodies)
    assert people.T0.isoformat() == bodies["b"]("received_at", number=number)

    for stated, believed in (
        ("2099-01-01T00:00:00+00:00", 3),
        ("2026-03-01T00:00:00", 3),
        ("x", 3),
    ):
        other = f"{random.getrandbits(64):016x}"
        body = {"case": other, "event": "offered", "round": 1, "received_at": stated}
        raw = bodies["a"](
            "docket_message", to="b", kind="handover_offer", body=body, thread="00" * 16
        )
        bodies["b"]("receive", raw_=raw)
        wanted = people.T0 + timedelta(days=believed)
        assert wanted.isoformat() == bodies["b"]("received_at", number=other), stated
    people.deliver_all(bodies)


def test_both_refuse_and_the_superior_names_one(bodies):
    """No deadlock: a refusal goes to the common superior, whose word binds both."""
    number = lodged(bodies)
    bodies["a"]("offer", number=number, to="b")
    people.deliver_all(bodies)
    bodies["b"]("move", number=number, event="decline", ground="not ours either")
    people.deliver_all(bodies)
    assert {"a": "referred", "b": "declined"} == stages(bodies, number)

    bodies["s"]("designate", number=number, to="a")
    people.deliver_all(bodies)

    assert {"a": "accepted", "b": "declined"} == stages(bodies, number)
    with pytest.raises(people.Said, match="received the matter by transfer"):
        bodies["a"]("offer", number=number, to="b")
    with pytest.raises(people.Said, match="designated already"):
        bodies["s"]("designate", number=number, to="b")
    assert_replays(bodies)


def test_silence_is_referred_by_the_clock_and_only_the_silent_body_may_be_named(bodies):
    """The other may have taken it unheard: to name the asking body could make two deciders."""
    number = lodged(bodies)
    bodies["a"]("offer", number=number, to="b")
    with pytest.raises(people.Said, match="still has time"):
        bodies["a"]("refer", number=number)
    bodies["a"].later(days=16)
    assert [number, "refer"] in bodies["a"]("tick")
    for waits in bodies["a"]("waiting"):  # the offer is lost for good; the referral arrives
        if waits["type"] == "referral":
            bodies["s"]("receive", raw_=waits["raw"])

    with pytest.raises(people.Said, match="may not be designated"):
        bodies["s"]("designate", number=number, to="a")
    bodies["s"]("designate", number=number, to="b")
    people.deliver_all(bodies)

    assert {"a": "passed_on", "b": "accepted"} == stages(bodies, number)
    assert_replays(bodies)


def test_a_taker_that_disputes_asks_the_superior(bodies):
    """Who took it can't hand it back: it may only ask, and either may be named."""
    number = lodged(bodies)
    bodies["a"]("offer", number=number, to="b")
    people.deliver_all(bodies)
    bodies["b"]("move", number=number, event="take")
    people.deliver_all(bodies)
    bodies["b"]("refer", number=number, ground="a filed first")
    people.deliver_all(bodies)
    bodies["s"]("designate", number=number, to="a")
    people.deliver_all(bodies)

    assert {"a": "accepted", "b": "passed_on"} == stages(bodies, number)
    assert_replays(bodies)


def test_a_clock_that_runs_out_has_its_effect_once(bodies):
    """An offer left unanswered is refused by silence; the tick run again changes nothing."""
    number = lodged(bodies)
    bodies["a"]("offer", number=number, to="b")
    people.deliver_all(bodies)
    bodies["b"].later(days=13)
    ran = bodies["b"]("tick")

    assert [number, "refuse_by_silence"] in ran
    assert [] == bodies["b"]("tick")
    people.deliver_all(bodies)
    assert {"a": "referred", "b": "declined"} == stages(bodies, number)
    bodies["s"]("designate", number=number, to="b")
    people.deliver_all(bodies)


def test_the_complainant_hears_what_becomes_of_it(bodies):
    """Accepted and dismissed are told to who complained, in the same thread."""
    first, second = lodged(bodies), lodged(bodies)
    before = len(bodies["p"]("letters"))
    bodies["a"]("move", number=first, event="accept")
    bodies["a"]("move", number=second, event="dismiss", ground="out of time")
    people.deliver_all(bodies)

    came = [each for each in bodies["p"]("letters")[before:] if each["direction"] == "in"]
    assert ["answer", "answer"] == [each["type"] for each in came if each["type"] != "receipt"]


def test_an_authority_that_denies_having_accepted_is_refuted(bodies):
    """The dishonest authority: its signed word, in the other's home, names the offer it took."""
    number = lodged(bodies)
    bodies["a"]("offer", number=number, to="b")
    people.deliver_all(bodies)
    bodies["b"]("move", number=number, event="take")
    people.deliver_all(bodies)

    offer = [each for each in bodies["a"]("letters") if each["type"] == "handover_offer"][-1]
    taken = [each for each in bodies["a"]("letters") if each["type"] == "handover_taken"][-1]
    proof = bodies["a"]("proof", id_=offer["id"])
    # Its log holds the offer, and its signature stands under `taken`.
    found = bodies["p"](
        "verify", envelope=proof["envelope"], receipt=proof["receipt"], vkey=bodies["b"].vkey
    )
    assert "handover_offer" == found["type"]
    word = bodies["a"]("proof", id_=taken["id"])
    said = bodies["p"]("verify_word", envelope=word["envelope"], vkey=bodies["b"].vkey)
    assert {"type": "handover_taken", "previous": offer["id"]} == said
    with pytest.raises(people.Said, match="not by this key"):
        bodies["p"]("verify_word", envelope=word["envelope"], vkey=bodies["a"].vkey)
    # And an offer that comes again is answered the same.
    again = bodies["a"](
        "docket_message",
        to="b",
        kind="handover_offer",
        body={"case": number, "event": "offered", "round": 1},
        thread="00" * 16,
    )
    bodies["b"]("receive", raw_=again)
    assert "handover_taken" in [each["type"] for each in bodies["b"]("waiting")]
    people.deliver_all(bodies)


def test_a_body_that_is_not_in_the_case_changes_nothing(bodies):
    """The dishonest neighbour: neither a borrower nor a third authority can move a case."""
    number = lodged(bodies)
    bodies["a"]("offer", number=number, to="b")
    people.deliver_all(bodies)
    for name, kind, event in (
        ("s", "handover_taken", "taken"),
        ("p", "handover_taken", "taken"),
        ("p", "designation", "designated_elsewhere"),
        ("b", "designation", "designated_elsewhere"),
        ("b", "handover_taken", "designated_elsewhere"),
        ("b", "handover_declined", "offered"),
    ):
        body = {"case": number, "event": event, "round": 1}
        raw = bodies[name]("docket_message", to="a", kind=kind, body=body, thread="00" * 16)
        effect = bodies["a"]("receive", raw_=raw)["effect"]
        assert effect in ("stranger", "malformed"), (name, kind, event, effect)

    assert "offered" == bodies["a"]("stage", number=number)
    people.deliver_all(bodies)


def test_a_dispute_is_between_two_bodies_for_good(bodies):
    """The dishonest body: it names a person as the other, then another body than before."""
    number, thread = "f" * 16, "00" * 16

    def refers(sender, other, event="refer_declined"):
        body = {"case": number, "event": event, "round": 1, "other": bodies[other].vkey}
        raw = bodies[sender]("docket_message", to="s", kind="referral", body=body, thread=thread)
        return bodies["s"]("receive", raw_=raw)["effect"]

    assert "applied" == refers("a", "p")
    assert "applied" == refers("a", "a")
    assert [bodies["a"].vkey, None, None] == bodies["s"]("dispute", number=number)
    with pytest.raises(people.Said, match="no contact of this home"):
        bodies["s"]("designate", number=number, to="a")
    assert "stranger" == refers("b", "p")
    assert "applied" == refers("b", "a")
    assert "applied" == refers("a", "a")
    assert [bodies["a"].vkey, bodies["b"].vkey, None] == bodies["s"]("dispute", number=number)
    assert "stranger" == refers("p", "a")
    assert "malformed" == refers("a", "b", event="offered")
    people.deliver_all(bodies)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"case": 5, "event": "taken", "round": 1},
        {"case": "0" * 16, "event": "taken", "round": True},
        {"case": "0" * 16, "event": "taken", "round": -1},
        {"case": "../../x", "event": "taken", "round": 1},
        {"case": "0" * 16, "event": ["taken"], "round": 1},
    ],
)
def test_a_message_that_says_nothing_is_kept_and_moves_nothing(bodies, body):
    """A body that signs nonsense gets a receipt for it, and no effect."""
    raw = bodies["b"]("docket_message", to="a", kind="handover_taken", body=body, thread="00" * 16)

    assert "malformed" == bodies["a"]("receive", raw_=raw)["effect"]
    people.deliver_all(bodies)


def test_a_replayed_offer_of_an_earlier_round_changes_nothing(bodies):
    """The replay: a true old offer, sent again after the superior has spoken."""
    number = lodged(bodies)
    bodies["a"]("offer", number=number, to="b")
    old = next(w["raw"] for w in bodies["a"]("waiting") if w["type"] == "handover_offer")
    people.deliver_all(bodies)
    bodies["b"]("move", number=number, event="decline", ground="no")
    people.deliver_all(bodies)
    bodies["s"]("designate", number=number, to="a")
    people.deliver_all(bodies)

    assert bodies["b"]("receive", raw_=old)["again"]
    assert {"a": "accepted", "b": "declined"} == stages(bodies, number)


def test_a_record_changed_behind_the_log_is_found(tmp_path):
    """The dishonest clerk: a stage edited, or steps deleted, differs from the log."""
    found = people.neighbours(tmp_path, {"a": "authority"})
    matter = tmp_path / "matter.yaml"
    matter.write_text(MATTER)
    a = found["a"]
    number = a("lodge", file=str(matter))
    assert a("replay")["agrees"]
    a("row_changed", number=number, stage="closed")
    assert [number] == a("replay")["differ"]
    a("step_removed", number=number)
    with pytest.raises(people.Said, match="in the log and not in the records"):
        a("replay")
    a.close()


def bad_day(bodies, seed, *, steps):
    """Acts at random over a bad road; after each, the matter has an owner and one decider."""
    lots = random.Random(seed)
    road = people.Carrier(lots)
    number = lodged(bodies)
    for _ in range(steps):
        act(bodies, lots, number, road)
        assert_owned(bodies, number)
    settle(bodies, number)
    assert_owned(bodies, number)
    found = stages(bodies, number)
    assert 1 == len(keepers(found)), found
    return found


def act(bodies, lots, number, road):
    choice = lots.random()
    name = lots.choice("abs")
    if choice < 0.45:
        road.drop_off(bodies)
    elif choice < 0.65:
        for waits in bodies[name]("waiting"):
            road.take(people.by_key(bodies, waits["to"]).name, waits["raw"])
    elif choice < 0.75:
        bodies[name].later(days=lots.choice([1, 5, 12]))
        if name != "p":
            bodies[name]("tick")
    else:
        own_act(bodies[name], lots, number)


def own_act(body, lots, number):
    """Whatever a clerk might type; what isn't open is refused."""
    other = {"a": "b", "b": "a", "s": lots.choice("ab")}[body.name]
    acts = {
        "s": [("designate", {"to": other})],
        "a": [("move", {"event": "accept"}), ("offer", {"to": other}), ("refer", {"ground": "x"})],
    }
    acts["b"] = [
        *acts["a"],
        ("move", {"event": "take"}),
        ("move", {"event": "decline", "ground": "x"}),
    ]
    do, about = lots.choice(acts[body.name])
    _, refused = body.tries(do, number=number, **about)
    assert refused in (None, "refused", "bad_input"), (do, refused)


def settle(bodies, number):
    """The road is good again, everybody does their duty: the matter comes to rest."""
    for _ in range(8):
        people.deliver_all(bodies)
        for name in "ab":
            stage = bodies[name]("stage", number=number)
            duty = {"lodged": "accept", "offer_received": "take"}.get(stage)
            if duty:
                bodies[name]("move", number=number, event=duty)
        for name in "ba":
            _, refused = bodies["s"].tries("designate", number=number, to=name)
            assert refused in (None, "refused", "bad_input"), refused
        found = stages(bodies, number)
        if len(keepers(found)) == 1 and keepers(found) == deciders(found):
            return
    raise AssertionError(stages(bodies, number))


@pytest.mark.parametrize("seed", range(4))
def test_a_bad_road_leaves_no_case_without_owner_and_none_with_two(bodies, seed):
    """Lost, doubled, late, out of order: never no keeper, never two deciders, replays agree."""
    bad_day(bodies, seed, steps=24)
    assert_replays(bodies)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_many_bad_roads(bodies, seed):
    """The same, longer and more often."""
    bad_day(bodies, seed, steps=60)
    assert_replays(bodies)
