"""Claims that belong together, found together; claims that don't, kept apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from habeas.relief.grouping import ClaimCard, group

maybe = st.one_of(st.none(), st.sampled_from(["x", "y"]))
cards = st.lists(
    st.builds(
        ClaimCard,
        claim=st.integers(0, 40).map(str),
        defendant=maybe,
        event=maybe,
        right=maybe,
        law=maybe,
    ),
    max_size=40,
)


@given(cards)
def test_every_claim_is_in_exactly_one_place(claims):
    """In one group, or apart with what is missing; a repeated one is counted once."""
    made = group(claims)
    placed = [c for ids in made.groups.values() for c in ids] + list(made.apart)

    assert sorted({c.claim for c in claims}) == sorted(placed)
    assert len(claims) == len(placed) + len(made.repeated)


@given(cards)
def test_defendants_are_never_mixed(claims):
    """A group has one defendant, and each member named it."""
    first = {}
    for c in claims:
        first.setdefault(c.claim, c)

    for key, ids in group(claims).groups.items():
        assert {key.defendant} == {first[i].defendant for i in ids}


def test_an_unknown_event_is_not_the_same_event():
    """Two leaks of one platform look alike; a claim that doesn't say which stays apart."""
    known = ClaimCard(claim="1", defendant="p", event="leak-a", right="r", law="cn")
    unknown = ClaimCard(claim="2", defendant="p", event=None, right="r", law="cn")
    made = group([known, unknown])

    assert [("1",)] == list(made.groups.values())
    assert {"2": ("event",)} == made.apart
